import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { Answer } from './answer-cache.ts';

/** A weak tag: it names what is said, without the instant at which it was said. */
export function tagOf(identity: string): string {
  return `W/"${createHash('sha256').update(identity).digest('base64url').slice(0, 27)}"`;
}

/** The answer, packed where the reader takes that; or an empty 304 when the reader has it already (RFC 9110, 13). */
export function respond(context: Context, { headers, body, gzipped }: Answer): Response {
  if (isKnown(context, headers)) return new Response(null, { status: 304, headers: withoutContent(headers) });
  if (gzipped !== null && takesGzip(context.req.header('accept-encoding'))) {
    return new Response(gzipped, { headers: { ...headers, 'content-encoding': 'gzip' } });
  }
  return new Response(body, { headers });
}

/** If-None-Match decides where it is given; If-Modified-Since only without it. */
function isKnown(context: Context, headers: Answer['headers']): boolean {
  const tags = context.req.header('if-none-match');
  if (tags !== undefined) {
    const own = opaque(headers['etag'] ?? '');
    return tags.split(',').some((tag) => tag.trim() === '*' || opaque(tag.trim()) === own);
  }
  const since = context.req.header('if-modified-since');
  const changed = headers['last-modified'];
  if (since === undefined || changed === undefined) return false;
  const known = Date.parse(since);
  return !Number.isNaN(known) && Date.parse(changed) <= known;
}

function opaque(tag: string): string {
  return tag.replace(/^W\//, '');
}

function withoutContent(headers: Answer['headers']): Record<string, string> {
  const { 'content-type': _type, 'content-disposition': _name, ...rest } = headers;
  return rest;
}

function takesGzip(accepted: string | undefined): boolean {
  return accepted !== undefined && /(?:^|,)\s*(?:gzip|\*)\s*(?:$|,|;(?!\s*q=0(?:\.0*)?\s*(?:$|,)))/i.test(accepted);
}
