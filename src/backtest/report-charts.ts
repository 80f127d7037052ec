import { area, axes, colourOf, colours, curve, legend, n, planeOf, rule, svg } from './chart-parts.ts';
import type { HorizonFigures } from './figures.ts';

/** One line of a chart: figures by horizon, nearest first. */
export interface ChartModel {
  readonly name: string;
  readonly figures: readonly HorizonFigures[];
}

/** Skill of WIS against naive by horizon, with the bootstrap intervals of the first two models. A whole SVG file. */
export function skillChart(models: readonly ChartModel[], title: string): string {
  const lines = models.map(({ figures }) => figures.map(({ metrics }) => metrics.wisSkillVsNaive));
  const banded = lines.slice(0, 2);
  const values = [
    0,
    ...lines.flat().map(({ value }) => value),
    ...banded.flat().flatMap(({ lower, upper }) => [lower, upper]),
  ];
  const plane = planeOf(horizonsOf(models), finite(values));
  const bands = banded.map((line, index) =>
    area(
      plane,
      line.map(({ lower }) => lower),
      line.map(({ upper }) => upper),
      colourOf(index),
    ),
  );
  const curves = lines.map((line, index) =>
    curve(
      plane,
      line.map(({ value }) => value),
      colourOf(index),
    ),
  );
  return svg(`Skill against naive (WIS), ${title}`, [
    ...axes(plane, percent),
    rule(plane, 0),
    ...bands,
    ...curves,
    ...legend(named(models)),
  ]);
}

/** Coverage of the 50, 80 and 95% intervals by horizon; what was promised is drawn across. A whole SVG file. */
export function coverageChart(models: readonly ChartModel[], title: string): string {
  const plane = planeOf(horizonsOf(models), [0.3, 1]);
  const promised = [0.5, 0.8, 0.95].map((level) => rule(plane, level));
  const curves = models.flatMap(({ figures }, index) =>
    (['coverage50', 'coverage80', 'coverage95'] as const).map((name) =>
      curve(
        plane,
        figures.map(({ metrics }) => metrics[name].value),
        colourOf(index),
      ),
    ),
  );
  return svg(`Coverage of 50, 80 and 95% intervals, ${title}`, [
    ...axes(plane, percent),
    ...promised,
    ...curves,
    ...legend(named(models)),
  ]);
}

/**
 * PIT histogram of the first model, all horizons together: the share of facts in each cell between the quantiles over
 * what it should be. An honest distribution is flat at 1. A whole SVG file.
 */
export function pitChart(models: readonly ChartModel[], title: string): string {
  const cells = pooledCells(models[0]?.figures ?? []);
  const plane = { ...planeOf([0, 1], [0, ...cells.map(({ ratio }) => ratio), 1.5]) };
  const bars = cells.map(({ from, to, ratio }) => {
    const [left, right, top, bottom] = [plane.x(from), plane.x(to), plane.y(ratio), plane.y(0)];
    return `<rect x="${n(left)}" y="${n(top)}" width="${n(right - left)}" height="${n(bottom - top)}" fill="${colours[0]}" fill-opacity="0.6" stroke="#ffffff"/>`;
  });
  const name = models[0]?.name ?? '';
  return svg(`PIT of ${name}: facts in each cell over what was promised, ${title}`, [
    ...axes(plane, (value) => value.toFixed(1)),
    ...bars,
    rule(plane, 1),
  ]);
}

function pooledCells(figures: readonly HorizonFigures[]): { from: number; to: number; ratio: number }[] {
  const first = figures[0]?.pit ?? [];
  return first.map(({ from, to }, place) => {
    const share = figures.reduce((sum, { pit }) => sum + (pit[place]?.share ?? 0), 0) / figures.length;
    return { from, to, ratio: share / (to - from) };
  });
}

function horizonsOf(models: readonly ChartModel[]): number[] {
  return models[0]?.figures.map(({ horizon }) => horizon) ?? [];
}

function finite(values: readonly (number | null)[]): number[] {
  return values.filter((value): value is number => value !== null && Number.isFinite(value));
}

function percent(value: number): string {
  return `${(100 * value).toFixed(0)}%`;
}

function named(models: readonly ChartModel[]): { name: string; colour: string }[] {
  return models.map(({ name }, index) => ({ name, colour: colourOf(index) }));
}
