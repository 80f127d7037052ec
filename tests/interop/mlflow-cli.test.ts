import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MlflowCommands, startMlflowCommands } from '../support/mlflow-commands.ts';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';

const execute = promisify(execFile);
const cache = process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay');

for (const major of ['3', '2']) {
  const bin = join(cache, `mlflow${major}`, 'bin');
  const isInstalled = existsSync(join(bin, 'mlflow'));
  const title = `the command line of MLflow ${major}${isInstalled ? '' : ' (absent: run scripts/interop-mlflow.sh)'}`;

  describe.skipIf(!isInstalled)(title, () => {
    let server: TrackingServer;
    let commands: MlflowCommands;
    const folder = mkdtempSync(join(tmpdir(), 'assay-mlflow-cli-'));
    const mlflow = (...words: string[]) => commands.run(...words);
    const environment = () => ({
      ...process.env,
      PATH: `${bin}:${process.env['PATH']}`,
      MLFLOW_TRACKING_URI: server.url,
    });

    beforeAll(async () => {
      server = await openTrackingServer();
      commands = startMlflowCommands(join(bin, 'python'), folder, environment());
    });

    afterAll(async () => {
      commands?.close();
      await server?.close();
    });

    it('makes, finds, renames, deletes and restores experiments', async () => {
      const program = ['experiments', 'create', '--experiment-name', 'by-hand'];
      const { stdout: made } = await execute(join(bin, 'mlflow'), program, { env: environment(), cwd: folder });
      const id = /with id (\d+)/.exec(made)?.[1] ?? 'none';
      expect(await mlflow('experiments', 'search')).toContain('by-hand');
      await mlflow('experiments', 'rename', '--experiment-id', id, '--new-name', 'renamed');
      await mlflow('experiments', 'delete', '--experiment-id', id);
      expect(await mlflow('experiments', 'search')).not.toContain('renamed');
      await mlflow('experiments', 'restore', '--experiment-id', id);
      expect(await mlflow('experiments', 'search')).toContain('renamed');
    });

    it('lists and describes runs, keeps and fetches artefacts, writes the table of runs', async () => {
      const made = await mlflow('experiments', 'create', '--experiment-name', 'with-runs');
      const experimentId = /with id (\d+)/.exec(made)?.[1] ?? 'none';
      const runId = await createRun(server.url, experimentId);
      expect(await mlflow('runs', 'list', '--experiment-id', experimentId)).toContain(runId);
      expect(JSON.parse(await mlflow('runs', 'describe', '--run-id', runId))).toMatchObject({
        info: { run_id: runId },
        data: { params: { alpha: '0.5' } },
      });
      writeFileSync(join(folder, 'note.txt'), 'kept');
      await mlflow(
        'artifacts',
        'log-artifact',
        '--run-id',
        runId,
        '--local-file',
        'note.txt',
        '--artifact-path',
        'notes',
      );
      expect(await mlflow('artifacts', 'list', '--run-id', runId, '--artifact-path', 'notes')).toContain('note.txt');
      await mlflow(
        'artifacts',
        'download',
        '--run-id',
        runId,
        '--artifact-path',
        'notes/note.txt',
        '--dst-path',
        'got',
      );
      // 2.x keeps the folders of the artefact's path, 3.x does not.
      const found = readdirSync(join(folder, 'got'), { recursive: true })
        .map(String)
        .find((name) => name.endsWith('note.txt'));
      expect(readFileSync(join(folder, 'got', found ?? 'none'), 'utf8')).toBe('kept');
      await mlflow('experiments', 'csv', '--experiment-id', experimentId, '--filename', 'runs.csv');
      expect(readFileSync(join(folder, 'runs.csv'), 'utf8')).toContain(runId);
      await mlflow('runs', 'delete', '--run-id', runId);
      expect(await mlflow('runs', 'list', '--experiment-id', experimentId)).not.toContain(runId);
      await mlflow('runs', 'restore', '--run-id', runId);
    });
  });
}

/** The command line of 2.x makes no runs by itself. */
async function createRun(url: string, experimentId: string): Promise<string> {
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(`${url}/api/2.0/mlflow/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    return answer.json() as Promise<{ run?: { info: { run_id: string } } }>;
  };
  const { run } = await post('runs/create', { experiment_id: experimentId, start_time: 1 });
  const runId = run?.info.run_id ?? '';
  await post('runs/log-parameter', { run_id: runId, key: 'alpha', value: '0.5' });
  return runId;
}
