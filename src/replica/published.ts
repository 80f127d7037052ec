import { Temporal } from 'temporal-polyfill';
import { PlatformError } from '../domain/errors.ts';
import { addDays, type IsoDate, isIsoDate } from '../domain/iso-date.ts';
import { type Instant, instant, moscowInstant } from '../domain/moscow-time.ts';
import type { PublicationRule } from '../domain/publication.ts';

/** The newest date whose value can be public at an instant; everything for null. */
export function publicThrough(rule: PublicationRule, at: Instant | null): IsoDate {
  if (at === null) return '9999-12-31' as IsoDate;
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(rule.zone);
  const day = local.toPlainDate().toString() as IsoDate;
  const clock = local.toPlainTime().toString({ smallestUnit: 'minute' });
  return addDays(day, clock >= rule.time ? rule.daysAhead : rule.daysAhead - 1);
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
