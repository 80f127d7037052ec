import type { ArmaCoefficients } from './arma-polynomials.ts';

/** What one pass of the filter gives. */
export interface ArmaPass {
  /** Exact Gaussian log likelihood with the error variance (and mean) concentrated out. NaN when it does not exist. */
  readonly logLikelihood: number;
  /** Maximum likelihood error variance. */
  readonly variance: number;
  /** Mean of w: generalised least squares estimate, or the one given. */
  readonly mean: number;
  /** Predicted state after the last observation, of w less its mean. */
  readonly state: Float64Array;
}

/**
 * Exact Gaussian likelihood of an ARMA process by the Kalman filter on Harvey's state form (Harvey 1989, section 3.4),
 * with the Chandrasekhar recursions for its gain (Morf, Sidhu & Kailath 1974; Mélard 1984, AS 197): the covariance of a
 * stationary process changes by a matrix of rank one at each step, so a step costs O(p + q) and not its square. Once the
 * gain has converged it is kept.
 * The mean, when asked for, is estimated by generalised least squares inside the pass: the filter is linear, so a column
 * of ones is filtered with the same gains (Harvey & Phillips 1979). `w` is finite; coefficients are stationary.
 */
export function armaPass(w: Float64Array, arma: ArmaCoefficients, mean: number | 'estimate'): ArmaPass {
  const filter = startFilter(arma);
  const a = new Float64Array(filter.size);
  const ones = new Float64Array(filter.size);
  const estimating = mean === 'estimate';
  const offset = estimating ? 0 : mean;
  let sumLog = 0;
  let squares = 0;
  let cross = 0;
  let weights = 0;
  for (let t = 0; t < w.length; t++) {
    const error = w[t]! - offset - a[0]!;
    const weighted = error / filter.spread;
    squares += error * weighted;
    if (estimating) {
      const onesError = 1 - ones[0]!;
      cross += weighted * onesError;
      weights += (onesError * onesError) / filter.spread;
      stepState(filter, ones, onesError);
    }
    stepState(filter, a, error);
    if (filter.steady) continue;
    sumLog += Math.log(filter.spread);
    stepGain(filter);
  }
  const estimate = estimating && weights > 0 ? cross / weights : 0;
  const n = w.length;
  const variance = Math.max(0, squares - estimate * cross) / n;
  // A perfect fit has an infinite likelihood; the floor keeps it finite and comparable.
  const logLikelihood = -0.5 * (n * (Math.log(2 * Math.PI * Math.max(variance, 1e-24)) + 1) + sumLog);
  const state = a.map((value, i) => value - estimate * ones[i]!);
  return { logLikelihood, variance, mean: estimating ? estimate : offset, state };
}

/** Forecasts of w less its mean for 1..horizon, from the predicted state. */
export function armaForecast(state: Float64Array, { phi }: ArmaCoefficients, horizon: number): Float64Array {
  const forecasts = new Float64Array(horizon);
  for (let h = 0; h < horizon; h++) {
    // The part that past errors and values leave at this step, then the autoregression on the forecasts themselves.
    let value = h < state.length ? state[h]! : 0;
    for (let i = 0; i < Math.min(h, phi.length); i++) value += phi[i]! * forecasts[h - 1 - i]!;
    forecasts[h] = value;
  }
  return forecasts;
}

interface Filter {
  readonly size: number;
  readonly phi: Float64Array;
  /** Variance of the one-step error, in units of the error variance: falls to 1. */
  spread: number;
  /** T P Z', before division by the spread, and after it. */
  readonly cross: Float64Array;
  readonly gain: Float64Array;
  /** The next change of P is `factor` times `direction` `direction`'. */
  factor: number;
  readonly direction: Float64Array;
  steady: boolean;
}

function startFilter({ phi, theta }: ArmaCoefficients): Filter {
  const size = Math.max(phi.length, theta.length + 1, 1);
  const padded = new Float64Array(size);
  padded.set(phi);
  const impact = new Float64Array(size);
  impact[0] = 1;
  impact.set(theta, 1);
  const covariance = stationaryCovariance(padded, impact, size);
  const spread = covariance[0]!;
  const cross = padded.map((value, i) => value * spread + (i + 1 < size ? covariance[(i + 1) * size]! : 0));
  const gain = cross.map((value) => value / spread);
  // From its stationary start P first falls by the part that the first observation explains.
  return { size, phi: padded, spread, cross, gain, factor: -1 / spread, direction: cross.slice(), steady: false };
}

/**
 * Solves P = T P T' + R R' by doubling (Anderson & Moore 1979, section 6.7): P <- P + A P A', A <- A A. It converges
 * quadratically for a stationary T and needs no linear system of size r^2.
 */
function stationaryCovariance(phi: Float64Array, impact: Float64Array, size: number): Float64Array {
  let transition = new Float64Array(size * size);
  let covariance = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    transition[i * size] = phi[i]!;
    if (i + 1 < size) transition[i * size + i + 1] = 1;
    for (let j = 0; j < size; j++) covariance[i * size + j] = impact[i]! * impact[j]!;
  }
  for (let round = 0; round < 60; round++) {
    const half = product(transition, covariance, size, false);
    const added = product(half, transition, size, true);
    let largest = 0;
    let change = 0;
    covariance = covariance.map((value, i) => {
      largest = Math.max(largest, Math.abs(value));
      change = Math.max(change, Math.abs(added[i]!));
      return value + added[i]!;
    });
    if (!(change > 1e-15 * largest)) break;
    transition = product(transition, transition, size, false);
  }
  return covariance;
}

/** a b, or a b' when `turned`. */
function product(a: Float64Array, b: Float64Array, size: number, turned: boolean): Float64Array<ArrayBuffer> {
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += a[i * size + k]! * (turned ? b[j * size + k]! : b[k * size + j]!);
      result[i * size + j] = sum;
    }
  }
  return result;
}

/** Update by one error and prediction of the next state, in place. */
function stepState({ size, phi, gain }: Filter, a: Float64Array, error: number): void {
  const first = a[0]!;
  for (let i = 0; i < size - 1; i++) a[i] = phi[i]! * first + a[i + 1]! + gain[i]! * error;
  a[size - 1] = phi[size - 1]! * first + gain[size - 1]! * error;
}

/** One step of the Chandrasekhar recursions. Steady when P would change by less than 1e-11 from here on. */
function stepGain(filter: Filter): void {
  const { size, phi, cross, gain, direction, factor, spread } = filter;
  const first = direction[0]!;
  // Never below the variance of the newest error itself, whatever rounding says.
  const nextSpread = Math.max(1, spread + factor * first * first);
  let largest = 0;
  for (let i = 0; i < size; i++) {
    const moved = phi[i]! * first + (i + 1 < size ? direction[i + 1]! : 0);
    cross[i]! += moved * factor * first;
    gain[i] = cross[i]! / nextSpread;
    direction[i] = moved - gain[i]! * first;
    largest = Math.max(largest, Math.abs(direction[i]!));
  }
  filter.spread = nextSpread;
  filter.factor = factor + (factor * factor * first * first) / spread;
  filter.steady = Math.abs(filter.factor) * largest * largest < 1e-11;
}
