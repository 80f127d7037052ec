import { addDays, isoDate } from '../../src/domain/iso-date.ts';
import type { PriceSeries } from '../../src/domain/quote.ts';
import type { SeriesReader } from '../../src/ports/warehouse.ts';

/** Reads one series whatever is asked for, cut at the cutoff. `series` may be replaced between reads. */
export function createInMemorySeriesReader(source: { series: PriceSeries }): SeriesReader {
  return {
    async readSeries(metal, options = {}) {
      const { dates, values } = source.series;
      const count = dates.filter((date) => options.cutoff === undefined || date <= options.cutoff).length;
      return { metal, dates: dates.slice(0, count), values: values.slice(0, count) };
    },
  };
}

/** A gold series of the given values on consecutive days. */
export function goldSeries(values: ArrayLike<number>, first = '2015-01-01'): PriceSeries {
  const start = isoDate(first);
  return {
    metal: 'gold',
    dates: Array.from(values, (_, index) => addDays(start, index)),
    values: Float64Array.from(values),
  };
}
