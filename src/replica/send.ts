import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import type { Instant } from '../domain/moscow-time.ts';

const compress = promisify(gzip);
const gzippedBodies = new WeakMap<Uint8Array, Promise<Buffer>>();

/** The page that stands in front of the Bank under load: sent with status 200, as recorded. */
export const challengePage = `<!DOCTYPE html><html><head>
<title>DDOS-GUARD</title><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="refresh" content="3">
</head></html>
`;

/** A body with the headers of the recorded answers, compressed for those who accept it. */
export async function sendBank(
  request: IncomingMessage,
  response: ServerResponse,
  body: Uint8Array,
  options: { readonly contentType: string; readonly now: Instant | null; readonly status?: number },
): Promise<void> {
  setBankHeaders(request, response, options.contentType, options.now);
  const accepted = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  const sent = accepted ? await gzipped(body) : body;
  if (accepted) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', sent.length);
  response.writeHead(options.status ?? 200);
  response.end(request.method === 'HEAD' ? undefined : sent);
}

/** Announces a whole answer, sends half of it and breaks the connection. */
export function sendReset(request: IncomingMessage, response: ServerResponse, body: Uint8Array, now: Instant | null) {
  setBankHeaders(request, response, bankXml, now);
  response.setHeader('Content-Length', body.length);
  response.writeHead(200);
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.resetAndDestroy());
}

/** Sends a byte every 100 ms, until the other side loses patience. */
export function sendDrip(request: IncomingMessage, response: ServerResponse, body: Uint8Array, now: Instant | null) {
  setBankHeaders(request, response, bankXml, now);
  response.setHeader('Content-Length', body.length);
  response.writeHead(200);
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(sent, sent + 1));
    sent += 1;
    if (sent === body.length) response.end();
  }, 100);
  response.on('close', () => clearInterval(timer));
}

/** A gigabyte of spaces in a megabyte of gzip, made as it is read. */
export function sendBomb(request: IncomingMessage, response: ServerResponse, body: Uint8Array, now: Instant | null) {
  setBankHeaders(request, response, bankXml, now);
  response.setHeader('Content-Encoding', 'gzip');
  response.writeHead(200);
  const bomb = createGzip({ level: 1 });
  bomb.pipe(response);
  bomb.write(body.subarray(0, 45));
  const block = Buffer.alloc(1024 * 1024, ' ');
  let blocks = 1024;
  const pump = () => {
    while (blocks > 0 && !response.destroyed) {
      blocks -= 1;
      if (!bomb.write(block)) return bomb.once('drain', pump);
    }
    return bomb.end();
  };
  response.on('close', () => bomb.destroy());
  pump();
}

export const bankXml = 'application/xml; charset=windows-1251';

function setBankHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  contentType: string,
  now: Instant | null,
): void {
  response.setHeader('Server', 'ddos-guard');
  response.setHeader('Connection', 'keep-alive');
  response.setHeader('Keep-Alive', 'timeout=60');
  response.setHeader('Set-Cookie', guardCookies(request.socket.remoteAddress ?? '127.0.0.1', now));
  response.setHeader('Content-Type', contentType);
  response.setHeader('Vary', 'Accept-Encoding');
  response.setHeader('Cache-Control', 'no-cache');
  response.setHeader('Pragma', 'no-cache');
  response.setHeader('Expires', '-1');
  response.setHeader('X-Aspnet-Version', '4.0.30319');
  response.setHeader('X-Powered-By', 'ASP.NET');
  response.setHeader('X-Frame-Options', 'SAMEORIGIN');
}

/** Four cookies in the recorded order; without a clock they last for the session. */
function guardCookies(address: string, now: Instant | null): string[] {
  const expires = (minutes: number) => {
    if (now === null) return '';
    return `; Expires=${new Date(Date.parse(now) + minutes * 60_000).toUTCString()}`;
  };
  const year = 365 * 24 * 60;
  return [
    `__ddg10_=1; Domain=.cbr.ru; Path=/${expires(20)}`,
    `__ddg1_=replica; Domain=.cbr.ru; HttpOnly; Path=/${expires(year)}`,
    `__ddg8_=replica; Domain=.cbr.ru; Path=/${expires(20)}`,
    `__ddg9_=${address}; Domain=.cbr.ru; Path=/${expires(20)}`,
  ];
}

function gzipped(body: Uint8Array): Promise<Buffer> {
  const ready = gzippedBodies.get(body) ?? compress(body, { level: 1 });
  gzippedBodies.set(body, ready);
  return ready;
}
