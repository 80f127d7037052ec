import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ChdbResult } from './chdb-addon.ts';
import { compressed, readBody } from './olap-body.ts';
import type { OlapEngine } from './olap-engine.ts';
import { contentTypeOf, exceptionCode, formatOf, plainException, statusOfException } from './olap-protocol.ts';
import { type OlapAccount, readRequest, readStatement } from './olap-request.ts';

export interface OlapHttpOptions {
  readonly accounts: readonly OlapAccount[];
  readonly database: string;
}

/**
 * ClickHouse's HTTP interface over an engine. Answers are complete before their first byte is sent, so a status is
 * always true and a slow reader holds nothing but its own bytes.
 */
export function createOlapServer(engine: OlapEngine, options: OlapHttpOptions): Server {
  // Values of a statement come in the address: Node's 16 KiB for all headers would be few.
  const limits = { requestTimeout: 300_000, keepAliveTimeout: 10_000, maxHeaderSize: 1024 * 1024 };
  return createServer(limits, (request, response) => {
    // A client that leaves is no concern of ours: its answer goes nowhere.
    response.on('error', () => undefined);
    void answer(engine, options, request, response);
  });
}

async function answer(
  engine: OlapEngine,
  options: OlapHttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    if (!isLocal(request)) return sendText(response, 403, 'This endpoint answers to loopback names only.\n');
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/ping' || path === '/replicas_status') return sendText(response, 200, 'Ok.\n');
    if (path !== '/')
      return sendText(response, 404, `There is no handle ${path}\nUse / or /ping or /replicas_status.\n`);
    if (!['GET', 'HEAD', 'POST'].includes(request.method ?? '')) return sendText(response, 405, 'Use GET or POST.\n');
    if (request.method !== 'POST' && request.url === '/') return sendText(response, 200, 'Ok.\n');
    await answerQuery(engine, options, request, response);
  } catch (error) {
    sendException(response, engine.version, error);
  }
}

async function answerQuery(
  engine: OlapEngine,
  options: OlapHttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = readRequest(request, options.accounts, options.database);
  response.setHeader('X-ClickHouse-Query-Id', asked.queryId ?? randomUUID());
  const statement = readStatement(asked, request.method ?? 'GET', await readBody(request, engine));
  const result = await engine.run(statement);
  const format = formatOf(statement.sql) ?? statement.format;
  const wanted =
    asked.parameters.get('enable_http_compression') === '1' ? request.headers['accept-encoding'] : undefined;
  const bytes = result.bytes ?? new Uint8Array();
  const packed = await compressed(bytes, wanted?.toString());
  if (packed !== null) response.setHeader('Content-Encoding', packed.encoding);
  response.setHeader('Content-Type', contentTypeOf(format));
  response.setHeader('X-ClickHouse-Format', format);
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
  response.setHeader('X-ClickHouse-Server-Display-Name', 'assay');
  response.setHeader('X-ClickHouse-Summary', summaryOf(result));
  const body = packed?.bytes ?? bytes;
  response.setHeader('Content-Length', body.byteLength);
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Counts as strings, as the server sends them: they may pass 2^53. */
function summaryOf(result: ChdbResult): string {
  return JSON.stringify({
    read_rows: String(result.rowsRead ?? 0),
    read_bytes: String(result.bytesRead ?? 0),
    written_rows: String(result.rowsWritten ?? 0),
    written_bytes: String(result.bytesWritten ?? 0),
    total_rows_to_read: String(result.rowsRead ?? 0),
    elapsed_ns: String(Math.round(result.elapsed * 1e9)),
  });
}

function sendException(response: ServerResponse, version: string, error: unknown): void {
  const text = plainException(error instanceof Error ? error.message : String(error));
  const code = exceptionCode(text);
  const whole = /\bCode:/.test(text) ? text : `Code: ${code}. DB::Exception: ${text} (UNKNOWN_EXCEPTION)`;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.setHeader('X-ClickHouse-Exception-Code', code);
  if (code === 194) response.setHeader('WWW-Authenticate', 'Basic realm="ClickHouse server HTTP API"');
  // What was not read of a refused request is not worth reading.
  response.setHeader('Connection', 'close');
  sendText(response, statusOfException(code), `${whole} (version ${version} (chdb))\n`);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** A page of another site that resolves its name to this machine sends its own Host, a script of one its Origin. */
function isLocal(request: IncomingMessage): boolean {
  const { host, origin } = request.headers;
  if (host === undefined || !loopback.test(host)) return false;
  return origin === undefined || loopback.test(origin.replace(/^https?:\/\//, ''));
}

const loopback = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/i;
