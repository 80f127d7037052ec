import type { MetalName, Month, Quote } from '../../src/api/contract.ts';
import type { Speech } from '../i18n/dictionary.ts';
import { dateOf, dayOf, dayTicks } from './days.ts';
import type { AxisTick, ChartModel, Tip } from './time-chart.tsx';
import { longestGapDays, type Point, sample, segments } from './trace.ts';

export function buySellChart(quotes: readonly Quote[], metal: MetalName, speech: Speech): ChartModel {
  const { t, f } = speech;
  const buys = pointsOf(quotes, (quote) => quote.buyRubPerGram);
  const sells = pointsOf(quotes, (quote) => quote.sellRubPerGram);
  return {
    ...dayAxis(
      quotes.map((quote) => quote.date),
      speech,
    ),
    id: 'prices',
    unit: '\u00a0₽',
    title: t.today.priceChart,
    description: t.today.priceDescription(t.ofMetal[metal], ...ends(quotes, speech)),
    valueLabel: f.number,
    marks: [
      {
        kind: 'line',
        tone: 'sell',
        parts: segments(sells, longestGapDays),
        column: 'sellRubPerGram',
        name: t.legend.sell,
      },
      { kind: 'line', tone: 'buy', parts: segments(buys, longestGapDays), column: 'buyRubPerGram', name: t.legend.buy },
    ],
    legend: [
      { swatch: 'buy', label: t.legend.buy },
      { swatch: 'sell', label: t.legend.sell },
    ],
    tips: priceTips(buys, speech),
  };
}

export function changeChart(quotes: readonly Quote[], speech: Speech): ChartModel {
  const { t, f } = speech;
  const changes = pointsOf(quotes, (quote) => quote.changePercent);
  return {
    ...dayAxis(
      quotes.map((quote) => quote.date),
      speech,
    ),
    id: 'changes',
    unit: '\u00a0%',
    title: t.today.changeChart,
    description: t.today.changeDescription,
    valueLabel: f.signed,
    height: 190,
    withZero: true,
    marks: [
      {
        kind: 'signedArea',
        parts: segments(changes, longestGapDays),
        column: 'changePercent',
        name: t.columns.changePercent,
      },
    ],
    legend: [
      { swatch: 'up', label: t.legend.up },
      { swatch: 'down', label: t.legend.down },
    ],
    tips: tipsOf(changes, speech, (value) => f.signedPercent(value)),
  };
}

export const monthMetrics = [
  'meanBuyRubPerGram',
  'meanSellRubPerGram',
  'firstRubPerGram',
  'lastRubPerGram',
  'minRubPerGram',
  'maxRubPerGram',
  'q25RubPerGram',
  'medianRubPerGram',
  'q75RubPerGram',
  'returnPercent',
  'volatilityPercent',
  'maxDrawdownPercent',
  'trendRubPerQuote',
  'daysAboveMean',
  'quotes',
] as const satisfies readonly (keyof Month)[];
export type MonthMetric = (typeof monthMetrics)[number];

/** Levels as a line; returns, risks and counts as bars from zero. */
export function monthChart(months: readonly Month[], metric: MonthMetric, speech: Speech): ChartModel {
  const { t, f } = speech;
  const points = monthPoints(months, metric);
  const isLevel = metric.endsWith('RubPerGram');
  const isSigned = metric === 'returnPercent' || metric === 'maxDrawdownPercent' || metric === 'trendRubPerQuote';
  const digits = metric === 'quotes' || metric === 'daysAboveMean' ? 0 : 2;
  const naming = { column: metric, name: t.months.metrics[metric] };
  return {
    ...dayAxis(
      months.map((month) => `${month.month}-15`),
      speech,
      16,
    ),
    id: 'metric',
    axis: 'months',
    digits,
    title: t.months.metrics[metric],
    description: t.months.chartDescription(t.months.metrics[metric], ...monthEnds(months, speech)),
    valueLabel: f.number,
    height: 320,
    withZero: !isLevel,
    marks: isLevel
      ? [{ kind: 'line', tone: 'metric', parts: segments(points, 45), ...naming }]
      : [{ kind: 'bars', points, width: 24, tone: isSigned ? null : 'metric', ...naming }],
    legend: isSigned
      ? [
          { swatch: 'up', label: '≥ 0' },
          { swatch: 'down', label: '< 0' },
        ]
      : [],
    tips: monthTips(points, speech, digits),
  };
}

