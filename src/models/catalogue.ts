import { PlatformError } from '../domain/errors.ts';
import type { FittedForecaster, Forecaster, ModelArtefact, ModelParameters } from '../domain/forecaster.ts';
import { nearestName } from '../domain/nearest-name.ts';
import { additive } from './additive.ts';
import { arima } from './arima.ts';
import { autoregression } from './autoregression.ts';
import { ces } from './ces.ts';
import { auto, medianCombination, trimmedCombination, weightedCombination } from './combination.ts';
import { damped } from './damped.ts';
import type { CatalogueEntry } from './define-model.ts';
import { drift } from './drift.ts';
import { dynamicTheta } from './dynamic-theta.ts';
import { elasticNet } from './elastic-net.ts';
import { ets } from './ets.ts';
import { ewma } from './ewma.ts';
import { garch } from './garch.ts';
import { gjrGarch } from './gjr-garch.ts';
import { gradientBoosting } from './gradient-boosting.ts';
import { holt } from './holt.ts';
import { holtWinters } from './holt-winters.ts';
import { linear } from './linear.ts';
import { movingAverage } from './moving-average.ts';
import { mstl } from './mstl.ts';
import { naive } from './naive.ts';
import { optimisedTheta } from './optimised-theta.ts';
import { parity } from './parity.ts';
import { randomForest } from './random-forest.ts';
import { ridge } from './ridge.ts';
import { sarima } from './sarima.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import { seasonallyAdjusted } from './seasonally-adjusted.ts';
import { ses } from './ses.ts';
import { theta } from './theta.ts';

export type { CatalogueEntry } from './define-model.ts';

/** Every model of the product, from the simplest on. Adding one is one file and one line here. */
export const catalogue: readonly CatalogueEntry[] = [
  naive,
  drift,
  movingAverage,
  seasonalNaive,
  ses,
  holt,
  damped,
  holtWinters,
  theta,
  optimisedTheta,
  dynamicTheta,
  ets,
  ces,
  mstl,
  arima,
  sarima,
  linear,
  randomForest,
  parity,
  ewma,
  garch,
  gjrGarch,
  gradientBoosting,
  ridge,
  elasticNet,
  autoregression,
  seasonallyAdjusted,
  medianCombination,
  trimmedCombination,
  weightedCombination,
  auto,
  additive,
];

/**
 * A model by its name, its defaults overlaid by `parameters`.
 * INPUT_INVALID, naming the nearest known name, for an unknown model; INPUT_INVALID for unfit parameters.
 */
export function createModel(name: string, parameters: ModelParameters = {}): Forecaster {
  const entry = catalogue.find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry.create(parameters);
  const known = catalogue.map((candidate) => candidate.name);
  const nearest = nearestName(name, known);
  throw new PlatformError('INPUT_INVALID', `There is no model named ${name}`, {
    context: { name, known },
    hint: nearest === null ? `Known models: ${known.join(', ')}.` : `Did you mean ${nearest}?`,
  });
}

/** A fitted model from its stored artefact; ARTEFACT_CORRUPT when the model is unknown or the state does not hold. */
export function restoreModel(artefact: ModelArtefact): FittedForecaster {
  const entry = catalogue.find((candidate) => candidate.name === artefact.model);
  if (entry !== undefined) return entry.restore(artefact);
  throw new PlatformError(
    'ARTEFACT_CORRUPT',
    `The artefact names a model this version does not know: ${artefact.model}`,
    {
      context: { model: artefact.model, known: catalogue.map((candidate) => candidate.name) },
      hint: 'Use the version that wrote the artefact, or train again.',
    },
  );
}
