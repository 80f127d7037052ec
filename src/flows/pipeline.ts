import type { Metal } from '../domain/metal.ts';
import type { AlertStore, Messenger } from '../ports/alerts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Compute } from '../ports/compute.ts';
import type { StepPolicy, StepRunner } from '../ports/journal.ts';
import type { Lake } from '../ports/lake.ts';
import type { NowcastStore } from '../ports/nowcast.ts';
import type { OlapPublisher } from '../ports/olap-publisher.ts';
import type { Pictures } from '../ports/pictures.ts';
import type { PriceSource } from '../ports/price-source.ts';
import type { Tracking } from '../ports/tracking.ts';
import type {
  ExportReader,
  ForecastStore,
  MarketReader,
  RawStore,
  SeriesReader,
  Transformer,
} from '../ports/warehouse.ts';
import { bothOf } from './both-of.ts';
import { chooseMetals, watchChampions } from './champions.ts';
import { drawCharts } from './draw-charts.ts';
import { syncDrivers } from './drivers.ts';
import { extract } from './extract.ts';
import type { Flow, FlowParameters } from './flow.ts';
import { metalsOf, modelsOf, rangeOf, reasonOf, textOf, wholeNumber } from './flow-parameters.ts';
import { forecast } from './forecast.ts';
import { load } from './load.ts';
import { deliverAlerts, findAlerts } from './notify.ts';
import { nowcast } from './nowcast.ts';
import { promote } from './promote.ts';
import { type PublishScope, publish } from './publish.ts';
import { rollback } from './rollback.ts';
import { score } from './score.ts';
import { type TrainReport, train } from './train.ts';
import { transform } from './transform.ts';

/** Everything the flows reach; each of them takes only what it uses. */
export interface PipelinePorts {
  readonly source: PriceSource;
  /** Optional sources of what drives the price; none until configured. */
  readonly drivers: readonly PriceSource[];
  readonly lake: Lake;
  readonly raw: RawStore;
  readonly transformer: Transformer;
  readonly series: SeriesReader;
  readonly market: MarketReader;
  readonly nowcasts: NowcastStore;
  readonly forecasts: ForecastStore;
  readonly exporter: ExportReader;
  readonly tracking: Tracking;
  readonly compute: Compute;
  readonly pictures: Pictures;
  readonly publisher: OlapPublisher;
  readonly clock: Clock;
  readonly alerts: AlertStore;
  readonly messenger: Messenger;
  /** The real clock of deliveries, where the data's own may stand still. */
  readonly postClock: Clock;
  readonly simulated: boolean;
}

type PipelineFlow = Flow<PipelinePorts>;

const seed = 20_080_702;
const horizon = 14;
/** Asking the Bank: the source itself retries connections; a rejected answer is worth asking again. */
const extractPolicy: StepPolicy = { attempts: 4, timeoutMs: 180_000 };
const trainPolicy: StepPolicy = { attempts: 2, timeoutMs: 1_800_000 };

const rangeParameters = { from: 'first day, YYYY-MM-DD', to: 'last day, YYYY-MM-DD' };
const modelsParameter = { models: 'all, quick, names with commas, ./my-model.mjs, exec:./my_model.py' };
const metalParameter = { metal: 'gold, silver, platinum or palladium (default gold)' };

export const sync: PipelineFlow = {
  name: 'sync',
  summary: 'Fetch from the source into the lake, then load what is new.',
  parameters: { ...rangeParameters, loadOnly: 'load from the lake without asking the source' },
  run: runSync,
};

