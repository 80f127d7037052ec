import type { Quote, Score, Vintage } from '../../src/api/contract.ts';
import type { Speech } from '../i18n/dictionary.ts';
import { dayOf } from './days.ts';
import type { BandRow } from './marks.tsx';
import { dayAxis, pointsOf, tipsOf } from './price-charts.ts';
import type { ChartModel } from './time-chart.tsx';
import { longestGapDays, type Point, segments } from './trace.ts';

const bands = [
  { tone: 'b95', low: '0.025', high: '0.975', level: 95 },
  { tone: 'b80', low: '0.1', high: '0.9', level: 80 },
  { tone: 'b50', low: '0.25', high: '0.75', level: 50 },
] as const;

/** Facts up to the cutoff, then the fan; facts that came since are dots over it. */
export function fanChart(
  quotes: readonly Quote[],
  vintage: Vintage,
  speech: Speech,
  paths: readonly (readonly Point[])[] = [],
): ChartModel {
  const { t, f } = speech;
  const before = quotes.filter((quote) => quote.date <= vintage.cutoff);
  const facts = pointsOf(before, (quote) => quote.buyRubPerGram);
  const start = facts.at(-1);
  const medians = vintage.points.map((point) => ({ day: dayOf(point.targetDate), value: point.medianRubPerGram }));
  const later = vintage.points.flatMap((point): Point[] =>
    point.actualRubPerGram === null ? [] : [{ day: dayOf(point.targetDate), value: point.actualRubPerGram }],
  );
  const until = vintage.points.at(-1)?.targetDate ?? vintage.cutoff;
  const path = start === undefined ? medians : [start, ...medians];
  return {
    ...dayAxis([before[0]?.date ?? vintage.cutoff, until], speech, 1),
    id: 'fan',
    unit: '\u00a0₽',
    title: t.forecast.chart,
    description: t.forecast.description(f.date(vintage.cutoff), f.date(until)),
    valueLabel: f.number,
    height: 360,
    marks: [
      ...bands.map((band) => ({
        kind: 'band' as const,
        tone: band.tone,
        rows: bandRows(vintage, band, start),
        column: `interval${band.level}`,
        name: t.legend.band(band.level),
      })),
      ...(start === undefined ? [] : [{ kind: 'rule' as const, at: start.day }]),
      ...paths.map((walk, index) => ({
        kind: 'line' as const,
        tone: 'path',
        parts: [start === undefined ? walk : [start, ...walk]],
        column: `path${index + 1}`,
      })),
      {
        kind: 'line',
        tone: 'fact',
        parts: segments(facts, longestGapDays),
        column: 'buyRubPerGram',
        name: t.legend.fact,
      },
      { kind: 'line', tone: 'forecast', parts: [path], column: 'medianRubPerGram', name: t.legend.forecast },
      { kind: 'dots', tone: 'later', points: later, column: 'actualRubPerGram', name: t.legend.later },
    ],
    legend: [
      { swatch: 'fact', label: t.legend.fact },
      { swatch: 'forecast', label: t.legend.forecast },
      ...[...bands].reverse().map((band) => ({ swatch: band.tone, label: t.legend.band(band.level) })),
      ...(paths.length > 0 ? [{ swatch: 'path', label: t.forecast.path }] : []),
      ...(later.length > 0 ? [{ swatch: 'later dot', label: t.legend.later }] : []),
    ],
    tips: [
      ...tipsOf(facts, speech, f.money),
      ...tipsOf(medians, speech, (value) => `${t.forecast.median} ${f.number(value)}`),
    ],
  };
}

/** How much smaller the model's error is than that of today's price, by steps ahead. */
export function skillChart(scores: readonly Score[], speech: Speech): ChartModel {
  const { t, f } = speech;
  const points = scores.map((score) => ({ day: score.horizon, value: score.skillVsNaive * 100 }));
  const last = points.at(-1)?.day ?? 14;
  return {
    id: 'skill',
    axis: 'steps',
    unit: '\u00a0%',
    title: t.forecast.chartSkill,
    description: t.forecast.chartSkillDescription,
    from: 0.4,
    to: last + 0.6,
    ticks: points.map((point) => ({ at: point.day, label: String(point.day) })),
    valueLabel: f.signed,
    height: 200,
    withZero: true,
    marks: [{ kind: 'bars', points, width: 0.62, tone: null, column: 'skillPercent', name: t.forecast.chartSkill }],
    legend: [],
    tips: points.map((point) => ({ at: point.day, text: `${point.day}: ${f.signedPercent(point.value, 1)}` })),
  };
}

function bandRows(vintage: Vintage, band: (typeof bands)[number], start: Point | undefined): BandRow[] {
  const first = start === undefined ? [] : [{ day: start.day, low: start.value, high: start.value }];
  const rows = vintage.points.flatMap((point): BandRow[] => {
    const low = point.quantilesRubPerGram[band.low];
    const high = point.quantilesRubPerGram[band.high];
    return low === undefined || high === undefined ? [] : [{ day: dayOf(point.targetDate), low, high }];
  });
  return [...first, ...rows];
}
