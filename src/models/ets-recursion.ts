import type { EtsParameters, EtsShape } from './ets-form.ts';

/** What one pass over the series gives. */
export interface EtsPass {
  /** Sum of squared errors: relative ones when multiplicative. NaN when a one-step forecast is refused. */
  readonly squares: number;
  /** Sum of the logs of the one-step forecasts; 0 for additive errors. */
  readonly logForecasts: number;
  readonly level: number;
  readonly slope: number;
  /** Seasonal states after the last observation, in the places of `EtsParameters.seasons`. */
  readonly seasons: Float64Array;
}

/**
 * The innovations recursion (Hyndman, Koehler, Ord & Snyder 2008, tables 2.2 and 2.3). With the error in units of the
 * series the states move alike under additive and multiplicative errors; only what is summed differs. A forecast that is
 * not positive is refused under multiplicative errors, and so are a level or a seasonal state that a multiplicative
 * season would have to divide by.
 */
export function etsPass(y: Float64Array, parameters: EtsParameters, shape: EtsShape): EtsPass {
  if (shape.season === 'M') return productPass(y, parameters);
  return shape.season === 'A' ? sumPass(y, parameters, shape) : plainPass(y, parameters, shape);
}

/** Minus twice the log likelihood with the variance concentrated out (2008, equation 5.2). NaN where refused. */
export function etsDeviance({ squares, logForecasts }: Pick<EtsPass, 'squares' | 'logForecasts'>, n: number): number {
  // A perfect fit has an infinite likelihood; the floor keeps the criterion finite and comparable.
  const variance = Math.max(squares / n, 1e-24);
  return n * (Math.log(2 * Math.PI * variance) + 1) + 2 * logForecasts;
}

const noSeasons = new Float64Array(0);

function plainPass(y: Float64Array, parameters: EtsParameters, { error: kind }: EtsShape): EtsPass {
  const { alpha, beta, phi } = parameters;
  const relative = kind === 'M';
  let { level, slope } = parameters;
  let squares = 0;
  let logs = 0;
  let product = 1;
  for (let t = 0; t < y.length; t++) {
    const damped = phi * slope;
    const forecast = level + damped;
    const error = y[t]! - forecast;
    if (relative) {
      if (!(forecast > 0)) return refused;
      const share = error / forecast;
      squares += share * share;
      product *= forecast;
      // One logarithm for many factors: they are most of the cost of a pass.
      if (product > 1e150 || product < 1e-150) {
        logs += Math.log(product);
        product = 1;
      }
    } else {
      squares += error * error;
    }
    level = forecast + alpha * error;
    slope = damped + beta * error;
  }
  return { squares, logForecasts: logs + Math.log(product), level, slope, seasons: noSeasons };
}

function sumPass(y: Float64Array, parameters: EtsParameters, { error: kind }: EtsShape): EtsPass {
  const { alpha, beta, gamma, phi } = parameters;
  const relative = kind === 'M';
  const seasons = Float64Array.from(parameters.seasons);
  let { level, slope } = parameters;
  let squares = 0;
  let logs = 0;
  let product = 1;
  for (let t = 0, place = 0; t < y.length; t++) {
    const damped = phi * slope;
    const base = level + damped;
    const forecast = base + seasons[place]!;
    const error = y[t]! - forecast;
    if (relative) {
      if (!(forecast > 0)) return refused;
      const share = error / forecast;
      squares += share * share;
      product *= forecast;
      if (product > 1e150 || product < 1e-150) {
        logs += Math.log(product);
        product = 1;
      }
    } else {
      squares += error * error;
    }
    level = base + alpha * error;
    slope = damped + beta * error;
    seasons[place]! += gamma * error;
    if (++place === seasons.length) place = 0;
  }
  return { squares, logForecasts: logs + Math.log(product), level, slope, seasons };
}

function productPass(y: Float64Array, parameters: EtsParameters): EtsPass {
  const { alpha, beta, gamma, phi } = parameters;
  const seasons = Float64Array.from(parameters.seasons);
  let { level, slope } = parameters;
  let squares = 0;
  let logs = 0;
  let product = 1;
  for (let t = 0, place = 0; t < y.length; t++) {
    const damped = phi * slope;
    const base = level + damped;
    const season = seasons[place]!;
    if (!(base > 0 && season > 0)) return refused;
    const forecast = base * season;
    const share = (y[t]! - forecast) / forecast;
    squares += share * share;
    product *= forecast;
    if (product > 1e150 || product < 1e-150) {
      logs += Math.log(product);
      product = 1;
    }
    const step = base * share;
    level = base + alpha * step;
    slope = damped + beta * step;
    seasons[place] = season * (1 + gamma * share);
    if (++place === seasons.length) place = 0;
  }
  return { squares, logForecasts: logs + Math.log(product), level, slope, seasons };
}

const refused: EtsPass = {
  squares: Number.NaN,
  logForecasts: Number.NaN,
  level: Number.NaN,
  slope: Number.NaN,
  seasons: noSeasons,
};
