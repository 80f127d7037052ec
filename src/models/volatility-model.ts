import type { Forecast, ModelParameters, TrainingData } from '../domain/forecaster.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import {
  aggregatedVariance,
  backcastVariance,
  nextVariance,
  persistence,
  type VarianceRecursion,
} from '../stats/garch-likelihood.ts';
import { type CatalogueEntry, defineModel, refuse, requireChoice, requireWhole } from './define-model.ts';
import type { VolatilityEstimate, VolatilityForm } from './volatility-fit.ts';
import { shapeAt, simulateShape, type VolatilityShape } from './volatility-shape.ts';
import { chooseScale, validateScale, type WorkingScale, workingChanges } from './working-scale.ts';

/** Estimates in units of the root mean square change of the fit; that unit is 0 for a constant series. */
interface VolatilityState {
  readonly last: number;
  readonly scale: WorkingScale;
  readonly unit: number;
  readonly recursion: VarianceRecursion;
  /** Of Student's t innovations; 0 for normal ones. */
  readonly degrees: number;
  /** Of the changes in units. */
  readonly logLikelihood: number;
  readonly shape: VolatilityShape;
  /** Variance of the next change, in squared units. */
  readonly next: number;
}

export interface VolatilityDefinition {
  readonly name: string;
  readonly defaults: ModelParameters;
  readonly minObservations: number;
  validate?(parameters: ModelParameters): void;
  /** Estimates from changes of root mean square 1. */
  fit(changes: Float64Array, parameters: ModelParameters): VolatilityEstimate;
}

/**
 * A model of the width alone: mean and median of every horizon are today's value exactly (as naive's, so the two differ
 * by their widths only; with asymmetry the median may lie a little off). The quantiles are those of the sum of the next h
 * changes: its variance follows from the recursion, its shape from simulated paths (`simulateShape`).
 * `update` runs the recursion over the data given and keeps the estimates. Scale equivariant; shift equivariant on
 * `level`. A constant series gives a point distribution. Regressors and seasons are not used.
 */
export function defineVolatilityModel(definition: VolatilityDefinition): CatalogueEntry {
  const { name } = definition;
  return defineModel<VolatilityState>({
    name,
    family: 'volatility',
    defaults: { ...definition.defaults, innovations: 'student', paths: 8000, scale: 'auto' },
    validate(parameters) {
      validateScale(name, parameters);
      innovationsOf(name, parameters);
      requireWhole(name, parameters, 'paths', 100, 1_000_000);
      definition.validate?.(parameters);
    },
    minObservations: () => definition.minObservations,
    estimate({ y }, parameters, { seed }) {
      const scale = chooseScale(name, y, parameters);
      const changes = workingChanges(name, y, scale);
      const unit = rootMeanSquare(changes);
      if (!Number.isFinite(unit)) refuse(name, 'its changes are too large to be squared', {}, 'Rescale the series.');
      if (!(unit > 0)) return constantState(y, scale, unit);
      const scaled = changes.map((change) => change / unit);
      const { recursion, degrees, logLikelihood } = definition.fit(scaled, parameters);
      const shape = simulateShape(recursion, degrees, Number(parameters['paths']), seed);
      const next = nextVariance(scaled, recursion, backcastVariance(scaled));
      return { last: y[y.length - 1]!, scale, unit, recursion, degrees, logLikelihood, shape, next };
    },
    advance(state, data) {
      return { ...state, ...movedTo(name, state, data) };
    },
    predict,
  });
}

/** The parameter `innovations`. */
export function innovationsOf(model: string, parameters: ModelParameters): VolatilityForm['innovations'] {
  return requireChoice(model, parameters, 'innovations', ['student', 'normal']);
}

function movedTo(name: string, state: VolatilityState, { y }: TrainingData): { last: number; next: number } {
  const changes = workingChanges(name, y, state.scale);
  const last = y[y.length - 1]!;
  if (!(state.unit > 0)) return { last, next: 0 };
  const scaled = changes.map((change) => change / state.unit);
  return { last, next: nextVariance(scaled, state.recursion, backcastVariance(scaled)) };
}

function predict(state: VolatilityState, horizon: number): Forecast {
  const { last, scale, unit, recursion, shape, next } = state;
  const variances = aggregatedVariance(recursion, next, horizon);
  const left = 1 - persistence(recursion);
  const ratio = recursion.omega > 0 ? (next * left) / recursion.omega : 1;
  const quantiles = quantileLevels.map(() => new Float64Array(horizon));
  for (let h = 0; h < horizon; h++) {
    const standardised = shapeAt(shape, ratio, h + 1);
    for (let level = 0; level < quantiles.length; level++) {
      const change = unit * Math.sqrt(variances[h]!) * standardised[level]!;
      quantiles[level]![h] = scale === 'log' ? last * Math.exp(change) : last + change;
    }
  }
  return { mean: new Float64Array(horizon).fill(last), quantiles };
}

function constantState(y: Float64Array, scale: WorkingScale, unit: number): VolatilityState {
  const recursion = { omega: 0, alpha: 0, gamma: 0, beta: 1 };
  const shape = { ratios: [1], anchors: [1], quantiles: [[quantileLevels.map(() => 0)]] };
  return { last: y[y.length - 1]!, scale, unit, recursion, degrees: 0, logLikelihood: 0, shape, next: 0 };
}

function rootMeanSquare(changes: Float64Array): number {
  let squares = 0;
  for (const change of changes) squares += change * change;
  return Math.sqrt(squares / changes.length);
}
