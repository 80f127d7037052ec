import { ridgeFromMoments } from '../stats/least-squares.ts';
import { armaAutocovariances, armaWeights } from './arma-covariance.ts';
import type { ArmaCoefficients } from './arma-polynomials.ts';

/** What one pass of the filter gives. */
export interface ArmaPass {
  /** Exact Gaussian log likelihood with the error variance (and mean) concentrated out. NaN when it does not exist. */
  readonly logLikelihood: number;
  /** Maximum likelihood error variance. */
  readonly variance: number;
  /** Mean of w: generalised least squares estimate, or the one given. */
  readonly mean: number;
  /** Coefficients of the columns, in their order: estimates, or those given. */
  readonly effects: readonly number[];
  /** Predicted state after the last observation, of w less its mean. */
  readonly state: Float64Array;
}

/**
 * Exact Gaussian likelihood of an ARMA process by the Kalman filter on Harvey's state form (Harvey 1989, section 3.4),
 * with the Chandrasekhar recursions for its gain (Morf, Sidhu & Kailath 1974; Mélard 1984, AS 197): the covariance of a
 * stationary process changes by a matrix of rank one at each step, so a step costs O(p + q) and not its square. Once the
 * gain has converged it is kept.
 * The mean, when asked for, and the coefficients of `columns` (each as long as `w`) are estimated by generalised least
 * squares inside the pass: the filter is linear, so each column is filtered with the same gains (Harvey & Phillips 1979).
 * With `effects` given the columns are taken off with those instead. `w` is finite; coefficients are stationary.
 */
export function armaPass(
  w: Float64Array,
  arma: ArmaCoefficients,
  mean: number | 'estimate',
  columns: readonly Float64Array[] = [],
  effects?: readonly number[],
): ArmaPass {
  const filter = startFilter(arma);
  const a = new Float64Array(filter.size);
  const given = withoutEffects(w, mean === 'estimate' ? 0 : mean, columns, effects);
  const ones = mean === 'estimate' ? [new Float64Array(w.length).fill(1)] : [];
  const design = [...ones, ...(effects === undefined ? columns : [])];
  const states = design.map(() => new Float64Array(filter.size));
  const errors = new Float64Array(design.length);
  const moment = new Float64Array(design.length);
  const gram = new Float64Array(design.length * design.length);
  let sumLog = 0;
  let squares = 0;
  let t = 0;
  for (; t < w.length && !filter.steady; t++) {
    const error = given[t]! - a[0]!;
    squares += (error * error) / filter.spread;
    for (let j = 0; j < design.length; j++) {
      const own = design[j]![t]! - states[j]![0]!;
      errors[j] = own;
      moment[j]! += (error * own) / filter.spread;
      for (let k = 0; k <= j; k++) gram[j * design.length + k]! += (own * errors[k]!) / filter.spread;
      stepState(filter, states[j]!, own);
    }
    stepState(filter, a, error);
    sumLog += Math.log(filter.spread);
    stepGain(filter);
  }
  if (t < w.length) squares += steadySums(filter, { given, from: t, a, design, states, moment, gram });
  const estimates = solveDesign(gram, moment);
  const explained = estimates.reduce((sum, value, j) => sum + value * moment[j]!, 0);
  const n = w.length;
  const variance = Math.max(0, squares - explained) / n;
  // A perfect fit has an infinite likelihood; the floor keeps it finite and comparable.
  const logLikelihood = -0.5 * (n * (Math.log(2 * Math.PI * Math.max(variance, 1e-24)) + 1) + sumLog);
  const state = a.map((value, i) => estimates.reduce((left, estimate, j) => left - estimate * states[j]![i]!, value));
  return {
    logLikelihood,
    variance,
    mean: mean === 'estimate' ? estimates[0]! : mean,
    effects: effects ?? Array.from(estimates.subarray(ones.length)),
    state,
  };
}

interface SteadyPart {
  readonly given: Float64Array;
  readonly from: number;
  readonly a: Float64Array;
  readonly design: readonly Float64Array[];
  readonly states: readonly Float64Array[];
  readonly moment: Float64Array;
  readonly gram: Float64Array;
}

