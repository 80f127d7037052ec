import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../src/adapters/warehouse/migrate.ts';
import { type EmbeddedPostgres, startPostgres } from '../../src/embedded/postgres.ts';
import { createRunClient } from '../../src/runtime/run-client.ts';
import { runOnce } from '../../src/runtime/run-once.ts';
import { buildEntry } from '../support/build.ts';
import { engineFolder } from '../support/engine-process.ts';
import { eventually } from '../support/eventually.ts';

const root = engineFolder('schedules');
const workers: ChildProcess[] = [];
let server: EmbeddedPostgres;
let client: pg.Client;

beforeAll(async () => {
  server = await startPostgres({ dataFolder: join(root, 'postgres'), durability: 'none' });
  await migrate(server.url);
  client = new pg.Client({ connectionString: server.url });
  await client.connect();
  // No key: a slot that runs twice must show as two rows.
  await client.query('create table tick (run_id text not null, worker text not null)');
});

afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await client?.end();
  await server?.stop();
  rmSync(root, { recursive: true, force: true });
});

it('two schedulers over one database run each slot once, also when one of them is killed', async () => {
  const entry = await buildEntry('tests/support/slot-worker.ts');
  const first = await startWorker(entry, 'first');
  await startWorker(entry, 'second');
  await untilTicks(8);
  first.kill('SIGKILL');
  const { rows: before } = await client.query<{ count: string }>('select count(*) from tick');
  await startWorker(entry, 'first');
  await untilTicks(Number(before[0]?.count) + 6);
  for (const worker of workers) worker.kill('SIGTERM');
  await Promise.all(workers.map(gone));
  const { rows } = await client.query<{ run_id: string; worker: string }>('select run_id, worker from tick');
  // Killed between its work and the record of it, a step is done once more: in the same run, by whoever takes it over.
  const runs = [...new Set(rows.map((row) => row.run_id))];
  const doneAgain = runs.filter((run) => rows.filter((row) => row.run_id === run).length > 1);
  expect(doneAgain.length).toBeLessThanOrEqual(1);
  expect(rows.length - runs.length).toBe(doneAgain.length);
  for (const run of doneAgain) {
    expect(rows.filter(({ run_id }) => run_id === run).map(({ worker }) => worker)).toContain('first');
  }
  const { rows: repeated } = await client.query<{ run_id: string }>(
    `select run_id from ops.step where status = 'succeeded' group by run_id having count(*) > 1`,
  );
  for (const { run_id } of repeated) expect(doneAgain).toContain(run_id);
  // The slot is part of the name of its run: as many runs as slots.
  const slots = runs.map((run) => /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.exec(run)?.[0] ?? run);
  expect(new Set(slots).size).toBe(slots.length);
});

it('whoever asks for a slot that a schedule has run gets its result, and nothing runs again', async () => {
  const entry = await buildEntry('tests/support/slot-worker.ts');
  const worker = await startWorker(entry, 'third');
  await untilTicks(2);
  const ended = await eventually(async () => {
    const { rows } = await client.query<{ run_id: string }>(
      `select run_id from ops.run where status = 'succeeded' limit 1`,
    );
    return rows[0]?.run_id ?? null;
  }, 'a slot has ended');
  const runs = await createRunClient(server.url);
  try {
    const ask = (slot: string, trigger: string) => runOnce(runs, { flow: 'tick', parameters: {}, slot, trigger });
    const asked = await Promise.all([ask(ended, 'manual'), ask(ended, 'airflow')]);
    expect(asked.map(({ runId, repeated }) => ({ runId, repeated }))).toEqual(
      asked.map(() => ({ runId: ended, repeated: true })),
    );
    // A slot that nobody has run yet, asked for by two at once.
    const both = await Promise.all([ask('tick-2025-06-27', 'manual'), ask('tick-2025-06-27', 'airflow')]);
    expect(both.map(({ runId }) => runId)).toEqual(['tick-2025-06-27', 'tick-2025-06-27']);
    const { rows } = await client.query(
      `select run_id, count(*)::int as rows from tick where run_id = any($1) group by 1`,
      [[ended, 'tick-2025-06-27']],
    );
    expect(rows).toEqual(expect.arrayContaining([ended, 'tick-2025-06-27'].map((run_id) => ({ run_id, rows: 1 }))));
  } finally {
    await runs.close();
    worker.kill('SIGTERM');
    await gone(worker);
  }
});

async function startWorker(entry: string, name: string): Promise<ChildProcess> {
  const worker = spawn(process.execPath, [entry, server.url, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  workers.push(worker);
  await new Promise<void>((resolve, reject) => {
    worker.stdout.once('data', () => resolve());
    worker.once('exit', (code) => reject(new Error(`The scheduler ended with ${code}.`)));
  });
  return worker;
}

function untilTicks(wanted: number): Promise<number> {
  return eventually(async () => {
    const { rows } = await client.query<{ count: string }>('select count(*) from tick');
    const count = Number(rows[0]?.count);
    return count >= wanted ? count : null;
  }, `${wanted} slots have run`);
}

function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
