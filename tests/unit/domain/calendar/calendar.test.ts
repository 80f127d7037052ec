import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  calendarDays,
  isProvisional,
  isQuoteDate,
  isWorkingDay,
  nextQuoteDates,
  setDayOf,
} from '../../../../src/domain/calendar/calendar.ts';
import { exceptions, firstCalendarDate, statutes, yearlyDecrees } from '../../../../src/domain/calendar/facts.ts';
import { addDays, dateRange, dayNumber, fromDayNumber, isIsoDate, isoDate } from '../../../../src/domain/iso-date.ts';

describe('quote dates', () => {
  // An ordinary week, then each kind of departure from it.
  test.each([
    ['an ordinary week', '2025-06-22', '2025-06-30', '24 25 26 27 28'],
    ['the January holidays of 2025', '2025-01-01', '2025-01-14', '10 11 14'],
    ['a holiday on a Thursday and a day off moved to the Friday', '2025-06-09', '2025-06-18', '10 11 12 17 18'],
    ['a working Saturday', '2024-11-01', '2024-11-06', '01 02 03 06'],
    ['a holiday on a Saturday that moves to the Monday', '2022-06-10', '2022-06-16', '10 11 15 16'],
    ['a holiday on a Sunday whose day off the decree moved away', '2014-02-22', '2014-02-27', '22 25 26 27'],
    ['a working Sunday', '2012-03-07', '2012-03-15', '07 08 12 13 14 15'],
    ['the last week of 2024, with a working Saturday', '2024-12-27', '2025-01-10', '27 28 29 10'],
    ['non-working days without prices', '2020-03-27', '2020-04-09', '27 28 07 08 09'],
    ['non-working days on which prices were set all the same', '2020-05-06', '2020-05-14', '07 08 09 13 14'],
    ['two holidays on a weekend before 2013', '2011-01-01', '2011-01-13', '01 12 13'],
  ])('%s', (_, from, to, expected) => {
    const days = calendarDays(dateRange(isoDate(from), isoDate(to)));
    const quoteDates = days.filter((day) => day.isQuoteDate).map((day) => day.date.slice(8));
    expect(quoteDates.join(' ')).toBe(expected);
  });

  test('are set on the day before, a working day', () => {
    expect(setDayOf(isoDate('2025-06-28'))).toBe('2025-06-27');
    expect(isWorkingDay(isoDate('2025-06-27'))).toBe(true);
    expect(isWorkingDay(isoDate('2025-06-28'))).toBe(false);
  });

  test('after the last price of June 2025 are the Tuesdays to Saturdays of July', () => {
    expect(nextQuoteDates(isoDate('2025-06-28'), 6).map((next) => next.date)).toEqual([
      '2025-07-01',
      '2025-07-02',
      '2025-07-03',
      '2025-07-04',
      '2025-07-05',
      '2025-07-08',
    ]);
  });

  test('tell why they are not what the weekday says', () => {
    const reasons = new Map(
      calendarDays(dateRange(isoDate('2024-12-28'), isoDate('2025-01-10'))).map((day) => [day.date, day.reason]),
    );
    expect(reasons.get(isoDate('2024-12-28'))).toBeNull();
    expect(reasons.get(isoDate('2024-12-29'))).toBe(
      'day off moved to 2024-12-30: Government decree No. 1314 of 10.08.2023',
    );
    expect(reasons.get(isoDate('2024-12-30'))).toBe('weekend');
    expect(reasons.get(isoDate('2025-01-08'))).toBe('Christmas');
  });
});

describe('a year without a decree', () => {
  const lastDecreed = Math.max(...yearlyDecrees.map((decree) => decree.year));

  test('rests on the statutory holidays and says so', () => {
    const [last] = nextQuoteDates(isoDate(`${lastDecreed}-12-20`), 1);
    expect(last?.isProvisional).toBe(false);
    const later = nextQuoteDates(isoDate(`${lastDecreed + 1}-01-02`), 14);
    expect(later.every((next) => next.isProvisional)).toBe(true);
    expect(later[0]!.date >= `${lastDecreed + 1}-01-10`).toBe(true);
  });

  // The first of January belongs to the year in which its price is set.
  test('begins with the day of the setting', () => {
    expect(isProvisional(isoDate(`${lastDecreed + 1}-01-01`))).toBe(false);
    expect(isProvisional(isoDate(`${lastDecreed + 1}-01-02`))).toBe(true);
  });
});

describe('for any day of the calendar', () => {
  const last = dayNumber(isoDate('2060-12-31'));
  const anyDay = fc.integer({ min: dayNumber(firstCalendarDate), max: last }).map(fromDayNumber);

  test('the next quote dates increase, are quote dates, and leave none out', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 0, max: 40 }), (after, count) => {
        const next = nextQuoteDates(after, count).map((each) => each.date);
        expect(next).toHaveLength(count);
        expect([...new Set(next)].sort()).toEqual(next);
        const until = next.at(-1) ?? after;
        const all = calendarDays(dateRange(after, until)).filter((day) => day.isQuoteDate && day.date > after);
        expect(all.map((day) => day.date)).toEqual(next);
      }),
    );
  });

  test('more dates only continue fewer', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 20 }), (after, count) => {
        expect(nextQuoteDates(after, count + 5).slice(0, count)).toEqual(nextQuoteDates(after, count));
      }),
    );
  });

  test('the longest wait for a price is under a fortnight', () => {
    fc.assert(
      fc.property(anyDay, (after) => {
        const [next] = nextQuoteDates(after, 1);
        expect(next!.date <= addDays(after, 14)).toBe(true);
      }),
    );
  });
});

describe('what cannot be answered is refused:', () => {
  test.each([-1, 1.5, Number.NaN])('%s quote dates', (count) => {
    expect(() => nextQuoteDates(isoDate('2025-01-01'), count)).toThrow(/not a number of quote dates/);
  });

  test('days before the calendar', () => {
    expect(() => isQuoteDate(isoDate('1997-06-02'))).toThrow(/begins on 1998-01-01/);
  });
});

describe('the facts', () => {
  test('follow one another without a gap or an overlap', () => {
    expect(statutes[0]!.firstYear).toBe(Number(firstCalendarDate.slice(0, 4)));
    for (const [index, statute] of statutes.slice(0, -1).entries()) {
      expect(statutes[index + 1]!.firstYear).toBe(statute.lastYear! + 1);
    }
    expect(statutes.at(-1)!.lastYear).toBeNull();
    const years = yearlyDecrees.map((decree) => decree.year);
    expect(years).toEqual(years.map((_, index) => years[0]! + index));
  });

  test('move only days of their own year, each once', () => {
    for (const { year, moved } of yearlyDecrees) {
      const days = moved.flat();
      expect(days.filter((day) => !isIsoDate(day) || !day.startsWith(`${year}-`))).toEqual([]);
      expect(new Set(days).size).toBe(days.length);
    }
  });

  test('name a source and a reason for everything', () => {
    const sources = [...statutes, ...yearlyDecrees, ...exceptions].map((fact) => fact.source);
    expect(sources.filter((source) => source.length < 10)).toEqual([]);
    expect(exceptions.filter((exception) => exception.kind !== 'exception' || exception.reason === '')).toEqual([]);
  });
});
