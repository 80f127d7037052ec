import { assert } from '../domain/errors.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import { absoluteNaiveScale, meanAbsoluteScaledError, symmetricMape } from '../stats/metrics.ts';
import { weightedIntervalScore } from '../stats/scoring.ts';
import { naive2 } from './naive2.ts';

/** One model's forecast of one series beside what came: `mean[h]`, `quantiles[l][h]` and `actual[h]`, h from 0. */
export interface ScoredForecast {
  readonly training: Float64Array;
  readonly actual: Float64Array;
  readonly mean: Float64Array;
  readonly quantiles: readonly Float64Array[];
}

/** Scores of one model over the series it forecast; NaN where none could be scored. */
export interface PanelScores {
  readonly series: number;
  /** Percent, 0..200. */
  readonly smape: number;
  readonly mase: number;
  /** Against Naive2 on the same series. */
  readonly owa: number;
  readonly naive2: { readonly smape: number; readonly mase: number };
  /** Shares of actual values inside the central intervals, 0..1. */
  readonly coverage50: number;
  readonly coverage80: number;
  readonly coverage95: number;
  /** Weighted interval score, scaled as MASE is, so that series of all sizes count alike. */
  readonly wis: number;
}

/**
 * Scores as the M4 competition defines them (Makridakis, Spiliotis & Assimakopoulos 2020, section 2): sMAPE and MASE per
 * series, averaged over the series; OWA is the mean of both averages' ratios to those of Naive2. The median is what is
 * scored as the point forecast, being the best one under absolute errors. A series whose training part never changes
 * over a season has no MASE scale and counts for sMAPE and coverage only.
 */
export function scorePanel(forecasts: readonly ScoredForecast[], season: number): PanelScores {
  const middle = quantileLevels.indexOf(0.5);
  const rows = forecasts.map((forecast) => {
    const { training, actual, quantiles } = forecast;
    const point = quantiles[middle];
    assert(point !== undefined, 'a forecast has a median');
    const scale = absoluteNaiveScale(training, season);
    const benchmark = naive2(training, season, actual.length);
    return {
      smape: symmetricMape(actual, point),
      mase: meanAbsoluteScaledError(actual, point, scale),
      naiveSmape: symmetricMape(actual, benchmark),
      naiveMase: meanAbsoluteScaledError(actual, benchmark, scale),
      inside: [0.5, 0.8, 0.95].map((coverage) => shareInside(forecast, coverage)),
      wis: scale > 0 ? intervalScores(forecast) / scale : Number.NaN,
    };
  });
  const smape = average(rows.map((row) => row.smape));
  const mase = average(rows.map((row) => row.mase));
  const base = { smape: average(rows.map((row) => row.naiveSmape)), mase: average(rows.map((row) => row.naiveMase)) };
  const inside = (index: number) => average(rows.map((row) => row.inside[index] ?? Number.NaN));
  return {
    series: rows.length,
    smape,
    mase,
    owa: (smape / base.smape + mase / base.mase) / 2,
    naive2: base,
    coverage50: inside(0),
    coverage80: inside(1),
    coverage95: inside(2),
    wis: average(rows.map((row) => row.wis)),
  };
}

function shareInside({ actual, quantiles }: ScoredForecast, coverage: number): number {
  const level = quantileLevels.findIndex((one) => Math.abs(1 - 2 * one - coverage) < 1e-9);
  const low = quantiles[level];
  const high = quantiles[quantileLevels.length - 1 - level];
  assert(low !== undefined && high !== undefined, `there are quantiles for ${coverage}`);
  const inside = actual.filter((value, h) => value >= (low[h] ?? Number.NaN) && value <= (high[h] ?? Number.NaN));
  return inside.length / actual.length;
}

function intervalScores({ actual, quantiles }: ScoredForecast): number {
  let sum = 0;
  for (const [h, value] of actual.entries()) {
    sum += weightedIntervalScore(
      value,
      quantiles.map((row) => row[h] ?? Number.NaN),
      quantileLevels,
    );
  }
  return sum / actual.length;
}

function average(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
}
