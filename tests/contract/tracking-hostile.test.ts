import { symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';

let server: TrackingServer;
let runId: string;
let root: string;

beforeAll(async () => {
  server = await openTrackingServer();
  runId = await server.tracking.startRun({ experiment: 'hostile', name: 'victim', startedAtMs: 1 });
  root = `mlflow-artifacts:/1/${runId}/artifacts`;
  await server.tracking.putArtefact(runId, 'model/MLmodel', new TextEncoder().encode('flavors: {}'));
});
afterAll(() => server?.close());

/** Paths out of the artefacts, as they stand in an address; with the advisory that made each known. */
const paths: readonly (readonly [why: string, path: string])[] = [
  ['CVE-2023-6977: parents', '../../../../etc/passwd'],
  ['CVE-2023-6909: parents within', 'model/../../../../../etc/passwd'],
  ['CVE-2023-2780: parents encoded', '%2e%2e/%2e%2e/%2e%2e/etc/passwd'],
  ['encoded slash', '..%2f..%2f..%2fetc%2fpasswd'],
  ['CVE-2024-3848: encoded twice', '%252e%252e%252f%252e%252e%252fetc/passwd'],
  ['encoded thrice', '%25252e%25252e/etc/passwd'],
  ['CVE-2024-1560: encoded parent in a removal', 'model/%252e%252e/%252e%252e/x'],
  ['backslash', '..%5c..%5c..%5cwindows%5cwin.ini'],
  ['backslash and slash', '..%5c../etc/passwd'],
  ['CVE-2024-1593: parameter of a segment', 'model;/../../etc/passwd'],
  ['parent with a parameter', '..;/..;/etc/passwd'],
  ['parameter encoded', '%2e%2e%3b/etc/passwd'],
  ['absolute', '%2fetc%2fpasswd'],
  ['absolute, encoded twice', '%252fetc/passwd'],
  ['//proc', '%2f%2fproc%2fself%2fenviron'],
  ['NUL', 'model%00/MLmodel'],
  ['NUL, encoded twice', 'MLmodel%2500.txt'],
  ['newline', 'model%0a/x'],
  ['drive', 'C:%5cwindows%5cwin.ini'],
  ['drive with a slash', 'C:%2fwindows'],
  ['CVE-2024-2928: fragment', 'model%23/../../etc/passwd'],
  ['scheme', 'file:%2f%2f%2fetc%2fpasswd'],
  ['another server', 'http:%2f%2f127.0.0.1%2fx'],
  ['empty segment', 'model%2f%2fMLmodel'],
  ['a lone percent sign', 'model%/MLmodel'],
];

describe('paths out of the artefacts', () => {
  it.each(paths)('%s: %s', async (_, path) => {
    const artefacts = '/api/2.0/mlflow-artifacts/artifacts';
    for (const prefix of ['/api/2.0', '/ajax-api/2.0']) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const target = `${prefix}/mlflow-artifacts/artifacts/${path}`;
        expect([400, 404]).toContain((await raw(method, target, method === 'PUT' ? 'x' : '')).status);
      }
      const create = { path: 'x.bin', num_parts: 1 };
      expect([400, 404]).toContain((await raw('POST', `${prefix}/mlflow-artifacts/mpu/create/${path}`, create)).status);
    }
    const queries = [
      `${artefacts}?path=${path}`,
      `/get-artifact?run_id=${runId}&path=${path}`,
      `/api/2.0/mlflow/artifacts/list?run_id=${runId}&path=${path}`,
      `/ajax-api/2.0/mlflow/artifacts/list?run_id=${runId}&path=${path}`,
    ];
    for (const query of queries) expect((await raw('GET', query)).status).toBe(400);
    const upload = `/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${runId}&path=${path}`;
    expect((await raw('POST', upload, { x: 1 })).status).toBe(400);
    // What was there is there, and nothing else.
    expect((await raw('GET', `/get-artifact?run_id=${runId}&path=model/MLmodel`)).body).toBe('flavors: {}');
  });

  it('does not follow a symbolic link, of a file or of a folder', async () => {
    const folder = join(server.lakeFolder, 'tracking', 'artifacts', '1', runId, 'artifacts');
    const secret = join(server.lakeFolder, '..', `secret-of-${runId}`);
    await writeFile(secret, 'secret');
    await symlink(secret, join(folder, 'link.txt'));
    await symlink('/etc', join(folder, 'etc'));
    for (const path of ['link.txt', 'etc/passwd']) {
      const answer = await raw('GET', `/get-artifact?run_id=${runId}&path=${path}`);
      expect(answer.body).not.toMatch(/^secret$|root:/);
      expect(answer.status).not.toBe(200);
    }
    const listed = await raw('GET', `/api/2.0/mlflow/artifacts/list?run_id=${runId}&path=etc`);
    expect(listed.body).not.toContain('passwd');
  });
});

