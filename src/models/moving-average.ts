import { defineModel, requireWhole } from './define-model.ts';
import { gaussianChangeForecast } from './gaussian-forecast.ts';
import { chooseScale, validateScale, type WorkingScale, workingChanges } from './working-scale.ts';

interface MovingAverageState {
  /** Mean of the last `window` levels. */
  readonly centre: number;
  readonly scale: WorkingScale;
  /** Root mean square of the one-step errors on the working scale. */
  readonly oneStepSd: number;
}

/**
 * The mean of the last `window` levels (default 7, the common weekly average) for every horizon; mean and median are
 * that average exactly. The distribution is normal on the working scale. Its one-step variance v is that of the
 * model's own past errors; at horizon h it is v (h + c) / (1 + c) with c = (w - 1)(2w - 1) / (6w): the ratio that holds
 * when the series is a random walk, whose average of w values lags behind by that much (own derivation; the method is
 * the simple moving average of Hyndman & Athanasopoulos 2021, section 3.3, drawn on).
 * `update` moves the average and keeps v. A constant series gives a point distribution.
 * Scale equivariant; shift equivariant on `level`.
 */
export const movingAverage = defineModel<MovingAverageState>({
  name: 'moving-average',
  family: 'benchmark',
  defaults: { window: 7, scale: 'auto' },
  validate(parameters) {
    validateScale('moving-average', parameters);
    requireWhole('moving-average', parameters, 'window', 1, 1000);
  },
  minObservations: ({ window }) => Number(window) + 2,
  estimate({ y }, parameters) {
    const window = Number(parameters['window']);
    const scale = chooseScale('moving-average', y, parameters);
    let squares = 0;
    for (let t = window; t < y.length; t++) {
      const centre = lastMean(y, t, window);
      const error = scale === 'log' ? Math.log(y[t]! / centre) : y[t]! - centre;
      squares += error * error;
    }
    return { centre: lastMean(y, y.length, window), scale, oneStepSd: Math.sqrt(squares / (y.length - window)) };
  },
  advance(state, { y }, parameters) {
    const window = Number(parameters['window']);
    workingChanges('moving-average', y.subarray(y.length - window), state.scale);
    return { ...state, centre: lastMean(y, y.length, window) };
  },
  predict(state, horizon, parameters) {
    const window = Number(parameters['window']);
    const lag = ((window - 1) * (2 * window - 1)) / (6 * window);
    const base = new Float64Array(horizon).fill(state.centre);
    const sd = base.map((_, i) => state.oneStepSd * Math.sqrt((i + 1 + lag) / (1 + lag)));
    return gaussianChangeForecast(base, new Float64Array(horizon), sd, state.scale, true);
  },
});

/** Mean of the `window` values before index `end`; taken about the first, so that equal values average to themselves. */
function lastMean(y: Float64Array, end: number, window: number): number {
  const first = y[end - window]!;
  let sum = 0;
  for (let t = end - window + 1; t < end; t++) sum += y[t]! - first;
  return first + sum / window;
}
