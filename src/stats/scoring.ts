import { assert } from '../domain/errors.ts';

/*
 * Scores of predictive distributions: all are losses in the unit of the series (lower is better), and NaN when the
 * outcome is NaN (missing), so that a caller who averages must leave missing outcomes out on purpose.
 */

/** Pinball (quantile) loss of one quantile forecast at `level` in (0, 1) (Koenker & Bassett 1978). */
export function pinballLoss(actual: number, quantile: number, level: number): number {
  return actual >= quantile ? level * (actual - quantile) : (1 - level) * (quantile - actual);
}

/** Interval score of a central interval of the given coverage (Gneiting & Raftery 2007, equation 43). */
export function intervalScore(actual: number, lower: number, upper: number, coverage: number): number {
  const miss = Math.max(0, lower - actual) + Math.max(0, actual - upper);
  return upper - lower + (2 / (1 - coverage)) * (Number.isNaN(actual) ? Number.NaN : miss);
}

/**
 * Weighted interval score (Bracher, Ray, Gneiting & Reich 2021, equations 1 and 2, weights alpha/2 and 1/2), computed
 * as the equal sum of pinball losses, WIS = sum / (K + 1/2) for K central intervals and the median.
 * `levels` are ascending, symmetric about 0.5 and contain it (so 2K + 1 of them); `quantiles[l]` goes with `levels[l]`.
 */
export function weightedIntervalScore(actual: number, quantiles: ArrayLike<number>, levels: ArrayLike<number>): number {
  assert(quantiles.length === levels.length && levels.length % 2 === 1, 'one quantile for each of 2K + 1 levels');
  let sum = 0;
  for (let l = 0; l < levels.length; l++) sum += pinballLoss(actual, quantiles[l]!, levels[l]!);
  return sum / (levels.length / 2);
}

/**
 * Continuous ranked probability score from quantiles, 2 x integral of the pinball loss over the level (Gneiting & Ranjan
 * 2011, equation 2) by the trapezoid rule between the levels; outside the outer levels the quantile is held constant, so
 * with few levels the score of a wide tail is a little too small.
 */
export function crpsFromQuantiles(actual: number, quantiles: ArrayLike<number>, levels: ArrayLike<number>): number {
  const last = levels.length - 1;
  assert(quantiles.length === levels.length && last >= 0, 'one quantile for each level');
  const loss = (l: number) => pinballLoss(actual, quantiles[l]!, levels[l]!);
  // With the quantile held, the loss is linear in the level: the trapezoid to the end of [0, 1] is exact.
  let integral = 0.5 * levels[0]! * (loss(0) + pinballLoss(actual, quantiles[0]!, 0));
  integral += 0.5 * (1 - levels[last]!) * (loss(last) + pinballLoss(actual, quantiles[last]!, 1));
  for (let l = 1; l <= last; l++) integral += 0.5 * (levels[l]! - levels[l - 1]!) * (loss(l) + loss(l - 1));
  return 2 * integral;
}

/** CRPS of the empirical distribution of `sortedSamples`, ascending (Gneiting & Raftery 2007, equation 21). NaN if empty. */
export function crpsFromSamples(actual: number, sortedSamples: ArrayLike<number>): number {
  const count = sortedSamples.length;
  let distance = 0;
  let spread = 0;
  for (let i = 0; i < count; i++) {
    distance += Math.abs(sortedSamples[i]! - actual);
    spread += (2 * i + 1 - count) * sortedSamples[i]!;
  }
  return distance / count - spread / (count * count);
}

/**
 * Share of outcomes within [lower, upper], ends included, in 0..1. An outcome or bound that is NaN is missing and left
 * out; NaN when none is left.
 */
export function intervalCoverage(
  actual: ArrayLike<number>,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
): number {
  assert(actual.length === lower.length && actual.length === upper.length, 'each outcome has its interval');
  let inside = 0;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    if (Number.isNaN(actual[i]! + lower[i]! + upper[i]!)) continue;
    count++;
    if (actual[i]! >= lower[i]! && actual[i]! <= upper[i]!) inside++;
  }
  return count === 0 ? Number.NaN : inside / count;
}
