import { runDaily } from './daily.ts';
import type { Flow, ParameterDefinition } from './flow.ts';
import {
  runForecast,
  runNotify,
  runNowcast,
  runPromote,
  runPublish,
  runRollback,
  runScore,
  runSync,
  runTrainAndDraw,
  runTransform,
} from './layers.ts';
import type { PipelinePorts } from './pipeline-ports.ts';
import { metalOfPlan } from './shared-plan.ts';
import { steps } from './steps.ts';

type PipelineFlow = Flow<PipelinePorts>;

const rangeParameters = {
  from: { type: 'date', meaning: 'first day, YYYY-MM-DD' },
  to: { type: 'date', meaning: 'last day, YYYY-MM-DD' },
} as const satisfies Record<string, ParameterDefinition>;
const metal: ParameterDefinition = {
  type: 'metal',
  default: 'gold',
  meaning: 'gold, silver, platinum or palladium (default gold)',
};
const models: ParameterDefinition = {
  type: 'models',
  default: 'all',
  meaning: 'all, quick, names with commas, ./my-model.mjs, exec:./my_model.py',
};
const reason: ParameterDefinition = { type: 'text', meaning: 'why, for the record' };
const by: ParameterDefinition = { type: 'text', meaning: 'who asks' };

const sync: PipelineFlow = {
  name: 'sync',
  summary: 'Fetch from the source into the lake, then load what is new.',
  layer: 'ingest',
  after: [],
  parameters: {
    ...rangeParameters,
    loadOnly: { type: 'switch', meaning: 'load from the lake without asking the source' },
  },
  steps: [steps.extract, steps.load, steps.extractDriver, steps.loadDriver],
  run: runSync,
};

const transform: PipelineFlow = {
  name: 'transform',
  summary: 'Build ods and dm from raw, and run the checks.',
  layer: 'transform',
  after: ['sync'],
  parameters: rangeParameters,
  steps: [steps.transform],
  run: runTransform,
};

const publish: PipelineFlow = {
  name: 'publish',
  summary: 'Load the analytical engine, reconcile it with the warehouse, export Parquet.',
  layer: 'publish',
  after: ['transform', 'forecast'],
  parameters: {},
  steps: [steps.publish],
  run: runPublish,
};

const train: PipelineFlow = {
  name: 'train',
  summary: 'Run a tournament of the catalogue over past quotes.',
  layer: 'train',
  after: [],
  parameters: {
    metal,
    models,
    plan: { type: 'text', meaning: 'a plan of `assay tournament plan`: join its shards instead of computing' },
  },
  steps: [steps.train, steps.join, steps.draw],
  // A join computes no fold and writes rows of its tournament alone, so joins of several metals run side by side.
  part: ({ plan }) => {
    const joined = typeof plan === 'string' ? metalOfPlan(plan) : null;
    return joined === null ? null : `join ${joined}`;
  },
  run: runTrainAndDraw,
};

const promote: PipelineFlow = {
  name: 'promote',
  summary: 'Make the tournament winner, or a named version, the champion.',
  layer: 'train',
  after: ['train'],
  parameters: { metal, version: { type: 'integer', meaning: 'a version of the registry' }, reason, by },
  steps: [steps.promote],
  run: runPromote,
};

const rollback: PipelineFlow = {
  name: 'rollback',
  summary: 'Bring the former champion back.',
  layer: null,
  after: [],
  parameters: { metal, reason, by },
  steps: [steps.rollback],
  run: runRollback,
};

const forecast: PipelineFlow = {
  name: 'forecast',
  summary: 'Forecast the next quotes with the champion, refitted on all data.',
  layer: 'forecast',
  after: ['transform', 'promote'],
  parameters: {
    metal,
    horizon: { type: 'integer', default: 14, least: 1, most: 14, meaning: 'quotes ahead, 1 to 14 (default 14)' },
  },
  steps: [steps.forecast],
  run: runForecast,
};

const nowcast: PipelineFlow = {
  name: 'nowcast',
  summary: 'Tell what of the next price is already fixed, from the formula and what is known now.',
  layer: 'forecast',
  after: [],
  parameters: { metal },
  steps: [steps.extractDriver, steps.loadDriver, steps.transform, steps.nowcast],
  run: runNowcast,
};

const score: PipelineFlow = {
  name: 'score',
  summary: 'Compare past forecasts with the facts that have arrived.',
  layer: 'score',
  after: ['transform'],
  parameters: {},
  steps: [steps.score],
  run: runScore,
};

const notify: PipelineFlow = {
  name: 'notify',
  summary: 'Hold the alert rules against what is known, and deliver what is due.',
  layer: 'score',
  after: ['score', 'forecast'],
  parameters: {},
  steps: [steps.findAlerts, steps.deliverAlerts],
  run: runNotify,
};

const daily: PipelineFlow = {
  name: 'daily',
  summary: 'The main job: sync, transform, publish, score, train where it is due, promote, forecast.',
  layer: null,
  after: [],
  parameters: {
    metal,
    models,
    metals: { type: 'metals', meaning: 'several metals, comma separated' },
    train: {
      type: 'text',
      default: 'always',
      choices: ['always', 'if-needed'],
      meaning: 'always, or if-needed: only metals without a champion',
    },
  },
  steps: [
    ...[...sync.steps, ...transform.steps, ...publish.steps, ...score.steps],
    ...[steps.chooseMetals, steps.watchChampions, ...train.steps, ...promote.steps, ...forecast.steps],
    ...[steps.publishForecasts, ...notify.steps],
  ],
  run: runDaily,
};

export const pipelineFlows: readonly PipelineFlow[] = [
  ...[sync, transform, publish, train, promote, rollback],
  ...[forecast, nowcast, score, notify, daily],
];
