import { fitSimpleSmoothing, smoothedLevel } from '../stats/exponential-smoothing.ts';
import { linearTrend } from '../stats/least-squares.ts';
import { defineModel } from './define-model.ts';
import { gaussianForecast } from './gaussian-forecast.ts';
import { chooseScale, toWorkingScale, validateScale, type WorkingScale } from './working-scale.ts';

interface ThetaState {
  readonly scale: WorkingScale;
  readonly alpha: number;
  /** The smoothing level before the first and after the last observation, on the working scale. */
  readonly initialLevel: number;
  readonly level: number;
  /** Half the slope of the trend line, per quote. */
  readonly halfSlope: number;
  /** Deviation of the one-step errors. */
  readonly sigma: number;
  readonly observations: number;
}

/**
 * The standard Theta method with theta 0 and 2 (Assimakopoulos & Nikolopoulos 2000) in the form of Hyndman & Billah
 * (2003, equation 7): simple exponential smoothing plus half the slope b of the linear trend,
 * level + b / 2 (h - 1 + 1 / alpha - (1 - alpha)^n / alpha). Works on logs (`scale` auto or log) or on levels; no
 * seasonal adjustment. The distribution is normal on the working scale with variance sigma^2 (1 + (h - 1) alpha^2), that
 * of smoothing with a drift (their section 3). `update` runs the smoothing on with alpha, slope and sigma kept.
 * A constant series gives a point distribution. Scale equivariant; shift equivariant on `level`.
 */
export const theta = defineModel<ThetaState>({
  name: 'theta',
  family: 'smoothing',
  defaults: { scale: 'auto' },
  validate: (parameters) => validateScale('theta', parameters),
  minObservations: () => 5,
  estimate({ y }, parameters) {
    const scale = chooseScale('theta', y, parameters);
    const series = toWorkingScale('theta', y, scale);
    // Smoothing is done about the first value: the search then does not see how far from zero the series lies.
    const first = series[0]!;
    const { alpha, initialLevel, level, sumSquaredErrors } = fitSimpleSmoothing(series.map((value) => value - first));
    return {
      scale,
      alpha,
      initialLevel: first + initialLevel,
      level: first + level,
      halfSlope: linearTrend(series).slope / 2,
      sigma: Math.sqrt(sumSquaredErrors / (series.length - 2)),
      observations: series.length,
    };
  },
  advance(state, { y }) {
    const series = toWorkingScale('theta', y, state.scale);
    const level = smoothedLevel(series, state.alpha, state.initialLevel);
    return { ...state, level, observations: series.length };
  },
  predict(state, horizon) {
    const { alpha, observations } = state;
    // (1 - (1 - alpha)^n) / alpha, without cancellation for a small alpha.
    const reach = -Math.expm1(observations * Math.log1p(-Math.min(alpha, 1 - 1e-16))) / alpha;
    const centre = Float64Array.from({ length: horizon }, (_, i) => state.level + state.halfSlope * (i + reach));
    const sd = centre.map((_, i) => state.sigma * Math.sqrt(1 + i * alpha * alpha));
    return gaussianForecast(centre, sd, state.scale);
  },
});
