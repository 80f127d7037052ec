import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config/package-root.ts';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';

const run = promisify(execFile);
const cache = process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay');

for (const major of ['3', '2']) {
  const python = join(cache, `mlflow${major}`, 'bin', 'python');
  const isInstalled = existsSync(python);
  const title = `the Python client of MLflow ${major}${isInstalled ? '' : ' (absent: run scripts/interop-mlflow.sh)'}`;

  describe.skipIf(!isInstalled)(title, () => {
    let server: TrackingServer;

    beforeAll(async () => {
      server = await openTrackingServer();
    });

    afterAll(() => server?.close());

    it('works against our server unchanged', async () => {
      const script = join(packageRoot, 'tests', 'interop', 'mlflow_client.py');
      const answer = await run(python, [script, server.url], { maxBuffer: 16 * 1024 * 1024 }).catch(
        (failure: { stdout?: string; stderr?: string }) => ({ stdout: failure.stdout ?? '', stderr: failure.stderr }),
      );
      const lastLine = answer.stdout.trim().split('\n').at(-1) ?? '';
      const report = lastLine.startsWith('{')
        ? (JSON.parse(lastLine) as { mlflow: string; tried: Record<string, string>; sent_parts: number })
        : { mlflow: 'none', sent_parts: 0, tried: { script: `${lastLine}\n${answer.stderr?.slice(-2000)}` } };
      const failed = Object.entries(report.tried).filter(([, how]) => how !== 'ok');
      expect(failed).toEqual([]);
      expect(Object.keys(report.tried).length).toBeGreaterThan(15);
      // A server that takes no parts is given the whole by the client, without a word.
      expect(report.sent_parts).toBe(3);
      expect(report.mlflow.startsWith(`${major}.`)).toBe(true);
    });
  });
}
