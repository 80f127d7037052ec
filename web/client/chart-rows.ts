import { type ChartWire, unpackNumbers, type WireSeries } from '../charts/wire.ts';

/** One column of what is drawn: `values` beside the common places; null is a hole, undefined is nobody's place. */
export interface ChartColumn {
  readonly kind: WireSeries['kind'];
  readonly tone: string;
  readonly values: (number | null | undefined)[];
  /** Upper edge of the band of which this column is the lower one. */
  readonly isLowOfNext: boolean;
}

/** What is read out at each place, in words of the legend. */
export interface ChartReading {
  readonly name: string;
  readonly low: ReadonlyMap<number, number>;
  readonly high: ReadonlyMap<number, number> | null;
}

export interface ChartRows {
  readonly places: number[];
  readonly columns: ChartColumn[];
  readonly readings: ChartReading[];
  /** Places that have at least one value to read. */
  readonly stops: number[];
}

/** All series of a chart on one common axis, holes kept. */
export function rowsOf(wire: ChartWire): ChartRows {
  const series = wire.series.map((one) => ({
    ...one,
    x: unpackNumbers(one.x, 0),
    y: unpackNumbers(one.y, wire.digits),
    high: one.high === undefined ? null : unpackNumbers(one.high, wire.digits),
  }));
  // A hole is marked halfway between its two edges.
  const holesOf = (one: (typeof series)[number]): number[] =>
    one.breaks.map((at) => ((one.x[at - 1] ?? 0) + (one.x[at] ?? 0)) / 2);
  const places = [...new Set(series.flatMap((one) => [...one.x, ...holesOf(one)]))].sort((a, b) => a - b);
  const indexOf = new Map(places.map((place, index) => [place, index]));
  const columns = series.flatMap((one): ChartColumn[] => {
    const column = (values: readonly number[]): ChartColumn['values'] => {
      const aligned = new Array<number | null | undefined>(places.length).fill(undefined);
      one.x.forEach((place, index) => {
        aligned[indexOf.get(place) ?? 0] = values[index];
      });
      // Every place inside a hole is a hole, also where another series has a value.
      for (const at of one.breaks) {
        const end = indexOf.get(one.x[at] ?? 0) ?? 0;
        for (let inside = (indexOf.get(one.x[at - 1] ?? 0) ?? 0) + 1; inside < end; inside += 1) aligned[inside] = null;
      }
      return aligned;
    };
    const { kind } = one;
    if (one.high !== null) {
      const shared = { kind, tone: one.tone ?? '' };
      return [
        { ...shared, values: column(one.y), isLowOfNext: true },
        { ...shared, values: column(one.high), isLowOfNext: false },
      ];
    }
    if (one.tone !== null) return [{ kind, tone: one.tone, values: column(one.y), isLowOfNext: false }];
    const side = (sign: 1 | -1): number[] => one.y.map((value) => Math.max(0, value * sign) * sign);
    return [
      { kind, tone: 'up', values: column(side(1)), isLowOfNext: false },
      { kind, tone: 'down', values: column(side(-1)), isLowOfNext: false },
    ];
  });
  const named = series.filter((one) => one.name !== '');
  const mapOf = (x: readonly number[], y: readonly number[]) =>
    new Map(x.map((place, index) => [place, y[index] ?? 0]));
  return {
    places,
    columns,
    readings: named.map((one) => ({
      name: one.name,
      low: mapOf(one.x, one.y),
      high: one.high === null ? null : mapOf(one.x, one.high),
    })),
    stops: [...new Set(named.flatMap((one) => one.x))].sort((a, b) => a - b),
  };
}
