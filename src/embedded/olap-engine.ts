import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '../domain/errors.ts';
import type { ChdbAddon, ChdbConnection, ChdbResult } from './chdb-addon.ts';
import type { InsertText } from './olap-protocol.ts';
import { errorCode } from './processes.ts';

export interface Statement {
  /** The text; of an insert with data, without it. */
  readonly sql: string;
  /** An insert of data in a format, null for every other statement. */
  readonly insert: InsertText | null;
  /** Format of a result that names none. */
  readonly format: string;
  readonly database: string;
  readonly settings: Readonly<Record<string, string>>;
  /** 0 all, 1 only reading, 2 only reading but settings may change: as ClickHouse's own setting. */
  readonly readonly: 0 | 1 | 2;
  /** Values of `{name:Type}` in ClickHouse's escaped form. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Statements of one session share temporary tables and settings. */
  readonly session: { readonly id: string; readonly timeoutMs: number } | null;
}

export type EngineCompression = 'lz4' | 'zstd' | 'xz' | 'bz2';

export interface OlapEngine {
  readonly version: string;
  run(statement: Statement): Promise<ChdbResult>;
  /** Inflates what Node 20 cannot, by the engine's own reader of compressed files. */
  inflate(bytes: Uint8Array, compression: EngineCompression, limit: number): Promise<Buffer>;
  /** Waits for running statements, at most 5 s. */
  close(): Promise<void>;
}

interface Session {
  readonly connection: ChdbConnection;
  isBusy: boolean;
  timer: NodeJS.Timeout | undefined;
}

const maxRunning = 4;
const maxWaiting = 200;
const maxSessions = 64;
/** In the working folder of the process, which is the engine's data folder. */
const incomingFolder = 'incoming';
const idleBeforePurgeMs = 1_000;

/**
 * Small caches and pools: the data is a few megabytes and shares the machine. Tables load before the first statement,
 * so that a corrupt folder is known at the start.
 */
const engineArguments = [
  '--async_load_databases=0',
  '--max_server_memory_usage=1500000000',
  '--mark_cache_size=33554432',
  '--index_mark_cache_size=8388608',
  '--background_pool_size=2',
  '--background_schedule_pool_size=2',
  '--max_execution_time=300',
  '--session_timezone=UTC',
];

/**
 * Opens ClickHouse on a folder, in this process: one engine a process, one process a folder.
 * Each statement gets a connection of its own (0.2 ms), so that no setting outlives it.
 */
export async function openOlapEngine(
  addon: ChdbAddon,
  folder: string,
  databases: readonly string[],
): Promise<OlapEngine> {
  await rm(incomingFolder, { recursive: true, force: true });
  await mkdir(incomingFolder, { mode: 0o700 });
  const keeper = connect(addon, folder);
  for (const database of databases) await execute(addon, keeper, `CREATE DATABASE IF NOT EXISTS ${quoted(database)}`);
  const version = await execute(addon, keeper, 'SELECT version()');
  await refuseBrokenParts(addon, keeper);
  const state = createState(addon, folder, keeper);
  return {
    version,
    run: (statement) => admitted(state, () => runStatement(state, statement)),
    inflate: (bytes, compression, limit) => admitted(state, () => inflate(state, bytes, compression, limit)),
    close: () => closeEngine(state),
  };
}

/** A ClickHouse exception of our own, in the words a server would use. */
export function exception(code: number, name: string, text: string): Error {
  return new PlatformError('STORE_UNAVAILABLE', `Code: ${code}. DB::Exception: ${text} (${name})`);
}

interface EngineState {
  readonly addon: ChdbAddon;
  readonly folder: string;
  readonly keeper: ChdbConnection;
  readonly sessions: Map<string, Session>;
  readonly waiting: (() => void)[];
  running: number;
  isClosing: boolean;
  purge: NodeJS.Timeout | undefined;
}

