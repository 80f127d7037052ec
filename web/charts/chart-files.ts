import { dateOf } from './days.ts';
import type { Mark, Parts } from './marks.tsx';
import type { ChartModel } from './time-chart.tsx';
import type { Point } from './trace.ts';
import { type ChartWire, packNumbers, type WireSeries } from './wire.ts';

/** The numbers of a chart for the script that makes it answer to pointer and keys. */
export function wireOf(model: ChartModel): ChartWire {
  const digits = model.digits ?? 2;
  return {
    title: model.title,
    axis: model.axis ?? 'days',
    from: model.from,
    to: model.to,
    isLog: model.log === true,
    withZero: model.withZero === true,
    digits,
    unit: model.unit ?? '',
    series: model.marks.flatMap((mark) => seriesOf(mark, digits)),
    rules: model.marks.flatMap((mark) => (mark.kind === 'rule' ? [{ at: mark.at, label: mark.label ?? '' }] : [])),
  };
}

/** The numbers of a chart as rows: what is drawn, no more and no less. RFC 4180. */
export function csvOf(model: ChartModel, isSimulated: boolean): string {
  const digits = model.digits ?? 2;
  const columns = model.marks.flatMap(columnsOf);
  const places = [...new Set(columns.flatMap((column) => [...column.values.keys()]))].sort((a, b) => a - b);
  const axis = model.axis ?? 'days';
  const head = [
    { days: 'date', months: 'month', steps: 'step' }[axis],
    ...columns.map((column) => column.name),
    'simulated',
  ];
  const rows = places.map((place) => [
    { days: dateOf(place), months: dateOf(place).slice(0, 7), steps: String(place) }[axis],
    ...columns.map((column) => printed(column.values.get(place), digits)),
    String(isSimulated),
  ]);
  return `${[head, ...rows].map((row) => row.join(',')).join('\r\n')}\r\n`;
}

function seriesOf(mark: Mark, digits: number): WireSeries[] {
  if (mark.kind === 'rule') return [];
  const name = mark.name ?? '';
  if (mark.kind === 'band') {
    return [
      {
        kind: 'band',
        tone: mark.tone,
        name,
        breaks: [],
        x: packNumbers(days(mark.rows), 0),
        y: packNumbers(
          mark.rows.map((row) => row.low),
          digits,
        ),
        high: packNumbers(
          mark.rows.map((row) => row.high),
          digits,
        ),
      },
    ];
  }
  const points = pointsOfMark(mark);
  return [
    {
      kind: mark.kind === 'signedArea' ? 'area' : mark.kind,
      tone: mark.kind === 'signedArea' ? null : mark.tone,
      name,
      breaks: 'parts' in mark ? breaksOf(mark.parts) : [],
      x: packNumbers(days(points), 0),
      y: packNumbers(
        points.map((point) => point.value),
        digits,
      ),
    },
  ];
}

function breaksOf(parts: Parts): number[] {
  let count = 0;
  return parts.slice(0, -1).map((part) => {
    count += part.length;
    return count;
  });
}

interface FileColumn {
  readonly name: string;
  readonly values: ReadonlyMap<number, number>;
}

function columnsOf(mark: Mark): FileColumn[] {
  if (mark.kind === 'rule' || mark.column === undefined) return [];
  if (mark.kind === 'band') {
    return [
      { name: `${mark.column}Low`, values: new Map(mark.rows.map((row) => [row.day, row.low])) },
      { name: `${mark.column}High`, values: new Map(mark.rows.map((row) => [row.day, row.high])) },
    ];
  }
  return [{ name: mark.column, values: new Map(pointsOfMark(mark).map((point) => [point.day, point.value])) }];
}

function pointsOfMark(mark: Exclude<Mark, { kind: 'rule' | 'band' }>): readonly Point[] {
  return 'parts' in mark ? mark.parts.flat() : mark.points;
}

function days(rows: readonly { readonly day: number }[]): number[] {
  return rows.map((row) => row.day);
}

/** Missing stays empty; the rest with no more decimals than the chart says. */
function printed(value: number | undefined, digits: number): string {
  return value === undefined ? '' : String(Number(value.toFixed(digits)));
}
