import type { TermName } from './origin-terms.ts';

export const metricNames = [
  'mae',
  'rmse',
  'r2',
  'r2OfChanges',
  'mape',
  'smape',
  'mase',
  'rmsse',
  'bias',
  'directionalAccuracy',
  'wis',
  'crps',
  'coverage50',
  'coverage80',
  'coverage95',
  'width50',
  'width80',
  'width95',
  'skillVsNaive',
  'wisSkillVsNaive',
] as const;
export type MetricName = (typeof metricNames)[number];

/**
 * Metrics of one horizon from the means of its terms; NaN where one has no meaning. Absolute errors are of the median,
 * squared ones of the mean. Percentages in percent, coverages and skills as shares, the rest in the unit of the series;
 * `mase` and `rmsse` are relative to the one-step changes before the block (Hyndman & Koehler 2006; Makridakis et al.
 * 2022). Skills are 1 - loss / loss of naive, of MAE and of WIS: 0 for naive itself.
 */
export function metricsFrom(
  means: Readonly<Record<TermName, number>>,
  scales: { readonly absolute: number; readonly squared: number },
): Record<MetricName, number> {
  const rmse = Math.sqrt(means.squared);
  return {
    mae: means.absolute,
    rmse,
    r2: explained(means.squared, means.targetSquared - means.target ** 2),
    r2OfChanges: explained(means.squared, means.changeSquared - means.change ** 2),
    mape: 100 * means.percent,
    smape: 200 * means.symmetric,
    mase: scales.absolute > 0 ? means.absolute / scales.absolute : Number.NaN,
    rmsse: scales.squared > 0 ? rmse / Math.sqrt(scales.squared) : Number.NaN,
    bias: means.error,
    directionalAccuracy: means.moves > 0 ? means.right / means.moves : Number.NaN,
    wis: means.wis,
    crps: means.crps,
    coverage50: means.inside50,
    coverage80: means.inside80,
    coverage95: means.inside95,
    width50: means.width50,
    width80: means.width80,
    width95: means.width95,
    skillVsNaive: skill(means.absolute, means.naiveAbsolute),
    wisSkillVsNaive: skill(means.wis, means.naiveWis),
  };
}

function explained(squaredError: number, variance: number): number {
  return variance > 0 ? 1 - squaredError / variance : Number.NaN;
}

/** Where naive never errs nothing can be gained: 0 for a rival that does not err either, -1 for one that does. */
function skill(loss: number, naive: number): number {
  if (naive > 0) return 1 - loss / naive;
  return loss > 0 ? -1 : 0;
}
