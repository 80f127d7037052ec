import { assert } from '../domain/errors.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import { mean } from '../stats/moments.ts';
import { crpsFromQuantiles, pinballLoss, weightedIntervalScore } from '../stats/scoring.ts';
import { medianLevel } from './conformal.ts';
import type { Folds } from './rolling-origin.ts';

/**
 * What one horizon contributes at each origin, `[row]` in origin order, so that every metric is a function of means of
 * these and a resample costs one pass. Money in the unit of the series, shares as 0 or 1.
 */
export interface OriginTerms {
  readonly count: number;
  readonly wis: Float64Array;
  readonly naiveWis: Float64Array;
  /** 1 where both the price and the median moved away from the origin's price, and 1 where to the same side. */
  readonly moves: Float64Array;
  readonly right: Float64Array;
  /** By level. */
  readonly pinball: readonly Float64Array[];
  /** Cell of `pitCells` the target fell into. */
  readonly cell: Float64Array;
  /** By name, for `termMeans`. */
  readonly columns: Readonly<Record<TermName, Float64Array>>;
}

const termNames = [
  'absolute',
  'squared',
  'error',
  'percent',
  'symmetric',
  'target',
  'targetSquared',
  'change',
  'changeSquared',
  'naiveAbsolute',
  'wis',
  'naiveWis',
  'crps',
  'moves',
  'right',
  'inside50',
  'inside80',
  'inside95',
  'width50',
  'width80',
  'width95',
] as const;
export type TermName = (typeof termNames)[number];

/** Central intervals by name: the places of their bounds among `quantileLevels`. */
const intervals = [
  { coverage: '50', lower: quantileLevels.indexOf(0.25) },
  { coverage: '80', lower: quantileLevels.indexOf(0.1) },
  { coverage: '95', lower: quantileLevels.indexOf(0.025) },
] as const;

/** The terms at horizon `index + 1` of the origins given, whose targets must be inside `y`. */
export function originTerms(
  folds: Folds,
  naive: Folds,
  y: Float64Array,
  origins: readonly number[],
  index: number,
): OriginTerms {
  const own = rowsOf(folds);
  const base = rowsOf(naive);
  const count = origins.length;
  const columns = Object.fromEntries(
    termNames.map((name) => [name, new Float64Array(count)]),
  ) as OriginTerms['columns'];
  const pinball = quantileLevels.map(() => new Float64Array(count));
  const cell = new Float64Array(count);
  for (const [row, origin] of origins.entries()) {
    const target = y[origin + index + 1] ?? Number.NaN;
    const [place, naivePlace] = [own.get(origin), base.get(origin)];
    assert(place !== undefined && naivePlace !== undefined, `origin ${origin} was evaluated`);
    const spread = spreadAt(folds, place, index);
    const naiveSpread = spreadAt(naive, naivePlace, index);
    const centre = folds.mean[place * folds.horizon + index] ?? Number.NaN;
    writePoint(columns, row, {
      target,
      centre,
      median: spread[medianLevel] ?? Number.NaN,
      start: y[origin] ?? Number.NaN,
    });
    writeIntervals(columns, row, target, spread);
    columns.naiveAbsolute[row] = Math.abs(target - (naiveSpread[medianLevel] ?? Number.NaN));
    columns.wis[row] = weightedIntervalScore(target, spread, quantileLevels);
    columns.naiveWis[row] = weightedIntervalScore(target, naiveSpread, quantileLevels);
    columns.crps[row] = crpsFromQuantiles(target, spread, quantileLevels);
    for (const [level, losses] of pinball.entries()) {
      losses[row] = pinballLoss(target, spread[level] ?? Number.NaN, quantileLevels[level] ?? Number.NaN);
    }
    cell[row] = cellOf(spread, target);
  }
  const { wis, naiveWis, moves, right } = columns;
  return { count, wis, naiveWis, moves, right, pinball, cell, columns };
}

/** Means of the terms over all origins, or over a resample of them. */
export function termMeans(terms: OriginTerms, resample: Int32Array | null): Readonly<Record<TermName, number>> {
  const means = {} as Record<TermName, number>;
  for (const name of termNames) {
    const values = terms.columns[name];
    means[name] = resample === null ? mean(values) : resampledMean(values, resample);
  }
  return means;
}

function resampledMean(values: Float64Array, resample: Int32Array): number {
  let sum = 0;
  for (let place = 0; place < resample.length; place += 1) sum += values[resample[place] ?? 0] ?? Number.NaN;
  return sum / resample.length;
}

/**
 * The PIT histogram (Dawid 1984; Diebold, Gunther & Tay 1998) with the cells that the quantiles make: the share of
 * targets between two successive levels, which an honest distribution fills as wide as the cell is.
 */
export function pitCells(terms: OriginTerms): { from: number; to: number; share: number }[] {
  const bounds = [0, ...quantileLevels, 1];
  return bounds.slice(1).map((to, place) => ({
    from: bounds[place] ?? 0,
    to,
    share: mean(terms.cell.map((cell) => Number(cell === place))),
  }));
}

interface Point {
  readonly target: number;
  readonly centre: number;
  readonly median: number;
  /** The price at the origin. */
  readonly start: number;
}

function writePoint(columns: OriginTerms['columns'], row: number, { target, centre, median, start }: Point): void {
  const error = centre - target;
  columns.absolute[row] = Math.abs(median - target);
  columns.squared[row] = error * error;
  columns.error[row] = error;
  columns.percent[row] = Math.abs((median - target) / target);
  columns.symmetric[row] = median === target ? 0 : Math.abs(median - target) / (Math.abs(median) + Math.abs(target));
  columns.target[row] = target;
  columns.targetSquared[row] = target * target;
  columns.change[row] = target - start;
  columns.changeSquared[row] = (target - start) ** 2;
  columns.moves[row] = Number(median !== start && target !== start);
  columns.right[row] = Number(median !== start && Math.sign(median - start) === Math.sign(target - start));
}

function writeIntervals(columns: OriginTerms['columns'], row: number, target: number, spread: Float64Array): void {
  for (const { coverage, lower } of intervals) {
    const below = spread[lower] ?? Number.NaN;
    const above = spread[spread.length - 1 - lower] ?? Number.NaN;
    columns[`inside${coverage}`][row] = Number(target >= below && target <= above);
    columns[`width${coverage}`][row] = above - below;
  }
}

/** How many quantiles lie below the target. */
function cellOf(spread: Float64Array, target: number): number {
  let below = 0;
  while (below < spread.length && (spread[below] ?? Number.NaN) < target) below += 1;
  return below;
}

function spreadAt(folds: Folds, row: number, index: number): Float64Array {
  const spread = new Float64Array(quantileLevels.length);
  for (let level = 0; level < spread.length; level += 1) {
    spread[level] = folds.quantiles[(row * spread.length + level) * folds.horizon + index] ?? Number.NaN;
  }
  return spread;
}

function rowsOf(folds: Folds): Map<number, number> {
  return new Map(Array.from(folds.origins, (origin, row) => [origin, row]));
}
