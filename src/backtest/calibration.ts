import { assert } from '../domain/errors.ts';
import { mean } from '../stats/moments.ts';
import { type ConformalOptions, calibrateFolds } from './conformal.ts';
import { type CalibrationMethod, calibrationMethods } from './interval-tracker.ts';
import { column, type LossTable, lossTable } from './losses.ts';
import type { Folds } from './rolling-origin.ts';

/** How one way of making intervals did at the origins chosen by. */
export interface CalibrationScore {
  /** Mean over horizons of the WIS, each horizon relative to that of `split`: below 1 is better. */
  readonly relativeWis: number;
  /** Mean over horizons and over the 50, 80 and 95% intervals of |coverage - promised|, a share. */
  readonly coverageMiss: number;
}

export interface CalibrationChoice {
  readonly method: CalibrationMethod;
  readonly scores: Readonly<Record<CalibrationMethod, CalibrationScore>>;
  /** The folds with the intervals of the chosen method. */
  readonly calibrated: Folds;
}

/**
 * Makes the intervals of one model in every way and keeps one by its score at the origins given, which must have no
 * report origin among them. Differences of WIS within `tolerance` (a share) are noise over a few hundred overlapping
 * origins, so among the ways that close to the best the one whose coverage is nearest to what it promises is taken;
 * the simpler wins ties. Cells without intervals (too early) are left out; with none left, `split`.
 */
export function chooseCalibration(
  folds: Folds,
  y: Float64Array,
  scale: Float64Array,
  origins: readonly number[],
  options: ConformalOptions,
  tolerance = 0.01,
): CalibrationChoice {
  const ways = calibrationMethods.map((method) => {
    const calibrated = calibrateFolds(folds, y, scale, { ...options, method });
    const table = lossTable(calibrated, y, origins);
    return { method, calibrated, wis: byHorizon(table, table.wis), coverageMiss: coverageMissOf(table) };
  });
  const [split] = ways;
  assert(split !== undefined, 'split conformal is one of the ways');
  const scored = ways.map((way) => ({
    ...way,
    relativeWis: mean(way.wis.map((value, index) => ratio(value, split.wis[index] ?? Number.NaN))),
  }));
  const lowest = Math.min(...scored.map(({ relativeWis }) => relativeWis));
  const near = scored.filter(({ relativeWis }) => relativeWis <= lowest * (1 + tolerance));
  const chosen = near.reduce((best, way) => (way.coverageMiss < best.coverageMiss ? way : best), near[0] ?? split);
  const scores = scored.map(
    ({ method, relativeWis, coverageMiss }) => [method, { relativeWis, coverageMiss }] as const,
  );
  return {
    method: chosen.method,
    scores: Object.fromEntries(scores) as Record<CalibrationMethod, CalibrationScore>,
    calibrated: chosen.calibrated,
  };
}

function coverageMissOf(table: LossTable): number {
  const misses = [
    byHorizon(table, table.inside50).map((share) => Math.abs(share - 0.5)),
    byHorizon(table, table.inside80).map((share) => Math.abs(share - 0.8)),
    byHorizon(table, table.inside95).map((share) => Math.abs(share - 0.95)),
  ];
  return mean(misses.map((miss) => mean(miss)));
}

/** Means over the origins that have intervals, by horizon. */
function byHorizon(table: LossTable, values: Float64Array | Uint8Array): Float64Array {
  return Float64Array.from({ length: table.horizon }, (_, index) => {
    const scored = column(table, table.wis, index + 1);
    return mean(column(table, values, index + 1).filter((_value, row) => !Number.isNaN(scored[row])));
  });
}

/** A model that never errs has nothing to choose by. */
function ratio(own: number, base: number): number {
  return base > 0 ? own / base : 1;
}
