import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/config/package-root.ts';

/** A release of Airflow that the DAGs are tried on. */
export interface AirflowRelease {
  readonly name: string;
  /** The Python of the environment that holds it. */
  readonly python: string;
  readonly isInstalled: boolean;
  /** DAGs that this release has besides: in Airflow 2 a DAG has one hour, so further hours have DAGs of their own. */
  readonly furtherDags: readonly string[];
  /** Whether `airflow dags test` tells the DAGs that follow. */
  readonly keepsEventsOfTests: boolean;
}

/** Installed by `scripts/install-airflow.sh`, the second where it can be had. */
export const airflowReleases: readonly AirflowRelease[] = [
  release('Airflow 3', 'airflow3', []),
  release('Airflow 2.10', 'airflow2', ['assay_nowcast_2', 'assay_nowcast_3']),
];

function release(name: string, environment: string, furtherDags: readonly string[]): AirflowRelease {
  const cache = process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay');
  const python = join(cache, environment, 'bin', 'python');
  const keepsEventsOfTests = environment !== 'airflow2';
  return { name, python, isInstalled: existsSync(python), furtherDags, keepsEventsOfTests };
}

/** Runs a script of tests/stack/airflow and returns what it says in its lines of RESULT; fails with its last words. */
export function askAirflow(
  { python }: AirflowRelease,
  script: string,
  options: { args?: readonly string[]; environment: Readonly<Record<string, string>> },
): Promise<Record<string, unknown>[]> {
  const words = [join(packageRoot, 'tests', 'stack', 'airflow', script), ...(options.args ?? [])];
  const limits = { env: { ...fixed, ...options.environment }, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(python, words, limits, (error, stdout, stderr) => {
      const told = stdout.split('\n').filter((line) => line.startsWith('RESULT '));
      if (error === null) resolve(told.map((line) => JSON.parse(line.slice('RESULT '.length))));
      else reject(new RangeError(`${told.join('\n')}\n${(stdout + stderr).slice(-4_000)}`, { cause: error }));
    });
  });
}

const fixed = {
  PATH: process.env['PATH'] ?? '',
  AIRFLOW__CORE__DAGS_FOLDER: join(packageRoot, 'deploy', 'airflow', 'dags'),
  AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
  // The libraries of Kubernetes alone take longer than Airflow's half minute on a busy machine.
  AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT: '240',
};
