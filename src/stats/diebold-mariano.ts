import { assert } from '../domain/errors.ts';
import { mean } from './moments.ts';
import { studentCdf } from './student-t.ts';

export interface DieboldMarianoTest {
  /** Positive when the second forecast has the smaller loss. NaN when the test cannot be made. */
  readonly statistic: number;
  /** Two-sided, of the hypothesis that both have the same expected loss. */
  readonly pValue: number;
  /** One-sided, of the hypothesis that the second is not better than the first. */
  readonly pValueSecondBetter: number;
  /** Mean of first minus second loss, in the unit of the losses. */
  readonly meanDifference: number;
  readonly count: number;
}

/**
 * Diebold-Mariano test of equal accuracy (Diebold & Mariano 1995) with the small-sample correction and the t(n - 1)
 * distribution of Harvey, Leybourne & Newbold (1997, equation 9). The long-run variance is the truncated one with
 * horizon - 1 autocovariances; when that is not positive, Bartlett weights with the same lags take its place (Newey &
 * West 1987), as R's forecast::dm.test advises.
 * `first[i]` and `second[i]` are the losses of two forecasts of one outcome, in time order; a pair with NaN is left out.
 * Equal losses everywhere, or fewer than `horizon + 2` pairs, give NaN: nothing can be told.
 */
export function dieboldMariano(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  horizon: number,
): DieboldMarianoTest {
  assert(first.length === second.length, 'losses come in pairs');
  assert(Number.isInteger(horizon) && horizon >= 1, 'the horizon is a whole number >= 1');
  const room = new Float64Array(first.length);
  let count = 0;
  for (let i = 0; i < first.length; i++) {
    const difference = first[i]! - second[i]!;
    if (!Number.isNaN(difference)) room[count++] = difference;
  }
  const differences = room.subarray(0, count);
  const meanDifference = mean(differences);
  const unknown = { statistic: Number.NaN, pValue: Number.NaN, pValueSecondBetter: Number.NaN, meanDifference, count };
  if (count < horizon + 2) return unknown;
  const longRun = longRunVariance(differences, meanDifference, horizon - 1);
  if (!(longRun > 0)) return unknown;
  const correction = Math.sqrt((count + 1 - 2 * horizon + (horizon * (horizon - 1)) / count) / count);
  const statistic = (correction * meanDifference) / Math.sqrt(longRun / count);
  return {
    statistic,
    pValue: 2 * studentCdf(-Math.abs(statistic), count - 1),
    pValueSecondBetter: studentCdf(-statistic, count - 1),
    meanDifference,
    count,
  };
}

function longRunVariance(values: Float64Array, centre: number, lags: number): number {
  const variance = autocovariance(values, centre, 0);
  let truncated = variance;
  let bartlett = variance;
  for (let lag = 1; lag <= lags; lag++) {
    const covariance = autocovariance(values, centre, lag);
    truncated += 2 * covariance;
    bartlett += 2 * (1 - lag / (lags + 1)) * covariance;
  }
  return truncated > 0 ? truncated : bartlett;
}

function autocovariance(values: Float64Array, centre: number, lag: number): number {
  let sum = 0;
  for (let t = lag; t < values.length; t++) sum += (values[t]! - centre) * (values[t - lag]! - centre);
  return sum / values.length;
}
