import { Temporal } from 'temporal-polyfill';
import { addDays, type IsoDate } from './iso-date.ts';
import { type Instant, instant } from './moscow-time.ts';

/** When a publisher makes the value of a date public. */
export interface PublicationRule {
  readonly zone: 'Europe/Moscow' | 'Europe/London';
  /** Local time, `HH:MM`. */
  readonly time: string;
  /** Calendar days from the day of publication to the date the value is for. */
  readonly daysAhead: 0 | 1;
}

/**
 * The Bank sets the rate about 16:00 and prices of metals about 16:30 for the next day. London's auctions begin at
 * 10:30 and 15:00 and end within minutes; ten minutes are allowed for the price to be public, so that the evening one
 * is known at 18:10 in Moscow in winter and 17:10 in summer. The evening session of the Moscow Exchange ends 23:50.
 * The same hours stand in sql/postgres/ods, where `known_at` is made.
 */
export const publicationRules = {
  metals: { zone: 'Europe/Moscow', time: '16:30', daysAhead: 1 },
  usd: { zone: 'Europe/Moscow', time: '16:00', daysAhead: 1 },
  londonAm: { zone: 'Europe/London', time: '10:40', daysAhead: 0 },
  londonPm: { zone: 'Europe/London', time: '15:10', daysAhead: 0 },
  moscowExchange: { zone: 'Europe/Moscow', time: '23:50', daysAhead: 0 },
} as const satisfies Record<string, PublicationRule>;

/** The instant at which the value of a date becomes public. */
export function publishedAt(rule: PublicationRule, date: IsoDate): Instant {
  const local = Temporal.PlainDateTime.from(`${addDays(date, -rule.daysAhead)}T${rule.time}`);
  return instant(local.toZonedDateTime(rule.zone).epochMilliseconds);
}
