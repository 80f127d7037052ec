import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { mkdir, readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { engineFailed } from './engine-failure.ts';
import { boundLog, lastLines, logSize, openLog } from './engine-log.ts';
import { claimFolder, folderOwner } from './folder-owner.ts';
import { freePort, isPortFree, portTaken } from './port-owner.ts';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts';
import { clusterFolder, databaseName, engineEnvironment, openCluster, toldClusterFolder } from './postgres-cluster.ts';
import { endPostmaster, runningPostmaster } from './postmaster.ts';
import { isAlive, pause } from './processes.ts';
import { type Account, unprivilegedAccount } from './unprivileged-account.ts';

export interface PostgresOptions {
  /** Folder of this engine alone: password, log, and the cluster unless the engine's account cannot enter it. */
  readonly dataFolder: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Where programs and data are copied that the engine's account could not reach; by default /var/lib/assay. */
  readonly stageRoot?: string;
  /** `none` gives up safety against power loss for speed: for tests alone. */
  readonly durability?: 'safe' | 'none';
  readonly startTimeoutMs?: number;
}

export interface EmbeddedPostgres {
  /** `postgres://assay:<password>@127.0.0.1:<port>/assay`: a secret, never printed whole. */
  readonly url: string;
  readonly port: number;
  /** Process id of the postmaster. */
  readonly pid: number;
  /** True when it is a server that an earlier process of ours left running. */
  readonly adopted: boolean;
  /** Where the cluster is. */
  readonly clusterFolder: string;
  readonly logFile: string;
  /** The account the engine runs under, null when it is this process's own. */
  readonly account: string | null;
  /** Resolves when the server is gone, whether stopped or crashed. */
  readonly exited: Promise<void>;
  /** Fast shutdown, within about 15 s at worst. Idempotent. */
  stop(): Promise<void>;
}

const defaultStageRoot = '/var/lib/assay';
const sharedMemoryStillUsed = /pre-existing shared memory block|lock file "postmaster.pid" already exists/;
const addressInUse = /could not bind|Address already in use/;

/**
 * Starts PostgreSQL on a data folder, or adopts the server an earlier process left there.
 * Throws ALREADY_RUNNING (another process has the folder), PORT_TAKEN, DISK_FULL, ENGINE_FAILED.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  await mkdir(options.dataFolder, { recursive: true });
  const dataFolder = await realpath(options.dataFolder);
  const stageRoot = options.stageRoot ?? defaultStageRoot;
  const claim = await claimFolder(dataFolder, 'PostgreSQL');
  try {
    const account = await unprivilegedAccount();
    const binaries = await postgresBinaries(
      account,
      process.getuid?.() === 0 ? stageRoot : join(dataFolder, 'programs'),
    );
    await endUnwanted(await clusterFolder(dataFolder, stageRoot, account), options.port ?? 0);
    const cluster = await openCluster(dataFolder, stageRoot, binaries, account, options.durability ?? 'safe');
    const launch: Launch = { ...cluster, options, binaries, account, logFile: join(dataFolder, 'postgres.log') };
    const server = (await adopt(launch)) ?? (await start(launch));
    await ensureDatabase(launch, server.port).catch(async (error: unknown) => {
      await endPostmaster(server.pid);
      throw error;
    });
    return embedded(launch, server, claim.release);
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/** The server that runs on a data folder under another live process of ours: what a second command attaches to. */
export async function findRunningPostgres(
  options: Pick<PostgresOptions, 'dataFolder' | 'stageRoot'>,
): Promise<{ url: string; port: number; pid: number; ownerPid: number } | null> {
  const ownerPid = await folderOwner(options.dataFolder);
  if (ownerPid === null) return null;
  const dataFolder = resolve(options.dataFolder);
  const server = await runningPostmaster((await toldClusterFolder(dataFolder)) ?? join(dataFolder, 'cluster'));
  if (server === null || !server.isReady) return null;
  const password = (await readFile(join(dataFolder, 'password'), 'utf8')).trim();
  return { url: urlOf(password, server.port), port: server.port, pid: server.pid, ownerPid };
}

interface Launch {
  readonly folder: string;
  readonly password: string;
  readonly options: PostgresOptions;
  readonly binaries: PostgresBinaries;
  readonly account: Account | null;
  readonly logFile: string;
}

interface Server {
  readonly pid: number;
  readonly port: number;
  /** Null when adopted: it is no child of ours. */
  readonly child: ChildProcess | null;
}

/** A server left on another port than the one asked for is ended; one that fits is adopted later. */
async function endUnwanted(cluster: string, port: number): Promise<void> {
  const left = await runningPostmaster(cluster);
  if (left !== null && port !== 0 && left.port !== port) await endPostmaster(left.pid);
}

/** Takes over a server that a crash of ours left; one that does not answer with our password is ended instead. */
async function adopt(launch: Launch): Promise<Server | null> {
  const deadline = performance.now() + (launch.options.startTimeoutMs ?? 60_000);
  let left = await runningPostmaster(launch.folder);
  while (left !== null && !left.isReady && performance.now() < deadline) {
    await pause(20);
    left = await runningPostmaster(launch.folder);
  }
  if (left === null) return null;
  if (await answers(launch, left.port)) return { ...left, child: null };
  await endPostmaster(left.pid);
  return null;
}

async function start(launch: Launch): Promise<Server> {
  const fixed = launch.options.port ?? 0;
  const deadline = performance.now() + (launch.options.startTimeoutMs ?? 60_000);
  for (;;) {
    if (fixed !== 0 && !(await becomesFree(fixed))) throw await portTaken('PostgreSQL', fixed, 'ASSAY_POSTGRES_PORT');
    const attempt = await spawnOnce(launch, fixed || (await freePort()), deadline);
    if (typeof attempt !== 'string') return attempt;
    const isPassing = sharedMemoryStillUsed.test(attempt) || (fixed === 0 && addressInUse.test(attempt));
    if (!isPassing || performance.now() > deadline) {
      if (addressInUse.test(attempt)) throw await portTaken('PostgreSQL', fixed, 'ASSAY_POSTGRES_PORT');
      throw engineFailed('PostgreSQL', 'it did not start', attempt, { logFile: launch.logFile });
    }
    // The backends of a killed postmaster notice within moments and let go of the cluster.
    await pause(50);
  }
}

/** A server killed a moment ago may have a child that still holds its port for some milliseconds. */
async function becomesFree(port: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < 400; waitedMs += 50) {
    if (await isPortFree(port)) return true;
    await pause(50);
  }
  return isPortFree(port);
}

