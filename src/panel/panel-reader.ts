import { PlatformError } from '../domain/errors.ts';
import { broken, createCsvRows } from './csv-rows.ts';
import type { Panel, PanelSeries } from './panel.ts';
import { readStamp, type StampKind, stampKind } from './time-stamps.ts';

/** Takes a panel's text in pieces of any size, so that a file never has to be in memory whole. */
export interface PanelReader {
  push(text: string): void;
  /** The panel; INPUT_INVALID when there is none, or a series is too short. */
  end(): Panel;
}

/** Fewer than two values have no change to learn from. */
export const FEWEST_OBSERVATIONS = 2;

const columns = ['unique_id', 'ds', 'y'] as const;
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

interface Growing {
  readonly id: string;
  readonly kind: StampKind;
  readonly y: number[];
  readonly stamps: number[];
  /** Only where stamps are labels, whose repetition order cannot show. */
  readonly labels: Set<string>;
  readonly firstLine: number;
}

/**
 * Reads a panel in long form: comma-separated with a header that has the columns `unique_id`, `ds` and `y` in any order
 * (others are passed over), rows of one series in time order, series one after another or mixed. `source` is the name
 * used in messages. Everything that is not such a panel throws INPUT_INVALID naming the line: a missing column, another
 * number of fields, an empty id, a `y` that is no finite number, a `ds` that repeats, goes back or is of another kind.
 */
export function createPanelReader(source: string, fewest: number = FEWEST_OBSERVATIONS): PanelReader {
  const byId = new Map<string, Growing>();
  let places: readonly [number, number, number] | null = null;
  let width = 0;
  let count = 0;
  let current: Growing | undefined;
  const lines = createCsvRows(source, (fields, line) => {
    if (places === null) {
      places = columnPlaces(fields, source, line);
      width = fields.length;
      return;
    }
    if (fields.length !== width) {
      throw broken(source, line, `there are ${fields.length} fields, the header has ${width}`);
    }
    const [id, ds, y] = places.map((place) => (fields[place] ?? '').trim()) as [string, string, string];
    if (id === '') throw broken(source, line, 'unique_id is empty');
    if (current?.id !== id) current = byId.get(id) ?? startSeries(byId, id, ds, line);
    current.y.push(readValue(y, id, source, line));
    current.stamps.push(nextStamp(current, ds, source, line));
    count += 1;
  });
  return {
    push: (text) => lines.push(text),
    end() {
      lines.end();
      if (places === null) throw empty(source, 'it is empty');
      if (count === 0) throw empty(source, 'it has a header and no rows');
      return { series: [...byId.values()].map((one) => finished(one, source, fewest)), rows: count };
    },
  };
}

function columnPlaces(header: readonly string[], source: string, line: number): readonly [number, number, number] {
  const names = header.map((name) => name.trim());
  const places = columns.map((column) => names.indexOf(column));
  const missing = columns.filter((_, index) => (places[index] ?? -1) < 0);
  if (missing.length > 0) {
    const hint = `The first line must name the columns ${columns.join(',')}; it names ${names.join(',').slice(0, 200)}.`;
    throw broken(source, line, `there is no column ${missing.join(', ')}`, hint);
  }
  const repeated = columns.find((column) => names.indexOf(column) !== names.lastIndexOf(column));
  if (repeated !== undefined) throw broken(source, line, `the column ${repeated} stands there twice`);
  return places as unknown as readonly [number, number, number];
}

function startSeries(byId: Map<string, Growing>, id: string, ds: string, line: number): Growing {
  const series = { id, kind: stampKind(ds), y: [], stamps: [], labels: new Set<string>(), firstLine: line };
  byId.set(id, series);
  return series;
}

function readValue(text: string, id: string, source: string, line: number): number {
  const value = number.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  const hint = 'Leave the row out, or fill the value before: a missing value is never taken for 0.';
  throw broken(
    source,
    line,
    `y of ${id} is ${text === '' ? 'empty' : `"${text.slice(0, 40)}"`}, no finite number`,
    hint,
  );
}

function nextStamp(series: Growing, ds: string, source: string, line: number): number {
  const shown = `"${ds.slice(0, 40)}"`;
  if (ds === '') throw broken(source, line, `ds of ${series.id} is empty`);
  if (series.kind === 'label') {
    if (series.labels.has(ds)) throw broken(source, line, `ds ${shown} of ${series.id} stands there twice`);
    series.labels.add(ds);
    return series.stamps.length + 1;
  }
  const stamp = readStamp(ds, series.kind);
  if (Number.isNaN(stamp)) {
    const before = series.kind === 'integer' ? 'whole numbers' : series.kind === 'date' ? 'dates' : 'times';
    throw broken(source, line, `ds ${shown} of ${series.id} is unlike the ${before} before it`);
  }
  const last = series.stamps[series.stamps.length - 1];
  if (last !== undefined && stamp === last) {
    throw broken(source, line, `ds ${shown} of ${series.id} stands there twice`);
  }
  if (last !== undefined && stamp < last) {
    throw broken(source, line, `ds ${shown} of ${series.id} goes back in time`, 'Sort the rows of each series by ds.');
  }
  return stamp;
}

function finished({ id, kind, y, stamps, firstLine }: Growing, source: string, fewest: number): PanelSeries {
  if (y.length < fewest) {
    const hint = `Give each series at least ${fewest} rows, or leave ${id} out.`;
    throw broken(source, firstLine, `${id} is too short: ${y.length} row${y.length === 1 ? '' : 's'}`, hint);
  }
  return { id, kind, y: Float64Array.from(y), stamps: Float64Array.from(stamps) };
}

function empty(source: string, reason: string): PlatformError {
  return new PlatformError('INPUT_INVALID', `${source} is no panel: ${reason}.`, {
    context: { source },
    hint: `Give a CSV file with the columns ${columns.join(',')}.`,
  });
}
