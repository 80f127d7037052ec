import { describe, expect, test } from 'vitest';
import { isoDate } from '../../../src/domain/iso-date.ts';
import { type KnownValue, type MarketHistory, withoutDrivers } from '../../../src/domain/market.ts';
import { type Instant, moscowInstant } from '../../../src/domain/moscow-time.ts';
import type { RuleState } from '../../../src/domain/parity.ts';
import { nowcast } from '../../../src/flows/nowcast.ts';
import type { Nowcast, NowcastStore } from '../../../src/ports/nowcast.ts';
import type { ForecastVintage } from '../../../src/ports/warehouse.ts';
import { madeMarket } from '../../support/made-market.ts';
import { recordedStep } from '../../support/step-context.ts';

const history = madeMarket({ from: isoDate('2023-09-01'), to: isoDate('2024-06-01') });
/** A Thursday whose price applies on Friday; the next one is set on Friday for Saturday. */
const cutoff = isoDate('2024-05-24');
const target = '2024-05-25';
const thursday = (clock: string) => moscowInstant(isoDate('2024-05-23'), clock);
const friday = (clock: string) => moscowInstant(isoDate('2024-05-24'), clock);
const valueOn = (values: readonly KnownValue[], date: string) => values.find((one) => one.date === date)?.value;

describe('a nowcast', () => {
  test('in the evening: gold is fixed, the rate is the last one, and the price has an interval', async () => {
    const { made } = await at(thursday('18:15'));
    expect(made).toMatchObject({ cutoff, targetDate: target, model: 'parity', isFixed: false, alarm: null });
    expect(made.gold).toEqual({
      state: 'fixed',
      usdPerOunce: valueOn(history.londonEvening, '2024-05-23'),
      date: '2024-05-23',
      auction: 'evening',
      knownAt: '2024-05-23T14:10:00.000Z',
      expectedAt: null,
    });
    expect(made.rouble).toMatchObject({ state: 'last', date: cutoff, expectedAt: friday('16:00') });
    expect(made.priceExpectedAt).toBe(friday('16:30'));
    expect(made.rule).toEqual({ regime: 'B', holds: true, unexplained: 0, checked: cutoff });
    const { quantilesRubPerGram: q, medianRubPerGram } = made;
    expect(q['0.025']).toBeLessThan(q['0.1'] ?? 0);
    expect(q['0.5']).toBe(medianRubPerGram);
    expect(q['0.9']).toBeLessThan(q['0.975'] ?? 0);
  });

  test('before the evening auction: says when gold will be fixed', async () => {
    const { made } = await at(thursday('16:45'));
    expect(made.gold).toMatchObject({ state: 'newest', auction: 'morning', expectedAt: '2024-05-23T14:10:00.000Z' });
  });

  test('once the rate is set: the price itself, without an interval', async () => {
    const { made } = await at(friday('16:05'));
    expect(made).toMatchObject({ cutoff, targetDate: target, isFixed: true });
    expect(made.meanRubPerGram).toBe(valueOn(history.quotes, target));
    expect(new Set(Object.values(made.quantilesRubPerGram))).toEqual(new Set([made.meanRubPerGram]));
    expect(made.summary).toContain('fixed: both legs');
  });

  test('is narrower, the more is known', async () => {
    const width = async (now: Instant) => {
      const { quantilesRubPerGram: q } = (await at(now)).made;
      return (q['0.9'] ?? 0) - (q['0.1'] ?? 0);
    };
    expect(await width(friday('16:05'))).toBe(0);
    expect(await width(friday('09:00'))).toBeLessThan(await width(thursday('16:45')));
  });

  test('of the same knowledge is kept once', async () => {
    const store = memoryStore();
    expect((await at(thursday('18:15'), { store })).made.result).toBe('created');
    expect((await at(thursday('18:30'), { store })).made.result).toBe('exists');
    expect((await at(friday('16:05'), { store })).made.result).toBe('created');
    expect(store.kept).toHaveLength(2);
  });
});

describe('without drivers', () => {
  const bare = withoutDrivers(history);

  test("is the champion's forecast, and says that no driver is configured", async () => {
    const { made } = await at(thursday('18:15'), { from: bare, vintage: vintageOf(cutoff) });
    expect(made).toMatchObject({ model: 'theta', drivers: [], meanRubPerGram: 5000, isFixed: false });
    expect(made.summary).toContain('no driver is configured');
    expect(made.gold).toMatchObject({ state: 'unknown', expectedAt: null });
    expect(made.alarm).toBeNull();
  });

  test('is the last price where there is no forecast of the champion, or an old one', async () => {
    const last = valueOn(history.quotes, cutoff);
    for (const vintage of [null, vintageOf(isoDate('2024-05-23'))]) {
      const { made } = await at(thursday('18:15'), { from: bare, vintage });
      expect(made).toMatchObject({ model: 'parity', meanRubPerGram: last, lastRubPerGram: last });
    }
  });

  test('knows the rate once it is set, and is then better than any forecast from prices alone', async () => {
    const { made } = await at(friday('16:05'), { from: bare, vintage: vintageOf(cutoff) });
    const [before, after] = [valueOn(history.usd, cutoff) ?? 0, valueOn(history.usd, target) ?? 0];
    expect(made).toMatchObject({ model: 'parity', isFixed: false, rouble: { state: 'fixed', rubPerUsd: after } });
    expect(made.meanRubPerGram).toBeCloseTo((made.lastRubPerGram * after) / before, 8);
  });

  test('is NOT_READY before the first quote', async () => {
    await expect(at(moscowInstant(isoDate('2020-01-01'), '12:00'))).rejects.toMatchObject({ code: 'NOT_READY' });
  });
});

