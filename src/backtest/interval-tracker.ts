import { assert } from '../domain/errors.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import { conformalQuantile } from '../stats/quantiles.ts';
import { createExpertWeights, type ExpertWeights } from './expert-weights.ts';
import { SlidingOrder } from './sliding-order.ts';

/** Ways from past scores to widths, simplest first: ties of `chooseCalibration` go to the simpler. */
export const calibrationMethods = ['split', 'aci', 'agaci', 'pid'] as const;
export type CalibrationMethod = (typeof calibrationMethods)[number];

/** Coverages of the central intervals the levels make, widest first: 0.95, 0.9, 0.8, 0.5. */
export const coverages: readonly number[] = quantileLevels
  .filter((level) => level < 0.5)
  .map((level) => Math.round(1e9 * (1 - 2 * level)) / 1e9);

/** Fewer residuals than this give no 95% interval: ceil((n + 1) x 0.95) must not exceed n. */
export const fewestResiduals = 39;

/**
 * Learns the widths of central intervals online. Widths follow `coverages`, so they are non-increasing; they are never
 * negative and always finite. One tracker serves one horizon; it holds state and belongs to one walk along the origins.
 */
export interface IntervalTracker {
  /** What to give now; null until `fewestResiduals` scores are known. */
  widths(): GivenWidths | null;
  /** The score of a past forecast, in order of arrival, with what was given at its origin (null: nothing was). */
  learn(score: number, given: GivenWidths | null): void;
}

/** Widths as given at an origin, with what a method must remember to judge them when the fact arrives. */
export interface GivenWidths {
  readonly widths: readonly number[];
  /** `experts[level][expert]`: what each expert of `agaci` would have given. */
  readonly experts?: readonly (readonly number[])[];
}

/**
 * `memory` is the number of scores kept, newest first.
 * - `split`: split conformal quantiles of the scores kept (Lei et al. 2018, theorem 2.2).
 * - `aci`: the same at an adaptive level, raised after a miss and lowered after a hit (Gibbs & Candès 2021, equation 2),
 *   held within [0, 1]: beyond 1 the paper gives the whole line, and a run of misses would keep it there for a year.
 * - `agaci`: five such with different step sizes, aggregated by their quantile loss (Zaffran et al. 2022, algorithm 1).
 * - `pid`: the split quantile as forecast of the score, corrected by a proportional and an integral term of the misses
 *   (Angelopoulos, Candès & Tibshirani 2023, equations 5 and 7).
 */
export function createTracker(method: CalibrationMethod, memory: number): IntervalTracker {
  const way = createWay(method);
  const known = new SlidingOrder(memory);
  return {
    widths: () => way.widths(known.sorted),
    learn(score, given) {
      known.add(score);
      way.learn(score, given, known.sorted);
    },
  };
}

/** A tracker without the scores kept, so that several over the same forecasts keep them once. */
export interface IntervalWay {
  /** `sorted`: the scores kept, ascending. */
  widths(sorted: readonly number[]): GivenWidths | null;
  /** As of a tracker; `sorted` has the score among the others already. */
  learn(score: number, given: GivenWidths | null, sorted: readonly number[]): void;
}

export function createWay(method: CalibrationMethod): IntervalWay {
  const levels = coverages.map((coverage) => createLevel(method, coverage));
  return {
    widths(sorted) {
      if (sorted.length < fewestResiduals) return null;
      const experts = method === 'agaci' ? levels.map((): number[] => []) : undefined;
      const widths = levels.map((level, index) => level.give(sorted, experts?.[index]));
      nest(widths);
      return experts === undefined ? { widths } : { widths, experts };
    },
    learn(score, given, sorted) {
      if (given === null || method === 'split') return;
      for (let index = 0; index < levels.length; index += 1) {
        levels[index]?.learn(score, given.widths[index] ?? Number.NaN, sorted, given.experts?.[index]);
      }
    },
  };
}

/**
 * Widths of the central intervals by split conformal prediction with its finite-sample correction, following
 * `coverages`. `sorted` ascending, at least `fewestResiduals` long.
 */
