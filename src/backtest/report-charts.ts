import type { HorizonFigures } from './figures.ts';

/** One line of a chart: figures by horizon, nearest first. */
export interface ChartModel {
  readonly name: string;
  readonly figures: readonly HorizonFigures[];
}

const size = { width: 720, height: 360, left: 56, right: 150, top: 40, bottom: 44 } as const;
/** Distinguishable without colour vision (Okabe & Ito 2008). */
const colours = ['#0072b2', '#d55e00', '#595959', '#009e73'] as const;

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
    ...legend(models),
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
    ...legend(models),
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

interface Plane {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly xs: readonly number[];
  readonly low: number;
  readonly high: number;
}

function planeOf(xs: readonly number[], values: readonly number[]): Plane {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.05 * (high - low || 1);
  const [from, to] = [xs[0] ?? 0, xs.at(-1) ?? 1];
  const across = size.width - size.left - size.right;
  const down = size.height - size.top - size.bottom;
  return {
    xs,
    low: low - margin,
    high: high + margin,
    x: (value) => size.left + (across * (value - from)) / (to - from || 1),
    y: (value) => size.top + (down * (high + margin - value)) / (high - low + 2 * margin),
  };
}

function axes(plane: Plane, label: (value: number) => string): string[] {
  const ticks = Array.from({ length: 5 }, (_, index) => plane.low + ((plane.high - plane.low) * index) / 4);
  const right = size.width - size.right;
  return [
    ...ticks.map((value) => {
      const y = n(plane.y(value));
      const line = `<line x1="${size.left}" x2="${right}" y1="${y}" y2="${y}" stroke="#e0e0e0"/>`;
      return `${line}<text x="${size.left - 6}" y="${y}" text-anchor="end" dominant-baseline="middle">${label(value)}</text>`;
    }),
    ...plane.xs.map(
      (value) =>
        `<text x="${n(plane.x(value))}" y="${size.height - size.bottom + 18}" text-anchor="middle">${value}</text>`,
    ),
  ];
}

/** A dashed line across: what a value should be. */
function rule(plane: Plane, value: number): string {
  const y = n(plane.y(value));
  return `<line x1="${size.left}" x2="${size.width - size.right}" y1="${y}" y2="${y}" stroke="#000000" stroke-dasharray="4 3"/>`;
}

/** A missing value breaks the line; it is never drawn through. */
function curve(plane: Plane, values: readonly (number | null)[], colour: string): string {
  let pen = 'M';
  let path = '';
  for (const [index, value] of values.entries()) {
    if (value === null) {
      pen = 'M';
      continue;
    }
    path += `${pen}${n(plane.x(plane.xs[index] ?? 0))} ${n(plane.y(value))}`;
    pen = 'L';
  }
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`;
}

function area(
  plane: Plane,
  lower: readonly (number | null)[],
  upper: readonly (number | null)[],
  colour: string,
): string {
  const points = (values: readonly (number | null)[]) =>
    values.flatMap((value, index) =>
      value === null ? [] : [`${n(plane.x(plane.xs[index] ?? 0))},${n(plane.y(value))}`],
    );
  const outline = [...points(upper), ...points(lower).reverse()].join(' ');
  return `<polygon points="${outline}" fill="${colour}" fill-opacity="0.15"/>`;
}

function legend(models: readonly ChartModel[]): string[] {
  const x = size.width - size.right + 12;
  return models.map(({ name }, index) => {
    const y = size.top + 10 + 20 * index;
    const line = `<line x1="${x}" x2="${x + 18}" y1="${y}" y2="${y}" stroke="${colourOf(index)}" stroke-width="2"/>`;
    return `${line}<text x="${x + 24}" y="${y}" dominant-baseline="middle">${escaped(name)}</text>`;
  });
}

function svg(title: string, parts: readonly string[]): string {
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" font-family="sans-serif" font-size="12">`;
  const heading = `<title>${escaped(title)}</title><rect width="100%" height="100%" fill="#ffffff"/>`;
  const caption = `<text x="${size.left}" y="22" font-size="14">${escaped(title)}</text>`;
  return `${open}${heading}${caption}${parts.join('')}</svg>\n`;
}

function horizonsOf(models: readonly ChartModel[]): number[] {
  return models[0]?.figures.map(({ horizon }) => horizon) ?? [];
}

function colourOf(index: number): string {
  return colours[index % colours.length] ?? colours[0];
}

function finite(values: readonly (number | null)[]): number[] {
  return values.filter((value): value is number => value !== null && Number.isFinite(value));
}

function percent(value: number): string {
  return `${(100 * value).toFixed(0)}%`;
}

function n(value: number): string {
  return value.toFixed(1);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
