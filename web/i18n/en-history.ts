import { formatOf } from './format.ts';
import type { Dictionary } from './ru.ts';

const f = formatOf('en');
const quotes = { one: 'quote', other: 'quotes' };

export const enHistory: Pick<Dictionary, 'history'> = {
  history: {
    title: (metal) => `Price history of ${metal}`,
    range: 'Range',
    presets: { m1: '1M', m6: '6M', ytd: 'YTD', y1: '1Y', y5: '5Y', y10: '10Y', all: 'All' },
    min: 'Minimum',
    max: 'Maximum',
    mean: 'Mean',
    volatility: 'Volatility',
    volatilityNote: 'a year: deviation of daily changes × √247',
    count: 'Quotes',
    description: (metal, from, to) =>
      `Accounting price of ${metal}, buy side, from ${from} to ${to}. Breaks in the line are days without prices.`,
    tableTitle: 'Quotes',
    nothing: 'There are no quotes in this range.',
    scale: 'Scale',
    linear: 'linear',
    log: 'logarithmic',
    view: 'View',
    views: {
      level: 'Price',
      change: 'Change',
      percent: 'Change, %',
      year: 'Year over year',
      index: 'Index',
      log: 'Log return',
      drawdown: 'Drawdown',
      volatility: 'Volatility',
    },
    shown: {
      level: (metal) => `Price of ${metal}, buy side, ₽ per gram`,
      change: (metal) => `Change of the ${metal} price against the quote before, ₽`,
      percent: (metal) => `Change of the ${metal} price against the quote before, %`,
      year: (metal) => `Price of ${metal}, year over year, %`,
      index: (metal, _window, base) => `Price of ${metal}: ${base} = 100`,
      log: (metal) => `Log return of ${metal}, %`,
      drawdown: (metal) => `Price of ${metal}: how far below its high so far, %`,
      volatility: (metal, window) => `Volatility of ${metal} over ${f.count(window, quotes)}, % a year`,
    },
    shownFigures: (shown) =>
      `Series shown: minimum ${shown.min}, maximum ${shown.max}, mean ${shown.mean}, standard deviation ${shown.deviation}.`,
    tooShort: 'There are too few quotes before this range to compute this series.',
    window: 'Window',
    compare: 'Compare',
    usd: 'US dollar',
    anomaly: 'Unusual day',
    brushFrom: 'Start of the range',
    brushTo: 'End of the range',
    rules: {
      discounts: 'The Bank brought in discounts: the buy price went below the sell price.',
      equal: 'Discounts ended: buy and sell prices are equal.',
      evening:
        'By this day at the latest gold is priced by London’s evening price; until 20.05.2021 certainly by the morning one. The Bank did not name the day.',
      directive: 'A new directive: the London prices known to the Bank at 15:30 Moscow time.',
    },
  },
};
