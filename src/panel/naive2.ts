import { isSeasonal, seasonalIndices } from '../stats/seasonality.ts';

/**
 * The benchmark of the M4 competition (Makridakis, Spiliotis & Assimakopoulos 2020; its published R code): the last
 * value of the series seasonally adjusted by classical multiplicative decomposition, with the season put back, where
 * `isSeasonal` finds one; the last value otherwise. As in R, where the competition's code ran, no lag beyond
 * 10 log10(n) is looked at: such a season counts as none. `forecast[h - 1]` in the unit of the series.
 */
export function naive2(y: Float64Array, season: number, horizon: number): Float64Array {
  const last = y[y.length - 1] ?? Number.NaN;
  const forecast = new Float64Array(horizon).fill(last);
  if (season > Math.floor(10 * Math.log10(y.length)) || !isSeasonal(y, season)) return forecast;
  const indices = seasonalIndices(y, season, 'multiplicative');
  const adjusted = last / (indices[(y.length - 1) % season] ?? Number.NaN);
  return forecast.map((_, h) => adjusted * (indices[(y.length + h) % season] ?? Number.NaN));
}
