import type { Metal } from '../domain/metal.ts';
import type { StepRunner } from '../ports/journal.ts';
import { bothOf } from './both-of.ts';
import { chooseMetals, watchChampions } from './champions.ts';
import type { FlowParameters } from './flow.ts';
import { metalsOf, textOf } from './flow-parameters.ts';
import {
  drawSteps,
  publishStep,
  runForecast,
  runNotify,
  runPromote,
  runScore,
  runSync,
  runTrain,
  runTransform,
  type TrainedMetals,
} from './layers.ts';
import type { PipelinePorts } from './pipeline-ports.ts';
import { steps } from './steps.ts';

/** The main job: every layer in its order. */
export async function runDaily(
  parameters: FlowParameters,
  runner: StepRunner,
  ports: PipelinePorts,
): Promise<Record<string, unknown>> {
  const synced = await runSync(parameters, runner, ports);
  const transformed = await runTransform(parameters, runner, ports);
  // Side by side: publishing waits for another engine and for disks, comparing models and drawing need processors.
  const [published, { trained, ...forecasted }] = await bothOf(
    publishStep(steps.publish, ['quotes'], runner, ports),
    scoreAndForecast(parameters, runner, ports),
  );
  const [forecastsPublished] = await bothOf(
    publishStep(steps.publishForecasts, ['forecasts'], runner, ports),
    drawSteps(trained, runner, ports),
  );
  const done = { ...synced, ...transformed, published, trained, ...forecasted, forecastsPublished };
  return { ...done, ...(await runNotify(parameters, runner, ports)) };
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
