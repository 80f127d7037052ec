import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { eventually } from '../support/eventually.ts';
import { createInstallation, type TestInstallation } from '../support/installation.ts';
import { type MadeHistory, makeHistory } from '../support/made-history.ts';
import { untilNobodyUses } from '../support/processes-of.ts';
import { type RunningUp, startUp } from '../support/running-up.ts';
import { settledPort } from '../support/settled-port.ts';

let history: MadeHistory;
let replica: Replica;
let installation: TestInstallation;
let up: RunningUp;

beforeAll(async () => {
  history = makeHistory();
  replica = await startReplica({ dataFolder: history.folder, port: await settledPort(), published: null });
  installation = createInstallation({ ASSAY_CBR_URL: replica.url, ASSAY_NOW: '2019-06-29T12:00:00Z' });
  up = await startUp(installation);
  await up.command.untilSaid('gold quotes, the last of');
});

afterAll(async () => {
  await installation?.remove();
  await replica?.stop();
  rmSync(history.folder, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${up.dashboard}${path}`, { headers });

const data = async (path: string) => ((await (await get(path)).json()) as { data: unknown }).data;

async function pageAnswers(path = '/'): Promise<string> {
  return eventually(async () => {
    const response = await get(path);
    return response.status === 200 ? response.text() : null;
  }, `${path} answers 200`);
}

describe('up', () => {
  it('serves what the first run brought', async () => {
    expect(up.told()).toContain(
      `Up to date: ${history.dates.length} gold quotes, the last of ${history.dates.at(-1)}.`,
    );
    expect(await data('/api/v1/metals/gold/summary')).toMatchObject({
      quotes: history.dates.length,
      lastDate: history.dates.at(-1),
    });
    for (const path of ['/', '/history', '/months', '/forecast', '/models', '/system']) await pageAnswers(path);
  });

  it('refuses a second one on the same folder, naming the first', async () => {
    const second = await installation.run(['up']);
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain(`process ${up.command.child.pid}`);
    expect(second.stderr).toContain(up.dashboard);
    expect(second.stdout).toBe('');
  });

  it('lets other commands work with what runs', async () => {
    const runs = await installation.run(['runs', '--json']);
    expect(runs.exitCode, runs.stderr).toBe(0);
    expect(JSON.parse(runs.stdout)).toContainEqual(expect.objectContaining({ flow: 'daily', trigger: 'start' }));
    const score = await installation.run(['score', '--json']);
    expect(score.exitCode, score.stderr).toBe(0);
    expect(JSON.parse(score.stdout)).toMatchObject({ flow: 'score' });
  });
});

describe('foreign requests to up', () => {
  it.each(['evil.example', 'evil.example:8501'])('are refused under the host name %s', async (host) => {
    expect(await statusUnderHost(up.dashboard, host)).toBe(403);
    expect(await statusUnderHost(up.tracking, host)).toBe(403);
    expect(await statusUnderHost(up.dashboard, new URL(up.dashboard).host)).toBe(200);
  });

  it('are refused from the pages of another origin', async () => {
    const response = await fetch(`${up.dashboard}/models/promote`, {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'version=1&reason=mine',
      redirect: 'manual',
    });
    expect(response.status).toBe(403);
  });

  it('are refused without the token of the form, even from our own origin', async () => {
    const response = await fetch(`${up.dashboard}/models/promote`, {
      method: 'POST',
      headers: { origin: up.dashboard, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'version=1&reason=mine',
      redirect: 'manual',
    });
    expect(response.status).toBe(403);
    const { runs } = (await data('/api/v1/system')) as { runs: { flow: string }[] };
    expect(runs.filter(({ flow }) => flow === 'promote')).toEqual([]);
  });
});

describe('a part of up that is killed', () => {
  it('web: comes back at the same address', async () => {
    const pid = await up.pidOf('web');
    process.kill(pid, 'SIGKILL');
    await up.command.untilSaid('The web process ended (signal SIGKILL) and is started again.');
    expect(await pageAnswers()).toContain('<html');
    expect(await up.pidOf('web')).not.toBe(pid);
  });

  it('worker: pages keep answering, and the next one runs what is asked', async () => {
    process.kill(await up.pidOf('worker'), 'SIGKILL');
    expect((await get('/')).status).toBe(200);
    await up.command.untilSaid('The worker process ended (signal SIGKILL) and is started again.');
    const score = await installation.run(['score', '--json']);
    expect(score.exitCode, score.stderr).toBe(0);
  });

  it('ClickHouse: pages keep answering, and it is filled again', async () => {
    process.kill(await up.pidOf('olap'), 'SIGKILL');
    expect((await get('/')).status).toBe(200);
    await up.command.untilSaid('ClickHouse stopped by itself and runs again');
    const published = await installation.run(['publish', '--json']);
    expect(published.exitCode, published.stderr).toBe(0);
  });

  it('PostgreSQL: recovers with everything that was acknowledged', async () => {
    process.kill(await up.pidOf('postgres'), 'SIGKILL');
    await up.command.untilSaid('PostgreSQL stopped by itself and runs again');
    await pageAnswers('/system');
    expect(await data('/api/v1/metals/gold/summary')).toMatchObject({ quotes: history.dates.length });
    const score = await installation.run(['score', '--json']);
    expect(score.exitCode, score.stderr).toBe(0);
  });
});

describe('up without the Bank', () => {
  it('keeps showing what it has, with its age; asking fails clearly, and works again when the Bank is back', async () => {
    const { port } = replica;
    await replica.stop();
    const asked = await installation.run(['sync', '--json']);
    expect(asked.exitCode, asked.stderr).toBe(4);
    expect(asked.stdout).toBe('');
    expect(asked.stderr).toContain('SOURCE_UNAVAILABLE');
    expect(await data('/api/v1/metals/gold/today')).toMatchObject({ ageDays: 0, last: { date: history.dates.at(-1) } });
    expect(await pageAnswers()).toContain('<html');
    replica = await startReplica({ dataFolder: history.folder, port, published: null });
    const again = await installation.run(['sync', '--json']);
    expect(again.exitCode, again.stderr).toBe(0);
  });
});

describe('stopping', () => {
  it('on SIGTERM ends every process and gives back the folder', async () => {
    up.command.kill('SIGTERM');
    const { exitCode, stderr } = await up.command.exited;
    expect(exitCode, stderr).toBe(0);
    expect(await untilNobodyUses(installation.data, 5_000)).toEqual([]);
    expect(stderr).not.toMatch(/Warning:/);
  });

  it('on Ctrl-C the same, with exit code 130', async () => {
    up = await startUp(installation);
    up.command.kill('SIGINT');
    const { exitCode, stderr } = await up.command.exited;
    expect(exitCode, stderr).toBe(130);
    expect(await untilNobodyUses(installation.data, 5_000)).toEqual([]);
  });

  it('by kill -9 leaves nothing in the way of the next start', async () => {
    const ports = { ASSAY_PORT: `${await settledPort()}`, ASSAY_TRACKING_PORT: `${await settledPort()}` };
    Object.assign(installation.environment, ports);
    up = await startUp(installation);
    up.command.kill('SIGKILL');
    await up.command.exited;
    up = await startUp(installation);
    expect(up.dashboard).toContain(`:${ports.ASSAY_PORT}`);
    await pageAnswers();
    up.command.kill('SIGTERM');
    expect((await up.command.exited).exitCode).toBe(0);
    expect(await untilNobodyUses(installation.data, 5_000)).toEqual([]);
  });

  it('interrupts a one-shot command with 130, and leaves nothing running', async () => {
    const once = installation.start(['up', '--once']);
    await once.untilSaid('extract: Asking');
    once.kill('SIGINT');
    const { exitCode, stderr, stdout } = await once.exited;
    expect(exitCode, stderr).toBe(130);
    expect(stdout).toBe('');
    expect(await untilNobodyUses(installation.data, 5_000)).toEqual([]);
  });
});

describe('a port that is taken', () => {
  it('is named with its owner and the setting that moves it', async () => {
    const taken = await listen();
    const { port } = taken.address() as AddressInfo;
    const other = createInstallation({ ASSAY_CBR_URL: replica.url, ASSAY_PORT: String(port) });
    const result = await other.run(['up']);
    taken.close();
    await other.remove();
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(`Port ${port}, meant for the dashboard, is taken by process ${process.pid}`);
    expect(result.stderr).toContain('ASSAY_PORT');
  });
});

describe('up with a token', () => {
  it('asks for it on every page and address', async () => {
    const token = 'a-token-for-this-test-only';
    const guarded = createInstallation({ ASSAY_CBR_URL: replica.url, ASSAY_TOKEN: token });
    try {
      const { dashboard, tracking } = await startUp(guarded);
      for (const path of ['/', '/history', '/months', '/forecast', '/models', '/system', '/api/v1/system']) {
        expect((await fetch(`${dashboard}${path}`)).status, path).toBe(401);
        const answer = await fetch(`${dashboard}${path}`, { headers: { authorization: `Bearer ${token}` } });
        expect(answer.status, path).toBe(200);
      }
      expect((await fetch(`${tracking}/api/2.0/mlflow/experiments/search?max_results=1`)).status).toBe(401);
    } finally {
      await guarded.remove();
    }
  });
});

/** fetch() does not let a caller name the host. */
async function statusUnderHost(address: string, host: string): Promise<number> {
  const { request } = await import('node:http');
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: '/', headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('error', reject);
    sent.end();
  });
}

function listen(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });
}
