import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Quote } from '../../../src/api/contract.ts';
import { alloyValue, hallmarks, holdingValue } from '../../../web/calculations.ts';
import { sampleQuotes } from '../../support/sample-series.ts';

const quotes = sampleQuotes('gold');
const quote = fc.nat(quotes.length - 1).map((index) => quotes[index] as Quote);

describe('an alloy', () => {
  it('is worth its pure metal, to the kopeck', () => {
    const priceRubPerGram = 8372.48;
    expect(alloyValue({ massGrams: 10, hallmark: 585, payoutPercent: 100, priceRubPerGram })).toEqual({
      pureGrams: 5.85,
      metalRub: 48979.01,
      payoutRub: 48979.01,
      payoutRubPerGram: 4897.9,
    });
    expect(alloyValue({ massGrams: 3.2, hallmark: 375, payoutPercent: 80, priceRubPerGram }).payoutRub).toBe(8037.58);
  });

  it('pays more for more mass, a higher hallmark and a larger share, and never more than the metal', () => {
    const request = fc.record({
      massGrams: fc.integer({ min: 1, max: 1_000_000 }).map((whole) => whole / 100),
      hallmark: fc.constantFrom(...hallmarks).map(Number),
      payoutPercent: fc.integer({ min: 0, max: 100 }),
      priceRubPerGram: fc.integer({ min: 1, max: 2_000_000 }).map((whole) => whole / 100),
    });
    fc.assert(
      fc.property(request, (one) => {
        const value = alloyValue(one);
        expect(value.payoutRub).toBeLessThanOrEqual(value.metalRub);
        expect(alloyValue({ ...one, massGrams: one.massGrams * 2 }).payoutRub).toBeGreaterThanOrEqual(value.payoutRub);
        expect(alloyValue({ ...one, hallmark: 1000 }).payoutRub).toBeGreaterThanOrEqual(value.payoutRub);
        expect(Number.isInteger(Math.round(value.payoutRub * 1e6) / 1e4)).toBe(true);
      }),
    );
  });
});

describe('a holding', () => {
  it('splits its profit into metal, rouble and discount that add up', () => {
    const grams = fc.integer({ min: 1, max: 1_000_000 }).map((whole) => whole / 10);
    fc.assert(
      fc.property(quote, quote, grams, fc.integer({ min: 0, max: 30 }), (bought, now, amount, discountPercent) => {
        const value = holdingValue({ amount, unit: 'g', bought, now, discountPercent });
        const parts = (value.metalRub ?? 0) + (value.roubleRub ?? 0) + value.discountRub;
        expect(Math.abs(parts - value.profitRub)).toBeLessThan(0.021);
        expect(Math.abs(value.worthRub - value.paidRub - value.profitRub)).toBeLessThan(0.011);
      }),
    );
  });

  it('is the same in grams and in the roubles that those grams cost', () => {
    const [bought, now] = [quotes[4000] as Quote, quotes.at(-1) as Quote];
    const byGrams = holdingValue({ amount: 12, unit: 'g', bought, now, discountPercent: 3 });
    const byRoubles = holdingValue({
      amount: 12 * bought.buyRubPerGram,
      unit: 'rub',
      bought,
      now,
      discountPercent: 3,
    });
    expect(byRoubles.grams).toBeCloseTo(12, 9);
    expect(byRoubles.profitRub).toBeCloseTo(byGrams.profitRub, 2);
  });

  it('gains nothing in metal or rouble on the day it was bought, and has no yearly rate yet', () => {
    const bought = quotes.at(-1) as Quote;
    const value = holdingValue({ amount: 5, unit: 'g', bought, now: bought, discountPercent: 0 });
    expect(value).toMatchObject({ profitRub: 0, metalRub: 0, roubleRub: 0, discountRub: 0, yearlyPercent: null });
    expect(value.paidBuysNowGrams).toBeCloseTo(5, 9);
  });

  it('says nothing of parts where there was no dollar rate', () => {
    const bought = { ...(quotes[10] as Quote), usdRub: null };
    const value = holdingValue({ amount: 5, unit: 'g', bought, now: quotes.at(-1) as Quote, discountPercent: 0 });
    expect(value).toMatchObject({ metalRub: null, roubleRub: null, profitUsdPercent: null });
  });
});
