import { assert } from '../domain/errors.ts';

/*
 * Point metrics. In all of them `actual[i]` and `forecast[i]` are one pair in the unit of the series; a pair in which
 * either is NaN is missing and is left out; with no pair left the metric is NaN. Arrays of unequal length are a bug.
 */

/** Mean absolute error, in the unit of the series. */
export function meanAbsoluteError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return meanOver(actual, forecast, (a, f) => Math.abs(f - a));
}

/** Root mean squared error, in the unit of the series. */
export function rootMeanSquaredError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return Math.sqrt(meanOver(actual, forecast, (a, f) => (f - a) * (f - a)));
}

/** Mean of forecast minus actual: positive when the forecasts are too high. In the unit of the series. */
export function bias(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return meanOver(actual, forecast, (a, f) => f - a);
}

/** Mean absolute percentage error, percent. Infinite or NaN when an actual is 0: do not use it there. */
export function meanAbsolutePercentageError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return 100 * meanOver(actual, forecast, (a, f) => Math.abs((f - a) / a));
}

/** Symmetric MAPE, percent in 0..200: 200 |f - a| / (|a| + |f|) (Makridakis 1993; the M4 form). 0 when both are 0. */
export function symmetricMape(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return 200 * meanOver(actual, forecast, (a, f) => (a === f ? 0 : Math.abs(f - a) / (Math.abs(a) + Math.abs(f))));
}

/**
 * R squared, 1 - SSE / SST with SST about the mean of the actuals (scikit-learn's r2_score). At most 1, may be negative.
 * On price levels it is near 1 for any sensible model and says little: see `rSquaredOfChanges`. With constant actuals it
 * is 1 for perfect forecasts and NaN otherwise.
 */
export function rSquared(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  const centre = meanOver(actual, forecast, (a) => a);
  const error = meanOver(actual, forecast, (a, f) => (f - a) * (f - a));
  const total = meanOver(actual, forecast, (a) => (a - centre) * (a - centre));
  if (total > 0) return 1 - error / total;
  return error === 0 ? 1 : Number.NaN;
}

/** R squared of the changes from the origin: how much of the move that happened was foretold. `origin[i]` is y at the cutoff. */
export function rSquaredOfChanges(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  origin: ArrayLike<number>,
): number {
  assert(origin.length === actual.length, 'each pair has its origin');
  const change = (values: ArrayLike<number>) => Float64Array.from(values, (value, i) => value - origin[i]!);
  return rSquared(change(actual), change(forecast));
}

/** The scale of MASE: mean |y[t] - y[t - season]| over the training series. NaN when it is too short. */
export function absoluteNaiveScale(training: ArrayLike<number>, season: number): number {
  return meanSeasonalChange(training, season, Math.abs);
}

/** The scale of RMSSE: mean (y[t] - y[t - season])^2 over the training series. NaN when it is too short. */
export function squaredNaiveScale(training: ArrayLike<number>, season: number): number {
  return meanSeasonalChange(training, season, (change) => change * change);
}

/** Mean absolute scaled error (Hyndman & Koehler 2006); `scale` from `absoluteNaiveScale`. NaN when the scale is 0. */
export function meanAbsoluteScaledError(actual: ArrayLike<number>, forecast: ArrayLike<number>, scale: number): number {
  return scale > 0 ? meanAbsoluteError(actual, forecast) / scale : Number.NaN;
}

/** Root mean squared scaled error (Makridakis et al. 2022, M5); `scale` from `squaredNaiveScale`. NaN when it is 0. */
export function rootMeanSquaredScaledError(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  scale: number,
): number {
  return scale > 0 ? rootMeanSquaredError(actual, forecast) / Math.sqrt(scale) : Number.NaN;
}

function meanOver(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  term: (actual: number, forecast: number) => number,
): number {
  assert(actual.length === forecast.length, `${actual.length} actuals go with ${forecast.length} forecasts`);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    const a = actual[i]!;
    const f = forecast[i]!;
    if (Number.isNaN(a) || Number.isNaN(f)) continue;
    sum += term(a, f);
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}

function meanSeasonalChange(training: ArrayLike<number>, season: number, size: (change: number) => number): number {
  let sum = 0;
  for (let t = season; t < training.length; t++) sum += size(training[t]! - training[t - season]!);
  return training.length > season ? sum / (training.length - season) : Number.NaN;
}
