import { assert } from '../domain/errors.ts';
import { type Forecast, quantileLevels } from '../domain/forecaster.ts';
import { conformalQuantile } from '../stats/quantiles.ts';
import type { Folds } from './rolling-origin.ts';
import type { ResidualScale } from './settings.ts';

/** How intervals are made of past residuals. */
export interface ConformalOptions {
  readonly scale: ResidualScale;
  /** Residuals kept per horizon, newest first. */
  readonly memory: number;
}

/** Index of the median among `quantileLevels`. */
export const medianLevel = quantileLevels.indexOf(0.5);

/** Coverages of the central intervals the levels make, widest first: 0.95, 0.9, 0.8, 0.5. */
export const coverages: readonly number[] = quantileLevels.slice(0, medianLevel).map((level) => 1 - 2 * level);

/** Fewer residuals than this give no 95% interval: ceil((n + 1) x 0.95) must not exceed n. */
export const fewestResiduals = 39;

/**
 * Scores of past forecasts, by horizon, in origin order: `scores[h - 1]` holds
 * |ln(target / median)| / s(origin), without unit. s is 1 (`relative`) or the volatility known at the
 * origin (`volatility`), so that intervals widen when the market does (locally weighted conformal
 * prediction: Lei, G'Sell, Rinaldo, Tibshirani & Wasserman 2018, section 5.2).
 */
export interface ResidualScores {
  readonly scores: readonly Float64Array[];
  /** Origin of each score, in the same shape. */
  readonly origins: readonly Int32Array[];
}

/** Scores of every fold whose target is known by observation `lastKnown` (an index into `y`); failed rows have none. */
export function residualScores(
  folds: Folds,
  y: Float64Array,
  scale: Float64Array,
  lastKnown = y.length - 1,
): ResidualScores {
  const byHorizon = Array.from({ length: folds.horizon }, (_, index) => {
    const scores: number[] = [];
    const origins: number[] = [];
    for (const [row, origin] of folds.origins.entries()) {
      const target = origin + index + 1;
      const score = target > lastKnown ? Number.NaN : scoreOf(folds, row, index, y[target], scale[origin]);
      if (Number.isNaN(score)) continue;
      scores.push(score);
      origins.push(origin);
    }
    return { scores: Float64Array.from(scores), origins: Int32Array.from(origins) };
  });
  return { scores: byHorizon.map((one) => one.scores), origins: byHorizon.map((one) => one.origins) };
}

/**
 * Widths of the central intervals, following `coverages` and therefore non-increasing: split conformal quantiles with
 * their finite-sample correction (Lei et al. 2018, theorem 2.2). `sorted` ascending, at least `fewestResiduals` long.
 */
export function conformalWidths(sorted: ArrayLike<number>): Float64Array {
  assert(sorted.length >= fewestResiduals, 'intervals are made of enough residuals');
  return Float64Array.from(coverages, (coverage) => conformalQuantile(sorted, coverage));
}

/**
 * The same folds with conformal quantiles, made online: those of origin t and horizon h use only scores whose
 * target was known at t, that is origins up to t - h. Rows with too few of them, and failed rows, are NaN.
 * Mean and median stay the model's own.
 */
export function calibrateFolds(folds: Folds, y: Float64Array, scale: Float64Array, options: ConformalOptions): Folds {
  const quantiles = new Float64Array(folds.quantiles.length).fill(Number.NaN);
  for (let index = 0; index < folds.horizon; index += 1) {
    const known = new SlidingOrder(options.memory);
    let next = 0;
    for (const [row, origin] of folds.origins.entries()) {
      for (; (folds.origins[next] ?? Number.POSITIVE_INFINITY) + index + 1 <= origin; next += 1) {
        const earlier = folds.origins[next] ?? 0;
        const score = scoreOf(folds, next, index, y[earlier + index + 1], scale[earlier]);
        if (!Number.isNaN(score)) known.add(score);
      }
      const median = folds.quantiles[place(folds, row, medianLevel, index)] ?? Number.NaN;
      if (known.sorted.length < fewestResiduals || Number.isNaN(median)) continue;
      const spread = spreadAround(median, conformalWidths(known.sorted), scale[origin] ?? Number.NaN);
      for (const [level, quantile] of spread.entries()) quantiles[place(folds, row, level, index)] = quantile;
    }
  }
  return { ...folds, quantiles };
}

