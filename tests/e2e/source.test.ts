import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IsoDate } from '../../src/domain/iso-date.ts';
import { moscowInstant } from '../../src/domain/moscow-time.ts';
import { noFaults, parseFaults } from '../../src/replica/faults.ts';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { askDatabase } from '../support/ask-database.ts';
import { createInstallation, type TestInstallation } from '../support/installation.ts';
import { type MadeHistory, makeHistory } from '../support/made-history.ts';
import { startUp } from '../support/running-up.ts';

let history: MadeHistory;
let replica: Replica;
let installation: TestInstallation;
let shown: number;

beforeAll(async () => {
  history = makeHistory();
  shown = history.dates.length - 20;
  replica = await startReplica({ dataFolder: history.folder, port: 0, published: publishedThrough(shown) });
  installation = createInstallation({ ASSAY_CBR_URL: replica.url, ASSAY_NOW: '2019-06-29T12:00:00Z' });
  const first = await installation.run(['sync', '--json']);
  expect(first.exitCode, first.stderr).toBe(0);
});

afterAll(async () => {
  await installation?.remove();
  await replica?.stop();
  rmSync(history.folder, { recursive: true, force: true });
});

function publishedThrough(count: number) {
  return moscowInstant(history.dates[count - 1] ?? expect.fail('the made history is too short'), '12:00');
}

/** Shows one more day; gives its date. */
function revealDay(): IsoDate {
  shown += 1;
  replica.setPublished(publishedThrough(shown));
  return history.dates[shown - 1] ?? expect.fail('no day is left to reveal');
}

function quarantined(): number {
  try {
    return readdirSync(join(installation.data, 'lake', 'quarantine'), { recursive: true }).filter((name) =>
      String(name).endsWith('.json'),
    ).length;
  } catch {
    // There is no such folder until something is refused.
    return 0;
  }
}

async function flow(...args: string[]) {
  const result = await installation.run([...args, '--json']);
  expect(result.exitCode, result.stderr).toBe(0);
  return JSON.parse(result.stdout) as { result: { loaded: { inserted: number } } };
}

describe('a fault of the source, once', () => {
  it.each([
    ['5xx', 0],
    ['reset', 0],
    ['truncate', 1],
    ['html', 1],
    ['range', 1],
    ['doctype', 1],
    ['challenge', null],
  ] as const)('%s: the job asks again and takes the day', async (kind, refused) => {
    const before = quarantined();
    revealDay();
    replica.setFaults(parseFaults(`${kind}:1@metals`));
    const { result } = await flow('sync');
    expect(result.loaded.inserted).toBe(5);
    if (refused !== null) expect(quarantined() - before).toBe(refused);
  });
});

describe('a source that answers nothing but rubbish', () => {
  it('fails the job with exit code 4 and its reason, keeps the evidence, makes no row, and the next run succeeds', async () => {
    const before = quarantined();
    revealDay();
    replica.setFaults(parseFaults('truncate:always'));
    const failed = await installation.run(['sync', '--json']);
    expect(failed.exitCode, failed.stderr).toBe(4);
    expect(failed.stdout).toBe('');
    const line = failed.stderr.split('\n').find((text) => text.startsWith('{"error"')) ?? '';
    expect(JSON.parse(line)).toMatchObject({ exitCode: 4, error: { code: 'SOURCE_REJECTED' } });
    expect(quarantined()).toBeGreaterThan(before);
    replica.setFaults(noFaults);
    expect((await flow('sync')).result.loaded.inserted).toBe(5);
  });
});

describe('a value that cannot be true', () => {
  it('is held, is shown to the operator, and reaches nobody until it is released', async () => {
    await flow('transform');
    const date = revealDay();
    replica.setFaults(parseFaults(`thousandfold:${date}@gold`));
    await flow('sync');
    await flow('transform');
    const dates = await exportedDates();
    expect(dates).not.toContain(date);
    const up = await startUp(installation);
    try {
      await up.command.untilSaid(/Up to date: \d+ gold|start-up run failed/);
      const page = await (await fetch(`${up.dashboard}/system?lang=en`)).text();
      expect(page).toContain(date);
      const held = { table: 'ods.metal_quote', code: 'gold', date, revision: 1 };
      const answer = await fetch(`${up.dashboard}/api/v1/held`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...held, decision: 'release', reason: 'tried in a test' }),
      });
      expect(answer.status, await answer.clone().text()).toBe(200);
      await up.command.untilSaid(/Rows changed: .*dm\.quote_daily/);
    } finally {
      up.command.kill('SIGTERM');
      await up.command.exited;
    }
    expect(await exportedDates()).toContain(date);
  });

  it('is replaced by its correction, which is revision 2', async () => {
    replica.setFaults(noFaults);
    await flow('sync');
    await flow('transform');
    const date = history.dates[shown - 1] as string;
    expect(await revisionsOf(date)).toEqual([1, 2]);
    const earlier = history.dates[shown - 3] as string;
    replica.setFaults(parseFaults(`revise:${earlier}:+1.5@gold`));
    await flow('sync');
    await flow('transform');
    expect(await revisionsOf(earlier)).toEqual([1, 2]);
    const rows = await askDatabase<{ revision: number; kept: string; shown: string }>(
      installation.data,
      `select d.revision, q.buy_rub_per_gram as kept, d.buy_rub_per_gram as shown
       from dm.quote_daily d join ods.metal_quote q using (metal, effective_date)
       where d.metal = 'gold' and d.effective_date = '${earlier}' and q.revision = 1`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.revision).toBe(2);
    expect(Number(rows[0]?.shown) - Number(rows[0]?.kept)).toBeCloseTo(1.5, 6);
  });
});

async function exportedDates(): Promise<string[]> {
  const { stdout, exitCode, stderr } = await installation.run(['export', 'quotes']);
  expect(exitCode, stderr).toBe(0);
  return stdout
    .split('\n')
    .map((line) => /\d{4}-\d{2}-\d{2}/.exec(line)?.[0] ?? '')
    .filter((date) => date !== '');
}

async function revisionsOf(date: string): Promise<number[]> {
  const rows = await askDatabase<{ revision: number }>(
    installation.data,
    `select revision from ods.metal_quote where metal = 'gold' and effective_date = '${date}' order by revision`,
  );
  return rows.map(({ revision }) => revision);
}
