import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMlflowTracking } from '../../src/adapters/tracking/mlflow-client.ts';
import { packageRoot } from '../../src/config/package-root.ts';
import { instant } from '../../src/domain/moscow-time.ts';
import { trackingContract } from '../contract/tracking.contract.ts';
import { trackingCopyContract } from '../contract/tracking-copy.contract.ts';
import { trackingFlowsContract } from '../contract/tracking-flows.contract.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { noS3Server, s3Credentials, startS3Server } from '../support/s3-server.ts';
import { openTrackingServer } from '../support/tracking-server.ts';
import { installedMlflow, startRealMlflow } from './side-by-side/real-mlflow.ts';

const clock = { now: () => instant(1_750_000_000_000) };
const given = process.env['ASSAY_TEST_MLFLOW_URL'] || null;
const isAbsent = given === null && installedMlflow('3') === null;
const store = noS3Server === null ? 'artefacts in S3' : `artefacts in a folder (${noS3Server})`;
const where = given === null ? `on PostgreSQL, ${store}` : `at ${given}`;
const title = `a real MLflow server ${isAbsent ? '(absent: run scripts/install-mlflow.sh)' : where}`;

/** What the suites of our own server say, over the server that it stands in for. */
describe.skipIf(isAbsent)(title, () => {
  const stops: (() => Promise<unknown>)[] = [];
  let url = '';

  beforeAll(async () => {
    url = given ?? (await startedServer(stops));
  });

  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  const openReal = async () => url;
  const openOurs = async () => {
    const server = await openTrackingServer();
    stops.push(() => server.close());
    return server.url;
  };

  trackingContract('the real server', async () => createMlflowTracking({ url, clock }));

  const ours = trackingFlowsContract('our own server', openOurs);
  const theirs = trackingFlowsContract('the real server', openReal);

  it('holds the same runs, metrics and artefacts after the same flows, which forecast the same', () => {
    const [here, there] = [ours(), theirs()];
    console.log(`${JSON.stringify(there?.counts)}; first median ${there?.first[0]}, promoted ${there?.promoted[0]}`);
    expect(there).not.toBeNull();
    expect(there).toEqual(here);
    expect(there?.rolledBack).toEqual(there?.first);
    expect(there?.promoted).not.toEqual(there?.first);
  });

  trackingCopyContract('from our server to the real one', async () => ({ from: await openOurs(), to: url }));
  trackingCopyContract('from the real server to ours', async () => ({ from: url, to: await openOurs() }));

  it.skipIf(installedMlflow('3', 'python') === null)('passes what the Python client is asked of ours', async () => {
    const script = join(packageRoot, 'tests', 'interop', 'mlflow_client.py');
    const { stdout } = await promisify(execFile)(installedMlflow('3', 'python') ?? '', [script, url]);
    const { tried } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { tried: Record<string, string> };
    expect(Object.keys(tried).length).toBeGreaterThan(15);
    expect(Object.values(tried).filter((how) => how !== 'ok')).toEqual([]);
  });
});

async function startedServer(stops: (() => Promise<unknown>)[]): Promise<string> {
  const database = await createTestDatabase();
  stops.push(() => database.drop());
  const bucket = noS3Server === null ? await startedBucket(stops) : {};
  const server = await startRealMlflow('3', { database: database.url, ...bucket });
  stops.push(() => server.stop());
  return server.url;
}

async function startedBucket(stops: (() => Promise<unknown>)[]) {
  const s3 = await startS3Server();
  stops.push(() => s3.stop());
  await s3.bucket('mlflow');
  const env = { ...s3Credentials, AWS_DEFAULT_REGION: 'us-east-1', MLFLOW_S3_ENDPOINT_URL: s3.endpoint };
  return { artefacts: 's3://mlflow/artefacts', env };
}
