import { daysBetween, type IsoDate } from './iso-date.ts';
import type { Metal } from './metal.ts';
import type { Instant } from './moscow-time.ts';

/** One accounting price of the Bank of Russia, as typed in ods. */
export interface MetalQuote {
  readonly metal: Metal;
  /** The day from which the price applies: the day after it was set. */
  readonly effectiveDate: IsoDate;
  readonly buyRubPerGram: number;
  /** null where the Bank published none (its first year): missing, never 0. */
  readonly sellRubPerGram: number | null;
  /** 1 for the value first seen; a changed value is the next revision. */
  readonly revision: number;
  /** The first instant the value is held to have been public. */
  readonly knownAt: Instant;
}

/** One official rate: roubles for one unit of a currency. */
export interface FxRate {
  readonly currency: string;
  readonly effectiveDate: IsoDate;
  readonly rateRub: number;
  readonly revision: number;
  readonly knownAt: Instant;
}

/** A price series in effective-date order: `dates[i]` goes with `values[i]` (RUB per gram, buy side, all finite). */
export interface PriceSeries {
  readonly metal: Metal;
  readonly dates: readonly IsoDate[];
  readonly values: Float64Array;
}

/**
 * Calendar days after which two neighbouring quotes are no longer one step apart. The Bank's own longest pause, New
 * Year, is 13 days; a wider gap is a hole in what we hold.
 */
export const longestStepDays = 30;

/**
 * The unbroken end of a series: what follows its last hole. Models count steps and see no dates, so a jump over months
 * or years would pass for the move of one day.
 */
export function sinceLastHole(series: PriceSeries): PriceSeries {
  const { metal, dates, values } = series;
  let first = dates.length - 1;
  while (first > 0 && daysBetween(dates[first - 1] as IsoDate, dates[first] as IsoDate) <= longestStepDays) first -= 1;
  return first <= 0 ? series : { metal, dates: dates.slice(first), values: values.slice(first) };
}
