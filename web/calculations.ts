import type { Quote } from '../src/api/contract.ts';

/** Parts of pure metal in a thousand, as hallmarks name them. */
export const hallmarks = ['375', '500', '585', '750', '875', '916', '958', '999'] as const;

export interface AlloyRequest {
  readonly massGrams: number;
  /** Parts of pure metal in a thousand. */
  readonly hallmark: number;
  /** What of the metal's price is paid, 0..100. */
  readonly payoutPercent: number;
  readonly priceRubPerGram: number;
}

export interface AlloyValue {
  readonly pureGrams: number;
  /** Of the pure metal at the official price. */
  readonly metalRub: number;
  readonly payoutRub: number;
  readonly payoutRubPerGram: number;
}

/** What a piece is worth by its metal; roubles are rounded to kopecks, half up, once. */
export function alloyValue({ massGrams, hallmark, payoutPercent, priceRubPerGram }: AlloyRequest): AlloyValue {
  const pureGrams = (massGrams * hallmark) / 1000;
  const metal = pureGrams * priceRubPerGram;
  return {
    pureGrams,
    metalRub: kopecks(metal),
    payoutRub: kopecks((metal * payoutPercent) / 100),
    payoutRubPerGram: kopecks((((priceRubPerGram * hallmark) / 1000) * payoutPercent) / 100),
  };
}

export interface HoldingRequest {
  readonly amount: number;
  readonly unit: 'g' | 'rub';
  /** Price in force when it was bought, and when it is valued. */
  readonly bought: Quote;
  readonly now: Quote;
  /** What a bank keeps back when it buys the metal, in percent of the price. */
  readonly discountPercent: number;
}

export interface HoldingValue {
  readonly grams: number;
  readonly paidRub: number;
  readonly worthRub: number;
  readonly profitRub: number;
  readonly profitPercent: number;
  /** Parts of the change of value that belong to the metal in dollars, to the rouble, and to the bank's discount. */
  readonly metalRub: number | null;
  readonly roubleRub: number | null;
  readonly discountRub: number;
  /** The same gain counted in dollars, and the sum paid counted in metal at today's price. */
  readonly profitUsdPercent: number | null;
  readonly paidBuysNowGrams: number;
  /** Percent a year, compound; null for less than thirty days. */
  readonly yearlyPercent: number | null;
}

const leastDaysForYearly = 30;

/** A metal account or a bar since it was bought. The metal's part, the rouble's part and the discount add up to the profit. */
export function holdingValue({ amount, unit, bought, now, discountPercent }: HoldingRequest): HoldingValue {
  const [start, end] = [bought.buyRubPerGram, now.buyRubPerGram];
  const grams = unit === 'g' ? amount : amount / start;
  const paidRub = grams * start;
  const wholeRub = grams * end;
  const worthRub = wholeRub * (1 - discountPercent / 100);
  const legs = legsOf(bought, now);
  const days = (Date.parse(now.date) - Date.parse(bought.date)) / 86_400_000;
  const growth = worthRub / paidRub;
  return {
    grams,
    paidRub: kopecks(paidRub),
    worthRub: kopecks(worthRub),
    profitRub: kopecks(worthRub - paidRub),
    profitPercent: 100 * (growth - 1),
    metalRub: legs === null ? null : kopecks(grams * legs.metalRub),
    roubleRub: legs === null ? null : kopecks(grams * legs.roubleRub),
    discountRub: kopecks(worthRub - wholeRub),
    profitUsdPercent:
      bought.usdRub === null || now.usdRub === null ? null : 100 * ((growth * bought.usdRub) / now.usdRub - 1),
    paidBuysNowGrams: paidRub / end,
    yearlyPercent: days < leastDaysForYearly ? null : 100 * (growth ** (365.25 / days) - 1),
  };
}

/** Roubles per gram by leg: each leg's log change times the logarithmic mean of the two prices. */
function legsOf(bought: Quote, now: Quote): { metalRub: number; roubleRub: number } | null {
  if (bought.usdRub === null || now.usdRub === null) return null;
  const [start, end] = [bought.buyRubPerGram, now.buyRubPerGram];
  const logMean = start === end ? start : (end - start) / Math.log(end / start);
  const roubleRub = logMean * Math.log(now.usdRub / bought.usdRub);
  return { metalRub: end - start - roubleRub, roubleRub };
}

function kopecks(rub: number): number {
  // The nudge undoes what binary fractions take from a value that is exactly half a kopeck.
  return (Math.sign(rub) * Math.round(Math.abs(rub) * 100 * (1 + Number.EPSILON))) / 100;
}
