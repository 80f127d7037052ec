import { assert } from '../domain/errors.ts';
import { type Forecast, quantileLevels } from '../domain/forecaster.ts';
import { blendedParts, type VariancePart, weightedVolatility } from '../stats/weighted-volatility.ts';
import { type CalibrationMethod, coverages, createWay, fewestResiduals, type IntervalWay } from './interval-tracker.ts';
import type { Folds } from './rolling-origin.ts';
import type { ResidualScale } from './settings.ts';
import { SlidingOrder } from './sliding-order.ts';

/** How intervals are made of past residuals. */
export interface ConformalOptions {
  readonly scale: ResidualScale;
  /** Residuals kept per horizon, newest first. */
  readonly memory: number;
  /** How widths follow from them: see `createTracker`. Split conformal unless told. */
  readonly method?: CalibrationMethod;
}

/** Index of the median among `quantileLevels`. */
export const medianLevel = quantileLevels.indexOf(0.5);

/**
 * The same folds with conformal quantiles, made online: those of origin t and horizon h use only scores whose target
 * was known at t, that is of origins up to t - h. The score of a past forecast is |ln(target / median)| / scale(origin),
 * without unit; `scale[t]` is 1 or the volatility known at t, so that intervals widen when the market does (locally
 * weighted conformal prediction: Lei, G'Sell, Rinaldo, Tibshirani & Wasserman 2018, section 5.2). Rows with too few
 * scores before them, and failed rows, are NaN. Mean and median stay the model's own.
 */
export function calibrateFolds(folds: Folds, y: Float64Array, scale: Float64Array, options: ConformalOptions): Folds {
  const [widths] = widthsOfWays(folds, y, scale, [options.method ?? 'split'], options.memory);
  assert(widths !== undefined, 'one way gives one table of widths');
  return foldsWithWidths(folds, scale, widths);
}

/**
 * Widths that several ways give along the origins, in the order of the methods; what they share, the scores, is worked
 * out once. Of each way `[(index * origins + row) * coverages + level]`, horizon `index + 1`; NaN where none is given.
 * `origins` are those of the folds, or the first of them and then others after.
 */
export function widthsOfWays(
  folds: Folds,
  y: Float64Array,
  scale: Float64Array,
  methods: readonly CalibrationMethod[],
  memory: number,
  origins: Int32Array = folds.origins,
): Float64Array[] {
  const rows = origins.length;
  const tables = methods.map(() => new Float64Array(folds.horizon * rows * coverages.length).fill(Number.NaN));
  for (let index = 0; index < folds.horizon; index += 1) {
    const ways = methods.map((method) => createWay(method, rows));
    walkHorizon(ways, new SlidingOrder(memory), scoresOf(folds, y, scale, index), origins, index, tables);
  }
  return tables;
}

/** The folds with the quantiles that the widths of one way make. */
export function foldsWithWidths(folds: Folds, scale: Float64Array, widths: Float64Array): Folds {
  const { horizon, origins, quantiles } = folds;
  const calibrated = new Float64Array(quantiles.length).fill(Number.NaN);
  const spread = new Float64Array(quantileLevels.length);
  for (let row = 0; row < origins.length; row += 1) {
    const known = scale[origins[row] ?? Number.NaN] ?? Number.NaN;
    const from = row * spread.length * horizon;
    for (let index = 0; index < horizon; index += 1) {
      const at = (index * origins.length + row) * coverages.length;
      if (Number.isNaN(widths[at])) continue;
      const median = quantiles[from + medianLevel * horizon + index] ?? Number.NaN;
      spreadAround(median, widths, at, known, spread);
      for (let level = 0; level < spread.length; level += 1) {
        calibrated[from + level * horizon + index] = spread[level] ?? Number.NaN;
      }
    }
  }
  return { ...folds, quantiles: calibrated };
}

/**
 * Writes the prices at all levels around a positive median, of the widths `widths[at]` on: positive, ascending in the
 * level and nested by construction.
 */
export function spreadAround(
  median: number,
  widths: Float64Array,
  at: number,
  scale: number,
  into: Float64Array,
): void {
  into[medianLevel] = median;
  for (let pair = 0; pair < medianLevel; pair += 1) {
    const reach = Math.exp((widths[at + pair] ?? Number.NaN) * scale);
    into[pair] = median / reach;
    into[quantileLevels.length - 1 - pair] = median * reach;
  }
}