/** Sources of versions that lead out of the run that is named; `{root}` is where that run's artefacts are. */
const sources: readonly (readonly [why: string, source: string])[] = [
  ['CVE-2023-6831: local', '/etc/passwd'],
  ['CVE-2024-1558: file', 'file:///etc/passwd'],
  ['file on a host', 'file://localhost/etc/passwd'],
  ['file in capitals', 'FILE:/etc/passwd'],
  ['CVE-2023-1177: relative', './../../etc/passwd'],
  ['bare', 'model'],
  ['//proc', '//proc/self/root'],
  ['parents', '{root}/../../../x'],
  ['parents encoded', '{root}/%2e%2e/%2e%2e/x'],
  ['parents encoded twice', '{root}/%252e%252e/x'],
  ['plus and parents', '{root}/+/../x'],
  ['backslash', '{root}/..\\..\\x'],
  ['backslash encoded', '{root}/..%5c..%5cx'],
  ['parameter', '{root}/..;/x'],
  ['CVE-2024-1594: fragment and query', '{root}/x#/../../../etc'],
  ['query', '{root}/x?../../etc'],
  ['NUL', '{root}/a\0b'],
  ['NUL encoded', '{root}/a%00b'],
  ["another run's", 'mlflow-artifacts:/1/ffffffffffffffffffffffffffffffff/artifacts/model'],
  ['the root of all', 'mlflow-artifacts:/'],
  ['another host', 'mlflow-artifacts://elsewhere/1/x'],
  ['this server by its address', 'http://127.0.0.1:5000/api/2.0/mlflow-artifacts/artifacts/1/x'],
  ['with an escape in it', 'https://x/%61pi/2.0/mlflow-artifacts/artifacts/1'],
  ["another run's, by run", 'runs:/ffffffffffffffffffffffffffffffff/model'],
  ['a run on a host', 'runs://host/ffffffffffffffffffffffffffffffff/model'],
  ['an unknown logged model', 'models:/m-0123456789abcdef0123456789abcdef'],
  ['a model on a host', 'models://host/hostile/1'],
  ['a store, and out of it', 's3://bucket/../x'],
  ['a store, and out of it encoded', 'dbfs:/a/%2e%2e/b'],
];

