import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../config/package-root.ts';
import { assert, type PlatformError } from '../domain/errors.ts';
import { engineFailed } from './engine-failure.ts';
import { boundLog, lastLines, logSize, openLog } from './engine-log.ts';
import { claimFolder } from './folder-owner.ts';
import type { OlapServerConfig, OlapServerReport } from './olap-server.ts';
import { portTaken } from './port-owner.ts';
import { isAlive, sendSignal, startMark, waitUntilGone } from './processes.ts';

export interface OlapOptions {
  /** Folder of this engine alone: passwords, log, tables. */
  readonly dataFolder: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** JavaScript file to run as the engine's process, by default the built one of this package. */
  readonly serverEntry?: string;
  readonly startTimeoutMs?: number;
}

export interface OlapCredentials {
  readonly user: string;
  readonly password: string;
}

export interface EmbeddedOlap extends OlapCredentials {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly database: string;
  /** May only read: for BI tools. */
  readonly reader: OlapCredentials;
  /** ClickHouse's version. */
  readonly version: string;
  /** True when the folder did not open: its tables are empty now and must be published again. */
  readonly recreated: boolean;
  /** Where the folder that did not open was moved, null unless recreated. */
  readonly setAsideAt: string | null;
  readonly logFile: string;
  /** Resolves when the process is gone, whether stopped or crashed. */
  readonly exited: Promise<void>;
  /** Finishes running statements, within about 8 s at worst. Idempotent. */
  stop(): Promise<void>;
}

const database = 'assay';
const user = 'assay';
const readerName = 'assay_bi';

/**
 * Starts ClickHouse (chdb) in a process of its own behind ClickHouse's HTTP interface on loopback.
 * Its data is derived: a folder that does not open is set aside and made anew, which `recreated` tells.
 * Throws ALREADY_RUNNING (another process has the folder), PORT_TAKEN, DISK_FULL, ENGINE_FAILED.
 */
export async function startOlap(options: OlapOptions): Promise<EmbeddedOlap> {
  await mkdir(options.dataFolder, { recursive: true });
  const dataFolder = await realpath(options.dataFolder);
  const claim = await claimFolder(dataFolder, 'ClickHouse');
  try {
    await endOrphan(dataFolder);
    const launch: Launch = {
      options,
      dataFolder,
      logFile: join(dataFolder, 'olap.log'),
      password: await secret(join(dataFolder, 'password')),
      readerPassword: await secret(join(dataFolder, 'reader-password')),
    };
    const first = await launchServer(launch);
    if (first.state === 'ready') return embedded(launch, first, null, claim.release);
    if (first.step !== 'open' || isDiskFull(first.message)) throw await startFailure(launch, first);
    const aside = await setAside(dataFolder);
    const second = await launchServer(launch);
    if (second.state === 'ready') return embedded(launch, second, aside, claim.release);
    throw await startFailure(launch, second);
  } catch (error) {
    await claim.release();
    throw error;
  }
}

interface Launch {
  readonly options: OlapOptions;
  readonly dataFolder: string;
  readonly logFile: string;
  readonly password: string;
  readonly readerPassword: string;
}

interface ReadyServer {
  readonly state: 'ready';
  readonly port: number;
  readonly version: string;
  readonly child: ChildProcess;
  readonly pid: number;
}

type ReadyReport = Extract<OlapServerReport, { state: 'ready' }>;
type FailedServer = Extract<OlapServerReport, { state: 'failed' }>;

/** The engine's process ends by itself when its parent dies; one that is stuck in a statement is not waited for. */
async function endOrphan(dataFolder: string): Promise<void> {
  const [pid, mark] = (await readFile(join(dataFolder, 'server.pid'), 'utf8').catch(() => '')).split(' ').map(Number);
  if (!pid || !isAlive(pid) || startMark(pid) !== mark) return;
  if (await waitUntilGone(pid, 3_000)) return;
  sendSignal(pid, 'SIGKILL');
  await waitUntilGone(pid, 2_000);
}

async function secret(file: string): Promise<string> {
  const known = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (known !== '') return known;
  const made = randomBytes(24).toString('base64url');
  await writeFile(`${file}.making`, made, { mode: 0o600 });
  await rename(`${file}.making`, file);
  return made;
}

