import { autocorrelations } from '../stats/serial-dependence.ts';

/**
 * The benchmark of the M4 competition (Makridakis, Spiliotis & Assimakopoulos 2020; its published R code): the last
 * value of the series seasonally adjusted by classical multiplicative decomposition, with the season put back, where
 * `isSeasonal` finds one; the last value otherwise. `forecast[h - 1]` in the unit of the series.
 */
export function naive2(y: Float64Array, season: number, horizon: number): Float64Array {
  const last = y[y.length - 1] ?? Number.NaN;
  const forecast = new Float64Array(horizon).fill(last);
  if (season <= 1 || !isSeasonal(y, season)) return forecast;
  const indices = seasonalIndices(y, season);
  const adjusted = last / (indices[(y.length - 1) % season] ?? Number.NaN);
  return forecast.map((_, h) => adjusted * (indices[(y.length + h) % season] ?? Number.NaN));
}

/**
 * The M4 test of seasonality: the autocorrelation at lag `season` beyond 1.645 of its standard error (Bartlett's
 * formula), on series of three seasons at least. As in R, where the competition's code ran, no lag beyond
 * 10 log10(n) is looked at: such a season counts as none.
 */
export function isSeasonal(y: Float64Array, season: number): boolean {
  if (y.length < 3 * season || season > Math.floor(10 * Math.log10(y.length))) return false;
  const correlations = autocorrelations(y, season);
  let sum = 1;
  for (const correlation of correlations.subarray(0, season - 1)) sum += 2 * correlation * correlation;
  return Math.abs(correlations[season - 1] ?? Number.NaN) > 1.645 * Math.sqrt(sum / y.length);
}

/**
 * Seasonal indices of the classical multiplicative decomposition (R's `decompose`): ratios to a centred moving average
 * over one season, averaged by place in the season and scaled to a mean of 1. `indices[t % season]` goes with `y[t]`.
 */
export function seasonalIndices(y: Float64Array, season: number): Float64Array {
  const half = Math.floor(season / 2);
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  for (let t = half; t < y.length - half; t += 1) {
    let total = 0;
    for (let k = -half; k <= half; k += 1) {
      const isEdge = season % 2 === 0 && Math.abs(k) === half;
      total += (isEdge ? 0.5 : 1) * (y[t + k] ?? Number.NaN);
    }
    const place = t % season;
    sums[place] = (sums[place] ?? 0) + (y[t] ?? Number.NaN) / (total / season);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const means = sums.map((sum, place) => sum / (counts[place] ?? 0));
  const centre = means.reduce((sum, value) => sum + value, 0) / season;
  return means.map((value) => value / centre);
}
