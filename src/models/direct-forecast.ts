import type { Forecast } from '../domain/forecaster.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import { sampleQuantile, sortedCopy } from '../stats/quantiles.ts';
import type { WorkingScale } from './working-scale.ts';

/** How the errors of a direct model spread at horizons 1..H: index h - 1, in units of the working scale. */
export interface DirectErrors {
  /** `offsets[l][h - 1]`: quantile of the errors at `quantileLevels[l]`. */
  readonly offsets: readonly (readonly number[])[];
  /** Log of the mean of exp(error) on `log` (Duan 1983's smearing factor); mean error on `level`. */
  readonly shift: readonly number[];
  /** Mean change per quote over the training series: carries the centre on beyond H. */
  readonly meanChange: number;
}

/** Cumulative changes from origin row i to h quotes later: `targets[(h - 1) * rows + i]`, for rows that know all H. */
export function cumulativeChanges(
  changes: Float64Array,
  firstOrigin: number,
  rows: number,
  horizons: number,
): Float64Array {
  const targets = new Float64Array(rows * horizons);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let h = 0; h < horizons; h++) {
      sum += changes[firstOrigin + i + 1 + h]!;
      targets[h * rows + i] = sum;
    }
  }
  return targets;
}

/** Summarises one horizon's errors (target minus prediction): its quantiles and its shift. Errors must not be empty. */
export function summariseErrors(errors: Float64Array, scale: WorkingScale): { offsets: number[]; shift: number } {
  const sorted = sortedCopy(errors);
  const offsets = quantileLevels.map((level) => sampleQuantile(sorted, level));
  let sum = 0;
  for (const error of errors) sum += scale === 'log' ? Math.expm1(error) : error;
  const average = sum / errors.length;
  return { offsets, shift: scale === 'log' ? Math.log1p(average) : average };
}

/**
 * Forecast of a direct model: centre[h - 1] is the predicted cumulative change to h on the working scale, the errors are
 * empirical. Beyond the H horizons that were fitted the centre goes on at the mean change and the errors spread with the
 * square root of the horizon, as those of a random walk.
 */
export function directForecast(
  last: number,
  centre: ArrayLike<number>,
  errors: DirectErrors,
  scale: WorkingScale,
  horizon: number,
): Forecast {
  const fitted = centre.length;
  const back = (change: number) => (scale === 'log' ? last * Math.exp(change) : last + change);
  const centreAt = (h: number) => centre[Math.min(h, fitted) - 1]! + Math.max(0, h - fitted) * errors.meanChange;
  const stretch = (h: number) => Math.max(1, h / fitted);
  const steps = Float64Array.from({ length: horizon }, (_, i) => i + 1);
  return {
    mean: steps.map((h) => back(centreAt(h) + errors.shift[Math.min(h, fitted) - 1]! * stretch(h))),
    quantiles: errors.offsets.map((row) =>
      steps.map((h) => back(centreAt(h) + row[Math.min(h, fitted) - 1]! * Math.sqrt(stretch(h)))),
    ),
  };
}
