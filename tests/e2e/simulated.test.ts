import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { eventually } from '../support/eventually.ts';
import { createInstallation, type TestInstallation } from '../support/installation.ts';
import { type MadeHistory, makeHistory } from '../support/made-history.ts';
import { type RunningUp, startUp } from '../support/running-up.ts';
import { settledPort } from '../support/settled-port.ts';

let history: MadeHistory;
let replica: Replica | undefined;
let installation: TestInstallation;
let port: number;

beforeAll(async () => {
  history = makeHistory();
  port = await settledPort();
  installation = createInstallation({
    ASSAY_CBR_URL: `http://127.0.0.1:${port}`,
    ASSAY_NOW: '2019-06-29T12:00:00Z',
    ASSAY_TEST_RETRY_SOURCE_MS: '500',
  });
});

afterAll(async () => {
  await installation?.remove();
  await replica?.stop();
  rmSync(history.folder, { recursive: true, force: true });
});

describe('no data and no Bank', () => {
  it('up --once says so and ends with 4', async () => {
    const result = await installation.run(['up', '--once']);
    expect(result.exitCode, result.stderr).toBe(4);
    expect(result.stdout).toBe('');
    expect(result.stderr).toMatch(/assay: .*127\.0\.0\.1/);
  });

  let up: RunningUp;
  it('up shows SIMULATED data, in a folder of its own, and says so everywhere', async () => {
    up = await startUp(installation);
    await up.command.untilSaid('SIMULATED data: nothing here is a price of the Bank of Russia.');
    await up.command.untilSaid(/Up to date: \d+ gold quotes/);
    expect(existsSync(join(installation.data, 'simulated', 'postgres'))).toBe(true);
    for (const path of ['/', '/history', '/months', '/forecast', '/models', '/system']) {
      expect(await text(`${up.dashboard}${path}`), path).toContain('SIMULATED');
    }
    const answer = await fetch(`${up.dashboard}/api/v1/metals/gold/quotes`);
    expect(await answer.json()).toMatchObject({ provenance: { simulated: true } });
    const csv = await fetch(`${up.dashboard}/api/v1/metals/gold/quotes.csv`);
    expect(csv.headers.get('content-disposition')).toContain('SIMULATED');
    expect(await csv.text()).toMatch(/simulated/i);
  });

  it('gives way to real data as soon as the Bank answers, at the same address', async () => {
    replica = await startReplica({ dataFolder: history.folder, port, published: null });
    await up.command.untilSaid('the simulation gives way to real data');
    await up.command.untilSaid(`Up to date: ${history.dates.length} gold quotes`);
    const page = await eventually(
      async () => ((await fetch(up.dashboard)).ok ? text(up.dashboard) : null),
      'the page answers',
    );
    expect(page).not.toContain('SIMULATED');
    const answer = await fetch(`${up.dashboard}/api/v1/metals/gold/summary`);
    expect(await answer.json()).toMatchObject({
      provenance: { simulated: false },
      data: { quotes: history.dates.length },
    });
    up.command.kill('SIGTERM');
    expect((await up.command.exited).exitCode).toBe(0);
  });

  it('with data, up --once still ends with 4 when the Bank is gone, and keeps what is there', async () => {
    await replica?.stop();
    const result = await installation.run(['up', '--once']);
    expect(result.exitCode, result.stderr).toBe(4);
    const exported = await installation.run(['export', 'quotes']);
    expect(exported.exitCode, exported.stderr).toBe(0);
    expect(exported.stdout).toContain(String(history.dates.at(-1)));
  });
});

describe('demo', () => {
  it('starts on a fresh folder', async () => {
    const fresh = createInstallation({});
    try {
      const up = await startUp(fresh, ['demo']);
      expect(await text(up.dashboard)).toContain('SIMULATED');
    } finally {
      await fresh.remove();
    }
  });
});

async function text(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status, url).toBe(200);
  return response.text();
}
