import { type Context, Hono } from 'hono';
import { packageVersion } from '../../config/package-root.ts';
import type { Lake } from '../../ports/lake.ts';
import type { TrackingStore } from '../../ports/tracking-store.ts';
import { guard, type Refusal } from '../guard.ts';
import { artefactDownloads, artefactEndpoints, artefactProxy } from './artefact-routes.ts';
import { boundedBody } from './bounded-body.ts';
import type { Endpoint } from './endpoint.ts';
import { experimentEndpoints } from './experiment-endpoints.ts';
import { loggedModelEndpoints } from './logged-model-endpoints.ts';
import { answer, invalidParameter, type MlflowAnswer, mlflowAnswer } from './mlflow-error.ts';
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
  /** Told of errors that are bugs of ours; clients see only that there was one. */
  readonly onError?: (error: unknown, path: string) => void;
}

/** MLflow's release whose behaviour this server follows; its clients ask. */
export const followedMlflowVersion = '3.17.2';

const prefixes = ['/api/2.0', '/ajax-api/2.0'];
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
  app.get('/', (context) => context.text(`Assay ${packageVersion}: tracking and registry for MLflow's clients.\n`));
  app.route('/', artefactDownloads(artefacts));
  const endpoints = [
    ...experimentEndpoints(store),
    ...runEndpoints(store),
    ...loggedModelEndpoints(store),
    ...registryEndpoints(store),
    ...artefactEndpoints(artefacts),
  ];
  for (const prefix of prefixes) {
    for (const endpoint of endpoints) register(app, `${prefix}/mlflow${endpoint.path}`, endpoint);
    app.route(`${prefix}/mlflow-artifacts`, artefactProxy(artefacts));
  }
  refuseOtherMethods(app, endpoints);
  return app;
}

function register(app: Hono, path: string, endpoint: Endpoint): void {
  app.on(endpoint.method, path, async (context) => {
    const fields = await readFields(context);
    return context.json(await endpoint.handle(fields, (name) => context.req.param(name) ?? ''));
  });
}

/** Known paths under another method are 405, as a client that mistook one should learn. */
function refuseOtherMethods(app: Hono, endpoints: readonly Endpoint[]): void {
  for (const path of new Set(endpoints.map((endpoint) => endpoint.path))) {
    for (const prefix of prefixes) {
      app.all(`${prefix}/mlflow${path}`, (context) => context.html(wrongMethodPage, 405));
    }
  }
}

async function readFields(context: Context): Promise<RequestFields> {
  if (context.req.method === 'GET') return queryFields(new URL(context.req.url).searchParams);
  const bytes = await boundedBody(context.req.raw, maxMessageBytes);
  const type = context.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (bytes.length > 0 && type !== 'application/json') {
    throw invalidParameter("Bad Request. Content-Type must be one of ['application/json'].");
  }
  return bodyFields(parsedBody(bytes));
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
