import type { StepDefinition, StepRunner } from '../ports/journal.ts';
import { drawCharts } from './draw-charts.ts';
import { syncDrivers } from './drivers.ts';
import { extract } from './extract.ts';
import type { FlowParameters } from './flow.ts';
import { horizonOf, metalsOf, modelsOf, rangeOf, reasonOf, textOf, wholeNumber } from './flow-parameters.ts';
import { forecast } from './forecast.ts';
import { load } from './load.ts';
import { deliverAlerts, findAlerts } from './notify.ts';
import { nowcast } from './nowcast.ts';
import type { PipelinePorts } from './pipeline-ports.ts';
import { promote } from './promote.ts';
import { type PublishScope, publish } from './publish.ts';
import { rollback } from './rollback.ts';
import { score } from './score.ts';
import { readPlan } from './shared-plan.ts';
import { steps } from './steps.ts';
import { type TrainReport, train } from './train.ts';
import { transform } from './transform.ts';

/** Of every tournament, forecast and nowcast. */
export const modelSeed = 20_080_702;

export async function runSync(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const { source, lake, raw, clock } = ports;
  const range = rangeOf(parameters);
  const extracted =
    parameters['loadOnly'] === true
      ? null
      : await runner.step(steps.extract, (step) =>
          extract({ series: source.series, range }, { source, lake, raw, clock, step }),
        );
  const loaded = await runner.step(steps.load, (step) => load({}, { source, lake, raw, step }));
  const drivers = await syncDrivers({ range, loadOnly: parameters['loadOnly'] === true }, runner, ports);
  return { extracted, loaded, ...(drivers.length === 0 ? {} : { drivers }) };
}

export async function runTransform(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const range = rangeOf(parameters);
  const { transformer, clock } = ports;
  return {
    transformed: await runner.step(steps.transform, (step) => transform({ range }, { transformer, clock, step })),
  };
}

export async function runPublish(
  _parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  return { published: await publishStep(steps.publish, ['quotes', 'forecasts'], runner, ports) };
}

export function publishStep(
  definition: StepDefinition,
  scopes: readonly PublishScope[],
  runner: StepRunner,
  ports: PipelinePorts,
) {
  const { publisher, exporter, lake } = ports;
  return runner.step(definition, (step) => publish({ scopes }, { publisher, exporter, lake, step }));
}

export interface TrainedMetals {
  /** The report of each metal's tournament. */
  readonly trained: Readonly<Record<string, TrainReport>>;
}

export async function runTrainAndDraw(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const { trained } = await runTrain(parameters, runner, ports);
  await drawSteps(trained, runner, ports);
  return { trained };
}

/** Pictures of tournaments; in the main job after the forecast, which people wait for. */
export async function drawSteps(
  trained: TrainedMetals['trained'],
  runner: StepRunner,
  { tracking, pictures }: PipelinePorts,
): Promise<void> {
  for (const { metal, tournamentId } of Object.values(trained)) {
    await runner.step(steps.draw, (step) => drawCharts({ metal, tournamentId }, { tracking, pictures, step }), metal);
  }
}

export async function runTrain(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<TrainedMetals> {
  if (typeof parameters['plan'] === 'string') return joinPlan(parameters['plan'], runner, ports);
  const trained: Record<string, TrainReport> = {};
  for (const metal of metalsOf(parameters)) {
    trained[metal] = await runner.step(
      steps.train,
      (step) => train({ metal, seed: modelSeed, ...modelsOf(parameters) }, { ...ports, step }),
      metal,
    );
  }
  return { trained };
}

/** A tournament whose folds other machines computed. */
async function joinPlan(id: string, runner: StepRunner, ports: PipelinePorts): Promise<TrainedMetals> {
  const { metal, models, seed } = await readPlan(id, ports.lake);
  const request = { metal, seed, plan: id, ...(models === null ? {} : { models }) };
  const joined = await runner.step(steps.join, (step) => train(request, { ...ports, step }), metal);
  return { trained: { [metal]: joined } };
}

export async function runPromote(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const promoted: Record<string, unknown> = {};
  const version = parameters['version'] === undefined ? undefined : wholeNumber(parameters['version'], 'version');
  for (const metal of metalsOf(parameters)) {
    promoted[metal] = await runner.step(
      steps.promote,
      (step) =>
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
      metal,
    );
  }
  return { promoted };
}

export async function runRollback(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const [metal = 'gold'] = metalsOf(parameters);
  const request = { metal, reason: textOf(parameters, 'reason', 'asked for'), by: textOf(parameters, 'by', 'flow') };
  return { rolledBack: await runner.step(steps.rollback, (step) => rollback(request, { ...ports, step }), metal) };
}

export async function runForecast(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const forecasts: Record<string, unknown> = {};
  const horizon = horizonOf(parameters);
  for (const metal of metalsOf(parameters)) {
    forecasts[metal] = await runner.step(
      steps.forecast,
      (step) => forecast({ metal, horizon, seed: modelSeed }, { ...ports, step }),
      metal,
    );
  }
  return { forecasts };
}

/** A source that is away does not matter here: what is stored tells enough to speak of the next price. */
export async function runNowcast(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const sources = [ports.source, ...ports.drivers];
  const synced = await syncDrivers({ range: null, loadOnly: false }, runner, { ...ports, drivers: sources });
  const { transformed } = await runTransform({}, runner, ports);
  const nowcasts: Record<string, unknown> = {};
  for (const metal of metalsOf(parameters)) {
    nowcasts[metal] = await runner.step(
      steps.nowcast,
      (step) => nowcast({ metal, seed: modelSeed }, { ...ports, step }),
      metal,
    );
  }
  return { synced, transformed, nowcasts };
}

export async function runScore(
  _parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const { forecasts } = ports;
  return { scored: await runner.step(steps.score, (step) => score({}, { forecasts, step })) };
}

/** A receiver that fails fails no run: its messages wait in the outbox. */
export async function runNotify(
  _parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const alerts = await runner.step(steps.findAlerts, (step) => findAlerts({ ...ports, step }));
  const delivered = await runner.step(steps.deliverAlerts, async (step) => {
    const report = await deliverAlerts(ports, step.signal);
    step.rows(report.sent + report.delayed + report.failed, report.sent);
    return report;
  });
  return { alerts, delivered };
}
