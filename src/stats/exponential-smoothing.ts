import { minimiseScalar } from './golden-section.ts';

/** Simple exponential smoothing, fitted. All levels are in the unit of the series. */
export interface SimpleSmoothing {
  readonly alpha: number;
  /** The level before the first observation. */
  readonly initialLevel: number;
  /** The level after the last one: the forecast for every horizon. */
  readonly level: number;
  readonly sumSquaredErrors: number;
}

/**
 * Simple exponential smoothing by exact least squares: for a given alpha the errors are linear in the initial level, so
 * the best one has a closed form, and only alpha in [1e-4, 1] is searched, by a grid and golden section. With normal
 * errors this is the maximum likelihood of ETS(A,N,N) (Hyndman, Koehler, Ord & Snyder 2008, section 5.1).
 * `y` is finite and has at least 2 values. A constant series gives its value, whatever alpha.
 */
export function fitSimpleSmoothing(y: ArrayLike<number>): SimpleSmoothing {
  const best = minimiseScalar((alpha) => smooth(y, alpha).sumSquaredErrors, 1e-4, 1, 1e-7, 24);
  return smooth(y, best.x);
}

/** The level after the last value of `y`, from a known start: what `update` needs. */
export function smoothedLevel(y: ArrayLike<number>, alpha: number, initialLevel: number): number {
  let level = initialLevel;
  for (let t = 0; t < y.length; t++) level += alpha * (y[t]! - level);
  return level;
}

/** One pass from the level y[0], with the weight that the initial level has in each error; then the best shift of it. */
function smooth(y: ArrayLike<number>, alpha: number): SimpleSmoothing {
  let level = y[0]!;
  let weight = 1;
  let squares = 0;
  let cross = 0;
  let weights = 0;
  for (let t = 0; t < y.length; t++) {
    const error = y[t]! - level;
    squares += error * error;
    cross += error * weight;
    weights += weight * weight;
    level += alpha * error;
    weight *= 1 - alpha;
  }
  const shift = cross / weights;
  return {
    alpha,
    initialLevel: y[0]! + shift,
    level: level + shift * weight,
    sumSquaredErrors: Math.max(0, squares - shift * cross),
  };
}
