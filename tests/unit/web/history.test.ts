import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOf, wireOf } from '../../../web/charts/chart-files.ts';
import { dayOf } from '../../../web/charts/days.ts';
import { type HistoryData, historyChart } from '../../../web/charts/history-chart.ts';
import { pointsOf } from '../../../web/charts/price-charts.ts';
import { figuresOf, leadOf, type Transform, transformed, transforms } from '../../../web/charts/transforms.ts';
import { packNumbers, unpackNumbers } from '../../../web/charts/wire.ts';
import { rowsOf } from '../../../web/client/chart-rows.ts';
import { speechOf } from '../../../web/i18n/dictionary.ts';
import { sampleQuotes, sampleSummary } from '../../support/sample-series.ts';

const quotes = sampleQuotes('gold');
const prices = pointsOf(quotes, (quote) => quote.buyRubPerGram);
const window = 63;

function dataOf(transform: Transform, from: string, to: string): HistoryData {
  const lead = leadOf(from, { transform, window });
  const inside = quotes.filter((quote) => (lead === null || quote.date >= lead) && quote.date <= to);
  return { metal: 'gold', quotes: inside, others: [], from, to, transform, window, isLog: false };
}

describe('transforms', () => {
  const from = dayOf('2019-03-05');
  const of = (transform: Transform) => transformed(prices, { transform, from, window });

  it('say what the API says of the same day', () => {
    const byDay = new Map(quotes.map((quote) => [dayOf(quote.date), quote]));
    for (const { day, value } of of('percent')) expect(value).toBeCloseTo(byDay.get(day)?.changePercent ?? 0, 3);
    for (const { day, value } of of('change')) expect(value).toBeCloseTo(byDay.get(day)?.changeRub ?? 0, 6);
    for (const { day, value } of of('log')) expect(value / 100).toBeCloseTo(byDay.get(day)?.logReturn ?? 0, 5);
    for (const { day, value } of of('drawdown')) expect(value).toBeCloseTo(byDay.get(day)?.drawdownPercent ?? 0, 3);
  });

  it('need no more of the past than they ask for', () => {
    for (const transform of transforms) {
      const whole = of(transform);
      const lead = leadOf('2019-03-05', { transform, window });
      const enough = prices.filter((point) => lead === null || point.day >= dayOf(lead));
      const short = transformed(enough, { transform, from, window });
      expect([transform, short.length]).toEqual([transform, whole.length]);
      short.forEach((point, index) => {
        expect(point.value).toBeCloseTo(whole[index]?.value ?? Number.NaN, 9);
      });
    }
  });

  it('roll the same deviation that the summary computes over the same quotes', () => {
    const rolled = of('volatility');
    const last = rolled.at(-1);
    expect(last?.value).toBeCloseTo(sampleSummary(quotes.slice(-window)).volatilityPercent ?? 0, 1);
  });

  it('compare with the price in force a year before, and with nothing where there was none', () => {
    const points = [
      { day: dayOf('2020-02-29'), value: 100 },
      { day: dayOf('2021-02-27'), value: 150 },
      { day: dayOf('2021-03-02'), value: 130 },
      { day: dayOf('2023-03-02'), value: 10 },
    ];
    const found = transformed(points, { transform: 'year', from: 0, window });
    expect(found).toEqual([{ day: dayOf('2021-03-02'), value: 100 * (130 / 100 - 1) }]);
  });

  it('start the index at a hundred on the first day shown', () => {
    expect(of('index')[0]?.value).toBe(100);
  });
});

it('figures follow the range: they are those of the summary', () => {
  fc.assert(
    fc.property(fc.nat(quotes.length - 2), fc.nat(400), (start, length) => {
      const inside = quotes.slice(start, start + length + 2);
      const figures = figuresOf(pointsOf(inside, (quote) => quote.buyRubPerGram));
      const summary = sampleSummary(inside);
      expect(figures?.count).toBe(summary.quotes);
      expect(figures?.min.value).toBe(summary.minRubPerGram);
      expect(figures?.max.value).toBe(summary.maxRubPerGram);
      expect(figures?.mean).toBeCloseTo(summary.meanRubPerGram ?? 0, 1);
    }),
  );
});

describe('numbers on their way to the script', () => {
  it('arrive as they left, to the last decimal', () => {
    const value = fc.integer({ min: -9_999_999, max: 99_999_999 }).map((whole) => whole / 100);
    fc.assert(
      fc.property(fc.array(value), (values) => {
        expect(unpackNumbers(packNumbers(values, 2), 2)).toEqual(values);
      }),
    );
  });

  it('are every quote of the range, with its holes, in the chart and in its file', () => {
    const [from, to] = ['1998-01-06', '2025-06-28'];
    const model = historyChart(dataOf('level', from, to), speechOf('en'));
    const rows = rowsOf(JSON.parse(JSON.stringify(wireOf(model))));
    const gold = rows.readings.find((reading) => reading.name === 'Gold');
    expect([...(gold?.low ?? [])]).toEqual(prices.map((point) => [point.day, point.value]));
    const line = rows.columns.find((column) => column.kind === 'line');
    const holes = prices.filter((point, index) => index > 0 && point.day - (prices[index - 1]?.day ?? 0) > 7).length;
    expect(line?.values.filter((one) => one === null).length).toBe(holes);
    expect(holes).toBeGreaterThan(10);
    const lines = csvOf(model, false).trimEnd().split('\r\n');
    expect(lines[0]).toBe('date,buyRubPerGram,simulated');
    expect(lines.slice(1)).toEqual(quotes.map((quote) => `${quote.date},${quote.buyRubPerGram},false`));
  });

  it('mark every change of the rule inside the range, and no other', () => {
    const wire = wireOf(historyChart(dataOf('level', '2005-01-01', '2023-01-01'), speechOf('ru')));
    expect(wire.rules.map((rule) => rule.label)).toEqual(['②', '③']);
  });
});
