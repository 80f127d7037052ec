/** A value at a place on the axis of time. */
export interface ChartPoint {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Finite, and above 0 where the axis is logarithmic. */
  readonly value: number;
}

export interface ChartRequest {
  /** In order of time, at least one. */
  readonly points: readonly ChartPoint[];
  /** Columns and rows of the whole chart, its axes included. */
  readonly width: number;
  readonly height: number;
  readonly isLog: boolean;
  /** Dots of braille are finer; blocks are shown by every font. */
  readonly style: 'braille' | 'blocks';
  readonly formatValue: (value: number) => string;
  readonly formatDay: (day: number) => string;
}

/** More days than this without a value are a gap: no line is drawn over them. The longest holidays take 13. */
const longestBridge = 16;
const bars = ' ▁▂▃▄▅▆▇█';

/** A line chart as lines of text: values to the left, days below. Missing days stay empty. */
export function terminalChart(request: ChartRequest): string[] {
  const { points, isLog, height, formatValue } = request;
  const values = points.map(({ value }) => value);
  const [low, high] = widen(Math.min(...values), Math.max(...values));
  const up = (value: number) => (isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low));
  const rows = Math.max(3, height - 2);
  const ticks = new Map(
    tickRows(rows).map((row) => [row, formatValue(atShare(1 - row / (rows - 1), low, high, isLog))]),
  );
  const margin = Math.max(...[...ticks.values()].map((text) => text.length));
  const columns = Math.max(10, request.width - margin - 3);
  const body = request.style === 'blocks' ? blocks(points, columns, rows, up) : braille(points, columns, rows, up);
  const plot = body.map(
    (line, row) => `${(ticks.get(row) ?? '').padStart(margin)} ${ticks.has(row) ? '┤' : '│'}${line.trimEnd()}`,
  );
  const axis = `${' '.repeat(margin)} └${'─'.repeat(columns)}`;
  return [...plot, axis, `${' '.repeat(margin + 2)}${dayLabels(request, columns)}`];
}

/** A line of blocks, one for each value: how it went, in one glance. Values are finite; null stays empty. */
export function sparkline(values: readonly (number | null)[]): string {
  const present = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...present), Math.max(...present)];
  return values
    .map((value) => {
      if (value === null) return ' ';
      const share = high === low ? 0.5 : (value - low) / (high - low);
      return bars.charAt(1 + Math.round(share * (bars.length - 2)));
    })
    .join('');
}

/** A flat series gets room above and below. */
function widen(low: number, high: number): readonly [number, number] {
  if (high > low) return [low, high];
  const room = Math.abs(low) * 0.01 || 1;
  return [low - room, high + room];
}

function atShare(share: number, low: number, high: number, isLog: boolean): number {
  return isLog ? low * (high / low) ** share : low + share * (high - low);
}

/** A tick about every fourth row, the first and the last always. */
function tickRows(rows: number): number[] {
  const steps = Math.max(1, Math.round((rows - 1) / 4));
  return Array.from({ length: steps + 1 }, (_, step) => Math.round((step * (rows - 1)) / steps));
}

function dayLabels({ points, formatDay }: ChartRequest, columns: number): string {
  const [first, last] = [points[0]?.day ?? 0, points.at(-1)?.day ?? 0];
  const labels = [first, Math.round((first + last) / 2), last].map(formatDay);
  const [left = '', middle = '', right = ''] = labels;
  if (columns < left.length + middle.length + right.length + 4) return `${left} … ${right}`;
  const before = Math.round((columns - middle.length) / 2) - left.length;
  const after = columns - left.length - before - middle.length - right.length;
  return left + ' '.repeat(before) + middle + ' '.repeat(after) + right;
}

/** Where each point falls among `columns` places. */
function placed(points: readonly ChartPoint[], columns: number): { column: number; point: ChartPoint }[] {
  const first = points[0]?.day ?? 0;
  const span = Math.max(1, (points.at(-1)?.day ?? first) - first);
  return points.map((point) => ({ point, column: Math.round(((point.day - first) / span) * (columns - 1)) }));
}

/** A line of dots, two to a column and four to a row; neighbours are joined, gaps are not. */
function braille(
  points: readonly ChartPoint[],
  columns: number,
  rows: number,
  up: (value: number) => number,
): string[] {
  const [across, down] = [columns * 2, rows * 4];
  const cells = new Uint8Array(columns * rows);
  const dot = (x: number, y: number) => {
    const [column, row] = [x >> 1, y >> 2];
    const bit = y % 4 === 3 ? 6 + (x % 2) : (y % 4) + 3 * (x % 2);
    const cell = row * columns + column;
    cells[cell] = (cells[cell] ?? 0) | (1 << bit);
  };
  let before: { x: number; y: number; day: number } | null = null;
  for (const { column: x, point } of placed(points, across)) {
    const y = Math.round((1 - up(point.value)) * (down - 1));
    if (before !== null && point.day - before.day <= longestBridge) joinDots(before, { x, y }, dot);
    else dot(x, y);
    before = { x, y, day: point.day };
  }
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => {
      const bits = cells[row * columns + column] ?? 0;
      return bits === 0 ? ' ' : String.fromCharCode(0x28_00 + bits);
    }).join(''),
  );
}

function joinDots(
  from: { readonly x: number; readonly y: number },
  to: { readonly x: number; readonly y: number },
  dot: (x: number, y: number) => void,
): void {
  const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
  for (let step = 0; step <= steps; step += 1) {
    const share = step / steps;
    dot(Math.round(from.x + share * (to.x - from.x)), Math.round(from.y + share * (to.y - from.y)));
  }
}

/** A bar for each column, as high as its last value; columns without a value stay empty unless a holiday explains them. */
function blocks(points: readonly ChartPoint[], columns: number, rows: number, up: (value: number) => number): string[] {
  const heights = new Array<number | null>(columns).fill(null);
  let before: { column: number; day: number; height: number } | null = null;
  for (const { column, point } of placed(points, columns)) {
    const height = Math.max(1, Math.round(up(point.value) * rows * 8));
    if (before !== null && point.day - before.day <= longestBridge) {
      heights.fill(before.height, before.column, column);
    }
    heights[column] = height;
    before = { column, day: point.day, height };
  }
  return Array.from({ length: rows }, (_, row) =>
    heights.map((height) => bars.charAt(Math.max(0, Math.min(8, (height ?? 0) - (rows - 1 - row) * 8)))).join(''),
  );
}
