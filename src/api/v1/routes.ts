import { z } from 'zod';
import {
  type AssayApi,
  accuracySchema,
  blockSchema,
  comparisonSchema,
  dateSchema,
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
  type QuoteQuery,
  quoteSchema,
  runDetailSchema,
  summarySchema,
  systemSchema,
  todaySchema,
  vintageSummarySchema,
} from '../contract.ts';
import { refuseParameter } from '../problem.ts';
import type { CsvCell, CsvTable } from './csv.ts';

/** A route that reads: served as JSON, `.json` and `.csv`, documented and tested from this one description. */
export interface ReadRoute {
  /** Hono path under /api/v1. */
  readonly path: string;
  readonly summary: string;
  /** Path and query parameters together; strings in, typed values out. */
  readonly parameters: z.ZodObject;
  /** Schema of `data` in the answer. */
  readonly data: z.ZodType;
  read(api: AssayApi, parameters: unknown): Promise<unknown>;
  /** The part of the data that fits a table, for CSV. */
  table(data: unknown): CsvTable;
}

const none = z.strictObject({});
const ofMetal = z.strictObject({ metal: metalSchema });
const ofRange = ofMetal.extend({
  from: dateSchema.optional().describe('First date, inclusive'),
  to: dateSchema.optional().describe('Last date, inclusive'),
});
const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, `a whole number ${least}..${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `a whole number ${least}..${most}`);

/** Every reading route of /api/v1 that wraps its answer as `{provenance, data}`. */
export const readRoutes: readonly ReadRoute[] = [
  route({
    path: '/metals',
    summary: 'Metals the Bank of Russia prices',
    parameters: none,
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
    parameters: ofRange.extend({
      limit: wholeNumber(1, 20_000).optional().describe('At most so many, the newest of the range; 1..20000'),
    }),
    data: z.array(quoteSchema),
    read: async (api, { limit, ...range }) => {
      const quotes = await api.quotes(checkRange(range));
      return limit === undefined ? quotes : quotes.slice(-limit);
    },
    table: (quotes) => tableOf(quoteSchema, quotes),
  }),
  route({
    path: '/metals/:metal/summary',
    summary: 'Minimum, maximum, mean and volatility over a range',
    parameters: ofRange,
    data: summarySchema,
    read: (api, range) => api.summary(checkRange(range)),
    table: (summary) => tableOf(summarySchema, [summary]),
  }),
  route({
    path: '/metals/:metal/months',
    summary: 'The monthly mart, oldest first',
    parameters: ofMetal,
    data: z.array(monthSchema),
    read: (api, { metal }) => api.months(metal),
    table: (months) => tableOf(monthSchema, months),
  }),
  route({
    path: '/metals/:metal/forecast',
    summary: 'The newest forecast, or one past vintage, with the champion’s held-out scores',
    parameters: ofMetal.extend({ vintage: z.string().min(1).max(100).optional().describe('Id of a past vintage') }),
    data: forecastSchema,
    read: (api, { metal, vintage }) => api.forecast(metal, vintage),
    table: (forecast) => forecastTable(forecast),
  }),
  route({
    path: '/metals/:metal/forecast/vintages',
    summary: 'All forecasts ever made, newest first',
    parameters: ofMetal,
    data: z.array(vintageSummarySchema),
    read: (api, { metal }) => api.vintages(metal),
    table: (vintages) => tableOf(vintageSummarySchema.omit({ simulated: true }), vintages),
  }),
  route({
    path: '/metals/:metal/nowcast',
    summary: 'What of the next price is already fixed, its distribution, and when the rest will be known',
    parameters: ofMetal,
    data: nowcastSchema.nullable(),
    read: (api, { metal }) => api.nowcast(metal),
    table: (nowcast) => nowcastTable(nowcast),
  }),
  route({
    path: '/metals/:metal/forecast-vs-fact',
    summary: 'Past forecasts beside the prices that came, newest first',
    parameters: ofMetal.extend({
      limit: wholeNumber(1, 5000).optional().describe('1..5000, 500 unless told'),
      horizon: wholeNumber(1, 14).optional().describe('Of one horizon, 1..14'),
    }),
    data: z.array(factRowSchema),
    read: (api, { metal, limit, horizon }) => api.forecastVsFact(metal, limit ?? 500, horizon),
    table: (facts) => tableOf(factRowSchema, facts),
  }),
  route({
    path: '/metals/:metal/models',
    summary: 'The last tournament with its decision, and the registered versions',
    parameters: ofMetal,
    data: modelsSchema,
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
    parameters: ofMetal.extend({ name: z.string().min(1).max(100).describe('As the table of models names it') }),
    data: modelReportSchema.nullable(),
    read: (api, { metal, name }) => api.modelReport(metal, name),
    table: (model) => figuresTable(model?.figures ?? []),
  }),
  route({
    path: '/system',
    summary: 'Components, rows per layer, runs, held and quarantined records, checks',
    parameters: none,
    data: systemSchema,
    read: (api) => api.system(),
    table: (system) => ({ columns: ['table', 'rows'], rows: Object.entries(system.rows) }),
  }),
  route({
    path: '/runs/:id',
    summary: 'One run with its steps and log',
    parameters: z.strictObject({ id: z.string().min(1).max(100) }),
    data: runDetailSchema,
    read: (api, { id }) => api.run(id),
    table: (run) => ({
      columns: ['at', 'step', 'level', 'message'],
      rows: run.log.map((line) => [line.at, line.step, line.level, line.message]),
    }),
  }),
];

/** Whether `.json` and `.csv` can follow the path: not after a name that a caller chooses. */
export function hasFiles(route: ReadRoute): boolean {
  return !/:\w+$/.test(route.path);
}

const scoreTableSchema = modelsSchema.shape.tournament.unwrap().shape.scores.element;

interface RouteDefinition<Parameters extends z.ZodObject, Data extends z.ZodType> {
  readonly path: string;
  readonly summary: string;
  readonly parameters: Parameters;
  readonly data: Data;
  read(api: AssayApi, parameters: z.output<Parameters>): Promise<z.output<Data>>;
  table(data: z.output<Data>): CsvTable;
}

/** Keeps each definition checked against its own schemas while the list holds one plain type. */
function route<Parameters extends z.ZodObject, Data extends z.ZodType>(
  definition: RouteDefinition<Parameters, Data>,
): ReadRoute {
  return {
    ...definition,
    read: (api, parameters) => definition.read(api, parameters as z.output<Parameters>),
    table: (data) => definition.table(data as z.output<Data>),
  };
}

/** What a validated range holds where exact optional types tell absent from undefined. */
function checkRange(range: {
  metal: QuoteQuery['metal'];
  from?: string | undefined;
  to?: string | undefined;
}): QuoteQuery {
  if (range.from !== undefined && range.to !== undefined && range.from > range.to) {
    throw refuseParameter('from', range.from, `a date not after to (${range.to})`);
  }
  return {
    metal: range.metal,
    ...(range.from !== undefined && { from: range.from }),
    ...(range.to !== undefined && { to: range.to }),
  };
}

function tableOf(schema: z.ZodObject, records: readonly object[]): CsvTable {
  const columns = Object.keys(schema.shape);
  const rows = records.map((record) => columns.map((column) => (record as Record<string, CsvCell>)[column] ?? null));
  return { columns, rows };
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
