import type { FactRow, ModelFigures, ModelReport } from '../../src/api/contract.ts';
import type { Speech } from '../i18n/dictionary.ts';
import { dayOf } from './days.ts';
import type { BandRow, LegendItem, Mark } from './marks.tsx';
import { dayAxis, tipsOf } from './price-charts.ts';
import type { AxisTick, ChartModel } from './time-chart.tsx';
import { type Point, traceParts } from './trace.ts';

/** Longer than the New Year's holidays: between forecasts farther apart nothing is drawn. */
const longestGapDays = 14;

/** Gain over today's price by steps ahead, with the interval of the first model; a second may be laid over. */
export function gainChart(
  id: string,
  models: readonly { readonly label: string; readonly figures: readonly ModelFigures[] }[],
  share: string,
  speech: Speech,
): ChartModel {
  const { t, f } = speech;
  const [first, second] = models;
  const points = (figures: readonly ModelFigures[], name: 'skillVsNaive' | 'wisSkillVsNaive') =>
    figures.flatMap(({ horizon, metrics }): Point[] => {
      const { value } = metrics[name];
      return value === null ? [] : [{ day: horizon, value: value * 100 }];
    });
  const own = points(first?.figures ?? [], 'skillVsNaive');
  const band = (first?.figures ?? []).flatMap(({ horizon, metrics }): BandRow[] => {
    const { lower, upper } = metrics.skillVsNaive;
    return lower === null || upper === null ? [] : [{ day: horizon, low: lower * 100, high: upper * 100 }];
  });
  const other =
    second === undefined ? points(first?.figures ?? [], 'wisSkillVsNaive') : points(second.figures, 'skillVsNaive');
  return {
    ...stepAxis(first?.figures ?? []),
    id,
    title: t.accuracy.skillChart,
    description: t.accuracy.skillDescription(share),
    valueLabel: f.signed,
    unit: '\u00a0%',
    height: 260,
    withZero: true,
    marks: [
      { kind: 'band', tone: 'b80', rows: band, column: 'skillPercent', name: t.accuracy.bandOf(share) },
      {
        kind: 'line',
        tone: 'metric',
        parts: own.length === 0 ? [] : [own],
        column: 'skillPercent',
        name: first?.label ?? '',
      },
      {
        kind: 'line',
        tone: 'forecast',
        parts: other.length === 0 ? [] : [other],
        column: second === undefined ? 'wisSkillPercent' : 'otherSkillPercent',
        name: second?.label ?? t.accuracy.byDistribution,
      },
    ],
    legend: [
      { swatch: 'metric', label: first?.label ?? '' },
      { swatch: 'forecast', label: second?.label ?? t.accuracy.byDistribution },
      ...(band.length > 0 ? [{ swatch: 'b80', label: t.accuracy.bandOf(share) }] : []),
    ],
    tips: own.map((point) => ({ at: point.day, text: `${point.day}: ${f.signedPercent(point.value, 1)}` })),
  };
}

const promises = [
  { name: 'coverage50', tone: 'c50', promised: 50 },
  { name: 'coverage80', tone: 'c80', promised: 80 },
  { name: 'coverage95', tone: 'c95', promised: 95 },
] as const;

/** How often the intervals held by steps ahead, beside what they promise. */
export function coverageChart(figures: readonly ModelFigures[], speech: Speech): ChartModel {
  const { t, f } = speech;
  const axis = stepAxis(figures);
  const lines = promises.map((one) => ({
    ...one,
    points: figures.map(
      ({ horizon, metrics }): Point => ({ day: horizon, value: 100 * (metrics[one.name].value ?? 0) }),
    ),
  }));
  return {
    ...axis,
    id: 'accuracy-coverage',
    title: t.accuracy.coverageChart,
    description: t.accuracy.coverageDescription,
    valueLabel: f.number,
    unit: '\u00a0%',
    digits: 1,
    height: 260,
    marks: [
      ...lines.map(({ promised }) => promiseAt(promised, figures[0]?.horizon ?? 1, figures.at(-1)?.horizon ?? 1)),
      ...lines.map(
        ({ name, tone, points, promised }): Mark => ({
          kind: 'line',
          tone,
          parts: [points],
          column: `${name}Percent`,
          name: t.legend.band(promised),
        }),
      ),
    ],
    legend: [
      ...lines.map(({ tone, promised }): LegendItem => ({ swatch: tone, label: t.legend.band(promised) })),
      { swatch: 'promise', label: t.accuracy.promised },
    ],
    tips: figures.map(({ horizon, metrics }) => ({
      at: horizon,
      text: `${horizon}: ${promises.map(({ name }) => f.percent(100 * (metrics[name].value ?? 0), 0)).join(' · ')}`,
    })),
  };
}

export interface PitCell {
  readonly from: number;
  readonly to: number;
  readonly share: number;
}

/** Cells between the quantiles, all steps together. */
export function pooledPit(figures: readonly ModelFigures[]): PitCell[] {
  const first = figures[0]?.pit ?? [];
  return first.map(({ from, to }, place) => ({
    from,
    to,
    share: figures.reduce((sum, { pit }) => sum + (pit[place]?.share ?? 0), 0) / figures.length,
  }));
}

