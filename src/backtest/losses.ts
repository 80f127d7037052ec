import { quantileLevels } from '../domain/forecaster.ts';
import { weightedIntervalScore } from '../stats/scoring.ts';
import { medianLevel } from './conformal.ts';
import { type Folds, pickFolds } from './rolling-origin.ts';

/**
 * What one model forecast and lost over a block of origins. Row r is `origins[r]`, column h - 1 is horizon h, cell
 * `r * horizon + h - 1`; every figure is finite where the fold succeeded, and NaN (0 for the flags) where it failed.
 * Money is in the unit of the series (RUB per gram).
 */
export interface LossTable {
  readonly origins: Int32Array;
  readonly horizon: number;
  readonly target: Float64Array;
  readonly mean: Float64Array;
  readonly median: Float64Array;
  /** Weighted interval score over the nine levels (Bracher et al. 2021). */
  readonly wis: Float64Array;
  /** 1 where the target lies inside the central interval, ends included, else 0. */
  readonly inside50: Uint8Array;
  readonly inside80: Uint8Array;
  readonly inside95: Uint8Array;
}

/** Losses at the given origins, whose targets must all be inside `y`. `folds` carry calibrated quantiles. */
export function lossTable(folds: Folds, y: Float64Array, origins: readonly number[]): LossTable {
  const { horizon, mean, quantiles, origins: rows } = pickFolds(folds, origins);
  const size = origins.length * horizon;
  const table: LossTable = {
    origins: rows,
    horizon,
    target: new Float64Array(size),
    mean,
    median: new Float64Array(size),
    wis: new Float64Array(size),
    inside50: new Uint8Array(size),
    inside80: new Uint8Array(size),
    inside95: new Uint8Array(size),
  };
  const spread = new Float64Array(quantileLevels.length);
  for (let cell = 0; cell < size; cell += 1) {
    const row = Math.floor(cell / horizon);
    const index = cell % horizon;
    const target = y[(rows[row] ?? Number.NaN) + index + 1] ?? Number.NaN;
    for (let level = 0; level < spread.length; level += 1) {
      spread[level] = quantiles[(row * spread.length + level) * horizon + index] ?? Number.NaN;
    }
    table.target[cell] = target;
    table.median[cell] = spread[medianLevel] ?? Number.NaN;
    table.wis[cell] = weightedIntervalScore(target, spread, quantileLevels);
    table.inside50[cell] = inside(target, spread, 0.25);
    table.inside80[cell] = inside(target, spread, 0.1);
    table.inside95[cell] = inside(target, spread, 0.025);
  }
  return table;
}

/** The figures of one horizon, in origin order. */
export function column<Values extends Float64Array | Uint8Array>(
  table: LossTable,
  values: Values,
  horizon: number,
): Float64Array {
  const picked = new Float64Array(table.origins.length);
  for (let row = 0; row < picked.length; row += 1)
    picked[row] = values[row * table.horizon + horizon - 1] ?? Number.NaN;
  return picked;
}

function inside(target: number, spread: Float64Array, lowerLevel: number): number {
  const lower = quantileLevels.indexOf(lowerLevel as (typeof quantileLevels)[number]);
  const below = spread[lower] ?? Number.NaN;
  const above = spread[spread.length - 1 - lower] ?? Number.NaN;
  return Number(target >= below && target <= above);
}
