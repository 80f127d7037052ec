import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PlatformError } from '../domain/errors.ts';
import { engineFailed } from './engine-failure.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { endPostmaster, runningPostmaster } from './postmaster.ts';
import { type Account, canEnter } from './unprivileged-account.ts';

/** Name of the superuser and of the database. */
export const databaseName = 'assay';

export interface Cluster {
  /** PGDATA. */
  readonly folder: string;
  readonly password: string;
}

/** The cluster of a data folder: made when missing, its password restored when lost. */
export async function openCluster(
  dataFolder: string,
  stageRoot: string,
  binaries: PostgresBinaries,
  account: Account | null,
  durability: 'safe' | 'none',
): Promise<Cluster> {
  const folder = await clusterFolder(dataFolder, stageRoot, account);
  const passwordFile = join(dataFolder, 'password');
  const known = (await readFile(passwordFile, 'utf8').catch(() => '')).trim();
  const password = known || randomBytes(24).toString('base64url');
  if (known === '') await writeSecret(passwordFile, password);
  if (!existsSync(join(folder, 'PG_VERSION'))) await createCluster(folder, password, binaries, account, durability);
  else {
    await checkVersion(folder, binaries.major);
    if (known === '') await resetPassword(folder, password, binaries, account);
  }
  return { folder, password };
}

/**
 * Where the cluster of a data folder is: in it, or, when the account cannot enter it (a private home of root), in a
 * folder of the stage keyed by the data folder's path. The data folder then tells the place in `CLUSTER_IS_AT`, which
 * goes with it when it is moved.
 */
export async function clusterFolder(dataFolder: string, stageRoot: string, account: Account | null): Promise<string> {
  const own = join(dataFolder, 'cluster');
  const told = await toldClusterFolder(dataFolder);
  if (told !== null && existsSync(told)) return told;
  if (existsSync(own) || canEnter(dataFolder, account)) return own;
  const key = createHash('sha256').update(resolve(dataFolder)).digest('hex').slice(0, 16);
  const folder = join(stageRoot, `cluster-${key}`);
  await mkdir(stageRoot, { recursive: true, mode: 0o755 });
  if (existsSync(folder)) await setAsideForgotten(folder);
  await writeFile(join(dataFolder, 'CLUSTER_IS_AT'), `${folder}\n`);
  return folder;
}

/** What `CLUSTER_IS_AT` says, null when the cluster is in the data folder itself. */
export async function toldClusterFolder(dataFolder: string): Promise<string | null> {
  return (await readFile(join(dataFolder, 'CLUSTER_IS_AT'), 'utf8').catch(() => '')).trim() || null;
}

/** Whoever deleted the data folder expects a new beginning; the rows of the old one are kept until the next time. */
async function setAsideForgotten(folder: string): Promise<void> {
  const server = await runningPostmaster(folder);
  if (server !== null) await endPostmaster(server.pid);
  await rm(`${folder}.forgotten`, { recursive: true, force: true });
  await rename(folder, `${folder}.forgotten`);
}

/** initdb works under a temporary name: a crash within it leaves nothing that looks like a cluster. */
async function createCluster(
  folder: string,
  password: string,
  binaries: PostgresBinaries,
  account: Account | null,
  durability: 'safe' | 'none',
): Promise<void> {
  const making = `${folder}.${process.pid}.making`;
  const passwordFile = join(making, 'initial-password');
  const cluster = join(making, 'cluster');
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { recursive: true, mode: 0o700 });
  await writeSecret(passwordFile, password);
  if (account !== null) {
    await chown(making, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  try {
    const sync = durability === 'safe' ? '--sync-method=fsync' : '--no-sync';
    await run(binaries.initdb, [...initdbArguments(cluster, passwordFile), sync], account);
    if (existsSync(folder)) await setAsideUnfinished(folder);
    await rename(cluster, folder);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

/**
 * The builtin C.UTF-8 collation orders by code point, the same on every machine and for ever, and still knows the
 * case of Cyrillic letters, which plain C does not.
 */
function initdbArguments(cluster: string, passwordFile: string): string[] {
  return [
    ...['--pgdata', cluster, '--username', databaseName, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
    ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    ...['--no-instructions'],
  ];
}

/** A folder without PG_VERSION is no cluster; whatever it is, it is kept. */
async function setAsideUnfinished(folder: string): Promise<void> {
  await rename(folder, `${folder}.unfinished-${randomBytes(4).toString('hex')}`);
}

async function checkVersion(folder: string, major: string): Promise<void> {
  const written = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (written === major) return;
  throw new PlatformError('ENGINE_FAILED', `The data in ${folder} is of PostgreSQL ${written}; this is ${major}.`, {
    context: { folder, written, major },
    hint: 'Make a backup with the version of Assay that wrote it, then restore it into a new data folder.',
  });
}

/** Single-user mode needs no password: whoever can read the folder may set a new one. */
async function resetPassword(
  folder: string,
  password: string,
  binaries: PostgresBinaries,
  account: Account | null,
): Promise<void> {
  const statement = `ALTER ROLE ${databaseName} PASSWORD '${password}'\n`;
  await run(binaries.postgres, ['--single', '-D', folder, 'postgres'], account, statement);
}

function run(program: string, args: readonly string[], account: Account | null, input = ''): Promise<void> {
  const identity = account === null ? {} : { uid: account.uid, gid: account.gid };
  return new Promise((fulfil, reject) => {
    const child = spawn(program, args, {
      ...identity,
      cwd: '/',
      env: engineEnvironment(),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    child.once('error', (cause) => reject(engineFailed('PostgreSQL', `${program} could not be run`, '', { cause })));
    child.once('close', (code) => {
      if (code === 0) return fulfil();
      const last = output.trimEnd().split('\n').slice(-12).join('\n');
      reject(engineFailed('PostgreSQL', `${program} ended with code ${code}`, last));
    });
    child.stdin.on('error', () => undefined).end(input);
  });
}

/** No variable of the caller's may steer the engine (PGDATA, PGPORT, LC_ALL, TZ). */
export function engineEnvironment(): NodeJS.ProcessEnv {
  const inherited = process.platform === 'win32' ? { SystemRoot: 'C:\\Windows' } : {};
  return { ...inherited, PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

async function writeSecret(file: string, secret: string): Promise<void> {
  const making = `${file}.${process.pid}.making`;
  const handle = await open(making, 'w', 0o600);
  await handle.writeFile(secret);
  await handle.sync();
  await handle.close();
  await chmod(making, 0o600);
  await rename(making, file);
  const folder = await open(dirname(file), 'r');
  await folder.sync();
  await folder.close();
}
