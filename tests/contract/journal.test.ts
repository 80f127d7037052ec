import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createJournal } from '../../src/adapters/journal/postgres.ts';
import { createReadModel, type ReadModel } from '../../src/adapters/read-model/postgres.ts';
import { createPool } from '../../src/adapters/warehouse/pool.ts';
import type { LiveEvent } from '../../src/api/contract.ts';
import type { Instant } from '../../src/domain/moscow-time.ts';
import { instant } from '../../src/domain/moscow-time.ts';
import type { Journal } from '../../src/ports/journal.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

describe('journal on PostgreSQL', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let journal: Journal;
  let readModel: ReadModel;
  let now = Date.parse('2025-06-27T13:30:00.000Z');

  beforeAll(async () => {
    database = await createTestDatabase({ migrate: true });
    pool = createPool(database.url);
    const clock = {
      now: (): Instant => {
        now += 1_000;
        return instant(now);
      },
    };
    journal = createJournal(pool, clock);
    readModel = createReadModel({
      pool,
      clock,
      lake: { list: async function* () {}, get: async () => null },
      version: '0.1.0',
      source: { id: 'cbr', simulated: false },
      versions: async () => [],
      components: async () => [],
    });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('a run is told with its steps and its log; steps in order, the latest attempt of each', async () => {
    await journal.startRun({ runId: 'r1', flow: 'sync', trigger: 'manual', parameters: { from: '2008-07-01' } });
    expect(await journal.startStep('r1', 'extract', 0)).toEqual({ attempt: 1 });
    await journal.finishStep('r1', 'extract', 1, { status: 'failed', error: 'The source is unreachable.' });
    expect(await journal.startStep('r1', 'extract', 0)).toEqual({ attempt: 2 });
    await journal.log({ runId: 'r1', step: 'extract', level: 'info', message: 'Asking.', context: { try: 2 } });
    await journal.finishStep('r1', 'extract', 2, { status: 'succeeded', rowsIn: 10, rowsOut: 3, detail: { a: 1 } });
    expect(await journal.startStep('r1', 'load', 1)).toEqual({ attempt: 1 });
    await journal.finishStep('r1', 'load', 1, { status: 'succeeded' });
    await journal.finishRun('r1', 'succeeded', null);
    expect(await readModel.run('r1')).toEqual({
      runId: 'r1',
      flow: 'sync',
      trigger: 'manual',
      status: 'succeeded',
      startedAt: '2025-06-27T13:30:01.000Z',
      endedAt: '2025-06-27T13:30:09.000Z',
      error: null,
      steps: [
        {
          step: 'extract',
          position: 0,
          attempt: 2,
          status: 'succeeded',
          startedAt: '2025-06-27T13:30:04.000Z',
          endedAt: '2025-06-27T13:30:06.000Z',
          rowsIn: 10,
          rowsOut: 3,
          error: null,
        },
        expect.objectContaining({ step: 'load', rowsIn: null, rowsOut: null }),
      ],
      log: [{ at: '2025-06-27T13:30:05.000Z', step: 'extract', level: 'info', message: 'Asking.' }],
    });
  });

  test('a run that died goes on: its open attempt is closed by the next one', async () => {
    await journal.startRun({ runId: 'r2', flow: 'sync', trigger: 'schedule', parameters: {} });
    await journal.startStep('r2', 'extract', 0);
    await journal.startRun({ runId: 'r2', flow: 'sync', trigger: 'schedule', parameters: {} });
    expect(await journal.startStep('r2', 'extract', 0)).toEqual({ attempt: 2 });
    const { rows } = await pool.query("select attempt, status, error from ops.step where run_id = 'r2' order by 1");
    expect(rows).toEqual([
      { attempt: 1, status: 'failed', error: 'The process ended before the step did.' },
      { attempt: 2, status: 'running', error: null },
    ]);
    await journal.finishRun('r2', 'cancelled', 'Stopped by hand.');
    expect((await readModel.run('r2')).steps).toMatchObject([{ attempt: 2, status: 'failed' }]);
  });

  test('what was never started cannot be finished', async () => {
    await expect(journal.finishRun('none', 'failed', 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(journal.startStep('none', 'extract', 0)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(readModel.run('none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('open pages hear of every change, in order, and streams end when their page goes', async () => {
    const stop = new AbortController();
    const heard: LiveEvent[] = [];
    const listening = (async () => {
      for await (const event of readModel.events(stop.signal)) {
        heard.push(event);
        // Each event tells the state at the time it is read, so an early one may already tell of the end.
        if (heard.length === 5) stop.abort();
      }
    })();
    await listenerReady(pool);
    await journal.startRun({ runId: 'r3', flow: 'transform', trigger: 'manual', parameters: {} });
    await journal.startStep('r3', 'transform', 0);
    await journal.log({ runId: 'r3', step: 'transform', level: 'info', message: 'x'.repeat(5_000), context: {} });
    await journal.finishStep('r3', 'transform', 1, { status: 'succeeded', rowsIn: 1, rowsOut: 1 });
    await journal.finishRun('r3', 'succeeded', null);
    await listening;
    expect(heard.map((event) => event.type)).toEqual(['run', 'step', 'note', 'step', 'run']);
    expect(heard.at(-1)).toMatchObject({ type: 'run', run: { runId: 'r3', flow: 'transform', status: 'succeeded' } });
    await expect.poll(() => listeners(pool)).toBe(0);
  });
});

async function listenerReady(pool: pg.Pool): Promise<void> {
  await expect.poll(() => listeners(pool)).toBe(1);
}

async function listeners(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query(
    "select count(*) as n from pg_stat_activity where datname = current_database() and query ilike '%listen assay%' and pid <> pg_backend_pid()",
  );
  return (rows[0] as { n: number }).n;
}
