import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';

const clients = 64;
let server: TrackingServer;
let experimentId: string;

beforeAll(async () => {
  server = await openTrackingServer();
  experimentId = await server.store.createExperiment('concurrent', null, []);
});

afterAll(() => server?.close());

async function post(path: string, body: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${server.url}/api/2.0/mlflow${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function newRun(): Promise<string> {
  const { body } = await post('/runs/create', { experiment_id: experimentId, start_time: 1 });
  return (body as { run: { info: { run_id: string } } }).run.info.run_id;
}

const everyClient = <Result>(work: (client: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: clients }, (_, client) => work(client)));

describe(`${clients} clients at once`, () => {
  it('log to runs of their own and to one they share, each request sent twice: none lost, none double', async () => {
    const shared = await newRun();
    const own = await everyClient(() => newRun());
    expect(new Set(own).size).toBe(clients);
    await everyClient(async (client) => {
      const metrics = Array.from({ length: 5 }, (_, step) => ({
        key: 'loss',
        value: client,
        timestamp: client,
        step,
      }));
      const batch = { metrics, params: [{ key: `p${client}`, value: 'v' }], tags: [{ key: `t${client}`, value: 'v' }] };
      for (const run_id of [own[client], shared]) {
        // As a client does that lost the answer, and as one does whose first request is still on its way.
        const sent = [1, 2].map(() => post('/runs/log-batch', { run_id, ...batch }));
        const point = { run_id, key: 'single', value: client, timestamp: 1, step: client };
        sent.push(...[1, 2].map(() => post('/runs/log-metric', point)));
        for (const { status, body } of await Promise.all(sent)) expect([status, body]).toEqual([200, {}]);
      }
    });
    const pointsOf = async (runId: string, key: string) =>
      (await server.store.metricHistory(runId, key, null, null)).rows.length;
    expect([await pointsOf(shared, 'loss'), await pointsOf(shared, 'single')]).toEqual([5 * clients, clients]);
    for (const runId of own) {
      expect([await pointsOf(runId, 'loss'), await pointsOf(runId, 'single')]).toEqual([5, 1]);
    }
    const { params, tags, metrics } = await server.store.run(shared);
    expect([params.length, tags.length]).toEqual([clients, clients + 1]);
    expect(metrics.map(({ key, value, step }) => [key, value, step])).toEqual([
      ['loss', clients - 1, 4],
      ['single', clients - 1, clients - 1],
    ]);
  }, 60_000);

  it('create runs each of their own, though some are refused among them', async () => {
    const gone = await server.store.createExperiment('gone', null, []);
    await server.store.markExperiment(gone, 'deleted');
    const homes = [experimentId, gone, '987654321', experimentId];
    const answers = await everyClient((client) =>
      post('/runs/create', {
        experiment_id: homes[client % 4],
        run_name: client % 4 === 3 ? `no \u0000 name ${client}` : `client ${client}`,
        tags: [
          { key: 'of', value: 'another' },
          { key: 'of', value: `"${client}\\` },
        ],
      }),
    );
    expect(answers.map(({ status }) => status).filter((_, client) => client % 4 < 3)).toEqual(
      Array.from({ length: clients }, (_, client) => [200, 400, 404][client % 4]).filter((status) => status),
    );
    expect(answers.filter(({ status }, client) => client % 4 === 3 && status === 200)).toEqual([]);
    for (const [client, { body }] of answers.entries()) {
      if (client % 4 !== 0) continue;
      const { info } = (body as { run: { info: { run_id: string } } }).run;
      expect(info).toMatchObject({ run_name: `client ${client}`, experiment_id: experimentId });
      const stored = await server.store.run(info.run_id);
      expect(stored.info.artifactUri).toBe((info as unknown as { artifact_uri: string }).artifact_uri);
      expect(stored.tags).toEqual([
        { key: 'mlflow.runName', value: `client ${client}` },
        { key: 'of', value: `"${client}\\` },
      ]);
    }
  });

  it('keep the greatest point as the latest, points sent twice or in any order among new ones', async () => {
    const runId = await newRun();
    const point = (step: number, timestamp: number, value: number | string) => ({ key: 'm', step, timestamp, value });
    const sent = [point(3, 1, 5), point(3, 2, 'NaN'), point(3, 2, 'Infinity'), point(-1, 9, 9)];
    const send = (metrics: readonly object[]) => post('/runs/log-batch', { run_id: runId, metrics });
    expect((await send([...sent, ...sent])).status).toBe(200);
    expect((await send([point(2, 1, 1), ...sent])).status).toBe(200);
    expect((await server.store.metricHistory(runId, 'm', null, null)).rows.length).toBe(5);
    expect((await server.store.run(runId)).metrics).toEqual([point(3, 2, Number.NaN)]);
  });

  it('get all of a batch or nothing of it, though others write the same run', async () => {
    const runId = await newRun();
    await post('/runs/log-parameter', { run_id: runId, key: 'fixed', value: 'first' });
    const statuses = await everyClient(async (client) => {
      const isRefused = client % 2 === 0;
      const metrics = Array.from({ length: 10 }, (_, step) => ({ key: `m${client}`, value: 1, timestamp: 1, step }));
      const params = [
        { key: `p${client}`, value: 'v' },
        { key: 'fixed', value: isRefused ? 'changed' : 'first' },
      ];
      const tags = [{ key: `t${client}`, value: 'v' }];
      return (await post('/runs/log-batch', { run_id: runId, metrics, params, tags })).status;
    });
    expect(statuses).toEqual(Array.from({ length: clients }, (_, client) => (client % 2 === 0 ? 400 : 200)));
    const { params, tags, metrics } = await server.store.run(runId);
    const taken = Array.from({ length: clients }, (_, client) => client).filter((client) => client % 2 === 1);
    const named = (prefix: string) => taken.map((client) => `${prefix}${client}`).sort();
    expect(params.map(({ key }) => key).sort()).toEqual(['fixed', ...named('p')]);
    expect(tags.map(({ key }) => key).sort()).toEqual(['mlflow.runName', ...named('t')]);
    expect(metrics.map(({ key }) => key).sort()).toEqual(named('m'));
  });

  it('log nothing to a run once its deletion was answered', async () => {
    const runId = await newRun();
    const logged = everyClient((client) =>
      post('/runs/log-metric', { run_id: runId, key: 'm', value: client, timestamp: 1, step: client }),
    );
    expect((await post('/runs/delete', { run_id: runId })).status).toBe(200);
    const late = await post('/runs/log-metric', { run_id: runId, key: 'm', value: 1, timestamp: 1, step: 1000 });
    expect(late).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
    const taken = (await logged).filter(({ status }) => status === 200).length;
    expect((await server.store.metricHistory(runId, 'm', null, null)).rows).toHaveLength(taken);
  });
});
