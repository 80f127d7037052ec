import type { ModelParameters, TrainingData } from '../domain/forecaster.ts';
import { featureReach, type LagFeatures, lagFeatureSettings, lagFeatures, lastLagFeatures } from './lag-features.ts';
import { chooseRegressors, type RegressorInputs, regressorCount, regressorRows } from './regressor-features.ts';
import { type WorkingScale, workingChanges } from './working-scale.ts';

/** All that a direct model learns from: changes in units of `unit`, and features at every origin, feature-major. */
export interface DirectDesign {
  readonly changes: Float64Array;
  readonly features: LagFeatures;
  readonly inputs: RegressorInputs;
}

/**
 * Lagged changes, moments of two windows, and the regressors known at each origin. Changes are divided by `unit` (0: left
 * as they are, for a constant series).
 */
export function directDesign(
  model: string,
  data: TrainingData,
  parameters: ModelParameters,
  scale: WorkingScale,
  unit: number,
): DirectDesign {
  const raw = workingChanges(model, data.y, scale);
  const changes = unit > 0 && unit !== 1 ? raw.map((change) => change / unit) : raw;
  const lags = lagFeatures(changes, lagFeatureSettings(model, parameters));
  const inputs = chooseRegressors(model, data);
  // The change t - 1 ends in observation t.
  const outside = regressorRows(model, data, inputs, lags.firstOrigin + 1, lags.rows);
  const values = new Float64Array(lags.values.length + outside.length);
  values.set(lags.values);
  values.set(outside, lags.values.length);
  return { changes, features: { ...lags, values, count: lags.count + regressorCount(inputs) }, inputs };
}

/** The last observation and the features there: equal to the last row of `directDesign`. */
export function lastOrigin(
  model: string,
  data: TrainingData,
  parameters: ModelParameters,
  scale: WorkingScale,
  unit: number,
  inputs: RegressorInputs,
): { last: number; features: readonly number[] } {
  const settings = lagFeatureSettings(model, parameters);
  const end = data.y.length - 1;
  const raw = workingChanges(model, data.y.subarray(end - featureReach(settings)), scale);
  const changes = unit > 0 && unit !== 1 ? raw.map((change) => change / unit) : raw;
  const outside = regressorRows(model, data, inputs, end, 1);
  return { last: data.y[end]!, features: [...lastLagFeatures(changes, settings), ...outside] };
}

/** Root mean square of the changes on the working scale; 0 for a constant series. */
export function changeUnit(model: string, y: Float64Array, scale: WorkingScale): number {
  let squares = 0;
  const changes = workingChanges(model, y, scale);
  for (const change of changes) squares += change * change;
  return Math.sqrt(squares / changes.length);
}
