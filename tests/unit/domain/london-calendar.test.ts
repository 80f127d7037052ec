import { describe, expect, test } from 'vitest';
import { addDays, isoDate } from '../../../src/domain/iso-date.ts';
import { londonAuctions } from '../../../src/domain/london-calendar.ts';
import { hasRecordedMarket, recordedRows } from '../../support/recorded-market.ts';

describe('auctions in London', () => {
  test.each([
    ['2024-05-03', 'both', 'an ordinary Friday'],
    ['2024-05-04', 'none', 'a Saturday'],
    ['2024-03-29', 'none', 'Good Friday'],
    ['2024-04-01', 'none', 'Easter Monday'],
    ['2024-05-06', 'none', 'the first Monday of May'],
    ['2020-05-04', 'both', 'the holiday moved to 8 May in 2020'],
    ['2022-09-19', 'none', 'the funeral of the Queen'],
    ['2022-12-27', 'none', 'Christmas Day given back'],
    ['2022-12-23', 'morning', 'the eve of a Christmas on a Sunday'],
    ['2024-12-24', 'morning', 'the eve of Christmas'],
    ['2024-12-31', 'morning', 'the eve of New Year'],
    ['2023-12-29', 'morning', 'the last working day of 2023'],
    ['2023-01-02', 'none', 'New Year given back'],
  ])('%s: %s (%s)', (date, held) => {
    expect(londonAuctions(isoDate(date))).toBe(held);
  });

  describe.skipIf(!hasRecordedMarket)('(skipped where the folder of recorded history is absent)', () => {
    test('were held on the days with prices, 1998..2025', () => {
      const dates = (file: string) => new Set(recordedRows(file).map(([date]) => date));
      const [morning, evening] = [dates('xau_usd.csv'), dates('xau_usd_pm.csv')];
      const amiss: string[] = [];
      for (let date = isoDate('1998-01-01'); date < '2025-06-30'; date = addDays(date, 1)) {
        const held = londonAuctions(date);
        if (morning.has(date) !== (held !== 'none')) amiss.push(date);
        const isRecorded = date < '2020-08-26' || date > '2021-07-19';
        if (isRecorded && evening.has(date) !== (held === 'both')) amiss.push(date);
      }
      expect(amiss).toEqual([]);
    });
  });
});
