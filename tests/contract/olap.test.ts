import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOlap } from '../../src/adapters/olap/clickhouse.ts';
import type { EmbeddedOlap } from '../../src/embedded/olap.ts';
import type { Olap } from '../../src/ports/olap.ts';
import { startTestOlap } from '../support/olap.ts';
import { describeOlap } from './olap.contract.ts';

const serverUrl = process.env['ASSAY_TEST_CLICKHOUSE_URL'];

describe('the embedded ClickHouse', () => {
  let engine: EmbeddedOlap;
  let olap: Olap;
  beforeAll(async () => {
    engine = await startTestOlap();
    olap = createOlap(engine);
  });
  afterAll(async () => {
    await olap.close();
    await engine.stop();
  });
  describeOlap(() => olap);

  test('a database the engine does not have yet is made on first need', async () => {
    const other = createOlap({ url: engine.url, user: engine.user, password: engine.password, database: 'new`one' });
    expect(await other.rows('SELECT currentDatabase() AS name')).toEqual([{ name: 'new`one' }]);
    await other.close();
  });

  test('user, password and database may be in the address', async () => {
    const url = new URL(engine.url);
    [url.username, url.password, url.pathname] = [engine.user, engine.password, '/assay'];
    const other = createOlap({ url: url.href });
    expect(await other.rows('SELECT currentDatabase() AS name')).toEqual([{ name: 'assay' }]);
    await other.close();
  });

  test('a wrong password is told as the setting that holds it', async () => {
    const other = createOlap({ url: engine.url, user: engine.user, password: 'wrong', database: 'assay' });
    await expect(other.rows('SELECT 1')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      context: { clickhouseCode: 516 },
      hint: expect.stringContaining('CLICKHOUSE_URL'),
    });
    await other.close();
  });

  test('the read-only user is forbidden to write', async () => {
    const reader = createOlap({ ...engine, ...engine.reader });
    expect(await reader.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(reader.command('CREATE TABLE t (x Int8) ENGINE = Memory')).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    await reader.close();
  });
});

describe.skipIf(!serverUrl)('a ClickHouse server (skipped without ASSAY_TEST_CLICKHOUSE_URL)', () => {
  let olap: Olap;
  beforeAll(() => {
    olap = createOlap({ url: serverUrl ?? '' });
  });
  afterAll(() => olap?.close());
  describeOlap(() => olap);
});

test('an address where nothing listens is told with its setting', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const olap = createOlap({ url: `http://127.0.0.1:${port}` });
  for (const work of [olap.ping(), olap.rows('SELECT 1')]) {
    await expect(work).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      hint: expect.stringContaining('CLICKHOUSE_URL'),
    });
  }
  await olap.close();
});

test('an address that is none is refused before any request', () => {
  expect(() => createOlap({ url: 'clickhouse://x' })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
});