async function launchServer(launch: Launch): Promise<ReadyServer | FailedServer> {
  const entry = launch.options.serverEntry ?? builtEntry();
  const log = openLog(launch.logFile);
  const child = spawn(process.execPath, ['--expose-gc', '--enable-source-maps', entry], {
    stdio: ['pipe', 'pipe', log],
    // Statements and compression share the pool of threads. Nothing else of the caller's environment steers the engine.
    env: { PATH: '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C', UV_THREADPOOL_SIZE: '8' },
    cwd: launch.dataFolder,
    detached: true,
  });
  closeSync(log);
  const config: OlapServerConfig = {
    dataFolder: launch.dataFolder,
    engineFolder: join(launch.dataFolder, 'engine'),
    port: launch.options.port ?? 0,
    database,
    accounts: [
      { name: user, password: launch.password, mayWrite: true },
      { name: readerName, password: launch.readerPassword, mayWrite: false },
    ],
  };
  const answer = awaitReport(launch, child);
  child.stdin?.on('error', () => undefined).write(`${JSON.stringify(config)}\n`);
  const report = await answer;
  if (report.state === 'failed') {
    child.kill('SIGKILL');
    return report;
  }
  assert(child.pid !== undefined, 'a process that reported has an id');
  return { ...report, child, pid: child.pid };
}

/** How the child's start ended. Only one that failed while it opened its folder may have a folder that is broken. */
function awaitReport(launch: Launch, child: ChildProcess): Promise<ReadyReport | FailedServer> {
  const from = logSize(launch.logFile);
  return new Promise((resolve) => {
    let step: FailedServer['step'] = 'start';
    const failed = (message: string, code: string | null = null): void =>
      resolve({ state: 'failed', step, code, message: `${message}\n${lastLines(launch.logFile, from)}`.trim() });
    const limit = launch.options.startTimeoutMs ?? 60_000;
    const timer = setTimeout(() => {
      step = 'start';
      failed(`It was not ready within ${limit} ms.`, 'TIMEOUT');
    }, limit);
    child.once('error', (error) => failed(error.message, 'SPAWN'));
    // `close` comes after the last line was read. Who sends SIGKILL is the system, short of memory, or a person.
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL' || signal === 'SIGTERM') step = 'start';
      failed(`Its process ended with ${signal ?? `code ${code}`}.`);
    });
    assert(child.stdout !== null, "the child's output is a pipe");
    createInterface({ input: child.stdout }).on('line', (line) => {
      const report = JSON.parse(line) as OlapServerReport;
      if (report.state === 'opening') {
        step = 'open';
        return;
      }
      clearTimeout(timer);
      resolve(report);
    });
  });
}

function builtEntry(): string {
  const here = fileURLToPath(import.meta.url);
  if (here.endsWith('.js')) return fileURLToPath(new URL('./olap-server.js', import.meta.url));
  return join(packageRoot, 'dist', 'src', 'embedded', 'olap-server.js');
}

/** Only the newest folder that did not open is kept: it can be rebuilt, and disks are finite. */
async function setAside(dataFolder: string): Promise<string | null> {
  const engine = join(dataFolder, 'engine');
  if (!existsSync(engine)) return null;
  for (const name of (await readdir(dataFolder)).filter((each) => each.startsWith('engine.broken-'))) {
    await rm(join(dataFolder, name), { recursive: true, force: true });
  }
  const aside = join(dataFolder, `engine.broken-${process.pid}-${randomBytes(3).toString('hex')}`);
  await rename(engine, aside);
  return aside;
}

function isDiskFull(text: string): boolean {
  return engineFailed('ClickHouse', '', text).code === 'DISK_FULL';
}

async function startFailure(launch: Launch, report: FailedServer): Promise<PlatformError> {
  const port = launch.options.port ?? 0;
  if (report.code === 'EADDRINUSE' || report.code === 'EACCES') return portTaken('ClickHouse', port, 'ASSAY_OLAP_PORT');
  return engineFailed('ClickHouse', 'it did not start', report.message, {
    logFile: launch.logFile,
    hint: 'Set CLICKHOUSE_URL to a ClickHouse server, or mend what the lines above name and start again.',
  });
}

function embedded(
  launch: Launch,
  server: ReadyServer,
  setAsideAt: string | null,
  release: () => Promise<void>,
): EmbeddedOlap {
  const { child, pid } = server;
  const exited = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  const logWatch = setInterval(() => boundLog(launch.logFile), 60_000).unref();
  void exited.then(() => clearInterval(logWatch));
  // Neither the child nor its pipes keep our process alive: whoever starts an engine decides how long it runs.
  child.unref();
  for (const pipe of [child.stdin, child.stdout]) if (pipe instanceof Socket) pipe.unref();
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    child.ref();
    // By the child's handle, which knows when the id is no longer its own.
    if (child.kill('SIGTERM') && !(await waitUntilGone(pid, 7_000))) child.kill('SIGKILL');
    await exited;
    await release();
  };
  return {
    url: `http://127.0.0.1:${server.port}`,
    ...{ port: server.port, pid, database, user, password: launch.password },
    reader: { user: readerName, password: launch.readerPassword },
    version: server.version,
    recreated: setAsideAt !== null,
    setAsideAt,
    logFile: launch.logFile,
    exited,
    stop: () => (stopping ??= stop()),
  };
}
