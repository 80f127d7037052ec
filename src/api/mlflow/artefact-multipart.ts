import { createHash, type Hash, randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { PlatformError } from '../../domain/errors.ts';
import type { Lake } from '../../ports/lake.ts';
import { upload } from './artefact-files.ts';
import { requireArtefactPath } from './artefact-path.ts';
import { bodyParts, boundedBody } from './bounded-body.ts';
import { invalidParameter } from './mlflow-error.ts';
import { bodyFields, type RequestFields } from './request-fields.ts';

/**
 * Artefacts that come in parts. A store in the cloud would hand out signed addresses of its own; here the parts come
 * to this server, to an address that only whoever began the upload knows. The artefact is seen when all parts are in.
 */
export function multipartUploads({ lake, maxArtefactBytes }: MultipartOptions): Hono {
  const app = new Hono();
  app.post('/create/*', async (context) => {
    const fields = await readFields(context);
    const path = pathOf(context, 'create', fields);
    const parts = fields.optionalInteger('num_parts') ?? 1;
    if (parts < 1 || parts > mostParts) throw invalidParameter(`num_parts must be between 1 and ${mostParts}.`);
    await sweep(lake);
    const uploadId = randomBytes(16).toString('hex');
    await lake.replace(`${folderOf(uploadId)}/path`, new TextEncoder().encode(path));
    return context.json({ upload_id: uploadId, credentials: credentials(context, uploadId, parts) });
  });
  app.put('/part/:upload_id/:number', async (context) => {
    const uploadId = requireUploadId(context.req.param('upload_id'));
    const number = Number(context.req.param('number'));
    if (!Number.isInteger(number) || number < 1 || number > mostParts) throw invalidParameter('Invalid part number');
    await targetOf(lake, uploadId);
    const hash = createHash('sha256');
    const parts = hashed(bodyParts(context.req.raw, context.env, maxArtefactBytes), hash);
    await lake.replace(partKey(uploadId, number), parts);
    return context.json({}, 200, { etag: etagOf(hash) });
  });
  app.post('/complete/*', async (context) => {
    const fields = await readFields(context);
    fields.required('parts');
    const uploadId = await requireUpload(lake, fields, pathOf(context, 'complete', fields));
    const numbers = fields
      .messages('parts')
      .map((part) => [part.requiredInteger('part_number'), part.text('etag')] as const);
    await upload(lake, await targetOf(lake, uploadId), joined(lake, uploadId, numbers, maxArtefactBytes));
    await remove(lake, uploadId);
    return context.json({});
  });
  app.post('/abort/*', async (context) => {
    const fields = await readFields(context);
    await remove(lake, await requireUpload(lake, fields, pathOf(context, 'abort', fields)));
    return context.json({});
  });
  return app;
}

export interface MultipartOptions {
  readonly lake: Lake;
  /** Largest artefact that the parts may make together. */
  readonly maxArtefactBytes: number;
}

const mostParts = 10_000;
const mostMessageBytes = 4 * 1024 * 1024;
const root = 'tracking/uploads';
/** An upload that was neither completed nor aborted is swept when another begins a day after it. */
const keptMs = 24 * 3600 * 1000;

async function readFields(context: Context): Promise<RequestFields> {
  const bytes = await boundedBody(context.req.raw, mostMessageBytes);
  try {
    return bodyFields(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    if (error instanceof SyntaxError) return bodyFields(null);
    throw error;
  }
}

/** The folder stands in the address; of the file's path, which is the client's own, only the name counts. */
function pathOf(context: Context, action: string, fields: RequestFields): string {
  const name = fields.requiredText('path').split(/[/\\]/).at(-1) ?? '';
  const marker = `/mpu/${action}/`;
  const { pathname } = new URL(context.req.url);
  return requireArtefactPath(`${pathname.slice(pathname.indexOf(marker) + marker.length)}/${encodeURIComponent(name)}`);
}

/** Where each part goes. The token that came with the request is wanted again with each part. */
function credentials(context: Context, uploadId: string, parts: number): object[] {
  const { origin, pathname } = new URL(context.req.url);
  const base = `${origin}${pathname.slice(0, pathname.indexOf('/mpu/create/'))}/mpu/part/${uploadId}`;
  const authorization = context.req.header('authorization');
  const headers = authorization === undefined ? {} : { headers: { authorization } };
  return Array.from({ length: parts }, (_, index) => ({
    url: `${base}/${index + 1}`,
    part_number: index + 1,
    ...headers,
  }));
}

async function requireUpload(lake: Lake, fields: RequestFields, path: string): Promise<string> {
  const uploadId = requireUploadId(fields.text('upload_id'));
  if ((await targetOf(lake, uploadId)) !== path) {
    throw invalidParameter(`The upload '${uploadId}' is of another artifact.`);
  }
  return uploadId;
}

function requireUploadId(text: string): string {
  if (!/^[0-9a-f]{32}$/.test(text)) throw unknownUpload(text);
  return text;
}

async function targetOf(lake: Lake, uploadId: string): Promise<string> {
  const path = await lake.get(`${folderOf(uploadId)}/path`);
  if (path === null) throw unknownUpload(uploadId);
  return new TextDecoder().decode(path);
}

async function* hashed(parts: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    hash.update(part);
    yield part;
  }
}

/** One after another, as they lie in the lake: an artefact is never held whole. */
async function* joined(
  lake: Lake,
  uploadId: string,
  parts: readonly (readonly [number: number, etag: string])[],
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let length = 0;
  for (const [number, etag] of [...parts].sort(([a], [b]) => a - b)) {
    const bytes = await lake.get(partKey(uploadId, number));
    const isSent = bytes !== null && bare(etag) === bare(etagOf(createHash('sha256').update(bytes)));
    if (!isSent) throw invalidParameter(`Part ${number} of the upload '${uploadId}' is not the one that was sent.`);
    length += bytes.length;
    if (length > maxBytes) throw invalidParameter(`The artifact is larger than ${maxBytes} bytes.`);
    yield bytes;
  }
}

async function remove(lake: Lake, uploadId: string): Promise<void> {
  for await (const entry of lake.list(`${folderOf(uploadId)}/`)) await lake.remove(entry.key);
}

async function sweep(lake: Lake): Promise<void> {
  const kept: { readonly key: string; readonly atMs: number }[] = [];
  for await (const { key, modifiedAt } of lake.list(`${root}/`)) kept.push({ key, atMs: Date.parse(modifiedAt) });
  const newestMs = Math.max(...kept.map(({ atMs }) => atMs));
  for (const { key, atMs } of kept) if (atMs < newestMs - keptMs) await lake.remove(key);
}

function folderOf(uploadId: string): string {
  return `${root}/${uploadId}`;
}

function partKey(uploadId: string, number: number): string {
  return `${folderOf(uploadId)}/${String(number).padStart(5, '0')}`;
}

function etagOf(hash: Hash): string {
  return `"${hash.digest('hex')}"`;
}

/** Some clients give the quotes back, some do not. */
function bare(etag: string): string {
  return etag.replaceAll('"', '');
}

function unknownUpload(uploadId: string): PlatformError {
  return new PlatformError('NOT_FOUND', `No such upload: '${uploadId}'`, {
    hint: 'Begin it again: an upload is forgotten when it is completed, aborted, or a day old.',
  });
}
