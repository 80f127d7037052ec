import { z } from 'zod';
import {
  type AssayApi,
  accuracySchema,
  alertsSchema,
  artefactSchema,
  blockSchema,
  comparisonSchema,
  factRowSchema,
  forecastSchema,
  liveAccuracySchema,
  type ModelFigures,
  metalListSchema,
  metalSchema,
  metricNames,
  modelReportSchema,
  modelsSchema,
  monthSchema,
  nowcastSchema,
  pairSchema,
  pairTestSchema,
  type QuoteQuery,
  quoteSchema,
  runDetailSchema,
  summarySchema,
  systemSchema,
  todaySchema,
  upkeepSchema,
  vintageSummarySchema,
} from '../contract.ts';
import { refuseParameter } from '../problem.ts';
import type { ColumnKind, CsvCell, CsvTable } from './csv.ts';
import type { Paging } from './paging.ts';
import { asOfSchema, dayOfQuery, fieldsSchema, nameOfThing, wholeNumber } from './route-parameters.ts';

/** A route that reads: served in every format, documented and tested from this one description. */
export interface ReadRoute {
  /** Hono path under /api/v1. */
  readonly path: string;
  readonly summary: string;
  /** Path and query parameters together; strings in, typed values out. */
  readonly parameters: z.ZodObject;
  /** Schema of `data` in the answer. */
  readonly data: z.ZodType;
  /** One row of data that is a list of flat rows: `fields` then chooses among its columns. */
  readonly rows?: z.ZodObject;
  /** How the list is cut into pages by `limit` and `page`. */
  readonly paging?: Paging;
  /** Changes without any run: asked for anew each time. */
  readonly isLive?: boolean;
  read(api: AssayApi, parameters: unknown): Promise<unknown>;
  /** The part of the data that fits a table, for CSV, XLSX and Parquet. */
  table(data: unknown): CsvTable;
}

export const noParameters = z.strictObject({});
const ofMetal = z.strictObject({ metal: metalSchema });
const ofRange = ofMetal.extend({
  from: dayOfQuery.optional().describe('First date, inclusive'),
  to: dayOfQuery.optional().describe('Last date, inclusive'),
});
export const ofModel = ofMetal.extend({ name: nameOfThing.describe('As the table of models names it') });
const mostFacts = 50_000;
const ofRangeThen = ofRange.extend({ as_of: asOfSchema });
const ofMetalThen = ofMetal.extend({ as_of: asOfSchema });

