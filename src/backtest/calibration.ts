import { assert } from '../domain/errors.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import { mean } from '../stats/moments.ts';
import { weightedIntervalScore } from '../stats/scoring.ts';
import { type ConformalOptions, foldsWithWidths, medianLevel, spreadAround, widthsOfWays } from './conformal.ts';
import { type CalibrationMethod, calibrationMethods, coverages } from './interval-tracker.ts';
import type { Folds } from './rolling-origin.ts';

/** How one way of making intervals did at the origins chosen by. */
export interface CalibrationScore {
  /** Mean over horizons of the WIS, each horizon relative to that of `split`: below 1 is better. */
  readonly relativeWis: number;
  /** Mean over horizons and over the 50, 80 and 95% intervals of |coverage - promised|, a share. */
  readonly coverageMiss: number;
}

export interface CalibrationChoice {
  readonly method: CalibrationMethod;
  readonly scores: Readonly<Record<CalibrationMethod, CalibrationScore>>;
  /** The folds with the intervals of the chosen method. */
  readonly calibrated: Folds;
}

/**
 * Makes the intervals of one model in every way and keeps one by its score at the origins given, which must have no
 * report origin among them. Differences of WIS within `tolerance` (a share) are noise over a few hundred overlapping
 * origins, so among the ways that close to the best the one whose coverage is nearest to what it promises is taken;
 * the simpler wins ties. Cells without intervals (too early) are left out; with none left, `split`.
 */
export function chooseCalibration(
  folds: Folds,
  y: Float64Array,
  scale: Float64Array,
  origins: readonly number[],
  options: ConformalOptions,
  tolerance = 0.01,
): CalibrationChoice {
  const wanted = new Set(origins);
  const rows = [...folds.origins.keys()].filter((row) => wanted.has(folds.origins[row] ?? Number.NaN));
  const tables = widthsOfWays(folds, y, scale, calibrationMethods, options.memory);
  const ways = tables.map((widths, way) => {
    const method = calibrationMethods[way] ?? 'split';
    return { method, widths, ...scoreAt(folds, y, scale, widths, rows) };
  });
  const [split] = ways;
  assert(split !== undefined, 'split conformal is one of the ways');
  const scored = ways.map((way) => ({
    ...way,
    relativeWis: mean(way.wis.map((value, index) => ratio(value, split.wis[index] ?? Number.NaN))),
  }));
  const lowest = Math.min(...scored.map(({ relativeWis }) => relativeWis));
  const near = scored.filter(({ relativeWis }) => relativeWis <= lowest * (1 + tolerance));
  const chosen = near.reduce((best, way) => (way.coverageMiss < best.coverageMiss ? way : best), near[0] ?? split);
  const scores = scored.map(
    ({ method, relativeWis, coverageMiss }) => [method, { relativeWis, coverageMiss }] as const,
  );
  return {
    method: chosen.method,
    scores: Object.fromEntries(scores) as Record<CalibrationMethod, CalibrationScore>,
    calibrated: foldsWithWidths(folds, scale, chosen.widths),
  };
}

/** Central intervals whose coverage counts, by the places of their bounds among `quantileLevels`. */
const judged = [
  { coverage: 0.5, lower: quantileLevels.indexOf(0.25) },
  { coverage: 0.8, lower: quantileLevels.indexOf(0.1) },
  { coverage: 0.95, lower: quantileLevels.indexOf(0.025) },
] as const;

/** WIS by horizon and the mean coverage miss over the rows that have intervals and a fact. */
function scoreAt(
  folds: Folds,
  y: Float64Array,
  scale: Float64Array,
  widths: Float64Array,
  rows: readonly number[],
): { wis: Float64Array; coverageMiss: number } {
  const { horizon, origins, quantiles } = folds;
  const wis = new Float64Array(horizon);
  const misses: number[] = [];
  const spread = new Float64Array(quantileLevels.length);
  const inside = new Float64Array(judged.length);
  for (let index = 0; index < horizon; index += 1) {
    let count = 0;
    let sum = 0;
    inside.fill(0);
    for (const row of rows) {
      const origin = origins[row] ?? Number.NaN;
      const target = y[origin + index + 1] ?? Number.NaN;
      const median = quantiles[(row * spread.length + medianLevel) * horizon + index] ?? Number.NaN;
      spreadAround(
        median,
        widths,
        (index * origins.length + row) * coverages.length,
        scale[origin] ?? Number.NaN,
        spread,
      );
      const loss = weightedIntervalScore(target, spread, quantileLevels);
      if (Number.isNaN(loss)) continue;
      count += 1;
      sum += loss;
      for (let place = 0; place < judged.length; place += 1) {
        const lower = judged[place]?.lower ?? 0;
        const isInside = target >= (spread[lower] ?? 0) && target <= (spread[spread.length - 1 - lower] ?? 0);
        inside[place] = (inside[place] ?? 0) + Number(isInside);
      }
    }
    wis[index] = sum / count;
    for (const [place, { coverage }] of judged.entries()) {
      misses.push(Math.abs((inside[place] ?? 0) / count - coverage));
    }
  }
  return { wis, coverageMiss: mean(misses) };
}

/** A model that never errs has nothing to choose by. */
function ratio(own: number, base: number): number {
  return base > 0 ? own / base : 1;
}
