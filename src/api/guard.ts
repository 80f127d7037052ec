import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import type { PlatformError } from '../domain/errors.ts';

/** Name of the cookie that a signed-in browser carries; its value is `encodeURIComponent(token)`. */
export const tokenCookie = 'assay_token';

export interface GuardOptions {
  /** The secret every request must show once it is set; undefined on a loopback-only installation. */
  readonly token?: string | undefined;
  /**
   * Names this server answers to besides loopback (`localhost`, `*.localhost`, 127.0.0.0/8, `[::1]`, any port):
   * `gold.example.org` allows any port, `gold.example.org:8443` that port alone.
   */
  readonly allowedHosts?: readonly string[];
  /** Paths anybody may read with GET or HEAD without the token: `/health` for probes. Host and Origin are still checked. */
  readonly publicPaths?: readonly string[];
  /**
   * Content types, besides `application/json` and its `+json` kin, that a state-changing request without an Origin
   * may carry when no token is set. None of the three that a foreign page can send without asking
   * (`text/plain`, `application/x-www-form-urlencoded`, `multipart/form-data`) can be allowed.
   */
  readonly allowedContentTypes?: readonly string[];
  /** Turns a refusal into this API's own error shape; the default is Problem Details (RFC 9457). */
  readonly refuse?: (context: Context, refusal: Refusal) => Response;
}

export interface Refusal {
  readonly status: 401 | 403 | 415;
  readonly code: Extract<PlatformError['code'], 'FORBIDDEN'>;
  readonly detail: string;
}

/**
 * Middleware in front of every HTTP application of ours; use it before any route: `app.use(guard({ token }))`.
 *
 * - A Host that is neither loopback nor allowed is refused with 403: DNS rebinding reaches us under a foreign name.
 * - An Origin that is neither loopback nor allowed is refused with 403, and so is `Origin: null` on a state change.
 *   Between two loopback origins with different ports only reading passes.
 * - With a token, every request shows it: `Authorization: Bearer <token>`, `Authorization: Basic` with the token as
 *   password (any user name; MLflow clients), or the cookie `assay_token` (then a state change must be same-origin).
 *   Otherwise 401 with a challenge.
 * - Without a token, a state-changing request is same-origin (`Origin` equals the Host, or `Sec-Fetch-Site: same-origin`)
 *   or has no Origin at all and, for POST, a content type that no foreign page can send without a preflight; else 403
 *   or 415. A POST without a body needs no content type unless the browser says it comes from another site.
 *
 * Forms of our own pages pass by their Origin, so those pages must not send `Referrer-Policy: no-referrer` (it turns
 * the Origin of a form into `null`); `same-origin` is right.
 */
export function guard(options: GuardOptions): MiddlewareHandler {
  const allowed = new Set((options.allowedHosts ?? []).map((host) => host.toLowerCase()));
  const publicPaths = new Set(options.publicPaths ?? []);
  const expected = options.token === undefined ? null : expectedDigests(options.token);
  const contentTypes = new Set((options.allowedContentTypes ?? []).map((type) => type.toLowerCase()));
  for (const simple of simpleContentTypes) contentTypes.delete(simple);
  const refuse = options.refuse ?? refuseWithProblem;

  return async (context, next) => {
    const refusal =
      judgeAddress(context, allowed) ??
      (expected === null
        ? judgeAnonymous(context, contentTypes)
        : judgeToken(context, expected, publicPaths, contentTypes));
    if (refusal !== null) return refuse(context, refusal);
    await next();
    return undefined;
  };
}

const simpleContentTypes = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'];

function judgeAddress(context: Context, allowed: ReadonlySet<string>): Refusal | null {
  const host = hostOf(context);
  if (!isOurs(host, allowed)) {
    return forbidden(
      `This server does not answer to the host name ${JSON.stringify(host)}: add it to the allowed hosts.`,
    );
  }
  const origin = context.req.header('origin');
  if (origin === undefined || origin === 'null') return null;
  const originHost = hostOfOrigin(origin);
  if (originHost === null || !isOurs(originHost, allowed)) {
    return forbidden(`Requests from pages of ${JSON.stringify(origin)} are refused.`);
  }
  return null;
}

function judgeAnonymous(context: Context, contentTypes: ReadonlySet<string>): Refusal | null {
  if (isReading(context)) return null;
  const crossSite = judgeSameOrigin(context);
  if (crossSite !== null) return crossSite;
  if (context.req.header('origin') !== undefined) return null;
  if (context.req.header('sec-fetch-site') === 'same-origin') return null;
  return judgeContentType(context, contentTypes);
}

