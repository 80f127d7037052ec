import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../../support/postgres.ts';

test('each test database is empty and its own', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const client = new pg.Client({ connectionString: one.url });
  await client.connect();
  await client.query('CREATE TABLE t (x int)');
  await client.end();
  const second = new pg.Client({ connectionString: other.url });
  await second.connect();
  const found = await second.query("SELECT to_regclass('t') AS t, upper('золото') AS u, version() AS v");
  await second.end();
  console.log(found.rows[0]);
  expect(found.rows[0].t).toBeNull();
  await one.drop();
  await other.drop();
});
