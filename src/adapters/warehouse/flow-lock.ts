import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { sqlFile } from '../sql-files.ts';
import { rows, storing } from './pool.ts';

const askEveryMs = 150;

/**
 * Lets one flow at a time run over a warehouse, however many processes and machines there are; runs that name a part of it
 * run beside those of other parts. The lock belongs to a connection, so the server frees it when its holder dies.
 */
export function createFlowLock(
  pool: pg.Pool,
): <Result>(work: () => Promise<Result>, part?: string | null) => Promise<Result> {
  return async (work, part = null) => {
    const client = await storing(() => pool.connect());
    try {
      while (!(await isTaken(client, part))) await sleep(askEveryMs);
      return await work();
    } finally {
      await release(client);
    }
  };
}

async function isTaken(client: pg.PoolClient, part: string | null): Promise<boolean> {
  const [answer] = await rows<{ taken: boolean }>(client, sqlFile('postgres/write/try-flow-lock.sql'), [part]);
  return answer?.taken === true;
}

/** A connection that cannot unlock is broken: dropping it frees the lock as well. */
async function release(client: pg.PoolClient): Promise<void> {
  try {
    await rows(client, sqlFile('postgres/write/release-flow-lock.sql'));
    client.release();
  } catch (error) {
    client.release(error as Error);
  }
}
