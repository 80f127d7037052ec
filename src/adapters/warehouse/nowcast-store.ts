import type pg from 'pg';
import type { IsoDate } from '../../domain/iso-date.ts';
import type { Metal } from '../../domain/metal.ts';
import type { Instant } from '../../domain/moscow-time.ts';
import type { Nowcast, NowcastStore } from '../../ports/nowcast.ts';
import { sqlFile } from '../sql-files.ts';
import { type Queryable, rows, written } from './pool.ts';

/** Nowcasts in PostgreSQL, append-only by trigger. */
export function createNowcastStore(pool: pg.Pool): NowcastStore {
  return {
    async saveNowcast(nowcast) {
      const created = await rows(pool, sqlFile('postgres/write/nowcast.sql'), [
        nowcast.nowcastId,
        nowcast.metal,
        nowcast.madeAt,
        nowcast.cutoff,
        nowcast.lastRubPerGram,
        nowcast.targetDate,
        nowcast.priceExpectedAt,
        nowcast.model,
        nowcast.drivers,
        JSON.stringify(nowcast.rule),
        nowcast.alarm,
        JSON.stringify(nowcast.gold),
        JSON.stringify(nowcast.rouble),
        nowcast.isFixed,
        nowcast.meanRubPerGram,
        nowcast.medianRubPerGram,
        JSON.stringify(nowcast.quantilesRubPerGram),
        nowcast.simulated,
      ]);
      return created.length === 0 ? 'exists' : 'created';
    },
    latestNowcast: (metal) => readNowcast(pool, metal),
    async recordRule(metal, rule, alarm) {
      if (rule.checked === null) return;
      await written(pool, sqlFile('postgres/write/check-result.sql'), [
        [`formula of ${metal}`],
        [`The formula reproduces the official price of ${metal} to the kopeck.`],
        [rule.unexplained],
        [JSON.stringify(alarm === null ? [] : [{ ...rule, alarm }])],
      ]);
    },
  };
}

/** The newest nowcast of a metal, or null. */
export async function readNowcast(db: Queryable, metal: Metal, asOf: string | null = null): Promise<Nowcast | null> {
  const [row] = await rows<NowcastRow>(db, sqlFile('postgres/read/nowcast.sql'), [metal, asOf]);
  if (row === undefined) return null;
  return {
    nowcastId: row.nowcast_id,
    metal: row.metal,
    madeAt: row.made_at,
    cutoff: row.cutoff,
    lastRubPerGram: row.last_rub_per_gram,
    targetDate: row.target_date,
    priceExpectedAt: row.price_expected_at,
    model: row.model_name,
    drivers: row.drivers,
    rule: row.rule,
    alarm: row.alarm,
    gold: row.gold,
    rouble: row.rouble,
    isFixed: row.is_fixed,
    meanRubPerGram: row.mean_rub_per_gram,
    medianRubPerGram: row.median_rub_per_gram,
    quantilesRubPerGram: row.quantiles_rub_per_gram,
    simulated: row.simulated,
  };
}

interface NowcastRow {
  readonly nowcast_id: string;
  readonly metal: Metal;
  readonly made_at: Instant;
  readonly cutoff: IsoDate;
  readonly last_rub_per_gram: number;
  readonly target_date: IsoDate;
  readonly price_expected_at: Instant;
  readonly model_name: string;
  readonly drivers: readonly string[];
  readonly rule: Nowcast['rule'];
  readonly alarm: string | null;
  readonly gold: Nowcast['gold'];
  readonly rouble: Nowcast['rouble'];
  readonly is_fixed: boolean;
  readonly mean_rub_per_gram: number;
  readonly median_rub_per_gram: number;
  readonly quantiles_rub_per_gram: Readonly<Record<string, number>>;
  readonly simulated: boolean;
}
