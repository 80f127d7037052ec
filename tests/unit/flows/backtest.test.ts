import { describe, expect, test } from 'vitest';
import { isoDate } from '../../../src/domain/iso-date.ts';
import type { MarketHistory } from '../../../src/domain/market.ts';
import { moscowInstant } from '../../../src/domain/moscow-time.ts';
import { type BacktestRequest, backtest } from '../../../src/flows/backtest.ts';
import { madeMarket } from '../../support/made-market.ts';
import { hasRecordedMarket, recordedMarket } from '../../support/recorded-market.ts';

const history = madeMarket({ from: isoDate('2023-03-01'), to: isoDate('2024-06-01') });
const request: BacktestRequest = {
  metal: 'gold',
  range: { from: isoDate('2024-04-02'), to: isoDate('2024-06-01') },
  models: ['naive', 'parity'],
  drivers: 'all',
  clock: '18:15',
  horizon: 3,
  seed: 1,
};
const run = (changes: Partial<BacktestRequest> = {}, market: MarketHistory = history) =>
  backtest({ ...request, ...changes }, { market: { readMarket: async () => market }, note: () => {} });

describe('a backtest', () => {
  test('has a row for each model, origin and horizon, with the price that came', async () => {
    const { rows, origins, models } = await run();
    expect(rows).toHaveLength(2 * 3 * origins);
    expect(models.map(({ model, failures }) => [model, failures])).toEqual([
      ['naive', 0],
      ['parity', 0],
    ]);
    const facts = new Map(history.quotes.map(({ date, value }) => [date, value]));
    for (const row of rows) {
      expect(row.actual).toBe(facts.get(row.targetDate) ?? null);
      expect(row.originKnownAt).toBe(moscowInstant(isoDate(addDay(row.cutoff, -1)), '18:15'));
      expect(row.targetDate > row.cutoff).toBe(true);
      if (row.model === 'naive') expect(row.mean).toBe(facts.get(row.cutoff));
      expect([...row.quantiles]).toEqual([...row.quantiles].sort((a, b) => a - b));
    }
    expect(rows.at(-1)).toMatchObject({ model: 'parity', cutoff: '2024-06-01', horizon: 3, actual: null });
  });

  test('scores what has come: parity is ahead of naive, the more so the later it stands', async () => {
    const ratioAt = async (clock: string) => {
      const { models } = await run({ clock });
      expect(models[0]?.horizons[0]).toMatchObject({ rmseOfNaive: 1, skillVsNaive: 0 });
      return models[1]?.horizons[0]?.rmseOfNaive ?? Number.NaN;
    };
    const evening = await ratioAt('18:15');
    expect(evening).toBeLessThan(0.95);
    expect(await ratioAt('16:10')).toBe(0);
    expect(await ratioAt('16:45')).toBeGreaterThan(evening);
  });

  test('without drivers parity is naive in the evening, and knows the rate once it is set', async () => {
    const evening = await run({ drivers: 'none' });
    expect(evening.driversFound).toEqual({ london: false, exchange: false });
    expect(evening.models[1]?.horizons[0]?.rmseOfNaive).toBe(1);
    const afternoon = await run({ drivers: 'none', clock: '16:10' });
    expect(afternoon.models[1]?.horizons[0]?.rmseOfNaive).toBeLessThan(0.95);
  });

  test('uses each revision only from the instant it was known', async () => {
    const [place, corrected] = [history.quotes.findIndex(({ date }) => date === '2024-05-16'), 1.02];
    const wrong = history.quotes[place];
    if (wrong === undefined) throw new Error('there is such a quote');
    const revision = {
      ...wrong,
      revision: 2,
      value: Number((wrong.value * corrected).toFixed(2)),
      knownAt: moscowInstant(isoDate('2024-05-20'), '12:00'),
    };
    const revised = { ...history, quotes: history.quotes.toSpliced(place + 1, 0, revision) };
    const naiveAt = async (cutoff: string) =>
      (await run({ models: ['naive'] }, revised)).rows.find((row) => row.cutoff === cutoff && row.horizon === 1);
    expect(await naiveAt('2024-05-16')).toMatchObject({ mean: wrong.value });
    const before = await run({ models: ['parity'] });
    const after = await run({ models: ['parity'] }, revised);
    const until = (rows: typeof before.rows) =>
      rows.filter((row) => row.originKnownAt < revision.knownAt).map(({ actual: _actual, ...row }) => row);
    expect(until(after.rows)).toEqual(until(before.rows));
    expect(after.rows.find((row) => row.targetDate === '2024-05-16')?.actual).toBe(revision.value);
  });

  test('refuses a range without origins and a model nobody has', async () => {
    const early = { from: isoDate('2030-01-01'), to: isoDate('2030-02-01') };
    await expect(run({ range: early })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(run({ models: ['oracle'] })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(run({}, { ...history, quotes: [] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe.skipIf(!hasRecordedMarket)('recorded history (skipped where the folder of recorded history is absent)', () => {
  const recorded = hasRecordedMarket ? recordedMarket() : history;
  // Cutoffs whose next quotes are the last 60 of the recorded history.
  const range = { from: isoDate('2025-04-02'), to: isoDate('2025-06-27') };

  test('with both legs known no price is a kopeck off', async () => {
    const { models, rows } = await run({ models: ['parity'], range, clock: '16:15', horizon: 1 }, recorded);
    expect(models[0]?.horizons[0]).toMatchObject({ rmse: 0, coverage95: 1 });
    expect(rows.length).toBeGreaterThan(55);
  });

  test('with the gold leg of the evening the error is below that of naive', async () => {
    const { models } = await run({ models: ['parity'], range, horizon: 1 }, recorded);
    expect(models[0]?.horizons[0]?.rmseOfNaive).toBeLessThan(0.85);
  });
});

function addDay(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
