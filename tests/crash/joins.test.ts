import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { eventually } from '../support/eventually.ts';
import { createInstallation, type TestInstallation } from '../support/installation.ts';
import { type MadeHistory, makeHistory } from '../support/made-history.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const metals = ['gold', 'silver'] as const;
let history: MadeHistory;
let replica: Replica;
let database: TestDatabase;
let client: pg.Client;
let lake: string;
// Two machines over one warehouse and one lake.
let machines: Record<(typeof metals)[number], TestInstallation>;
const plans: Record<string, string> = {};

beforeAll(async () => {
  history = makeHistory();
  replica = await startReplica({ dataFolder: history.folder, port: 0, published: null });
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  lake = mkdtempSync(join(tmpdir(), 'assay-joins-'));
  const machine = () =>
    createInstallation({
      DATABASE_URL: database.url,
      LAKE_URL: pathToFileURL(lake).href,
      ASSAY_CBR_URL: replica.url,
      ASSAY_NOW: '2019-06-29T12:00:00Z',
    });
  machines = { gold: machine(), silver: machine() };
  for (const flow of ['sync', 'transform']) await succeed(machines.gold, [flow]);
  for (const metal of metals) {
    const laid = ['tournament', 'plan', '--metal', metal, '--models', 'naive,drift', '--shards', '1', '--json'];
    plans[metal] = JSON.parse(await succeed(machines.gold, laid)).plan;
    await succeed(machines.gold, ['tournament', 'shard', '--plan', plans[metal] ?? '', '--shard', '1/1']);
  }
});

afterAll(async () => {
  await client?.end();
  await Promise.all(Object.values(machines ?? {}).map((machine) => machine.remove()));
  await Promise.all([database?.drop(), replica?.stop()]);
  for (const folder of [lake, history?.folder]) if (folder) rmSync(folder, { recursive: true, force: true });
});

it('joins of two metals run side by side; one that is killed in the middle harms the other in nothing, and goes on', async () => {
  // Both come as far as the row of their tournament, and wait there for this transaction.
  await client.query('begin');
  await client.query('lock table dm.tournament in share mode');
  const joins = { gold: startJoin('gold'), silver: startJoin('silver') };
  await eventually(async () => ((await blocked()) === 2 ? true : null), 'both joins are at their last write');
  expect(await runs()).toEqual(metals.map((metal) => ({ run_id: `join-${metal}`, status: 'running' })));
  // Nothing else may run meanwhile: another flow waits for both.
  const score = machines.silver.start(['score', '--run-id', 'score-1', '--json']);

  joins.gold.kill('SIGKILL');
  await joins.gold.exited;
  await client.query('commit');
  expect((await joins.silver.exited).exitCode).toBe(0);
  expect((await score.exited).exitCode).toBe(0);
  expect(await tournaments()).toEqual([{ metal: 'silver', scores: expect.any(Number) }]);
  const { rows: order } = await client.query(`select run_id from ops.run where status = 'succeeded' and ended_at <=
    (select started_at from ops.run where run_id = 'score-1') and run_id like 'join-%'`);
  expect(order).toEqual([{ run_id: 'join-silver' }]);

  const again = await startJoin('gold').exited;
  expect(again.exitCode, again.stderr).toBe(0);
  const after = await tournaments();
  expect(after.map(({ metal }) => metal)).toEqual(['gold', 'silver']);
  expect(new Set(after.map(({ scores }) => scores)).size).toBe(1);
  expect(await runs()).toEqual(metals.map((metal) => ({ run_id: `join-${metal}`, status: 'succeeded' })));

  // The same slots, and the same tournaments in other slots: nothing is judged twice.
  for (const metal of metals) {
    const join = ['tournament', 'join', '--plan', plans[metal] ?? '', '--json'];
    await succeed(machines[metal], [...join, '--run-id', `join-${metal}`]);
    expect(await succeed(machines[metal], [...join, '--run-id', `other-${metal}`])).toContain('"reused"');
  }
  expect(await tournaments()).toEqual(after);
});

const startJoin = (metal: (typeof metals)[number]) =>
  machines[metal].start(['tournament', 'join', '--plan', plans[metal] ?? '', '--run-id', `join-${metal}`, '--json']);

async function succeed(machine: TestInstallation, words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await machine.run(words);
  expect(exitCode, `${words.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
}

async function blocked(): Promise<number> {
  const { rows } = await client.query<{ waiting: number }>(
    `select count(distinct pid)::int as waiting from pg_locks where not granted and relation = 'dm.tournament'::regclass`,
  );
  return rows[0]?.waiting ?? 0;
}

async function runs(): Promise<object[]> {
  const { rows } = await client.query(`select run_id, status from ops.run where run_id like 'join-%' order by 1`);
  return rows;
}

async function tournaments(): Promise<{ metal: string; scores: number }[]> {
  const { rows } = await client.query<{ metal: string; scores: number }>(
    `select metal, count(s.*)::int as scores from dm.tournament t left join dm.model_score s using (tournament_id, metal)
     group by tournament_id, metal order by metal`,
  );
  return rows;
}
