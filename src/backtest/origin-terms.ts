import { assert } from '../domain/errors.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import { resampledMeans } from '../stats/bootstrap.ts';
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

/** Central intervals: the terms they write, and the place of their lower bound among `quantileLevels`. */
const intervals = [
  { inside: 'inside50', width: 'width50', lower: quantileLevels.indexOf(0.25) },
  { inside: 'inside80', width: 'width80', lower: quantileLevels.indexOf(0.1) },
  { inside: 'inside95', width: 'width95', lower: quantileLevels.indexOf(0.025) },
] as const;

/** Rows of one model and of naive by origin: made once for all horizons. */
export interface TermRows {
  readonly own: ReadonlyMap<number, number>;
  readonly base: ReadonlyMap<number, number>;
}

export function termRows(folds: Folds, naive: Folds): TermRows {
  return { own: rowsOf(folds), base: rowsOf(naive) };
}

/** The terms at horizon `index + 1` of the origins given, whose targets must be inside `y`. */
export function originTerms(
  folds: Folds,
  naive: Folds,
  y: Float64Array,
  origins: readonly number[],
  index: number,
  { own, base }: TermRows = termRows(folds, naive),
): OriginTerms {
  const count = origins.length;
  // One buffer for all: hundreds of small ones for each model cost more than what is written into them.
  const room = new Float64Array(count * (termNames.length + quantileLevels.length + 1));
  const part = (place: number) => room.subarray(place * count, (place + 1) * count);
  const columns = Object.fromEntries(termNames.map((name, place) => [name, part(place)])) as OriginTerms['columns'];
  const pinball = quantileLevels.map((_, level) => part(termNames.length + level));
  const cell = part(termNames.length + quantileLevels.length);
  const spread = new Float64Array(quantileLevels.length);
  const naiveSpread = new Float64Array(quantileLevels.length);
  for (const [row, origin] of origins.entries()) {
    const target = y[origin + index + 1] ?? Number.NaN;
    const [place, naivePlace] = [own.get(origin), base.get(origin)];
    assert(place !== undefined && naivePlace !== undefined, `origin ${origin} was evaluated`);
    readSpread(folds, place, index, spread);
    readSpread(naive, naivePlace, index, naiveSpread);
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
    for (let level = 0; level < spread.length; level += 1) {
      const loss = pinballLoss(target, spread[level] ?? Number.NaN, quantileLevels[level] ?? Number.NaN);
      (pinball[level] as Float64Array)[row] = loss;
    }
    cell[row] = cellOf(spread, target);
  }
  const { wis, naiveWis, moves, right } = columns;
  return { count, wis, naiveWis, moves, right, pinball, cell, columns };
}

/** Means of the terms over all origins. */
export function termMeans(terms: OriginTerms): Readonly<Record<TermName, number>> {
  return Object.fromEntries(termNames.map((name) => [name, mean(terms.columns[name])])) as Record<TermName, number>;
}

/** Tells `each` the means of the terms over each resample in turn, in one record that is written anew for the next. */
export function eachResampledMeans(
  terms: OriginTerms,
  resamples: readonly Int32Array[],
  each: (means: Readonly<Record<TermName, number>>, draw: number) => void,
): void {
  const averages = new Float64Array(termNames.length);
  const table = new Float64Array(terms.count * termNames.length);
  for (const [place, name] of termNames.entries()) {
    const column = terms.columns[name];
    for (let row = 0; row < terms.count; row += 1) table[row * termNames.length + place] = column[row] ?? Number.NaN;
  }
  const means = Object.fromEntries(termNames.map((name) => [name, 0])) as Record<TermName, number>;
  for (const [draw, resample] of resamples.entries()) {
    resampledMeans(table, resample, averages);
    for (let place = 0; place < termNames.length; place += 1) {
      means[termNames[place] as TermName] = averages[place] ?? Number.NaN;
    }
    each(means, draw);
  }
}

/**
 * The PIT histogram (Dawid 1984; Diebold, Gunther & Tay 1998) with the cells that the quantiles make: the share of
 * targets between two successive levels, which an honest distribution fills as wide as the cell is.
 */
export function pitCells(terms: OriginTerms): { from: number; to: number; share: number }[] {
  const bounds = [0, ...quantileLevels, 1];
  const counts = new Float64Array(bounds.length - 1);
  for (let row = 0; row < terms.count; row += 1) {
    const place = terms.cell[row] ?? 0;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return bounds.slice(1).map((to, place) => ({
    from: bounds[place] ?? 0,
    to,
    share: (counts[place] ?? 0) / terms.count,
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
  for (const { inside, width, lower } of intervals) {
    const below = spread[lower] ?? Number.NaN;
    const above = spread[spread.length - 1 - lower] ?? Number.NaN;
    columns[inside][row] = Number(target >= below && target <= above);
    columns[width][row] = above - below;
  }
}

/** How many quantiles lie below the target. */
function cellOf(spread: Float64Array, target: number): number {
  let below = 0;
  while (below < spread.length && (spread[below] ?? Number.NaN) < target) below += 1;
  return below;
}

function readSpread(folds: Folds, row: number, index: number, into: Float64Array): void {
  for (let level = 0; level < into.length; level += 1) {
    into[level] = folds.quantiles[(row * into.length + level) * folds.horizon + index] ?? Number.NaN;
  }
}

function rowsOf(folds: Folds): Map<number, number> {
  return new Map(Array.from(folds.origins, (origin, row) => [origin, row]));
}
