import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';

let server: TrackingServer;
let experimentId: string;

beforeAll(async () => {
  server = await openTrackingServer();
  experimentId = ((await call('POST', '/experiments/create', { name: 'api' })).body as { experiment_id: string })
    .experiment_id;
});

afterAll(() => server?.close());

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of every shape are looked into.
  readonly body: any;
}

async function call(method: string, path: string, body?: object | string, prefix = '/api/2.0/mlflow'): Promise<Answer> {
  const response = await fetch(`${server.url}${prefix}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}

async function newRun(more: object = {}): Promise<string> {
  const { body } = await call('POST', '/runs/create', { experiment_id: experimentId, start_time: 1, ...more });
  return body.run.info.run_id;
}

describe("MLflow's bodies and statuses", () => {
  it.each<[string, string, string, object | string | undefined, number, string]>([
    ['a taken name', 'POST', '/experiments/create', { name: 'api' }, 400, 'RESOURCE_ALREADY_EXISTS'],
    ['a missing field', 'POST', '/experiments/create', {}, 400, 'INVALID_PARAMETER_VALUE'],
    ['a wrong type', 'POST', '/experiments/create', { name: 5 }, 400, 'INVALID_PARAMETER_VALUE'],
    ['no JSON', 'POST', '/experiments/create', 'garbage', 400, 'INVALID_PARAMETER_VALUE'],
    ['NUL in a text', 'POST', '/experiments/create', { name: 'a\0b' }, 400, 'INVALID_PARAMETER_VALUE'],
    ['an unknown experiment', 'GET', '/experiments/get?experiment_id=99999', undefined, 404, 'RESOURCE_DOES_NOT_EXIST'],
    ['no number', 'GET', '/experiments/get?experiment_id=abc', undefined, 400, 'INVALID_PARAMETER_VALUE'],
    ['an unknown run', 'GET', '/runs/get?run_id=abc', undefined, 404, 'RESOURCE_DOES_NOT_EXIST'],
    ['both spellings', 'POST', '/runs/update', { run_id: 'a', runId: 'b' }, 400, 'INVALID_PARAMETER_VALUE'],
    ['an unknown model', 'GET', '/registered-models/get?name=x', undefined, 404, 'RESOURCE_DOES_NOT_EXIST'],
    ['a slash in a model', 'POST', '/registered-models/create', { name: 'a/b' }, 400, 'INVALID_PARAMETER_VALUE'],
    ['too long a page', 'POST', '/runs/search', { max_results: 50_001 }, 400, 'INVALID_PARAMETER_VALUE'],
    ['an invented token', 'POST', '/runs/search', { page_token: 'WyJhIl0' }, 400, 'INVALID_PARAMETER_VALUE'],
    [
      'a token of wrong types',
      'POST',
      '/runs/search',
      { page_token: Buffer.from('["x","y"]').toString('base64url') },
      400,
      'INVALID_PARAMETER_VALUE',
    ],
  ])('refuses %s', async (_, method, path, body, status, code) => {
    const answer = await call(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error_code: code, message: expect.any(String) });
  });

  it('takes a limit of nought for the default where MLflow does', async () => {
    const made = await call('POST', '/experiments/create', { name: `nought ${Date.now()}` });
    const search = (limit: number) =>
      call('POST', '/logged-models/search', { experiment_ids: [made.body['experiment_id']], max_results: limit });
    expect((await search(0)).status).toBe(200);
    expect((await search(-1)).status).toBe(400);
  });

  it('answers unknown endpoints with 404, other methods with 405, and both prefixes alike', async () => {
    expect((await call('GET', '/traces')).status).toBe(404);
    expect((await call('POST', '/gateway/routes', {})).body).toContain('404 Not Found');
    expect((await call('GET', '/experiments/create')).status).toBe(405);
    const other = await call(
      'GET',
      `/experiments/get?experiment_id=${experimentId}`,
      undefined,
      '/ajax-api/2.0/mlflow',
    );
    expect(other.body.experiment.name).toBe('api');
    expect(await (await fetch(`${server.url}/health`)).text()).toBe('OK');
    expect(await (await fetch(`${server.url}/version`)).text()).toMatch(/^3\.\d+\.\d+$/);
  });

  it('keeps NaN, both infinities, negative steps and equal timestamps, each point once', async () => {
    const runId = await newRun();
    const points = [
      { key: 'm', value: 'NaN', timestamp: 5, step: -3 },
      { key: 'm', value: 'Infinity', timestamp: 5, step: -2 },
      { key: 'm', value: '-Infinity', timestamp: '5', step: '-1' },
      { key: 'm', value: 1e-320, timestamp: 5, step: -1 },
    ];
    for (let attempt = 0; attempt < 3; attempt++) {
      for (const point of points)
        expect((await call('POST', '/runs/log-metric', { run_id: runId, ...point })).status).toBe(200);
      expect((await call('POST', '/runs/log-batch', { run_id: runId, metrics: points })).body).toEqual({});
    }
    const history = await call('GET', `/metrics/get-history?run_id=${runId}&metric_key=m`);
    expect(history.body.metrics.map((point: { value: unknown }) => point.value)).toEqual([
      'NaN',
      'Infinity',
      '-Infinity',
      1e-320,
    ]);
    const first = await call('GET', `/metrics/get-history?run_id=${runId}&metric_key=m&max_results=3`);
    const token = first.body.next_page_token;
    const rest = await call(
      'GET',
      `/metrics/get-history?run_id=${runId}&metric_key=m&max_results=3&page_token=${token}`,
    );
    expect(rest.body).toEqual({ metrics: [{ key: 'm', value: 1e-320, timestamp: 5, step: -1 }] });
    expect((await call('GET', `/runs/get?run_id=${runId}`)).body.run.data.metrics).toEqual([
      { key: 'm', value: 1e-320, timestamp: 5, step: -1 },
    ]);
  });

  it('keeps the limits of a batch and nothing of one that breaks them', async () => {
    const runId = await newRun();
    const many = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: '1' }));
    const metrics = (count: number) =>
      Array.from({ length: count }, (_, step) => ({ key: 'm', value: 1, timestamp: 1, step }));
    const bad: object[] = [
      { params: many(101) },
      { tags: many(101) },
      { metrics: metrics(1001) },
      { metrics: metrics(901), params: many(100) },
      {
        params: [
          { key: 'a', value: '1' },
          { key: 'a', value: '2' },
        ],
      },
      { params: many(2), metrics: [{ key: 'm', value: 1 }] },
      { tags: [{ key: '../up', value: '' }] },
      { params: [{ key: 'k'.repeat(251), value: '' }] },
      { params: many(1), tags: [{ key: 'a\\b', value: '' }] },
    ];
    for (const batch of bad) {
      expect((await call('POST', '/runs/log-batch', { run_id: runId, ...batch })).body.error_code).toBe(
        'INVALID_PARAMETER_VALUE',
      );
    }
    const { data } = (await call('GET', `/runs/get?run_id=${runId}`)).body.run;
    expect(data.params).toBeUndefined();
    expect(data.metrics).toBeUndefined();
    expect(data.tags).toHaveLength(1);
    const full = { run_id: runId, params: many(100), tags: many(100), metrics: metrics(800) };
    expect((await call('POST', '/runs/log-batch', full)).status).toBe(200);
  });

  it('shows each run once over pages while others arrive', async () => {
    const name = 'paged';
    for (let index = 0; index < 7; index++) await newRun({ start_time: 100, tags: [{ key: 'set', value: name }] });
    const seen: string[] = [];
    let token = '';
    do {
      const search = {
        experiment_ids: [experimentId],
        filter: `tags.set = '${name}'`,
        max_results: 2,
        page_token: token,
      };
      const { body } = await call('POST', '/runs/search', search);
      seen.push(...body.runs.map((run: { info: { run_id: string } }) => run.info.run_id));
      token = body.next_page_token ?? '';
      // Newer than all, so an offset would slip by one.
      await newRun({ start_time: 1000, tags: [{ key: 'set', value: name }] });
    } while (token !== '');
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(7);
  });
});

describe('hostile paths and sources', () => {
  it.each([
    '../../../../etc/passwd',
    '%2e%2e/%2e%2e/etc/passwd',
    '%252e%252e/x',
    '..%2f..%2fx',
    '..%5c..%5cx',
    '%2fetc/passwd',
    '/etc/passwd',
    'a/..;/x',
    'a%00b',
    'C:%5cwindows',
    'file:%2f%2f%2fetc/passwd',
    'x%23y',
  ])('opens nothing for %j', async (path) => {
    const runId = await newRun();
    const artefacts = `${server.url}/api/2.0/mlflow-artifacts/artifacts`;
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const response = await fetch(`${artefacts}/${path}`, { method, ...(method === 'PUT' ? { body: 'x' } : {}) });
      expect([400, 404]).toContain(response.status);
    }
    const query = encodeURIComponent(decodeURIComponent(path.replaceAll('%25', '%2525')));
    for (const url of [
      `${artefacts}?path=${query}`,
      `${server.url}/get-artifact?run_id=${runId}&path=${query}`,
      `${server.url}/api/2.0/mlflow/artifacts/list?run_id=${runId}&path=${query}`,
    ]) {
      const response = await fetch(url);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error_code: 'INVALID_PARAMETER_VALUE' });
    }
  });

  it('follows no symbolic link out of the lake', async () => {
    const runId = await newRun();
    const path = `${experimentId}/${runId}/artifacts`;
    const url = `${server.url}/api/2.0/mlflow-artifacts/artifacts/${path}`;
    expect((await fetch(`${url}/inside.txt`, { method: 'PUT', body: 'inside' })).status).toBe(200);
    const secret = join(server.lakeFolder, '..', `secret-${runId}`);
    await writeFile(secret, 'secret');
    await symlink(secret, join(server.lakeFolder, 'tracking', 'artifacts', path, 'link.txt'));
    expect(await (await fetch(`${url}/link.txt`)).text()).not.toContain('secret-');
    expect(await (await fetch(`${url}/link.txt`)).text()).not.toBe('secret');
  });

  it('serves no artefact as a page of its own', async () => {
    const runId = await newRun();
    await server.tracking.putArtefact(runId, 'page.html', new TextEncoder().encode('<script>1</script>'));
    const response = await fetch(`${server.url}/get-artifact?run_uuid=${runId}&path=page.html`);
    expect(response.headers.get('content-disposition')).toContain('attachment');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('takes as source of a version only what lies within its run', async () => {
    const runId = await newRun();
    const otherRun = await newRun();
    await call('POST', '/registered-models/create', { name: 'sources' });
    const create = (source: string, run: string | null = runId) =>
      call('POST', '/model-versions/create', { name: 'sources', source, ...(run === null ? {} : { run_id: run }) });
    const root = `mlflow-artifacts:/${experimentId}/${runId}/artifacts`;
    const bad: [string, string | null][] = [
      ['/etc/passwd', runId],
      ['file:///etc/passwd', runId],
      ['FILE:///etc/passwd', runId],
      ['./model', runId],
      ['model', runId],
      ['//proc/self/root', runId],
      [`${root}/../../../x`, runId],
      [`${root}/%2e%2e/x`, runId],
      [`${root}/%252e%252e/x`, runId],
      [`${root}/..%5c..%5cx`, runId],
      [`${root}/..;/x`, runId],
      [`${root}/a\0b`, runId],
      [`${root}/a%00b`, runId],
      [`${root}/model`, otherRun],
      [`${root}/model`, null],
      [`${root}x/model`, runId],
      ['mlflow-artifacts:/', runId],
      ['mlflow-artifacts://elsewhere/1/2', runId],
      ['http://127.0.0.1:5000/api/2.0/mlflow-artifacts/artifacts/1/x', runId],
      ['https://x/%61pi/2.0/mlflow-artifacts/artifacts/1', runId],
      [`runs:/${otherRun}/model`, runId],
      ['models:/m-0123456789abcdef', runId],
      ['models:/unknown/latest', runId],
      ['models://host/sources/1', runId],
      ['s3://bucket/../x', runId],
      ['dbfs:/a/%2e%2e/b', runId],
    ];
    for (const [source, run] of bad) {
      const { status, body } = await create(source, run);
      expect([source, status, body.error_code]).toEqual([source, 400, 'INVALID_PARAMETER_VALUE']);
    }
    for (const source of [`${root}/model`, `runs:/${runId}/model`, 's3://bucket/model', 'models:/sources/1']) {
      expect([source, (await create(source)).status]).toEqual([source, 200]);
    }
  });
});

describe('many clients at once', () => {
  it('loses nothing and doubles nothing of 64 loggers on one run', async () => {
    const runId = await newRun();
    await Promise.all(
      Array.from({ length: 64 }, async (_, client) => {
        const metrics = Array.from({ length: 5 }, (_, step) => ({
          key: `shared${step % 2}`,
          value: client,
          timestamp: client,
          step,
        }));
        const params = [
          { key: `p${client}`, value: 'v' },
          { key: 'same', value: 'v' },
        ];
        const tags = [
          { key: 'last', value: String(client) },
          { key: `t${client}`, value: 'v' },
        ];
        const { status } = await call('POST', '/runs/log-batch', { run_id: runId, metrics, params, tags });
        expect(status).toBe(200);
        expect(
          (
            await call('POST', '/runs/log-metric', {
              run_id: runId,
              key: 'own',
              value: client,
              timestamp: 1,
              step: client,
            })
          ).status,
        ).toBe(200);
      }),
    );
    const { data } = (await call('GET', `/runs/get?run_id=${runId}`)).body.run;
    expect(data.params).toHaveLength(65);
    expect(data.tags).toHaveLength(66);
    const count = async (key: string) =>
      (await call('GET', `/metrics/get-history?run_id=${runId}&metric_key=${key}`)).body.metrics.length;
    expect([await count('shared0'), await count('shared1'), await count('own')]).toEqual([192, 128, 64]);
    const latest = Object.fromEntries(
      data.metrics.map((point: { key: string; value: number }) => [point.key, point.value]),
    );
    expect(latest).toEqual({ shared0: 63, shared1: 63, own: 63 });
  });

  it('lets one of two values of a parameter win, and tells the other', async () => {
    const runId = await newRun();
    const statuses = await Promise.all(
      Array.from(
        { length: 16 },
        async (_, value) =>
          (await call('POST', '/runs/log-parameter', { run_id: runId, key: 'p', value: String(value) })).status,
      ),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 400)).toHaveLength(15);
  });

  it('numbers versions without gap or repeat and leaves one in Production', async () => {
    const runId = await newRun();
    await call('POST', '/registered-models/create', { name: 'raced' });
    const source = `mlflow-artifacts:/${experimentId}/${runId}/artifacts/model`;
    const versions = await Promise.all(
      Array.from({ length: 12 }, async () =>
        Number(
          (await call('POST', '/model-versions/create', { name: 'raced', source, run_id: runId })).body.model_version
            .version,
        ),
      ),
    );
    expect([...versions].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    for (let round = 0; round < 3; round++) {
      await Promise.all(
        versions.map(async (version) => {
          const move = {
            name: 'raced',
            version: String(version),
            stage: 'Production',
            archive_existing_versions: true,
          };
          expect((await call('POST', '/model-versions/transition-stage', move)).status).toBe(200);
        }),
      );
      const filter = encodeURIComponent("name = 'raced'");
      const { body } = await call('GET', `/model-versions/search?filter=${filter}`);
      const stages = body.model_versions.map((one: { current_stage: string }) => one.current_stage);
      expect(stages.filter((stage: string) => stage === 'Production')).toHaveLength(1);
    }
  });

  it('creates one experiment of many that ask for its name at once', async () => {
    const runs = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        server.tracking.startRun({ experiment: 'rush', name: `r${index}`, startedAtMs: index }),
      ),
    );
    expect(new Set(runs).size).toBe(8);
    expect(await server.tracking.searchRuns('rush', '', 100)).toHaveLength(8);
  });
});
