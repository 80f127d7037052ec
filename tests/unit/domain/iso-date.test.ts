import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  dateRange,
  dayNumber,
  daysBetween,
  fromDayNumber,
  isIsoDate,
  isoDate,
  weekday,
} from '../../../src/domain/iso-date.ts';

const anyDay = fc.integer({ min: dayNumber(isoDate('1000-01-01')), max: dayNumber(isoDate('9999-12-31')) });

describe('a date', () => {
  test.each(['2025-06-28', '2024-02-29', '1998-01-05', '0001-01-01'])('is %s', (text) => {
    expect(isoDate(text)).toBe(text);
  });

  test.each([
    '2023-02-29',
    '2025-13-01',
    '2025-00-10',
    '2025-04-31',
    '2025-6-28',
    '28.06.2025',
    '2025-06-28T00:00:00Z',
    ' 2025-06-28',
    '2025-06-28\n',
    '',
    '+12025-06-28',
  ])('is not %j', (text) => {
    expect(isIsoDate(text)).toBe(false);
    expect(() => isoDate(text)).toThrow(expect.objectContaining({ code: 'INPUT_INVALID', context: { text } }));
  });
});

describe('days', () => {
  test('are counted from 1970', () => {
    expect(dayNumber(isoDate('1970-01-01'))).toBe(0);
    expect(dayNumber(isoDate('1969-12-31'))).toBe(-1);
    expect(dayNumber(isoDate('2025-06-28'))).toBe(20_267);
  });

  test('have the weekday of the calendar on the wall', () => {
    expect(weekday(isoDate('2025-06-28'))).toBe(6);
    expect(weekday(isoDate('1970-01-01'))).toBe(4);
    expect(weekday(isoDate('1945-05-09'))).toBe(3);
  });

  test('numbers and names turn into one another', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const date = fromDayNumber(day);
        expect(isIsoDate(date)).toBe(true);
        expect(dayNumber(date)).toBe(day);
      }),
    );
  });

  test('added and counted agree, and text order is date order', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -4000, max: 4000 }), (day, step) => {
        fc.pre(day + step <= dayNumber(isoDate('9999-12-31')) && day + step >= dayNumber(isoDate('1000-01-01')));
        const date = fromDayNumber(day);
        const other = addDays(date, step);
        expect(daysBetween(date, other)).toBe(step);
        expect(other > date).toBe(step > 0);
        expect((weekday(date) - 1 + step + 7000) % 7).toBe(weekday(other) - 1);
      }),
    );
  });
});

describe('a range', () => {
  test('may be one day', () => {
    const day = isoDate('2025-06-28');
    expect(dateRange(day, day)).toEqual({ from: day, to: day });
  });

  test('does not run backwards', () => {
    expect(() => dateRange(isoDate('2025-06-28'), isoDate('2025-06-27'))).toThrow(
      'The range runs backwards: 2025-06-28 is after 2025-06-27.',
    );
  });
});
