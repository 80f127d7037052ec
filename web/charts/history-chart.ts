import { type MetalName, metalSchema, type Quote } from '../../src/api/contract.ts';
import type { Speech } from '../i18n/dictionary.ts';
import { dayOf } from './days.ts';
import type { LegendItem, Mark } from './marks.tsx';
import { dayAxis, pointsOf, tipsOf } from './price-charts.ts';
import type { ChartModel } from './time-chart.tsx';
import { longestGapDays, type Point, segments } from './trace.ts';
import { type Transform, transformed } from './transforms.ts';

export const comparable = [...metalSchema.options, 'usd'] as const;
export type Comparable = (typeof comparable)[number];

/** When the rule behind the prices changed; the words for each are in the dictionary. */
export const priceRules = [
  { id: 'discounts', date: '2003-07-07', mark: '①' },
  { id: 'equal', date: '2008-07-01', mark: '②' },
  { id: 'evening', date: '2022-07-15', mark: '③' },
  { id: 'directive', date: '2024-07-10', mark: '④' },
] as const;

export interface HistoryData {
  readonly metal: MetalName;
  /** With as many quotes before `from` as the transform needs. */
  readonly quotes: readonly Quote[];
  readonly others: readonly { readonly name: Comparable; readonly points: readonly Point[] }[];
  /** First and last day shown. */
  readonly from: string;
  readonly to: string;
  readonly transform: Transform;
  readonly window: number;
  readonly isLog: boolean;
}

/** The series as asked, its anomalies as dots, changes of the rule as numbered lines, and what it is compared with. */
export function historyChart(data: HistoryData, speech: Speech): ChartModel {
  const { t, f } = speech;
  const { metal, transform, others } = data;
  const main = shownSeries(data);
  const isSigned = others.length === 0 && signedTransforms.includes(transform);
  const title = t.history.shown[transform](t.ofMetal[metal], data.window, f.date(dateOfFirst(data), 'short'));
  const parts = segments(main, longestGapDays);
  const naming = { column: others.length === 0 ? columns[transform] : metal, name: t.metals[metal] };
  const tone = others.length === 0 ? 'buy' : `m-${metal}`;
  const marks: Mark[] = [
    ...rulesIn(data),
    ...others.map((other): Mark => {
      const points = transformed(other.points, { ...data, from: dayOf(data.from) });
      return {
        kind: 'line',
        tone: `m-${other.name}`,
        parts: segments(points, longestGapDays),
        column: other.name,
        name: nameOf(other.name, speech),
      };
    }),
    isSigned ? { kind: 'signedArea', parts, ...naming } : { kind: 'line', tone, parts, ...naming },
    { kind: 'dots', tone: 'anomaly', points: anomaliesOf(data, main) },
  ];
  return {
    ...dayAxis([data.from, data.to], speech),
    id: 'history',
    title,
    description: t.history.description(t.ofMetal[metal], f.date(data.from), f.date(data.to)),
    valueLabel: f.number,
    height: 360,
    unit: units[transform],
    withZero: isSigned,
    log: data.isLog && (transform === 'level' || transform === 'index'),
    marks,
    legend: legendOf(data, speech, isSigned),
    tips: tipsOf(main, speech, (value) => f.number(value) + units[transform]),
  };
}

/** The main series as drawn. */
export function shownSeries(data: HistoryData): Point[] {
  const points = pointsOf(data.quotes, (quote) => quote.buyRubPerGram);
  return transformed(points, { transform: data.transform, window: data.window, from: dayOf(data.from) });
}

/** Changes of the rule inside the range shown. */
export function rulesShown({ from, to }: Pick<HistoryData, 'from' | 'to'>): (typeof priceRules)[number][] {
  return priceRules.filter((rule) => rule.date >= from && rule.date <= to);
}

export function nameOf(name: Comparable, { t }: Speech): string {
  return name === 'usd' ? t.history.usd : t.metals[name];
}

export const units: Readonly<Record<Transform, string>> = {
  level: '\u00a0₽',
  change: '\u00a0₽',
  percent: '\u00a0%',
  year: '\u00a0%',
  index: '',
  log: '\u00a0%',
  drawdown: '\u00a0%',
  volatility: '\u00a0%',
};

/** What the numbers are called in files. */
const columns: Readonly<Record<Transform, string>> = {
  level: 'buyRubPerGram',
  change: 'changeRub',
  percent: 'changePercent',
  year: 'yearOverYearPercent',
  index: 'index',
  log: 'logReturnPercent',
  drawdown: 'drawdownPercent',
  volatility: 'volatilityPercent',
};

const signedTransforms: readonly Transform[] = ['change', 'percent', 'year', 'log', 'drawdown'];

function rulesIn(data: HistoryData): Mark[] {
  return rulesShown(data).map((rule) => ({ kind: 'rule', at: dayOf(rule.date), label: rule.mark }));
}

function anomaliesOf({ quotes }: HistoryData, main: readonly Point[]): Point[] {
  const odd = new Set(quotes.filter((quote) => quote.isAnomaly).map((quote) => dayOf(quote.date)));
  return main.filter((point) => odd.has(point.day));
}

function legendOf(data: HistoryData, speech: Speech, isSigned: boolean): LegendItem[] {
  const { t } = speech;
  const hasOdd = data.quotes.some((quote) => quote.isAnomaly && quote.date >= data.from);
  return [
    ...(data.others.length > 0 ? [{ swatch: `m-${data.metal}`, label: t.metals[data.metal] }] : []),
    ...data.others.map(({ name }) => ({ swatch: `m-${name}`, label: nameOf(name, speech) })),
    ...(isSigned
      ? [
          ...(data.transform === 'drawdown' ? [] : [{ swatch: 'up', label: t.legend.up }]),
          { swatch: 'down', label: t.legend.down },
        ]
      : []),
    ...(hasOdd ? [{ swatch: 'anomaly dot', label: t.history.anomaly }] : []),
  ];
}

function dateOfFirst({ quotes, from }: HistoryData): string {
  return quotes.find((quote) => quote.date >= from)?.date ?? from;
}
