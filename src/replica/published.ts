import { Temporal } from 'temporal-polyfill';
import { PlatformError } from '../domain/errors.ts';
import { addDays, type IsoDate, isIsoDate } from '../domain/iso-date.ts';
import { type Instant, instant, moscowInstant } from '../domain/moscow-time.ts';

/** When a publisher makes the value of a date public. */
export interface PublicationRule {
  readonly zone: 'Europe/Moscow' | 'Europe/London';
  /** Local time, `HH:MM`. */
  readonly time: string;
  /** Calendar days from the day of publication to the date the value is for. */
  readonly daysAhead: 0 | 1;
}

/**
 * The Bank sets the rate about 16:00 and prices of metals about 16:30 for the next day; the London morning auction
 * begins 10:30 and the evening one 15:00, with the price public within the hour or two; the evening session of the
 * Moscow Exchange ends 23:50.
 */
export const publicationRules = {
  metals: { zone: 'Europe/Moscow', time: '16:30', daysAhead: 1 },
  usd: { zone: 'Europe/Moscow', time: '16:00', daysAhead: 1 },
  londonAm: { zone: 'Europe/London', time: '12:00', daysAhead: 0 },
  londonPm: { zone: 'Europe/London', time: '16:00', daysAhead: 0 },
  moscowExchange: { zone: 'Europe/Moscow', time: '23:50', daysAhead: 0 },
} as const satisfies Record<string, PublicationRule>;

/** The newest date whose value can be public at an instant; everything for null. */
export function publicThrough(rule: PublicationRule, at: Instant | null): IsoDate {
  if (at === null) return '9999-12-31' as IsoDate;
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(rule.zone);
  const day = local.toPlainDate().toString() as IsoDate;
  const clock = local.toPlainTime().toString({ smallestUnit: 'minute' });
  return addDays(day, clock >= rule.time ? rule.daysAhead : rule.daysAhead - 1);
}

/** The instant at which the value of a date becomes public. */
export function publishedAt(rule: PublicationRule, date: IsoDate): Instant {
  const local = Temporal.PlainDateTime.from(`${addDays(date, -rule.daysAhead)}T${rule.time}`);
  return instant(local.toZonedDateTime(rule.zone).epochMilliseconds);
}

/**
 * Reads the moment to which the replica's clock is set: a date means the end of that Moscow day,
 * `2025-06-27 16:45` that Moscow time, `2025-06-27T13:45:00Z` that instant. Throws USAGE.
 */
export function parsePublished(text: string): Instant {
  const [date = '', time, ...rest] = text.trim().split(/\s+/);
  if (isIsoDate(date) && rest.length === 0) {
    if (time === undefined) return instant(Date.parse(moscowInstant(addDays(date, 1), '00:00')) - 1);
    if (/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(time)) return moscowInstant(date, time);
  }
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(Date.parse(text))) {
    return instant(Date.parse(text));
  }
  throw new PlatformError('USAGE', `"${text}" is not a moment for the replica.`, {
    context: { text },
    hint: 'Write a date (2025-06-27), a Moscow time (2025-06-27 16:45) or an instant (2025-06-27T13:45:00Z).',
  });
}
