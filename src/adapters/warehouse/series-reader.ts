import type pg from 'pg';
import type { IsoDate } from '../../domain/iso-date.ts';
import type { SeriesReader } from '../../ports/warehouse.ts';
import { sqlFile } from '../sql-files.ts';
import { rows } from './pool.ts';

/** Series for models: what dm serves now, or what ods says was known at an instant. */
export function createSeriesReader(pool: pg.Pool): SeriesReader {
  return {
    async readSeries(metal, { cutoff, asOf } = {}) {
      const found =
        asOf === undefined
          ? await rows<SeriesRow>(pool, sqlFile('postgres/read/series.sql'), [metal, cutoff ?? null])
          : await rows<SeriesRow>(pool, sqlFile('postgres/read/series-as-of.sql'), [metal, cutoff ?? null, asOf]);
      return {
        metal,
        dates: found.map((row) => row.effective_date),
        values: Float64Array.from(found, (row) => row.buy_rub_per_gram),
      };
    },
  };
}

interface SeriesRow {
  readonly effective_date: IsoDate;
  readonly buy_rub_per_gram: number;
}
