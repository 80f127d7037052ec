import type { VNode } from 'preact';
import type { Scale } from './scale.ts';
import { type Point, thinParts } from './trace.ts';

/** A word of the legend with the class of the mark it stands for. */
export interface LegendItem {
  readonly swatch: string;
  readonly label: string;
}

/** The unbroken parts of a trace: between two parts nothing is drawn. */
export type Parts = readonly (readonly Point[])[];

/** What the numbers of a mark are called: `column` in files, `name` where people read. Without one they are only drawn. */
export interface Naming {
  readonly column?: string;
  readonly name?: string;
}

/** What a chart can draw. `tone` is a class of the style sheet: colour, width and dash live there. */
export type Mark = Naming &
  (
    | { readonly kind: 'line'; readonly tone: string; readonly parts: Parts }
    | { readonly kind: 'signedArea'; readonly parts: Parts }
    | { readonly kind: 'bars'; readonly points: readonly Point[]; readonly width: number; readonly tone: string | null }
    | { readonly kind: 'band'; readonly tone: string; readonly rows: readonly BandRow[] }
    | { readonly kind: 'dots'; readonly tone: string; readonly points: readonly Point[] }
    | { readonly kind: 'rule'; readonly at: number; readonly label?: string }
  );

export interface BandRow {
  readonly day: number;
  readonly low: number;
  readonly high: number;
}

/** The values of a mark that the vertical axis must hold. */
export function markValues(mark: Mark): number[] {
  if (mark.kind === 'rule') return [];
  if (mark.kind === 'band') return mark.rows.flatMap((row) => [row.low, row.high]);
  const points = 'parts' in mark ? mark.parts.flat() : mark.points;
  return points.map((point) => point.value);
}

export function MarkShape({ mark, x, y }: { mark: Mark; x: Scale; y: Scale }): VNode | null {
  switch (mark.kind) {
    case 'line':
      return <Path tone={`line ${mark.tone}`} d={linePath(thinParts(mark.parts), x, y)} />;
    case 'signedArea':
      return (
        <g>
          <Path tone="area up" d={areaPath(thinParts(mark.parts), 1, x, y)} />
          <Path tone="area down" d={areaPath(thinParts(mark.parts), -1, x, y)} />
        </g>
      );
    case 'bars':
      return <Bars points={mark.points} width={mark.width} tone={mark.tone} x={x} y={y} />;
    case 'band':
      return <Path tone={`band ${mark.tone}`} d={bandPath(mark.rows, x, y)} />;
    case 'dots':
      return <Path tone={`dots ${mark.tone}`} d={mark.points.map((point) => `M${place(point, x, y)}h0`).join('')} />;
    case 'rule':
      return <line class="rule" x1={short(x.at(mark.at))} x2={short(x.at(mark.at))} y1="0" y2="100%" />;
  }
}

/** Nothing where there is nothing to draw: an empty attribute would be written bare, which is no XML. */
function Path({ tone, d }: { tone: string; d: string }): VNode | null {
  return d === '' ? null : <path class={tone} d={d} />;
}

/** `M x y L x y …` with a new `M` after every gap; a point alone between gaps becomes a dot. */
export function linePath(parts: Parts, x: Scale, y: Scale): string {
  return parts
    .map((part) => {
      const path = `M${part.map((point) => place(point, x, y)).join('L')}`;
      return part.length === 1 ? `${path}h0` : path;
    })
    .join('');
}

/** The part of a trace on one side of zero, as a closed area that ends exactly where the trace crosses zero. */
export function areaPath(parts: Parts, side: 1 | -1, x: Scale, y: Scale): string {
  const zero = short(y.at(0));
  return parts
    .map((part) => {
      const top = withCrossings(part).map((point) => ({
        day: point.day,
        value: Math.max(0, point.value * side) * side,
      }));
      const first = top[0];
      const last = top.at(-1);
      if (first === undefined || last === undefined || top.every((point) => point.value === 0)) return '';
      return `M${short(x.at(first.day))} ${zero}L${top.map((point) => place(point, x, y)).join('L')}L${short(x.at(last.day))} ${zero}Z`;
    })
    .join('');
}

function withCrossings(part: readonly Point[]): Point[] {
  return part.flatMap((point, index) => {
    const before = part[index - 1];
    if (before === undefined || before.value * point.value >= 0) return [point];
    const share = before.value / (before.value - point.value);
    return [{ day: before.day + (point.day - before.day) * share, value: 0 }, point];
  });
}

function bandPath(rows: readonly BandRow[], x: Scale, y: Scale): string {
  if (rows.length === 0) return '';
  const high = rows.map((row) => place({ day: row.day, value: row.high }, x, y));
  const low = rows.map((row) => place({ day: row.day, value: row.low }, x, y)).reverse();
  return `M${[...high, ...low].join('L')}Z`;
}

interface BarsProps {
  readonly points: readonly Point[];
  readonly width: number;
  /** null: by the sign of the value. */
  readonly tone: string | null;
  readonly x: Scale;
  readonly y: Scale;
}

function Bars({ points, width, tone, x, y }: BarsProps): VNode {
  const path = (chosen: readonly Point[]): string => chosen.map((point) => barPath(point, width, x, y)).join('');
  if (tone !== null) return <Path tone={`bars ${tone}`} d={path(points)} />;
  return (
    <g>
      <Path tone="bars up" d={path(points.filter((point) => point.value >= 0))} />
      <Path tone="bars down" d={path(points.filter((point) => point.value < 0))} />
    </g>
  );
}

function barPath(point: Point, width: number, x: Scale, y: Scale): string {
  const left = short(x.at(point.day - width / 2));
  const right = short(x.at(point.day + width / 2));
  const foot = short(y.at(Math.min(Math.max(0, y.domain[0]), y.domain[1])));
  return `M${left} ${foot}V${short(y.at(point.value))}H${right}V${foot}Z`;
}

function place(point: Point, x: Scale, y: Scale): string {
  return `${short(x.at(point.day))} ${short(y.at(point.value))}`;
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