/** Every reading route of /api/v1 that wraps its answer as `{provenance, data}`. */
export const readRoutes: readonly ReadRoute[] = [
  route({
    path: '/metals',
    summary: 'Metals the Bank of Russia prices',
    parameters: noParameters,
    data: metalListSchema,
    read: async () => [...metalSchema.options],
    table: (list) => ({ columns: ['metal'], rows: list.map((metal) => [metal]) }),
  }),
  route({
    path: '/metals/:metal/today',
    summary: 'The last official price, its place in the year, the next quote date, the 60 latest quotes',
    parameters: ofMetal,
    data: todaySchema,
    read: (api, { metal }) => api.today(metal),
    table: (today) => tableOf(quoteSchema, today.recent),
  }),
  route({
    path: '/metals/:metal/quotes',
    summary: 'Daily quotes, oldest first',
    parameters: ofRangeThen,
    data: z.array(quoteSchema),
    rows: quoteSchema,
    paging: { order: 'oldest first', most: 20_000, unlessTold: null },
    read: (api, range) => api.quotes(checkRange(range)),
    table: (quotes) => tableOf(quoteSchema, quotes),
  }),
  route({
    path: '/metals/:metal/summary',
    summary: 'Minimum, maximum, mean and volatility over a range',
    parameters: ofRangeThen,
    data: summarySchema,
    read: (api, range) => api.summary(checkRange(range)),
    table: (summary) => tableOf(summarySchema, [summary]),
  }),
  route({
    path: '/metals/:metal/months',
    summary: 'The monthly mart, oldest first',
    parameters: ofMetalThen,
    data: z.array(monthSchema),
    rows: monthSchema,
    paging: { order: 'oldest first', most: 2_000, unlessTold: null },
    read: (api, { metal, as_of: asOf }) => api.months(metal, asOf),
    table: (months) => tableOf(monthSchema, months),
  }),
  route({
    path: '/metals/:metal/forecast',
    summary: 'The newest forecast, or one past vintage, with the champion’s held-out scores',
    parameters: ofMetalThen.extend({ vintage: nameOfThing.optional().describe('Id of a past vintage') }),
    data: forecastSchema,
    read: (api, { metal, vintage, as_of: asOf }) => api.forecast(metal, vintage, asOf),
    table: (forecast) => forecastTable(forecast),
  }),
  route({
    path: '/metals/:metal/forecast/vintages',
    summary: 'All forecasts ever made, newest first',
    parameters: ofMetalThen,
    data: z.array(vintageSummarySchema),
    paging: { order: 'newest first', most: 1_000, unlessTold: null },
    read: (api, { metal, as_of: asOf }) => api.vintages(metal, asOf),
    table: (vintages) => tableOf(vintageSummarySchema.omit({ simulated: true }), vintages),
  }),
  route({
    path: '/metals/:metal/nowcast',
    summary: 'What of the next price is already fixed, its distribution, and when the rest will be known',
    parameters: ofMetalThen,
    data: nowcastSchema.nullable(),
    read: (api, { metal, as_of: asOf }) => api.nowcast(metal, asOf),
    table: (nowcast) => nowcastTable(nowcast),
  }),
  route({
    path: '/metals/:metal/forecast-vs-fact',
    summary: 'Past forecasts beside the prices that came, newest first',
    parameters: ofMetalThen.extend({ horizon: wholeNumber(1, 14).optional().describe('Of one horizon, 1..14') }),
    data: z.array(factRowSchema),
    rows: factRowSchema,
    paging: { order: 'newest first', most: 5_000, unlessTold: 500 },
    read: (api, { metal, horizon, as_of: asOf }) => api.forecastVsFact(metal, mostFacts, horizon, asOf),
    table: (facts) => tableOf(factRowSchema, facts),
  }),
  route({
    path: '/metals/:metal/models',
    summary: 'The last tournament with its decision, and the registered versions',
    parameters: ofMetal,
    data: modelsSchema,
    isLive: true,
    read: (api, { metal }) => api.models(metal),
    table: (models) => tableOf(scoreTableSchema, models.tournament?.scores ?? []),
  }),
  route({
    path: '/metals/:metal/accuracy',
    summary: 'How good the forecasts are: the champion held out, published forecasts, worst misses, champions',
    parameters: ofMetal,
    data: accuracySchema,
    read: (api, { metal }) => api.accuracy(metal),
    table: (accuracy) =>
      accuracy.figures.length > 0 ? figuresTable(accuracy.figures) : tableOf(liveAccuracySchema, accuracy.live),
  }),
  route({
    path: '/metals/:metal/comparison',
    summary: 'All metrics of every model of the newest comparison at one horizon, with intervals and tests',
    parameters: ofMetal.extend({
      block: blockSchema.optional().describe('report (held out) unless told'),
      horizon: wholeNumber(1, 14).optional().describe('1..14, 1 unless told'),
    }),
    data: comparisonSchema,
    read: (api, { metal, block, horizon }) => api.comparison(metal, block ?? 'report', horizon ?? 1),
    table: (comparison) => figuresTable(comparison.rows),
  }),
  route({
    path: '/metals/:metal/model',
    summary: 'One model of the newest comparison: parameters, figures by horizon, loss at each origin, the gate',
    parameters: ofModel,
    data: modelReportSchema.nullable(),
    read: (api, { metal, name }) => api.modelReport(metal, name),
    table: (model) => figuresTable(model?.figures ?? []),
  }),
  route({
    path: '/metals/:metal/model/artefacts',
    summary: 'Files kept of one model of the newest comparison, each with its SHA-256',
    parameters: ofModel,
    data: z.array(artefactSchema),
    read: (api, { metal, name }) => api.artefacts(metal, name),
    table: (artefacts) => tableOf(artefactSchema, artefacts),
  }),
  route({
    path: '/metals/:metal/pair',
    summary: 'Two models of the newest comparison tested against each other over the same origins',
    parameters: ofMetal.extend({
      a: nameOfThing.describe('The first model, as the table of models names it'),
      b: nameOfThing.describe('The second model'),
    }),
    data: pairSchema.nullable(),
    read: (api, { metal, a, b }) => api.pair(metal, a, b),
    table: (pair) => tableOf(pairTestSchema, pair?.tests ?? []),
  }),
  route({
    path: '/system',
    summary: 'Components, rows per layer, runs, held and quarantined records, checks',
    parameters: noParameters,
    data: systemSchema,
    isLive: true,
    read: (api) => api.system(),
    table: (system) => ({ columns: ['table', 'rows'], rows: Object.entries(system.rows) }),
  }),
  route({
    path: '/alerts',
    summary: 'Alert rules, the messages they sent, and which channels are ready',
    parameters: noParameters,
    data: alertsSchema,
    isLive: true,
    read: (api) => api.alerts.view(),
    table: ({ deliveries }) => tableOf(alertsSchema.shape.deliveries.element, deliveries),
  }),
  route({
    path: '/system/upkeep',
    summary: 'Freshness, row balances, revisions, decisions about held records, space and memory',
    parameters: noParameters,
    data: upkeepSchema,
    isLive: true,
    read: (api) => api.upkeep(),
    table: ({ freshness }) => ({
      columns: ['kind', 'name', 'newestDate', 'renewedAt'],
      rows: freshness.map((one) => [one.kind, one.name, one.newestDate, one.renewedAt]),
    }),
  }),
  route({
    path: '/runs/:id',
    summary: 'One run with its steps and log',
    parameters: z.strictObject({ id: nameOfThing }),
    data: runDetailSchema,
    isLive: true,
    read: (api, { id }) => api.run(id),
    table: (run) => ({
      columns: ['at', 'step', 'level', 'message'],
      rows: run.log.map((line) => [line.at, line.step, line.level, line.message]),
    }),
  }),
];

