import { assert } from '../domain/errors.ts';
import {
  type FittedForecaster,
  type Forecast,
  type Forecaster,
  quantileLevels,
  type TrainingData,
} from '../domain/forecaster.ts';
import type { FoldBlock } from './fold-plan.ts';
import type { Window } from './settings.ts';

/**
 * What one model forecast from a list of origins. Row `r` belongs to `origins[r]`, column `h - 1` to horizon `h`.
 * A row that failed is all NaN and has its sentence in `failures`; it is never left out.
 */
export interface Folds {
  readonly origins: Int32Array;
  readonly horizon: number;
  /** `mean[r * horizon + h - 1]`. */
  readonly mean: Float64Array;
  /** `quantiles[(r * levels + l) * horizon + h - 1]`, levels as in `quantileLevels`. */
  readonly quantiles: Float64Array;
  readonly failures: readonly FoldFailure[];
}

export interface FoldFailure {
  readonly origin: number;
  readonly reason: string;
}

export interface RollingOptions {
  readonly horizon: number;
  readonly window: Window;
  readonly windowLength: number;
  readonly seed: number;
}

/**
 * Forecasts from every origin of the blocks (rolling-origin evaluation: Tashman 2000). Parameters are estimated
 * at each block's `fitOrigin` and carried by `update` to its origins. A fit or forecast that throws, or returns
 * anything but a proper distribution, becomes a failure of its rows; it never ends the evaluation.
 *
 * The model is handed copies cut at the origin, so nothing later can reach it, not even by mistake.
 */
export function rollingOrigin(
  model: Forecaster,
  data: TrainingData,
  blocks: readonly FoldBlock[],
  options: RollingOptions,
): Folds {
  const origins = Int32Array.from(blocks.flatMap((block) => block.origins));
  const folds = emptyFolds(origins, options.horizon);
  const failures: FoldFailure[] = [];
  let row = 0;
  for (const block of blocks) {
    const fitted = attempt(() => fitAt(model, data, block.fitOrigin, options));
    for (const origin of block.origins) {
      const outcome = fitted.ok ? attempt(() => forecastFrom(fitted.value, data, origin, block, options)) : fitted;
      const reason = outcome.ok ? defectOf(outcome.value, options.horizon) : outcome.reason;
      if (outcome.ok && reason === null) writeRow(folds, row, outcome.value);
      else failures.push({ origin, reason: reason ?? 'the forecast is missing' });
      row += 1;
    }
  }
  return { ...folds, failures };
}

/** Folds of no origin yet, or of origins still to be filled: every figure NaN. */
export function emptyFolds(origins: Int32Array, horizon: number): Omit<Folds, 'failures'> {
  return {
    origins,
    horizon,
    mean: new Float64Array(origins.length * horizon).fill(Number.NaN),
    quantiles: new Float64Array(origins.length * quantileLevels.length * horizon).fill(Number.NaN),
  };
}

/** The rows of `parts` in origin order. Throws AssertionError when an origin appears twice. */
export function mergeFolds(parts: readonly Folds[], horizon: number): Folds {
  const places = parts.flatMap((part) => Array.from(part.origins, (origin, row) => ({ origin, part, row })));
  places.sort((a, b) => a.origin - b.origin);
  const merged = emptyFolds(
    Int32Array.from(places, (place) => place.origin),
    horizon,
  );
  const width = quantileLevels.length * horizon;
  for (const [to, { origin, part, row }] of places.entries()) {
    assert(to === 0 || places[to - 1]?.origin !== origin, `origin ${origin} is evaluated once`);
    merged.mean.set(part.mean.subarray(row * horizon, (row + 1) * horizon), to * horizon);
    merged.quantiles.set(part.quantiles.subarray(row * width, (row + 1) * width), to * width);
  }
  const failures = parts.flatMap((part) => part.failures).sort((a, b) => a.origin - b.origin);
  return { ...merged, failures };
}

