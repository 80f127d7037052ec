import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createForecastReads } from '../../src/adapters/read-model/forecast-reads.ts';
import { createNowcastStore } from '../../src/adapters/warehouse/nowcast-store.ts';
import { createPool } from '../../src/adapters/warehouse/pool.ts';
import { nowcastSchema } from '../../src/api/contract.ts';
import { isoDate } from '../../src/domain/iso-date.ts';
import type { Instant } from '../../src/domain/moscow-time.ts';
import type { Nowcast } from '../../src/ports/nowcast.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const at = (text: string) => text as Instant;
const nowcast: Nowcast = {
  nowcastId: 'gold-2025-06-28-1',
  metal: 'gold',
  madeAt: at('2025-06-27T15:15:00.000Z'),
  cutoff: isoDate('2025-06-28'),
  lastRubPerGram: 8372.48,
  targetDate: isoDate('2025-07-01'),
  priceExpectedAt: at('2025-06-30T13:30:00.000Z'),
  model: 'parity',
  drivers: ['london', 'exchange'],
  rule: { regime: 'B', holds: true, unexplained: 0, checked: isoDate('2025-06-28') },
  alarm: null,
  gold: {
    state: 'fixed',
    usdPerOunce: 3271.75,
    date: isoDate('2025-06-27'),
    auction: 'evening',
    knownAt: at('2025-06-27T14:10:00.000Z'),
    expectedAt: null,
  },
  rouble: {
    state: 'last',
    rubPerUsd: 78.4685,
    date: isoDate('2025-06-28'),
    knownAt: at('2025-06-27T13:00:00.000Z'),
    expectedAt: at('2025-06-30T13:00:00.000Z'),
  },
  isFixed: false,
  meanRubPerGram: 8259.526443413213,
  medianRubPerGram: 8259.5,
  quantilesRubPerGram: { '0.1': 8169.954073963197, '0.9': 8350.080851354054 },
  simulated: false,
};

describe('nowcasts in PostgreSQL', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await createTestDatabase({ migrate: true });
    pool = createPool(database.url);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('come back as they were, newest first, and are kept once', async () => {
    const store = createNowcastStore(pool);
    expect(await store.latestNowcast('gold')).toBeNull();
    expect(await store.saveNowcast(nowcast)).toBe('created');
    expect(await store.saveNowcast({ ...nowcast, meanRubPerGram: 1 })).toBe('exists');
    expect(await store.latestNowcast('gold')).toEqual(nowcast);
    expect(await store.latestNowcast('silver')).toBeNull();
    const later = { ...nowcast, nowcastId: 'gold-2025-06-28-2', madeAt: at('2025-06-27T20:55:00.000Z') };
    expect(await store.saveNowcast(later)).toBe('created');
    expect(await store.latestNowcast('gold')).toEqual(later);
  });

  test('are never rewritten', async () => {
    await expect(pool.query('update dm.nowcast set mean_rub_per_gram = 1')).rejects.toThrow(/append-only/);
    await expect(pool.query('delete from dm.nowcast')).rejects.toThrow(/append-only/);
  });

  test('are served as the contract says', async () => {
    const reads = createForecastReads({ pool, versions: async () => [] });
    const served = await reads.nowcast('gold');
    expect(nowcastSchema.parse(served)).toEqual(served);
    expect(served?.gold).toEqual(nowcast.gold);
    expect(await reads.nowcast('silver')).toBeNull();
  });

  test('the state of the rule is a check for the System page', async () => {
    const store = createNowcastStore(pool);
    const read = async () =>
      (await pool.query("select offending_count, offending from ops.check_result where check_name = 'formula of gold'"))
        .rows;
    await store.recordRule('gold', nowcast.rule, null);
    expect(await read()).toEqual([{ offending_count: 0, offending: [] }]);
    const broken = { ...nowcast.rule, holds: false, unexplained: 2 };
    await store.recordRule('gold', broken, 'The rule has changed.');
    expect(await read()).toEqual([{ offending_count: 2, offending: [{ ...broken, alarm: 'The rule has changed.' }] }]);
    await store.recordRule('silver', { regime: null, holds: true, unexplained: 0, checked: null }, null);
    expect((await pool.query("select 1 from ops.check_result where check_name like '%silver'")).rows).toEqual([]);
  });
});
