import { fitSimpleSmoothing, smoothedLevel } from '../stats/exponential-smoothing.ts';
import { linearTrend } from '../stats/least-squares.ts';
import { defineModel } from './define-model.ts';
import { gaussianForecast } from './gaussian-forecast.ts';
import {
  type AdjustmentKind,
  adjustSeason,
  chooseAdjustment,
  restoreSeason,
  validateAdjustment,
} from './seasonal-adjustment.ts';
import { chooseScale, toWorkingScale, validateScale, type WorkingScale } from './working-scale.ts';

interface ThetaState {
  readonly scale: WorkingScale;
  readonly adjustment: AdjustmentKind;
  /** The season at horizons 1, 2, ...; empty without one. */
  readonly ahead: readonly number[];
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
 * level + b / 2 (h - 1 + 1 / alpha - (1 - alpha)^n / alpha), of the series seasonally adjusted where a test finds a season
 * (parameter `deseasonalise`): the Theta benchmark of the M4 competition. Works on logs by default when all observations
 * are positive; `scale: level` is the published method. The distribution is normal on the working scale with variance
 * sigma^2 (1 + (h - 1) alpha^2), that of smoothing with a drift (their section 3). `update` runs the smoothing on with
 * alpha, slope and sigma kept, and takes the seasonal indices of the data it is given. A constant series gives a point
 * distribution. Scale equivariant; shift equivariant on `level` unless the season is multiplicative.
 */
export const theta = defineModel<ThetaState>({
  name: 'theta',
  family: 'smoothing',
  defaults: { deseasonalise: 'auto', scale: 'auto' },
  validate(parameters) {
    validateScale('theta', parameters);
    validateAdjustment('theta', parameters);
  },
  minObservations: () => 5,
  estimate({ y, season }, parameters) {
    const scale = chooseScale('theta', y, parameters);
    const adjustment = chooseAdjustment('theta', y, season, parameters);
    const { adjusted, ahead } = adjustSeason('theta', y, season, adjustment);
    const series = toWorkingScale('theta', adjusted, scale);
    // Smoothing is done about the first value: the search then does not see how far from zero the series lies.
    const first = series[0]!;
    const { alpha, initialLevel, level, sumSquaredErrors } = fitSimpleSmoothing(series.map((value) => value - first));
    return {
      scale,
      adjustment,
      ahead,
      alpha,
      initialLevel: first + initialLevel,
      level: first + level,
      halfSlope: linearTrend(series).slope / 2,
      sigma: Math.sqrt(sumSquaredErrors / (series.length - 2)),
      observations: series.length,
    };
  },
  advance(state, { y, season }) {
    const { adjusted, ahead } = adjustSeason('theta', y, season, state.adjustment);
    const series = toWorkingScale('theta', adjusted, state.scale);
    const level = smoothedLevel(series, state.alpha, state.initialLevel);
    return { ...state, ahead, level, observations: series.length };
  },
  predict(state, horizon) {
    const { alpha, observations } = state;
    // (1 - (1 - alpha)^n) / alpha, without cancellation for a small alpha.
    const reach = -Math.expm1(observations * Math.log1p(-Math.min(alpha, 1 - 1e-16))) / alpha;
    const centre = Float64Array.from({ length: horizon }, (_, i) => state.level + state.halfSlope * (i + reach));
    const sd = centre.map((_, i) => state.sigma * Math.sqrt(1 + i * alpha * alpha));
    return restoreSeason(gaussianForecast(centre, sd, state.scale), state.ahead, state.adjustment);
  },
});
