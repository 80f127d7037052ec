import { choleskyFactor, choleskySolve } from '../stats/least-squares.ts';
import { nelderMead } from '../stats/nelder-mead.ts';
import {
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
  const points = starts.length > 0 ? starts.map((start) => pointOf(start, shape)) : [searched(y, shape, seasonLength)];
  let best: Descent | undefined;
  for (const point of points) {
    const descent = descend(y, shape, seasonLength, point);
    if (Number.isFinite(descent.deviance) && !(best !== undefined && best.deviance <= descent.deviance)) best = descent;
  }
  if (best === undefined) return undefined;
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

/** The point after a short search of the smoothing parameters alone. */
function searched(y: Float64Array, shape: EtsShape, seasonLength: number): Float64Array {
  const { level, slope, seasons } = etsStart(y, shape, seasonLength);
  const states = { level, slope, seasons: Array.from(seasons) };
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
  return pointOf({ ...smoothingAt(x, shape), ...states }, shape);
}

/** Damped Gauss-Newton descent; the deviance falls at each step taken. */
function descend(y: Float64Array, shape: EtsShape, seasonLength: number, start: Float64Array): Descent {
  const devianceAt = (point: Float64Array) => {
    const parameters = parametersAt(point, shape, seasonLength);
    if (!isAdmissible(parameters, shape, seasonLength)) return Number.NaN;
    return etsDeviance(etsPass(y, parameters, shape), y.length);
  };
  let best: Descent = { point: start, deviance: devianceAt(start) };
  let damping = 1e-3;
  let quiet = 0;
  for (let round = 0; round < 60 && quiet < 2 && Number.isFinite(best.deviance); round++) {
    const parameters = parametersAt(best.point, shape, seasonLength);
    const equations = etsNormalEquations(y, parameters, shape, directionsAt(best.point, shape, seasonLength));
    const next = stepDown(best, equations, damping, smoothingCount(shape), devianceAt);
    if (next === undefined) break;
    quiet = best.deviance - next.descent.deviance < 1e-5 ? quiet + 1 : 0;
    best = next.descent;
    damping = Math.max(1e-8, next.damping / 10);
  }
  return best;
}

/** The first step that lowers the deviance, more and more damped; undefined when none does. */
function stepDown(
  from: Descent,
  { gram, gradient }: { gram: Float64Array; gradient: Float64Array },
  first: number,
  smoothing: number,
  devianceAt: (point: Float64Array) => number,
): { descent: Descent; damping: number } | undefined {
  const size = gradient.length;
  for (let damping = first; damping < 1e7; damping *= 10) {
    const damped = gram.slice();
    for (let i = 0; i < size; i++) damped[i * size + i]! += damping * (gram[i * size + i]! + 1e-12);
    const lower = choleskyFactor(damped, size);
    if (lower === undefined) continue;
    const step = choleskySolve(lower, size, gradient);
    // A far step in a logistic coordinate ends on a plateau from which nothing leads back.
    const point = from.point.map((value, i) => {
      if (i >= smoothing) return value - step[i]!;
      return Math.min(12, Math.max(-14, value - Math.min(2, Math.max(-2, step[i]!))));
    });
    const deviance = devianceAt(point);
    if (deviance < from.deviance) return { descent: { point, deviance }, damping };
  }
  return undefined;
}