export const pipelineFlows: readonly PipelineFlow[] = [
  sync,
  {
    name: 'transform',
    summary: 'Build ods and dm from raw, and run the checks.',
    parameters: rangeParameters,
    run: runTransform,
  },
  {
    name: 'publish',
    summary: 'Load the analytical engine, reconcile it with the warehouse, export Parquet.',
    parameters: {},
    run: runPublish,
  },
  {
    name: 'train',
    summary: 'Run a tournament of the catalogue over past quotes.',
    parameters: { ...metalParameter, ...modelsParameter },
    run: runTrainAndDraw,
  },
  {
    name: 'promote',
    summary: 'Make the tournament winner, or a named version, the champion.',
    parameters: {
      ...metalParameter,
      version: 'a version of the registry',
      reason: 'why, for the record',
      by: 'who asks',
    },
    run: runPromote,
  },
  {
    name: 'rollback',
    summary: 'Bring the former champion back.',
    parameters: { ...metalParameter, reason: 'why, for the record', by: 'who asks' },
    run: runRollback,
  },
  {
    name: 'forecast',
    summary: 'Forecast the next quotes with the champion, refitted on all data.',
    parameters: metalParameter,
    run: runForecast,
  },
  {
    name: 'nowcast',
    summary: 'Tell what of the next price is already fixed, from the formula and what is known now.',
    parameters: metalParameter,
    run: runNowcast,
  },
  {
    name: 'score',
    summary: 'Compare past forecasts with the facts that have arrived.',
    parameters: {},
    run: runScore,
  },
  {
    name: 'notify',
    summary: 'Hold the alert rules against what is known, and deliver what is due.',
    parameters: {},
    run: runNotify,
  },
  {
    name: 'daily',
    summary: 'The main job: sync, transform, publish, score, train where it is due, promote, forecast.',
    parameters: {
      ...metalParameter,
      ...modelsParameter,
      metals: 'several metals, comma separated',
      train: 'always, or if-needed: only metals without a champion',
    },
    run: runDaily,
  },
];

async function runSync(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const { source, lake, raw, clock } = ports;
  const range = rangeOf(parameters);
  const extracted =
    parameters['loadOnly'] === true
      ? null
      : await runner.step(
          'extract',
          (step) => extract({ series: source.series, range }, { source, lake, raw, clock, step }),
          extractPolicy,
        );
  const loaded = await runner.step('load', (step) => load({}, { source, lake, raw, step }));
  const drivers = await syncDrivers({ range, loadOnly: parameters['loadOnly'] === true }, runner, ports);
  return { extracted, loaded, ...(drivers.length === 0 ? {} : { drivers }) };
}

async function runTransform(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const range = rangeOf(parameters);
  const { transformer, clock } = ports;
  return { transformed: await runner.step('transform', (step) => transform({ range }, { transformer, clock, step })) };
}

async function runPublish(
  _parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  return { published: await publishStep('publish', ['quotes', 'forecasts'], runner, ports) };
}

function publishStep(name: string, scopes: readonly PublishScope[], runner: StepRunner, ports: PipelinePorts) {
  const { publisher, exporter, lake } = ports;
  return runner.step(name, (step) => publish({ scopes }, { publisher, exporter, lake, step }));
}

interface TrainedMetals {
  /** The report of each metal's tournament. */
  readonly trained: Readonly<Record<string, TrainReport>>;
}

async function runTrainAndDraw(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const { trained } = await runTrain(parameters, runner, ports);
  await drawSteps(trained, runner, ports);
  return { trained };
}

/** Pictures of tournaments; in the main job after the forecast, which people wait for. */
async function drawSteps(
  trained: TrainedMetals['trained'],
  runner: StepRunner,
  { tracking, pictures }: PipelinePorts,
): Promise<void> {
  for (const { metal, tournamentId } of Object.values(trained)) {
    await runner.step(`draw ${metal}`, (step) => drawCharts({ metal, tournamentId }, { tracking, pictures, step }));
  }
}

async function runTrain(parameters: FlowParameters, runner: StepRunner, ports: PipelinePorts): Promise<TrainedMetals> {
  const trained: Record<string, TrainReport> = {};
  for (const metal of metalsOf(parameters)) {
    trained[metal] = await runner.step(
      `train ${metal}`,
      (step) => train({ metal, seed, ...modelsOf(parameters) }, { ...ports, step }),
      trainPolicy,
    );
  }
  return { trained };
}

