/**
 * The contract of /api/v1: what the server promises to programs and to the dashboard.
 * Everything the web part knows about the server is in this file.
 */
import { z } from 'zod';
import type { Accuracy, Artefact, Comparison, FactRow, ModelReport, Pair } from './accuracy-contract.ts';
import type { AlertsApi } from './alerts-contract.ts';
import { dateSchema, heldTableSchema, instantSchema, metalSchema, money } from './contract-values.ts';
import { nowcastSchema } from './nowcast-contract.ts';
import type { Upkeep } from './upkeep-contract.ts';

export * from './accuracy-contract.ts';
export * from './alerts-contract.ts';
export * from './command-contract.ts';
export * from './request-contract.ts';
export * from './upkeep-contract.ts';
export { dateSchema, instantSchema, metalSchema, nowcastSchema };

const nullableMoney = money.nullable();

/** Where the numbers come from; `simulated` must be shown wherever any of them is. */
export const provenanceSchema = z.object({
  source: z.string(),
  simulated: z.boolean(),
  generatedAt: instantSchema,
  lastEffectiveDate: dateSchema.nullable(),
});

export const quoteSchema = z.object({
  date: dateSchema,
  buyRubPerGram: money,
  sellRubPerGram: nullableMoney,
  changeRub: nullableMoney,
  changePercent: z.number().nullable(),
  logReturn: z.number().nullable(),
  drawdownPercent: z.number().describe('From the highest price so far, <= 0'),
  usdRub: z.number().nullable(),
  impliedUsdPerOunce: z.number().nullable(),
  metalContribution: z.number().nullable().describe('Part of logReturn from the metal in USD'),
  roubleContribution: z.number().nullable().describe('Part of logReturn from the rouble rate'),
  isAnomaly: z.boolean(),
});

export const monthSchema = z.object({
  month: z.string().regex(/^\d{4}-\d{2}$/),
  quotes: z.number().int(),
  firstRubPerGram: money,
  lastRubPerGram: money,
  minRubPerGram: money,
  maxRubPerGram: money,
  meanBuyRubPerGram: money,
  meanSellRubPerGram: nullableMoney,
  q25RubPerGram: money,
  medianRubPerGram: money,
  q75RubPerGram: money,
  returnPercent: z.number().nullable().describe('Last of the month against last of the month before'),
  volatilityPercent: z.number().nullable().describe('Standard deviation of log returns x sqrt(returns), in percent'),
  maxDrawdownPercent: z.number().describe('Peak to trough inside the month, <= 0'),
  daysAboveMean: z.number().int(),
  trendRubPerQuote: z.number().nullable().describe('Least-squares slope over the quotes of the month'),
});

export const summarySchema = z.object({
  quotes: z.number().int(),
  firstDate: dateSchema.nullable(),
  lastDate: dateSchema.nullable(),
  minRubPerGram: nullableMoney,
  maxRubPerGram: nullableMoney,
  meanRubPerGram: nullableMoney,
  volatilityPercent: z.number().nullable().describe('Standard deviation of daily log returns x sqrt(247), in percent'),
});

const daySchema = z.object({ date: dateSchema, percent: z.number() });

export const placeSchema = z.object({
  firstDate: dateSchema,
  quotes: z.number().int(),
  lowerQuotes: z.number().int().describe('Quotes of the whole history below the last price'),
  highsInYear: z.number().int().describe('Quotes of the year up to the last one that set an all-time high'),
  largestRise: daySchema.nullable().describe('Change against the quote before, in percent'),
  largestFall: daySchema.nullable(),
});

export const todaySchema = z.object({
  metal: metalSchema,
  last: quoteSchema.nullable(),
  previous: quoteSchema.nullable(),
  ageDays: z.number().int().nullable().describe('Calendar days from the last effective date to today in Moscow'),
  nextQuoteDate: dateSchema
    .nullable()
    .describe('The quote date after the last quote; in the past when quotes are late'),
  nextExpectedAt: instantSchema.nullable().describe('When the Bank is expected to publish the next price'),
  yearLow: nullableMoney,
  yearHigh: nullableMoney,
  allTimeHigh: nullableMoney,
  allTimeHighDate: dateSchema.nullable(),
  place: placeSchema.nullable().describe('Where the last price stands in its whole history'),
  recent: z.array(quoteSchema).describe('Up to 60 latest quotes, oldest first'),
});

export const forecastPointSchema = z.object({
  targetDate: dateSchema,
  horizon: z.number().int(),
  isProvisional: z.boolean(),
  meanRubPerGram: money,
  medianRubPerGram: money,
  quantilesRubPerGram: z.record(z.string(), money).describe('Keys 0.025 .. 0.975'),
  actualRubPerGram: nullableMoney,
});

export const vintageSchema = z.object({
  vintageId: z.string(),
  metal: metalSchema,
  cutoff: dateSchema,
  madeAt: instantSchema,
  modelName: z.string(),
  modelVersion: z.number().int(),
  simulated: z.boolean(),
  points: z.array(forecastPointSchema),
});

export const vintageSummarySchema = vintageSchema.omit({ points: true });

