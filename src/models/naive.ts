import { defineModel } from './define-model.ts';
import { gaussianChangeForecast } from './gaussian-forecast.ts';
import { chooseScale, validateScale, type WorkingScale, workingChanges } from './working-scale.ts';

interface NaiveState {
  readonly last: number;
  readonly scale: WorkingScale;
  /** Deviation of one change around zero, on the working scale. */
  readonly sigma: number;
}

/**
 * Today's value for every horizon: the benchmark that every other model must beat.
 * Mean and median are the last value exactly. The distribution is normal on the working scale with deviation
 * sigma x sqrt(h), where sigma^2 is the mean square of the one-step changes (a random walk; Hyndman & Athanasopoulos
 * 2021, Forecasting: Principles and Practice, 3rd ed., section 5.5). A constant series gives a point distribution.
 * Scale equivariant; shift equivariant on `level`.
 */
export const naive = defineModel<NaiveState>({
  name: 'naive',
  family: 'benchmark',
  defaults: { scale: 'auto' },
  validate: (parameters) => validateScale('naive', parameters),
  minObservations: () => 2,
  estimate({ y }, parameters) {
    const scale = chooseScale('naive', y, parameters);
    const changes = workingChanges('naive', y, scale);
    let sumSquares = 0;
    for (const change of changes) sumSquares += change * change;
    return { last: y[y.length - 1]!, scale, sigma: Math.sqrt(sumSquares / changes.length) };
  },
  advance(state, { y }) {
    workingChanges('naive', y.subarray(y.length - 1), state.scale);
    return { ...state, last: y[y.length - 1]! };
  },
  predict(state, horizon) {
    const sd = Float64Array.from({ length: horizon }, (_, i) => state.sigma * Math.sqrt(i + 1));
    const base = new Float64Array(horizon).fill(state.last);
    return gaussianChangeForecast(base, new Float64Array(horizon), sd, state.scale, true);
  },
});