/**
 * A forecast from the last observation of `y`, with the conformal quantiles that `calibrateFolds` would give it after
 * the past ones in `folds`. Returns null when some horizon has too few scores for honest intervals.
 */
export function calibrateForecast(
  forecast: Forecast,
  folds: Folds,
  y: Float64Array,
  scale: Float64Array,
  options: ConformalOptions,
): Forecast | null {
  const horizon = forecast.mean.length;
  const last = y.length - 1;
  const past = folds.origins.filter((origin) => origin < last);
  const origins = Int32Array.of(...past, last);
  const [widths] = widthsOfWays(folds, y, scale, [options.method ?? 'split'], options.memory, origins);
  assert(widths !== undefined, 'one way gives one table of widths');
  const quantiles = quantileLevels.map(() => new Float64Array(horizon));
  const around = new Float64Array(quantileLevels.length);
  for (let index = 0; index < horizon; index += 1) {
    const at = (index * origins.length + past.length) * coverages.length;
    if (Number.isNaN(widths[at])) return null;
    spreadAround(
      forecast.quantiles[medianLevel]?.[index] ?? Number.NaN,
      widths,
      at,
      scale.at(-1) ?? Number.NaN,
      around,
    );
    for (const [level, row] of quantiles.entries()) row[index] = around[level] ?? Number.NaN;
  }
  return { mean: forecast.mean, quantiles };
}

/**
 * The scale known at each observation, never below 1e-6; the value at t sees `y[0..t]` only.
 * - `relative`: 1.
 * - `volatility`: exponentially weighted standard deviation of log returns, decay 0.94 (RiskMetrics 1996).
 * - `blend`: root of a weighted mean of three such variances, `blendedParts`.
 */
export function residualScale(y: Float64Array, kind: ResidualScale): Float64Array {
  if (kind === 'relative') return new Float64Array(y.length).fill(1);
  const changes = Float64Array.from(y.subarray(1), (value, t) => Math.log(value / (y[t] ?? Number.NaN)));
  return weightedVolatility(changes, kind === 'blend' ? blendedParts : riskMetrics).map((one) => Math.max(1e-6, one));
}

const riskMetrics: readonly VariancePart[] = [{ decay: 0.94, weight: 1 }];

/** One horizon's walk along the origins: at each, first every score known by then is learnt, in origin order. */
function walkHorizon(
  ways: readonly IntervalWay[],
  known: SlidingOrder,
  scores: Float64Array,
  origins: Int32Array,
  index: number,
  tables: readonly Float64Array[],
): void {
  const rows = origins.length;
  const place = (row: number) => (index * rows + row) * coverages.length;
  let next = 0;
  let firstGiven = rows;
  for (let row = 0; row < rows; row += 1) {
    const newest = (origins[row] ?? Number.NaN) - index - 1;
    for (; next < row && (origins[next] ?? Number.NaN) <= newest; next += 1) {
      const score = scores[next] ?? Number.NaN;
      if (Number.isNaN(score)) continue;
      known.add(score);
      if (next < firstGiven) continue;
      for (let way = 0; way < ways.length; way += 1) {
        ways[way]?.learn(score, known, next, tables[way] as Float64Array, place(next));
      }
    }
    if (known.count < fewestResiduals) continue;
    firstGiven = Math.min(firstGiven, row);
    for (let way = 0; way < ways.length; way += 1) {
      ways[way]?.give(known, row, tables[way] as Float64Array, place(row));
    }
  }
}

/** Scores of the past forecasts at one horizon, by row; NaN where one failed or its target is not known yet. */
function scoresOf({ origins, horizon, quantiles }: Folds, y: Float64Array, scale: Float64Array, index: number) {
  const scores = new Float64Array(origins.length);
  for (let row = 0; row < scores.length; row += 1) {
    const origin = origins[row] ?? Number.NaN;
    const median = quantiles[(row * quantileLevels.length + medianLevel) * horizon + index] ?? Number.NaN;
    const target = y[origin + index + 1] ?? Number.NaN;
    scores[row] = Math.abs(Math.log(target / median)) / (scale[origin] ?? Number.NaN);
  }
  return scores;
}
