import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMlflowTracking } from '../../src/adapters/tracking/mlflow-client.ts';
import { instant } from '../../src/domain/moscow-time.ts';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';

const clock = { now: () => instant(1_750_000_000_000) };
const token = 'tracking-token';
let server: TrackingServer;

beforeAll(async () => {
  server = await openTrackingServer({ token });
});

afterAll(() => server?.close());

/** Lets every request through to the server, but loses the first answer of each call that changes something. */
function losingAnswers(): { readonly fetch: typeof fetch; readonly lost: string[] } {
  const lost: string[] = [];
  const seen = new Set<string>();
  return {
    lost,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      const request = `${init?.method} ${input} ${String(init?.body)}`;
      if (init?.method === 'GET' || seen.has(request)) return response;
      seen.add(request);
      lost.push(String(input));
      throw new TypeError('fetch failed', { cause: new Error('socket hang up') });
    },
  };
}

describe('a client whose answers are lost', () => {
  it('does nothing twice', async () => {
    const { fetch, lost } = losingAnswers();
    const tracking = createMlflowTracking({ url: server.url, token, clock, fetch, retryDelayMs: 1 });
    const experiment = 'lost answers';
    const runId = await tracking.startRun({ experiment, name: 'once', startedAtMs: 5 });
    const second = await tracking.startRun({ experiment, name: 'once', startedAtMs: 5 });
    expect(second).not.toBe(runId);
    await tracking.logBatch(runId, {
      params: { p: 'v' },
      metrics: [{ key: 'm', value: 1, step: 0, timestampMs: 0 }],
      tags: { t: 'v' },
    });
    await tracking.putArtefact(runId, 'a/b.txt', new TextEncoder().encode('b'));
    await tracking.finishRun(runId, 'FINISHED', 9);
    const version = await tracking.registerVersion('lost', runId, 'a', { reason: 'test' });
    await tracking.transition('lost', version.version, 'Production', true);
    await tracking.setAlias('lost', 'champion', version.version);

    expect(lost.length).toBeGreaterThanOrEqual(8);
    const runs = await server.tracking.searchRuns(experiment, '', 100);
    expect(runs.map((run) => run.runId).sort()).toEqual([runId, second].sort());
    expect((await server.store.metricHistory(runId, 'm', null, null)).rows).toHaveLength(1);
    expect(await server.tracking.versions('lost')).toMatchObject([{ version: 1, stage: 'Production', runId }]);
    expect((await server.tracking.versionByAlias('lost', 'champion'))?.version).toBe(1);
  });
});

describe('a client and its server', () => {
  it('tries again after 503 and gives up after four attempts, naming the setting', async () => {
    let calls = 0;
    const answering = (status: number, failures: number) =>
      (async () => {
        calls += 1;
        return calls <= failures
          ? new Response('{"error_code":"TEMPORARILY_UNAVAILABLE","message":"starting"}', { status })
          : Response.json({});
      }) as typeof fetch;
    const open = (fetch: typeof globalThis.fetch) =>
      createMlflowTracking({ url: 'http://tracking.test', clock, fetch, retryDelayMs: 1 });
    await open(answering(503, 3)).finishRun('r', 'FINISHED', 1);
    expect(calls).toBe(4);
    calls = 0;
    await expect(open(answering(503, 9)).finishRun('r', 'FINISHED', 1)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      hint: expect.stringContaining('MLFLOW_TRACKING_URI'),
    });
    expect(calls).toBe(4);
    calls = 0;
    await expect(open(answering(400, 9)).finishRun('r', 'FINISHED', 1)).rejects.toMatchObject({
      message: expect.stringContaining('(400)'),
    });
    expect(calls).toBe(1);
  });

  it('tells an absent server, a late one, and an address that is none', async () => {
    const absent = createMlflowTracking({ url: 'http://127.0.0.1:1', clock, retryDelayMs: 1 });
    await expect(absent.versions('m')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('http://127.0.0.1:1'),
      hint: expect.stringContaining('MLFLOW_TRACKING_URI'),
    });
    const never: typeof fetch = (_, init) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
    const late = createMlflowTracking({
      url: 'http://tracking.test',
      clock,
      fetch: never,
      timeoutMs: 5,
      retryDelayMs: 1,
    });
    await expect(late.versions('m')).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(() => createMlflowTracking({ url: 'sqlite:///mlflow.db', clock })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  it('tells an artefact that is not there from a server that fails, whatever status a store gives it', async () => {
    const answering = (names: readonly string[]) =>
      (async (input) => {
        if (String(input).includes('/runs/get')) {
          return Response.json({ run: { info: { artifact_uri: 'mlflow-artifacts:/1/r/artifacts' } } });
        }
        if (!String(input).includes('/artifacts/list')) return new Response('Internal server error', { status: 500 });
        return Response.json({ files: names.map((path) => ({ path, is_dir: false })) });
      }) as typeof fetch;
    const open = (names: readonly string[]) =>
      createMlflowTracking({ url: 'http://tracking.test', clock, fetch: answering(names), retryDelayMs: 1 });
    await expect(open(['a/c']).getArtefact('r', 'a/b')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(open(['a/b']).getArtefact('r', 'a/b')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('shows the token as bearer or as password, and never in a message', async () => {
    const { port } = new URL(server.url);
    const named = createMlflowTracking({ url: `http://someone:${token}@127.0.0.1:${port}`, clock });
    expect(await named.versions('none')).toEqual([]);
    const wrong = createMlflowTracking({ url: `http://someone:wrong-password@127.0.0.1:${port}`, clock });
    const refused = await wrong.versions('none').catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'FORBIDDEN' });
    expect(JSON.stringify([String(refused), refused])).not.toContain('wrong-password');
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    const bare = await fetch(`${server.url}/api/2.0/mlflow/experiments/search`);
    expect(bare.status).toBe(401);
    expect(await bare.json()).toMatchObject({ error_code: 'UNAUTHENTICATED' });
  });

  it('refuses a foreign page and host in the words of MLflow', async () => {
    const url = 'http://127.0.0.1/api/2.0/mlflow/experiments/create';
    const init = { method: 'POST', body: '{"name":"x"}' };
    const authorization = `Bearer ${token}`;
    const foreign = { 'content-type': 'application/json', authorization, origin: 'https://evil.example.com' };
    const answer = await server.app.request(url, { ...init, headers: foreign });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ error_code: 'PERMISSION_DENIED' });
    const host = { 'content-type': 'application/json', authorization, host: 'evil.example.com' };
    expect((await server.app.request(url, { ...init, headers: host })).status).toBe(403);
  });
});
