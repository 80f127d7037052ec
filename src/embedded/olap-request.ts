import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { exception, type Statement } from './olap-engine.ts';
import { isUnclearInsert, splitInsert } from './olap-protocol.ts';
import { refusalForReader } from './olap-reader.ts';

export interface OlapAccount {
  readonly name: string;
  readonly password: string;
  readonly mayWrite: boolean;
}

/** One HTTP request as ClickHouse understands it: parameters of the address win over headers. */
export interface OlapRequest {
  readonly account: OlapAccount;
  readonly parameters: URLSearchParams;
  readonly format: string | null;
  readonly database: string;
  readonly queryId: string | null;
}

/** Who asks and what for, before any body is read. Throws ClickHouse's authentication exceptions. */
export function readRequest(request: IncomingMessage, accounts: readonly OlapAccount[], database: string): OlapRequest {
  const parameters = new URL(request.url ?? '/', 'http://localhost').searchParams;
  const blocks = ['compress', 'decompress'].find((name) => (parameters.get(name) ?? '0') !== '0');
  if (blocks !== undefined) {
    throw exception(48, 'NOT_IMPLEMENTED', `${blocks}=1 is not supported here: use HTTP compression.`);
  }
  return {
    account: authenticate(request, parameters, accounts),
    parameters,
    format: parameters.get('default_format') ?? header(request, 'x-clickhouse-format'),
    database: parameters.get('database') ?? header(request, 'x-clickhouse-database') ?? database,
    queryId: parameters.get('query_id') ?? header(request, 'x-clickhouse-query-id'),
  };
}

/** The statement of a request. Throws ClickHouse's READONLY or ACCESS_DENIED where the account may not run it. */
export function readStatement(asked: OlapRequest, method: string, body: Uint8Array): Statement {
  const { parameters, account } = asked;
  const query = parameters.get('query') ?? '';
  const insert = splitInsert(query, body);
  const sql = insert === null ? joined(query, body) : `${insert.into}${insert.settings} FORMAT ${insert.format}`;
  if (sql.trim() === '') throw exception(62, 'SYNTAX_ERROR', 'Empty query');
  const refusal = account.mayWrite ? null : refusalForReader(sql);
  if (refusal !== null) throw exception(497, 'ACCESS_DENIED', `${account.name}: Not enough privileges: ${refusal}.`);
  if (/\bINTO\s+OUTFILE\b/i.test(sql)) {
    throw exception(48, 'NOT_IMPLEMENTED', 'INTO OUTFILE is for the command-line client: read the answer instead.');
  }
  if (insert === null && isUnclearInsert(sql)) {
    const form = 'INSERT INTO table (columns) [SETTINGS name = value] FORMAT name';
    throw exception(48, 'NOT_IMPLEMENTED', `This form of INSERT is not supported here: write ${form}.`);
  }
  if (insert === null && /^\s*INSERT\b[\s\S]*\binput\s*\(/i.test(sql)) {
    throw exception(48, 'NOT_IMPLEMENTED', 'The table function input is not supported here: insert the rows directly.');
  }
  return {
    sql,
    insert,
    format: asked.format ?? 'TabSeparated',
    database: asked.database,
    settings: settingsOf(parameters),
    // As ClickHouse does: a GET may only read, its settings may change.
    readonly: account.mayWrite ? (method === 'POST' ? 0 : 2) : 1,
    parameters: substitutionsOf(parameters),
    session: account.mayWrite ? sessionOf(parameters, account.name) : null,
  };
}

function joined(query: string, body: Uint8Array): string {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  if (query === '' || text === '') return query + text;
  return `${query}\n${text}`;
}

function authenticate(
  request: IncomingMessage,
  parameters: URLSearchParams,
  accounts: readonly OlapAccount[],
): OlapAccount {
  const basic = basicCredentials(header(request, 'authorization'));
  const name = parameters.get('user') ?? header(request, 'x-clickhouse-user') ?? basic?.name;
  const password = parameters.get('password') ?? header(request, 'x-clickhouse-key') ?? basic?.password ?? '';
  if (name === undefined) throw exception(194, 'REQUIRED_PASSWORD', 'A user and a password are required.');
  const account = accounts.find((each) => each.name === name);
  // Compared even for an unknown user: the time taken tells nothing.
  const fits = sameSecret(password, account?.password ?? `not ${password}`);
  if (account !== undefined && fits) return account;
  const text = `${name}: Authentication failed: password is incorrect, or there is no user with such name.`;
  throw exception(516, 'AUTHENTICATION_FAILED', text);
}

function basicCredentials(value: string | null): { name: string; password: string } | null {
  const encoded = /^Basic\s+(.+)$/i.exec(value ?? '')?.[1];
  if (encoded === undefined) return null;
  const [name, ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { name: name ?? '', password: password.join(':') };
}

function sameSecret(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** Parameters of ClickHouse's HTTP interface that are not settings of a query. */
const interfaceParameters = new Set([
  ...['query', 'database', 'default_format', 'user', 'password', 'quota_key', 'query_id', 'session_id', 'role'],
  ...['session_timeout', 'session_check', 'compress', 'decompress', 'enable_http_compression', 'buffer_size'],
  ...[
    'http_zlib_compression_level',
    'wait_end_of_query',
    'send_progress_in_http_headers',
    'stacktrace',
    'close_session',
  ],
  ...['http_headers_progress_interval_ms', 'client_protocol_version', 'cancel_http_readonly_queries_on_client_close'],
]);

function settingsOf(parameters: URLSearchParams): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [name, value] of parameters) {
    if (interfaceParameters.has(name) || name.startsWith('param_')) continue;
    if (!/^[a-z_]\w*$/i.test(name)) throw exception(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'`);
    if (name === 'readonly') throw exception(164, 'READONLY', "Cannot modify 'readonly' setting in a request.");
    settings[name] = value;
  }
  return settings;
}

function substitutionsOf(parameters: URLSearchParams): Record<string, string> {
  const entries = [...parameters].filter(([name]) => name.startsWith('param_'));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice('param_'.length), value]));
}

function sessionOf(parameters: URLSearchParams, user: string): Statement['session'] {
  const id = parameters.get('session_id');
  if (id === null || id === '') return null;
  const seconds = Number(parameters.get('session_timeout') ?? 60);
  const bounded = Number.isFinite(seconds) ? Math.min(Math.max(seconds, 1), 3_600) : 60;
  return { id: `${user}/${id}`, timeoutMs: bounded * 1_000 };
}

function header(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}
