import { area, axes, colourOf, curve, legend, planeOf, svg } from './chart-parts.ts';

/** Facts and what was forecast of them; every list is as long as `dates`, NaN where there is none. RUB per gram. */
export interface BacktestChartData {
  /** Dates of the facts, ascending, as shown. */
  readonly dates: readonly string[];
  readonly actual: readonly number[];
  readonly median: readonly number[];
  readonly lower80: readonly number[];
  readonly upper80: readonly number[];
}

/** Facts beside the median and the 80% interval forecast some quotes before, over time. A whole SVG file. */
export function backtestChart(data: BacktestChartData, title: string): string {
  const { dates, actual } = data;
  const [median, lower, upper] = [data.median, data.lower80, data.upper80].map(known);
  const every = [actual, data.median, data.lower80, data.upper80].flat().filter(Number.isFinite);
  const xs = dates.map((_, index) => index);
  const plane = planeOf(xs, every.length === 0 ? [0, 1] : every);
  const steps = [...new Set([0, 1, 2, 3].map((third) => Math.round(((dates.length - 1) * third) / 3)))];
  const labels = steps.map((index) => [index, dates[index] ?? ''] as const);
  return svg(title, [
    ...axes(plane, (value) => value.toFixed(0), labels),
    area(plane, lower ?? [], upper ?? [], colourOf(0)),
    curve(plane, median ?? [], colourOf(0)),
    curve(plane, known(actual), colourOf(2)),
    ...legend([
      { name: 'median', colour: colourOf(0) },
      { name: 'fact', colour: colourOf(2) },
    ]),
  ]);
}

function known(values: readonly number[]): (number | null)[] {
  return values.map((value) => (Number.isFinite(value) ? value : null));
}
