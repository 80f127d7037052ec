import { minimiseScalar } from '../stats/golden-section.ts';
import { linearTrend } from '../stats/least-squares.ts';

/** A Theta model of Fiorucci et al. (2016), fitted; levels in the unit of the series. */
export interface OptimisedTheta {
  readonly alpha: number;
  /** 1 - 1 / theta, in [0, 1): the weight of the extrapolated line. */
  readonly lineWeight: number;
  readonly initialLevel: number;
  readonly sumSquaredErrors: number;
}

/** Where a Theta model stands after the last observation. */
export interface ThetaPosition {
  readonly observations: number;
  readonly level: number;
  /** Mean of the observations. */
  readonly average: number;
  /** Intercept and slope of the line over t = 1..n. */
  readonly intercept: number;
  readonly slope: number;
}

/**
 * Least squares of the optimised Theta model (`dynamic` false: the line is that of the whole series) or the dynamic one
 * (the line is that of the observations so far), with alpha in [0.1, 0.99] and theta >= 1 as Fiorucci, Pellegrini,
 * Louzada, Petropoulos & Koehler (2016, International Journal of Forecasting 32, equations 7 to 13) set them. For a
 * given alpha the errors are linear in the initial level and in 1 - 1/theta, so only alpha is searched. `y` has at
 * least 3 values.
 */
export function fitOptimisedTheta(y: Float64Array, dynamic: boolean): OptimisedTheta {
  const best = minimiseScalar((alpha) => solve(y, alpha, dynamic).sumSquaredErrors, 0.1, 0.99, 1e-6, 16);
  return solve(y, best.x, dynamic);
}

/** Runs a fitted model over `y` with its parameters kept. */
export function positionTheta(y: Float64Array, fit: OptimisedTheta, dynamic: boolean): ThetaPosition {
  const line = wholeLine(y);
  let { initialLevel: level } = fit;
  let [average, slope] = [0, 0];
  for (let t = 1; t <= y.length; t++) {
    const value = y[t - 1]!;
    slope = nextSlope(slope, average, value, t);
    average += (value - average) / t;
    level += fit.alpha * (value - level);
  }
  if (!dynamic) return { observations: y.length, level, average, ...line };
  return { observations: y.length, level, average, slope, intercept: average - (slope * (y.length + 1)) / 2 };
}

/** What the forecast adds to the level at observation t (counted from 1), per unit of `lineWeight`. */
export function thetaLine(alpha: number, t: number, intercept: number, slope: number): number {
  const decay = (1 - alpha) ** (t - 1);
  return decay * intercept + ((1 - decay * (1 - alpha)) / alpha) * slope;
}

/** The slope over t observations from that over t - 1, and the mean of those (2016, equation 12). */
export function nextSlope(slope: number, average: number, value: number, t: number): number {
  return t === 1 ? 0 : ((t - 2) * slope + (6 / t) * (value - average)) / (t + 1);
}

function wholeLine(y: Float64Array): { intercept: number; slope: number } {
  const { intercept, slope } = linearTrend(y);
  return { intercept: intercept - slope, slope };
}

/** The best initial level and line weight for one alpha. */
function solve(y: Float64Array, alpha: number, dynamic: boolean): OptimisedTheta {
  const fixed = wholeLine(y);
  let [average, slope, level, weight] = [0, 0, 0, 1];
  // Sums of products of: the error of a level from 0, the weight of the initial level, the line.
  let [ee, ew, el, ww, wl, ll] = [0, 0, 0, 0, 0, 0];
  // Powers are carried along rather than taken anew at each step.
  let decay = 1;
  for (let t = 1; t <= y.length; t++) {
    const value = y[t - 1]!;
    const [intercept, steep] = dynamic ? [average - (slope * t) / 2, slope] : [fixed.intercept, fixed.slope];
    const line = decay * intercept + ((1 - decay * (1 - alpha)) / alpha) * steep;
    const error = value - level;
    ee += error * error;
    ew += error * weight;
    el += error * line;
    ww += weight * weight;
    wl += weight * line;
    ll += line * line;
    level += alpha * error;
    weight *= 1 - alpha;
    decay *= 1 - alpha;
    slope = nextSlope(slope, average, value, t);
    average += (value - average) / t;
  }
  const determinant = ww * ll - wl * wl;
  const free = determinant > 1e-12 * ww * ll ? (ww * el - wl * ew) / determinant : 0;
  // theta >= 1; the weight 1 would be an infinite theta.
  const lineWeight = Math.min(1 - 1e-9, Math.max(0, free));
  const initialLevel = (ew - lineWeight * wl) / ww;
  const sumSquaredErrors =
    ee -
    2 * lineWeight * el -
    2 * initialLevel * ew +
    lineWeight ** 2 * ll +
    2 * lineWeight * initialLevel * wl +
    initialLevel ** 2 * ww;
  return { alpha, lineWeight, initialLevel, sumSquaredErrors: Math.max(0, sumSquaredErrors) };
}
