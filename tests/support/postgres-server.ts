import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Account, unprivilegedAccount } from '../../src/embedded/unprivileged-account.ts';
import { settledPort } from './settled-port.ts';

const cache = process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay');

/** The programs of a PostgreSQL server: Debian's where it is installed, else what scripts/install-postgres.sh brought. */
export function installedPostgres(major: number): string | null {
  const places = [`/usr/lib/postgresql/${major}`, join(cache, 'postgres', String(major))];
  return places.find((place) => existsSync(join(place, 'bin', 'postgres'))) ?? null;
}

/** The major versions of servers that can be started here. */
export const installedMajors = [14, 15, 16, 17].filter((major) => installedPostgres(major) !== null);

export interface PostgresServer {
  readonly port: number;
  /** `postgres` is the superuser; `database` must exist. */
  url(database?: string, role?: { name: string; password: string }): string;
  /** SQL as the superuser. */
  ask<Row extends pg.QueryResultRow>(sql: string, database?: string): Promise<Row[]>;
  /** A database of its own, empty. */
  createDatabase(owner?: string): Promise<string>;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const password = 'of-the-tests-alone';

/** A real PostgreSQL server on a free port of loopback, over a folder of its own; `configuration` is in its own words. */
export async function startPostgresServer(
  major: number,
  configuration: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const account = await unprivilegedAccount();
  const programs = reachable(installedPostgres(major) ?? '', account);
  const folder = mkdtempSync(join(tmpdir(), `assay-postgres${major}-`));
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  makeCluster(programs, folder, data, account);
  for (const [name, text] of Object.entries(files)) own(join(data, name), text, account);
  const port = await settledPort();
  const settings = [`port = ${port}`, "listen_addresses = '127.0.0.1'", "unix_socket_directories = ''", 'fsync = off'];
  appendFileSync(join(data, 'postgresql.conf'), `\n${[...settings, ...configuration].join('\n')}\n`);
  let child: ChildProcess | null = null;
  const url: PostgresServer['url'] = (database = 'postgres', role = { name: 'postgres', password }) =>
    `postgres://${role.name}:${role.password}@127.0.0.1:${port}/${database}`;
  const ask: PostgresServer['ask'] = async (sql, database) => {
    const client = new pg.Client({ connectionString: url(database) });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child.kill(signal);
    await ended;
    // Killed, it leaves the others of its processes to find out.
    if (signal === 'SIGKILL') await sleep(500);
  };
  const start = async () => {
    child = spawn(join(programs, 'bin', 'postgres'), ['-D', data], { ...identity(account), cwd: '/', stdio: 'ignore' });
    for (let tries = 0; tries < 200; tries += 1) {
      const answer = await ask('select 1').catch(() => null);
      if (answer !== null) return;
      await sleep(50);
    }
    throw new Error(`PostgreSQL ${major} did not start within 10 s.`);
  };
  await start();
  let databases = 0;
  return {
    port,
    url,
    ask,
    createDatabase: async (owner = 'postgres') => {
      databases += 1;
      await ask(`create database stack_${databases} owner ${owner}`);
      return `stack_${databases}`;
    },
    kill: () => end('SIGKILL'),
    start,
    stop: async () => {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function makeCluster(programs: string, folder: string, data: string, account: Account | null): void {
  const secret = join(folder, 'password');
  own(secret, password, account);
  if (account !== null) chownSync(folder, account.uid, account.gid);
  const words = [
    '-D',
    data,
    '-U',
    'postgres',
    '--pwfile',
    secret,
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale',
    'C',
  ];
  const made = spawnSync(join(programs, 'bin', 'initdb'), [...words, '--no-sync'], {
    ...identity(account),
    cwd: '/',
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
}

/** A file of the server's account, readable by it alone: keys are refused otherwise. */
function own(file: string, text: string, account: Account | null): void {
  writeFileSync(file, text, { mode: 0o600 });
  if (account !== null) chownSync(file, account.uid, account.gid);
}

export function identity(account: Account | null): { uid?: number; gid?: number } {
  return account === null ? {} : { uid: account.uid, gid: account.gid };
}

/** PostgreSQL refuses root, and another account may not enter root's home: programs in there are copied out once. */
export function reachable(programs: string, account: Account | null): string {
  if (account === null || !programs.startsWith(homedir())) return programs;
  const place = join(tmpdir(), `assay-programs-${programs.slice(cache.length).replace(/\W+/g, '-')}`);
  if (existsSync(place)) return place;
  const making = `${place}.${process.pid}`;
  cpSync(programs, making, { recursive: true, verbatimSymlinks: true });
  chmodSync(making, 0o755);
  try {
    renameSync(making, place);
  } catch (error) {
    // A suite beside this one was first.
    if (!existsSync(place)) throw error;
    rmSync(making, { recursive: true });
  }
  return place;
}