export const scoreSchema = z.object({
  model: z.string(),
  block: z.enum(['selection', 'report']),
  horizon: z.number().int(),
  origins: z.number().int(),
  mae: z.number(),
  rmse: z.number(),
  r2: z.number().nullable(),
  mase: z.number(),
  bias: z.number(),
  wis: z.number(),
  coverage80: z.number(),
  coverage95: z.number(),
  skillVsNaive: z.number(),
});

export const forecastSchema = z.object({
  vintage: vintageSchema.nullable(),
  lastQuote: quoteSchema.nullable(),
  championScores: z.array(scoreSchema).describe('Held-out results of the champion, by horizon: the honest headline'),
});

export const tournamentModelSchema = z.object({
  model: z.string(),
  trackingRunId: z.string(),
  rank: z.number().int().nullable(),
  seconds: z.number(),
  status: z.enum(['ok', 'failed']),
  failure: z.string().nullable(),
  failedFolds: z.number().int(),
});

export const tournamentSchema = z.object({
  tournamentId: z.string(),
  startedAt: instantSchema,
  cutoff: dateSchema,
  origins: z.number().int(),
  horizon: z.number().int(),
  trackingRunId: z.string(),
  models: z.array(tournamentModelSchema),
  scores: z.array(scoreSchema),
  decision: z.object({
    outcome: z.enum(['promoted', 'kept', 'first']),
    champion: z.string().nullable(),
    challenger: z.string().nullable(),
    reasons: z.array(
      z.object({
        model: z.string(),
        passed: z.boolean(),
        reason: z.string(),
        code: z.string().optional().describe('What decided: passed, champion, failed, or the first fault'),
        faults: z.array(z.string()).readonly().optional(),
        figures: z.record(z.string(), z.number().nullable()).readonly().optional(),
      }),
    ),
  }),
});

export const modelVersionSchema = z.object({
  name: z.string(),
  version: z.number().int(),
  stage: z.enum(['None', 'Staging', 'Production', 'Archived']),
  model: z.string().describe('Catalogue name of the model'),
  runId: z.string(),
  createdAt: instantSchema,
  moves: z
    .array(
      z.object({
        at: instantSchema,
        from: z.enum(['None', 'Staging', 'Production', 'Archived']),
        to: z.enum(['None', 'Staging', 'Production', 'Archived']),
        by: z.string().describe('Who asked for it'),
        runId: z.string().describe('Run of Assay that did it'),
        reason: z.string(),
      }),
    )
    .describe('Moves between stages, oldest first'),
});

export const modelsSchema = z.object({
  metal: metalSchema,
  tournament: tournamentSchema.nullable(),
  versions: z.array(modelVersionSchema),
});

export const runStatusSchema = z.enum(['running', 'succeeded', 'failed', 'cancelled']);

export const stepSchema = z.object({
  step: z.string(),
  position: z.number().int(),
  attempt: z.number().int(),
  status: z.enum(['running', 'succeeded', 'failed']),
  startedAt: instantSchema,
  endedAt: instantSchema.nullable(),
  rowsIn: z.number().int().nullable(),
  rowsOut: z.number().int().nullable(),
  error: z.string().nullable(),
});

export const runSchema = z.object({
  runId: z.string(),
  flow: z.string(),
  trigger: z.string(),
  status: runStatusSchema,
  startedAt: instantSchema,
  endedAt: instantSchema.nullable(),
  error: z.string().nullable(),
  steps: z.array(stepSchema).describe('Latest attempt of each step, in order'),
});

export const logLineSchema = z.object({
  at: z.string(),
  step: z.string().nullable(),
  level: z.string(),
  message: z.string(),
});

export const runDetailSchema = runSchema.extend({ log: z.array(logLineSchema) });

export const heldSchema = z.object({
  table: heldTableSchema,
  code: z.string(),
  date: dateSchema,
  revision: z.number().int(),
  value: z.string(),
  reason: z.string(),
});

export const quarantinedSchema = z.object({ key: z.string(), kind: z.string(), reason: z.string(), at: instantSchema });

export const componentSchema = z.object({
  name: z.enum(['warehouse', 'olap', 'lake', 'tracking', 'source', 'worker']),
  state: z.enum(['ok', 'degraded', 'down', 'unknown']),
  detail: z.string(),
});

export const systemSchema = z.object({
  provenance: provenanceSchema,
  version: z.string(),
  components: z.array(componentSchema),
  rows: z.record(z.string(), z.number().int()),
  runs: z.array(runSchema),
  held: z.array(heldSchema),
  quarantined: z.array(quarantinedSchema),
  checks: z.array(
    z.object({ check: z.string(), purpose: z.string(), offendingCount: z.number().int(), at: instantSchema }),
  ),
});

export const metalListSchema = z.array(metalSchema);

/** Whether this process answers and whether it reaches its data; the parts are in `system`. */
export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  simulated: z.boolean().nullable(),
  lastEffectiveDate: dateSchema.nullable(),
  problem: z.string().nullable(),
});

