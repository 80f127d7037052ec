import { assert } from '../domain/errors.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import { conformalQuantile } from '../stats/quantiles.ts';
import { createExpertWeights, type ExpertWeights } from './expert-weights.ts';
import type { SlidingOrder } from './sliding-order.ts';

/** Ways from past scores to widths, simplest first: ties of `chooseCalibration` go to the simpler. */
export const calibrationMethods = ['split', 'aci', 'agaci', 'pid'] as const;
export type CalibrationMethod = (typeof calibrationMethods)[number];

/** Coverages of the central intervals the levels make, widest first: 0.95, 0.9, 0.8, 0.5. */
export const coverages: readonly number[] = quantileLevels
  .filter((level) => level < 0.5)
  .map((level) => Math.round(1e9 * (1 - 2 * level)) / 1e9);

const levelCount = coverages.length;

/** Fewer residuals than this give no 95% interval: ceil((n + 1) x 0.95) must not exceed n. */
export const fewestResiduals = 39;

/**
 * Learns the widths of central intervals online, at one horizon: it holds state and belongs to one walk along the
 * origins, whose rows it is told. Widths stand in a table, `widths[at]` on, by `coverages`: non-increasing, never
 * negative and always finite.
 */
export interface IntervalWay {
  /** Writes what to give now at a row, from the scores kept: `fewestResiduals` at least. */
  give(known: SlidingOrder, row: number, widths: Float64Array, at: number): void;
  /** The score of a past forecast, in order of arrival, with the widths given at its row; it is among those kept. */
  learn(score: number, known: SlidingOrder, row: number, widths: Float64Array, at: number): void;
}

/**
 * - `split`: split conformal quantiles of the scores kept (Lei et al. 2018, theorem 2.2).
 * - `aci`: the same at an adaptive level, raised after a miss and lowered after a hit (Gibbs & Candès 2021, equation 2),
 *   held within [0, 1]: beyond 1 the paper gives the whole line, and a run of misses would keep it there for a year.
 * - `agaci`: five such with different step sizes, aggregated by their quantile loss (Zaffran et al. 2022, algorithm 1).
 * - `pid`: the split quantile as forecast of the score, corrected by a proportional and an integral term of the misses
 *   (Angelopoulos, Candès & Tibshirani 2023, equations 5 and 7).
 */
export function createWay(method: CalibrationMethod, rows: number): IntervalWay {
  switch (method) {
    case 'split':
      return splitWay();
    case 'aci':
      return adaptiveWay(0.002);
    case 'agaci':
      return aggregatedWay(rows);
    case 'pid':
      return controlledWay();
  }
}

/**
 * Widths of the central intervals by split conformal prediction with its finite-sample correction, following
 * `coverages`. `sorted` ascending, at least `fewestResiduals` long.
 */
export function conformalWidths(sorted: ArrayLike<number>): Float64Array {
  assert(sorted.length >= fewestResiduals, 'intervals are made of enough residuals');
  return Float64Array.from(coverages, (coverage) => conformalQuantile(sorted, coverage));
}

function splitWay(): IntervalWay {
  return {
    give(known, _, widths, at) {
      for (let index = 0; index < levelCount; index += 1) {
        widths[at + index] = boundedQuantile(known, coverages[index] ?? Number.NaN);
      }
      nest(widths, at);
    },
    learn: () => undefined,
  };
}

function adaptiveWay(step: number): IntervalWay {
  const levels = Float64Array.from(coverages);
  return {
    give(known, _, widths, at) {
      for (let index = 0; index < levelCount; index += 1) {
        widths[at + index] = boundedQuantile(known, levels[index] ?? Number.NaN);
      }
      nest(widths, at);
    },
    learn(score, _, __, widths, at) {
      for (let index = 0; index < levelCount; index += 1) {
        const isMiss = score > (widths[at + index] ?? Number.NaN);
        levels[index] = adapted(levels[index] ?? Number.NaN, step, isMiss, coverages[index] ?? Number.NaN);
      }
    },
  };
}

/** The level after a hit or a miss of an interval of the given coverage. */
function adapted(level: number, step: number, isMiss: boolean, coverage: number): number {
  return Math.max(0, Math.min(1, level + step * (Number(isMiss) - (1 - coverage))));
}

