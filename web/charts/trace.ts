/** A value on a day. */
export interface Point {
  readonly day: number;
  readonly value: number;
}

/** Longer than any week with its holidays: a wider hole is shown as a hole. */
export const longestGapDays = 7;

/** Splits a trace where more than `longestGap` days have no value: a gap is never drawn over. */
export function segments(points: readonly Point[], longestGap: number): Point[][] {
  const parts: Point[][] = [];
  let before: Point | undefined;
  for (const point of points) {
    if (before === undefined || point.day - before.day > longestGap) parts.push([]);
    parts.at(-1)?.push(point);
    before = point;
  }
  return parts;
}

/** The unbroken parts of a trace, thinned so that all of them together fit `columns` slices. */
export function traceParts(points: readonly Point[], longestGap: number, columns = 360): Point[][] {
  return thinParts(segments(points, longestGap), columns);
}

/** Parts thinned for a picture: a chart holds every point, what is drawn holds what can be seen. */
export function thinParts(parts: readonly (readonly Point[])[], columns = 360): Point[][] {
  const span = (parts.at(-1)?.at(-1)?.day ?? 0) - (parts[0]?.[0]?.day ?? 0) + 1;
  return parts.map((part) => {
    const share = ((part.at(-1)?.day ?? 0) - (part[0]?.day ?? 0) + 1) / span;
    return thin(part, Math.max(2, Math.ceil(columns * share)));
  });
}

/** Keeps the first, lowest, highest and last point of each of `columns` equal slices of time, so that no extreme is lost. */
export function thin(points: readonly Point[], columns: number): Point[] {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length <= columns * 4) return [...points];
  const width = (last.day - first.day + 1) / columns;
  const kept: Point[] = [];
  let slice: Point[] = [];
  let column = 0;
  for (const point of points) {
    const at = Math.floor((point.day - first.day) / width);
    if (at !== column) {
      kept.push(...extremes(slice));
      slice = [];
      column = at;
    }
    slice.push(point);
  }
  kept.push(...extremes(slice));
  return kept;
}

/** About `count` points spread evenly over the trace, with its last one. */
export function sample(points: readonly Point[], count: number): Point[] {
  const step = Math.max(1, Math.ceil(points.length / count));
  return points.filter((_, index) => (points.length - 1 - index) % step === 0);
}

function extremes(slice: readonly Point[]): Point[] {
  const low = slice.reduce<Point | undefined>(
    (best, point) => (best && best.value <= point.value ? best : point),
    undefined,
  );
  const high = slice.reduce<Point | undefined>(
    (best, point) => (best && best.value >= point.value ? best : point),
    undefined,
  );
  return slice.filter((point, index) => index === 0 || index === slice.length - 1 || point === low || point === high);
}
