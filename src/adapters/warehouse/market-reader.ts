import type pg from 'pg';
import type { IsoDate } from '../../domain/iso-date.ts';
import type { KnownValue, MarketHistory } from '../../domain/market.ts';
import type { Instant } from '../../domain/moscow-time.ts';
import type { MarketReader } from '../../ports/warehouse.ts';
import { sqlFile } from '../sql-files.ts';
import { rows } from './pool.ts';

/** The market of a metal from ods, every accepted revision. */
export function createMarketReader(pool: pg.Pool): MarketReader {
  return {
    async readMarket(metal) {
      const found = await rows<MarketRow>(pool, sqlFile('postgres/read/market.sql'), [metal]);
      const of = (series: keyof MarketHistory): KnownValue[] =>
        found
          .filter((row) => row.series === series)
          .map(({ date, revision, value, known_at }) => ({ date, revision, value, knownAt: known_at }));
      return {
        quotes: of('quotes'),
        usd: of('usd'),
        londonMorning: of('londonMorning'),
        londonEvening: of('londonEvening'),
        exchangeCloses: of('exchangeCloses'),
      };
    },
  };
}

interface MarketRow {
  readonly series: keyof MarketHistory;
  readonly date: IsoDate;
  readonly revision: number;
  readonly value: number;
  readonly known_at: Instant;
}
