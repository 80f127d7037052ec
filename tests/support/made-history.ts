import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calendarDays } from '../../src/domain/calendar/calendar.ts';
import { dateRange, type IsoDate, isoDate } from '../../src/domain/iso-date.ts';

/** Quote dates of the made history: enough of the Bank's own calendar to compare models, and a year more. */
export const madeRange = dateRange(isoDate('2015-02-03'), isoDate('2019-06-29'));

export interface MadeHistory {
  readonly folder: string;
  readonly dates: readonly IsoDate[];
}

/**
 * A folder that `assay replica` serves: made-up walks for four metals and the dollar on the Bank's quote dates,
 * converted by the Bank's rule. The same bytes at every call.
 */
export function makeHistory(): MadeHistory {
  const folder = mkdtempSync(join(tmpdir(), 'assay-history-'));
  mkdirSync(folder, { recursive: true });
  const dates = calendarDays(madeRange)
    .filter((day) => day.isQuoteDate)
    .map((day) => day.date);
  const random = seeded(20_170_110);
  const worldPrices = [1190, 16.5, 975, 720];
  let usd = 59.9;
  const gold = ['date,buy,sell,origin'];
  const metals = ['date,code,buy,sell'];
  const rates = ['date,rate'];
  for (const date of dates) {
    usd *= Math.exp(0.006 * normal(random));
    const rate = usd.toFixed(4);
    rates.push(`${date},${rate}`);
    worldPrices.forEach((price, index) => {
      const next = price * Math.exp(0.008 * normal(random));
      worldPrices[index] = next;
      const rubles = ((next * Number(rate)) / 31.1035).toFixed(2);
      if (index === 0) gold.push(`${date},${rubles},${rubles},observed`);
      else metals.push(`${date},${index + 1},${rubles},${rubles}`);
    });
  }
  writeFileSync(join(folder, 'cbr_gold_history.csv'), `${gold.join('\n')}\n`);
  writeFileSync(join(folder, 'cbr_metals.csv'), `${metals.join('\n')}\n`);
  writeFileSync(join(folder, 'usd_rub.csv'), `${rates.join('\n')}\n`);
  return { folder, dates };
}

/** Mulberry32 (Ettinger, 2017): enough for test data. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
