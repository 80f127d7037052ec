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
import { momentsAlong, plainMoments } from './ets-plain.ts';
import { etsDeviance, etsPass } from './ets-recursion.ts';
import { type EtsNormalEquations, etsNormalEquations } from './ets-sensitivity.ts';
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
  const at = placesOf(y, shape, seasonLength);
  const plain = starts.length === 0 && shape.season === 'N';
  const points = plain ? gridStarts(y, shape) : starts.map((start) => pointOf(start, shape));
  if (points.length === 0 || shape.season === 'M') points.push(searched(y, shape, seasonLength));
  const begun = points.map(at).filter(({ deviance }) => Number.isFinite(deviance));
  if (begun.length === 0) return undefined;
  const best = plain ? lowestOf(begun, shape, at) : descend(leastOf(begun), smoothingCount(shape), at);
  const parameters = parametersAt(best.point, shape, seasonLength);
  const count = etsParameterCount(shape, seasonLength);
  const n = y.length;
  const room = n - count - 1;
  const aicc = room > 0 ? best.deviance + (2 * count * n) / room : Number.POSITIVE_INFINITY;
  const { squares } = etsPass(y, parameters, shape);
  return { shape, parameters, logLikelihood: -0.5 * best.deviance, aicc, variance: squares / Math.max(1, n - count) };
}

interface Place {
  readonly point: Float64Array;
  /** NaN where the form refuses the point. */
  readonly deviance: number;
  equations(): EtsNormalEquations;
}

/** What there is to know of a point. */
function placesOf(y: Float64Array, shape: EtsShape, seasonLength: number): (point: Float64Array) => Place {
  return (point) => {
    const parameters = parametersAt(point, shape, seasonLength);
    const directions = () => directionsAt(point, shape, seasonLength);
    if (shape.season === 'N') {
      const moments = plainMoments(y, parameters, shape);
      return { point, deviance: moments.deviance, equations: () => momentsAlong(moments, directions()) };
    }
    const allowed = isAdmissible(parameters, shape, seasonLength);
    const deviance = allowed ? etsDeviance(etsPass(y, parameters, shape), y.length) : Number.NaN;
    return { point, deviance, equations: () => etsNormalEquations(y, parameters, shape, directions()) };
  };
}

function leastOf(places: readonly Place[]): Place {
  return places.reduce((least, next) => (next.deviance < least.deviance ? next : least));
}

/** The deepest end from several starts: a few steps from each tell which to follow. */
function lowestOf(places: readonly Place[], shape: EtsShape, at: (point: Float64Array) => Place): Place {
  const smoothing = smoothingCount(shape);
  if (places.length === 1) return descend(places[0]!, smoothing, at);
  const [first, second] = places
    .map((place) => descend(place, smoothing, at, 6))
    .sort((a, b) => a.deviance - b.deviance);
  const best = descend(first!, smoothing, at);
  const hopeful = second!.deviance > first!.deviance + 0.01 && second!.deviance < best.deviance + 4;
  return hopeful ? leastOf([best, descend(second!, smoothing, at)]) : best;
}

/**
 * Where to begin without a season: heuristic states, and for each of a few speeds of the slope the best of a few levels of
 * smoothing. The last one hardly moves at all: a straight line is often an optimum of its own.
 */
function gridStarts(y: Float64Array, shape: EtsShape): Float64Array[] {
  const start = etsStart(y, shape, 1);
  // A line that falls through zero would have every forecast refused.
  const falling = shape.error === 'M' && start.level + 10 * start.slope <= 0;
  const states = falling ? { level: y[0]!, slope: 0, seasons: [] } : { ...start, seasons: [] };
  const dampings = shape.trend === 'Ad' ? [0.85, 0.97] : [1];
  const starts = (shape.trend === 'N' ? [0] : [0.01, 0.1, 0.4]).map((share) => {
    const grid = [0.1, 0.4, 0.7, 0.95].flatMap((alpha) =>
      dampings.map((phi) => ({ ...states, alpha, beta: share * alpha, gamma: 0, phi })),
    );
    const deviances = grid.map((parameters) => etsDeviance(etsPass(y, parameters, shape), y.length));
    const least = deviances.reduce(
      (best, value, i) => (value < deviances[best]! || Number.isNaN(deviances[best]!) ? i : best),
      0,
    );
    return pointOf(grid[least]!, shape);
  });
  if (shape.trend === 'N') return starts;
  const still = { ...states, alpha: 0.018, beta: 0.0021, gamma: 0, phi: shape.trend === 'Ad' ? 0.93 : 1 };
  return [...starts, pointOf(still, shape)];
}

/** The point after a short search of the smoothing parameters alone, from heuristic states. */
function searched(y: Float64Array, shape: EtsShape, seasonLength: number): Float64Array {
  const { level, slope, seasons } = etsStart(y, shape, seasonLength);
  // A line that falls through zero would have every forecast refused.
  const falling = shape.error === 'M' && level + 10 * slope <= 0;
  const states = falling
    ? { level: y[0]!, slope: 0, seasons: Array.from(seasons) }
    : { level, slope, seasons: Array.from(seasons) };
  const objective = (point: ArrayLike<number>) => {
    const smoothing = smoothingAt(point, shape);
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
  if (Number.isFinite(placesOf(y, shape, seasonLength)(point).deviance)) return point;
  // The far end of a coordinate may be admissible where its bound no longer is; the start, well inside, mostly is.
  return pointOf({ ...smoothingAt(start, shape), ...states }, shape);
}

/** Damped Gauss-Newton descent; the deviance falls at each step taken. */
function descend(start: Place, smoothing: number, at: (point: Float64Array) => Place, rounds = 40): Place {
  let best = start;
  let damping = 1e-3;
  let quiet = 0;
  for (let round = 0; round < rounds && quiet < 2; round++) {
    const next = stepDown(best, damping, smoothing, at);
    if (next === undefined) break;
    quiet = best.deviance - next.place.deviance < QUIET ? quiet + 1 : 0;
    best = next.place;
    damping = Math.max(1e-8, next.damping / 10);
  }
  return best;
}

/** A fall of the deviance that two steps in a row must not exceed to end the descent. */
const QUIET = 2e-4;

/** The first step that lowers the deviance, more and more damped; undefined when none does. */
function stepDown(
  from: Place,
  first: number,
  smoothing: number,
  at: (point: Float64Array) => Place,
): { place: Place; damping: number } | undefined {
  const { gram, gradient } = from.equations();
  const size = gradient.length;
  for (let damping = first; damping < 1e4; damping *= 10) {
    const damped = gram.slice();
    for (let i = 0; i < size; i++) damped[i * size + i]! += damping * (gram[i * size + i]! + 1e-12);
    const step = boundedStep(damped, gradient, from.point, smoothing);
    if (step === undefined) continue;
    const place = at(from.point.map((value, i) => value - step[i]!));
    if (place.deviance < from.deviance) return { place, damping };
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
