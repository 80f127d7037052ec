import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assert, PlatformError } from '../domain/errors.ts';
import { addDays, type DateRange, type IsoDate, isIsoDate } from '../domain/iso-date.ts';
import type { Instant } from '../domain/moscow-time.ts';
import { type BankPages, createBankPages } from './bank-pages.ts';
import { readDataFolder } from './data-folder.ts';
import { createDriverPages, type DriverPages } from './driver-pages.ts';
import { type FaultCounter, startFaultCounter } from './fault-counter.ts';
import { type Faults, noFaults, type TransportKind } from './faults.ts';
import { createPageCache, type PageCache } from './page-cache.ts';
import { bankXml, challengePage, sendBank, sendBomb, sendDrip, sendReset } from './send.ts';

export { parsePublished } from './published.ts';

export interface ReplicaOptions {
  readonly dataFolder: string;
  /** 0: any free port. */
  readonly port: number;
  readonly host?: string;
  /** What is public at this instant is served; null: everything in the folder. */
  readonly published: Instant | null;
  readonly faults?: Faults;
  /** Dates the cookies; without it they last for the session. */
  readonly now?: () => Instant;
}

export interface Replica {
  readonly url: string;
  readonly port: number;
  setPublished(published: Instant | null): void;
  /** Replaces all faults; counts begin anew. */
  setFaults(faults: Faults): void;
  /** Requests answered or broken off so far, by path. */
  requests(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

/**
 * Serves a folder of recorded history through the HTTP shapes of the Bank of Russia, of London's price and of the
 * Moscow Exchange. Throws NOT_FOUND or INPUT_INVALID for the folder, PORT_TAKEN for the port.
 */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const data = await readDataFolder(options.dataFolder);
  const state: State = {
    bank: createBankPages(data),
    drivers: createDriverPages(data),
    published: options.published,
    faults: options.faults ?? noFaults,
    counter: startFaultCounter(options.faults ?? noFaults),
    cache: createPageCache(),
    requests: new Map(),
    now: options.now ?? (() => null),
  };
  const server = createServer((request, response) => {
    answer(state, request, response).catch((error: unknown) => sendBug(response, error));
  });
  const host = options.host ?? '127.0.0.1';
  const port = await listen(server, host, options.port);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    setPublished: (published) => {
      state.published = published;
      state.cache = createPageCache();
    },
    setFaults: (faults) => {
      state.faults = faults;
      state.counter = startFaultCounter(faults);
      state.cache = createPageCache();
    },
    requests: () => Object.fromEntries(state.requests),
    stop: () => stop(server),
  };
}

interface State {
  readonly bank: BankPages;
  readonly drivers: DriverPages;
  readonly requests: Map<string, number>;
  readonly now: () => Instant | null;
  published: Instant | null;
  faults: Faults;
  counter: FaultCounter;
  cache: PageCache;
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [path = '/', parameters = ''] = (request.url ?? '/').split('?');
  state.requests.set(path, (state.requests.get(path) ?? 0) + 1);
  const query = new URLSearchParams(parameters);
  switch (path) {
    case '/scripts/xml_metall.asp':
      return answerRange(state, 'metals', query, request, response);
    case '/scripts/XML_dynamic.asp':
      return answerRange(state, 'usd', query, request, response);
    case '/scripts/XML_daily.asp':
      return answerDaily(state, query, request, response);
    case '/json/gold_am.json':
      return sendJson(response, state.drivers.londonAm(state.published));
    case '/json/gold_pm.json':
      return sendJson(response, state.drivers.londonPm(state.published));
    case '/iss/history/engines/currency/markets/selt/boards/CETS/securities/GLDRUB_TOM.json':
      return sendJson(response, state.drivers.moscowExchange(readIssQuery(query), state.published));
    default:
      response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' });
      response.end('The replica serves /scripts/xml_metall.asp, XML_dynamic.asp, XML_daily.asp, /json and /iss.\n');
  }
}

/** A bug of the replica must look like one, not like a fault that was asked for. */
function sendBug(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { 'Content-Type': 'text/plain' }).end(`The replica failed: ${String(error)}\n`);
}

