import type { Minimum } from './nelder-mead.ts';

export interface BfgsOptions {
  /** No coordinate moves farther than this in one step. Default 2. */
  readonly longestStep?: number;
  readonly maxIterations?: number;
  /** Stop when two steps in a row each lower the value by less than this, absolute. Default 1e-7. */
  readonly valueTolerance?: number;
}

/**
 * Minimum of a smooth function by the quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno (Nocedal & Wright
 * 2006, algorithm 6.1) with a backtracking line search (their algorithm 3.1, by quadratic interpolation). `objective`
 * gives the value at `x` and writes its gradient to `gradient`; it must keep neither array. A value that is NaN counts as
 * +Infinity, so that an objective may refuse a point; the start itself must be finite for the result to mean anything.
 * Deterministic. `converged` is false when the iterations ran out.
 */
export function bfgs(
  objective: (x: Float64Array, gradient: Float64Array) => number,
  start: ArrayLike<number>,
  { longestStep = 2, maxIterations = 100, valueTolerance = 1e-7 }: BfgsOptions = {},
): Minimum {
  const size = start.length;
  let evaluations = 0;
  const at = (x: Float64Array): Place => {
    evaluations++;
    const gradient = new Float64Array(size);
    const value = objective(x, gradient);
    return { x, gradient, value: Number.isNaN(value) ? Number.POSITIVE_INFINITY : value };
  };
  let place = at(Float64Array.from(start));
  let inverse: Float64Array | undefined;
  let quiet = 0;
  let iterations = 0;
  for (; iterations < maxIterations && quiet < 2; iterations++) {
    const step = bounded(stepFrom(place.gradient, inverse), longestStep);
    const next = lineSearch(place, step, at);
    if (next === undefined) {
      // From a stale curvature straight down may still lead on.
      if (inverse === undefined) break;
      inverse = undefined;
      continue;
    }
    quiet = place.value - next.value < valueTolerance ? quiet + 1 : 0;
    inverse = updated(inverse, place, next);
    place = next;
  }
  return { x: place.x, value: place.value, evaluations, converged: iterations < maxIterations };
}

interface Place {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

/** Minus the inverse Hessian times the gradient; without one straight down, a tenth of a unit far. */
function stepFrom(gradient: Float64Array, inverse: Float64Array | undefined): Float64Array {
  const size = gradient.length;
  if (inverse === undefined) {
    const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-300);
    return gradient.map((value) => -value / (10 * largest));
  }
  return gradient.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum -= inverse[i * size + j]! * gradient[j]!;
    return sum;
  });
}

function bounded(step: Float64Array, longest: number): Float64Array {
  const far = step.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return far > longest ? step.map((value) => (value * longest) / far) : step;
}

/** The first point along the step, shortened as needed, that lowers the value enough; undefined when none does. */
function lineSearch(from: Place, step: Float64Array, at: (x: Float64Array) => Place): Place | undefined {
  const slope = step.reduce((sum, value, i) => sum + value * from.gradient[i]!, 0);
  if (!(slope < 0)) return undefined;
  let length = 1;
  for (let tries = 0; tries < 25; tries++) {
    const next = at(from.x.map((value, i) => value + length * step[i]!));
    if (next.value <= from.value + 1e-4 * length * slope) return next;
    const curved = (-slope * length * length) / (2 * (next.value - from.value - slope * length));
    length = Number.isFinite(curved) ? Math.min(0.5 * length, Math.max(0.1 * length, curved)) : 0.1 * length;
  }
  return undefined;
}

/** The inverse Hessian after a step; as it was where the step saw no curvature upwards. */
function updated(inverse: Float64Array | undefined, from: Place, to: Place): Float64Array | undefined {
  const size = from.x.length;
  const step = to.x.map((value, i) => value - from.x[i]!);
  const change = to.gradient.map((value, i) => value - from.gradient[i]!);
  let along = 0;
  let steepness = 0;
  for (let i = 0; i < size; i++) {
    along += step[i]! * change[i]!;
    steepness += change[i]! * change[i]!;
  }
  if (!(along > 1e-12 * steepness)) return inverse;
  const old = inverse ?? scaledIdentity(size, along / steepness);
  const turned = change.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += old[i * size + j]! * change[j]!;
    return sum;
  });
  const twice = 1 + turned.reduce((sum, value, i) => sum + value * change[i]!, 0) / along;
  return old.map((value, at) => {
    const i = Math.floor(at / size);
    const j = at - i * size;
    return value + (twice * step[i]! * step[j]! - turned[i]! * step[j]! - step[i]! * turned[j]!) / along;
  });
}

function scaledIdentity(size: number, scale: number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * size + i] = scale;
  return matrix;
}
