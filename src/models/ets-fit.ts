import { choleskyFactor, choleskySolve } from '../stats/least-squares.ts';
import { nelderMead } from '../stats/nelder-mead.ts';
import {
  bounded,
  directionsAt,
  isAdmissible,
  parametersAt,
  pointOf,
  smoothingAt,
  smoothingCount,
  smoothingStart,
} from './ets-coordinates.ts';
import { type EtsParameters, type EtsShape, etsParameterCount } from './ets-form.ts';
import { etsDeviance, etsPass } from './ets-recursion.ts';
import { etsNormalEquations } from './ets-sensitivity.ts';
import { etsStart } from './ets-start.ts';

export interface EtsFit {
  readonly shape: EtsShape;
  readonly parameters: EtsParameters;
  readonly logLikelihood: number;
  /** Corrected Akaike criterion; +Infinity when there are too few observations for it. */
  readonly aicc: number;
  /** Variance of the (relative, when multiplicative) errors, corrected for the parameters estimated. */
  readonly variance: number;
}

/**
 * Maximum likelihood of one form (Hyndman, Koehler, Ord & Snyder 2008, chapter 5) over smoothing parameters and initial
 * states together: a simplex search of the few smoothing parameters from heuristic states, then Gauss-Newton steps with
 * exact derivatives on all coordinates (Levenberg 1944, Marquardt 1963). `starts` are optima of related forms; without
 * any the search begins from the heuristics. `y` should be near unit scale of its changes. A form that the data refuse
 * (a forecast <= 0 under multiplicative errors) gives undefined.
 */
export function fitEts(
  y: Float64Array,
  shape: EtsShape,
  seasonLength: number,
  starts: readonly EtsParameters[] = [],
): EtsFit | undefined {
  const points = starts.map((start) => pointOf(start, shape));
  if (points.length === 0 || shape.season === 'M') points.push(searched(y, shape, seasonLength));
  const begun = points.map((point) => ({ point, deviance: devianceAt(y, shape, seasonLength, point) }));
  const first = begun.reduce((least, next) => (!(least.deviance <= next.deviance) ? next : least));
  if (!Number.isFinite(first.deviance)) return undefined;
  let best = descend(y, shape, seasonLength, first);
  if (starts.length === 0 && shape.trend !== 'N' && shape.season === 'N') {
    // A line that hardly moves is often an optimum of its own, far from that of a level that follows.
    const still = stiffened(first.point, shape);
    const other = descend(y, shape, seasonLength, {
      point: still,
      deviance: devianceAt(y, shape, seasonLength, still),
    });
    if (other.deviance < best.deviance) best = other;
  }
  const parameters = parametersAt(best.point, shape, seasonLength);
  const count = etsParameterCount(shape, seasonLength);
  const n = y.length;
  const room = n - count - 1;
  const aicc = room > 0 ? best.deviance + (2 * count * n) / room : Number.POSITIVE_INFINITY;
  const { squares } = etsPass(y, parameters, shape);
  return { shape, parameters, logLikelihood: -0.5 * best.deviance, aicc, variance: squares / Math.max(1, n - count) };
}

interface Descent {
  readonly point: Float64Array;
  readonly deviance: number;
}

/** The point with the least smoothing that still moves, and with damping in the middle of its range. */
function stiffened(point: Float64Array, shape: EtsShape): Float64Array {
  const still = point.slice();
  still[0] = -4;
  still[1] = -2;
  if (shape.trend === 'Ad') still[2] = 1;
  return still;
}

/** The point after a short search of the smoothing parameters alone. */
function searched(y: Float64Array, shape: EtsShape, seasonLength: number): Float64Array {
  const { level, slope, seasons } = etsStart(y, shape, seasonLength);
  // A line that falls through zero would have every forecast refused.
  const falling = shape.error === 'M' && level + 10 * slope <= 0;
  const states = falling
    ? { level: y[0]!, slope: 0, seasons: Array.from(seasons) }
    : { level, slope, seasons: Array.from(seasons) };
  const objective = (x: ArrayLike<number>) => {
    const smoothing = smoothingAt(x, shape);
    if (!isAdmissible(smoothing, shape, seasonLength)) return Number.POSITIVE_INFINITY;
    return etsDeviance(etsPass(y, { ...smoothing, ...states }, shape), y.length);
  };
  const start = smoothingStart(shape);
  const { x } = nelderMead(objective, start, {
    step: start.map(() => 1.5),
    maxEvaluations: 40 * start.length,
    valueTolerance: 0.1,
    pointTolerance: 0.2,
  });
  const point = pointOf({ ...smoothingAt(x, shape), ...states }, shape);
  if (Number.isFinite(devianceAt(y, shape, seasonLength, point))) return point;
  // The far end of a coordinate may be admissible where its bound no longer is; the start, well inside, mostly is.
  return pointOf({ ...smoothingAt(start, shape), ...states }, shape);
}

