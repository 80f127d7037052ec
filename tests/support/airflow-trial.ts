import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startReplica } from '../../src/replica/server.ts';
import { type AirflowRelease, askAirflow } from './airflow.ts';
import { builtCli } from './installation.ts';
import { type MadeHistory, makeHistory } from './made-history.ts';
import { createTestDatabase } from './postgres.ts';

/** What came of running the DAGs over a warehouse of their own. */
export interface DagTrial {
  /** The import, then each run. */
  readonly results: readonly Record<string, unknown>[];
  /** Rows of the warehouse. */
  ask(sql: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/**
 * Runs DAGs on a real Airflow, each as `airflow dags test` does: `DAG` or `DAG=conf`. The Bank is a replica with gold from
 * 2015 to the middle of 2019, silver of the last months alone, and no other metal.
 */
export async function tryDags(
  release: AirflowRelease,
  runs: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<DagTrial> {
  const history = withYoungSilver(makeHistory());
  const replica = await startReplica({ dataFolder: history.folder, port: 0, published: null });
  const folder = mkdtempSync(join(tmpdir(), 'assay-airflow-'));
  const [warehouse, airflow] = [await createTestDatabase(), await createTestDatabase()];
  const stop = async () => {
    await Promise.all([warehouse.drop(), airflow.drop(), replica.stop()]);
    for (const place of [folder, history.folder]) rmSync(place, { recursive: true, force: true });
  };
  const command = join(folder, 'assay');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${builtCli}' "$@"\n`);
  chmodSync(command, 0o755);
  const environment = {
    AIRFLOW_HOME: folder,
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: airflow.url.replace(/^postgres(ql)?:/, 'postgresql+psycopg2:'),
    AIRFLOW_ASSAY_COMMAND: command,
    AIRFLOW_ASSAY_METALS: 'gold,silver',
    AIRFLOW_ASSAY_DEADLINES: 'off',
    DATABASE_URL: warehouse.url,
    ASSAY_DATA: join(folder, 'data'),
    ASSAY_CBR_URL: replica.url,
    ASSAY_NOW: '2019-06-29T12:00:00Z',
    ...settings,
  };
  try {
    const results = await askAirflow(release, 'run_dags.py', { args: runs, environment });
    return { results, ask: (sql) => askAt(warehouse.url, sql), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

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
