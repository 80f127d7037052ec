import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';

let server: TrackingServer;
beforeAll(async () => {
  server = await openTrackingServer();
});
afterAll(() => server?.close());

const base = '/api/2.0/mlflow-artifacts';

async function post(path: string, body: object): Promise<{ status: number; body: { readonly error_code?: string } }> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}${base}${path}`, { method: 'POST', body: JSON.stringify(body), headers });
  return { status: answer.status, body: (await answer.json()) as { readonly error_code?: string } };
}

async function begun(path: string, parts: number) {
  const { body } = await post(`/mpu/create/${path}`, { path: 'C:\\models\\big.bin', num_parts: parts });
  return body as unknown as { upload_id: string; credentials: { url: string; part_number: number }[] };
}

describe('an artefact in parts', () => {
  it('is seen whole, and only when it is complete', async () => {
    const { upload_id, credentials } = await begun('1/run/artifacts', 3);
    const parts = [];
    for (const { url, part_number } of [...credentials].reverse()) {
      const answer = await fetch(url, { method: 'PUT', body: `part ${part_number};` });
      parts.push({ part_number, etag: answer.headers.get('etag'), url });
    }
    expect((await fetch(`${server.url}${base}/artifacts/1/run/artifacts/big.bin`)).status).toBe(404);
    const complete = await post('/mpu/complete/1/run/artifacts', { path: 'big.bin', upload_id, parts });
    expect(complete).toEqual({ status: 200, body: {} });
    const stored = await fetch(`${server.url}${base}/artifacts/1/run/artifacts/big.bin`);
    expect(await stored.text()).toBe('part 1;part 2;part 3;');
    expect((await post('/mpu/complete/1/run/artifacts', { path: 'big.bin', upload_id, parts })).status).toBe(404);
  });

  it('is refused when a part is missing or another one, or the upload is of another artefact', async () => {
    const { upload_id, credentials } = await begun('1/run/artifacts', 2);
    await fetch(credentials[0]?.url ?? '', { method: 'PUT', body: 'one' });
    const complete = (parts: object[], folder = '1/run/artifacts') =>
      post(`/mpu/complete/${folder}`, { path: 'big.bin', upload_id, parts });
    expect((await complete([{ part_number: 1, etag: '"wrong"' }])).body.error_code).toBe('INVALID_PARAMETER_VALUE');
    expect((await complete([{ part_number: 2, etag: '"none"' }])).body.error_code).toBe('INVALID_PARAMETER_VALUE');
    expect((await complete([], '1/other/artifacts')).body.error_code).toBe('INVALID_PARAMETER_VALUE');
    expect((await complete([])).status).toBe(200);
  });

  it('is forgotten when it is aborted', async () => {
    const { upload_id, credentials } = await begun('1/run/artifacts', 1);
    expect((await post('/mpu/abort/1/run/artifacts', { path: 'big.bin', upload_id })).status).toBe(200);
    expect((await fetch(credentials[0]?.url ?? '', { method: 'PUT', body: 'late' })).status).toBe(404);
    expect((await post('/mpu/abort/1/run/artifacts', { path: 'big.bin', upload_id: '../../x' })).status).toBe(404);
  });
});