export function conformalWidths(sorted: ArrayLike<number>): Float64Array {
  assert(sorted.length >= fewestResiduals, 'intervals are made of enough residuals');
  return Float64Array.from(coverages, (coverage) => conformalQuantile(sorted, coverage));
}

/** The interval of one coverage. `experts` is filled by `give` with what each expert says, and remembered for `learn`. */
interface LevelTracker {
  give(sorted: readonly number[], experts: number[] | undefined): number;
  learn(score: number, width: number, sorted: readonly number[], experts: readonly number[] | undefined): void;
}

function createLevel(method: CalibrationMethod, coverage: number): LevelTracker {
  switch (method) {
    case 'split':
      return { give: (sorted) => boundedQuantile(sorted, coverage), learn: () => undefined };
    case 'aci':
      return adaptiveLevel(coverage, 0.002);
    case 'agaci':
      return aggregatedLevel(coverage);
    case 'pid':
      return controlledLevel(coverage);
  }
}

function adaptiveLevel(coverage: number, step: number): LevelTracker {
  let level = coverage;
  return {
    give: (sorted) => boundedQuantile(sorted, level),
    learn(score, width) {
      level = Math.max(0, Math.min(1, level + step * (Number(score > width) - (1 - coverage))));
    },
  };
}

/** Step sizes of the experts; 0 is split conformal itself. The paper's `aci` steps 0.005; overlap asks for less. */
const steps = [0, 0.001, 0.005, 0.02, 0.05] as const;

function aggregatedLevel(coverage: number): LevelTracker {
  const experts = steps.map((step) => adaptiveLevel(coverage, step));
  const weights: ExpertWeights = createExpertWeights(steps.length);
  const losses = new Float64Array(steps.length);
  return {
    give(sorted, says) {
      assert(says !== undefined, 'there is room for what the experts say');
      for (const expert of experts) says.push(expert.give(sorted, undefined));
      return weights.combine(says);
    },
    learn(score, width, sorted, given) {
      assert(given !== undefined, 'what the experts gave is remembered with what was given');
      // The slope of the quantile loss at what was given makes the losses linear, as the bound of the weights needs.
      const slope = score > width ? -coverage : 1 - coverage;
      for (let index = 0; index < steps.length; index += 1) {
        const own = given[index] ?? Number.NaN;
        experts[index]?.learn(score, own, sorted, undefined);
        losses[index] = slope * own;
      }
      weights.learn(losses);
    },
  };
}

/**
 * Gains of the controller: the share of the largest score kept that one miss adds, and that of the integral. Smaller
 * than the paper's, because the misses of overlapping horizons come in runs; set by trials on the gold price to 2025.
 */
const proportionalGain = 0.003;
const integralGain = 0.1;

function controlledLevel(coverage: number): LevelTracker {
  let tracked = 0;
  let excess = 0;
  let count = 0;
  return {
    give(sorted) {
      const largest = sorted.at(-1) ?? 0;
      const integral = count < 2 ? 0 : saturated(excess * (Math.log(count) / count)) * largest;
      return boundedQuantile(sorted, coverage) + tracked + integral;
    },
    learn(score, width, sorted) {
      const miss = Number(score > width) - (1 - coverage);
      tracked += proportionalGain * (sorted.at(-1) ?? 0) * miss;
      excess += miss;
      count += 1;
    },
  };
}

/** tan, which grows without bound as the misses pile up (the paper's saturation function), held short of its pole. */
function saturated(pressure: number): number {
  return integralGain * Math.tan(Math.max(-1.5, Math.min(1.5, pressure / 5)));
}

/** Where no finite bound is valid (a level of 1 or more) the largest score kept is the widest that is known to happen. */
function boundedQuantile(sorted: readonly number[], level: number): number {
  if (level <= 0) return 0;
  const width = level >= 1 ? Number.POSITIVE_INFINITY : conformalQuantile(sorted, level);
  return Number.isFinite(width) ? width : (sorted.at(-1) ?? 0);
}

/** From the narrowest outwards no interval is narrower than the one inside it, and none is negative. */
function nest(widths: number[]): void {
  let inner = 0;
  for (let index = widths.length - 1; index >= 0; index -= 1) {
    inner = Math.max(inner, widths[index] ?? 0);
    widths[index] = inner;
  }
}
