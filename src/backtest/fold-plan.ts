import { PlatformError } from '../domain/errors.ts';
import type { BacktestSettings } from './settings.ts';

/** Origins, ascending, by what they may be used for. An origin `t` sees `y[0..t]`; its targets are `t + 1 .. t + H`. */
export interface FoldPlan {
  readonly calibration: readonly number[];
  readonly selection: readonly number[];
  /** Origins between selection and report, whose targets overlap both: residuals only. */
  readonly purged: readonly number[];
  readonly report: readonly number[];
  /** Origins with only part of their targets known: residuals only. */
  readonly fresh: readonly number[];
  /** Every origin above, ascending, cut into stretches that share one estimation of the parameters. */
  readonly blocks: readonly FoldBlock[];
}

/**
 * Origins that share one fit. `fitOrigin` is a multiple of `refitEvery`, or the first origin with the fewest
 * observations, so a block keeps its identity as the series grows.
 */
export interface FoldBlock {
  readonly fitOrigin: number;
  readonly origins: readonly number[];
}

/**
 * Lays the origins over a series of `observations` values, newest origins last.
 * Throws NOT_READY when the series is too short for the settings.
 */
export function planFolds(observations: number, settings: BacktestSettings): FoldPlan {
  const { horizon, step } = settings;
  const lastComplete = Math.floor((observations - 1 - horizon) / step) * step;
  const counts = blockSizes(settings);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const first = lastComplete - (total - 1) * step;
  const needed = fewestObservations(settings);
  if (observations < needed) {
    throw new PlatformError('NOT_READY', `${observations} quotes are too few to compare models.`, {
      context: { observations, needed },
      hint: `Load more history: ${needed} quotes without a hole are needed; or ask for fewer origins.`,
    });
  }
  const complete = Array.from({ length: total }, (_, index) => first + index * step);
  const [calibration, selection, purged, report] = cut(complete, counts) as [number[], number[], number[], number[]];
  const fresh: number[] = [];
  for (let origin = lastComplete + step; origin <= observations - 2; origin += step) fresh.push(origin);
  const blocks = blocksOf([...complete, ...fresh], settings);
  return { calibration, selection, purged, report, fresh, blocks };
}

/** The shortest series that can be planned. */
export function fewestObservations(settings: BacktestSettings): number {
  const { horizon, step, minObservations } = settings;
  const total = blockSizes(settings).reduce((sum, count) => sum + count, 0);
  const earliest = Math.ceil(Math.max(minObservations - 1, step) / step) * step;
  return earliest + (total - 1) * step + horizon + 1;
}

function blockSizes({
  horizon,
  step,
  calibrationOrigins,
  selectionOrigins,
  reportOrigins,
}: BacktestSettings): number[] {
  return [calibrationOrigins, selectionOrigins, Math.ceil((horizon - 1) / step), reportOrigins];
}

/** Every origin of a plan, ascending. */
export function originsOf(plan: FoldPlan): number[] {
  return plan.blocks.flatMap((block) => block.origins);
}

function cut(origins: readonly number[], counts: readonly number[]): number[][] {
  let from = 0;
  return counts.map((count) => {
    from += count;
    return origins.slice(from - count, from);
  });
}

function blocksOf(origins: readonly number[], { refitEvery, minObservations }: BacktestSettings): FoldBlock[] {
  const blocks = new Map<number, number[]>();
  for (const origin of origins) {
    // The first multiple is 0, where there is nothing to estimate from.
    const fitOrigin = Math.max(origin - (origin % refitEvery), minObservations - 1);
    const block = blocks.get(fitOrigin);
    if (block === undefined) blocks.set(fitOrigin, [origin]);
    else block.push(origin);
  }
  return [...blocks].map(([fitOrigin, members]) => ({ fitOrigin, origins: members }));
}