export function monthBuySellChart(months: readonly Month[], speech: Speech): ChartModel {
  const { t, f } = speech;
  const buys = monthPoints(months, 'meanBuyRubPerGram');
  return {
    ...dayAxis(
      months.map((month) => `${month.month}-15`),
      speech,
      16,
    ),
    id: 'buy-sell',
    axis: 'months',
    title: t.months.buySell,
    description: t.months.buySellDescription,
    valueLabel: f.number,
    marks: [
      {
        kind: 'line',
        tone: 'sell',
        parts: segments(monthPoints(months, 'meanSellRubPerGram'), 45),
        column: 'meanSellRubPerGram',
        name: t.legend.sell,
      },
      { kind: 'line', tone: 'buy', parts: segments(buys, 45), column: 'meanBuyRubPerGram', name: t.legend.buy },
    ],
    legend: [
      { swatch: 'buy', label: t.legend.buy },
      { swatch: 'sell', label: t.legend.sell },
    ],
    tips: monthTips(buys, speech, 2),
  };
}

/** The horizontal axis over the days of a trace. */
export function dayAxis(
  dates: readonly string[],
  { f }: Speech,
  air = 0,
): { from: number; to: number; ticks: readonly AxisTick[] } {
  const from = dayOf(dates[0] ?? '2000-01-01') - air;
  const to = dayOf(dates.at(-1) ?? '2000-01-02') + air;
  const end = to > from ? to : from + 1;
  const ticks = dayTicks(from, end, 7).map((tick, index) => {
    const date = dateOf(tick.day);
    const isYearSaid = tick.shape === 'month' && (index === 0 || date.slice(5, 7) === '01');
    return { at: tick.day, label: f.date(date, tick.shape) + (isYearSaid ? ` ${date.slice(0, 4)}` : '') };
  });
  return { from, to: end, ticks };
}

export function pointsOf(quotes: readonly Quote[], read: (quote: Quote) => number | null): Point[] {
  return quotes.flatMap((quote) => {
    const value = read(quote);
    return value === null ? [] : [{ day: dayOf(quote.date), value }];
  });
}

export function tipsOf(points: readonly Point[], { f }: Speech, print: (value: number) => string): Tip[] {
  return sample(points, 140).map((point) => ({
    at: point.day,
    text: `${f.date(dateOf(point.day), 'short')}: ${print(point.value)}`,
  }));
}

function priceTips(points: readonly Point[], speech: Speech): Tip[] {
  return tipsOf(points, speech, speech.f.money);
}

function monthPoints(months: readonly Month[], metric: MonthMetric): Point[] {
  return months.flatMap((month) => {
    const value = month[metric];
    return value === null ? [] : [{ day: dayOf(`${month.month}-15`), value }];
  });
}

function monthTips(points: readonly Point[], { f }: Speech, digits: number): Tip[] {
  return sample(points, 120).map((point) => ({
    at: point.day,
    text: `${f.month(dateOf(point.day).slice(0, 7))}: ${f.number(point.value, digits)}`,
  }));
}

function ends(quotes: readonly Quote[], { f }: Speech): [string, string] {
  return [f.date(quotes[0]?.date ?? '2000-01-01'), f.date(quotes.at(-1)?.date ?? '2000-01-01')];
}

function monthEnds(months: readonly Month[], { f }: Speech): [string, string] {
  return [f.month(months[0]?.month ?? '2000-01'), f.month(months.at(-1)?.month ?? '2000-01')];
}
