import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFlowLock } from '../../src/adapters/warehouse/flow-lock.ts';
import { createPool } from '../../src/adapters/warehouse/pool.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

type Part = string | null;

const ours = `where locktype = 'advisory' and granted
  and database = (select oid from pg_database where datname = current_database())`;

describe('the right to run a flow over a warehouse', () => {
  let database: TestDatabase;
  // Two machines: each with a pool of its own.
  let pools: [pg.Pool, pg.Pool];

  beforeAll(async () => {
    database = await createTestDatabase();
    pools = [createPool(database.url), createPool(database.url)];
    // A holder's connection that is ended from outside is told of to the pool, as in life.
    for (const pool of pools) pool.on('error', () => undefined);
  });
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await database.drop();
  });

  test.for<[first: Part, second: Part, sideBySide: boolean]>([
    [null, null, false],
    [null, 'join gold', false],
    ['join gold', null, false],
    ['join gold', 'join gold', false],
    ['join gold', 'join silver', true],
    ['join silver', 'join gold', true],
  ])('%s, then %s: side by side %s', async ([first, second, sideBySide]) => {
    const holder = await hold(pools[0], first);
    let isSecondDone = false;
    const waiting = createFlowLock(pools[1])(async () => {
      isSecondDone = true;
    }, second);
    // Long enough to ask several times.
    await sleep(500);
    expect(isSecondDone).toBe(sideBySide);
    await holder.end();
    await waiting;
    expect(isSecondDone).toBe(true);
    expect(await heldLocks()).toBe(0);
  });

  test.for<[holder: Part, next: Part]>([
    [null, 'join gold'],
    ['join gold', 'join gold'],
    ['join gold', null],
  ])('is free again when its holder dies in the middle: %s, then %s', async ([part, next]) => {
    const holder = await hold(pools[0], part);
    const waiting = createFlowLock(pools[1])(async () => 'went on', next);
    await pools[1].query(
      `select pg_terminate_backend(pid) from (select distinct pid from pg_locks ${ours}) as holders`,
    );
    expect(await waiting).toBe('went on');
    await holder.end();
    expect(await heldLocks()).toBe(0);
  });

  test('whoever waits for a part that is taken holds nothing meanwhile', async () => {
    const holder = await hold(pools[0], 'join gold');
    const waiting = createFlowLock(pools[1])(async () => undefined, 'join gold');
    await sleep(400);
    // Of the holder: all of it as shared, and the part.
    expect(await heldLocks()).toBe(2);
    await holder.end();
    await waiting;
  });

  async function heldLocks(): Promise<number> {
    const { rows } = await pools[1].query<{ held: number }>(`select count(*)::int as held from pg_locks ${ours}`);
    return rows[0]?.held ?? -1;
  }
});

/** Takes the right and keeps it until told to end. */
async function hold(pool: pg.Pool, part: Part): Promise<{ end(): Promise<void> }> {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let holding: Promise<void> = Promise.resolve();
  await new Promise<void>((begun) => {
    holding = createFlowLock(pool)(async () => {
      begun();
      await ended;
    }, part);
  });
  return {
    end: async () => {
      end();
      await holding;
    },
  };
}
