import { assert } from '../domain/errors.ts';
import { bias, meanAbsoluteError, meanAbsoluteScaledError, rootMeanSquaredError, rSquared } from '../stats/metrics.ts';
import { mean } from '../stats/moments.ts';
import { column, type LossTable } from './losses.ts';

/** One model's result at one horizon over one block of origins; money in the unit of the series (RUB per gram). */
export interface HorizonScore {
  readonly horizon: number;
  readonly origins: number;
  /** Of the median. */
  readonly mae: number;
  /** Of the mean. */
  readonly rmse: number;
  /** Of levels, of the mean; null where the targets do not vary. */
  readonly r2: number | null;
  /** MAE over the mean absolute one-step change before the block (Hyndman & Koehler 2006). */
  readonly mase: number;
  /** Mean forecast minus target: positive when the forecasts are too high. */
  readonly bias: number;
  readonly wis: number;
  readonly coverage80: number;
  readonly coverage95: number;
  /** 1 - MAE / MAE of naive over the same origins: 0 for naive itself, negative when worse. */
  readonly skillVsNaive: number;
}

/**
 * Scores by horizon. `naive` is the naive model's table over the same origins; `changeScale` is the mean absolute
 * one-step change of the series before the block (`absoluteNaiveScale`), which MASE divides by.
 */
export function scoreBlock(table: LossTable, naive: LossTable, changeScale: number): HorizonScore[] {
  assert(sameOrigins(table, naive), 'models are scored over the same origins');
  return Array.from({ length: table.horizon }, (_, index) => {
    const horizon = index + 1;
    const of = (values: Float64Array | Uint8Array) => column(table, values, horizon);
    const target = of(table.target);
    const median = of(table.median);
    const centre = of(table.mean);
    const r2 = rSquared(target, centre);
    const mae = meanAbsoluteError(target, median);
    const naiveMae = meanAbsoluteError(target, column(naive, naive.median, horizon));
    return {
      horizon,
      origins: table.origins.length,
      mae,
      rmse: rootMeanSquaredError(target, centre),
      r2: Number.isFinite(r2) ? r2 : null,
      mase: meanAbsoluteScaledError(target, median, changeScale),
      bias: bias(target, centre),
      wis: mean(of(table.wis)),
      coverage80: mean(of(table.inside80)),
      coverage95: mean(of(table.inside95)),
      skillVsNaive: skill(mae, naiveMae),
    };
  });
}

/** Whether two tables speak of the same origins, row by row. */
export function sameOrigins(one: LossTable, other: LossTable): boolean {
  return (
    one.horizon === other.horizon &&
    one.origins.length === other.origins.length &&
    one.origins.every((origin, row) => origin === other.origins[row])
  );
}

/** Where naive never errs nothing can be gained: 0 for a rival that does not err either, -1 for one that does. */
function skill(mae: number, naiveMae: number): number {
  if (naiveMae > 0) return 1 - mae / naiveMae;
  return mae > 0 ? -1 : 0;
}
