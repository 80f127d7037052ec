import { type Context, Hono } from 'hono';
import { packageVersion } from '../../config/package-root.ts';
import type { Lake } from '../../ports/lake.ts';
import type { TrackingStore } from '../../ports/tracking-store.ts';
import { guard, type Refusal } from '../guard.ts';
import { type ArtefactRoutesOptions, artefactEndpoints, artefactPageRoutes, artefactProxy } from './artefact-routes.ts';
import { boundedBody } from './bounded-body.ts';
import { type Endpoint, newPrefixes, pagePrefixes, prefixes } from './endpoint.ts';
import { experimentEndpoints } from './experiment-endpoints.ts';
import { graphql } from './graphql.ts';
import { loggedModelEndpoints } from './logged-model-endpoints.ts';
import { answer, invalidParameter, type MlflowAnswer, mlflowAnswer } from './mlflow-error.ts';
import { pages } from './pages.ts';
import { registryEndpoints } from './registry-endpoints.ts';
import { bodyFields, queryFields, type RequestFields } from './request-fields.ts';
import { runEndpoints } from './run-endpoints.ts';

export interface MlflowApiOptions {
  readonly store: TrackingStore;
  readonly lake: Lake;
  readonly token?: string | undefined;
  readonly allowedHosts?: readonly string[];
  /** Largest artefact that is taken, 512 MiB when not said. */
  readonly maxArtefactBytes?: number;
  /** Reads a file of MLflow's own pages, shown at the root; without it the root says what this server is. */
  readonly pages?: ((path: string) => Promise<Uint8Array | null>) | undefined;
  /** Told of errors that are bugs of ours; clients see only that there was one. */
  readonly onError?: (error: unknown, path: string) => void;
}

/** MLflow's release whose behaviour this server follows; its clients ask. */
export const followedMlflowVersion = '3.17.2';

const maxMessageBytes = 64 * 1024 * 1024;

/**
 * MLflow's tracking and registry REST API over a tracking store and the lake: what MLflow's clients and CLI speak to
 * when `MLFLOW_TRACKING_URI` names us. Artefacts live in the lake under `tracking/artifacts/`.
 */
export function createMlflowApi(options: MlflowApiOptions): Hono {
  const { store, lake, onError = () => undefined } = options;
  const artefacts = { store, lake, maxArtefactBytes: options.maxArtefactBytes ?? 512 * 1024 * 1024 };
  const app = new Hono();
  app.onError((error, context) => {
    const mapped = mlflowAnswer(error);
    if (mapped.body.error_code === 'INTERNAL_ERROR') onError(error, context.req.path);
    return send(context, mapped);
  });
  app.notFound((context) => context.html(notFoundPage, 404));
  app.use(guard({ token: options.token, allowedHosts: options.allowedHosts ?? [], publicPaths: ['/health'], refuse }));
  app.get('/health', (context) => context.text('OK'));
  app.get('/version', (context) => context.text(followedMlflowVersion));
  if (options.pages !== undefined) app.route('/', pages(options.pages));
  app.get('/', (context) => context.text(`Assay ${packageVersion}: tracking and registry for MLflow's clients.\n`));
  app.route('/', artefactPageRoutes(artefacts));
  const endpoints = endpointsOf(artefacts);
  for (const endpoint of endpoints) register(app, endpoint);
  const pageQueries = graphql(endpoints);
  app.post('/graphql', async (context) => context.json(await pageQueries(await readJson(context))));
  for (const prefix of prefixes) app.route(`${prefix}/mlflow-artifacts`, artefactProxy(artefacts));
  refuseOtherMethods(app, endpoints);
  return app;
}

/** Every message of MLflow's that this server answers. */
export function endpointsOf(artefacts: ArtefactRoutesOptions): Endpoint[] {
  const { store } = artefacts;
  return [
    ...experimentEndpoints(store),
    ...runEndpoints(store),
    ...loggedModelEndpoints(store),
    ...registryEndpoints(store),
    ...artefactEndpoints(artefacts),
    { method: 'GET', path: '/server-info', prefixes: newPrefixes, handle: async () => serverInfo },
    // What MLflow answers where no gateway is set: its pages ask at once, and would show a refusal.
    { method: 'GET', path: '/gateway-proxy', prefixes: pagePrefixes, handle: async () => ({ endpoints: [] }) },
  ];
}

/** What MLflow 3's clients and pages ask before they use what not every server has. */
const serverInfo = {
  store_type: 'SqlStore',
  workspaces_enabled: false,
  trace_archival_enabled: false,
  multipart_uploads_enabled: true,
  multipart_downloads_enabled: false,
  presigned_upload_run_id_supported: false,
  presigned_upload_model_id_supported: false,
  features_enabled: { gateway: false },
};

function register(app: Hono, endpoint: Endpoint): void {
  app.on(endpoint.method, pathsOf(endpoint), async (context) => {
    const fields = await readFields(context);
    return context.json(await endpoint.handle(fields, (name) => context.req.param(name) ?? ''));
  });
}

function pathsOf(endpoint: Endpoint): string[] {
  return (endpoint.prefixes ?? prefixes).map((prefix) => `${prefix}/mlflow${endpoint.path}`);
}

/** Known paths under another method are 405, as a client that mistook one should learn. */
function refuseOtherMethods(app: Hono, endpoints: readonly Endpoint[]): void {
  for (const path of new Set(endpoints.flatMap(pathsOf))) {
    app.all(path, (context) => context.html(wrongMethodPage, 405));
  }
}

async function readFields(context: Context): Promise<RequestFields> {
  if (context.req.method === 'GET') return queryFields(new URL(context.req.url).searchParams);
  return bodyFields(await readJson(context));
}

async function readJson(context: Context): Promise<unknown> {
  const bytes = await boundedBody(context.req.raw, maxMessageBytes);
  const type = context.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (bytes.length > 0 && type !== 'application/json') {
    throw invalidParameter("Bad Request. Content-Type must be one of ['application/json'].");
  }
  return parsedBody(bytes);
}

/** What is no JSON counts as an empty message, whose missing fields are then named; some old clients encode twice. */
function parsedBody(bytes: Uint8Array): unknown {
  const first = parsed(new TextDecoder().decode(bytes));
  return typeof first === 'string' ? parsed(first) : first;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refuse(context: Context, refusal: Refusal): Response {
  if (refusal.status === 401) context.header('WWW-Authenticate', 'Basic realm="Assay"');
  if (refusal.status === 415) return send(context, answer('INVALID_PARAMETER_VALUE', refusal.detail));
  return send(context, answer(refusal.status === 401 ? 'UNAUTHENTICATED' : 'PERMISSION_DENIED', refusal.detail));
}

function send(context: Context, { status, body }: MlflowAnswer): Response {
  return context.json(body, status);
}

const notFoundPage = `<!doctype html>
<html lang=en>
<title>404 Not Found</title>
<h1>Not Found</h1>
<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>
`;

const wrongMethodPage = `<!doctype html>
<html lang=en>
<title>405 Method Not Allowed</title>
<h1>Method Not Allowed</h1>
<p>The method is not allowed for the requested URL.</p>
`;