describe('sources out of the run', () => {
  it.each(sources)('%s: %j', async (_, source) => {
    await raw('POST', '/api/2.0/mlflow/registered-models/create', { name: 'hostile' });
    const version = { name: 'hostile', source: source.replace('{root}', root), run_id: runId };
    for (const prefix of ['/api/2.0', '/ajax-api/2.0']) {
      const answer = await raw('POST', `${prefix}/mlflow/model-versions/create`, version);
      expect([answer.status, answer.body]).toEqual([
        answer.status === 404 ? 404 : 400,
        expect.stringMatching(/INVALID_PARAMETER_VALUE|RESOURCE_DOES_NOT_EXIST/),
      ]);
    }
    const found = await raw('GET', '/api/2.0/mlflow/model-versions/search');
    expect(JSON.parse(found.body)).toEqual({});
  });

  it.each(['http://127.0.0.1:1/model', 'https://example.org/model', 's3://bucket/model'])(
    'keeps %s as a text and fetches nothing',
    async (source) => {
      await raw('POST', '/api/2.0/mlflow/registered-models/create', { name: `kept ${source.length}` });
      const version = { name: `kept ${source.length}`, source, run_id: runId };
      const created = await raw('POST', '/api/2.0/mlflow/model-versions/create', version);
      expect(created.status).toBe(200);
      const query = `name=${encodeURIComponent(version.name)}&version=1&path=x`;
      expect((await raw('GET', `/model-versions/get-artifact?${query}`)).status).toBe(400);
      const gone = { name: version.name, version: '1' };
      expect((await raw('DELETE', '/api/2.0/mlflow/model-versions/delete', gone)).status).toBe(200);
    },
  );
});

describe('requests that a page of another site can make', () => {
  const prefixes = ['/api/2.0', '/ajax-api/2.0'];
  const body = JSON.stringify({ name: 'by another site' });
  it.each(prefixes)('%s: change nothing', async (prefix) => {
    const target = `${prefix}/mlflow/experiments/create`;
    const own = new URL(server.url).host;
    const tries: Record<string, string>[] = [
      { origin: 'https://evil.example', 'content-type': 'application/json' },
      { origin: 'null', 'content-type': 'application/json' },
      { origin: 'http://127.0.0.1:1', 'content-type': 'application/json' },
      { 'content-type': 'text/plain' },
      { 'content-type': 'application/x-www-form-urlencoded' },
      { 'content-type': 'multipart/form-data; boundary=x' },
      { 'content-type': 'text/plain; application/json' },
      { 'sec-fetch-site': 'cross-site', 'content-type': 'application/json' },
      { host: 'evil.example', 'content-type': 'application/json' },
      { host: `${own}.evil.example`, 'content-type': 'application/json' },
    ];
    for (const headers of tries) {
      expect([403, 415, 400]).toContain((await raw('POST', target, body, headers)).status);
    }
    expect(
      (await raw('GET', `${prefix}/mlflow/experiments/search?max_results=1`, '', { host: 'evil.example' })).status,
    ).toBe(403);
    const found = await raw('GET', `${prefix}/mlflow/experiments/get-by-name?experiment_name=by%20another%20site`);
    expect(found.status).toBe(404);
  });
});

describe('with a token', () => {
  it('both prefixes, artefacts and pages need it, as bearer or as password', async () => {
    const token = 'a-token-of-many-letters';
    const guarded = await openTrackingServer({ token });
    const get = (path: string, authorization?: string) =>
      fetch(`${guarded.url}${path}`, authorization === undefined ? {} : { headers: { authorization } }).then(
        (answer) => answer.status,
      );
    const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    try {
      for (const path of [
        '/api/2.0/mlflow/experiments/get?experiment_id=0',
        '/ajax-api/2.0/mlflow/experiments/get?experiment_id=0',
        '/api/2.0/mlflow-artifacts/artifacts',
        '/version',
        '/',
      ]) {
        expect(await get(path)).toBe(401);
        expect(await get(path, `Bearer ${token}x`)).toBe(401);
        expect(await get(path, basic(token, ''))).toBe(401);
        expect(await get(path, `Bearer ${token}`)).toBe(200);
        expect(await get(path, basic('anybody', token))).toBe(200);
      }
      expect(await get('/health')).toBe(200);
    } finally {
      await guarded.close();
    }
  });
});

/** A request whose path goes out as it is written: `fetch` would resolve it first. */
function raw(
  method: string,
  path: string,
  body: string | object = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: string }> {
  const url = new URL(server.url);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type =
    text === '' ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: url.hostname, port: url.port, method, path, headers: { ...type, ...headers } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}