function createState(addon: ChdbAddon, folder: string, keeper: ChdbConnection): EngineState {
  return { addon, folder, keeper, sessions: new Map(), waiting: [], running: 0, isClosing: false, purge: undefined };
}

function connect(addon: ChdbAddon, folder: string): ChdbConnection {
  const connection = addon.CreateConnection(folder, engineArguments);
  if (connection !== null) return connection;
  throw new PlatformError('ENGINE_FAILED', `ClickHouse could not open ${folder}.`, { context: { folder } });
}

async function execute(addon: ChdbAddon, connection: ChdbConnection, sql: string): Promise<string> {
  const { bytes } = await addon.QueryAsyncConnection(connection, sql, 'TabSeparated');
  return bytes === undefined ? '' : Buffer.from(bytes).toString('utf8').trim();
}

/** ClickHouse sets broken parts aside and goes on without their rows: for data that can be rebuilt that is a loss. */
async function refuseBrokenParts(addon: ChdbAddon, connection: ChdbConnection): Promise<void> {
  const sql =
    "SELECT groupArray(concat(table, '/', name)) FROM system.detached_parts WHERE startsWith(reason, 'broken')";
  const broken = await execute(addon, connection, sql);
  if (broken === '[]') return;
  throw new PlatformError('ENGINE_FAILED', `Parts of tables are broken: ${broken}.`, { context: { broken } });
}

