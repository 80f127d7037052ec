import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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

/** The file appears with its content or not at all: a reader never takes a claim in the making for an abandoned one. */
async function createOwnerFile(file: string, owner: Owner): Promise<boolean> {
  const making = `${file}.${process.pid}.making`;
  await writeFile(making, JSON.stringify(owner));
  try {
    await link(making, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(making, { force: true });
  }
}

async function readOwner(file: string): Promise<Owner | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    const owner = JSON.parse(text) as Partial<Owner>;
    return typeof owner.pid === 'number' ? { pid: owner.pid, startMark: Number(owner.startMark ?? 0) } : null;
  } catch {
    // Not written by us: nobody's.
    return null;
  }
}

function lives(owner: Owner): boolean {
  return isAlive(owner.pid) && startMark(owner.pid) === owner.startMark;
}

/** Of two processes that find a stale claim one renames it away; a live claim made meanwhile is put back. */
async function setAside(file: string, attempt: number): Promise<void> {
  const aside = `${file}.${process.pid}.${attempt}`;
  try {
    await rename(file, aside);
    const owner = await readOwner(aside);
    if (owner !== null && lives(owner)) await link(aside, file);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
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
