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
 * Exact Gaussian likelihood of an ARMA process by the Kalman filter on Harvey's state form (Gardner, Harvey & Phillips
 * 1980, AS 154; Harvey 1989, section 3.4). Once the state covariance has converged to that of a known past, the filter
 * goes on as the plain innovations recursion, which costs O(p + q) for each value.
 * The mean, when asked for, is estimated by generalised least squares inside the pass: the filter is linear, so a column
 * of ones is filtered with the same gains (Harvey & Phillips 1979). `w` is finite; coefficients are stationary.
 */
export function armaPass(w: Float64Array, arma: ArmaCoefficients, mean: number | 'estimate'): ArmaPass {
  const filter = startFilter(arma);
  const size = filter.size;
  const a = new Float64Array(size);
  const ones = new Float64Array(size);
  const estimating = mean === 'estimate';
  const offset = estimating ? 0 : mean;
  let [sumLog, squares, cross, weights] = [0, 0, 0, 0];
  for (let t = 0; t < w.length; t++) {
    const value = w[t]! - offset;
    const error = value - a[0]!;
    if (filter.steady) {
      squares += error * error;
      stepSteady(filter, a, error, value);
    } else {
      const spread = filter.covariance[0]!;
      if (!(spread > 0)) return { logLikelihood: Number.NaN, variance: Number.NaN, mean: offset, state: a };
      sumLog += Math.log(spread);
      squares += (error * error) / spread;
    }
    const onesError = estimating ? 1 - ones[0]! : 0;
    if (estimating) {
      const spread = filter.steady ? 1 : filter.covariance[0]!;
      cross += (error * onesError) / spread;
      weights += (onesError * onesError) / spread;
      if (filter.steady) stepSteady(filter, ones, onesError, 1);
      else stepState(filter, ones, onesError);
    }
    if (!filter.steady) {
      stepState(filter, a, error);
      stepCovariance(filter);
    }
  }
  const estimate = estimating && weights > 0 ? cross / weights : 0;
  const rest = Math.max(0, squares - estimate * cross);
  const n = w.length;
  const variance = rest / n;
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
  /** 1, theta[0], theta[1], ... */
  readonly impact: Float64Array;
  covariance: Float64Array;
  next: Float64Array;
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
  return { size, phi: padded, impact, covariance, next: new Float64Array(size * size), steady: false };
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

/** Update by one error with the Kalman gain, then prediction. */
function stepState({ size, phi, covariance }: Filter, a: Float64Array, error: number): void {
  const ratio = error / covariance[0]!;
  const first = a[0]! + error;
  for (let i = 0; i < size - 1; i++) a[i] = phi[i]! * first + a[i + 1]! + covariance[(i + 1) * size]! * ratio;
  a[size - 1] = phi[size - 1]! * first;
}

/** The same once the gain is the impact vector itself: value is the observation. */
function stepSteady({ size, phi, impact }: Filter, a: Float64Array, error: number, value: number): void {
  for (let i = 0; i < size - 1; i++) a[i] = phi[i]! * value + a[i + 1]! + impact[i + 1]! * error;
  a[size - 1] = phi[size - 1]! * value;
}

/**
 * The covariance of the next predicted state. Updating clears its first row and column (the value is now known), so
 * prediction only shifts what is left and adds the new error's impact. Steady when nothing is left to shift.
 */
function stepCovariance(filter: Filter): void {
  const { size, impact, covariance, next } = filter;
  const spread = covariance[0]!;
  let left = 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const shifted =
        i + 1 < size
          ? covariance[(i + 1) * size + j + 1]! - (covariance[(i + 1) * size]! * covariance[(j + 1) * size]!) / spread
          : 0;
      const value = shifted + impact[i]! * impact[j]!;
      next[i * size + j] = value;
      next[j * size + i] = value;
      left = Math.max(left, Math.abs(shifted));
    }
  }
  filter.covariance = next;
  filter.next = covariance;
  filter.steady = left < 1e-10;
}
