import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '../domain/errors.ts';
import { errorCode, isAlive, startMark } from './processes.ts';

interface Owner {
  readonly pid: number;
  readonly startMark: number;
}

/** Claims an engine's folder for this process until `release`; throws ALREADY_RUNNING while another process has it. */
export async function claimFolder(folder: string, engine: string): Promise<{ release(): Promise<void> }> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'owner.json');
  const mine: Owner = { pid: process.pid, startMark: startMark(process.pid) };
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await createOwnerFile(file, mine)) return { release: () => release(file, mine) };
    const owner = await readOwner(file);
    if (owner !== null && lives(owner)) throw alreadyRunning(engine, folder, owner);
    await setAside(file, attempt);
  }
  throw new PlatformError('ALREADY_RUNNING', `Several processes are starting ${engine} in ${folder} at once.`, {
    context: { folder },
    hint: 'Let one of them start, then try again.',
  });
}

/** The process that holds the folder now, null when none does. */
export async function folderOwner(folder: string): Promise<number | null> {
  const owner = await readOwner(join(folder, 'owner.json'));
  return owner !== null && lives(owner) ? owner.pid : null;
}

async function createOwnerFile(file: string, owner: Owner): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o644);
    await handle.writeFile(JSON.stringify(owner));
    await handle.close();
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function readOwner(file: string): Promise<Owner | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    const owner = JSON.parse(text) as Partial<Owner>;
    return typeof owner.pid === 'number' ? { pid: owner.pid, startMark: Number(owner.startMark ?? 0) } : null;
  } catch {
    // A crash between creating the file and writing it leaves it empty: nobody's.
    return null;
  }
}

function lives(owner: Owner): boolean {
  return isAlive(owner.pid) && startMark(owner.pid) === owner.startMark;
}

/** A stale claim is renamed before it is removed, so that of two processes that find it only one takes it away. */
async function setAside(file: string, attempt: number): Promise<void> {
  const aside = `${file}.${process.pid}.${attempt}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    return;
  }
  await rm(aside, { force: true });
}

async function release(file: string, mine: Owner): Promise<void> {
  const owner = await readOwner(file);
  if (owner?.pid === mine.pid && owner.startMark === mine.startMark) await rm(file, { force: true });
}

function alreadyRunning(engine: string, folder: string, owner: Owner): PlatformError {
  return new PlatformError('ALREADY_RUNNING', `${engine} in ${folder} already belongs to process ${owner.pid}.`, {
    context: { folder, pid: owner.pid },
    hint: `Use the running one, stop process ${owner.pid}, or choose another data folder with ASSAY_DATA.`,
  });
}
