import { PlatformError } from '../errors.ts';
import { addDays, type DateRange, dayNumber, fromDayNumber, type IsoDate, weekday } from '../iso-date.ts';
import { exceptions, firstCalendarDate, type Statute, statutes, yearlyDecrees } from './facts.ts';

/** One quote day of the working calendar. */
export interface CalendarDay {
  readonly date: IsoDate;
  readonly isQuoteDate: boolean;
  /** True where no decree for the year is known yet and statutory holidays alone decide. */
  readonly isProvisional: boolean;
  /** Why the day is not what its weekday says, or 'weekend' where no price was set the day before; else null. */
  readonly reason: string | null;
}

/** A date for which the Bank is going to set a price. */
export interface QuoteDate {
  readonly date: IsoDate;
  /** True where it rests on a year without a decree. */
  readonly isProvisional: boolean;
}

/**
 * The first `count` quote dates after a day, in order.
 * Throws INPUT_INVALID before the calendar's first day, or unless `count` is a whole number >= 0.
 */
export function nextQuoteDates(after: IsoDate, count: number): readonly QuoteDate[] {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new PlatformError('INPUT_INVALID', `${count} is not a number of quote dates.`, {
      context: { after, count },
      hint: 'Ask for a whole number of dates, for example 14.',
    });
  }
  const found: QuoteDate[] = [];
  for (let date = addDays(after, 1); found.length < count; date = addDays(date, 1)) {
    if (isQuoteDate(date)) found.push({ date, isProvisional: isProvisional(date) });
  }
  return found;
}

/** Every day of a range, quote date or not. Throws INPUT_INVALID before the calendar's first day. */
export function calendarDays(range: DateRange): readonly CalendarDay[] {
  const days = dayNumber(range.to) - dayNumber(range.from) + 1;
  return Array.from({ length: days }, (_, index) => calendarDay(addDays(range.from, index)));
}

/**
 * Whether a price applies from this day on: whether the Bank set prices on the day before,
 * so Tuesday to Saturday in an ordinary week. Throws INPUT_INVALID before the calendar's first day.
 */
export function isQuoteDate(date: IsoDate): boolean {
  return isWorkingDay(setDayOf(date));
}

/** The day on which the price of a quote date is set: the calendar day before it. */
export function setDayOf(quoteDate: IsoDate): IsoDate {
  return addDays(quoteDate, -1);
}

/**
 * Whether the Bank sets prices on this day: a working day of the country, save for the exceptions it made.
 * Throws INPUT_INVALID before the calendar's first day less one.
 */
export function isWorkingDay(date: IsoDate): boolean {
  return departureOn(date)?.isWorking ?? weekday(date) <= 5;
}

/** Whether the Government's decree for the year of the day's setting is not among the facts. */
export function isProvisional(quoteDate: IsoDate): boolean {
  return !decreedYears.has(yearOf(setDayOf(quoteDate)));
}

/** A day that is not what its weekday says, or that has a name although it is a weekend anyway. */
interface Departure {
  readonly isWorking: boolean;
  readonly reason: string;
}

const decreedYears: ReadonlySet<number> = new Set(yearlyDecrees.map((decree) => decree.year));
const departuresByYear = new Map<number, ReadonlyMap<IsoDate, Departure>>();

function calendarDay(date: IsoDate): CalendarDay {
  const setDay = setDayOf(date);
  const isQuote = isQuoteDate(date);
  const reason = departureOn(setDay)?.reason ?? (isQuote ? null : 'weekend');
  return { date, isQuoteDate: isQuote, isProvisional: isProvisional(date), reason };
}

function departureOn(date: IsoDate): Departure | undefined {
  if (date < addDays(firstCalendarDate, -1)) {
    throw new PlatformError('INPUT_INVALID', `The calendar of quote days begins on ${firstCalendarDate}.`, {
      context: { date },
      hint: `Ask for days from ${firstCalendarDate} on.`,
    });
  }
  const year = yearOf(date);
  let departures = departuresByYear.get(year);
  if (departures === undefined) {
    departures = departuresOf(year);
    departuresByYear.set(year, departures);
  }
  return departures.get(date);
}

/** The law, then the days the Government moved, then what the Bank did otherwise: the later word counts. */
function departuresOf(year: number): ReadonlyMap<IsoDate, Departure> {
  const statute = statutes.find((each) => each.firstYear <= year && year <= (each.lastYear ?? year));
  const decree = yearlyDecrees.find((each) => each.year === year);
  const holidays = new Map(Object.entries(statute?.holidays ?? {}).map(([day, name]) => [dateIn(year, day), name]));
  const givenUp = new Set((decree?.moved ?? []).map(([from]) => from));
  const departures = new Map<IsoDate, Departure>();

  for (const [date, name] of holidays) departures.set(date, { isWorking: false, reason: name });
  for (const [date, name] of holidays) {
    if (!movesByItself(date, statute) || givenUp.has(date)) continue;
    departures.set(nextWorkingDay(date, departures), { isWorking: false, reason: `${name}, moved from ${date}` });
  }
  for (const [from, to] of decree?.moved ?? []) {
    departures.set(to, { isWorking: false, reason: `day off moved from ${from}: ${decree?.source}` });
    if (!holidays.has(from))
      departures.set(from, { isWorking: true, reason: `day off moved to ${to}: ${decree?.source}` });
  }
  for (const [date, departure] of exceptionsIn(year)) departures.set(date, departure);
  return departures;
}

/** Article 112: a holiday that falls on a weekend moves to the next working day after it. */
function movesByItself(holiday: IsoDate, statute: Statute | undefined): boolean {
  const isJanuary = holiday.slice(5, 7) === '01';
  return weekday(holiday) > 5 && (!isJanuary || statute?.januaryMovesByItself === true);
}

function nextWorkingDay(after: IsoDate, taken: ReadonlyMap<IsoDate, Departure>): IsoDate {
  let date = addDays(after, 1);
  while (weekday(date) > 5 || taken.has(date)) date = addDays(date, 1);
  return date;
}

/** Days of the exceptions that differ from an ordinary week; weekends inside a span stay what they are. */
function exceptionsIn(year: number): [IsoDate, Departure][] {
  return exceptions
    .filter((exception) => yearOf(exception.from) === year)
    .flatMap((exception) => {
      const first = dayNumber(exception.from);
      const length = dayNumber(exception.to) - first + 1;
      return Array.from({ length }, (_, index) => fromDayNumber(first + index))
        .filter((date) => length === 1 || weekday(date) <= 5)
        .map((date): [IsoDate, Departure] => [
          date,
          { isWorking: exception.setsPrices, reason: `${exception.reason}: ${exception.source}` },
        ]);
    });
}

function dateIn(year: number, day: string): IsoDate {
  return fromDayNumber(Date.UTC(year, Number(day.slice(0, 2)) - 1, Number(day.slice(3))) / 86_400_000);
}

function yearOf(date: IsoDate): number {
  return Number(date.slice(0, 4));
}
