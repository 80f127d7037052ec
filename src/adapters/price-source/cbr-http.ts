import type { CookieJar } from './cbr-cookies.ts';
import type { CbrLimits } from './cbr-limits.ts';

export interface HttpAnswer {
  readonly url: string;
  readonly status: number;
  /** Lower-case names; of cookies the names alone. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

export interface HttpTools {
  readonly fetch: typeof fetch;
  readonly userAgent: string;
  /** Media types asked for; XML when left out. */
  readonly accept?: string;
  readonly cookies: CookieJar;
  readonly limits: CbrLimits;
  now(): number;
  /** Awaited before every request, redirects included. */
  pace(signal: AbortSignal): Promise<void>;
}

/** Why no whole answer came: the connection failed or was too slow. */
export class HttpFailure extends Error {
  constructor(reason: string, options?: { cause: unknown }) {
    super(reason, options);
    this.name = 'HttpFailure';
  }
}

/**
 * One GET with its redirects on the same host, read to the end or to one byte past the limit.
 * Throws HttpFailure; a caller's abort comes through as the signal's own reason.
 */
export async function getBounded(address: string, tools: HttpTools, signal: AbortSignal): Promise<HttpAnswer> {
  const watch = startWatch(tools.limits, signal);
  try {
    let url = new URL(address);
    for (let redirects = 0; ; redirects += 1) {
      await tools.pace(watch.signal);
      const response = await request(url, tools, watch);
      const next = redirects < tools.limits.redirects ? sameHostRedirect(url, response) : null;
      if (next === null) return await readAnswer(url, response, tools.limits.maxBytes, watch);
      await response.body?.cancel();
      url = next;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof HttpFailure) throw error;
    throw new HttpFailure(watch.expired() ?? describe(error), { cause: error });
  } finally {
    watch.stop();
  }
}

async function request(url: URL, tools: HttpTools, watch: Watch): Promise<Response> {
  const cookie = tools.cookies.header();
  const response = await tools.fetch(url.href, {
    redirect: 'manual',
    signal: watch.signal,
    headers: {
      'User-Agent': tools.userAgent,
      Accept: tools.accept ?? 'application/xml, text/xml;q=0.9',
      ...(cookie === null ? {} : { Cookie: cookie }),
    },
  });
  watch.alive();
  tools.cookies.store(response.headers, tools.now());
  return response;
}

/** Where a redirect leads, if to the same host and not from https back to http; null otherwise. */
function sameHostRedirect(from: URL, response: Response): URL | null {
  const location = response.headers.get('location');
  if (response.status < 300 || response.status > 399 || location === null) return null;
  if (!URL.canParse(location, from.href)) return null;
  const to = new URL(location, from.href);
  const upgrade = from.protocol === 'http:' && to.protocol === 'https:' && from.hostname === to.hostname;
  return upgrade || (to.protocol === from.protocol && to.host === from.host) ? to : null;
}

/**
 * Fetch inflates without a limit, so the decoded bytes are counted as they come: a gzip bomb is cut off
 * one byte past the limit, by which the reader of the answer knows it for what it is.
 */
async function readAnswer(url: URL, response: Response, maxBytes: number, watch: Watch): Promise<HttpAnswer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  while (reader !== undefined && length <= maxBytes) {
    const { done, value } = await reader.read();
    watch.alive();
    if (done) break;
    const kept = value.subarray(0, maxBytes + 1 - length);
    chunks.push(kept);
    length += kept.length;
    if (length > maxBytes) await reader.cancel();
  }
  const bytes = new Uint8Array(Buffer.concat(chunks, length));
  return { url: url.href, status: response.status, headers: plainHeaders(response.headers), bytes };
}

function plainHeaders(headers: Headers): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of headers) if (name !== 'set-cookie') plain[name] = value;
  const cookieNames = headers.getSetCookie().map((line) => line.split('=', 1)[0]?.trim() ?? '');
  if (cookieNames.length > 0) plain['set-cookie'] = cookieNames.join(', ');
  return plain;
}

interface Watch {
  readonly signal: AbortSignal;
  /** Tells that something arrived. */
  alive(): void;
  /** The limit that was passed, as a clause, or null. */
  expired(): string | null;
  stop(): void;
}

/** Ends an attempt that takes too long as a whole, or in which nothing comes for too long. */
function startWatch(limits: CbrLimits, outer: AbortSignal): Watch {
  const controller = new AbortController();
  let expired: string | null = null;
  const expire = (reason: string) => () => {
    expired = reason;
    controller.abort();
  };
  const whole = setTimeout(expire(`no whole answer within ${limits.attemptMs} ms`), limits.attemptMs);
  const idle = setTimeout(expire(`nothing arrived for ${limits.idleMs} ms`), limits.idleMs);
  return {
    signal: AbortSignal.any([controller.signal, outer]),
    alive: () => idle.refresh(),
    expired: () => expired,
    stop: () => {
      clearTimeout(whole);
      clearTimeout(idle);
    },
  };
}

/** The innermost cause says what happened (`ECONNREFUSED`); the outer one only "fetch failed". */
function describe(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause;
  if (!(inner instanceof Error)) return String(inner);
  const code = 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  const message = inner.message || inner.name;
  return message.includes(code) ? message : `${message} (${code})`;
}