test('a driver that has stood still for days is no news, and no reason for an alarm', async () => {
  const old = (values: readonly KnownValue[]) => values.filter(({ date }) => date < '2024-05-20');
  const { londonMorning, londonEvening } = history;
  const still = { ...history, londonMorning: old(londonMorning), londonEvening: old(londonEvening) };
  const { made } = await at(thursday('18:15'), { from: still });
  expect(made.rule).toMatchObject({ regime: 'B', holds: true, checked: '2024-05-21' });
  expect(made.alarm).toBeNull();
  expect(made.gold.state).toBe('newest');
  expect(made.meanRubPerGram).toBe(made.lastRubPerGram);
});

describe('when the formula stops reproducing the official price', () => {
  // The Bank takes another price: two quotes in a row are a hundredth off.
  const broken: MarketHistory = {
    ...history,
    quotes: history.quotes.map((one) =>
      one.date === '2024-05-23' || one.date === cutoff ? { ...one, value: Number((one.value * 1.01).toFixed(2)) } : one,
    ),
  };

  test('raises an alarm, trusts no leg of gold, and stays at the last price', async () => {
    const store = memoryStore();
    const { made, notes } = await at(thursday('18:15'), { from: broken, store });
    expect(made.rule).toEqual({ regime: 'B', holds: false, unexplained: 2, checked: cutoff });
    expect(made.alarm).toContain('The newest 2 official prices');
    expect(made.gold.state).toBe('newest');
    expect(made.isFixed).toBe(false);
    expect(made.meanRubPerGram).toBe(made.lastRubPerGram);
    expect(notes.some((note) => note.startsWith('ALARM: '))).toBe(true);
    expect(store.rules.at(-1)).toMatchObject({ unexplained: 2 });
  });

  test('and takes up the new rule by itself when it is a known one', async () => {
    const from = isoDate('2023-09-01');
    const changed = madeMarket({
      from,
      to: isoDate('2024-06-01'),
      regime: (date) => (date < '2024-05-22' ? 'B' : 'A'),
    });
    const { made } = await at(thursday('18:15'), { from: changed });
    expect(made.rule).toMatchObject({ regime: 'A', holds: true });
    expect(made.gold).toMatchObject({ state: 'newest', expectedAt: '2024-05-24T09:40:00.000Z' });
    const later = await at(friday('13:00'), { from: changed });
    expect(later.made.gold).toMatchObject({ state: 'fixed', auction: 'morning', date: '2024-05-24' });
  });
});

interface MemoryNowcasts extends NowcastStore {
  readonly kept: Nowcast[];
  readonly rules: RuleState[];
}

function memoryStore(): MemoryNowcasts {
  const kept: Nowcast[] = [];
  const rules: RuleState[] = [];
  return {
    kept,
    rules,
    saveNowcast: async (made) => {
      if (kept.some((one) => one.nowcastId === made.nowcastId)) return 'exists';
      kept.push(made);
      return 'created';
    },
    latestNowcast: async () => kept.at(-1) ?? null,
    recordRule: async (_metal, rule) => {
      rules.push(rule);
    },
  };
}

async function at(
  now: Instant,
  given: { from?: MarketHistory; store?: MemoryNowcasts; vintage?: ForecastVintage | null } = {},
) {
  const step = recordedStep();
  const made = await nowcast(
    { metal: 'gold', seed: 1 },
    {
      market: { readMarket: async () => given.from ?? history },
      forecasts: { latestVintage: async () => given.vintage ?? null },
      nowcasts: given.store ?? memoryStore(),
      clock: { now: () => now },
      step,
      simulated: false,
    },
  );
  return { made, notes: step.notes.map(String) };
}

function vintageOf(day: string): ForecastVintage {
  return {
    vintageId: 'v',
    metal: 'gold',
    cutoff: isoDate(day),
    madeAt: thursday('17:00'),
    modelName: 'theta',
    modelVersion: 1,
    trackingRunId: 'r',
    dataHash: 'h',
    simulated: false,
    points: [
      {
        targetDate: isoDate(target),
        horizon: 1,
        isProvisional: false,
        meanRubPerGram: 5000,
        medianRubPerGram: 4999,
        quantilesRubPerGram: { '0.5': 4999 },
      },
    ],
  };
}
