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
  return count * studentConstant(degrees) - 0.5 * logVariances - 0.5 * (degrees + 1) * (logWidened - logVariances);
}

/** A log likelihood with its derivatives by omega, alpha, gamma, beta and the degrees of freedom (0 for normal ones). */
export interface LikelihoodSlopes {
  readonly value: number;
  readonly omega: number;
  readonly alpha: number;
  readonly gamma: number;
  readonly beta: number;
  readonly degrees: number;
}

/**
 * `varianceLogLikelihood` with its exact derivatives (Fiorentini, Calzolari & Panattoni 1996, section 2), which are carried
 * along with the recursion: less than two passes' time.
 */
export function varianceLikelihoodSlopes(
  changes: Float64Array,
  recursion: VarianceRecursion,
  backcast: number,
  degrees: number,
  floor = 1e-10,
): LikelihoodSlopes {
  const { omega, alpha, gamma, beta } = recursion;
  const isNormal = degrees === Number.POSITIVE_INFINITY;
  const tail = isNormal ? 0 : 1 / (degrees - 2);
  const [near, far] = [0.5 * degrees, 0.5 * (degrees + 1)];
  let variance = omega + persistence(recursion) * backcast;
  // Derivatives of the variance, and of the log likelihood, by each parameter.
  let [byOmega, byAlpha, byGamma, byBeta] = [1, backcast, backcast / 2, backcast];
  let [omegaSum, alphaSum, gammaSum, betaSum] = [0, 0, 0, 0];
  let [squares, shares, logVariances, logWidened, variances, widened] = [0, 0, 0, 0, 1, 1];
  for (let t = 0; t < changes.length; t++) {
    if (!(variance > floor)) {
      variance = floor;
      byOmega = byAlpha = byGamma = byBeta = 0;
    }
    const change = changes[t]!;
    const square = change * change;
    variances *= variance;
    let pull = 0;
    if (isNormal) {
      const inverse = 1 / variance;
      squares += square * inverse;
      pull = 0.5 * inverse * (square * inverse - 1);
    } else {
      const wide = variance + square * tail;
      widened *= wide;
      // One division for two quotients.
      const inverse = 1 / (variance * wide);
      shares += square * variance * inverse;
      pull = near * wide * inverse - far * variance * inverse;
    }
    if ((t & 7) === 7) {
      logVariances += Math.log(variances);
      logWidened += Math.log(widened);
      variances = widened = 1;
    }
    omegaSum += pull * byOmega;
    alphaSum += pull * byAlpha;
    gammaSum += pull * byGamma;
    betaSum += pull * byBeta;
    const fall = Math.min(change, 0);
    const fallen = fall * fall;
    byOmega = 1 + beta * byOmega;
    byAlpha = square + beta * byAlpha;
    byGamma = fallen + beta * byGamma;
    byBeta = variance + beta * byBeta;
    variance = omega + alpha * square + gamma * fallen + beta * variance;
  }
  logVariances += Math.log(variances);
  logWidened += Math.log(widened);
  const sums = { omega: omegaSum, alpha: alphaSum, gamma: gammaSum, beta: betaSum };
  const count = changes.length;
  if (isNormal) return { value: -0.5 * (count * Math.log(2 * Math.PI) + logVariances + squares), ...sums, degrees: 0 };
  const excess = logWidened - logVariances;
  const byDegrees = count * studentConstantSlope(degrees) - 0.5 * excess + far * tail * tail * shares;
  return { value: count * studentConstant(degrees) - 0.5 * logVariances - far * excess, ...sums, degrees: byDegrees };
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

/** Logarithm of the constant of Student's density scaled to variance 1. */
function studentConstant(degrees: number): number {
  return logGamma((degrees + 1) / 2) - logGamma(degrees / 2) - 0.5 * Math.log(Math.PI * (degrees - 2));
}

/** Its derivative, by a central difference: smooth and far from the pole at 2, so that nine digits are left. */
function studentConstantSlope(degrees: number): number {
  const step = 1e-4 * (degrees - 2);
  return (studentConstant(degrees + step) - studentConstant(degrees - step)) / (2 * step);
}
