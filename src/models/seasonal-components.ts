import { ridgeFromMoments } from '../stats/least-squares.ts';

/** One seasonal wave: `count` harmonics of `period` observations, which need not be whole. */
export interface Waves {
  readonly period: number;
  readonly count: number;
}

/**
 * An estimated season, as plain numbers: sine and cosine coefficients of the harmonics of `waves`, or profiles by place
 * in each whole period, which add up.
 */
export type SeasonalComponent =
  | { readonly waves: Waves; readonly coefficients: readonly number[] }
  | { readonly profiles: readonly (readonly number[])[] };

/** The season at observation `t`, also at those to come; 0 is the series' first. */
export function seasonAt(component: SeasonalComponent, t: number): number {
  if ('profiles' in component) {
    return component.profiles.reduce((sum, profile) => sum + profile[t % profile.length]!, 0);
  }
  const row = new Float64Array(component.coefficients.length);
  writeWaves(row, 0, t, [component.waves]);
  return component.coefficients.reduce((sum, coefficient, i) => sum + coefficient * row[i]!, 0);
}

/** Writes sine and cosine of each harmonic at observation `t` into `row` from `at` on; returns where it stopped. */
export function writeWaves(row: Float64Array, at: number, t: number, waves: readonly Waves[]): number {
  let place = at;
  for (const { period, count } of waves) {
    for (let k = 1; k <= count; k++) {
      const angle = (2 * Math.PI * k * t) / period;
      row[place++] = Math.sin(angle);
      row[place++] = Math.cos(angle);
    }
  }
  return place;
}

/** Columns that `writeWaves` fills. */
export function waveColumns(waves: readonly Waves[]): number {
  return waves.reduce((sum, { count }) => sum + 2 * count, 0);
}

/**
 * Coefficients of discounted ridge regression: rows are made one after another by `writeRow` (which returns the target),
 * a row `halfLife` before the last weighs half. `ridge` is relative to each column's sum of squares; column 0 is the
 * intercept. Also the discounted root mean square of the errors, with the degrees of freedom taken off.
 */
export function discountedRegression(
  rows: number,
  size: number,
  writeRow: (index: number, row: Float64Array) => number,
  settings: { readonly halfLife: number; readonly ridge: number },
): { coefficients: Float64Array; sigma: number } {
  const gram = new Float64Array(size * size);
  const moment = new Float64Array(size);
  const row = new Float64Array(size);
  const decay = 0.5 ** (1 / settings.halfLife);
  let weight = decay ** (rows - 1);
  let weights = 0;
  let squares = 0;
  for (let index = 0; index < rows; index++) {
    const target = writeRow(index, row);
    for (let i = 0; i < size; i++) {
      const weighted = weight * row[i]!;
      moment[i]! += weighted * target;
      if (weighted !== 0) for (let j = 0; j <= i; j++) gram[i * size + j]! += weighted * row[j]!;
    }
    squares += weight * target * target;
    weights += weight;
    weight /= decay;
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) gram[j * size + i] = gram[i * size + j]!;
  const coefficients = ridgeFromMoments(gram, moment, settings.ridge, true);
  let residual = squares;
  for (let i = 0; i < size; i++) {
    let fitted = 0;
    for (let j = 0; j < size; j++) fitted += gram[i * size + j]! * coefficients[j]!;
    residual += coefficients[i]! * (fitted - 2 * moment[i]!);
  }
  const free = Math.max(0.2, 1 - size / rows);
  return { coefficients, sigma: Math.sqrt(Math.max(0, residual) / (weights * free)) };
}

/**
 * A smooth season of any period: harmonics fitted to the series less its centred moving average over one period, by
 * discounted regression. undefined on less than two periods.
 */
export function harmonicSeason(z: Float64Array, waves: Waves, halfLife: number): SeasonalComponent | undefined {
  const half = Math.floor(waves.period / 2);
  const rows = z.length - 2 * half;
  if (rows < waves.period) return undefined;
  const sums = runningSums(z);
  const size = 1 + 2 * waves.count;
  const { coefficients } = discountedRegression(
    rows,
    size,
    (index, row) => {
      const t = index + half;
      row[0] = 1;
      writeWaves(row, 1, t, [waves]);
      return z[t]! - (sums[t + half + 1]! - sums[t - half]!) / (2 * half + 1);
    },
    { halfLife, ridge: 0.001 },
  );
  return { waves, coefficients: Array.from(coefficients.subarray(1)) };
}

/**
 * Seasons of whole periods, each dividing the next, as discounted means by place of the series less its moving average
 * over the longest: the profile of the shortest first, of the next on what is left. Places seen seldom are drawn to 0,
 * a season of `memory` longest periods ago weighs half. undefined on less than two of the longest periods.
 */
export function profileSeason(
  z: Float64Array,
  periods: readonly number[],
  memory: number,
): SeasonalComponent | undefined {
  const longest = Math.max(...periods);
  if (z.length < 2 * longest) return undefined;
  const rest = lessMovingAverage(z, longest);
  const decay = 0.5 ** (1 / (memory * longest));
  const profiles = periods.map((period) => {
    const sums = new Float64Array(period);
    const weights = new Float64Array(period);
    for (let t = 0, weight = decay ** z.length; t < z.length; t++, weight /= decay) {
      sums[t % period]! += weight * rest[t]!;
      weights[t % period]! += weight;
    }
    const profile = sums.map((sum, place) => sum / (weights[place]! + 0.3));
    for (let t = 0; t < z.length; t++) rest[t]! -= profile[t % period]!;
    return Array.from(profile);
  });
  return { profiles };
}

/** At the ends the average is over the first, or last, whole window. */
function lessMovingAverage(z: Float64Array, window: number): Float64Array {
  const sums = runningSums(z);
  const half = Math.floor(window / 2);
  return z.map((value, t) => {
    const from = Math.min(Math.max(0, t - half), z.length - window);
    return value - (sums[from + window]! - sums[from]!) / window;
  });
}

function runningSums(z: Float64Array): Float64Array {
  const sums = new Float64Array(z.length + 1);
  for (let t = 0; t < z.length; t++) sums[t + 1] = sums[t]! + z[t]!;
  return sums;
}
