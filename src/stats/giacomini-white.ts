import { assert } from '../domain/errors.ts';
import { chiSquaredTail } from './gamma.ts';
import { mean } from './moments.ts';

export interface GiacominiWhiteTest {
  /** Wald statistic, chi-squared with `degrees` under equal conditional accuracy. NaN when the test cannot be made. */
  readonly statistic: number;
  readonly pValue: number;
  readonly degrees: number;
  /** Mean of first minus second loss: positive when the second is better on average. */
  readonly meanDifference: number;
  /** Share of the origins from which the second would have been foretold to be the better one. */
  readonly secondForetold: number;
  readonly count: number;
}

/**
 * Giacomini-White test of equal conditional predictive ability (Giacomini & White 2006, theorems 1 and 3): whether the
 * difference of losses can be foretold from a constant and the newest difference known at the origin. `first[i]` and
 * `second[i]` are losses of forecasts `horizon` steps ahead from successive origins, so what was known at origin i is the
 * difference of origin i - horizon. The covariance of the moments is the outer product for one step, and the
 * Bartlett-weighted one with horizon - 1 lags beyond (Newey & West 1987). A NaN among the
 * losses, fewer than `horizon + 10` usable origins, or differences without variation give NaN: nothing can be told.
 */
export function giacominiWhite(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  horizon: number,
): GiacominiWhiteTest {
  assert(first.length === second.length, 'losses come in pairs');
  assert(Number.isInteger(horizon) && horizon >= 1, 'the horizon is a whole number >= 1');
  const differences = new Float64Array(first.length);
  for (let i = 0; i < first.length; i++) differences[i] = first[i]! - second[i]!;
  const count = Math.max(0, differences.length - horizon);
  const meanDifference = mean(differences);
  const unknown = {
    statistic: Number.NaN,
    pValue: Number.NaN,
    degrees: 2,
    meanDifference,
    secondForetold: Number.NaN,
    count,
  };
  if (count < horizon + 10 || Number.isNaN(meanDifference)) return unknown;
  const known = differences.subarray(0, count);
  const outcome = differences.subarray(horizon);
  // Two instruments, so the covariance is a 2 x 2 matrix [[a, b], [b, c]] and its inverse is written out.
  const moments = [outcome.slice(), outcome.map((value, i) => value * known[i]!)] as const;
  const a = bartlettCovariance(moments[0], moments[0], horizon - 1);
  const b = bartlettCovariance(moments[0], moments[1], horizon - 1);
  const c = bartlettCovariance(moments[1], moments[1], horizon - 1);
  const determinant = a * c - b * b;
  if (!(determinant > 1e-12 * a * c)) return unknown;
  const [u, v] = [mean(moments[0]), mean(moments[1])];
  const statistic = (count * (c * u * u - 2 * b * u * v + a * v * v)) / determinant;
  return {
    statistic,
    pValue: chiSquaredTail(statistic, 2),
    degrees: 2,
    meanDifference,
    secondForetold: shareForetold(known, outcome),
    count,
  };
}

/** About zero, not about the mean: under the hypothesis the moments have mean zero. Symmetrised over the lags. */
function bartlettCovariance(one: Float64Array, other: Float64Array, lags: number): number {
  let sum = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let covariance = 0;
    for (let t = lag; t < one.length; t++) covariance += 0.5 * (one[t]! * other[t - lag]! + one[t - lag]! * other[t]!);
    sum += (lag === 0 ? 1 : 2 * (1 - lag / (lags + 1))) * covariance;
  }
  return sum / one.length;
}

/** The decision rule of section 4: regress the difference on what was known, and look at the sign of the fit. */
function shareForetold(known: Float64Array, outcome: Float64Array): number {
  const [x, y] = [mean(known), mean(outcome)];
  let cross = 0;
  let squares = 0;
  for (let t = 0; t < known.length; t++) {
    cross += (known[t]! - x) * (outcome[t]! - y);
    squares += (known[t]! - x) ** 2;
  }
  const slope = squares > 0 ? cross / squares : 0;
  return mean(known.map((value) => Number(y + slope * (value - x) > 0)));
}
