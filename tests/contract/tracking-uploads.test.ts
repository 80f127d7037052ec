import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildEntry } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';

let server: TrackingServer;
beforeAll(async () => {
  const thread = await buildEntry('src/adapters/lake/fs-writing-thread.ts');
  server = await openTrackingServer({ writingThread: pathToFileURL(thread).href });
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

const tenMegabytes = 10 * 1024 * 1024;
const addressOf = (name: string) => `${server.url}${base}/artifacts/1/run/artifacts/${name}`;
const put = (name: string, body: Uint8Array<ArrayBuffer>) => fetch(addressOf(name), { method: 'PUT', body });
const stored = async (name: string) => new Uint8Array(await (await fetch(addressOf(name))).arrayBuffer());

/** Sends some of the bytes that it announced, waits until they are on their way to the disk, and hangs up. */
async function hangUp(name: string, sent: Uint8Array, announced: number): Promise<void> {
  const headers = { 'content-type': 'application/octet-stream', 'content-length': announced };
  const upload = request(addressOf(name), { method: 'PUT', headers });
  upload.on('error', () => undefined);
  await new Promise<void>((resolve) => upload.write(sent, () => resolve()));
  await eventually(async () => ((await unfinished()).length === 1 ? true : null), 'the upload is on its way');
  upload.destroy();
  await eventually(async () => ((await unfinished()).length === 0 ? true : null), 'nothing is left of it');
}

function unfinished(): Promise<string[]> {
  return readdir(join(server.lakeFolder, '.writing'));
}

describe('an uploaded artefact', () => {
  it('is what was sent, to the byte, from nothing to ten megabytes', async () => {
    for (const length of [0, 1, 1024 * 1024, tenMegabytes + 1]) {
      const sent = Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 9)) % 256);
      expect((await put(`of-${length}`, sent)).status).toBe(200);
      expect(Buffer.compare(await stored(`of-${length}`), sent)).toBe(0);
    }
  });

  it('is taken without a length, in chunks as they come', async () => {
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let part = 0; part < 300; part++) controller.enqueue(new Uint8Array(10_000).fill(part % 256));
        controller.close();
      },
    });
    const init = { method: 'PUT', body: stream, duplex: 'half' } as RequestInit;
    expect((await fetch(addressOf('chunked'), init)).status).toBe(200);
    const bytes = await stored('chunked');
    expect([bytes.length, bytes[9_999], bytes[10_000], bytes.at(-1)]).toEqual([3_000_000, 0, 1, 299 % 256]);
  });

  it('that is cut off leaves nothing, and what was there stays', async () => {
    await hangUp('cut', new Uint8Array(3 * 1024 * 1024), tenMegabytes);
    expect((await fetch(addressOf('cut'))).status).toBe(404);
    await put('kept', new Uint8Array([1, 2, 3]));
    await hangUp('kept', new Uint8Array(3 * 1024 * 1024), tenMegabytes);
    expect(await stored('kept')).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('sent by many at once is whole, one of those that were sent', async () => {
    const bodies = Array.from({ length: 8 }, (_, index) => new Uint8Array(2 * 1024 * 1024 + index).fill(index + 1));
    const answers = await Promise.all(bodies.map((body) => put('contested', body)));
    expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 200));
    const bytes = await stored('contested');
    const first = bytes[0] ?? 0;
    expect(Buffer.compare(bytes, bodies[first - 1] ?? new Uint8Array())).toBe(0);
    expect(await unfinished()).toEqual([]);
  });
});

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
