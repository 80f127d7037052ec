import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { z } from 'zod';
import { PlatformError } from '../../domain/errors.ts';
import {
  type AssayApi,
  type Health,
  heldDecisionRequestSchema,
  metalSchema,
  type Provenance,
  promoteRequestSchema,
  rollbackRequestSchema,
  startRunRequestSchema,
} from '../contract.ts';
import { createOpenApi } from '../openapi.ts';
import { problemOf, problemResponse, refuseParameter } from '../problem.ts';
import { writeCsv } from './csv.ts';
import { hasFiles, type ReadRoute, readRoutes } from './routes.ts';

export interface ApiV1Options {
  readonly version: string;
  /** Sent as an SSE comment so that proxies keep the stream open; 15 s unless told. */
  readonly heartbeatMs?: number;
  /** Told of every error that is not a PlatformError: those are bugs. */
  readonly onBug?: (error: unknown) => void;
}

type Format = 'json' | 'csv';
const largestBodyBytes = 64 * 1024;

/** The JSON API, mounted at /api/v1. It trusts the guard in front of it for Host, Origin and token. */
export function createApiV1(api: AssayApi, options: ApiV1Options): Hono {
  const app = new Hono();
  for (const route of readRoutes) {
    app.get(route.path, (context) => answer(context, api, route, wantedFormat(context), false));
    if (!hasFiles(route)) continue;
    app.get(`${route.path}.json`, (context) => answer(context, api, route, 'json', true));
    app.get(`${route.path}.csv`, (context) => answer(context, api, route, 'csv', true));
  }
  app.get('/health', async (context) => {
    const health = await readHealth(api, options.version);
    return context.json(health, health.status === 'ok' ? 200 : 503, { 'cache-control': 'no-store' });
  });
  app.get('/provenance', async (context) => sendJson(context, await api.provenance()));
  const document = createOpenApi(options.version);
  app.get('/openapi.json', (context) => sendJson(context, document));
  app.get('/events', (context) => streamEvents(context, api, options.heartbeatMs ?? 15_000));
  addCommands(app, api);

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

function addCommands(app: Hono, api: AssayApi): void {
  app.post('/runs', async (context) => {
    const { flow, parameters } = await readBody(context, startRunRequestSchema);
    return context.json(await api.startRun(flow, parameters), 202);
  });
  app.post('/models/:metal/promote', async (context) => {
    const { version, reason } = await readBody(context, promoteRequestSchema);
    return context.json(await api.promote(metalOf(context), version, reason));
  });
  app.post('/models/:metal/rollback', async (context) => {
    const { reason } = await readBody(context, rollbackRequestSchema);
    return context.json(await api.rollback(metalOf(context), reason));
  });
  app.post('/held', async (context) => {
    const { decision, reason, ...held } = await readBody(context, heldDecisionRequestSchema);
    await api.decideHeld(held, decision, reason);
    return context.json({ decision });
  });
}

async function answer(
  context: Context,
  api: AssayApi,
  route: ReadRoute,
  format: Format,
  asFile: boolean,
): Promise<Response> {
  const parameters = parseParameters(route.parameters, context);
  const [provenance, data] = await Promise.all([api.provenance(), route.read(api, parameters)]);
  const headers: Record<string, string> = { 'cache-control': 'no-cache', vary: 'Accept' };
  if (asFile) headers['content-disposition'] = `attachment; filename="${fileName(context, provenance, format)}"`;
  if (provenance.simulated) headers['x-assay-simulated'] = 'true';
  if (format === 'csv') {
    const table = route.table(data);
    const rows = table.rows.map((row) => [...row, provenance.simulated]);
    const body = writeCsv({ columns: [...table.columns, 'simulated'], rows });
    return send(context, body, body, { ...headers, 'content-type': 'text/csv; charset=utf-8; header=present' });
  }
  const { generatedAt: _generatedAt, ...stable } = provenance;
  const body = JSON.stringify({ provenance, data });
  const identity = JSON.stringify({ stable, data });
  return send(context, body, identity, { ...headers, 'content-type': 'application/json; charset=utf-8' });
}

function sendJson(context: Context, value: unknown): Response {
  const body = JSON.stringify(value);
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-cache' };
  return send(context, body, body, headers);
}

/** The tag is weak: it names what is said, without the instant at which it was said. */
function send(context: Context, body: string, identity: string, headers: Readonly<Record<string, string>>): Response {
  const etag = `W/"${createHash('sha256').update(identity).digest('base64url').slice(0, 27)}"`;
  const known = context.req.header('if-none-match') ?? '';
  const isKnown = known.split(',').some((tag) => tag.trim() === etag || tag.trim() === '*');
  return isKnown
    ? new Response(null, { status: 304, headers: { ...headers, etag } })
    : new Response(body, { headers: { ...headers, etag } });
}

function wantedFormat(context: Context): Format {
  const accept = context.req.header('accept') ?? '';
  return /\btext\/csv\b/.test(accept) && !/\bjson\b/.test(accept) ? 'csv' : 'json';
}

/** `assay-gold-quotes-2025-06-28.csv`; simulated data says so first. */
function fileName(context: Context, provenance: Provenance, format: Format): string {
  const path = context.req.path.replace(/^.*\/v1\//, '').replace(/\.(csv|json)$/, '');
  const subject = path
    .replace(/^metals\//, '')
    .replace(/[^\w-]+/g, '-')
    .slice(0, 80);
  const date = provenance.lastEffectiveDate ?? 'empty';
  return `${provenance.simulated ? 'SIMULATED-' : ''}assay-${subject}-${date}.${format}`;
}

function parseParameters(schema: z.ZodObject, context: Context): unknown {
  const given: Record<string, string> = {};
  for (const [name, values] of Object.entries(context.req.queries())) {
    if (values.length > 1) throw refuseParameter(name, values.join(', '), 'given once');
    given[name] = values[0] ?? '';
  }
  for (const [name, value] of Object.entries(context.req.param() as Record<string, string>)) {
    if (name in given) throw refuseParameter(name, given[name] ?? '', 'given in the path, not in the query');
    given[name] = value;
  }
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw refusalOf(parsed.error, given, Object.keys(schema.shape));
  return parsed.data;
}

async function readBody<Schema extends z.ZodObject>(context: Context, schema: Schema): Promise<z.output<Schema>> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) throw refuseParameter('Content-Type', type, 'application/json');
  const unknown = Object.entries(context.req.query())[0];
  if (unknown !== undefined) throw refuseParameter(unknown[0], unknown[1], 'no query parameters here');
  const text = await context.req.text();
  if (text.length > largestBodyBytes) {
    throw refuseParameter('body', `${text.length} characters`, `at most ${largestBodyBytes}`);
  }
  const body = parseJson(text);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const given = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  throw refusalOf(parsed.error, given, Object.keys(schema.shape));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PlatformError('INPUT_INVALID', 'The body is not JSON.', {
      cause,
      context: { parameter: 'body', value: text.slice(0, 100), allowed: 'a JSON object' },
    });
  }
}

