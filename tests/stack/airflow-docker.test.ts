import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedOlap, startOlap } from '../../src/embedded/olap.ts';
import { freePort } from '../../src/embedded/port-owner.ts';
import { airflowReleases } from '../support/airflow.ts';
import { type DagTrial, tryDags } from '../support/airflow-trial.ts';
import { buildEntry } from '../support/build.ts';
import { noS3Server, type S3Server, s3Credentials, startS3Server } from '../support/s3-server.ts';

const [release] = airflowReleases;
const image = process.env['ASSAY_TEST_IMAGE'];
const engine = process.env['DOCKER_HOST'];
const isPossible = release?.isInstalled && noS3Server === null && image !== undefined && engine !== undefined;

const runs = [
  'assay_ingest',
  'assay_transform',
  'assay_train={"models":"naive,drift","shards":2}',
  'assay_forecast={"horizon":5}',
  'assay_publish',
];

/** `ASSAY_TEST_IMAGE=assay DOCKER_HOST=unix:///run/docker.sock npx vitest run --project stack tests/stack/airflow-docker.test.ts` */
describe.skipIf(!isPossible)('Tasks in containers of Docker (skipped without ASSAY_TEST_IMAGE and DOCKER_HOST)', () => {
  const olapFolder = mkdtempSync(join(tmpdir(), 'assay-olap-'));
  let s3: S3Server;
  let olap: EmbeddedOlap;
  let trial: DagTrial;

  beforeAll(async () => {
    if (release === undefined || image === undefined || engine === undefined) return;
    s3 = await startS3Server();
    await s3.bucket('lake');
    const serverEntry = await buildEntry('src/embedded/olap-server.ts');
    olap = await startOlap({ dataFolder: olapFolder, port: await freePort(), serverEntry });
    trial = await tryDags(release, runs, {
      AIRFLOW_ASSAY_IMAGE: image,
      AIRFLOW_ASSAY_NETWORK: 'host',
      DOCKER_HOST: engine,
      CLICKHOUSE_URL: `http://${olap.user}:${olap.password}@127.0.0.1:${olap.port}/assay`,
      LAKE_URL: `s3://lake/assay?endpoint=${s3.endpoint}`,
      ...s3Credentials,
    });
  }, 900_000);
  afterAll(async () => {
    await trial?.stop();
    await Promise.all([s3?.stop(), olap?.stop()]);
    rmSync(olapFolder, { recursive: true, force: true });
  });

  it('run to the end, skip a metal that cannot be forecast, and leave the records of the commands', async () => {
    const skipped: Record<string, string[][]> = {
      assay_train: [
        ['plan', 'skipped'],
        ['promote', 'skipped'],
      ],
      assay_forecast: [['forecast', 'skipped']],
    };
    const names = runs.map((run) => run.split('=')[0] ?? '');
    expect(trial.results.slice(1, -1)).toEqual(names.map((dag) => ({ ran: dag, unlike_success: skipped[dag] ?? [] })));
    const found = await trial.ask(
      `select flow, trigger, count(*)::int as runs from ops.run where status = 'succeeded' group by 1, 2 order by 1`,
    );
    const flows = ['forecast', 'promote', 'publish', 'sync', 'train', 'transform'];
    expect(found).toEqual(flows.map((flow) => ({ flow, trigger: 'airflow', runs: 1 })));
    expect(await trial.ask('select count(*)::int as points from dm.forecast_point')).toEqual([{ points: 5 }]);
  });
});