async function answerRange(
  state: State,
  series: 'metals' | 'usd',
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const range = readRange(query);
  if (range === null) return sendParameterError(state, request, response);
  const code = query.get('VAL_NM_RQ') ?? '';
  const fault = state.counter.take(series, request.headers.cookie ?? '');
  const asked = fault === 'range' ? { from: addDays(range.from, -30), to: addDays(range.to, -30) } : range;
  const body = state.cache.page(`${series} ${code} ${asked.from} ${asked.to}`, () => {
    const view = { published: state.published, faults: state.faults.values };
    return series === 'metals' ? state.bank.metals(asked, view) : state.bank.rates(code, asked, view);
  });
  return fault === null
    ? sendBank(request, response, body, { contentType: bankXml, now: state.now() })
    : sendSpoilt(fault, state, body, request, response);
}

async function sendSpoilt(
  fault: TransportKind,
  state: State,
  body: Uint8Array,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const now = state.now();
  const send = (bytes: Uint8Array, contentType = bankXml, status = 200) =>
    sendBank(request, response, bytes, { contentType, now, status });
  switch (fault) {
    case 'challenge':
      return send(Buffer.from(challengePage), 'text/html; charset=utf-8');
    case 'html':
      return send(Buffer.from('<!DOCTYPE html><html><body>Maintenance</body></html>'), 'text/html; charset=utf-8');
    case '5xx':
      return send(Buffer.from('Service Unavailable'), 'text/plain', 503);
    case '429':
      return send(Buffer.from('Too Many Requests'), 'text/plain', 429);
    case 'truncate':
      return send(body.subarray(0, Math.floor(body.length * 0.6)));
    case 'doctype':
      return send(Buffer.from(withDoctype(Buffer.from(body).toString('latin1')), 'latin1'));
    case 'range':
      return send(body);
    case 'drip':
      return sendDrip(request, response, body, now);
    case 'reset':
      return sendReset(request, response, body, now);
    case 'bomb':
      return sendBomb(request, response, body, now);
  }
}

function withDoctype(text: string): string {
  return text.replace('?>', '?><!DOCTYPE Metall [<!ENTITY lol "lol">]>');
}

async function answerDaily(
  state: State,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = query.get('date_req');
  const date = asked === null ? null : readBankDate(asked);
  if (asked !== null && date === null) return sendParameterError(state, request, response);
  const body = state.bank.daily(date, { published: state.published, faults: state.faults.values });
  if (body === null) return sendParameterError(state, request, response);
  const contentType = asked === null ? 'text/xml; charset=windows-1251' : bankXml;
  return sendBank(request, response, body, { contentType, now: state.now() });
}

/** No such answer was recorded; this is the form in which others have quoted it. */
function sendParameterError(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = '<?xml version="1.0" encoding="windows-1251"?><ValCurs>Error in parameters</ValCurs>';
  return sendBank(request, response, Buffer.from(text), { contentType: bankXml, now: state.now() });
}

function sendJson(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(text);
}

function readRange(query: URLSearchParams): DateRange | null {
  const from = readBankDate(query.get('date_req1') ?? '');
  const to = readBankDate(query.get('date_req2') ?? '');
  return from === null || to === null || from > to ? null : { from, to };
}

function readBankDate(text: string): IsoDate | null {
  const parts = /^(\d{2})[/.](\d{2})[/.](\d{4})$/.exec(text);
  const date = parts === null ? '' : `${parts[3]}-${parts[2]}-${parts[1]}`;
  return isIsoDate(date) ? date : null;
}

function readIssQuery(query: URLSearchParams): { from: IsoDate | null; till: IsoDate | null; start: number } {
  const day = (name: string) => {
    const text = query.get(name) ?? '';
    return isIsoDate(text) ? text : null;
  };
  const start = query.get('start') ?? '0';
  return { from: day('from'), till: day('till'), start: /^\d{1,9}$/.test(start) ? Number(start) : 0 };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        new PlatformError(
          taken ? 'PORT_TAKEN' : 'ENGINE_FAILED',
          taken ? `Port ${port} on ${host} is taken.` : `The replica cannot listen on ${host}:${port}.`,
          { cause: error, context: { host, port }, hint: 'Choose another with --port, or 0 for any free one.' },
        ),
      );
    });
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo | string | null;
      assert(address !== null && typeof address === 'object', 'a listening TCP server has an address');
      resolve(address.port);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