/** At most a few statements run at once; the others wait in order, and beyond a bound are refused. */
async function admitted<Result>(state: EngineState, work: () => Promise<Result>): Promise<Result> {
  if (state.isClosing) throw exception(236, 'ABORTED', 'The server is shutting down.');
  if (state.running >= maxRunning) {
    if (state.waiting.length >= maxWaiting) {
      throw exception(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', `More than ${maxWaiting} statements wait already.`);
    }
    await new Promise<void>((turn) => state.waiting.push(turn));
  } else state.running++;
  clearTimeout(state.purge);
  try {
    return await work();
  } finally {
    const next = state.waiting.shift();
    if (next === undefined) state.running--;
    else next();
    if (state.running === 0) schedulePurge(state);
  }
}

async function runStatement(state: EngineState, statement: Statement): Promise<ChdbResult> {
  if (statement.session !== null) return runInSession(state, statement, statement.session);
  const connection = connect(state.addon, state.folder);
  try {
    return await runOn(state.addon, connection, statement);
  } finally {
    state.addon.CloseConnection(connection);
  }
}

async function runInSession(
  state: EngineState,
  statement: Statement,
  { id, timeoutMs }: { id: string; timeoutMs: number },
): Promise<ChdbResult> {
  const session = state.sessions.get(id) ?? openSession(state, id);
  if (session.isBusy) throw exception(373, 'SESSION_IS_LOCKED', `Session ${id} is locked by a concurrent client.`);
  clearTimeout(session.timer);
  session.isBusy = true;
  try {
    return await runOn(state.addon, session.connection, statement);
  } finally {
    session.isBusy = false;
    session.timer = setTimeout(() => closeSession(state, id), timeoutMs).unref();
  }
}

function openSession(state: EngineState, id: string): Session {
  if (state.sessions.size >= maxSessions) {
    const oldest = [...state.sessions].find(([, session]) => !session.isBusy);
    if (oldest === undefined) throw exception(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', 'Too many sessions are busy.');
    closeSession(state, oldest[0]);
  }
  const session = { connection: connect(state.addon, state.folder), isBusy: false, timer: undefined };
  state.sessions.set(id, session);
  return session;
}

function closeSession(state: EngineState, id: string): void {
  const session = state.sessions.get(id);
  if (session === undefined || session.isBusy) return;
  clearTimeout(session.timer);
  state.sessions.delete(id);
  state.addon.CloseConnection(session.connection);
}

async function runOn(addon: ChdbAddon, connection: ChdbConnection, statement: Statement): Promise<ChdbResult> {
  const settings = Object.entries(statement.settings).map(([name, value]) => `SET ${name} = ${literal(value)}`);
  // Last: from here on the statement cannot undo it.
  if (statement.readonly !== 0) settings.push(`SET readonly = ${statement.readonly}`);
  await addon.QueryAsyncConnection(connection, [`USE ${quoted(statement.database)}`, ...settings].join('; '), 'Null');
  if (statement.insert !== null) return insertFromFile(addon, connection, statement.insert, statement.parameters);
  return addon.QueryAsyncConnection(connection, statement.sql, statement.format, statement.parameters);
}

/**
 * Rows go through a file of our own. Given after the statement in one text, they would end at the first empty line,
 * and the engine would run what follows as SQL. The path is relative: a name with a `*` or `{` in it would be a pattern.
 */
async function insertFromFile(
  addon: ChdbAddon,
  connection: ChdbConnection,
  insert: InsertText,
  parameters: Readonly<Record<string, string>>,
): Promise<ChdbResult> {
  const file = join(incomingFolder, randomUUID());
  try {
    await writeIncoming(file, insert.data);
    const source = `FROM INFILE '${file}' COMPRESSION 'none'`;
    const sql = `${insert.into} ${source}${insert.settings} FORMAT ${insert.format}`;
    const result = await addon.QueryAsyncConnection(connection, sql, 'Null', parameters);
    const written = { rowsWritten: result.rowsRead ?? 0, bytesWritten: result.bytesRead ?? 0 };
    return { elapsed: result.elapsed, ...written };
  } finally {
    await rm(file, { force: true });
  }
}

async function inflate(
  { addon, keeper }: EngineState,
  bytes: Uint8Array,
  compression: EngineCompression,
  limit: number,
): Promise<Buffer> {
  const file = join(incomingFolder, randomUUID());
  try {
    await writeIncoming(file, bytes);
    const source = `file('${file}', 'RawBLOB', 'whole String', '${compression}')`;
    // The engine's reader doubles its buffer as it grows.
    const sql = `SELECT whole FROM ${source} SETTINGS max_memory_usage = ${4 * limit}`;
    const result = await addon.QueryAsyncConnection(keeper, sql, 'RawBLOB');
    return Buffer.from(result.bytes ?? []);
  } finally {
    await rm(file, { force: true });
  }
}

async function writeIncoming(file: string, data: Uint8Array): Promise<void> {
  try {
    await writeFile(file, data, { mode: 0o600 });
  } catch (error) {
    if (errorCode(error) !== 'ENOSPC') throw error;
    throw exception(243, 'NOT_ENOUGH_SPACE', 'No space left on device for the rows of an insert.');
  }
}

function quoted(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}

function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** The allocator keeps what a heavy statement used (about 180 MB after a group-by of 10 million rows) until told. */
function schedulePurge(state: EngineState): void {
  clearTimeout(state.purge);
  state.purge = setTimeout(() => {
    globalThis.gc?.();
    void admittedPurge(state);
  }, idleBeforePurgeMs).unref();
}

async function admittedPurge(state: EngineState): Promise<void> {
  if (state.running > 0 || state.isClosing) return;
  state.running++;
  try {
    await execute(state.addon, state.keeper, 'SYSTEM JEMALLOC PURGE');
  } catch (error) {
    process.stderr.write(`The allocator was not purged: ${String(error)}\n`);
  } finally {
    const next = state.waiting.shift();
    if (next === undefined) state.running--;
    else next();
  }
}

async function closeEngine(state: EngineState): Promise<void> {
  state.isClosing = true;
  clearTimeout(state.purge);
  const deadline = performance.now() + 5_000;
  while (state.running > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  if (state.running > 0) return;
  for (const id of [...state.sessions.keys()]) closeSession(state, id);
  state.addon.CloseConnection(state.keeper);
}
