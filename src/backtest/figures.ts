import { assert } from '../domain/errors.ts';

import { binomialTest } from '../stats/binomial.ts';
import { overlapBlockLength, percentileInterval, stationaryResample } from '../stats/bootstrap.ts';
import { dieboldMariano } from '../stats/diebold-mariano.ts';
import { giacominiWhite } from '../stats/giacomini-white.ts';
import { absoluteNaiveScale, squaredNaiveScale } from '../stats/metrics.ts';
import { createRng } from '../stats/random.ts';
import { type MetricName, metricNames, metricsFrom } from './metrics-from-terms.ts';
import { eachResampledMeans, type OriginTerms, originTerms, pitCells, termMeans, termRows } from './origin-terms.ts';
import type { Folds } from './rolling-origin.ts';

/** A figure with its interval; null where it has no meaning (R2 of constant prices, direction of naive). */
export interface Figure {
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Everything said of one model at one horizon over one block of origins. Money in the unit of the series. */
export interface HorizonFigures {
  readonly horizon: number;
  readonly origins: number;
  readonly metrics: Readonly<Record<MetricName, Figure>>;
  /** Mean pinball loss by level, in the order of `quantileLevels`. */
  readonly pinball: readonly number[];
  /** Share of targets in each cell between the levels, and what it should be. Flat ratios mean an honest distribution. */
  readonly pit: readonly { readonly from: number; readonly to: number; readonly share: number }[];
  /** Whether the direction was foretold better than a coin would, over origins one horizon apart; null for naive. */
  readonly direction: { readonly right: number; readonly trials: number; readonly pValue: number } | null;
  /** Of WIS against naive's; null for naive itself and where nothing can be told. */
  readonly dieboldMariano: { readonly statistic: number; readonly pValue: number } | null;
  readonly giacominiWhite: {
    readonly statistic: number;
    readonly pValue: number;
    readonly secondForetold: number;
  } | null;
}

export interface FigureOptions {
  /** Observations between origins. */
  readonly step: number;
  /** Resamples of the stationary bootstrap; 0 for no intervals. */
  readonly resamples: number;
  /** Coverage of the intervals, in (0, 1). */
  readonly confidence: number;
  readonly seed: number;
}

export const defaultFigureOptions: FigureOptions = { step: 1, resamples: 200, confidence: 0.9, seed: 20_080_702 };

/**
 * Figures by horizon over the origins given, whose targets must be inside `y`, with intervals by the stationary
 * bootstrap over origins (Politis & Romano 1994), blocks as long as the horizon at least. `folds` and `naive` carry
 * calibrated quantiles, complete at these origins. Scaled errors are relative to the changes of `y` up to the first.
 */
export function figuresOf(
  folds: Folds,
  naive: Folds,
  y: Float64Array,
  origins: readonly number[],
  options: FigureOptions = defaultFigureOptions,
  draws: readonly (readonly Int32Array[])[] = drawResamples(origins.length, folds.horizon, options),
): HorizonFigures[] {
  assert(origins.length > 0, 'figures are of some origins');
  const before = y.subarray(0, (origins[0] ?? 0) + 1);
  const scales = { absolute: absoluteNaiveScale(before, 1), squared: squaredNaiveScale(before, 1) };
  const rows = termRows(folds, naive);
  const drawn = metricNames.map(() => new Float64Array(draws[0]?.length ?? 0));
  return Array.from({ length: folds.horizon }, (_, index) => {
    const terms = originTerms(folds, naive, y, origins, index, rows);
    return figuresAt(terms, index + 1, scales, options, draws[index] ?? [], drawn);
  });
}

export interface ChangeScales {
  readonly absolute: number;
  readonly squared: number;
}

/**
 * Resamples of `count` origins by horizon, `[h - 1][resample]`: the same for every model of a tournament, so that they
 * are made once, and figures of two models differ by the models alone.
 */
export function drawResamples(count: number, horizon: number, options: FigureOptions): Int32Array[][] {
  return Array.from({ length: horizon }, (_, index) => {
    const rng = createRng(options.seed, index + 1);
    const block = overlapBlockLength(count, Math.ceil((index + 1) / options.step));
    return Array.from({ length: options.resamples }, () => stationaryResample(count, block, rng));
  });
}

/** `drawn`: room for each metric by resample. */
function figuresAt(
  terms: OriginTerms,
  horizon: number,
  scales: ChangeScales,
  options: FigureOptions,
  resamples: readonly Int32Array[],
  drawn: readonly Float64Array[],
): HorizonFigures {
  const count = terms.count;
  const overlap = Math.max(1, Math.ceil(horizon / options.step));
  const values = metricsFrom(termMeans(terms), scales);
  eachResampledMeans(terms, resamples, (means, draw) => {
    const own = metricsFrom(means, scales);
    for (let place = 0; place < drawn.length; place += 1) {
      (drawn[place] as Float64Array)[draw] = own[metricNames[place] as MetricName];
    }
  });
  const metrics = Object.fromEntries(
    metricNames.map((name, place) => [name, figure(values[name], drawn[place] as Float64Array, options.confidence)]),
  ) as Record<MetricName, Figure>;
  const isNaive = terms.wis.every((loss, row) => loss === terms.naiveWis[row]);
  const diebold = dieboldMariano(terms.naiveWis, terms.wis, overlap);
  const giacomini = isNaive ? null : giacominiWhite(terms.naiveWis, terms.wis, overlap);
  return {
    horizon,
    origins: count,
    metrics,
    pinball: terms.pinball.map((own) => own.reduce((sum, loss) => sum + loss, 0) / count),
    pit: pitCells(terms),
    direction: directionOf(terms, overlap),
    dieboldMariano:
      isNaive || Number.isNaN(diebold.statistic) ? null : { statistic: diebold.statistic, pValue: diebold.pValue },
    giacominiWhite:
      giacomini === null || Number.isNaN(giacomini.statistic)
        ? null
        : {
            statistic: giacomini.statistic,
            pValue: giacomini.pValue,
            secondForetold: giacomini.secondForetold,
          },
  };
}

/** `draws`: the figure by resample; they are moved about. */
function figure(value: number, draws: Float64Array, confidence: number): Figure {
  const { lower, upper } = percentileInterval(draws, confidence);
  const known = (bound: number) => (Number.isFinite(bound) ? bound : null);
  return { value: known(value), lower: known(lower), upper: known(upper) };
}

/** Overlapping targets share most of their move, so only origins one horizon apart are trials of their own. */
function directionOf(terms: OriginTerms, overlap: number): HorizonFigures['direction'] {
  let right = 0;
  let trials = 0;
  for (let row = 0; row < terms.count; row += overlap) {
    if ((terms.moves[row] ?? 0) === 0) continue;
    trials += 1;
    right += terms.right[row] ?? 0;
  }
  return trials === 0 ? null : { right, trials, pValue: binomialTest(right, trials) };
}

export { type MetricName, metricNames } from './metrics-from-terms.ts';