function devianceAt(y: Float64Array, shape: EtsShape, seasonLength: number, point: Float64Array): number {
  const parameters = parametersAt(point, shape, seasonLength);
  if (!isAdmissible(parameters, shape, seasonLength)) return Number.NaN;
  return etsDeviance(etsPass(y, parameters, shape), y.length);
}

/** Damped Gauss-Newton descent; the deviance falls at each step taken. */
function descend(y: Float64Array, shape: EtsShape, seasonLength: number, start: Descent): Descent {
  const at = (point: Float64Array) => devianceAt(y, shape, seasonLength, point);
  let best = start;
  let damping = 1e-3;
  let quiet = 0;
  for (let round = 0; round < 40 && quiet < 2; round++) {
    const parameters = parametersAt(best.point, shape, seasonLength);
    const equations = etsNormalEquations(y, parameters, shape, directionsAt(best.point, shape, seasonLength));
    const next = stepDown(best, equations, damping, smoothingCount(shape), at);
    if (next === undefined) break;
    quiet = best.deviance - next.descent.deviance < QUIET ? quiet + 1 : 0;
    best = next.descent;
    damping = Math.max(1e-8, next.damping / 10);
  }
  return best;
}

/** A fall of the deviance that two steps in a row must not exceed to end the descent. */
const QUIET = 2e-4;

/** The first step that lowers the deviance, more and more damped; undefined when none does. */
function stepDown(
  from: Descent,
  { gram, gradient }: { gram: Float64Array; gradient: Float64Array },
  first: number,
  smoothing: number,
  at: (point: Float64Array) => number,
): { descent: Descent; damping: number } | undefined {
  const size = gradient.length;
  for (let damping = first; damping < 1e4; damping *= 10) {
    const damped = gram.slice();
    for (let i = 0; i < size; i++) damped[i * size + i]! += damping * (gram[i * size + i]! + 1e-12);
    const step = boundedStep(damped, gradient, from.point, smoothing);
    if (step === undefined) continue;
    const point = from.point.map((value, i) => value - step[i]!);
    const deviance = at(point);
    if (deviance < from.deviance) return { descent: { point, deviance }, damping };
  }
  return undefined;
}

/**
 * Solves `gram step = gradient`. A far step in a logistic coordinate would end on a plateau from which nothing leads
 * back: such a coordinate goes no farther than 2, nor beyond the plateau's edge, and the others are solved anew for it.
 */
function boundedStep(
  gram: Float64Array,
  gradient: Float64Array,
  point: Float64Array,
  smoothing: number,
): Float64Array | undefined {
  const size = gradient.length;
  const fixed = new Map<number, number>();
  for (;;) {
    const matrix = gram.slice();
    const right = gradient.slice();
    for (const [i, value] of fixed) {
      for (let j = 0; j < size; j++) {
        if (!fixed.has(j)) right[j]! -= gram[j * size + i]! * value;
        matrix[i * size + j] = i === j ? 1 : 0;
        matrix[j * size + i] = i === j ? 1 : 0;
      }
      right[i] = value;
    }
    const lower = choleskyFactor(matrix, size);
    if (lower === undefined) return undefined;
    const step = choleskySolve(lower, size, right);
    let more = false;
    for (let i = 0; i < smoothing; i++) {
      if (fixed.has(i)) continue;
      const allowed = Math.min(2, Math.max(-2, point[i]! - bounded(point[i]! - step[i]!)));
      if (allowed === step[i]!) continue;
      fixed.set(i, allowed);
      more = true;
    }
    if (!more) return step;
  }
}
