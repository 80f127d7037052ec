import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type IsoDate, isoDate } from '../../../src/domain/iso-date.ts';
import { createMarket } from '../../../src/domain/market.ts';
import { moscowInstant } from '../../../src/domain/moscow-time.ts';
import {
  explainQuote,
  goldLeg,
  impliedWorldPrice,
  judgeRule,
  type LondonPrices,
  parityPrice,
  type RegimeTrial,
} from '../../../src/domain/parity.ts';
import { hasRecordedMarket, recordedMarket, recordedRows } from '../../support/recorded-market.ts';

/** Published figures: 2008-07-02, 2008-07-03 (regime A) and 2022-07-15, 2024-04-20 (regime B). */
const published = [
  { usdPerOunce: 929.5, rubPerUsd: 23.4689, rubPerGram: 701.35 },
  { usdPerOunce: 936, rubPerUsd: 23.4147, rubPerGram: 704.62 },
  { usdPerOunce: 1724.6, rubPerUsd: 58.2568, rubPerGram: 3230.17 },
  { usdPerOunce: 2382.7, rubPerUsd: 93.4409, rubPerGram: 7158.09 },
];

describe('the formula', () => {
  test.each(published)('gives the published price $rubPerGram', ({ usdPerOunce, rubPerUsd, rubPerGram }) => {
    expect(parityPrice(usdPerOunce, rubPerUsd)).toBe(rubPerGram);
    expect(impliedWorldPrice(rubPerGram, rubPerUsd)).toBeCloseTo(usdPerOunce, 1);
  });

  test('rounds a half up, which floating point would lose', () => {
    // 31.1035 x 0.005 exactly, and a hair less.
    expect(parityPrice(31.1035, 0.005)).toBe(0.01);
    expect(parityPrice(31.1035, 0.004999)).toBe(0);
    expect(parityPrice(31.1035, 1.005)).toBe(1.01);
    expect(Math.round(1.005 * 100) / 100).toBe(1);
  });

  test('is within half a kopeck of the real number, for all published precisions', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000 }), fc.integer({ min: 1, max: 3_000_000 }), (f, u) => {
        const [usdPerOunce, rubPerUsd] = [f / 1000, u / 10_000];
        const price = parityPrice(usdPerOunce, rubPerUsd);
        const real = (usdPerOunce * rubPerUsd) / 31.1035;
        expect(Math.abs(price - real)).toBeLessThanOrEqual(0.005 + real * 1e-12);
        expect(Math.round(price * 100) / 100).toBe(price);
      }),
    );
  });

  test.each([
    [0, 80],
    [-1, 80],
    [Number.NaN, 80],
    [2000.123456, 80],
    [2000, 0],
    [2000, 80.12345678],
    [Number.POSITIVE_INFINITY, 80],
  ])('refuses %s x %s', (usdPerOunce, rubPerUsd) => {
    expect(() => parityPrice(usdPerOunce, rubPerUsd)).toThrowError(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });
});

describe('the gold leg', () => {
  // A week of May 2024: Monday 6 May was a bank holiday in England.
  const london = pricesOf({
    '2024-05-02': [2300, 2302],
    '2024-05-03': [2294, 2297],
    '2024-05-07': [2310, 2312],
    '2024-05-08': [2315, null],
  });

  test('of regime A is the morning price of the day of setting, or the newest before where London rests', () => {
    expect(goldLeg('A', isoDate('2024-05-07'), london)).toEqual(leg('2024-05-07', 'morning', 2310, true));
    expect(goldLeg('A', isoDate('2024-05-06'), london)).toEqual(leg('2024-05-03', 'evening', 2297, true));
    expect(goldLeg('A', isoDate('2024-05-09'), london)).toEqual(leg('2024-05-08', 'morning', 2315, false));
  });

  test('of regime B is the newest price before the day of setting, final once no auction is left', () => {
    expect(goldLeg('B', isoDate('2024-05-03'), london)).toEqual(leg('2024-05-02', 'evening', 2302, true));
    expect(goldLeg('B', isoDate('2024-05-06'), london)).toEqual(leg('2024-05-03', 'evening', 2297, true));
    expect(goldLeg('B', isoDate('2024-05-07'), london)).toEqual(leg('2024-05-03', 'evening', 2297, true));
    expect(goldLeg('B', isoDate('2024-05-09'), london)).toEqual(leg('2024-05-08', 'morning', 2315, false));
    expect(goldLeg('B', isoDate('2024-05-13'), london)).toEqual(leg('2024-05-08', 'morning', 2315, false));
  });

  test('takes the morning price of the eve of Christmas, when no evening auction is held', () => {
    const eve = pricesOf({ '2024-12-23': [2620, 2613], '2024-12-24': [2613.75, null] });
    expect(goldLeg('B', isoDate('2024-12-25'), eve)).toEqual(leg('2024-12-24', 'morning', 2613.75, true));
    expect(goldLeg('B', isoDate('2024-12-27'), eve)).toEqual(leg('2024-12-24', 'morning', 2613.75, true));
    expect(goldLeg('B', isoDate('2024-12-28'), eve)).toMatchObject({ isFinal: false });
  });

  test('is unknown without prices, or with old ones alone', () => {
    expect(goldLeg('B', isoDate('2024-05-07'), pricesOf({}))).toBeNull();
    expect(goldLeg('B', isoDate('2024-06-07'), london)).toBeNull();
  });
});