function judgeToken(
  context: Context,
  expected: ExpectedDigests,
  publicPaths: ReadonlySet<string>,
  contentTypes: ReadonlySet<string>,
): Refusal | null {
  const shown = shownToken(context);
  if (shown !== null && timingSafeEqual(digest(shown.token), expected[shown.by])) {
    // A browser adds a cookie by itself, whoever made it ask; the headers it never adds prove intent.
    return shown.by === 'cookie' ? judgeAnonymous(context, contentTypes) : null;
  }
  if (isReading(context) && publicPaths.has(context.req.path)) return null;
  return {
    status: 401,
    code: 'FORBIDDEN',
    detail: 'This server needs its token: send it as a bearer token or as the password of basic authentication.',
  };
}

/** Refuses a state change that a browser says, or shows, comes from another origin. */
function judgeSameOrigin(context: Context): Refusal | null {
  const origin = context.req.header('origin');
  const site = context.req.header('sec-fetch-site');
  const isForeign =
    origin === undefined
      ? site === 'cross-site' || site === 'same-site'
      : origin === 'null' || hostOfOrigin(origin) !== hostOf(context);
  return isForeign ? forbidden('A page of another origin may not change anything here.') : null;
}

function judgeContentType(context: Context, contentTypes: ReadonlySet<string>): Refusal | null {
  // A foreign page can make only GET, HEAD and POST requests without a preflight, which we never grant.
  if (context.req.method !== 'POST') return null;
  const type = (context.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type) || contentTypes.has(type)) return null;
  if (type === '' && isWithoutBody(context)) return null;
  return {
    status: 415,
    code: 'FORBIDDEN',
    detail: `A state-changing request needs the content type application/json, not ${JSON.stringify(type)}.`,
  };
}

function isWithoutBody(context: Context): boolean {
  return (context.req.header('content-length') ?? '0') === '0' && context.req.header('transfer-encoding') === undefined;
}

function isReading(context: Context): boolean {
  return context.req.method === 'GET' || context.req.method === 'HEAD' || context.req.method === 'OPTIONS';
}

/** The host asked for: the Host header, or the URL's where an in-process request has no headers of its own. */
function hostOf(context: Context): string {
  return (context.req.header('host') ?? new URL(context.req.url).host).toLowerCase();
}

function hostOfOrigin(origin: string): string | null {
  const matched = /^https?:\/\/([^/?#@\\]+)$/i.exec(origin);
  return matched?.[1]?.toLowerCase() ?? null;
}

function isOurs(host: string, allowed: ReadonlySet<string>): boolean {
  const matched = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/.exec(host);
  if (matched === null) return false;
  const name = (matched[1] ?? '').replace(/\.$/, '');
  return isLoopback(name) || allowed.has(name) || allowed.has(host);
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || isLoopbackIpv4(name);
}

function isLoopbackIpv4(name: string): boolean {
  const parts = name.split('.');
  return (
    parts.length === 4 && parts[0] === '127' && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)
  );
}

function shownToken(context: Context): { readonly token: string; readonly by: 'header' | 'cookie' } | null {
  const authorization = context.req.header('authorization') ?? '';
  const [scheme = '', credentials = ''] = authorization.split(/ +/, 2);
  if (scheme.toLowerCase() === 'bearer') return { token: credentials, by: 'header' };
  if (scheme.toLowerCase() === 'basic') {
    const decoded = Buffer.from(credentials, 'base64').toString('utf8');
    return { token: decoded.slice(decoded.indexOf(':') + 1), by: 'header' };
  }
  for (const pair of (context.req.header('cookie') ?? '').split(';')) {
    const [name = '', value = ''] = pair.trim().split(/=(.*)/s, 2);
    if (name === tokenCookie) return { token: value, by: 'cookie' };
  }
  return null;
}

interface ExpectedDigests {
  readonly header: Buffer;
  readonly cookie: Buffer;
}

function expectedDigests(token: string): ExpectedDigests {
  return { header: digest(token), cookie: digest(encodeURIComponent(token)) };
}

/** Hashed first, so that comparing takes the same time whatever the lengths. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

function forbidden(detail: string): Refusal {
  return { status: 403, code: 'FORBIDDEN', detail };
}

function refuseWithProblem(context: Context, refusal: Refusal): Response {
  const title = { 401: 'Token needed', 403: 'Refused', 415: 'Content type refused' }[refusal.status];
  if (refusal.status === 401) context.header('WWW-Authenticate', 'Basic realm="Assay", Bearer realm="Assay"');
  return context.json(
    { type: 'about:blank', title, status: refusal.status, detail: refusal.detail, code: refusal.code },
    refusal.status,
    { 'content-type': 'application/problem+json' },
  );
}
