import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config/package-root.ts';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { builtCli } from '../support/installation.ts';
import { type MadeHistory, makeHistory } from '../support/made-history.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';

const python = join(process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay'), 'airflow3', 'bin', 'python');

/** Every DAG with what a person would give it; few models, because it is the DAGs that are tried. */
const runs = [
  'assay_ingest={"from":"2015-02-03","to":"2019-06-29"}',
  'assay_transform',
  'assay_train={"models":"naive,drift","shards":2}',
  'assay_forecast={"horizon":5}',
  'assay_publish',
  'assay_score',
  'assay_nowcast',
  'assay_notify',
];

describe.skipIf(!existsSync(python))('DAGs on a real Airflow 3 (skipped where it is not installed)', () => {
  let history: MadeHistory;
  let replica: Replica;
  let [warehouse, airflow]: TestDatabase[] = [];
  let folder: string;
  let results: Record<string, unknown>[];

  beforeAll(async () => {
    history = withYoungSilver(makeHistory());
    replica = await startReplica({ dataFolder: history.folder, port: 0, published: null });
    folder = mkdtempSync(join(tmpdir(), 'assay-airflow-'));
    [warehouse, airflow] = [await createTestDatabase(), await createTestDatabase()];
    const command = join(folder, 'assay');
    writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${builtCli}' "$@"\n`);
    chmodSync(command, 0o755);
    const environment = {
      PATH: process.env['PATH'] ?? '',
      AIRFLOW_HOME: folder,
      AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: airflow?.url.replace(/^postgres(ql)?:/, 'postgresql+psycopg2:') ?? '',
      AIRFLOW__CORE__DAGS_FOLDER: join(packageRoot, 'deploy', 'airflow', 'dags'),
      AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
      AIRFLOW_ASSAY_COMMAND: command,
      AIRFLOW_ASSAY_METALS: 'gold,silver',
      AIRFLOW_ASSAY_DEADLINES: 'off',
      DATABASE_URL: warehouse?.url ?? '',
      ASSAY_DATA: join(folder, 'data'),
      ASSAY_CBR_URL: replica.url,
      ASSAY_NOW: '2019-06-29T12:00:00Z',
    };
    results = await runDags(environment);
  }, 900_000);

  const ask = (sql: string) => askAt(warehouse?.url ?? '', sql);

  afterAll(async () => {
    await Promise.all([warehouse?.drop(), airflow?.drop(), replica?.stop()]);
    for (const place of [folder, history?.folder]) if (place) rmSync(place, { recursive: true, force: true });
  });

  it('import without an error or a warning, one for each layer and each flow with hours of its own', () => {
    const layers = ['ingest', 'transform', 'publish', 'train', 'forecast', 'score'];
    const dags = [...layers, 'notify', 'nowcast'].map((name) => `assay_${name}`).toSorted();
    expect(results[0]).toEqual({ errors: {}, warnings: [], dags });
  });

  it('run to the end, each as `airflow dags test` runs it', () => {
    const names = runs.map((run) => run.split('=')[0]);
    // Silver's history is too short to compare models, so nobody forecasts it: its tasks are skipped, gold's are not.
    const skipped: Record<string, string[][]> = {
      assay_train: [
        ['plan', 'skipped'],
        ['promote', 'skipped'],
      ],
      assay_forecast: [['forecast', 'skipped']],
    };
    expect(results.slice(1)).toEqual(names.map((dag = '') => ({ ran: dag, unlike_success: skipped[dag] ?? [] })));
  });

  it('leave the records that the same commands leave, each once and told to be of Airflow', async () => {
    const found = await ask(
      'select flow, trigger, status, count(*)::int as runs from ops.run group by 1, 2, 3 order by 1, 3',
    );
    const flows = ['forecast', 'notify', 'nowcast', 'promote', 'publish', 'score', 'sync', 'train', 'transform'];
    const runsOf = (flow: string) => {
      const told = { flow, trigger: 'airflow', status: 'succeeded', runs: flow === 'nowcast' ? 2 : 1 };
      return ['forecast', 'promote'].includes(flow) ? [{ ...told, status: 'failed' }, told] : [told];
    };
    expect(found).toEqual(flows.flatMap(runsOf));
    const points = await ask('select count(*)::int as points from dm.forecast_point');
    expect(points).toEqual([{ points: 5 }]);
  });
});

/** Without all but the last months of silver, and without the other two metals. */
function withYoungSilver(history: MadeHistory): MadeHistory {
  const file = join(history.folder, 'cbr_metals.csv');
  const rows = readFileSync(file, 'utf8').split('\n');
  const kept = rows.filter((row, place) => place === 0 || (/^\S+,2,/.test(row) && row >= '2019-05'));
  writeFileSync(file, `${kept.join('\n')}\n`);
  return history;
}

async function askAt(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** What the script in Python says of the import and of each run; fails with its last words. */
function runDags(environment: Readonly<Record<string, string>>): Promise<Record<string, unknown>[]> {
  const script = join(packageRoot, 'tests', 'stack', 'airflow', 'run_dags.py');
  return new Promise((resolve, reject) => {
    execFile(python, [script, ...runs], { env: environment, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const told = stdout.split('\n').filter((line) => line.startsWith('RESULT '));
      if (error === null) resolve(told.map((line) => JSON.parse(line.slice('RESULT '.length))));
      else reject(new RangeError(`${told.join('\n')}\n${(stdout + stderr).slice(-4_000)}`, { cause: error }));
    });
  });
}