describe('the rule in force', () => {
  const trial = (regime: 'A' | 'B', reproduces: boolean): RegimeTrial => ({
    regime,
    fixing: { date: isoDate('2024-05-02'), auction: 'evening', usdPerOunce: 2302 },
    rubPerGram: 1,
    reproduces,
  });
  const day = (date: string, a: boolean, b: boolean) => ({
    date: isoDate(date),
    trials: [trial('A', a), trial('B', b)],
  });

  test('is told by the newest price that only one regime makes', () => {
    const seen = [day('2024-05-04', true, true), day('2024-05-03', false, true), day('2024-05-02', true, false)];
    expect(judgeRule(seen)).toEqual({ regime: 'B', holds: true, unexplained: 0, checked: '2024-05-04' });
  });

  test('does not hold once the newest price is made by neither', () => {
    const seen = [day('2024-05-04', false, false), day('2024-05-03', false, false), day('2024-05-02', false, true)];
    expect(judgeRule(seen)).toEqual({ regime: 'B', holds: false, unexplained: 2, checked: '2024-05-04' });
  });

  test('is not doubted where a London price is missing', () => {
    const partly = { date: isoDate('2024-05-04'), trials: [trial('A', false)] };
    expect(judgeRule([partly, day('2024-05-03', false, true)])).toMatchObject({ regime: 'B', holds: true });
    expect(judgeRule([partly])).toEqual({ regime: null, holds: true, unexplained: 0, checked: null });
    expect(judgeRule([])).toEqual({ regime: null, holds: true, unexplained: 0, checked: null });
  });
});

describe.skipIf(!hasRecordedMarket)('recorded history (skipped where the folder of recorded history is absent)', () => {
  test('every observed price is made by the formula, to the kopeck', () => {
    const observed = recordedRows('cbr_gold_computed.csv').filter((row) => row[7] !== '');
    expect(observed.length).toBeGreaterThan(3_000);
    for (const [date, , , , fixing, usd, , price] of observed) {
      expect(parityPrice(Number(fixing), Number(usd)), date).toBe(Number(price));
    }
  });

  test('every observed price is explained by the regime of its time', () => {
    const view = createMarket(recordedMarket()).asOf(moscowInstant(isoDate('2026-01-01'), '00:00'));
    const amiss = recordedRows('cbr_gold_computed.csv').flatMap(([day = '', , , , , usd, regime, price]) => {
      if (price === '') return [];
      const trials = explainQuote({ date: isoDate(day), rubPerGram: Number(price), rubPerUsd: Number(usd) }, view);
      const explained = trials.filter((one) => one.reproduces).map((one) => one.regime as string);
      return explained.includes(regime ?? '') ? [] : [day];
    });
    expect(amiss).toEqual([]);
  });
});

function leg(date: string, auction: string, usdPerOunce: number, isFinal: boolean) {
  return { date, auction, usdPerOunce, isFinal };
}

function pricesOf(days: Readonly<Record<string, readonly [number | null, number | null]>>): LondonPrices {
  return {
    morning: (date: IsoDate) => days[date]?.[0] ?? null,
    evening: (date: IsoDate) => days[date]?.[1] ?? null,
  };
}
