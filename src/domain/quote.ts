import type { IsoDate } from './iso-date.ts';
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
