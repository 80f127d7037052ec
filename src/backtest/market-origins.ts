import { nextQuoteDates, setDayOf } from '../domain/calendar/calendar.ts';
import { firstCalendarDate } from '../domain/calendar/facts.ts';
import type { TrainingData } from '../domain/forecaster.ts';
import type { IsoDate } from '../domain/iso-date.ts';
import type { Market } from '../domain/market.ts';
import { featureColumns, featureNames, type OriginFeatures, originFeatures } from '../domain/market-features.ts';
import { type Instant, moscowInstant } from '../domain/moscow-time.ts';

/** Where a forecast stands: an instant, and the last quote known then. */
export interface MarketOrigin {
  readonly at: Instant;
  readonly cutoff: IsoDate;
}

/** By then the Bank has published the price of the next day. */
const publicationClock = '16:30';

/**
 * One origin for each day on which a price was set, at `clock` (`HH:MM`, Moscow): from 16:30 on with that price known,
 * before with the one before it. Ascending; days whose price came too late to be the cutoff of their own origin share
 * the cutoff of another, and only the first origin of a cutoff stays.
 */
export function originsAt(market: Market, clock: string): MarketOrigin[] {
  const origins: MarketOrigin[] = [];
  let newest = -1;
  for (const [place, date] of market.quoteDates.entries()) {
    const at = moscowInstant(setDayOf(date), clock);
    const view = market.asOf(at);
    let known = place;
    while (known > newest && view.quote(market.quoteDates[known] as IsoDate) === null) known -= 1;
    const cutoff = market.quoteDates[known];
    if (known <= newest || cutoff === undefined) continue;
    newest = known;
    origins.push({ at, cutoff });
  }
  return origins;
}

/** The instant at which the origin of a cutoff stands: on its own set day, or before 16:30 on that of the next quote. */
export function originInstant(cutoff: IsoDate, clock: string): Instant {
  if (clock >= publicationClock) return moscowInstant(setDayOf(cutoff), clock);
  const [next] = nextQuoteDates(cutoff, 1);
  return moscowInstant(setDayOf(next?.date ?? cutoff), clock);
}

/** The training data of any origin, features of each of its quotes included. */
export interface MarketSeries {
  /** Features of the origin of every quote date from the first of the calendar on. */
  readonly features: ReadonlyMap<IsoDate, OriginFeatures>;
  /** The value of every quote date as it was first known: what its past errors were measured against at the time. */
  readonly firstKnown: ReadonlyMap<IsoDate, number>;
  /** What a model may see at an origin: values as known then, columns aligned with them. */
  trainingAt(origin: MarketOrigin, season: number): TrainingData & { readonly dates: readonly IsoDate[] };
}

/**
 * Features of every quote, each as of its own origin: computed once, because nothing known later enters them.
 * `present`, when given, is an origin of its own (a nowcast at any instant), in place of the one of its cutoff.
 */
export function marketSeries(market: Market, clock: string, present?: MarketOrigin): MarketSeries {
  const dates = market.quoteDates.filter((date) => date >= firstCalendarDate);
  const features = dates.map((cutoff, place) => {
    const at = present?.cutoff === cutoff ? present.at : originInstant(cutoff, clock);
    return originFeatures(cutoff, at, dates.slice(Math.max(0, place - 40), place + 1), market.asOf(at));
  });
  const columns = featureColumns(features);
  return {
    features: new Map(features.map((one) => [one.cutoff, one])),
    firstKnown: new Map(market.history.quotes.toReversed().map(({ date, value }) => [date, value])),
    trainingAt({ at, cutoff }, season) {
      const view = market.asOf(at);
      const values: number[] = [];
      const places: number[] = [];
      for (let place = 0; place < dates.length; place += 1) {
        const date = dates[place];
        if (date === undefined || date > cutoff) break;
        const value = view.quote(date);
        if (value === null) continue;
        values.push(value);
        places.push(place);
      }
      const isPrefix = places.at(-1) === places.length - 1;
      const own = (column: Float64Array) =>
        isPrefix ? column.slice(0, places.length) : Float64Array.from(places, (place) => column[place] ?? Number.NaN);
      return {
        dates: isPrefix ? dates.slice(0, places.length) : dates.filter((_, place) => places.includes(place)),
        y: Float64Array.from(values),
        season,
        regressors: { names: featureNames, columns: columns.map(own) },
      };
    },
  };
}
