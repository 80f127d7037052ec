import uPlot from 'uplot';
import type { ChartWire } from '../charts/wire.ts';
import type { ChartColumn, ChartRows } from './chart-rows.ts';

/** The colours of the style sheet, as it gives them to the same marks of the picture. */
export interface ChartInk {
  readonly quiet: string;
  readonly line: string;
  readonly strongLine: string;
  stroke(tone: string): CSSStyleDeclaration;
  band(tone: string): string;
  fill(kind: 'area' | 'bars', tone: string): string;
}

/** Asks the style sheet by drawing one hidden mark of each class. */
export function inkOf(box: HTMLElement): ChartInk {
  const ask = (names: string): CSSStyleDeclaration => {
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    const path = document.createElementNS(space, 'path');
    svg.setAttribute('class', 'visually-hidden');
    path.setAttribute('class', names);
    svg.append(path);
    box.append(svg);
    const { stroke, strokeWidth, strokeDasharray, strokeOpacity, fill, fillOpacity } = getComputedStyle(path);
    svg.remove();
    return { stroke, strokeWidth, strokeDasharray, strokeOpacity, fill, fillOpacity } as CSSStyleDeclaration;
  };
  return {
    quiet: ask('axis').fill,
    line: ask('grid').stroke,
    strongLine: ask('tick').stroke,
    stroke: (tone) => ask(`line ${tone}`),
    band: (tone) => {
      const { fill, fillOpacity } = ask(`band ${tone}`);
      return withOpacity(fill, fillOpacity);
    },
    fill: (kind, tone) => ask(`${kind} ${tone}`).fill,
  };
}

export function seriesOptions(rows: ChartRows, ink: ChartInk, wire: ChartWire): uPlot.Series[] {
  return rows.columns.map((column) => optionsOf(column, ink, wire));
}

function optionsOf(column: ChartColumn, ink: ChartInk, wire: ChartWire): uPlot.Series {
  const { kind, tone } = column;
  const none = { show: false };
  if (kind === 'band') return { points: none, width: 0, stroke: 'transparent' };
  if (kind === 'area') {
    const fill = ink.fill('area', tone);
    return { points: none, width: 0, stroke: fill, fill, fillTo: 0 };
  }
  if (kind === 'bars') {
    const fill = ink.fill('bars', tone);
    const size: [number, number] = wire.axis === 'steps' ? [0.62, 60] : [0.8, 24];
    return {
      points: none,
      width: 0,
      stroke: fill,
      fill,
      fillTo: 0,
      paths: uPlot.paths.bars?.({ size }) ?? (() => null),
    };
  }
  const style = ink.stroke(tone);
  const stroke = withOpacity(style.stroke, style.strokeOpacity);
  if (kind === 'dots')
    return { stroke, width: 0, paths: () => null, points: { show: true, size: 7, fill: stroke, width: 0 } };
  const dash = style.strokeDasharray === 'none' ? [] : style.strokeDasharray.split(/[ ,]+/).map(Number.parseFloat);
  return { stroke, width: Number.parseFloat(style.strokeWidth), dash, points: { show: isSparse(column), size: 4 } };
}

/** A day alone between holes has no line: it must be a dot to be seen. */
function isSparse({ values }: ChartColumn): boolean {
  return values.filter((value) => value != null).length === 1;
}

function withOpacity(color: string, opacity: string): string {
  const share = Number.parseFloat(opacity);
  const [, inside] = /^rgb\((.*)\)$/.exec(color) ?? [];
  return share >= 1 || inside === undefined ? color : `rgba(${inside}, ${share})`;
}
