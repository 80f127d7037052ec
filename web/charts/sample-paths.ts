import type { ForecastPointView } from '../../src/api/contract.ts';
import { dayOf } from './days.ts';
import type { Point } from './trace.ts';

/** So many that each path stands for one published quantile or lies between two: none is made beyond the outermost. */
export const pathCount = 20;

/**
 * Ways the price may go that agree with a forecast: at every date the values are the published distribution at
 * `pathCount` evenly spread probabilities; which of them belong to one path is told by how the price itself wandered
 * in the past, whose ranks are copied (the Schaake shuffle: Clark, Gangopadhyay, Hay, Rajagopalan & Wilby 2004).
 * No chance is involved. `past`: prices up to the cutoff, oldest first; null where there are too few.
 */
export function samplePaths(points: readonly ForecastPointView[], past: readonly number[]): Point[][] | null {
  const template = pastWalks(past, points.length);
  if (template === null) return null;
  const ranks = points.map((_, step) => ranksOf(template.map((walk) => walk[step] ?? 0)));
  return template.map((_, place) =>
    points.map((point, step) => {
      const share = ((ranks[step]?.[place] ?? 0) + 0.5) / pathCount;
      return { day: dayOf(point.targetDate), value: quantileOf(point.quantilesRubPerGram, share) };
    }),
  );
}

/** Relative changes over the steps ahead from evenly spread starts of the past: `walks[place][step]`. */
function pastWalks(past: readonly number[], steps: number): number[][] | null {
  const starts = past.length - steps;
  if (starts < pathCount) return null;
  return Array.from({ length: pathCount }, (_, place) => {
    const start = Math.floor((place * (starts - 1)) / (pathCount - 1));
    const base = past[start] ?? 1;
    return Array.from({ length: steps }, (_step, step) => (past[start + step + 1] ?? base) / base);
  });
}

/** Rank of each value, 0 for the lowest; equal ones in the order they stand. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, place) => place).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
  const ranks = new Array<number>(values.length).fill(0);
  order.forEach((place, rank) => {
    ranks[place] = rank;
  });
  return ranks;
}

/** Between two published quantiles the logarithm of the price is straight in the probability. */
export function quantileOf(quantiles: Readonly<Record<string, number>>, share: number): number {
  const levels = Object.entries(quantiles)
    .map(([level, value]) => ({ level: Number(level), value }))
    .sort((a, b) => a.level - b.level);
  const above = levels.findIndex((one) => one.level >= share);
  const [low, high] = above < 0 ? [levels.at(-1), undefined] : [levels[above - 1], levels[above]];
  if (high === undefined || low === undefined) return (high ?? low)?.value ?? Number.NaN;
  const weight = (share - low.level) / (high.level - low.level);
  const between = Math.exp(Math.log(low.value) * (1 - weight) + Math.log(high.value) * weight);
  return Math.min(high.value, Math.max(low.value, between));
}