/** One try: the server when it is ready, else the last lines of its log. */
async function spawnOnce(launch: Launch, port: number, deadline: number): Promise<Server | string> {
  const log = openLog(launch.logFile);
  const from = logSize(launch.logFile);
  const child = spawnPostmaster(launch, port, log);
  closeSync(log);
  let failure: string | null = null;
  child.once('error', (error) => (failure = error.message));
  child.once('exit', (code, signal) => (failure ??= `ended with ${signal ?? `code ${code}`}`));
  while (failure === null) {
    const server = await runningPostmaster(launch.folder);
    if (server?.isReady && server.pid === child.pid) return { ...server, child };
    if (performance.now() > deadline) {
      if (child.pid !== undefined) await endPostmaster(child.pid);
      return `It was not ready in time.\n${lastLines(launch.logFile, from)}`;
    }
    await pause(5);
  }
  return lastLines(launch.logFile, from) || failure;
}

/** Detached: Ctrl-C in the terminal reaches us, and we stop the server after those who use it. */
function spawnPostmaster(launch: Launch, port: number, log: number): ChildProcess {
  const identity = launch.account === null ? {} : { uid: launch.account.uid, gid: launch.account.gid };
  const settings = Object.entries(serverSettings(port, launch.options.durability ?? 'safe'));
  const args = ['-D', launch.folder, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const child = spawn(launch.binaries.postgres, args, {
    ...identity,
    cwd: launch.folder,
    env: engineEnvironment(),
    stdio: ['ignore', log, log],
    detached: true,
  });
  child.unref();
  return child;
}

/** Sized for a small neighbour on one machine. Given as arguments: an old configuration file in the cluster loses. */
function serverSettings(port: number, durability: 'safe' | 'none'): Readonly<Record<string, string | number>> {
  const unsafe = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' };
  return {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 60,
    shared_buffers: '64MB',
    max_wal_size: '256MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] ',
    jit: 'off',
    // Reading by worker processes gains nothing on data that fits in memory, and costs three of them.
    io_method: 'sync',
    max_logical_replication_workers: 0,
    ...(durability === 'none' ? unsafe : {}),
  };
}

async function answers(launch: Launch, port: number): Promise<boolean> {
  try {
    await query(launch.password, port, 'postgres', 'SELECT 1');
    return true;
  } catch {
    // Whatever the reason, this server is of no use to us.
    return false;
  }
}

async function ensureDatabase(launch: Launch, port: number): Promise<void> {
  try {
    const sql = `SELECT 1 FROM pg_database WHERE datname = '${databaseName}'`;
    const found = await query(launch.password, port, 'postgres', sql);
    if (found === 0) await query(launch.password, port, 'postgres', `CREATE DATABASE ${databaseName}`);
  } catch (cause) {
    const log = `${cause instanceof Error ? cause.message : String(cause)}\n${lastLines(launch.logFile)}`;
    throw engineFailed('PostgreSQL', 'its database could not be opened', log, { cause, logFile: launch.logFile });
  }
}

async function query(password: string, port: number, database: string, sql: string): Promise<number> {
  const client = new pg.Client({
    ...{ host: '127.0.0.1', port, user: databaseName, password, database },
    connectionTimeoutMillis: 10_000,
    query_timeout: 30_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(sql)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}

function embedded(launch: Launch, server: Server, release: () => Promise<void>): EmbeddedPostgres {
  const watch = watchServer(server, launch.logFile);
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    // After a crash the id may be another program's by now.
    if ((await runningPostmaster(launch.folder))?.pid === server.pid) await endPostmaster(server.pid);
    watch.end();
    await release();
  };
  return {
    url: urlOf(launch.password, server.port),
    port: server.port,
    pid: server.pid,
    adopted: server.child === null,
    clusterFolder: launch.folder,
    logFile: launch.logFile,
    account: launch.account?.name ?? null,
    exited: watch.exited,
    stop: () => (stopping ??= stop()),
  };
}

/** A child tells of its end; an adopted server does not, so it is looked at once a second. */
function watchServer({ pid, child }: Server, logFile: string): { exited: Promise<void>; end(): void } {
  let gone: () => void = () => undefined;
  const exited = new Promise<void>((fulfil) => (gone = fulfil));
  const end = (): void => {
    clearInterval(timer);
    gone();
  };
  const timer = setInterval(() => {
    boundLog(logFile);
    if (!isAlive(pid)) end();
  }, 1_000).unref();
  child?.once('exit', end);
  return { exited, end };
}

function urlOf(password: string, port: number): string {
  return `postgres://${databaseName}:${password}@127.0.0.1:${port}/${databaseName}`;
}
