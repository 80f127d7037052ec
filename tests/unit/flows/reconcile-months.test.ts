import { describe, expect, it } from 'vitest';
import { reconcileMonths } from '../../../src/flows/reconcile-months.ts';

const month = {
  metal: 'gold',
  month: '2024-02-01',
  quotes: 20,
  first_rub_per_gram: '5800.1000',
  last_rub_per_gram: '5900.2000',
  min_rub_per_gram: '5790.0000',
  max_rub_per_gram: '5950.0000',
  mean_buy_rub_per_gram: '5850.1234',
  mean_sell_rub_per_gram: null,
  q25_rub_per_gram: 5800,
  median_rub_per_gram: 5850,
  q75_rub_per_gram: 5900,
  return_percent: 1.7,
  volatility_percent: 3.1,
  max_drawdown_percent: -1.2,
  days_above_mean: 9,
  trend_rub_per_quote: 5.25,
};

describe('reconciling months', () => {
  it('finds nothing between equal months written in different ways', () => {
    const theirs = {
      ...month,
      first_rub_per_gram: 5800.1,
      last_rub_per_gram: 5900.2,
      mean_buy_rub_per_gram: 5850.12341,
    };
    expect(reconcileMonths([month], [theirs])).toEqual([]);
  });

  it('finds a kopeck, a missing month, a surplus month and a figure only one engine has', () => {
    const kopeck = reconcileMonths([month], [{ ...month, last_rub_per_gram: 5900.21 }]);
    expect(kopeck.map((difference) => difference.column)).toEqual(['last_rub_per_gram']);
    expect(reconcileMonths([month], [])).toMatchObject([{ column: '(row)', warehouse: true, olap: false }]);
    expect(reconcileMonths([], [month])).toMatchObject([{ column: '(row)', warehouse: false, olap: true }]);
    const lone = reconcileMonths([month], [{ ...month, mean_sell_rub_per_gram: 5851 }]);
    expect(lone.map((difference) => difference.column)).toEqual(['mean_sell_rub_per_gram']);
  });
});
