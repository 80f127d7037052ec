import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openUiFolder } from '../../src/adapters/tracking/ui-folder.ts';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';

let server: TrackingServer;
let installed = '';

beforeAll(async () => {
  // As in the package of an installed MLflow, whose folder is named as a whole.
  installed = await mkdtemp(join(tmpdir(), 'assay-mlflow-pages-'));
  const build = join(installed, 'server', 'js', 'build');
  await mkdir(join(build, 'static', 'js'), { recursive: true });
  await writeFile(join(build, 'index.html'), '<!doctype html><title>MLflow</title>');
  await writeFile(join(build, 'static', 'js', 'main.1a2b.js'), 'export {};');
  await writeFile(join(build, 'static', 'font.woff2'), new Uint8Array([0, 255, 1]));
  await writeFile(join(installed, 'secret.txt'), 'secret');
  await symlink(join(installed, 'secret.txt'), join(build, 'static', 'leak.txt'));
  server = await openTrackingServer({ uiFolder: installed });
});
afterAll(async () => {
  await server?.close();
  await rm(installed, { recursive: true });
});

/** As it stands: `fetch` would resolve the dots itself. */
function get(path: string): Promise<{ status: number; type: string; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    const asked = request({ hostname, port, path }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const { statusCode = 0, headers } = answer;
        resolve({ status: statusCode, type: headers['content-type'] ?? '', body: Buffer.concat(chunks) });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}

describe('the pages of an installed MLflow', () => {
  it('are at the root, each file with its type and byte for byte', async () => {
    const index = await get('/');
    expect([index.status, index.type]).toEqual([200, 'text/html; charset=utf-8']);
    expect(index.body.toString()).toContain('<title>MLflow</title>');
    const script = await get('/static-files/static/js/main.1a2b.js');
    expect([script.status, script.type, script.body.toString()]).toEqual([
      200,
      'text/javascript; charset=utf-8',
      'export {};',
    ]);
    const font = await get('/static-files/static/font.woff2');
    expect([font.type, [...font.body]]).toEqual(['font/woff2', [0, 255, 1]]);
  });

  it.each([
    '/static-files/none.js',
    '/static-files/',
    '/static-files/static',
    '/static-files/../../../secret.txt',
    '/static-files/..%2f..%2f..%2fsecret.txt',
    '/static-files/%2e%2e/%2e%2e/%2e%2e/secret.txt',
    '/static-files/%252e%252e/secret.txt',
    '/static-files/..\\..\\..\\secret.txt',
    '/static-files//etc/passwd',
    '/static-files/static/leak.txt',
    '/static-files/static/font.woff2%00.js',
    '/../secret.txt',
  ])('show nothing else of the disk: %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.body.toString()).not.toContain('secret\n');
    expect(answer.body.toString()).not.toBe('secret');
  });

  it('leave the API where it is', async () => {
    const experiment = await server.tracking.startRun({ experiment: 'paged', name: 'one', startedAtMs: 1 });
    expect(experiment).toMatch(/^[0-9a-f]{32}$/);
    const found = await get('/ajax-api/2.0/mlflow/experiments/get-by-name?experiment_name=paged');
    expect(JSON.parse(found.body.toString())).toMatchObject({ experiment: { name: 'paged' } });
    expect((await get('/health')).body.toString()).toBe('OK');
  });

  it('are missed by name where the folder has none', async () => {
    await expect(openUiFolder(join(installed, 'server', 'none'))).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('index.html'),
      hint: expect.stringContaining('mlflow'),
    });
  });
});
