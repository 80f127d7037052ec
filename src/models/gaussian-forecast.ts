import type { Forecast } from '../domain/forecaster.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import { normalQuantile } from '../stats/normal.ts';
import type { WorkingScale } from './working-scale.ts';

/** Standard normal quantiles at `quantileLevels`. */
export const normalScores: Float64Array = Float64Array.from(quantileLevels, (level) => normalQuantile(level));

/**
 * Normal distributions on the working scale, brought back to levels. On `log` the quantiles are exp of the normal ones
 * (so positive) and the mean is the log-normal mean exp(mu + sd^2 / 2), unless `exactMean` says that `centre` is the
 * mean by the model's own definition (naive, moving average), when the mean is exp(centre).
 * `centre[h - 1]` and `sd[h - 1]` are on the working scale; sd 0 gives a point distribution.
 */
export function gaussianForecast(
  centre: Float64Array,
  sd: Float64Array,
  scale: WorkingScale,
  exactMean = false,
): Forecast {
  const mean = new Float64Array(centre.length);
  for (let h = 0; h < centre.length; h++) {
    const shift = exactMean ? 0 : 0.5 * sd[h]! * sd[h]!;
    mean[h] = scale === 'log' ? Math.exp(centre[h]! + shift) : centre[h]!;
  }
  const quantiles = Array.from(normalScores, (score) => {
    const row = new Float64Array(centre.length);
    for (let h = 0; h < centre.length; h++) {
      const value = centre[h]! + score * sd[h]!;
      row[h] = scale === 'log' ? Math.exp(value) : value;
    }
    return row;
  });
  return { mean, quantiles };
}

/**
 * Distributions around known levels: `base[h - 1]` multiplied by exp of (log) or added to (level) normal changes with
 * centres `drift[h - 1]` and deviations `sd[h - 1]`. A zero drift gives the base back bit for bit as the median.
 */
export function gaussianChangeForecast(
  base: ArrayLike<number>,
  drift: Float64Array,
  sd: Float64Array,
  scale: WorkingScale,
  exactMean = false,
): Forecast {
  const change = gaussianForecast(drift, sd, scale, exactMean);
  const back = (value: number, i: number) => (scale === 'log' ? base[i]! * value : base[i]! + value);
  return { mean: change.mean.map(back), quantiles: change.quantiles.map((row) => row.map(back)) };
}
