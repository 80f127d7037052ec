import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createExportReader } from '../../../../src/adapters/warehouse/export-reader.ts';
import { createPool } from '../../../../src/adapters/warehouse/pool.ts';
import { createRawStore } from '../../../../src/adapters/warehouse/raw-store.ts';
import { createSeriesReader } from '../../../../src/adapters/warehouse/series-reader.ts';
import { createTransformer } from '../../../../src/adapters/warehouse/transformer.ts';
import { calendarDays } from '../../../../src/domain/calendar/calendar.ts';
import { firstCalendarDate } from '../../../../src/domain/calendar/facts.ts';
import { dateRange, isoDate } from '../../../../src/domain/iso-date.ts';
import { metals } from '../../../../src/domain/metal.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/postgres.ts';
import { hasRealHistory, realDollars, realMetals } from './real-history.ts';
import { sampleReceipt } from './sample-receipt.ts';

describe.skipIf(!hasRealHistory)('the real history (skipped where ../shared/data is absent)', () => {
  let database: TestDatabase;
  let pool: pg.Pool;

  beforeAll(async () => {
    database = await createTestDatabase({ migrate: true });
    pool = createPool(database.url);
    const store = createRawStore(pool);
    const transformer = createTransformer(pool);
    await store.load(sampleReceipt(), realMetals());
    await store.load(sampleReceipt({ receiptKey: 'usd', series: 'usd' }), realDollars());
    await transformer.replaceCalendar(calendarDays(dateRange(firstCalendarDate, isoDate('2026-12-31'))));
    const { kept, checks } = await transformer.apply(null);
    expect(checks.filter((check) => check.offendingCount > 0)).toEqual([]);
    expect(kept).toBe(true);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('every record is a quote, none is held, and gold has 4,198 of them', async () => {
    const counts = await createExportReader(pool).countRows();
    expect(counts['raw.record']).toBe(realMetals().length + realDollars().length);
    expect(counts['ods.metal_quote']).toBe(realMetals().length);
    expect(counts['ods.fx_rate']).toBe(realDollars().length);
    expect(counts['dm.quote_daily']).toBe(realMetals().length);
    const reader = createSeriesReader(pool);
    const gold = await reader.readSeries('gold');
    expect(gold.dates).toHaveLength(4_198);
    expect([gold.dates[0], gold.dates.at(-1), gold.values.at(-1)]).toEqual(['2000-01-06', '2025-06-28', 8372.48]);
    for (const metal of metals) expect((await reader.readSeries(metal)).values.every((value) => value > 0)).toBe(true);
  });

  test('contributions of metal and rouble add up, and the implied price gives the price back to the kopeck', async () => {
    const { rows } = await pool.query(`
      select
        max(abs(log_return - metal_contribution - rouble_contribution)) as worst,
        max(abs(implied_usd_per_ounce * usd_rub / 31.1035 - buy_rub_per_gram)) as off,
        count(*) filter (where usd_rub is null) as unrated,
        count(*) filter (where log_return is not null and metal_contribution is null) as undivided
      from dm.quote_daily`);
    const [row] = rows as { worst: number; off: number; unrated: number; undivided: number }[];
    expect(row?.worst).toBeLessThan(1e-12);
    expect(row?.off).toBeLessThan(1e-8);
    expect(row).toMatchObject({ unrated: 0, undivided: 0 });
  });

  test('a second run writes nothing, and five more days are exactly five more rows', async () => {
    const transformer = createTransformer(pool);
    const again = await transformer.apply(null);
    for (const { inserted, updated, deleted } of Object.values(again.tables)) {
      expect(inserted + updated + deleted).toBe(0);
    }
    const counted = await createExportReader(pool).countRows();
    await createRawStore(pool).load(
      sampleReceipt({ receiptKey: 'more' }),
      ['2025-07-01', '2025-07-02', '2025-07-03', '2025-07-04', '2025-07-05'].map((date, index) => ({
        code: '1',
        date: isoDate(date),
        fields: { Buy: `83${72 + index},5`, Sell: `83${72 + index},5` },
      })),
    );
    const { tables } = await transformer.apply(null);
    expect(tables['dm.quote_daily']).toMatchObject({ inserted: 5, updated: 0, deleted: 0 });
    expect(tables['dm.monthly']).toMatchObject({ inserted: 1, updated: 0 });
    expect((await createExportReader(pool).countRows())['raw.record']).toBe((counted['raw.record'] ?? 0) + 5);
  });
});
