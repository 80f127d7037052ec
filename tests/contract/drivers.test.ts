import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLbmaSource } from '../../src/adapters/price-source/lbma.ts';
import { createMoexSource } from '../../src/adapters/price-source/moex.ts';
import { createMarketReader } from '../../src/adapters/warehouse/market-reader.ts';
import { createPool } from '../../src/adapters/warehouse/pool.ts';
import { createRawStore } from '../../src/adapters/warehouse/raw-store.ts';
import { createTransformer } from '../../src/adapters/warehouse/transformer.ts';
import { isoDate } from '../../src/domain/iso-date.ts';
import { publicationRules, publishedAt } from '../../src/domain/publication.ts';
import { syncDrivers } from '../../src/flows/drivers.ts';
import type { StepRunner } from '../../src/ports/journal.ts';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { type FrozenClock, frozenClock } from '../support/frozen-clock.ts';
import { createMemoryLake, type MemoryLake } from '../support/memory-lake.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { makeDataFolder } from '../support/replica-data.ts';
import { recordedStep } from '../support/step-context.ts';

const jump = {
  'xau_usd_pm.csv': 'date,price_usd_oz\n2025-06-25,3300\n2025-06-26,330.5\n2025-06-27,3271.75\n',
};

describe('drivers, from the source to ods', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let replica: Replica;
  let lake: MemoryLake;
  let clock: FrozenClock;
  const runner: StepRunner = { step: (_definition, work) => work(recordedStep()) };

  beforeAll(async () => {
    database = await createTestDatabase({ migrate: true });
    pool = createPool(database.url);
    replica = await startReplica({ dataFolder: await makeDataFolder(jump), port: 0, published: null });
    lake = createMemoryLake();
    clock = frozenClock('2025-06-27T21:00:00.000Z');
  });
  afterAll(async () => {
    await replica.stop();
    await pool.end();
    await database.drop();
  });

  const sync = (moexUrl = replica.url) => {
    const sleep = async () => {};
    const drivers = [
      createLbmaSource({ baseUrl: replica.url, clock, sleep }),
      createMoexSource({ baseUrl: moexUrl, clock, sleep }),
    ];
    return syncDrivers({ range: null, loadOnly: false }, runner, { drivers, lake, raw: createRawStore(pool), clock });
  };
  const transform = () => createTransformer(pool).apply(null);

  test('are stored, loaded and typed, balances hold, and a rerun writes nothing', async () => {
    const reports = await sync();
    expect(reports.map(({ source, loaded, failure }) => [source, loaded?.inserted, failure])).toEqual([
      ['lbma', 5, null],
      ['moex', 2, null],
    ]);
    expect([...lake.objects.keys()].filter((key) => /[0-9a-f]{64}\.json$/.test(key))).toHaveLength(3);
    const first = await transform();
    expect(first.checks.filter((check) => check.offendingCount > 0)).toEqual([]);
    expect(first.tables['ods.driver']).toEqual({ read: 7, inserted: 7, updated: 0, deleted: 0 });
    const again = await sync();
    expect(
      again.map(({ extracted, loaded }) => [extracted?.series.map((one) => one.outcome), loaded?.records]),
    ).toEqual([
      [['unchanged', 'unchanged'], 0],
      [['unchanged'], 0],
    ]);
    expect((await transform()).tables['ods.driver']).toEqual({ read: 7, inserted: 0, updated: 0, deleted: 0 });
  });

  test('are known at the hours of their publishers; a value out of range is held', async () => {
    const market = await createMarketReader(pool).readMarket('gold');
    const known = (rule: (typeof publicationRules)[keyof typeof publicationRules], date: string) =>
      publishedAt(rule, isoDate(date));
    expect(market.londonEvening).toEqual([
      { date: '2025-06-25', revision: 1, value: 3300, knownAt: known(publicationRules.londonPm, '2025-06-25') },
      { date: '2025-06-27', revision: 1, value: 3271.75, knownAt: known(publicationRules.londonPm, '2025-06-27') },
    ]);
    expect(market.londonMorning[1]?.knownAt).toBe(known(publicationRules.londonAm, '2025-06-27'));
    expect(market.exchangeCloses[1]?.knownAt).toBe(known(publicationRules.moscowExchange, '2025-06-27'));
    expect((await createMarketReader(pool).readMarket('silver')).londonEvening).toEqual([]);
    const held = await pool.query('select hold_reason from ods.driver where hold_reason is not null');
    expect(held.rows).toEqual([{ hold_reason: expect.stringContaining('330.5 is 0.1002 times 3300') }]);
  });

  test('one that is away is reported, and the others are brought up to date', async () => {
    const [lbma, moex] = await sync('http://127.0.0.1:1');
    expect(lbma?.failure).toBeNull();
    expect(moex).toMatchObject({
      extracted: null,
      loaded: { inserted: 0 },
      failure: expect.stringContaining('No answer'),
    });
  });
});