/** Whether a suffix such as `.csv` can follow the path: not after a name that a caller chooses. */
export function hasFiles(route: ReadRoute): boolean {
  return !/:\w+$/.test(route.path);
}

const scoreTableSchema = modelsSchema.shape.tournament.unwrap().shape.scores.element;

interface RouteDefinition<Parameters extends z.ZodObject, Data extends z.ZodType> {
  readonly path: string;
  readonly summary: string;
  readonly parameters: Parameters;
  readonly data: Data;
  readonly rows?: z.ZodObject;
  readonly paging?: Paging;
  readonly isLive?: boolean;
  read(api: AssayApi, parameters: z.output<Parameters>): Promise<z.output<Data>>;
  table(data: z.output<Data>): CsvTable;
}

/** Keeps each definition checked against its own schemas while the list holds one plain type. */
function route<Parameters extends z.ZodObject, Data extends z.ZodType>(
  definition: RouteDefinition<Parameters, Data>,
): ReadRoute {
  const { rows, paging, parameters } = definition;
  return {
    ...definition,
    parameters: parameters.extend({
      ...(paging !== undefined && pageParameters(paging)),
      ...(rows !== undefined && { fields: fieldsSchema(Object.keys(rows.shape)) }),
    }),
    read: (api, parameters) => definition.read(api, parameters as z.output<Parameters>),
    table: (data) => definition.table(data as z.output<Data>),
  };
}

function pageParameters({ most, unlessTold }: Paging) {
  const usual = unlessTold === null ? 'everything unless told' : `${unlessTold} unless told`;
  return {
    limit: wholeNumber(1, most).optional().describe(`Rows of a page, 1..${most}; ${usual}`),
    page: wholeNumber(1, 100_000).optional().describe('Which page of `limit` rows; 1 holds the newest'),
  };
}

