import type { IsoDate } from './iso-date.ts';
import type { Instant } from './moscow-time.ts';
import type { LondonPrices } from './parity.ts';

/** One revision of a value, and the first instant it is held to have been public. */
export interface KnownValue {
  /** The day a price or rate applies from, or the day of an auction or a close. */
  readonly date: IsoDate;
  /** 1 for the value first seen. */
  readonly revision: number;
  readonly value: number;
  readonly knownAt: Instant;
}

/** Everything the formula of the gold price rests on, every revision, by date and revision. Empty where not collected. */
export interface MarketHistory {
  /** Accounting prices, RUB per gram. */
  readonly quotes: readonly KnownValue[];
  /** Official dollar rate, RUB for 1 USD. */
  readonly usd: readonly KnownValue[];
  /** London prices, USD per ounce. */
  readonly londonMorning: readonly KnownValue[];
  readonly londonEvening: readonly KnownValue[];
  /** Closes of gold at the Moscow Exchange, RUB per gram. */
  readonly exchangeCloses: readonly KnownValue[];
}

/** What was known at one instant; null for what was not. */
export interface MarketView extends LondonPrices {
  quote(date: IsoDate): number | null;
  usd(date: IsoDate): number | null;
  exchangeClose(date: IsoDate): number | null;
  /** When the value of a date, as it is seen, became known; null when it is not. */
  knownSince(series: keyof MarketHistory, date: IsoDate): Instant | null;
}

/** A history made ready for views of any instant. */
export interface Market {
  readonly history: MarketHistory;
  /** Dates that have a quote, ascending, whenever it became known. */
  readonly quoteDates: readonly IsoDate[];
  asOf(at: Instant): MarketView;
}

/** Indexes a history by date. A view holds nothing with `knownAt` after its instant, so later data cannot reach it. */
export function createMarket(history: MarketHistory): Market {
  const index = {
    quotes: byDate(history.quotes),
    usd: byDate(history.usd),
    londonMorning: byDate(history.londonMorning),
    londonEvening: byDate(history.londonEvening),
    exchangeCloses: byDate(history.exchangeCloses),
  };
  return {
    history,
    quoteDates: [...index.quotes.keys()].sort(),
    asOf: (at) => {
      const known = (series: keyof MarketHistory, date: IsoDate) => newestKnown(index[series].get(date), at);
      const value = (series: keyof MarketHistory) => (date: IsoDate) => known(series, date)?.value ?? null;
      return {
        quote: value('quotes'),
        usd: value('usd'),
        morning: value('londonMorning'),
        evening: value('londonEvening'),
        exchangeClose: value('exchangeCloses'),
        knownSince: (series, date) => known(series, date)?.knownAt ?? null,
      };
    },
  };
}

/** The same market without the optional drivers: the Bank's own prices and rates alone. */
export function withoutDrivers(history: MarketHistory): MarketHistory {
  return { ...history, londonMorning: [], londonEvening: [], exchangeCloses: [] };
}

function byDate(values: readonly KnownValue[]): Map<IsoDate, KnownValue[]> {
  const index = new Map<IsoDate, KnownValue[]>();
  for (const value of values) {
    const revisions = index.get(value.date);
    if (revisions === undefined) index.set(value.date, [value]);
    else revisions.push(value);
  }
  return index;
}

function newestKnown(revisions: readonly KnownValue[] | undefined, at: Instant): KnownValue | null {
  let newest: KnownValue | null = null;
  for (const revision of revisions ?? []) {
    if (revision.knownAt <= at && revision.revision >= (newest?.revision ?? 0)) newest = revision;
  }
  return newest;
}