/** RFC 9457. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  parameter: z.string().optional(),
  value: z.string().optional(),
  allowed: z.string().optional(),
});

export type MetalName = z.infer<typeof metalSchema>;
export type Provenance = z.infer<typeof provenanceSchema>;
export type Quote = z.infer<typeof quoteSchema>;
export type Month = z.infer<typeof monthSchema>;
export type Summary = z.infer<typeof summarySchema>;
export type Place = z.infer<typeof placeSchema>;
export type Today = z.infer<typeof todaySchema>;
export type ForecastPointView = z.infer<typeof forecastPointSchema>;
export type Vintage = z.infer<typeof vintageSchema>;
export type VintageSummary = z.infer<typeof vintageSummarySchema>;
export type ForecastView = z.infer<typeof forecastSchema>;
export type NowcastView = z.infer<typeof nowcastSchema>;
export type Score = z.infer<typeof scoreSchema>;
export type TournamentModel = z.infer<typeof tournamentModelSchema>;
export type TournamentView = z.infer<typeof tournamentSchema>;
export type ModelVersionView = z.infer<typeof modelVersionSchema>;
export type Models = z.infer<typeof modelsSchema>;
export type Step = z.infer<typeof stepSchema>;
export type Run = z.infer<typeof runSchema>;
export type RunDetail = z.infer<typeof runDetailSchema>;
export type Health = z.infer<typeof healthSchema>;
export type Held = z.infer<typeof heldSchema>;
export type System = z.infer<typeof systemSchema>;
export type Problem = z.infer<typeof problemSchema>;

/** Changes whenever anything that readers see did; and when the newest change was. */
export interface DataVersion {
  readonly version: string;
  readonly changedAt: string | null;
}

export interface QuoteQuery {
  readonly metal: MetalName;
  readonly from?: string;
  readonly to?: string;
  /** An instant: what was known then. Now, where it is not told. */
  readonly asOf?: string;
}

/**
 * What the pages and the JSON API read and do. One implementation serves both;
 * every method rejects with a PlatformError that the edge turns into a Problem.
 */
export interface AssayApi {
  provenance(): Promise<Provenance>;
  /** Cheap enough to be asked several times a second. */
  dataVersion(): Promise<DataVersion>;
  today(metal: MetalName): Promise<Today>;
  quotes(query: QuoteQuery): Promise<Quote[]>;
  summary(query: QuoteQuery): Promise<Summary>;
  months(metal: MetalName, asOf?: string): Promise<Month[]>;
  forecast(metal: MetalName, vintageId?: string, asOf?: string): Promise<ForecastView>;
  vintages(metal: MetalName, asOf?: string): Promise<VintageSummary[]>;
  /** What is known of the next price; null before the first nowcast. */
  nowcast(metal: MetalName, asOf?: string): Promise<NowcastView | null>;
  /** Of one horizon, or of all; forecasts that were made, and whose facts had arrived, by an instant. */
  forecastVsFact(metal: MetalName, limit: number, horizon?: number, asOf?: string): Promise<FactRow[]>;
  /** How good the forecasts are; empty lists while nothing was compared or scored. */
  accuracy(metal: MetalName): Promise<Accuracy>;
  /** All models of the newest report, best first. */
  comparison(metal: MetalName, block: 'selection' | 'report', horizon: number): Promise<Comparison>;
  /** One model of the newest report; null before the first one, NOT_FOUND for a name that did not take part. */
  modelReport(metal: MetalName, model: string): Promise<ModelReport | null>;
  /** What is kept of a model of the newest report; empty for one that failed. */
  artefacts(metal: MetalName, model: string): Promise<Artefact[]>;
  /** One of them, as it is kept; NOT_FOUND where it is not. */
  artefact(metal: MetalName, model: string, file: string): Promise<{ sha256: string; content: Uint8Array }>;
  /** Two models of the newest report tested against each other; null before the first report. */
  pair(metal: MetalName, first: string, second: string): Promise<Pair | null>;
  models(metal: MetalName): Promise<Models>;
  system(): Promise<System>;
  /** Freshness, balances, revisions, decisions, space and memory: asked for where somebody looks at them. */
  upkeep(): Promise<Upkeep>;
  run(runId: string): Promise<RunDetail>;

  readonly alerts: AlertsApi;
  startRun(flow: string, parameters: Readonly<Record<string, unknown>>): Promise<{ runId: string }>;
  promote(metal: MetalName, version: number, reason: string): Promise<ModelVersionView>;
  rollback(metal: MetalName, reason: string): Promise<ModelVersionView>;
  decideHeld(
    held: Pick<Held, 'table' | 'code' | 'date' | 'revision'>,
    decision: 'release' | 'reject',
    reason: string,
  ): Promise<void>;
  /** Live events of runs and steps; ends when the signal aborts. */
  events(signal: AbortSignal): AsyncIterable<LiveEvent>;
}

export type LiveEvent =
  | { readonly type: 'run'; readonly run: Omit<Run, 'steps'> }
  | { readonly type: 'step'; readonly runId: string; readonly step: Step }
  | { readonly type: 'note'; readonly runId: string; readonly step: string | null; readonly message: string }
  | { readonly type: 'data'; readonly lastEffectiveDate: string | null };
