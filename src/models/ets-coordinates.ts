import { rootsBeyond } from './arma-polynomials.ts';
import type { EtsParameters, EtsShape } from './ets-form.ts';
import type { EtsDirections } from './ets-sensitivity.ts';

/**
 * Unbounded coordinates of a form: first the smoothing parameters it has (alpha, beta, gamma, phi, each by a logistic
 * within its bounds), then its initial states (level, slope, all seasons but the last, which their sum gives).
 * Bounds are the usual ones: 0 < alpha < 1, 0 < beta < alpha, 0 < gamma < 1 - alpha, 0.8 < phi < 0.98, less 1e-4 at ends
 * (Hyndman, Koehler, Ord & Snyder 2008, section 2.7.1, and R's `ets`).
 */
export function smoothingCount({ trend, season }: EtsShape): number {
  return { N: 1, A: 2, Ad: 3 }[trend] + (season === 'N' ? 0 : 1);
}

/** Smoothing parameters at the first coordinates of `x`. */
export function smoothingAt(x: ArrayLike<number>, shape: EtsShape): Smoothing {
  const { trend, season } = shape;
  let next = 0;
  const alpha = within(x[next++]!, 0, 1);
  const beta = trend === 'N' ? 0 : alpha * within(x[next++]!, 0, 1);
  const gamma = season === 'N' ? 0 : (1 - alpha) * within(x[next++]!, 0, 1);
  const phi = trend === 'Ad' ? within(x[next]!, 0.8, 0.98) : 1;
  return { alpha, beta, gamma, phi };
}

/** Where to begin the search of the smoothing parameters. */
export function smoothingStart({ trend, season }: EtsShape): number[] {
  const start = season === 'N' ? [1] : [0];
  if (trend !== 'N') start.push(-3);
  if (season !== 'N') start.push(-2);
  if (trend === 'Ad') start.push(2);
  return start;
}

/** The coordinates of given parameters, kept off the far ends where the search would not move. */
export function pointOf(parameters: EtsParameters, shape: EtsShape): Float64Array {
  const { trend, season } = shape;
  const { alpha, beta, gamma, phi } = parameters;
  const point = [inverse(alpha, 0, 1)];
  if (trend !== 'N') point.push(inverse(beta / alpha, 0, 1));
  if (season !== 'N') point.push(inverse(gamma / (1 - alpha), 0, 1));
  if (trend === 'Ad') point.push(inverse(phi, 0.8, 0.98));
  const smoothing = point.map(bounded);
  const slope = trend === 'N' ? [] : [parameters.slope];
  return Float64Array.from([...smoothing, parameters.level, ...slope, ...parameters.seasons.slice(0, -1)]);
}

/** A logistic coordinate kept 1e-4 off the ends of its interval, where it still moves. */
export function bounded(x: number): number {
  return Math.min(9.21, Math.max(-9.21, x));
}

/** The parameters at a whole point. */
export function parametersAt(x: Float64Array, shape: EtsShape, seasonLength: number): EtsParameters {
  let next = smoothingCount(shape);
  const level = x[next++]!;
  const slope = shape.trend === 'N' ? 0 : x[next++]!;
  const seasons: number[] = [];
  if (shape.season !== 'N') {
    let last = shape.season === 'M' ? seasonLength : 0;
    for (let i = 0; i + 1 < seasonLength; i++) {
      seasons.push(x[next + i]!);
      last -= x[next + i]!;
    }
    seasons.push(last);
  }
  return { ...smoothingAt(x, shape), level, slope, seasons };
}

/** How the parameters move along each coordinate at a point. */
export function directionsAt(x: Float64Array, shape: EtsShape, seasonLength: number): EtsDirections {
  const count = x.length;
  const column = () => new Float64Array(count);
  const places = shape.season === 'N' ? 0 : seasonLength;
  const directions = {
    count,
    alpha: column(),
    beta: column(),
    gamma: column(),
    phi: column(),
    level: column(),
    slope: column(),
    seasons: new Float64Array(places * count),
  };
  const { alpha, beta, gamma } = smoothingAt(x, shape);
  let next = 0;
  directions.alpha[0] = slopeWithin(x[next++]!, 0, 1);
  if (shape.trend !== 'N') {
    directions.beta[0] = (beta / alpha) * directions.alpha[0];
    directions.beta[next] = alpha * slopeWithin(x[next++]!, 0, 1);
  }
  if (shape.season !== 'N') {
    directions.gamma[0] = (-gamma / (1 - alpha)) * directions.alpha[0];
    directions.gamma[next] = (1 - alpha) * slopeWithin(x[next++]!, 0, 1);
  }
  if (shape.trend === 'Ad') directions.phi[next] = slopeWithin(x[next++]!, 0.8, 0.98);
  directions.level[next++] = 1;
  if (shape.trend !== 'N') directions.slope[next++] = 1;
  for (let i = 0; i + 1 < places; i++) {
    directions.seasons[i * count + next + i] = 1;
    directions.seasons[(places - 1) * count + next + i] = -1;
  }
  return directions;
}

/**
 * Whether the errors' influence on the states dies out (2008, section 10.3; the characteristic equation of R's
 * `admissible`). Within the usual bounds only forms with a season can fail.
 */
export function isAdmissible({ alpha, beta, gamma, phi }: Smoothing, shape: EtsShape, seasonLength: number): boolean {
  if (shape.season === 'N') return true;
  const easy =
    gamma <= 1 + 1 / phi - alpha &&
    alpha >= 1 - 1 / phi - (gamma * (1 - seasonLength + phi + phi * seasonLength)) / (2 * phi * seasonLength) &&
    beta >= -(1 - phi) * (gamma / seasonLength + alpha);
  if (!easy) return false;
  // Without a trend the equation holds throughout the usual bounds.
  if (shape.trend === 'N') return true;
  const middle = alpha + beta - alpha * phi;
  const coefficients = new Float64Array(seasonLength + 1).fill(-middle);
  coefficients[0] = phi - alpha - beta;
  coefficients[seasonLength - 1] = 1 - middle - gamma;
  coefficients[seasonLength] = phi * (alpha + gamma - 1);
  return rootsBeyond(coefficients, 1 - 1e-9);
}

export interface Smoothing {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
}

function within(x: number, low: number, high: number): number {
  return low + (high - low) / (1 + Math.exp(-x));
}

function slopeWithin(x: number, low: number, high: number): number {
  const share = 1 / (1 + Math.exp(-x));
  return (high - low) * share * (1 - share);
}

function inverse(value: number, low: number, high: number): number {
  const share = (value - low) / (high - low);
  return Math.log(Math.max(share, 1e-9) / Math.max(1 - share, 1e-9));
}
