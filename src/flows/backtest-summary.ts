import type { FoldFailure } from '../backtest/rolling-origin.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import type { IsoDate } from '../domain/iso-date.ts';
import type { Instant } from '../domain/moscow-time.ts';
import { weightedIntervalScore } from '../stats/scoring.ts';

/** One forecast of one quote; NaN figures where the model failed. */
export interface BacktestRow {
  readonly model: string;
  readonly originKnownAt: Instant;
  readonly cutoff: IsoDate;
  readonly targetDate: IsoDate;
  /** Quotes after the cutoff, 1-based. */
  readonly horizon: number;
  readonly mean: number;
  /** In the order of `quantileLevels`. */
  readonly quantiles: readonly number[];
  /** The last price known at the origin: the naive forecast. */
  readonly naive: number;
  /** The price that came, as it stands now; null while it has not. */
  readonly actual: number | null;
}

/** What one model came to. */
export interface ModelSummary {
  readonly model: string;
  /** Origins at which it gave no forecast, and the first reason. */
  readonly failures: number;
  readonly failure: string | null;
  readonly horizons: readonly HorizonSummary[];
}

/** One horizon over all origins whose fact has come; money in RUB per gram; null where nothing can be told. */
export interface HorizonSummary {
  readonly horizon: number;
  readonly scored: number;
  readonly rmse: number | null;
  readonly mae: number | null;
  readonly bias: number | null;
  /** RMSE over the RMSE of the last price known at the same origins: below 1 is better. */
  readonly rmseOfNaive: number | null;
  /** 1 - MAE / MAE of naive. */
  readonly skillVsNaive: number | null;
  readonly wis: number | null;
  readonly coverage50: number | null;
  readonly coverage80: number | null;
  readonly coverage90: number | null;
  readonly coverage95: number | null;
}

/** Scores of one model by horizon; rows without a fact or without a forecast count for nothing. */
export function summarise(
  model: string,
  rows: readonly BacktestRow[],
  failures: readonly FoldFailure[],
  horizon: number,
): ModelSummary {
  const horizons = Array.from({ length: horizon }, (_, index) => {
    const scored = rows.flatMap((row) =>
      row.horizon !== index + 1 || row.actual === null || Number.isNaN(row.mean) ? [] : { ...row, actual: row.actual },
    );
    return summariseHorizon(index + 1, scored);
  });
  return { model, failures: failures.length, failure: failures[0]?.reason ?? null, horizons };
}

type Scored = BacktestRow & { readonly actual: number };

function summariseHorizon(horizon: number, rows: readonly Scored[]): HorizonSummary {
  const average = (measure: (row: Scored) => number) => {
    const value = rows.reduce((sum, row) => sum + measure(row), 0) / rows.length;
    return Number.isFinite(value) ? value : null;
  };
  const root = (value: number | null) => (value === null ? null : Math.sqrt(value));
  const rmse = root(average((row) => (row.actual - row.mean) ** 2));
  const naive = root(average((row) => (row.actual - row.naive) ** 2));
  const mae = average((row) => Math.abs(row.actual - row.mean));
  const naiveMae = average((row) => Math.abs(row.actual - row.naive));
  const covered = (level: number) => {
    const lower = quantileLevels.indexOf(level as (typeof quantileLevels)[number]);
    const upper = quantileLevels.length - 1 - lower;
    return average(({ quantiles, actual }) =>
      Number(actual >= (quantiles[lower] ?? Number.NaN) && actual <= (quantiles[upper] ?? Number.NaN)),
    );
  };
  return {
    horizon,
    scored: rows.length,
    rmse,
    mae,
    bias: average((row) => row.mean - row.actual),
    rmseOfNaive: ratio(rmse, naive),
    skillVsNaive: skill(mae, naiveMae),
    wis: average((row) => weightedIntervalScore(row.actual, row.quantiles, quantileLevels)),
    coverage50: covered(0.25),
    coverage80: covered(0.1),
    coverage90: covered(0.05),
    coverage95: covered(0.025),
  };
}

function ratio(own: number | null, base: number | null): number | null {
  return own === null || base === null || base === 0 ? null : own / base;
}

function skill(own: number | null, base: number | null): number | null {
  const share = ratio(own, base);
  return share === null ? null : 1 - share;
}
