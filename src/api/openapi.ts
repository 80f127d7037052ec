import { z } from 'zod';
import * as contract from './contract.ts';
import { alertPaths, alertSchemas } from './openapi-alerts.ts';
import { artefactParameters, artefactPath, artefactType } from './v1/artefacts.ts';
import { feedTopics } from './v1/feed-entries.ts';
import { feedFormats, feedParameters, feedTypes } from './v1/feeds.ts';
import { formats, mediaTypes } from './v1/formats.ts';
import { hasFiles, type ReadRoute, readRoutes } from './v1/routes.ts';

/** The OpenAPI 3.1 document of /api/v1, made from the schemas that check its requests and type its answers. */
export function createOpenApi(version: string): OpenApiDocument {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Assay API',
      version,
      summary: 'Official precious metal prices of the Bank of Russia, their marts and forecasts.',
      description:
        'Every answer says in `provenance` where its numbers come from; `simulated: true` means that they are made up. ' +
        'Prices are roubles per gram; dates are days of the Bank’s calendar; instants are UTC. A missing value is null, never 0.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{}, { token: [] }],
    tags: ['data', 'forecast', 'operation', 'service'].map((name) => ({ name })),
    paths: joined(readPaths(), feedPaths(), servicePaths(), commandPaths()),
    components: {
      schemas: componentSchemas(),
      responses: { Problem: problemAnswer },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: Readonly<Record<string, unknown>>;
}

type JsonSchema = Readonly<Record<string, unknown>>;
type PathItem = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const names: Readonly<Record<string, z.ZodType>> = {
  Metal: contract.metalSchema,
  Provenance: contract.provenanceSchema,
  Quote: contract.quoteSchema,
  Month: contract.monthSchema,
  Summary: contract.summarySchema,
  Today: contract.todaySchema,
  ForecastPoint: contract.forecastPointSchema,
  Vintage: contract.vintageSchema,
  VintageSummary: contract.vintageSummarySchema,
  Score: contract.scoreSchema,
  Forecast: contract.forecastSchema,
  FactRow: contract.factRowSchema,
  Figure: contract.figureSchema,
  ModelFigures: contract.modelFiguresSchema,
  Report: contract.reportSchema,
  Accuracy: contract.accuracySchema,
  Comparison: contract.comparisonSchema,
  ModelReport: contract.modelReportSchema,
  Pair: contract.pairSchema,
  Artefact: contract.artefactSchema,
  Tournament: contract.tournamentSchema,
  ModelVersion: contract.modelVersionSchema,
  Models: contract.modelsSchema,
  Step: contract.stepSchema,
  Run: contract.runSchema,
  RunDetail: contract.runDetailSchema,
  Held: contract.heldSchema,
  System: contract.systemSchema,
  Upkeep: contract.upkeepSchema,
  Health: contract.healthSchema,
  Problem: contract.problemSchema,
  StartRunRequest: contract.startRunRequestSchema,
  StartRunResponse: contract.startRunResponseSchema,
  PromoteRequest: contract.promoteRequestSchema,
  RollbackRequest: contract.rollbackRequestSchema,
  HeldDecisionRequest: contract.heldDecisionRequestSchema,
  HeldDecisionResponse: contract.heldDecisionResponseSchema,
  ...alertSchemas,
};

// The registry that `describe` writes to, so that what fields are about is in the document.
const registry = z.globalRegistry;
for (const [id, schema] of Object.entries(names)) registry.add(schema, { ...registry.get(schema), id });

function componentSchemas(): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}`, io: 'input' });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutIdentity(schema as JsonSchema)]));
}

/** A schema in place: named parts become references to the components. */
function schemaOf(schema: z.ZodType): JsonSchema {
  const id = registry.get(schema)?.id;
  if (id !== undefined) return { $ref: `#/components/schemas/${id}` };
  const made = z.toJSONSchema(schema, { metadata: registry, io: 'input' }) as JsonSchema;
  return withoutIdentity(repointed(made) as JsonSchema);
}

function withoutIdentity(schema: JsonSchema): JsonSchema {
  const { $schema: _dialect, $id: _id, $defs: _parts, id: _name, ...rest } = schema;
  return rest;
}

