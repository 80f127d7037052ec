import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config/package-root.ts';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';
import { installedMlflow } from './side-by-side/real-mlflow.ts';

const run = promisify(execFile);
const jars = join(process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay'), 'mlflow-java');
const hasJava = spawnSync('javac', ['--version']).status === 0;
const absent = !hasJava ? ' (absent: no JDK)' : ' (absent: run scripts/install-mlflow-java.sh)';
const isPossible = hasJava && existsSync(jars);

describe.skipIf(!isPossible)(`MLflow's client for Java${isPossible ? '' : absent}`, () => {
  let server: TrackingServer;
  let folder = '';

  beforeAll(async () => {
    server = await openTrackingServer();
    folder = await mkdtemp(join(tmpdir(), 'assay-mlflow-java-'));
    await run('javac', ['-cp', `${jars}/*`, '-d', folder, join(packageRoot, 'tests', 'interop', 'MlflowJava.java')]);
  });

  afterAll(async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('works against our server unchanged', async () => {
    // Files it hands to MLflow's own program in Python.
    const python = installedMlflow('2', 'python');
    const path = python === null ? process.env['PATH'] : `${dirname(python)}${delimiter}${process.env['PATH']}`;
    const words = ['-cp', `${folder}${delimiter}${jars}/*`, 'MlflowJava', server.url];
    const env = { ...process.env, PATH: path, MLFLOW_TRACKING_URI: server.url };
    const files = python === null ? [] : ['artifacts'];
    const { stdout } = await run('java', [...words, ...files], { env }).catch((failure: { stdout: string }) => failure);
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => line.startsWith('failed '))).toEqual([]);
    expect(lines[0]).toMatch(/^client 2\.17/);
    expect(lines.filter((line) => line.startsWith('ok '))).toHaveLength(13 + files.length);
  });
});
