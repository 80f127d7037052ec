import { mean } from '../stats/moments.ts';
import { nelderMead } from '../stats/nelder-mead.ts';
import { type ArimaOrder, armaFromPoint } from './arma-polynomials.ts';

/**
 * Conditional least squares of one order: errors before the first one that the autoregression reaches are taken as 0
 * (Box & Jenkins 1976, section 7.1.2), and the mean, when one is asked for, is that of `w`. Many times cheaper than the exact
 * likelihood under a long season. Gives the coordinates and n log of the error variance, comparable between orders.
 */
export function fitConditional(
  w: Float64Array,
  order: ArimaOrder,
  constant: boolean,
): { point: Float64Array; deviance: number } {
  const size = order.p + order.q + order.P + order.Q;
  const centre = constant ? mean(w) : 0;
  const centred = w.map((value) => value - centre);
  const errors = new Float64Array(w.length + order.q + order.Q * order.season);
  const objective = (x: ArrayLike<number>) => conditionalDeviance(centred, order, x, errors);
  if (size === 0) return { point: new Float64Array(0), deviance: objective([]) };
  const start = Float64Array.from({ length: size }, (_, i) => (i % 2 === 0 ? 0.1 : -0.1));
  const { x, value } = nelderMead(objective, start, {
    step: start.map(() => 0.5),
    maxEvaluations: 50 * size,
    valueTolerance: 5e-2,
    pointTolerance: 1e-1,
  });
  return { point: Float64Array.from(x), deviance: value };
}

/** `errors` is room to work in, as many zeros before the first error as the moving average reaches back. */
function conditionalDeviance(w: Float64Array, order: ArimaOrder, x: ArrayLike<number>, errors: Float64Array): number {
  const { phi, theta } = armaFromPoint(x, order);
  const autoregression = sparse(phi);
  const average = sparse(theta);
  const first = phi.length;
  const ahead = theta.length;
  errors.fill(0, 0, first + ahead);
  let squares = 0;
  for (let t = first; t < w.length; t++) {
    let error = w[t]!;
    for (let i = 0; i < autoregression.lags.length; i++) {
      error -= autoregression.values[i]! * w[t - autoregression.lags[i]!]!;
    }
    for (let i = 0; i < average.lags.length; i++) error -= average.values[i]! * errors[ahead + t - average.lags[i]!]!;
    errors[ahead + t] = error;
    squares += error * error;
  }
  return w.length * Math.log(Math.max(squares, 1e-24) / Math.max(1, w.length - first));
}

/** The lags with a coefficient other than 0: seasonal polynomials have few. */
function sparse(coefficients: Float64Array): { lags: Int32Array; values: Float64Array } {
  const lags = Int32Array.from(Array.from(coefficients.keys()).filter((i) => coefficients[i] !== 0));
  return { lags: lags.map((i) => i + 1), values: Float64Array.from(lags, (i) => coefficients[i]!) };
}
