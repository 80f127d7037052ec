import { autocorrelations } from './serial-dependence.ts';

/**
 * Whether the autocorrelation at lag `season` differs from zero at the two-sided 90% level, its variance by Bartlett's
 * formula over the lags before it: the test of the M4 competition's benchmarks (Makridakis, Spiliotis & Assimakopoulos
 * 2020; Fiorucci et al. 2016, section 4). False with fewer than three seasons, a season of 1 or a constant series.
 */
export function isSeasonal(y: ArrayLike<number>, season: number): boolean {
  if (season < 2 || y.length < 3 * season) return false;
  const correlations = autocorrelations(y, season);
  let squares = 0;
  for (let lag = 0; lag < season - 1; lag++) squares += correlations[lag]! * correlations[lag]!;
  return Math.abs(correlations[season - 1]!) > 1.645 * Math.sqrt((1 + 2 * squares) / y.length);
}

/**
 * Classical decomposition (Kendall & Stuart 1983, section 46): the trend is a centred moving average over one season, the
 * index of each place the mean of what the trend leaves, scaled to a mean of 0 (additive) or 1 (multiplicative).
 * `indices[i]` belongs to observations i, i + season, ... Needs two whole seasons. Under `multiplicative` the trend must
 * not be 0 where it is divided by; an index may come out as 0 or below when values do.
 */
export function seasonalIndices(
  y: ArrayLike<number>,
  season: number,
  kind: 'additive' | 'multiplicative',
): Float64Array {
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  const half = Math.floor(season / 2);
  const even = season % 2 === 0;
  for (let t = half; t < y.length - half; t++) {
    let total = 0;
    for (let k = t - half; k <= t + half; k++) total += y[k]!;
    if (even) total -= 0.5 * (y[t - half]! + y[t + half]!);
    const trend = total / season;
    sums[t % season]! += kind === 'additive' ? y[t]! - trend : y[t]! / trend;
    counts[t % season]!++;
  }
  const means = sums.map((sum, i) => sum / counts[i]!);
  const centre = means.reduce((sum, value) => sum + value, 0) / season;
  return means.map((value) => (kind === 'additive' ? value - centre : value / centre));
}
