import { choleskyFactor, choleskySolve } from '../stats/least-squares.ts';
import { mean } from '../stats/moments.ts';
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
  const room = w.length + order.q + order.Q * order.season;
  const at = (point: Float64Array): Residuals => {
    const errors = new Float64Array(room);
    return { point, errors, deviance: conditionalDeviance(centred, order, point, errors) };
  };
  let best = at(Float64Array.from({ length: size }, (_, i) => (i % 2 === 0 ? 0.1 : -0.1)));
  let damping = 1e-3;
  for (let round = 0; round < 15 && size > 0; round++) {
    const next = stepDown(best, damping, at);
    if (next === undefined) break;
    const gained = best.deviance - next.residuals.deviance;
    best = next.residuals;
    damping = Math.max(1e-6, next.damping / 10);
    if (gained < 0.05) break;
  }
  return { point: best.point, deviance: best.deviance };
}

interface Residuals {
  readonly point: Float64Array;
  readonly errors: Float64Array;
  readonly deviance: number;
}

/** A damped Gauss-Newton step (Marquardt 1963) with derivatives by differences; undefined when none goes down. */
function stepDown(
  from: Residuals,
  first: number,
  at: (point: Float64Array) => Residuals,
): { residuals: Residuals; damping: number } | undefined {
  const size = from.point.length;
  const slopes = Array.from(from.point, (value, i) => {
    const moved = from.point.slice();
    moved[i] = value + 1e-4;
    const { errors } = at(moved);
    for (let t = 0; t < errors.length; t++) errors[t] = (errors[t]! - from.errors[t]!) / 1e-4;
    return errors;
  });
  const gram = new Float64Array(size * size);
  const gradient = new Float64Array(size);
  slopes.forEach((slope, i) => {
    gradient[i] = dot(slope, from.errors);
    for (let j = 0; j <= i; j++) gram[i * size + j] = gram[j * size + i] = dot(slope, slopes[j]!);
  });
  for (let damping = first; damping < 1e3; damping *= 10) {
    const damped = gram.slice();
    for (let i = 0; i < size; i++) damped[i * size + i]! += damping * gram[i * size + i]! + 1e-12;
    const lower = choleskyFactor(damped, size);
    if (lower === undefined) continue;
    const step = choleskySolve(lower, size, gradient);
    // Coordinates of a root near the circle go far for nothing: a step is at most one.
    const residuals = at(from.point.map((value, i) => value - Math.max(-1, Math.min(1, step[i]!))));
    if (residuals.deviance < from.deviance) return { residuals, damping };
  }
  return undefined;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Writes to `errors`, all 0 before, after as many zeros as the moving average reaches back. */
function conditionalDeviance(w: Float64Array, order: ArimaOrder, x: ArrayLike<number>, errors: Float64Array): number {
  const { phi, theta } = armaFromPoint(x, order);
  const autoregression = sparse(phi);
  const average = sparse(theta);
  const first = phi.length;
  const ahead = theta.length;
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
