import { variance } from '../stats/moments.ts';
import { defineModel } from './define-model.ts';
import { gaussianChangeForecast } from './gaussian-forecast.ts';
import { chooseScale, validateScale, type WorkingScale, workingChanges } from './working-scale.ts';

interface DriftState {
  readonly last: number;
  readonly scale: WorkingScale;
  /** Mean change per quote on the working scale. */
  readonly slope: number;
  /** Deviation of one change about the slope. */
  readonly sigma: number;
  /** Changes that the slope was estimated from. */
  readonly changes: number;
}

/**
 * A random walk with drift: the line through the first and the last observation (of the logs on the `log` scale),
 * drawn on. The distribution is normal on the working scale with variance sigma^2 h (1 + h / (n - 1)), which includes the
 * uncertainty of the slope (Hyndman & Athanasopoulos 2021, section 5.5); on `log` the mean is the log-normal mean.
 * `update` moves the last value and keeps slope and sigma. A constant series gives a point distribution.
 * Scale equivariant; shift equivariant on `level`.
 */
export const drift = defineModel<DriftState>({
  name: 'drift',
  family: 'benchmark',
  defaults: { scale: 'auto' },
  validate: (parameters) => validateScale('drift', parameters),
  minObservations: () => 3,
  estimate({ y }, parameters) {
    const scale = chooseScale('drift', y, parameters);
    const changes = workingChanges('drift', y, scale);
    const last = y[y.length - 1]!;
    const whole = scale === 'log' ? Math.log(last / y[0]!) : last - y[0]!;
    return {
      last,
      scale,
      slope: whole / changes.length,
      sigma: Math.sqrt(variance(changes)),
      changes: changes.length,
    };
  },
  advance(state, { y }) {
    workingChanges('drift', y.subarray(y.length - 1), state.scale);
    return { ...state, last: y[y.length - 1]! };
  },
  predict(state, horizon) {
    const base = new Float64Array(horizon).fill(state.last);
    const centre = base.map((_, i) => state.slope * (i + 1));
    const sd = base.map((_, i) => state.sigma * Math.sqrt((i + 1) * (1 + (i + 1) / state.changes)));
    return gaussianChangeForecast(base, centre, sd, state.scale);
  },
});