function refusalOf(error: z.ZodError, given: Readonly<Record<string, unknown>>, names: readonly string[]): Error {
  const issue = error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const allowed = names.length === 0 ? 'no parameters here' : `one of ${names.join(', ')}`;
    return refuseParameter(key, String(given[key]), allowed);
  }
  const name = issue?.path.map(String).join('.') || 'body';
  return refuseParameter(name, printed(given[String(issue?.path[0] ?? '')]), allowedBy(issue));
}

function printed(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function allowedBy(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'invalid_value') return `one of ${issue.values.join(', ')}`;
  if (issue?.code === 'invalid_format' && issue.format === 'date') {
    return 'a day that exists, as YYYY-MM-DD, for example 2025-06-28';
  }
  return issue?.message ?? 'another value';
}

function metalOf(context: Context): z.output<typeof metalSchema> {
  const given = context.req.param('metal') ?? '';
  const parsed = metalSchema.safeParse(given);
  if (!parsed.success) throw refuseParameter('metal', given, `one of ${metalSchema.options.join(', ')}`);
  return parsed.data;
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

function streamEvents(context: Context, api: AssayApi, heartbeatMs: number): Response {
  context.header('X-Accel-Buffering', 'no');
  return streamSSE(context, async (stream) => {
    const abort = new AbortController();
    stream.onAbort(() => abort.abort());
    const heartbeat = setInterval(() => void stream.write(': still here\n\n'), heartbeatMs);
    try {
      const events = api.events(abort.signal);
      await stream.write('retry: 3000\n: connected\n\n');
      for await (const event of events) {
        await stream.writeSSE({ event: event.type, data: JSON.stringify(event) });
      }
    } finally {
      clearInterval(heartbeat);
      abort.abort();
    }
  });
}