/** Share of facts in each cell over what was promised: flat at 1 for an honest forecast. */
export function pitChart(figures: readonly ModelFigures[], speech: Speech): ChartModel {
  const { t, f } = speech;
  const cells = pooledPit(figures);
  const ratio = ({ from, to, share }: PitCell): number => share / (to - from);
  return {
    id: 'accuracy-pit',
    title: t.accuracy.pitChart,
    description: t.accuracy.pitDescription,
    axis: 'steps',
    from: 0.4,
    to: cells.length + 0.6,
    ticks: cells.map(
      ({ from, to }, place): AxisTick => ({
        at: place + 1,
        label: `${short(100 * from, f)}–${short(100 * to, f)}\u00a0%`,
      }),
    ),
    valueLabel: f.number,
    height: 240,
    withZero: true,
    marks: [
      {
        kind: 'bars',
        points: cells.map((cell, place) => ({ day: place + 1, value: ratio(cell) })),
        width: 0.9,
        tone: 'pit',
        column: 'ratio',
        name: t.accuracy.pitRatio,
      },
      promiseAt(1, 1, cells.length),
    ],
    legend: [{ swatch: 'promise', label: t.accuracy.promised }],
    tips: cells.map((cell, place) => ({ at: place + 1, text: f.number(ratio(cell)) })),
  };
}

/** What a figure should be, across a chart. */
function promiseAt(value: number, from: number, to: number): Mark {
  const ends = [from, to].map((day): Point => ({ day, value }));
  return { kind: 'line', tone: 'promise', parts: [ends] };
}

function short(value: number, f: Speech['f']): string {
  return f.number(value, Number.isInteger(value) ? 0 : 1);
}

/** Published forecasts of one step laid over what came; null where there are fewer than two. */
export function factsChart(facts: readonly FactRow[], step: number, speech: Speech): ChartModel | null {
  const { t, f } = speech;
  const rows = onePerDate(facts);
  if (rows.length < 2) return null;
  const points = (read: (fact: FactRow) => number): Point[] =>
    rows.map((fact) => ({ day: dayOf(fact.targetDate), value: read(fact) }));
  const band = rows.flatMap(({ targetDate, lower80RubPerGram: low, upper80RubPerGram: high }): BandRow[] =>
    low === null || high === null ? [] : [{ day: dayOf(targetDate), low, high }],
  );
  const actual = points((fact) => fact.actualRubPerGram);
  const missed = rows
    .filter((fact) => !fact.inside80)
    .map((fact): Point => ({ day: dayOf(fact.targetDate), value: fact.actualRubPerGram }));
  return {
    ...dayAxis(
      rows.map((fact) => fact.targetDate),
      speech,
      1,
    ),
    id: 'accuracy-facts',
    title: t.accuracy.factsChart(step),
    description: t.accuracy.factsDescription,
    valueLabel: f.number,
    unit: '\u00a0₽',
    height: 300,
    marks: [
      { kind: 'band', tone: 'b80', rows: band, column: 'interval80', name: t.legend.band(80) },
      { kind: 'line', tone: 'fact', parts: traceParts(actual, longestGapDays), column: 'fact', name: t.legend.fact },
      {
        kind: 'line',
        tone: 'forecast',
        parts: traceParts(
          points((fact) => fact.meanRubPerGram),
          longestGapDays,
        ),
        column: 'forecast',
        name: t.nav.forecast,
      },
      { kind: 'dots', tone: 'later', points: missed },
    ],
    legend: [
      { swatch: 'fact', label: t.legend.fact },
      { swatch: 'forecast', label: t.nav.forecast },
      { swatch: 'b80', label: t.legend.band(80) },
      ...(missed.length > 0 ? [{ swatch: 'later dot', label: t.accuracy.outside }] : []),
    ],
    tips: tipsOf(actual, speech, f.money),
  };
}

/** The loss of one model at each origin, naive's mean being 1; a rule where the held-out block begins. */
export function lossChart({ report, losses }: ModelReport, speech: Speech): ChartModel | null {
  const { t, f } = speech;
  const points = (['selection', 'report'] as const).flatMap((block) =>
    losses[block].flatMap((value, row): Point[] => {
      const date = report.blocks[block].cutoffs[row];
      return date === undefined ? [] : [{ day: dayOf(date), value }];
    }),
  );
  const [first, last] = [report.blocks.selection.from, report.blocks.report.to];
  if (points.length < 2) return null;
  const axis = dayAxis([first, last], speech, 1);
  return {
    ...axis,
    id: 'model-losses',
    title: t.model.lossChart,
    description: t.model.lossDescription,
    valueLabel: f.number,
    height: 220,
    withZero: true,
    marks: [
      { kind: 'rule', at: dayOf(report.blocks.report.from), label: t.model.report },
      promiseAt(1, axis.from, axis.to),
      { kind: 'line', tone: 'metric', parts: traceParts(points, longestGapDays), column: 'loss', name: 'WIS' },
    ],
    legend: [
      { swatch: 'metric', label: 'WIS' },
      { swatch: 'promise', label: t.accuracy.today },
    ],
    tips: tipsOf(points, speech, (value) => f.number(value)),
  };
}

/** The newest forecast of each date; the same vintage may have been made twice on one day. */
function onePerDate(facts: readonly FactRow[]): FactRow[] {
  const byDate = new Map(facts.map((fact) => [fact.targetDate, fact]));
  return [...byDate.values()].sort((a, b) => a.targetDate.localeCompare(b.targetDate));
}

function stepAxis(figures: readonly ModelFigures[]): Pick<ChartModel, 'axis' | 'from' | 'to' | 'ticks'> {
  const ticks = figures.map(({ horizon }) => ({ at: horizon, label: String(horizon) }));
  return { axis: 'steps', from: 0.6, to: (ticks.at(-1)?.at ?? 1) + 0.4, ticks };
}
