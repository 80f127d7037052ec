import { describe, expect, it } from 'vitest';
import { createSimulatedSource } from '../../../../src/adapters/price-source/simulated.ts';
import { type DateRange, isoDate, weekday } from '../../../../src/domain/iso-date.ts';
import type { SourceSeries } from '../../../../src/ports/price-source.ts';
import { frozenClock } from '../../../support/frozen-clock.ts';

const never = new AbortController().signal;

async function read(series: SourceSeries, range: DateRange, seed = 7, now = '2025-06-27T13:45:00.000Z') {
  const source = createSimulatedSource({ seed, clock: frozenClock(now) });
  const parsed = source.parse(series, range, await source.fetch(series, range, never));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.records;
}

describe('createSimulatedSource', () => {
  const whole = { from: isoDate('2012-01-10'), to: isoDate('2025-12-31') };

  it('says that it is simulated, and answers so that the reader of the Bank reads it', async () => {
    const source = createSimulatedSource({ seed: 7, clock: frozenClock() });
    expect(source.simulated).toBe(true);
    expect(source.id).toBe('simulated');
    const records = await read('metals', whole);
    expect(new Set(records.map((record) => record.code))).toEqual(new Set(['1', '2', '3', '4']));
    expect(records.every((record) => weekday(record.date) >= 2 && weekday(record.date) <= 6)).toBe(true);
    expect(records.every((record) => Number(record.fields['Buy']?.replace(',', '.')) > 0)).toBe(true);
  });

  it('gives the same days whichever range is asked for', async () => {
    const part = { from: isoDate('2020-03-01'), to: isoDate('2020-03-31') };
    const records = await read('usd', part);
    const all = await read('usd', whole);
    expect(records.length).toBeGreaterThan(15);
    expect(all.filter((record) => record.date >= part.from && record.date <= part.to)).toEqual(records);
  });

  it('gives another history for another seed', async () => {
    expect(await read('usd', whole, 8)).not.toEqual(await read('usd', whole, 7));
  });

  it('knows the price of tomorrow only from 16:30 of Moscow', async () => {
    const newest = async (now: string) => (await read('metals', whole, 7, now)).at(-1)?.date;
    expect(await newest('2025-06-27T13:29:00.000Z')).toBe('2025-06-27');
    expect(await newest('2025-06-27T13:30:00.000Z')).toBe('2025-06-28');
  });
});