/** Only the rows of the given origins, which must all be there. */
export function pickFolds(folds: Folds, wanted: readonly number[]): Folds {
  const rowOf = new Map(Array.from(folds.origins, (origin, row) => [origin, row]));
  const picked = emptyFolds(Int32Array.from(wanted), folds.horizon);
  const width = quantileLevels.length * folds.horizon;
  for (const [to, origin] of wanted.entries()) {
    const row = rowOf.get(origin);
    assert(row !== undefined, `origin ${origin} was evaluated`);
    picked.mean.set(folds.mean.subarray(row * folds.horizon, (row + 1) * folds.horizon), to * folds.horizon);
    picked.quantiles.set(folds.quantiles.subarray(row * width, (row + 1) * width), to * width);
  }
  const kept = new Set(wanted);
  return { ...picked, failures: folds.failures.filter((failure) => kept.has(failure.origin)) };
}

/** `errors[r][h - 1]` = target minus mean; NaN where the target is not known yet or the fold failed. */
export function errorsOf(folds: Folds, y: Float64Array): Float64Array[] {
  return Array.from(folds.origins, (origin, row) =>
    Float64Array.from({ length: folds.horizon }, (_, index) => {
      const target = y[origin + index + 1] ?? Number.NaN;
      return target - (folds.mean[row * folds.horizon + index] ?? Number.NaN);
    }),
  );
}

/** Why a forecast is no proper distribution over prices, or null when it is one. */
export function defectOf(forecast: Forecast, horizon: number): string | null {
  if (forecast.mean.length !== horizon) return `the mean has ${forecast.mean.length} horizons instead of ${horizon}`;
  if (forecast.quantiles.length !== quantileLevels.length) {
    return `there are ${forecast.quantiles.length} quantile levels instead of ${quantileLevels.length}`;
  }
  for (let index = 0; index < horizon; index += 1) {
    const mean = forecast.mean[index];
    if (mean === undefined || !Number.isFinite(mean) || mean <= 0) return `the mean at horizon ${index + 1} is ${mean}`;
    let below = Number.NEGATIVE_INFINITY;
    for (const [level, quantiles] of forecast.quantiles.entries()) {
      const quantile = quantiles[index];
      const name = `the ${quantileLevels[level]} quantile at horizon ${index + 1}`;
      if (quantile === undefined || !Number.isFinite(quantile)) return `${name} is ${quantile}`;
      if (quantile < below) return `${name} (${quantile}) is below the one before it (${below})`;
      if (quantileLevels[level] === 0.5 && quantile <= 0) return `the median at horizon ${index + 1} is ${quantile}`;
      below = quantile;
    }
  }
  return null;
}

function fitAt(model: Forecaster, data: TrainingData, origin: number, options: RollingOptions): FittedForecaster {
  return model.fit(visibleAt(data, origin, options), { seed: options.seed });
}

function forecastFrom(
  fitted: FittedForecaster,
  data: TrainingData,
  origin: number,
  block: FoldBlock,
  options: RollingOptions,
): Forecast {
  const current = origin === block.fitOrigin ? fitted : fitted.update(visibleAt(data, origin, options));
  return current.forecast(options.horizon);
}

/** What was known at an origin: copies, so that no view reaches behind the cut. */
export function visibleAt(
  data: TrainingData,
  origin: number,
  { window, windowLength }: Pick<RollingOptions, 'window' | 'windowLength'>,
): TrainingData {
  const from = window === 'sliding' ? Math.max(0, origin + 1 - windowLength) : 0;
  const cut = (values: Float64Array) => values.slice(from, origin + 1);
  const visible = { y: cut(data.y), season: data.season };
  if (data.regressors === undefined) return visible;
  const { names, columns } = data.regressors;
  return { ...visible, regressors: { names, columns: columns.map(cut) } };
}

function writeRow(folds: Omit<Folds, 'failures'>, row: number, forecast: Forecast): void {
  folds.mean.set(forecast.mean, row * folds.horizon);
  for (const [level, quantiles] of forecast.quantiles.entries()) {
    folds.quantiles.set(quantiles, (row * quantileLevels.length + level) * folds.horizon);
  }
}

type Attempt<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly reason: string };

function attempt<Value>(work: () => Value): Attempt<Value> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
