import type { FittedForecaster, Forecaster, TrainingData } from '../domain/forecaster.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import type { IsoDate } from '../domain/iso-date.ts';
import { calibrateFolds, residualScale } from './conformal.ts';
import type { MarketOrigin, MarketSeries } from './market-origins.ts';
import { emptyFolds, type FoldFailure, type Folds } from './rolling-origin.ts';

export interface MarketBacktestOptions {
  readonly horizon: number;
  readonly season: number;
  /** Origins that share one estimate of the parameters. */
  readonly refitEvery: number;
  readonly seed: number;
  /** Past errors that make the intervals; null leaves the model's own intervals as they are. */
  readonly residualMemory: number | null;
}

/**
 * One model at every origin, with the market as known there. Row r of the result belongs to `origins[r]`; its
 * `origins[r]` is the place of the cutoff among the dates known at the last origin. An origin at which the model fails
 * is a failure of that row, NaN throughout.
 */
export function evaluateAtOrigins(
  model: Forecaster,
  origins: readonly MarketOrigin[],
  series: MarketSeries,
  options: MarketBacktestOptions,
): Folds {
  const last = origins.at(-1);
  if (last === undefined) return { ...emptyFolds(new Int32Array(), options.horizon), failures: [] };
  const whole = series.trainingAt(last, options.season);
  const placeOf = new Map(whole.dates.map((date, place): [IsoDate, number] => [date, place]));
  const folds = emptyFolds(
    Int32Array.from(origins, ({ cutoff }) => placeOf.get(cutoff) ?? -1),
    options.horizon,
  );
  const failures: FoldFailure[] = [];
  let fitted: FittedForecaster | null = null;
  for (const [row, origin] of origins.entries()) {
    try {
      const data: TrainingData = series.trainingAt(origin, options.season);
      const isDue: boolean = fitted === null || row % options.refitEvery === 0;
      fitted = fitted === null || isDue ? model.fit(data, { seed: options.seed }) : fitted.update(data);
      writeRow(folds, row, fitted);
    } catch (error) {
      failures.push({
        origin: folds.origins[row] ?? -1,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
  const all = { ...folds, failures };
  if (options.residualMemory === null) return all;
  const y = Float64Array.from(whole.dates, (date) => series.firstKnown.get(date) ?? Number.NaN);
  // The way that tournaments choose for nearly every model; a choice here would need origins of its own to choose by.
  return calibrateFolds(all, y, residualScale(y, 'blend'), {
    scale: 'blend',
    memory: options.residualMemory,
    method: 'pid',
  });
}

function writeRow(folds: Omit<Folds, 'failures'>, row: number, fitted: FittedForecaster): void {
  const { mean, quantiles } = fitted.forecast(folds.horizon);
  folds.mean.set(mean, row * folds.horizon);
  for (const [level, values] of quantiles.entries()) {
    folds.quantiles.set(values, (row * quantileLevels.length + level) * folds.horizon);
  }
}
