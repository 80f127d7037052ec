import { addMonths, dateOf, dayOf } from './days.ts';
import type { Point } from './trace.ts';

/** How a series may be looked at. */
export const transforms = ['level', 'change', 'percent', 'year', 'index', 'log', 'drawdown', 'volatility'] as const;
export type Transform = (typeof transforms)[number];

export const volatilityWindows = ['21', '63', '247'] as const;
/** Quotes in a year: what daily deviations are scaled by, here as in the summary of the API. */
const quotesInYear = 247;
/** A price a year ago may be this much older than a year: New Year has thirteen days without prices. */
const yearSlackDays = 15;

export interface TransformRequest {
  readonly transform: Transform;
  /** First day shown; the points before it only serve to compute. */
  readonly from: number;
  /** Returns in one rolling deviation. */
  readonly window: number;
}

/** A date early enough for every value from `from` on to be computed; null: from the very first. */
export function leadOf(
  from: string,
  { transform, window }: Pick<TransformRequest, 'transform' | 'window'>,
): string | null {
  switch (transform) {
    case 'level':
    case 'index':
      return from;
    case 'change':
    case 'percent':
    case 'log':
      return addMonths(from, -1);
    case 'year':
      return addMonths(from, -13);
    case 'volatility':
      return addMonths(from, -Math.ceil(window / 16) - 1);
    case 'drawdown':
      return null;
  }
}

/** The series as asked, from the first day shown on; what cannot be computed is left out, never 0. */
export function transformed(points: readonly Point[], request: TransformRequest): Point[] {
  const isShown = (point: Point): boolean => point.day >= request.from;
  switch (request.transform) {
    case 'level':
      return points.filter(isShown);
    case 'index': {
      const shown = points.filter(isShown);
      const base = shown[0]?.value ?? 1;
      return shown.map(({ day, value }) => ({ day, value: (100 * value) / base }));
    }
    case 'change':
      return stepwise(points, (now, before) => now - before).filter(isShown);
    case 'percent':
      return stepwise(points, (now, before) => 100 * (now / before - 1)).filter(isShown);
    case 'log':
      return stepwise(points, (now, before) => 100 * Math.log(now / before)).filter(isShown);
    case 'year':
      return overYear(points).filter(isShown);
    case 'drawdown':
      return drawdowns(points).filter(isShown);
    case 'volatility':
      return rollingDeviation(points, request.window).filter(isShown);
  }
}

function stepwise(points: readonly Point[], step: (now: number, before: number) => number): Point[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    return before === undefined ? [] : [{ day: point.day, value: step(point.value, before.value) }];
  });
}

/** Against the price in force on the same day a year before. */
function overYear(points: readonly Point[]): Point[] {
  let at = -1;
  return points.flatMap((point) => {
    const wanted = dayOf(addMonths(dateOf(point.day), -12));
    while ((points[at + 1]?.day ?? Number.POSITIVE_INFINITY) <= wanted) at += 1;
    const before = points[at];
    if (before === undefined || wanted - before.day > yearSlackDays) return [];
    return [{ day: point.day, value: 100 * (point.value / before.value - 1) }];
  });
}

function drawdowns(points: readonly Point[]): Point[] {
  let highest = Number.NEGATIVE_INFINITY;
  return points.map(({ day, value }) => {
    highest = Math.max(highest, value);
    return { day, value: 100 * (value / highest - 1) };
  });
}

/** Sample deviation of the last `window` log returns, a year's worth, in percent. */
function rollingDeviation(points: readonly Point[], window: number): Point[] {
  const returns = stepwise(points, (now, before) => Math.log(now / before));
  return returns.flatMap(({ day }, index) => {
    if (index + 1 < window) return [];
    const slice = returns.slice(index + 1 - window, index + 1);
    const mean = slice.reduce((sum, one) => sum + one.value, 0) / window;
    const squares = slice.reduce((sum, one) => sum + (one.value - mean) ** 2, 0);
    return [{ day, value: 100 * Math.sqrt((squares / (window - 1)) * quotesInYear) }];
  });
}

export interface SeriesFigures {
  readonly count: number;
  readonly min: Point;
  readonly max: Point;
  readonly mean: number;
  /** Sample deviation; null for a single value. */
  readonly deviation: number | null;
}

/** Figures of what is shown; null where nothing is. */
export function figuresOf(points: readonly Point[]): SeriesFigures | null {
  const first = points[0];
  if (first === undefined) return null;
  const mean = points.reduce((sum, point) => sum + point.value, 0) / points.length;
  const squares = points.reduce((sum, point) => sum + (point.value - mean) ** 2, 0);
  return {
    count: points.length,
    min: points.reduce((best, point) => (point.value < best.value ? point : best), first),
    max: points.reduce((best, point) => (point.value > best.value ? point : best), first),
    mean,
    deviation: points.length < 2 ? null : Math.sqrt(squares / (points.length - 1)),
  };
}