/**
 * A forecast with conformal quantiles from all scores known; `scaleNow` is the scale at its own origin.
 * Returns null when some horizon has too few scores for honest intervals.
 */
export function calibrateForecast(
  forecast: Forecast,
  { scores }: ResidualScores,
  scaleNow: number,
  memory: number,
): Forecast | null {
  const horizon = forecast.mean.length;
  const quantiles = quantileLevels.map(() => new Float64Array(horizon));
  for (let index = 0; index < horizon; index += 1) {
    const recent = scores[index]?.slice(-memory).sort();
    if (recent === undefined || recent.length < fewestResiduals) return null;
    const median = forecast.quantiles[medianLevel]?.[index] ?? Number.NaN;
    for (const [level, quantile] of spreadAround(median, conformalWidths(recent), scaleNow).entries()) {
      const row = quantiles[level];
      assert(row !== undefined, 'a spread has as many levels as a forecast');
      row[index] = quantile;
    }
  }
  return { mean: forecast.mean, quantiles };
}

/**
 * The scale known at each observation. `volatility`: exponentially weighted standard deviation of log returns up to
 * and including that observation, decay 0.94 (RiskMetrics 1996), never below 1e-6. The value at t sees `y[0..t]` only.
 */
export function residualScale(y: Float64Array, kind: ResidualScale): Float64Array {
  const scale = new Float64Array(y.length).fill(1);
  if (kind === 'relative') return scale;
  const decay = 0.94;
  let variance = 0;
  let weight = 0;
  for (let t = 0; t < y.length; t += 1) {
    if (t > 0) {
      const change = Math.log((y[t] ?? Number.NaN) / (y[t - 1] ?? Number.NaN));
      variance = decay * variance + (1 - decay) * change * change;
      weight = decay * weight + (1 - decay);
    }
    scale[t] = Math.max(1e-6, weight > 0 ? Math.sqrt(variance / weight) : 0);
  }
  return scale;
}

/** Prices at `quantileLevels` around a positive median: positive, ascending and nested by construction. */
function spreadAround(median: number, widths: Float64Array, scale: number): Float64Array {
  return Float64Array.from(quantileLevels, (_, level) => {
    if (level === medianLevel) return median;
    const pair = level < medianLevel ? level : quantileLevels.length - 1 - level;
    const reach = Math.exp((widths[pair] ?? Number.NaN) * scale);
    return level < medianLevel ? median / reach : median * reach;
  });
}

function scoreOf(
  folds: Folds,
  row: number,
  index: number,
  target: number | undefined,
  scale: number | undefined,
): number {
  const median = folds.quantiles[place(folds, row, medianLevel, index)] ?? Number.NaN;
  return Math.abs(Math.log((target ?? Number.NaN) / median)) / (scale ?? Number.NaN);
}

function place(folds: Folds, row: number, level: number, index: number): number {
  return (row * quantileLevels.length + level) * folds.horizon + index;
}

/** The newest `memory` scores, kept in ascending order. */
class SlidingOrder {
  readonly sorted: number[] = [];
  readonly #arrived: number[] = [];
  readonly #memory: number;

  constructor(memory: number) {
    this.#memory = memory;
  }

  add(score: number): void {
    this.sorted.splice(this.#rank(score), 0, score);
    this.#arrived.push(score);
    if (this.#arrived.length <= this.#memory) return;
    const oldest = this.#arrived.shift() ?? Number.NaN;
    this.sorted.splice(this.#rank(oldest), 1);
  }

  /** How many are smaller than `score`: where it stands, or would stand first. */
  #rank(score: number): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sorted[middle] ?? 0) < score) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