async function runPromote(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const promoted: Record<string, unknown> = {};
  const version = parameters['version'] === undefined ? undefined : wholeNumber(parameters['version'], 'version');
  for (const metal of metalsOf(parameters)) {
    promoted[metal] = await runner.step(`promote ${metal}`, (step) =>
      promote(
        {
          metal,
          by: textOf(parameters, 'by', 'flow'),
          ...(version === undefined ? {} : { version }),
          ...(parameters['force'] === true ? { force: true } : {}),
          ...reasonOf(parameters),
        },
        { ...ports, step },
      ),
    );
  }
  return { promoted };
}

async function runRollback(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const [metal = 'gold'] = metalsOf(parameters);
  const request = { metal, reason: textOf(parameters, 'reason', 'asked for'), by: textOf(parameters, 'by', 'flow') };
  return { rolledBack: await runner.step(`rollback ${metal}`, (step) => rollback(request, { ...ports, step })) };
}

async function runForecast(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const forecasts: Record<string, unknown> = {};
  for (const metal of metalsOf(parameters)) {
    forecasts[metal] = await runner.step(`forecast ${metal}`, (step) =>
      forecast({ metal, horizon, seed }, { ...ports, step }),
    );
  }
  return { forecasts };
}

/** A source that is away does not matter here: what is stored tells enough to speak of the next price. */
async function runNowcast(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const sources = [ports.source, ...ports.drivers];
  const synced = await syncDrivers({ range: null, loadOnly: false }, runner, { ...ports, drivers: sources });
  const { transformed } = await runTransform({}, runner, ports);
  const nowcasts: Record<string, unknown> = {};
  for (const metal of metalsOf(parameters)) {
    nowcasts[metal] = await runner.step(`nowcast ${metal}`, (step) => nowcast({ metal, seed }, { ...ports, step }));
  }
  return { synced, transformed, nowcasts };
}

async function runScore(
  _parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const { forecasts } = ports;
  return { scored: await runner.step('score', (step) => score({}, { forecasts, step })) };
}

async function runDaily(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const synced = await runSync(parameters, runner, ports);
  const transformed = await runTransform(parameters, runner, ports);
  // Side by side: publishing waits for another engine and for disks, comparing models and drawing need processors.
  const [published, { trained, ...forecasted }] = await bothOf(
    publishStep('publish', ['quotes'], runner, ports),
    scoreAndForecast(parameters, runner, ports),
  );
  const [forecastsPublished] = await bothOf(
    publishStep('publish forecasts', ['forecasts'], runner, ports),
    drawSteps(trained, runner, ports),
  );
  const done = { ...synced, ...transformed, published, trained, ...forecasted, forecastsPublished };
  return { ...done, ...(await runNotify(parameters, runner, ports)) };
}

/** A receiver that fails fails no run: its messages wait in the outbox. */
async function runNotify(
  _parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const alerts = await runner.step('find alerts', (step) => findAlerts({ ...ports, step }));
  const delivered = await runner.step('deliver alerts', async (step) => {
    const report = await deliverAlerts(ports, step.signal);
    step.rows(report.sent + report.delayed + report.failed, report.sent);
    return report;
  });
  return { alerts, delivered };
}

async function scoreAndForecast(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<TrainedMetals & Record<string, unknown>> {
  const result = await runScore(parameters, runner, ports);
  const chosen = await chooseMetals(metalsOf(parameters), parameters['train'] === 'if-needed', runner, ports);
  const { watched, due } = await watchChampions(chosen, runner, ports);
  const train = [...chosen.train, ...due];
  const models = textOf(parameters, 'models', 'quick');
  const only = (metals: readonly Metal[]) => ({ ...parameters, models, metals: metals.join(',') });
  const { trained } = train.length > 0 ? await runTrain(only(train), runner, ports) : { trained: {} };
  if (train.length > 0) Object.assign(result, await runPromote(only(train), runner, ports));
  if (chosen.forecast.length > 0) Object.assign(result, await runForecast(only(chosen.forecast), runner, ports));
  return { ...result, trained, watched };
}
