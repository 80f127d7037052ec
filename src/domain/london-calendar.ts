import { addDays, fromDayNumber, type IsoDate, weekday } from './iso-date.ts';

/** Which auctions of the London gold price are held on a day. */
export type LondonAuctions = 'both' | 'morning' | 'none';

/**
 * Auctions by London's calendar: none on weekends and the bank holidays of England, the morning one alone on the last
 * working days before Christmas Day and before New Year's Day. Checked against the published prices of 1998..2025.
 * Source: Banking and Financial Dealings Act 1971 and royal proclamations; LBMA's calendar of the auctions.
 */
export function londonAuctions(date: IsoDate): LondonAuctions {
  if (isClosed(date)) return 'none';
  return isEve(date) ? 'morning' : 'both';
}

/** Holidays of one year that no rule gives, and the ones they stood in for. */
const proclaimed: Readonly<Record<string, { readonly added: readonly string[]; readonly dropped: readonly string[] }>> =
  {
    1995: { added: ['05-08'], dropped: ['05-01'] },
    1999: { added: ['12-31'], dropped: [] },
    2002: { added: ['06-03', '06-04'], dropped: ['05-27'] },
    2011: { added: ['04-29'], dropped: [] },
    2012: { added: ['06-04', '06-05'], dropped: ['05-28'] },
    2020: { added: ['05-08'], dropped: ['05-04'] },
    2022: { added: ['06-02', '06-03', '09-19'], dropped: ['05-30'] },
    2023: { added: ['05-08'], dropped: [] },
  };

const closedByYear = new Map<string, ReadonlySet<IsoDate>>();

function isClosed(date: IsoDate): boolean {
  if (weekday(date) > 5) return true;
  const year = date.slice(0, 4);
  let closed = closedByYear.get(year);
  if (closed === undefined) {
    closed = bankHolidays(year);
    closedByYear.set(year, closed);
  }
  return closed.has(date);
}

/** The last working day before 25 December and before 1 January. */
function isEve(date: IsoDate): boolean {
  if (date.slice(5, 7) !== '12') return false;
  let next = addDays(date, 1);
  while (weekday(next) > 5) next = addDays(next, 1);
  const christmas = `${date.slice(0, 4)}-12-25`;
  const isBeforeChristmas = date < christmas && next >= christmas;
  return isBeforeChristmas || next.slice(5, 7) === '01';
}

function bankHolidays(year: string): ReadonlySet<IsoDate> {
  const easter = easterSunday(Number(year));
  const christmas = `${year}-12-25` as IsoDate;
  const boxing = `${year}-12-26` as IsoDate;
  const { added, dropped } = proclaimed[year] ?? { added: [], dropped: [] };
  const holidays = new Set<IsoDate>([
    movedToMonday(`${year}-01-01` as IsoDate),
    addDays(easter, -2),
    addDays(easter, 1),
    mondayFrom(`${year}-05-01` as IsoDate),
    mondayFrom(`${year}-05-25` as IsoDate),
    mondayFrom(`${year}-08-25` as IsoDate),
    christmas,
    boxing,
    // Christmas Day and Boxing Day on a weekend are given back on the working days after it.
    ...(weekday(christmas) === 6 ? [addDays(christmas, 2), addDays(christmas, 3)] : []),
    ...(weekday(christmas) === 7 ? [addDays(christmas, 2)] : []),
    ...(weekday(boxing) === 6 ? [addDays(boxing, 2)] : []),
  ]);
  for (const day of dropped) holidays.delete(`${year}-${day}` as IsoDate);
  for (const day of added) holidays.add(`${year}-${day}` as IsoDate);
  return holidays;
}

function movedToMonday(date: IsoDate): IsoDate {
  return weekday(date) > 5 ? addDays(date, 8 - weekday(date)) : date;
}

/** The first Monday on or after a day. */
function mondayFrom(date: IsoDate): IsoDate {
  return addDays(date, (8 - weekday(date)) % 7);
}

/** Anonymous Gregorian computus (J. Meeus, Astronomical Algorithms, 1991, chapter 8). */
function easterSunday(year: number): IsoDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  const day = (h + l - 7 * m + 33 * month + 19) % 32;
  return fromDayNumber(Date.UTC(year, month - 1, day) / 86_400_000);
}