function repointed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(repointed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', '#/components/schemas/')
        : repointed(inner),
    ]),
  );
}

const problemAnswer = {
  description: 'Problem Details (RFC 9457): which parameter, its value, what is allowed',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
const problems = { default: { $ref: '#/components/responses/Problem' } };

function readPaths(): Record<string, PathItem> {
  const paths: Record<string, PathItem> = {};
  for (const route of readRoutes) {
    const contents = {
      json: jsonAnswer(route),
      csv: { [mediaTypes.csv]: { schema: { type: 'string' } } },
      xlsx: { [mediaTypes.xlsx]: { schema: { type: 'string', format: 'binary' } } },
      parquet: { [mediaTypes.parquet]: { schema: { type: 'string', format: 'binary' } } },
    };
    const path = templateOf(route.path);
    paths[path] = { get: operation(route, '', Object.assign({}, ...Object.values(contents))) };
    if (!hasFiles(route)) continue;
    for (const format of formats) {
      const suffix = format.charAt(0).toUpperCase() + format.slice(1);
      paths[`${path}.${format}`] = { get: operation(route, suffix, contents[format]) };
    }
  }
  return paths;
}

function feedPaths(): Record<string, PathItem> {
  const paths: Record<string, PathItem> = {};
  for (const topic of feedTopics) {
    for (const format of feedFormats) {
      const route = { path: `/metals/:metal/feeds/${topic}`, parameters: feedParameters };
      const schema = format === 'json' ? { type: 'object' } : { type: 'string' };
      const summary = `News of a metal: ${topic} (${format === 'json' ? 'JSON Feed' : format.toUpperCase()})`;
      paths[`${templateOf(route.path)}.${format}`] = {
        get: {
          ...simpleGet(`get_feed_${topic}_${format}`, summary, schema, feedTypes[format]),
          tags: ['data'],
          parameters: parametersOf(route),
        },
      };
    }
  }
  return paths;
}

function operation(route: ReadRoute, suffix: string, content: JsonSchema): Readonly<Record<string, unknown>> {
  return {
    operationId: `get${route.path
      .split(/[/:-]/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('')}${suffix}`,
    tags: [tagOf(route.path)],
    summary: suffix === '' ? route.summary : `${route.summary} (${suffix.toUpperCase()} file)`,
    parameters: parametersOf(route),
    responses: {
      200: { description: route.summary, headers: headersOf(route), content },
      304: { description: 'Unchanged since the ETag in If-None-Match, or the date in If-Modified-Since' },
      ...problems,
    },
  };
}

function headersOf(route: ReadRoute): JsonSchema {
  const text = (description: string) => ({ description, schema: { type: 'string' } });
  return {
    ETag: text('Names what the answer says; send it back as If-None-Match'),
    ...(route.isLive !== true && { 'Last-Modified': text('When data last changed') }),
    ...(route.paging !== undefined && {
      Link: text('Pages around this one: first, prev, next (older), last'),
      'X-Total-Count': { description: 'Rows on all pages', schema: { type: 'integer' } },
    }),
  };
}

function tagOf(path: string): string {
  if (/forecast|model|accuracy|comparison|nowcast/.test(path)) return 'forecast';
  return path.startsWith('/metals') ? 'data' : 'operation';
}

function jsonAnswer(route: ReadRoute): JsonSchema {
  const whole = schemaOf(route.data);
  const chosen = { type: 'array', items: { type: 'object' }, description: 'With `fields`: the chosen columns' };
  const data = route.rows === undefined ? whole : { anyOf: [whole, chosen] };
  const properties = { provenance: schemaOf(contract.provenanceSchema), data };
  return { 'application/json': { schema: { type: 'object', properties, required: ['provenance', 'data'] } } };
}

function parametersOf(route: Pick<ReadRoute, 'path' | 'parameters'>): readonly object[] {
  return Object.entries(route.parameters.shape).map(([name, schema]) => {
    const isInPath = route.path.includes(`:${name}`);
    const { description, documented, ...shape } = schemaOf(schema as z.ZodType);
    return {
      name,
      in: isInPath ? 'path' : 'query',
      required: isInPath || !schema.safeParse(undefined).success,
      ...(description !== undefined && { description }),
      ...((documented as JsonSchema | undefined)?.['type'] === 'array' && { style: 'form', explode: false }),
      schema: documented ?? shape,
    };
  });
}

function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

/** What is read and what is changed at one path stand together. */
function joined(...parts: readonly Record<string, PathItem>[]): Record<string, PathItem> {
  const paths: Record<string, PathItem> = {};
  for (const [path, item] of parts.flatMap(Object.entries<PathItem>)) paths[path] = { ...paths[path], ...item };
  return paths;
}

function servicePaths(): Record<string, PathItem> {
  const health = { 'application/json': { schema: schemaOf(contract.healthSchema) } };
  return {
    '/health': {
      get: {
        operationId: 'getHealth',
        tags: ['service'],
        summary: 'Whether the server answers and reaches its data',
        responses: {
          200: { description: 'Well', content: health },
          503: { description: 'Serving, but without its data', content: health },
          ...problems,
        },
      },
    },
    '/provenance': {
      get: simpleGet('getProvenance', 'Where the numbers come from', schemaOf(contract.provenanceSchema)),
    },
    [artefactPath.replace(/:(\w+)/g, '{$1}')]: {
      get: {
        ...simpleGet('getModelArtefact', 'One file kept of a model, as it is kept', { type: 'string' }, artefactType),
        tags: ['forecast'],
        parameters: parametersOf({ path: artefactPath, parameters: artefactParameters }),
      },
    },
    '/openapi.json': { get: simpleGet('getOpenapi', 'This document', { type: 'object' }) },
    '/events': {
      get: {
        operationId: 'getEvents',
        tags: ['service'],
        summary: 'Server-sent events of runs, steps, notes and new data, with a heartbeat',
        responses: {
          200: { description: 'A stream', content: { 'text/event-stream': { schema: { type: 'string' } } } },
          ...problems,
        },
      },
    },
  };
}

function simpleGet(
  operationId: string,
  summary: string,
  schema: JsonSchema,
  type = 'application/json',
): Readonly<Record<string, unknown>> {
  const content = { [type]: { schema } };
  const responses = {
    200: { description: summary, content },
    304: { description: 'Unchanged since the ETag in If-None-Match' },
    ...problems,
  };
  return { operationId, tags: ['service'], summary, responses };
}

function commandPaths(): Record<string, PathItem> {
  const metal = [{ name: 'metal', in: 'path', required: true, schema: schemaOf(contract.metalSchema) }];
  const { startRunRequestSchema, startRunResponseSchema, modelVersionSchema } = contract;
  const { promoteRequestSchema, rollbackRequestSchema } = contract;
  const { heldDecisionRequestSchema, heldDecisionResponseSchema } = contract;
  return {
    ...alertPaths(command),
    '/runs': {
      post: command('startRun', 'Start a flow', startRunRequestSchema, 202, startRunResponseSchema, []),
    },
    '/models/{metal}/promote': {
      post: command(
        'promote',
        'Make a version the one that forecasts',
        promoteRequestSchema,
        200,
        modelVersionSchema,
        metal,
      ),
    },
    '/models/{metal}/rollback': {
      post: command('rollback', 'Return to the version before', rollbackRequestSchema, 200, modelVersionSchema, metal),
    },
    '/held': {
      post: command(
        'decideHeld',
        'Release or reject a held record',
        heldDecisionRequestSchema,
        200,
        heldDecisionResponseSchema,
        [],
      ),
    },
  };
}

function command(
  operationId: string,
  summary: string,
  request: z.ZodType | null,
  status: number,
  response: z.ZodType,
  parameters: readonly object[],
): Readonly<Record<string, unknown>> {
  return {
    operationId,
    tags: ['operation'],
    summary,
    parameters,
    ...(request !== null && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(request) } } },
    }),
    responses: {
      [status]: { description: 'Done', content: { 'application/json': { schema: schemaOf(response) } } },
      ...problems,
    },
  };
}
