import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate, packagedMigrations } from '../../../../src/adapters/warehouse/migrate.ts';
import { createPool } from '../../../../src/adapters/warehouse/pool.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/postgres.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('rivals that start together apply every migration once between them', async () => {
  const outcomes = await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
  const names = packagedMigrations().map((migration) => migration.name);
  expect(outcomes.flatMap((outcome) => outcome.applied).sort()).toEqual(names);
  expect(await migrate(database.url)).toEqual({ applied: [] });
});

test('a migration changed after it was applied is refused by name', async () => {
  const [first, ...others] = packagedMigrations();
  const changed = [{ ...first!, sql: `${first?.sql}\n-- a late thought` }, ...others];
  const pool = createPool(database.url);
  await expect(migrate(pool, changed)).rejects.toMatchObject({
    code: 'CHECK_FAILED',
    message: expect.stringContaining('000001_warehouse'),
    hint: expect.stringContaining('new migration'),
  });
  await pool.end();
});

test('a schema newer than the code is refused, and a migration that fails leaves nothing behind', async () => {
  const pool = createPool(database.url);
  const packaged = packagedMigrations();
  const failing = { version: 900_000, name: '900000_failing', sql: 'create table dm.half (a int); select 1 / 0;' };
  await expect(migrate(pool, [...packaged, failing])).rejects.toThrow('division by zero');
  expect((await pool.query("select to_regclass('dm.half') as half")).rows).toEqual([{ half: null }]);

  await migrate(pool, [...packaged, { ...failing, sql: 'create table dm.half (a int);' }]);
  await expect(migrate(pool)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('900000_failing'),
  });
  await pool.end();
});

test('a server that does not answer is reported with what to check', async () => {
  await expect(migrate('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    hint: expect.stringContaining('DATABASE_URL'),
  });
});