/** What a validated range holds where exact optional types tell absent from undefined. */
function checkRange(range: {
  metal: QuoteQuery['metal'];
  from?: string | undefined;
  to?: string | undefined;
  as_of?: string | undefined;
}): QuoteQuery {
  if (range.from !== undefined && range.to !== undefined && range.from > range.to) {
    throw refuseParameter('from', range.from, `a date not after to (${range.to})`);
  }
  return {
    metal: range.metal,
    ...(range.from !== undefined && { from: range.from }),
    ...(range.to !== undefined && { to: range.to }),
    ...(range.as_of !== undefined && { asOf: range.as_of }),
  };
}

function tableOf(schema: z.ZodObject, records: readonly object[]): CsvTable {
  const columns = Object.keys(schema.shape);
  const rows = records.map((record) => columns.map((column) => (record as Record<string, CsvCell>)[column] ?? null));
  return { columns, rows, kinds: columns.map((column) => kindOf(schema.shape[column] as z.ZodType)) };
}

/** What a column of the contract holds, read off its JSON Schema. */
function kindOf(schema: z.ZodType): ColumnKind {
  const made = z.toJSONSchema(schema, { io: 'input' }) as JsonType & { readonly anyOf?: readonly JsonType[] };
  const { type, format } = made.anyOf?.[0] ?? made;
  const [name] = [type].flat();
  if (name === 'integer') return 'whole';
  if (name === 'number' || name === 'boolean') return name;
  return format === 'date' ? 'date' : format === 'date-time' ? 'instant' : 'text';
}

interface JsonType {
  readonly type?: string | string[];
  readonly format?: string;
}

/** One row per model, block and horizon: each metric with its interval, then the tests. */
function figuresTable(figures: readonly ModelFigures[]): CsvTable {
  const names = metricNames.flatMap((name) => [name, `${name}Lower`, `${name}Upper`]);
  const tests = ['dieboldMarianoP', 'giacominiWhiteP', 'directionP'];
  const rows = figures.map((row): CsvCell[] => [
    row.model,
    row.block,
    row.horizon,
    row.origins,
    ...metricNames.flatMap((name) => {
      const { value, lower, upper } = row.metrics[name];
      return [value, lower, upper];
    }),
    row.dieboldMariano?.pValue ?? null,
    row.giacominiWhite?.pValue ?? null,
    row.direction?.pValue ?? null,
  ]);
  return { columns: ['model', 'block', 'horizon', 'origins', ...names, ...tests], rows };
}

function nowcastTable(nowcast: z.output<typeof nowcastSchema> | null): CsvTable {
  const levels = Object.keys(nowcast?.quantilesRubPerGram ?? {}).sort();
  const columns = ['madeAt', 'cutoff', 'targetDate', 'model', 'isFixed', 'meanRubPerGram', 'medianRubPerGram'];
  const names = [...columns, ...levels.map((level) => `q${level}RubPerGram`)];
  if (nowcast === null) return { columns: names, rows: [] };
  const { madeAt, cutoff, targetDate, model, isFixed, meanRubPerGram, medianRubPerGram } = nowcast;
  const quantiles = levels.map((level) => nowcast.quantilesRubPerGram[level] ?? null);
  return {
    columns: names,
    rows: [[madeAt, cutoff, targetDate, model, isFixed, meanRubPerGram, medianRubPerGram, ...quantiles]],
  };
}

function forecastTable({ vintage }: z.output<typeof forecastSchema>): CsvTable {
  const levels = Object.keys(vintage?.points[0]?.quantilesRubPerGram ?? {}).sort();
  const columns = ['cutoff', 'targetDate', 'horizon', 'isProvisional', 'meanRubPerGram', 'medianRubPerGram'];
  const rows = (vintage?.points ?? []).map((point): CsvCell[] => [
    vintage?.cutoff ?? null,
    point.targetDate,
    point.horizon,
    point.isProvisional,
    point.meanRubPerGram,
    point.medianRubPerGram,
    ...levels.map((level) => point.quantilesRubPerGram[level] ?? null),
    point.actualRubPerGram,
  ]);
  return { columns: [...columns, ...levels.map((level) => `q${level}RubPerGram`), 'actualRubPerGram'], rows };
}
