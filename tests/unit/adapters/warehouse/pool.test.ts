import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPool, rows, transaction } from '../../../../src/adapters/warehouse/pool.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/postgres.ts';

describe('pool', () => {
  let database: TestDatabase;
  let pool: pg.Pool;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url, { maxConnections: 2, statementTimeoutMs: 2_000 });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('days are texts, instants ISO in UTC, decimals and counts numbers, in whatever zone', async () => {
    const values = await rows(
      pool,
      `select date '2025-06-28' as day, timestamptz '2025-06-27 16:30:00.123+03' as instant,
         8372.4800::numeric(14, 4) as price, count(*) as count, null::numeric as missing, array[1.5, 2]::float8[] as list`,
    );
    expect(values).toEqual([
      {
        day: '2025-06-28',
        instant: '2025-06-27T13:30:00.123Z',
        price: 8372.48,
        count: 1,
        missing: null,
        list: [1.5, 2],
      },
    ]);
  });

  test.each([
    ['53100', 'DISK_FULL'],
    ['57P01', 'STORE_UNAVAILABLE'],
    ['08006', 'STORE_UNAVAILABLE'],
    ['28P01', 'STORE_UNAVAILABLE'],
    ['57014', 'TIMEOUT'],
  ])('the server error %s arrives as %s with what to do', async (sqlState, code) => {
    const raise = `do $$ begin raise exception 'as the server says' using errcode = '${sqlState}'; end $$`;
    await expect(rows(pool, raise)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('as the server says'),
      hint: expect.stringMatching(/\S/),
    });
  });

  test('a bug in a statement passes as it is, and a transaction that throws leaves nothing and no connection', async () => {
    await pool.query('create table kept (a integer)');
    for (let attempt = 0; attempt < 5; attempt++) {
      const failing = transaction(pool, async (db) => {
        await db.query('insert into kept values (1)');
        await db.query('select nothing from nowhere');
      });
      await expect(failing).rejects.toThrow('nowhere');
    }
    expect(await rows(pool, 'select * from kept')).toEqual([]);
  });

  test('a connection the server ends is reported once, and the next query gets a new one', async () => {
    const ended = transaction(pool, (db) => db.query('select pg_terminate_backend(pg_backend_pid())'));
    await expect(ended).rejects.toMatchObject({ code: '57P01' });
    expect(await rows(pool, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});
