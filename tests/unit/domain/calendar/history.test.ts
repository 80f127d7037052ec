import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { calendarDays } from '../../../../src/domain/calendar/calendar.ts';
import { dateRange, isoDate } from '../../../../src/domain/iso-date.ts';

const data = join(import.meta.dirname, '../../../../../shared/data');

/**
 * Quote dates that the history file lacks: its rows of these months are computed from London's prices, London was closed
 * on the day of setting, and the file of London's prices has none there. The Bank's dollar has all six dates.
 */
const missingComputedRows = [
  ['2020-12-26', 'Christmas'],
  ['2020-12-29', 'Boxing Day, moved'],
  ['2021-02-21', 'a working Saturday in Russia'],
  ['2021-04-03', 'Good Friday'],
  ['2021-04-06', 'Easter Monday'],
  ['2021-06-01', 'Spring Bank Holiday'],
] as const;

describe.skipIf(!existsSync(data))('the calendar replays the history (absent here: ../shared/data)', () => {
  test('every quote date of gold from 2008-07-02 to 2025-06-28, and every day without one', () => {
    const { surplus, missing } = compare(datesOf('cbr_gold_history.csv'), '2008-07-02', '2025-06-28');
    expect(missing).toEqual([]);
    expect(surplus).toEqual(missingComputedRows.map(([date]) => date));
  });

  test('every date of the dollar from 1998-01-02 on', () => {
    const { surplus, missing } = compare(datesOf('usd_rub.csv'), '1998-01-02', '2025-06-28');
    expect({ surplus, missing }).toEqual({ surplus: [], missing: [] });
  });

  test('every observed date of the four metals', () => {
    const days = calendarDays(dateRange(isoDate('2000-01-01'), isoDate('2025-06-30')));
    const predicted = new Set<string>(days.filter((day) => day.isQuoteDate).map((day) => day.date));
    const observed = [...datesOf('cbr_metals.csv')];
    expect(observed.length).toBeGreaterThan(3000);
    expect(observed.filter((date) => !predicted.has(date))).toEqual([]);
  });
});

/** Surplus: predicted but not in the file. Missing: in the file but not predicted. */
function compare(observed: ReadonlySet<string>, from: string, to: string) {
  const days = calendarDays(dateRange(isoDate(from), isoDate(to)));
  return {
    surplus: days.filter((day) => day.isQuoteDate && !observed.has(day.date)).map((day) => day.date),
    missing: days.filter((day) => !day.isQuoteDate && observed.has(day.date)).map((day) => day.date),
  };
}

function datesOf(file: string): ReadonlySet<string> {
  const [, ...lines] = readFileSync(join(data, file), 'utf8').trim().split('\n');
  return new Set(lines.map((line) => line.slice(0, 10)));
}
