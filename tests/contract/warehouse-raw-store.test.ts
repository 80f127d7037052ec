import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPool } from '../../src/adapters/warehouse/pool.ts';
import { createRawStore } from '../../src/adapters/warehouse/raw-store.ts';
import type { Instant } from '../../src/domain/moscow-time.ts';
import type { RawStore } from '../../src/ports/warehouse.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { metalRecord, sampleReceipt, usdRecord } from '../unit/adapters/warehouse/sample-receipt.ts';

describe('raw store on PostgreSQL', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let store: RawStore;

  beforeAll(async () => {
    database = await createTestDatabase({ migrate: true });
    pool = createPool(database.url, { maxConnections: 8 });
    store = createRawStore(pool);
  });
  beforeEach(async () => {
    // Tests alone may empty append-only tables: the guards are off for this one statement.
    await pool.query("set session_replication_role = 'replica'; truncate raw.record, raw.load cascade; reset all");
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  const storedBuys = async () => {
    const result = await pool.query("select fields ->> 'Buy' as buy from raw.record order by record_date, sequence");
    return result.rows.map((row: { buy: string }) => row.buy);
  };
  const sight = (key: string, receivedAt: string, buy: string) =>
    store.load(sampleReceipt({ receiptKey: key, receivedAt: receivedAt as Instant }), [metalRecord('2025-06-27', buy)]);

  test('a value that goes A, B, A gives three rows, and the same again none', async () => {
    expect(await sight('1', '2025-07-01T10:00:00.000Z', '1,5')).toEqual({ records: 1, inserted: 1, unchanged: 0 });
    expect(await sight('2', '2025-07-01T11:00:00.000Z', '2')).toEqual({ records: 1, inserted: 1, unchanged: 0 });
    expect(await sight('3', '2025-07-01T12:00:00.000Z', '1,5')).toEqual({ records: 1, inserted: 1, unchanged: 0 });
    expect(await sight('4', '2025-07-01T13:00:00.000Z', '1,5')).toEqual({ records: 1, inserted: 0, unchanged: 1 });
    expect(await storedBuys()).toEqual(['1,5', '2', '1,5']);
  });

  test('the same receipt loads once, also when loaders race', async () => {
    const receipt = sampleReceipt();
    const records = [metalRecord('2025-06-27', '8343,95'), metalRecord('2025-06-27', '93,1', null, '2')];
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => store.load(receipt, records)));
    expect(outcomes.map((outcome) => outcome.inserted).sort()).toEqual([0, 0, 0, 0, 2]);
    expect(await store.loadedReceipts('cbr')).toEqual(new Set([receipt.receiptKey]));
    expect(await store.loadedReceipts('other')).toEqual(new Set());
  });

  test('an answer overtaken by a newer one does not bring its old value back', async () => {
    await sight('1', '2025-07-01T10:00:00.000Z', '1');
    await sight('3', '2025-07-01T12:00:00.000Z', '1');
    expect(await sight('2', '2025-07-01T11:00:00.000Z', '2')).toEqual({ records: 1, inserted: 0, unchanged: 1 });
    expect(await storedBuys()).toEqual(['1']);
  });

  test('texts stay as received, and the newest date of each series is known', async () => {
    await store.load(sampleReceipt(), [metalRecord('1998-01-05', '54,5', null), metalRecord('2025-06-28', '8801')]);
    await store.load(sampleReceipt({ receiptKey: 'u', series: 'usd' }), [usdRecord('2025-06-27', '78,1900')]);
    const kept = await pool.query('select fields from raw.record order by record_id');
    expect(kept.rows.map((row: { fields: unknown }) => row.fields)).toEqual([
      { Buy: '54,5', Sell: null },
      { Buy: '8801', Sell: '8801' },
      { Nominal: '1', Value: '78,1900', VunitRate: '78,1900' },
    ]);
    expect(await store.newestRecordDates('cbr')).toEqual({ metals: '2025-06-28', usd: '2025-06-27' });
    expect(await store.newestRecordDates('other')).toEqual({ metals: null, usd: null });
  });

  test('two records of one code and date, and simulated beside real data, are refused whole', async () => {
    const twice = [metalRecord('2025-06-27', '1'), metalRecord('2025-06-27', '2')];
    await expect(store.load(sampleReceipt(), twice)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await sight('1', '2025-07-01T10:00:00.000Z', '1');
    const simulated = sampleReceipt({ receiptKey: 's', source: 'simulated', simulated: true });
    await expect(store.load(simulated, [metalRecord('2025-06-28', '2')])).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await storedBuys()).toEqual(['1']);
  });

  test('received rows are never rewritten', async () => {
    await sight('1', '2025-07-01T10:00:00.000Z', '1');
    await expect(pool.query("update raw.record set code = '2'")).rejects.toThrow('append-only');
    await expect(pool.query('delete from raw.load')).rejects.toThrow('append-only');
  });
});
