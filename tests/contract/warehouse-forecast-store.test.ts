import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createForecastStore } from '../../src/adapters/warehouse/forecast-store.ts';
import { createPool } from '../../src/adapters/warehouse/pool.ts';
import { createRawStore } from '../../src/adapters/warehouse/raw-store.ts';
import { createTransformer } from '../../src/adapters/warehouse/transformer.ts';
import { calendarDays } from '../../src/domain/calendar/calendar.ts';
import { dateRange, isoDate } from '../../src/domain/iso-date.ts';
import type { ForecastStore } from '../../src/ports/warehouse.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import {
  sampleScores,
  sampleStoredReport,
  sampleTournament,
  sampleVintage,
} from '../unit/adapters/warehouse/sample-forecasts.ts';
import { metalRecord, sampleReceipt } from '../unit/adapters/warehouse/sample-receipt.ts';

describe('forecast store on PostgreSQL', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let store: ForecastStore;

  beforeAll(async () => {
    database = await createTestDatabase({ migrate: true });
    pool = createPool(database.url);
    store = createForecastStore(pool);
    const transformer = createTransformer(pool);
    await transformer.replaceCalendar(calendarDays(dateRange(isoDate('2025-06-01'), isoDate('2025-12-31'))));
    await createRawStore(pool).load(sampleReceipt(), [metalRecord('2025-06-27', '8343,95')]);
    await transformer.apply(null);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('a vintage is kept whole, once, and read back as it was', async () => {
    expect(await store.latestVintage('gold')).toBe(null);
    const vintage = sampleVintage();
    expect(await store.saveVintage(vintage)).toBe('created');
    expect(await store.saveVintage(sampleVintage({ vintageId: 'other-name' }))).toBe('exists');
    expect(await store.latestVintage('gold')).toEqual(vintage);
    expect(await store.latestVintage('silver')).toBe(null);
  });

  test('a forecast with a hole, or for a Monday without a quote, is refused and leaves nothing', async () => {
    const vintage = sampleVintage({ vintageId: 'refused', dataHash: 'refused' });
    await expect(store.saveVintage({ ...vintage, points: vintage.points.slice(1) })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
    const monday = vintage.points.map((point) => ({ ...point, targetDate: isoDate('2025-06-30') }));
    await expect(store.saveVintage({ ...vintage, points: monday.slice(0, 1) })).rejects.toMatchObject({
      code: 'CHECK_FAILED',
      message: expect.stringContaining('2025-06-30'),
    });
    const kept = await pool.query("select 1 from dm.forecast_vintage where vintage_id = 'refused'");
    expect(kept.rowCount).toBe(0);
  });

  test('published forecasts cannot be rewritten or deleted', async () => {
    await expect(pool.query('update dm.forecast_point set mean_rub_per_gram = 1')).rejects.toThrow('append-only');
    await expect(pool.query('delete from dm.forecast_vintage')).rejects.toThrow('append-only');
  });

  test('a point is scored when its fact arrives, once, also when the fact is revised later', async () => {
    expect(await store.scoreVintages()).toEqual({ read: 0, inserted: 0, updated: 0, deleted: 0 });
    const raw = createRawStore(pool);
    const transformer = createTransformer(pool);
    await raw.load(sampleReceipt({ receiptKey: 'fact' }), [metalRecord('2025-06-28', '8372,48')]);
    await transformer.apply(null);
    expect(await store.scoreVintages()).toEqual({ read: 1, inserted: 1, updated: 0, deleted: 0 });
    await raw.load(sampleReceipt({ receiptKey: 'revised' }), [metalRecord('2025-06-28', '8400')]);
    await transformer.apply(null);
    expect(await store.scoreVintages()).toMatchObject({ inserted: 0 });
    const { rows } = await pool.query('select * from dm.forecast_vs_fact');
    expect(rows).toMatchObject([
      { horizon: 1, naive_rub_per_gram: 8343.95, actual_rub_per_gram: 8372.48, inside_80: true, inside_95: true },
    ]);
    const [scored, ...rest] = await store.scoredForecasts('gold', 10);
    expect(rest).toEqual([]);
    expect(scored).toMatchObject({
      targetDate: '2025-06-28',
      horizon: 1,
      naive: 8343.95,
      actual: 8372.48,
      inside80: true,
    });
    expect(await store.scoredForecasts('silver', 10)).toEqual([]);
  });

  test('a tournament is kept with its scores, once per data and settings', async () => {
    const tournament = sampleTournament();
    expect(await store.findTournament('gold', 'data', 'settings')).toBe(null);
    expect(await store.saveTournament(tournament, sampleScores(), sampleStoredReport())).toBe('created');
    expect(
      await store.saveTournament({ ...tournament, tournamentId: 't2' }, sampleScores(), sampleStoredReport()),
    ).toBe('exists');
    expect(await store.findTournament('gold', 'data', 'settings')).toEqual(tournament);
    expect(await store.findTournament('gold', 'data', 'other')).toBe(null);
    const scored = await pool.query('select count(*) as n from dm.model_score');
    expect(scored.rows).toEqual([{ n: sampleScores().length }]);
    const reported = await pool.query('select count(*) as n from dm.model_figure');
    expect(reported.rows).toEqual([{ n: sampleStoredReport().figures.length }]);
    await expect(pool.query('delete from dm.model_figure')).rejects.toThrow('append-only');
  });

  test('a tournament whose scores cannot be kept leaves nothing', async () => {
    const broken = { ...sampleTournament(), tournamentId: 'broken', dataHash: 'broken' };
    const scores = [...sampleScores(), ...sampleScores()];
    await expect(store.saveTournament(broken, scores, sampleStoredReport())).rejects.toThrow('duplicate key');
    expect(await store.findTournament('gold', 'broken', 'settings')).toBe(null);
  });
});
