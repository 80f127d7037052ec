import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { createInstallation, type TestInstallation } from '../support/installation.ts';
import { type MadeHistory, makeHistory } from '../support/made-history.ts';

const zones = ['Asia/Kamchatka', 'Europe/Moscow', 'America/Los_Angeles'] as const;
const installations: TestInstallation[] = [];
let history: MadeHistory;
let replica: Replica;

beforeAll(async () => {
  history = makeHistory();
  replica = await startReplica({ dataFolder: history.folder, port: 0, published: null });
});

afterAll(async () => {
  for (const installation of installations) await installation.remove();
  await replica?.stop();
  rmSync(history.folder, { recursive: true, force: true });
});

it('gives identical data under three host zones', async () => {
  const outcomes: Awaited<ReturnType<typeof runIn>>[] = [];
  for (const zone of zones) outcomes.push(await runIn(zone));
  const [first, ...others] = outcomes;
  expect(first?.quotes.length).toBeGreaterThan(10_000);
  expect(first?.forecast.split('\n').length).toBeGreaterThan(14);
  expect(first?.keys.length).toBeGreaterThan(4);
  for (const other of others) expect(other).toEqual(first);
});

/** Late in the evening of Moscow, when it is another day in Kamchatka and still morning in California. */
async function runIn(zone: string) {
  const installation = createInstallation({
    ASSAY_CBR_URL: replica.url,
    ASSAY_NOW: '2019-06-28T20:30:00.000Z',
    TZ: zone,
  });
  installations.push(installation);
  const once = await installation.run(['up', '--once']);
  expect(once.exitCode, once.stderr).toBe(0);
  const { quotes, months, firstDate, lastDate, champion, next } = JSON.parse(once.stdout);
  const exported = async (table: string) => {
    const { stdout, exitCode, stderr } = await installation.run(['export', table]);
    expect(exitCode, stderr).toBe(0);
    return stdout;
  };
  return {
    summary: { quotes, months, firstDate, lastDate, champion, next },
    quotes: await exported('quotes'),
    months: await exported('months'),
    forecast: await exported('forecast'),
    // Receipts carry the instant of the answer, which is stopped here; runs and models have random names.
    keys: readdirSync(join(installation.data, 'lake', 'raw'), { recursive: true })
      .map(String)
      .sort(),
  };
}