/** Step sizes of the experts; 0 is split conformal itself. The paper's `aci` steps 0.005; overlap asks for less. */
const steps = Float64Array.of(0, 0.001, 0.005, 0.02, 0.05);

function aggregatedWay(rows: number): IntervalWay {
  const experts = steps.length;
  const places = levelCount * experts;
  const weights: readonly ExpertWeights[] = coverages.map(() => createExpertWeights(experts));
  const levels = Float64Array.from({ length: places }, (_, place) => Number(coverages[Math.floor(place / experts)]));
  /** What each expert said, `[row * places + coverage * experts + expert]`: remembered to be judged with the fact. */
  const said = new Float64Array(rows * places);
  const losses = new Float64Array(experts);
  return {
    give(known, row, widths, at) {
      const from = row * places;
      for (let place = 0; place < places; place += 1) {
        said[from + place] = boundedQuantile(known, levels[place] ?? Number.NaN);
      }
      for (let index = 0; index < levelCount; index += 1) {
        widths[at + index] = weights[index]?.combine(said, from + index * experts) ?? Number.NaN;
      }
      nest(widths, at);
    },
    learn(score, _, row, widths, at) {
      for (let index = 0; index < levelCount; index += 1) {
        const coverage = coverages[index] ?? Number.NaN;
        // The slope of the quantile loss at what was given makes the losses linear, as the bound of the weights needs.
        const slope = score > (widths[at + index] ?? Number.NaN) ? -coverage : 1 - coverage;
        for (let expert = 0; expert < experts; expert += 1) {
          const place = index * experts + expert;
          const own = said[row * places + place] ?? Number.NaN;
          levels[place] = adapted(levels[place] ?? Number.NaN, steps[expert] ?? Number.NaN, score > own, coverage);
          losses[expert] = slope * own;
        }
        weights[index]?.learn(losses);
      }
    },
  };
}

/**
 * Gains of the controller: the share of the largest score kept that one miss adds, and that of the integral. Smaller
 * than the paper's, because the misses of overlapping horizons come in runs; set by trials on the gold price to 2025.
 */
const proportionalGain = 0.003;
const integralGain = 0.1;

function controlledWay(): IntervalWay {
  const tracked = new Float64Array(levelCount);
  const excess = new Float64Array(levelCount);
  let count = 0;
  return {
    give(known, _, widths, at) {
      const decay = count < 2 ? 0 : Math.log(count) / count;
      for (let index = 0; index < levelCount; index += 1) {
        const integral = count < 2 ? 0 : saturated((excess[index] ?? Number.NaN) * decay) * known.largest;
        const width = boundedQuantile(known, coverages[index] ?? Number.NaN);
        widths[at + index] = width + (tracked[index] ?? Number.NaN) + integral;
      }
      nest(widths, at);
    },
    learn(score, known, _, widths, at) {
      for (let index = 0; index < levelCount; index += 1) {
        const miss = Number(score > (widths[at + index] ?? Number.NaN)) - (1 - (coverages[index] ?? Number.NaN));
        tracked[index] = (tracked[index] ?? Number.NaN) + proportionalGain * known.largest * miss;
        excess[index] = (excess[index] ?? Number.NaN) + miss;
      }
      count += 1;
    },
  };
}

/** tan, which grows without bound as the misses pile up (the paper's saturation function), held short of its pole. */
function saturated(pressure: number): number {
  return integralGain * Math.tan(Math.max(-1.5, Math.min(1.5, pressure / 5)));
}

/** Where no finite bound is valid (a level of 1 or more) the largest score kept is the widest that is known to happen. */
function boundedQuantile({ sorted, count, largest }: SlidingOrder, level: number): number {
  if (level <= 0) return 0;
  const width = level >= 1 ? Number.POSITIVE_INFINITY : conformalQuantile(sorted, level, count);
  return Number.isFinite(width) ? width : largest;
}

/** From the narrowest outwards no interval is narrower than the one inside it, and none is negative. */
function nest(widths: Float64Array, at: number): void {
  let inner = 0;
  for (let index = levelCount - 1; index >= 0; index -= 1) {
    inner = Math.max(inner, widths[at + index] ?? 0);
    widths[at + index] = inner;
  }
}
