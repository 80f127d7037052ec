import { logGamma } from './gamma.ts';

/**
 * The variance of the next change: `omega + (alpha + gamma [e < 0]) e^2 + beta v` after a change e of variance v.
 * GARCH(1,1) (Bollerslev 1986, equation 2) with gamma 0; GJR (Glosten, Jagannathan & Runkle 1993) with any gamma;
 * the exponentially weighted variance of RiskMetrics (J.P. Morgan & Reuters 1996, section 5.2) with omega 0 and
 * alpha + beta = 1. All in the square of the unit of the changes, but alpha, beta and gamma, which have none.
 */
export interface VarianceRecursion {
  readonly omega: number;
  readonly alpha: number;
  readonly gamma: number;
  readonly beta: number;
}

/** Share of a shock to the variance that is left after one step, when half of the shocks are negative. */
export function persistence({ alpha, gamma, beta }: VarianceRecursion): number {
  return alpha + gamma / 2 + beta;
}

/**
 * Variance before the first change: the mean square of the first 75 changes, weighted by 0.94 to the power of their
 * place (the start that the Python package arch uses, so that likelihoods can be compared).
 */
export function backcastVariance(changes: ArrayLike<number>): number {
  let sum = 0;
  let weights = 0;
  let weight = 1;
  for (let t = 0; t < Math.min(75, changes.length); t++) {
    sum += weight * changes[t]! * changes[t]!;
    weights += weight;
    weight *= 0.94;
  }
  return sum / weights;
}

/**
 * Log likelihood of changes without a mean, their variance following `recursion` from `backcast`. `degrees` are those of
 * Student's t innovations scaled to variance 1 (Bollerslev 1987, equation 1), above 2; Infinity: normal innovations.
 * A variance is never taken below `floor`. Logarithms are taken of products of eight, which doubles cannot overflow
 * for changes of a size near 1.
 */
export function varianceLogLikelihood(
  changes: Float64Array,
  recursion: VarianceRecursion,
  backcast: number,
  degrees: number,
  floor = 1e-10,
): number {
  const { omega, alpha, gamma, beta } = recursion;
  const isNormal = degrees === Number.POSITIVE_INFINITY;
  const tail = isNormal ? 0 : 1 / (degrees - 2);
  let variance = omega + persistence(recursion) * backcast;
  let squares = 0;
  let logVariances = 0;
  let logWidened = 0;
  let variances = 1;
  let widened = 1;
  for (let t = 0; t < changes.length; t++) {
    if (!(variance > floor)) variance = floor;
    const change = changes[t]!;
    const square = change * change;
    variances *= variance;
    // 1 + e^2 / (v (nu - 2)) is (v + e^2 / (nu - 2)) / v: no division, since v is in the product anyway.
    if (isNormal) squares += square / variance;
    else widened *= variance + square * tail;
    if ((t & 7) === 7) {
      logVariances += Math.log(variances);
      variances = 1;
      if (!isNormal) {
        logWidened += Math.log(widened);
        widened = 1;
      }
    }
    // By the minimum and not by a branch: signs cannot be foretold, and a wrong guess costs more than the rest.
    const fall = Math.min(change, 0);
    variance = omega + alpha * square + gamma * fall * fall + beta * variance;
  }
  logVariances += Math.log(variances);
  logWidened += Math.log(widened);
  const count = changes.length;
  if (isNormal) return -0.5 * (count * Math.log(2 * Math.PI) + logVariances + squares);
  const constant = logGamma((degrees + 1) / 2) - logGamma(degrees / 2) - 0.5 * Math.log(Math.PI * (degrees - 2));
  return count * constant - 0.5 * logVariances - 0.5 * (degrees + 1) * (logWidened - logVariances);
}

/** Variance of the change after the last one. */
export function nextVariance(
  changes: ArrayLike<number>,
  recursion: VarianceRecursion,
  backcast: number,
  floor = 1e-10,
): number {
  const { omega, alpha, gamma, beta } = recursion;
  let variance = omega + persistence(recursion) * backcast;
  for (let t = 0; t < changes.length; t++) {
    const change = changes[t]!;
    if (!(variance > floor)) variance = floor;
    const fall = Math.min(change, 0);
    variance = omega + alpha * change * change + gamma * fall * fall + beta * variance;
  }
  return Math.max(variance, floor);
}

/**
 * Variance of the sum of the next h changes, index h - 1, when the next one has variance `next`: changes are not
 * correlated, so it is the sum of their expected variances (Bollerslev 1986, section 4).
 */
export function aggregatedVariance(recursion: VarianceRecursion, next: number, horizon: number): Float64Array {
  const left = persistence(recursion);
  let step = next;
  let sum = 0;
  return Float64Array.from({ length: horizon }, () => {
    sum += step;
    const summed = sum;
    step = recursion.omega + left * step;
    return summed;
  });
}
