import { Hono } from 'hono';
import { PlatformError } from '../../domain/errors.ts';
import type { Lake } from '../../ports/lake.ts';
import type { TrackingStore } from '../../ports/tracking-store.ts';
import { artefactKey, artefactRoot, nameOfKey, pathOfArtefactUri, requireArtefactPath } from './artefact-path.ts';
import { bodyParts } from './bounded-body.ts';
import type { Endpoint } from './endpoint.ts';
import { list } from './messages.ts';
import { invalidParameter } from './mlflow-error.ts';
import { queryFields } from './request-fields.ts';
import { readRunId } from './run-endpoints.ts';
import { requireModelName, requireVersion } from './validation.ts';

export interface ArtefactRoutesOptions {
  readonly store: TrackingStore;
  readonly lake: Lake;
  readonly maxArtefactBytes: number;
}

/** Upload, download, list and delete below `/mlflow-artifacts`: the proxy that `mlflow-artifacts:` URIs mean. */
export function artefactProxy({ lake, maxArtefactBytes }: ArtefactRoutesOptions): Hono {
  const app = new Hono();
  app.get('/artifacts', async (context) => {
    const path = new URL(context.req.url).searchParams.get('path') ?? '';
    const files = await children(lake, path === '' ? '' : requireArtefactPath(path));
    return context.json(list('files', files, (file) => fileMessage(file, file.name)));
  });
  app.get('/artifacts/*', async (context) => download(lake, requestedPath(context.req.url)));
  app.put('/artifacts/*', async (context) => {
    const path = requestedPath(context.req.url);
    await lake.replace(artefactKey(path), bodyParts(context.req.raw, context.env, maxArtefactBytes));
    return context.json({});
  });
  app.delete('/artifacts/*', async (context) => {
    const path = requestedPath(context.req.url);
    await lake.remove(artefactKey(path));
    for await (const entry of lake.list(`${artefactKey(path)}/`)) await lake.remove(entry.key);
    return context.json({});
  });
  return app;
}

/** Downloads by run and by model version, outside MLflow's versioned API. */
export function artefactDownloads({ store, lake }: ArtefactRoutesOptions): Hono {
  const app = new Hono();
  app.get('/get-artifact', async (context) => {
    const fields = queryFields(new URL(context.req.url).searchParams);
    const path = requireArtefactPath(fields.requiredText('path'));
    const { info } = await store.run(readRunId(fields));
    return download(lake, `${servedRoot(info.artifactUri)}/${path}`);
  });
  app.get('/model-versions/get-artifact', async (context) => {
    const fields = queryFields(new URL(context.req.url).searchParams);
    const path = requireArtefactPath(fields.requiredText('path'));
    const name = requireModelName(fields.requiredText('name'));
    const version = await store.modelVersion(name, requireVersion(fields.requiredText('version')));
    return download(lake, `${servedRoot(version.storageLocation)}/${path}`);
  });
  return app;
}

export function artefactEndpoints({ store, lake }: ArtefactRoutesOptions): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/artifacts/list',
      handle: async (fields) =>
        listing(lake, (await store.run(readRunId(fields))).info.artifactUri, fields.text('path')),
    },
    {
      method: 'GET',
      path: '/logged-models/:model_id/artifacts/directories',
      handle: async (fields, segment) => {
        const model = await store.loggedModel(segment('model_id'));
        return listing(lake, model.artifactLocation, fields.text('artifact_directory_path'));
      },
    },
  ];
}

async function listing(lake: Lake, uri: string, given: string): Promise<object> {
  const path = given === '' ? '' : requireArtefactPath(given);
  const root = servedRoot(uri);
  const files = await children(lake, path === '' ? root : `${root}/${path}`);
  return {
    root_uri: uri,
    ...list('files', files, (file) => fileMessage(file, path === '' ? file.name : `${path}/${file.name}`)),
  };
}

interface ArtefactFile {
  readonly name: string;
  /** Null for a folder. */
  readonly bytes: number | null;
}

/** What lies directly in a folder: the lake knows only whole keys, folders are what keys have in common. */
async function children(lake: Lake, folder: string): Promise<ArtefactFile[]> {
  const prefix = `${folder === '' ? artefactRoot : artefactKey(folder)}/`;
  const found = new Map<string, ArtefactFile>();
  for await (const entry of lake.list(prefix)) {
    const rest = entry.key.slice(prefix.length);
    const slash = rest.indexOf('/');
    const name = nameOfKey(slash === -1 ? rest : rest.slice(0, slash));
    if (name !== '' && !found.has(name)) found.set(name, { name, bytes: slash === -1 ? entry.bytes : null });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function fileMessage(file: ArtefactFile, path: string): object {
  return file.bytes === null ? { path, is_dir: true } : { path, is_dir: false, file_size: file.bytes };
}

async function download(lake: Lake, path: string): Promise<Response> {
  const bytes = await lake.get(artefactKey(path));
  if (bytes === null) throw new PlatformError('NOT_FOUND', `No such artifact: '${path}'`);
  const name = path.slice(path.lastIndexOf('/') + 1);
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': mediaType(name),
      'content-length': String(bytes.length),
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      // A page stored as an artefact must never run as one of ours.
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
    },
  });
}

const mediaTypes: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  html: 'text/html',
  jpg: 'image/jpeg',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain',
  yaml: 'text/plain',
  yml: 'text/plain',
};

function mediaType(name: string): string {
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
  if (name === 'MLmodel') return 'text/plain';
  return (Object.hasOwn(mediaTypes, extension) ? mediaTypes[extension] : undefined) ?? 'application/octet-stream';
}

/** The artefact's path as it stands in the URL, its escapes untouched. */
function requestedPath(url: string): string {
  const marker = '/mlflow-artifacts/artifacts/';
  const { pathname } = new URL(url);
  return requireArtefactPath(pathname.slice(pathname.indexOf(marker) + marker.length));
}

/** Below the artefact root, or a refusal: this server opens no other place on a client's word. */
function servedRoot(uri: string): string {
  const root = pathOfArtefactUri(uri);
  if (root !== null) return root;
  throw invalidParameter(`Artifacts at '${uri}' are not served by this server: read them from there.`);
}
