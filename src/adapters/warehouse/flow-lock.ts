import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { sqlFile } from '../sql-files.ts';
import { rows, storing } from './pool.ts';

const askEveryMs = 150;

/**
 * Lets one flow at a time run over a warehouse, however many processes and machines there are. The lock belongs to a
 * connection, so the server frees it when its holder dies.
 */
export function createFlowLock(pool: pg.Pool): <Result>(work: () => Promise<Result>) => Promise<Result> {
  return async (work) => {
    const client = await storing(() => pool.connect());
    try {
      while (!(await isTaken(client))) await sleep(askEveryMs);
      return await work();
    } finally {
      await release(client);
    }
  };
}

async function isTaken(client: pg.PoolClient): Promise<boolean> {
  const [answer] = await rows<{ taken: boolean }>(client, sqlFile('postgres/write/try-flow-lock.sql'));
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
