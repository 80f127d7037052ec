import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, createBrotliDecompress, createGunzip, createInflate, deflate, gzip } from 'node:zlib';
import { type EngineCompression, exception, type OlapEngine } from './olap-engine.ts';

/** Largest request after inflation: a gzip bomb stops here. */
export const maxBodyBytes = 256 * 1024 * 1024;

/** The body of a request, inflated, bounded. Throws NOT_IMPLEMENTED for encodings nobody here knows. */
export async function readBody(request: IncomingMessage, engine: OlapEngine, limit = maxBodyBytes): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
  const compression = enginesOwn.find((each) => each === encoding);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of compression === undefined ? inflated(request, encoding) : request) {
    bytes += chunk.length;
    if (bytes > limit) throw exception(223, 'QUERY_IS_TOO_LARGE', `The request is larger than ${limit} bytes.`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return compression === undefined || body.length === 0 ? body : engine.inflate(body, compression, limit);
}

const enginesOwn: readonly EngineCompression[] = ['lz4', 'zstd', 'xz', 'bz2'];

/** Compresses an answer as the client accepts; null where it accepts nothing we have, or the answer is small. */
export async function compressed(
  bytes: Uint8Array,
  accepted: string | undefined,
): Promise<{ encoding: string; bytes: Uint8Array } | null> {
  if (bytes.byteLength < 1_024) return null;
  const encoding = ['gzip', 'br', 'deflate'].find((each) => new RegExp(`\\b${each}\\b`).test(accepted ?? ''));
  if (encoding === 'gzip') return { encoding, bytes: await promisify(gzip)(bytes, { level: 3 }) };
  if (encoding === 'deflate') return { encoding, bytes: await promisify(deflate)(bytes, { level: 3 }) };
  if (encoding === 'br') return { encoding, bytes: await promisify(brotliCompress)(bytes) };
  return null;
}

function inflated(request: IncomingMessage, encoding: string): AsyncIterable<Buffer> {
  if (encoding === 'identity') return request;
  const inflate = inflaters[encoding];
  if (inflate === undefined) {
    const known = [...Object.keys(inflaters), ...enginesOwn].join(', ');
    throw exception(48, 'NOT_IMPLEMENTED', `Content-Encoding ${encoding} is not supported here: use ${known} or none.`);
  }
  const stream = inflate();
  // A client that goes away destroys its request without an end: the inflater must hear of it.
  request.once('error', (error) => stream.destroy(error));
  request.once('aborted', () => stream.destroy(exception(210, 'NETWORK_ERROR', 'The client went away.')));
  return request.pipe(stream);
}

const inflaters: Readonly<
  Record<string, () => NodeJS.ReadWriteStream & AsyncIterable<Buffer> & { destroy(e: Error): unknown }>
> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};
