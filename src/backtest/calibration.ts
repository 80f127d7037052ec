import { assert } from '../domain/errors.ts';
import { mean } from '../stats/moments.ts';
import { type ConformalOptions, calibrateFolds } from './conformal.ts';
import { type CalibrationMethod, calibrationMethods } from './interval-tracker.ts';
import { column, lossTable } from './losses.ts';
import type { Folds } from './rolling-origin.ts';

/** What each way of making intervals scored, and the one that scored best. */
export interface CalibrationChoice {
  readonly method: CalibrationMethod;
  /** Mean over horizons of the WIS, each horizon relative to that of `split`: below 1 is better. In order of methods. */
  readonly relativeWis: Readonly<Record<CalibrationMethod, number>>;
  /** The folds with the intervals of the chosen method. */
  readonly calibrated: Folds;
}

/**
 * Makes the intervals of one model in every way and keeps the one with the lowest weighted interval score at the origins
 * given, which must have no report origin among them. The simpler method wins ties; a challenger of `split` must win by
 * `margin` (a share), so that noise does not choose. With no origin given there is nothing to choose by: `split`.
 */
export function chooseCalibration(
  folds: Folds,
  y: Float64Array,
  scale: Float64Array,
  origins: readonly number[],
  options: ConformalOptions,
  margin = 0.002,
): CalibrationChoice {
  const calibrated = calibrationMethods.map((method) => calibrateFolds(folds, y, scale, { ...options, method }));
  const wis = calibrated.map((one) => wisByHorizon(one, y, origins));
  const relative = wis.map((own) => mean(own.map((value, index) => ratio(value, wis[0]?.[index] ?? Number.NaN))));
  let best = 0;
  for (const [index, score] of relative.entries()) {
    const bar = best === 0 ? 1 - margin : (relative[best] ?? Number.NaN);
    if (score < bar) best = index;
  }
  const method = calibrationMethods[best];
  const chosen = calibrated[best];
  assert(method !== undefined && chosen !== undefined, 'some method is the best');
  const named = calibrationMethods.map((name, index) => [name, relative[index] ?? Number.NaN] as const);
  return {
    method,
    relativeWis: Object.fromEntries(named) as Record<CalibrationMethod, number>,
    calibrated: chosen,
  };
}

function wisByHorizon(folds: Folds, y: Float64Array, origins: readonly number[]): Float64Array {
  const table = lossTable(folds, y, origins);
  return Float64Array.from({ length: folds.horizon }, (_, index) =>
    mean(column(table, table.wis, index + 1).filter((value) => !Number.isNaN(value))),
  );
}

/** A model that never errs has nothing to choose by. */
function ratio(own: number, base: number): number {
  return base > 0 ? own / base : 1;
}
