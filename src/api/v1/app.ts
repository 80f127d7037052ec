import { Hono } from 'hono';
import { PlatformError } from '../../domain/errors.ts';
import {
  type AssayApi,
  type Health,
  heldDecisionRequestSchema,
  promoteRequestSchema,
  rollbackRequestSchema,
  startRunRequestSchema,
} from '../contract.ts';
import { createOpenApi } from '../openapi.ts';
import { problemOf, problemResponse } from '../problem.ts';
import { addAlertRoutes } from './alert-routes.ts';
import { type Answer, createAnswerCache, gzipped } from './answer-cache.ts';
import { type AnswerParts, answerRead } from './answers.ts';
import { addArtefacts } from './artefacts.ts';
import { respond, tagOf } from './conditional.ts';
import { createDataVersions } from './data-versions.ts';
import { addFeeds } from './feeds.ts';
import { createFileWriter } from './file-writer.ts';
import { acceptedFormat, formats, mediaTypes } from './formats.ts';
import { streamEvents } from './live-events.ts';
import { metalOf, parseParameters, readBody } from './request-parameters.ts';
import { hasFiles, noParameters, type ReadRoute, readRoutes } from './routes.ts';

export interface ApiV1Options {
  readonly version: string;
  /** Sent as an SSE comment so that proxies keep the stream open; 15 s unless told. */
  readonly heartbeatMs?: number;
  /** A clock that only runs forward, for the age of cached answers; the process's own unless told. */
  readonly nowMs?: () => number;
  /** Told of every error that is not a PlatformError: those are bugs. */
  readonly onBug?: (error: unknown) => void;
}

const plainHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** The JSON API, mounted at /api/v1. It trusts the guard in front of it for Host, Origin and token. */
export function createApiV1(api: AssayApi, options: ApiV1Options): Hono {
  const app = new Hono();
  const nowMs = options.nowMs ?? (() => performance.now());
  const versions = createDataVersions(api, nowMs);
  const parts = { api, versions, cache: createAnswerCache({ nowMs }), writeFile: createFileWriter() };
  for (const route of readRoutes) addRead(app, parts, route);
  addFeeds(app, parts);
  addArtefacts(app, api);
  addService(app, api, options);
  addCommands(app, api, () => versions.forget());
  refuseOtherMethods(app);

  // A route, not `notFound`: where this application is mounted, what is missing here must not become a page.
  app.all('*', (context) => {
    throw new PlatformError('NOT_FOUND', `There is no ${context.req.method} ${context.req.path}.`, {
      hint: 'All routes are in /api/v1/openapi.json.',
    });
  });
  app.onError((error) => {
    if (!(error instanceof PlatformError)) options.onBug?.(error);
    return problemResponse(problemOf(error));
  });
  return app;
}

function addRead(app: Hono, parts: AnswerParts, route: ReadRoute): void {
  app.get(route.path, (context) => {
    const format = acceptedFormat(context.req.header('accept'));
    return format === null ? notAcceptable() : answerRead(context, parts, route, { format, asFile: false });
  });
  if (!hasFiles(route)) return;
  for (const format of formats) {
    app.get(`${route.path}.${format}`, (context) => answerRead(context, parts, route, { format, asFile: true }));
  }
}

function addService(app: Hono, api: AssayApi, { version, heartbeatMs }: ApiV1Options): void {
  app.get('/health', async (context) => {
    parseParameters(noParameters, context);
    const health = await readHealth(api, version);
    return context.json(health, health.status === 'ok' ? 200 : 503, plainHeaders);
  });
  app.get('/provenance', async (context) => {
    parseParameters(noParameters, context);
    const { generatedAt, ...stable } = await api.provenance();
    return respond(context, await jsonAnswer({ ...stable, generatedAt }, stable));
  });
  const document = jsonAnswer(createOpenApi(version));
  app.get('/openapi.json', async (context) => {
    parseParameters(noParameters, context);
    return respond(context, await document);
  });
  app.get('/events', (context) => streamEvents(context, api, heartbeatMs ?? 15_000));
}

function addCommands(app: Hono, api: AssayApi, changed: () => void): void {
  app.post('/runs', async (context) => {
    const { flow, parameters } = await readBody(context, startRunRequestSchema);
    const started = await api.startRun(flow, parameters);
    changed();
    return context.json(started, 202, plainHeaders);
  });
  app.post('/models/:metal/promote', async (context) => {
    const { version, reason } = await readBody(context, promoteRequestSchema);
    const promoted = await api.promote(metalOf(context), version, reason);
    changed();
    return context.json(promoted, 200, plainHeaders);
  });
  app.post('/models/:metal/rollback', async (context) => {
    const { reason } = await readBody(context, rollbackRequestSchema);
    const restored = await api.rollback(metalOf(context), reason);
    changed();
    return context.json(restored, 200, plainHeaders);
  });
  addAlertRoutes(app, api.alerts);
  app.post('/held', async (context) => {
    const { decision, reason, ...held } = await readBody(context, heldDecisionRequestSchema);
    await api.decideHeld(held, decision, reason);
    changed();
    return context.json({ decision }, 200, plainHeaders);
  });
}

/** What a path does not know to do is told with what it does: 405 and Allow (RFC 9110, 15.5.6). */
function refuseOtherMethods(app: Hono): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    const known = methods.get(path) ?? new Set();
    methods.set(path, known.add(method));
    if (method === 'GET') known.add('HEAD');
  }
  for (const [path, known] of methods) {
    const allow = [...known].sort().join(', ');
    app.all(path, (context) => {
      const detail = `${context.req.path} does not take ${context.req.method}: it takes ${allow}.`;
      const answer = problemResponse({
        ...{ type: 'about:blank', title: 'Method not allowed', status: 405, detail, code: 'USAGE' },
        ...{ parameter: 'method', value: context.req.method, allowed: allow },
      });
      answer.headers.set('allow', allow);
      return answer;
    });
  }
}

function notAcceptable(): Response {
  const allowed = Object.values(mediaTypes).join(', ');
  const detail = `No format of this answer is among those accepted: it comes as ${allowed}.`;
  return problemResponse({
    ...{ type: 'about:blank', title: 'Not acceptable', status: 406, detail, code: 'USAGE' },
    ...{ parameter: 'Accept', allowed },
  });
}

async function jsonAnswer(value: unknown, identity = value): Promise<Answer> {
  const body = new TextEncoder().encode(JSON.stringify(value));
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    vary: 'Accept-Encoding',
    etag: tagOf(JSON.stringify(identity)),
  };
  return { headers, body, gzipped: await gzipped(body) };
}

async function readHealth(api: AssayApi, version: string): Promise<Health> {
  try {
    const { simulated, lastEffectiveDate } = await api.provenance();
    return { status: 'ok', version, simulated, lastEffectiveDate, problem: null };
  } catch (error) {
    return {
      status: 'degraded',
      version,
      simulated: null,
      lastEffectiveDate: null,
      problem: problemOf(error).detail,
    };
  }
}
