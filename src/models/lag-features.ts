import type { ModelParameters } from '../domain/forecaster.ts';
import { requireWhole } from './define-model.ts';

/** Which features are made at an origin. */
export interface LagFeatureSettings {
  /** The last `lags` one-step changes, newest first. */
  readonly lags: number;
  /** Mean and deviation of the changes over the last `shortWindow` and `longWindow` quotes. */
  readonly shortWindow: number;
  readonly longWindow: number;
}

/** A design matrix, feature-major: `values[f * rows + i]` is feature f at origin `firstOrigin + i`. */
export interface LagFeatures {
  readonly values: Float64Array;
  readonly rows: number;
  readonly count: number;
  /** Index into the changes of the newest change that row 0 may see. */
  readonly firstOrigin: number;
}

/** Reads and checks the settings among a model's parameters. */
export function lagFeatureSettings(model: string, parameters: ModelParameters): LagFeatureSettings {
  return {
    lags: requireWhole(model, parameters, 'lags', 1, 60),
    shortWindow: requireWhole(model, parameters, 'shortWindow', 2, 250),
    longWindow: requireWhole(model, parameters, 'longWindow', 2, 250),
  };
}

/** Changes that must lie at and before an origin. */
export function featureReach(settings: LagFeatureSettings): number {
  return Math.max(settings.lags, settings.shortWindow, settings.longWindow);
}

export function featureCount(settings: LagFeatureSettings): number {
  return settings.lags + 4;
}

/**
 * Features at every origin from the first that has its past to the last change. The row of origin t uses changes at and
 * before t only. All features are in the unit of the changes, so they scale with them. `changes` has at least
 * `featureReach(settings)` values, all finite.
 */
export function lagFeatures(changes: Float64Array, settings: LagFeatureSettings): LagFeatures {
  const firstOrigin = featureReach(settings) - 1;
  const rows = changes.length - firstOrigin;
  const count = featureCount(settings);
  const values = new Float64Array(rows * count);
  for (let lag = 0; lag < settings.lags; lag++) {
    values.set(changes.subarray(firstOrigin - lag, firstOrigin - lag + rows), lag * rows);
  }
  [settings.shortWindow, settings.longWindow].forEach((window, k) => {
    const means = values.subarray((settings.lags + 2 * k) * rows, (settings.lags + 2 * k + 1) * rows);
    const deviations = values.subarray((settings.lags + 2 * k + 1) * rows, (settings.lags + 2 * k + 2) * rows);
    for (let i = 0; i < rows; i++) writeMoments(changes, firstOrigin + i, window, means, deviations, i);
  });
  return { values, rows, count, firstOrigin };
}

/** The features of the last origin alone, from the tail of the changes: equal to the last row of `lagFeatures`. */
export function lastLagFeatures(changes: Float64Array, settings: LagFeatureSettings): Float64Array {
  const { values } = lagFeatures(changes.subarray(changes.length - featureReach(settings)), settings);
  return values;
}

/** Each window is summed afresh: a running sum would make the last row depend on how far back the series begins. */
function writeMoments(
  changes: Float64Array,
  origin: number,
  window: number,
  means: Float64Array,
  deviations: Float64Array,
  row: number,
): void {
  let sum = 0;
  for (let t = origin - window + 1; t <= origin; t++) sum += changes[t]!;
  const centre = sum / window;
  let squares = 0;
  for (let t = origin - window + 1; t <= origin; t++) squares += (changes[t]! - centre) * (changes[t]! - centre);
  means[row] = centre;
  deviations[row] = Math.sqrt(squares / (window - 1));
}
