import { PlatformError } from './errors.ts';

/** A calendar day as `yyyy-mm-dd`, without zone or clock. String order is date order. */
export type IsoDate = string & { readonly __brand: 'IsoDate' };

const pattern = /^(\d{4})-(\d{2})-(\d{2})$/;
const msPerDay = 86_400_000;

/** Whether `text` names a day that exists (2023-02-29 does not). */
export function isIsoDate(text: string): text is IsoDate {
  const parts = pattern.exec(text);
  if (parts === null) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** Reads a day; throws INPUT_INVALID naming the text when it is not one. */
export function isoDate(text: string): IsoDate {
  if (!isIsoDate(text)) {
    throw new PlatformError('INPUT_INVALID', `"${text}" is not a date.`, {
      context: { text },
      hint: 'Write dates as YYYY-MM-DD, for example 2025-06-28.',
    });
  }
  return text;
}

/** Days since 1970-01-01; negative before. */
export function dayNumber(date: IsoDate): number {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10))) / msPerDay;
}

export function fromDayNumber(days: number): IsoDate {
  return new Date(days * msPerDay).toISOString().slice(0, 10) as IsoDate;
}

/** The day `days` calendar days later (earlier when negative). */
export function addDays(date: IsoDate, days: number): IsoDate {
  return fromDayNumber(dayNumber(date) + days);
}

/** Calendar days from `from` to `to`. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return dayNumber(to) - dayNumber(from);
}

/** ISO weekday: 1 Monday .. 7 Sunday. */
export function weekday(date: IsoDate): number {
  return ((((dayNumber(date) + 3) % 7) + 7) % 7) + 1;
}

/** Inclusive range of days; `from` is never after `to`. */
export interface DateRange {
  readonly from: IsoDate;
  readonly to: IsoDate;
}

/** Throws INPUT_INVALID when the range runs backwards. */
export function dateRange(from: IsoDate, to: IsoDate): DateRange {
  if (from > to) {
    throw new PlatformError('INPUT_INVALID', `The range runs backwards: ${from} is after ${to}.`, {
      context: { from, to },
      hint: 'Swap the two dates.',
    });
  }
  return { from, to };
}
