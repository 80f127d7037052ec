import { Temporal } from 'temporal-polyfill';
import type { IsoDate } from './iso-date.ts';

const zone = 'Europe/Moscow';

/** An instant in UTC as ISO 8601 with milliseconds, `2025-06-27T12:30:00.000Z`. String order is time order. */
export type Instant = string & { readonly __brand: 'Instant' };

export function instant(epochMs: number): Instant {
  return new Date(epochMs).toISOString() as Instant;
}

/** The instant at which Moscow's clocks show `time` (`HH:MM`) on `date`, by the law in force that year. */
export function moscowInstant(date: IsoDate, time: string): Instant {
  const local = Temporal.PlainDateTime.from(`${date}T${time}`);
  return instant(local.toZonedDateTime(zone).epochMilliseconds);
}

/** The day on Moscow's calendar at an instant. */
export function moscowDate(at: Instant): IsoDate {
  return zoned(at).toPlainDate().toString() as IsoDate;
}

/** Moscow's clock at an instant, `HH:MM`. */
export function moscowClock(at: Instant): string {
  return zoned(at).toPlainTime().toString({ smallestUnit: 'minute' });
}

function zoned(at: Instant): Temporal.ZonedDateTime {
  return Temporal.Instant.from(at).toZonedDateTimeISO(zone);
}