/** The rest of a pass with the gain kept: each series by itself, which is quicker. Adds to the moments; gives the squares. */
function steadySums(filter: Filter, { given, from, a, design, states, moment, gram }: SteadyPart): number {
  const count = given.length - from;
  const errors = new Float64Array(count);
  runSteady(filter, a, given, from, errors);
  const own = design.map((column, j) => {
    const left = new Float64Array(count);
    runSteady(filter, states[j]!, column, from, left);
    return left;
  });
  own.forEach((left, j) => {
    moment[j]! += dot(errors, left) / filter.spread;
    for (let k = 0; k <= j; k++) gram[j * own.length + k]! += dot(left, own[k]!) / filter.spread;
  });
  return dot(errors, errors) / filter.spread;
}

/** Errors of `values` from `from` on, and the state after them, in place; short states without a loop. */
function runSteady(
  { size, phi, gain }: Filter,
  a: Float64Array,
  values: Float64Array,
  from: number,
  errors: Float64Array,
): void {
  if (size > 2) {
    for (let t = from; t < values.length; t++) {
      const error = values[t]! - a[0]!;
      errors[t - from] = error;
      const first = a[0]!;
      for (let i = 0; i < size - 1; i++) a[i] = phi[i]! * first + a[i + 1]! + gain[i]! * error;
      a[size - 1] = phi[size - 1]! * first + gain[size - 1]! * error;
    }
    return;
  }
  const [phi0, gain0, phi1, gain1] = [phi[0]!, gain[0]!, phi[1] ?? 0, gain[1] ?? 0];
  let first = a[0]!;
  let second = a[1] ?? 0;
  for (let t = from; t < values.length; t++) {
    const error = values[t]! - first;
    errors[t - from] = error;
    const next = phi0 * first + second + gain0 * error;
    second = phi1 * first + gain1 * error;
    first = next;
  }
  a[0] = first;
  if (size === 2) a[1] = second;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function withoutEffects(
  w: Float64Array,
  mean: number,
  columns: readonly Float64Array[],
  effects: readonly number[] | undefined,
): Float64Array {
  if (effects === undefined) return mean === 0 ? w : w.map((value) => value - mean);
  return w.map((value, t) => columns.reduce((left, column, j) => left - effects[j]! * column[t]!, value - mean));
}

/** Generalised least squares from the lower triangle of its moments; columns that the others explain share their part. */
function solveDesign(gram: Float64Array, moment: Float64Array): Float64Array {
  const size = moment.length;
  if (size === 0) return moment;
  if (size === 1) return Float64Array.of(gram[0]! > 0 ? moment[0]! / gram[0]! : 0);
  for (let j = 0; j < size; j++) for (let k = 0; k < j; k++) gram[k * size + j] = gram[j * size + k]!;
  return ridgeFromMoments(gram, moment, 0, false);
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

/**
 * The filter before the first observation. Of the stationary covariance P only its first column is needed, and that
 * follows from the autocovariances of the process (Gardner, Harvey & Phillips 1980, AS 154, without its linear system).
 */
function startFilter(arma: ArmaCoefficients): Filter {
  const { phi, theta } = arma;
  const size = Math.max(phi.length, theta.length + 1, 1);
  const padded = new Float64Array(size);
  padded.set(phi);
  const covariances = armaAutocovariances(arma, size);
  const weights = armaWeights(arma, size);
  const column = new Float64Array(size + 1);
  for (let i = 1; i < size; i++) {
    let sum = 0;
    for (let j = i; j < size; j++) {
      if (padded[j] !== 0) sum += padded[j]! * covariances[1 + j - i]!;
      const tap = theta[j - 1] ?? 0;
      if (tap !== 0) sum += tap * weights[j - i]!;
    }
    column[i] = sum;
  }
  const spread = Math.max(1, covariances[0]!);
  const cross = padded.map((value, i) => value * spread + column[i + 1]!);
  const gain = cross.map((value) => value / spread);
  // From its stationary start P first falls by the part that the first observation explains.
  return { size, phi: padded, spread, cross, gain, factor: -1 / spread, direction: cross.slice(), steady: false };
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
