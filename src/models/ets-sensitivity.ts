import type { EtsParameters, EtsShape } from './ets-form.ts';

/** Directions in which the parameters may move: column j moves each by the j-th entry. */
export interface EtsDirections {
  readonly count: number;
  readonly alpha: Float64Array;
  readonly beta: Float64Array;
  readonly gamma: Float64Array;
  readonly phi: Float64Array;
  readonly level: Float64Array;
  readonly slope: Float64Array;
  /** `seasons[i * count + j]`. */
  readonly seasons: Float64Array;
}

/** Moments of a Gauss-Newton step on the deviance. */
export interface EtsNormalEquations {
  /** J'J of the residuals, row-major, both triangles. */
  readonly gram: Float64Array;
  /** J'r of the residuals. */
  readonly gradient: Float64Array;
}

/**
 * Gauss-Newton moments of one form at `parameters`. With multiplicative errors the deviance n log(sum e^2) + 2 sum log mu
 * is n log of the sum of squares of e_t g, g the geometric mean of the forecasts mu, so that it too is a least squares
 * problem (the device of Box & Cox 1964, equation 11). Derivatives are carried along with the recursion. The parameters
 * must be ones that `etsPass` does not refuse.
 */
export function etsNormalEquations(
  y: Float64Array,
  parameters: EtsParameters,
  shape: EtsShape,
  directions: EtsDirections,
): EtsNormalEquations {
  const { count } = directions;
  const walk = startWalk(parameters, directions);
  const relative = shape.error === 'M';
  const gram = new Float64Array(count * count);
  const cross = new Float64Array(count);
  const sums = new Float64Array(count);
  const row = new Float64Array(count);
  let squares = 0;
  for (let t = 0; t < y.length; t++) {
    const forecast = shape.season === 'M' ? stepProduct(walk, y[t]!, t, row) : stepSum(walk, y[t]!, t, row);
    let error = y[t]! - forecast;
    if (relative) {
      error /= forecast;
      for (let j = 0; j < count; j++) {
        row[j]! /= forecast;
        sums[j]! += row[j]!;
        row[j]! *= 1 + error;
      }
      squares += error * error;
    }
    for (let j = 0; j < count; j++) {
      const value = row[j]!;
      cross[j]! += value * error;
      const base = j * count;
      for (let k = 0; k <= j; k++) gram[base + k]! += value * row[k]!;
    }
  }
  // The residuals fall as the forecasts rise.
  const gradient = cross.map((value, j) => (relative ? (squares * sums[j]!) / y.length - value : -value));
  for (let j = 0; j < count; j++) {
    for (let k = 0; k <= j; k++) {
      const [dj, dk] = [sums[j]! / y.length, sums[k]! / y.length];
      if (relative) gram[j * count + k]! += squares * dj * dk - cross[j]! * dk - cross[k]! * dj;
      gram[k * count + j] = gram[j * count + k]!;
    }
  }
  return { gram, gradient };
}

interface Walk {
  readonly parameters: EtsParameters;
  readonly directions: EtsDirections;
  level: number;
  slope: number;
  readonly seasons: Float64Array;
  readonly levelBy: Float64Array;
  readonly slopeBy: Float64Array;
  readonly seasonsBy: Float64Array;
}

function startWalk(parameters: EtsParameters, directions: EtsDirections): Walk {
  return {
    parameters,
    directions,
    level: parameters.level,
    slope: parameters.slope,
    seasons: Float64Array.from(parameters.seasons),
    levelBy: directions.level.slice(),
    slopeBy: directions.slope.slice(),
    seasonsBy: directions.seasons.slice(),
  };
}

/** One step without a season or with an additive one: writes the forecast's derivatives to `row` and gives it. */
function stepSum(walk: Walk, value: number, t: number, row: Float64Array): number {
  const { alpha, beta, gamma, phi } = walk.parameters;
  const { count, alpha: da, beta: db, gamma: dg, phi: dp } = walk.directions;
  const { levelBy, slopeBy, seasons, seasonsBy } = walk;
  const seasonal = seasons.length > 0;
  const place = seasonal ? t % seasons.length : 0;
  const at = place * count;
  const { slope } = walk;
  const base = walk.level + phi * slope;
  const forecast = seasonal ? base + seasons[place]! : base;
  const error = value - forecast;
  for (let j = 0; j < count; j++) {
    const damped = phi * slopeBy[j]! + slope * dp[j]!;
    const baseBy = levelBy[j]! + damped;
    const by = seasonal ? baseBy + seasonsBy[at + j]! : baseBy;
    row[j] = by;
    levelBy[j] = baseBy - alpha * by + error * da[j]!;
    slopeBy[j] = damped - beta * by + error * db[j]!;
    if (seasonal) seasonsBy[at + j]! += error * dg[j]! - gamma * by;
  }
  walk.level = base + alpha * error;
  walk.slope = phi * slope + beta * error;
  if (seasonal) seasons[place]! += gamma * error;
  return forecast;
}

/** One step with a multiplicative season. */
function stepProduct(walk: Walk, value: number, t: number, row: Float64Array): number {
  const { alpha, beta, gamma, phi } = walk.parameters;
  const { count, alpha: da, beta: db, gamma: dg, phi: dp } = walk.directions;
  const { levelBy, slopeBy, seasons, seasonsBy } = walk;
  const place = t % seasons.length;
  const at = place * count;
  const { slope } = walk;
  const season = seasons[place]!;
  const base = walk.level + phi * slope;
  const forecast = base * season;
  const levelStep = value / season - base;
  const seasonStep = value / base - season;
  for (let j = 0; j < count; j++) {
    const damped = phi * slopeBy[j]! + slope * dp[j]!;
    const baseBy = levelBy[j]! + damped;
    const seasonBy = seasonsBy[at + j]!;
    row[j] = season * baseBy + base * seasonBy;
    const levelStepBy = -(value / (season * season)) * seasonBy - baseBy;
    const seasonStepBy = -(value / (base * base)) * baseBy - seasonBy;
    levelBy[j] = baseBy + alpha * levelStepBy + levelStep * da[j]!;
    slopeBy[j] = damped + beta * levelStepBy + levelStep * db[j]!;
    seasonsBy[at + j] = seasonBy + gamma * seasonStepBy + seasonStep * dg[j]!;
  }
  walk.level = base + alpha * levelStep;
  walk.slope = phi * slope + beta * levelStep;
  seasons[place] = season + gamma * seasonStep;
  return forecast;
}
