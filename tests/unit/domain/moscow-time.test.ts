import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, fromDayNumber, isoDate } from '../../../src/domain/iso-date.ts';
import { instant, moscowClock, moscowDate, moscowInstant } from '../../../src/domain/moscow-time.ts';

describe('Moscow’s clock follows the law of its year', () => {
  test.each([
    ['2025-06-27', '15:30', '2025-06-27T12:30:00.000Z', 'UTC+3 since October 2014'],
    ['2014-10-25', '12:00', '2014-10-25T08:00:00.000Z', 'the last day of UTC+4'],
    ['2014-10-26', '12:00', '2014-10-26T09:00:00.000Z', 'the first day of UTC+3'],
    ['2012-01-15', '12:00', '2012-01-15T08:00:00.000Z', 'UTC+4 in winter, 2011..2014'],
    ['2008-07-02', '12:00', '2008-07-02T08:00:00.000Z', 'summer time'],
    ['2008-12-02', '12:00', '2008-12-02T09:00:00.000Z', 'winter time'],
  ])('%s %s is %s (%s)', (date, time, expected) => {
    expect(moscowInstant(isoDate(date), time)).toBe(expected);
    expect(moscowDate(instant(Date.parse(expected)))).toBe(date);
    expect(moscowClock(instant(Date.parse(expected)))).toBe(time);
  });

  test('its day begins while it is still yesterday in London', () => {
    const justAfterMidnight = instant(Date.parse('2025-06-27T21:00:00Z'));
    expect(moscowDate(justAfterMidnight)).toBe('2025-06-28');
    expect(moscowDate(instant(Date.parse('2025-06-27T20:59:59.999Z')))).toBe('2025-06-27');
  });

  test('a day and a time name an instant that reads back as they were', () => {
    const days = fc.integer({ min: 10_227, max: 25_000 }).map(fromDayNumber);
    // Clocks were moved at two and at three in the morning: those hours may not exist, or exist twice.
    const hours = fc.integer({ min: 4, max: 23 });
    fc.assert(
      fc.property(days, hours, fc.integer({ min: 0, max: 59 }), (date, hour, minute) => {
        const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
        const at = moscowInstant(date, time);
        expect([moscowDate(at), moscowClock(at)]).toEqual([date, time]);
        expect(moscowInstant(addDays(date, 1), time) > at).toBe(true);
      }),
    );
  });

  test('an instant that is none is refused', () => {
    expect(() => instant(Number.NaN)).toThrow(RangeError);
  });
});
