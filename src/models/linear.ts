import { quantileLevels } from '../domain/forecaster.ts';
import { ridgeFromMoments } from '../stats/least-squares.ts';
import { mean } from '../stats/moments.ts';
import { defineModel, refuse, requireWhole } from './define-model.ts';
import { directDesign, lastOrigin } from './direct-design.ts';
import { cumulativeChanges, type DirectErrors, directForecast, summariseErrors } from './direct-forecast.ts';
import { featureCount, featureReach, type LagFeatures, lagFeatureSettings } from './lag-features.ts';
import type { RegressorInputs } from './regressor-features.ts';
import { chooseScale, validateScale, type WorkingScale } from './working-scale.ts';

interface LinearState {
  readonly last: number;
  readonly scale: WorkingScale;
  /** `coefficients[h - 1]`: the intercept, then one number for each feature. */
  readonly coefficients: readonly (readonly number[])[];
  readonly errors: DirectErrors;
  readonly inputs: RegressorInputs;
  /** Features at the last origin. */
  readonly features: readonly number[];
}

/**
 * Linear regression of the cumulative change to each horizon 1..`horizons` on the last `lags` changes and on the mean
 * and deviation of two windows (direct forecasting: one regression for each horizon; Marcellino, Stock & Watson 2006).
 * Changes are log returns on the `log` scale, differences on `level`. Least squares from the normal equations with a
 * relative ridge `penalty` (0: none; equal or constant columns are handled by the smallest penalty that works).
 * The distribution is the empirical one of the model's own residuals at that horizon, inflated by
 * sqrt(rows / (rows - coefficients)) for the freedom that the fit used up.
 * `update` moves the last value and its features. A constant series gives a point distribution. Scale equivariant;
 * shift equivariant on `level`. Regressors of the training data are features as they are (`chooseRegressors`).
 */
export const linear = defineModel<LinearState>({
  name: 'linear',
  family: 'regression',
  defaults: { lags: 5, shortWindow: 10, longWindow: 21, horizons: 14, penalty: 0.001, scale: 'auto' },
  validate(parameters) {
    validateScale('linear', parameters);
    lagFeatureSettings('linear', parameters);
    requireWhole('linear', parameters, 'horizons', 1, 250);
    if (Number(parameters['penalty']) < 0) refuse('linear', 'parameter penalty must not be negative');
  },
  minObservations(parameters) {
    const settings = lagFeatureSettings('linear', parameters);
    return featureReach(settings) + Number(parameters['horizons']) + 3 * (featureCount(settings) + 1);
  },
  estimate(data, parameters) {
    const scale = chooseScale('linear', data.y, parameters);
    const { changes, features, inputs } = directDesign('linear', data, parameters, scale, 1);
    const horizons = Number(parameters['horizons']);
    const { coefficients, errors } = fitHorizons(changes, features, horizons, Number(parameters['penalty']), scale);
    return { scale, coefficients, errors, inputs, ...lastOrigin('linear', data, parameters, scale, 1, inputs) };
  },
  advance(state, data, parameters) {
    return { ...state, ...lastOrigin('linear', data, parameters, state.scale, 1, state.inputs) };
  },
  predict(state, horizon) {
    const centre = state.coefficients.map((beta) =>
      state.features.reduce((sum, value, f) => sum + value * beta[f + 1]!, beta[0]!),
    );
    return directForecast(state.last, centre, state.errors, state.scale, horizon);
  },
});

function fitHorizons(
  changes: Float64Array,
  design: LagFeatures,
  horizons: number,
  penalty: number,
  scale: WorkingScale,
): { coefficients: number[][]; errors: DirectErrors } {
  const rows = design.rows - horizons;
  const targets = cumulativeChanges(changes, design.firstOrigin, rows, horizons);
  const columns = [
    new Float64Array(rows).fill(1),
    ...Array.from({ length: design.count }, (_, f) => design.values.subarray(f * design.rows, f * design.rows + rows)),
  ];
  const gram = Float64Array.from(columns.flatMap((a) => columns.map((b) => dot(a, b))));
  const inflation = Math.sqrt(rows / Math.max(1, rows - columns.length));
  const coefficients: number[][] = [];
  const offsets: number[][] = quantileLevels.map(() => []);
  const shift: number[] = [];
  for (let h = 0; h < horizons; h++) {
    const target = targets.subarray(h * rows, (h + 1) * rows);
    const moment = columns.map((column) => dot(column, target));
    const beta = ridgeFromMoments(gram, moment, penalty, true);
    const errors = target.slice();
    columns.forEach((column, k) => {
      for (let i = 0; i < rows; i++) errors[i]! -= beta[k]! * column[i]!;
    });
    const summary = summariseErrors(
      errors.map((error) => error * inflation),
      scale,
    );
    coefficients.push(Array.from(beta));
    summary.offsets.forEach((value, level) => {
      offsets[level]!.push(value);
    });
    shift.push(summary.shift);
  }
  return { coefficients, errors: { offsets, shift, meanChange: mean(changes) } };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
