import { Hono } from 'hono';
import { PlatformError } from '../../domain/errors.ts';
import type { Lake } from '../../ports/lake.ts';
import type { TrackingStore } from '../../ports/tracking-store.ts';
import { children, download, fileMessage, removeArtefacts, upload } from './artefact-files.ts';
import { multipartUploads } from './artefact-multipart.ts';
import { pathOfArtefactUri, requireArtefactPath } from './artefact-path.ts';
import { bodyParts, boundedBody } from './bounded-body.ts';
import type { Endpoint } from './endpoint.ts';
import { list } from './messages.ts';
import { invalidParameter } from './mlflow-error.ts';
import { queryFields, type RequestFields } from './request-fields.ts';
import { readRunId } from './run-id.ts';
import { requireModelName, requireVersion } from './validation.ts';

export interface ArtefactRoutesOptions {
  readonly store: TrackingStore;
  readonly lake: Lake;
  readonly maxArtefactBytes: number;
}

/** Upload, download, list and delete below `/mlflow-artifacts`: the proxy that `mlflow-artifacts:` URIs mean. */
export function artefactProxy({ lake, maxArtefactBytes }: ArtefactRoutesOptions): Hono {
  const app = new Hono();
  app.route('/mpu', multipartUploads({ lake, maxArtefactBytes }));
  app.get('/artifacts', async (context) => {
    const path = new URL(context.req.url).searchParams.get('path') ?? '';
    const files = await children(lake, path === '' ? '' : requireArtefactPath(path));
    return context.json(list('files', files, (file) => fileMessage(file, file.name)));
  });
  app.get('/artifacts/*', async (context) => download(lake, requestedPath(context.req.url)));
  app.put('/artifacts/*', async (context) => {
    const path = requestedPath(context.req.url);
    await upload(lake, path, bodyParts(context.req.raw, context.env, maxArtefactBytes));
    return context.json({});
  });
  app.delete('/artifacts/*', async (context) => {
    await removeArtefacts(lake, requestedPath(context.req.url));
    return context.json({});
  });
  return app;
}

/** What MLflow's pages read and write outside its messages: by run, by model version and by logged model. */
export function artefactPageRoutes({ store, lake }: ArtefactRoutesOptions): Hono {
  const app = new Hono();
  const pages = '/ajax-api/2.0/mlflow';
  app.post(`${pages}/upload-artifact`, async (context) => {
    const fields = queryFields(new URL(context.req.url).searchParams);
    if (!fields.has('run_id') && !fields.has('run_uuid')) throw invalidParameter('Request must specify run_uuid.');
    const given = fields.text('path');
    if (given === '') throw invalidParameter('Request must specify path.');
    const path = requireArtefactPath(given);
    const bytes = await boundedBody(context.req.raw, mostPageBytes);
    if (bytes.length === 0) throw invalidParameter('Request must specify data.');
    const { info } = await store.run(readRunId(fields));
    await upload(lake, `${servedRoot(info.artifactUri)}/${path}`, bytes);
    return context.body('', 200, { 'content-type': 'application/json' });
  });
  app.get(`${pages}/logged-models/:model_id/artifacts/files`, async (context) => {
    const given = queryFields(new URL(context.req.url).searchParams).text('artifact_file_path');
    if (given === '') {
      throw new PlatformError('INPUT_INVALID', 'Request must include the "artifact_file_path" query parameter.', {
        context: { mlflowErrorCode: 'BAD_REQUEST' },
      });
    }
    const path = requireArtefactPath(given);
    const model = await store.loggedModel(context.req.param('model_id'));
    return download(lake, `${servedRoot(model.artifactLocation)}/${path}`);
  });
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

const mostPageBytes = 10 * 1024 * 1024;

export function artefactEndpoints({ store, lake }: ArtefactRoutesOptions): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/artifacts/list',
      handle: async (fields) =>
        listing(lake, (await store.run(readRunId(fields))).info.artifactUri, fields.text('path')),
    },
    {
      method: 'POST',
      path: '/artifacts/presigned-upload-url',
      handle: (fields) => refusePresigned(fields, 'upload', 'proxied', 'a direct'),
    },
    {
      method: 'POST',
      path: '/artifacts/presigned-download-url',
      handle: (fields) => refusePresigned(fields, 'download', 'runs with proxied', 'a run with a direct'),
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

/** This server is what clients reach artefacts through: there is no other address to sign. */
async function refusePresigned(fields: RequestFields, kind: string, storage: string, needed: string): Promise<never> {
  fields.required('path');
  throw invalidParameter(
    `Presigned ${kind} is not supported for ${storage} artifact storage (artifact URI scheme: mlflow-artifacts). ` +
      `This endpoint requires ${needed} cloud storage artifact URI.`,
  );
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
