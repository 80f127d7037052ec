import { assert } from '../domain/errors.ts';
import { type Forecast, quantileLevels } from '../domain/forecaster.ts';
import { blendedParts, type VariancePart, weightedVolatility } from '../stats/weighted-volatility.ts';
import { type CalibrationMethod, createWay, fewestResiduals, type IntervalWay } from './interval-tracker.ts';
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
  const [calibrated] = calibrateInWays(folds, y, scale, [options.method ?? 'split'], options.memory);
  assert(calibrated !== undefined, 'one way gives one calibration');
  return calibrated;
}

/** The same in several ways at once, in their order: what they share, the scores, is worked out once. */
export function calibrateInWays(
  folds: Folds,
  y: Float64Array,
  scale: Float64Array,
  methods: readonly CalibrationMethod[],
  memory: number,
): Folds[] {
  const all = methods.map(() => new Float64Array(folds.quantiles.length).fill(Number.NaN));
  for (let index = 0; index < folds.horizon; index += 1) {
    const walk = new HorizonWalk(folds, y, scale, index, methods, memory);
    for (let row = 0; row < folds.origins.length; row += 1) {
      const origin = folds.origins[row] ?? Number.NaN;
      if (!walk.at(origin, row)) continue;
      const median = folds.quantiles[place(folds, row, medianLevel, index)] ?? Number.NaN;
      const known = scale[origin] ?? Number.NaN;
      for (let way = 0; way < all.length; way += 1) {
        const quantiles = all[way];
        if (quantiles === undefined) continue;
        walk.writeAround(way, row, median, known, quantiles, place(folds, row, 0, index), folds.horizon);
      }
    }
  }
  return all.map((quantiles) => ({ ...folds, quantiles }));
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
  const quantiles = quantileLevels.map(() => new Float64Array(horizon));
  for (let index = 0; index < horizon; index += 1) {
    const walk = new HorizonWalk(folds, y, scale, index, [options.method ?? 'split'], options.memory);
    for (const [row, origin] of folds.origins.entries()) if (origin < y.length - 1) walk.at(origin, row);
    const last = folds.origins.length;
    if (!walk.at(y.length - 1, last)) return null;
    const median = forecast.quantiles[medianLevel]?.[index] ?? Number.NaN;
    const around = new Float64Array(quantileLevels.length);
    walk.writeAround(0, last, median, scale.at(-1) ?? Number.NaN, around, 0, 1);
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
class HorizonWalk {
  readonly #ways: readonly IntervalWay[];
  readonly #known: SlidingOrder;
  /** By way: what it gave at each row of the folds, and in one row more. */
  readonly #given: readonly Float64Array[];
  /** By row: 1 where something was given. */
  readonly #isGiven: Uint8Array;
  readonly #folds: Folds;
  readonly #y: Float64Array;
  readonly #scale: Float64Array;
  readonly #index: number;
  #next = 0;

  constructor(
    folds: Folds,
    y: Float64Array,
    scale: Float64Array,
    index: number,
    methods: readonly CalibrationMethod[],
    memory: number,
  ) {
    const rows = folds.origins.length + 1;
    this.#ways = methods.map(createWay);
    this.#known = new SlidingOrder(memory);
    this.#given = this.#ways.map(({ slots }) => new Float64Array(rows * slots));
    this.#isGiven = new Uint8Array(rows);
    this.#folds = folds;
    this.#y = y;
    this.#scale = scale;
    this.#index = index;
  }

  /** Whether there are intervals at an origin; `row` is its place among the folds, or the one after the last. */
  at(origin: number, row: number): boolean {
    const { origins } = this.#folds;
    for (; (origins[this.#next] ?? Number.POSITIVE_INFINITY) + this.#index + 1 <= origin; this.#next += 1) {
      const score = scoreOf(this.#folds, this.#next, this.#index, this.#y, this.#scale);
      if (!Number.isNaN(score)) this.#learn(score, this.#next);
    }
    if (this.#known.count < fewestResiduals) return false;
    this.#isGiven[row] = 1;
    for (let way = 0; way < this.#ways.length; way += 1) {
      this.#ways[way]?.give(this.#known, this.#given[way] as Float64Array, row);
    }
    return true;
  }

  /**
   * Writes the prices at all levels that a way gave at a row around a positive median, one every `stride` places from
   * `at` on: positive, ascending in the level and nested by construction.
   */
  writeAround(
    way: number,
    row: number,
    median: number,
    scale: number,
    into: Float64Array,
    at: number,
    stride: number,
  ): void {
    const given = this.#given[way] ?? new Float64Array();
    const from = row * (this.#ways[way]?.slots ?? 0);
    into[at + medianLevel * stride] = median;
    for (let pair = 0; pair < medianLevel; pair += 1) {
      const reach = Math.exp((given[from + pair] ?? Number.NaN) * scale);
      into[at + pair * stride] = median / reach;
      into[at + (quantileLevels.length - 1 - pair) * stride] = median * reach;
    }
  }

  #learn(score: number, row: number): void {
    this.#known.add(score);
    if (this.#isGiven[row] === 0) return;
    for (let way = 0; way < this.#ways.length; way += 1) {
      this.#ways[way]?.learn(score, this.#known, this.#given[way] as Float64Array, row);
    }
  }
}

function scoreOf(folds: Folds, row: number, index: number, y: Float64Array, scale: Float64Array): number {
  const origin = folds.origins[row] ?? Number.NaN;
  const median = folds.quantiles[place(folds, row, medianLevel, index)] ?? Number.NaN;
  return Math.abs(Math.log((y[origin + index + 1] ?? Number.NaN) / median)) / (scale[origin] ?? Number.NaN);
}

function place(folds: Folds, row: number, level: number, index: number): number {
  return (row * quantileLevels.length + level) * folds.horizon + index;
}
