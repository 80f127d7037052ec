import { z } from 'zod';
import { dateSchema, instantSchema, metalSchema, money } from './contract-values.ts';

/** How good the forecasts are: of a comparison of models over the past, and of what was published. */

const nullableMoney = money.nullable();
const share = z.number().describe('Share, 0..1');
const parameterValue = z.union([z.string(), z.number(), z.boolean()]);

/** Every metric of a report, in reading order; their definitions are in the guide to forecasting. */
export const metricNames = [
  'mae',
  'rmse',
  'r2',
  'r2OfChanges',
  'mape',
  'smape',
  'mase',
  'rmsse',
  'bias',
  'directionalAccuracy',
  'wis',
  'crps',
  'coverage50',
  'coverage80',
  'coverage95',
  'width50',
  'width80',
  'width95',
  'skillVsNaive',
  'wisSkillVsNaive',
] as const;

export const blockSchema = z.enum(['selection', 'report']);

export const factRowSchema = z.object({
  vintageId: z.string(),
  cutoff: dateSchema,
  targetDate: dateSchema,
  horizon: z.number().int(),
  modelName: z.string(),
  modelVersion: z.number().int(),
  meanRubPerGram: money,
  naiveRubPerGram: money,
  actualRubPerGram: money,
  errorRub: z.number(),
  inside80: z.boolean(),
  inside95: z.boolean(),
  lower80RubPerGram: nullableMoney,
  upper80RubPerGram: nullableMoney,
});

export const figureSchema = z.object({
  value: z.number().nullable().describe('null where the metric has no meaning'),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
});

export const modelFiguresSchema = z.object({
  model: z.string(),
  block: blockSchema,
  horizon: z.number().int(),
  origins: z.number().int(),
  metrics: z.record(z.enum(metricNames), figureSchema).describe('With the interval of the block bootstrap'),
  pinball: z.array(z.number()).describe('Mean pinball loss by level of the report'),
  pit: z
    .array(z.object({ from: share, to: share, share }))
    .describe('Share of facts between neighbouring quantiles; an honest forecast has share = to - from'),
  direction: z
    .object({ right: z.number(), trials: z.number(), pValue: z.number() })
    .nullable()
    .describe('Directions foretold right, and the p-value of a fair coin'),
  dieboldMariano: z.object({ statistic: z.number(), pValue: z.number() }).nullable().describe('WIS against naive'),
  giacominiWhite: z
    .object({ statistic: z.number(), pValue: z.number(), secondForetold: share })
    .nullable()
    .describe('Conditional test of WIS against naive'),
});

const confidenceSchema = z.array(
  z.object({ model: z.string(), pValue: z.number(), inSet: z.boolean().describe('Not distinguishable from the best') }),
);
const reportBlockSchema = z.object({
  from: dateSchema,
  to: dateSchema,
  origins: z.number().int(),
  cutoffs: z.array(dateSchema),
});

/** A comparison of models as a whole. */
export const reportSchema = z.object({
  tournamentId: z.string(),
  startedAt: instantSchema,
  cutoff: dateSchema,
  horizon: z.number().int(),
  step: z.number().int().describe('Quotes between origins'),
  champion: z.string().nullable(),
  confidence: share.describe('Coverage of the intervals around figures'),
  resamples: z.number().int(),
  levels: z.array(z.number()),
  blocks: z.object({ selection: reportBlockSchema, report: reportBlockSchema }),
  confidenceSet: z.object({ selection: confidenceSchema, report: confidenceSchema }),
});

/** All models at one horizon of one block. */
export const comparisonSchema = z.object({
  metal: metalSchema,
  report: reportSchema.nullable(),
  rows: z.array(modelFiguresSchema),
});

export const modelReportSchema = z.object({
  metal: metalSchema,
  model: z.string(),
  catalogueModel: z.string(),
  parameters: z.record(z.string(), parameterValue),
  rank: z.number().int().nullable(),
  seconds: z.number(),
  failure: z.string().nullable(),
  failedFolds: z.number().int(),
  trackingRunId: z.string(),
  reason: z.string().nullable().describe('What the gate said of it'),
  passed: z.boolean(),
  calibration: z
    .object({
      method: z.string(),
      scores: z.record(z.string(), z.object({ relativeWis: z.number(), coverageMiss: z.number() })),
    })
    .nullable()
    .describe('How its intervals were made, and the score by which that way was chosen'),
  figures: z.array(modelFiguresSchema).describe('Both blocks, by horizon'),
  losses: z
    .object({ selection: z.array(z.number()), report: z.array(z.number()) })
    .describe('WIS at each origin, averaged over horizons, naive’s mean being 1'),
  report: reportSchema,
});

/** A file kept beside the run of a model. */
export const artefactSchema = z.object({
  file: z.enum(['model.json', 'MLmodel', 'folds.csv']),
  path: z.string().describe('Below the artefacts of the run'),
  bytes: z.number().int(),
  sha256: z.string(),
});

/** Two models over the same origins of one block. */
export const pairTestSchema = z.object({
  block: blockSchema,
  origins: z.number().int(),
  firstCloser: z.number().int().describe('Origins at which the first had the smaller loss'),
  secondCloser: z.number().int(),
  meanDifference: z
    .number()
    .describe(
      'Loss of the first less that of the second, naive’s mean loss being 1: below 0 where the first is better',
    ),
  statistic: z.number().nullable().describe('Diebold-Mariano with the Harvey-Leybourne-Newbold correction'),
  pValue: z.number().nullable().describe('Two-sided; null where nothing can be told'),
});

export const pairSchema = z.object({
  metal: metalSchema,
  first: z.string(),
  second: z.string(),
  tests: z.array(pairTestSchema).describe('Held-out block first'),
});

export const liveAccuracySchema = z.object({
  horizon: z.number().int(),
  forecasts: z.number().int(),
  maeRub: z.number(),
  naiveMaeRub: z.number(),
  coverage80: share,
  coverage95: share,
});

/** An unbroken run of forecasts by one version. */
export const reignSchema = z.object({
  modelName: z.string(),
  modelVersion: z.number().int(),
  firstCutoff: dateSchema,
  lastCutoff: dateSchema,
  forecasts: z.number().int(),
  scoredPoints: z.number().int(),
  maeRub: z.number().nullable(),
  naiveMaeRub: z.number().nullable(),
});

export const accuracySchema = z.object({
  metal: metalSchema,
  report: reportSchema.nullable(),
  /** Of the champion, over the block that nobody chose by. */
  figures: z.array(modelFiguresSchema).describe('Of the champion in the held-out block, by horizon'),
  live: z.array(liveAccuracySchema).describe('Published forecasts that met their facts, by horizon'),
  worst: z.array(factRowSchema).describe('The ten largest misses in percent, one per date'),
  champions: z.array(reignSchema).describe('Who forecast and when, newest first'),
});

export type MetricName = (typeof metricNames)[number];
export type FactRow = z.infer<typeof factRowSchema>;
export type FigureView = z.infer<typeof figureSchema>;
export type ModelFigures = z.infer<typeof modelFiguresSchema>;
export type ReportView = z.infer<typeof reportSchema>;
export type Comparison = z.infer<typeof comparisonSchema>;
export type ModelReport = z.infer<typeof modelReportSchema>;
export type PairTestView = z.infer<typeof pairTestSchema>;
export type Artefact = z.infer<typeof artefactSchema>;
export type Pair = z.infer<typeof pairSchema>;
export type LiveAccuracy = z.infer<typeof liveAccuracySchema>;
export type Reign = z.infer<typeof reignSchema>;
export type Accuracy = z.infer<typeof accuracySchema>;
