import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';

let server: TrackingServer;
beforeAll(async () => {
  server = await openTrackingServer();
});
afterAll(() => server?.close());

/** As httr sends a list: JSON without what is empty, each value a text. */
async function post(path: string, body: object): Promise<Record<string, never>> {
  const headers = { 'content-type': 'application/json', 'user-agent': 'mlflow-r-client/2.22.0' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetch(`${server.url}/api/2.0/mlflow/${path}`, init);
  expect([path, answer.status]).toEqual([path, 200]);
  return (await answer.json()) as Record<string, never>;
}

async function get(path: string, query: Record<string, string>): Promise<object> {
  const answer = await fetch(`${server.url}/api/2.0/mlflow/${path}?${new URLSearchParams(query)}`);
  expect([path, answer.status]).toEqual([path, 200]);
  return (await answer.json()) as object;
}

// R's client cannot be installed where no package index of R is within reach; its requests are in MLflow's repository.
describe('what the R client of MLflow sends', () => {
  it('is taken: numbers as texts, both names of a run, no empty fields', async () => {
    const { experiment_id: experimentId } = await post('experiments/create', { name: 'from R' });
    const tags = [{ key: 'mlflow.user', value: 'anna' }];
    const asked = { experiment_id: experimentId, user_id: 'anna', start_time: '1750000000123', tags };
    const { run } = (await post('runs/create', asked)) as unknown as { run: { info: { run_uuid: string } } };
    const runId = run.info.run_uuid;
    const both = { run_uuid: runId, run_id: runId };
    const point = { timestamp: '1750000000456', step: '2' };
    await post('runs/log-metric', { ...both, key: 'mae', value: '3.5', ...point });
    await post('runs/log-metric', { ...both, key: 'odd', value: 'NaN', ...point });
    await post('runs/log-metric', { ...both, key: 'endless', value: '-Infinity', ...point });
    await post('runs/log-parameter', { ...both, key: 'alpha', value: '0.5' });
    await post('runs/set-tag', { ...both, key: 'note', value: 'из R' });
    const metrics = [{ key: 'batch', value: '1e-05', ...point }];
    await post('runs/log-batch', { run_id: runId, metrics });
    await post('runs/update', { ...both, status: 'FINISHED', end_time: '1750000000789' });
    expect(await get('runs/get', both)).toMatchObject({
      run: { info: { status: 'FINISHED', start_time: 1_750_000_000_123, end_time: 1_750_000_000_789 } },
    });
    expect(await get('metrics/get-history', { ...both, metric_key: 'batch' })).toMatchObject({
      metrics: [{ key: 'batch', value: 0.00001, timestamp: 1_750_000_000_456, step: 2 }],
    });
    const found = { experiment_ids: [experimentId], filter: 'metrics.mae > 3', run_view_type: 'ACTIVE_ONLY' };
    expect(await post('runs/search', found)).toMatchObject({ runs: [{ info: { run_uuid: runId } }] });
    expect(await get('artifacts/list', both)).toHaveProperty('root_uri');
  });

  it('is taken of the registry: versions and stages', async () => {
    const { run } = (await post('runs/create', { experiment_id: '0' })) as unknown as {
      run: { info: { run_id: string; artifact_uri: string } };
    };
    await post('registered-models/create', { name: 'r', tags: [{ key: 'metal', value: 'gold' }] });
    const source = `${run.info.artifact_uri}/model`;
    await post('model-versions/create', { name: 'r', source, run_id: run.info.run_id });
    await post('model-versions/transition-stage', {
      ...{ name: 'r', version: '1', stage: 'Production', archive_existing_versions: 'FALSE' },
    });
    expect(await get('registered-models/get-latest-versions', { name: 'r', stages: 'Production' })).toMatchObject({
      model_versions: [{ version: '1', current_stage: 'Production' }],
    });
  });
});
