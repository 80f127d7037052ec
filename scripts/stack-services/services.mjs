// Each service of the stack, started by the same files that compose.yaml uses.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFolder } from '../freshness.mjs';
import { answersAt, cache, folder, keep, portOf, postgresHome } from './state.mjs';

const cli = join(packageFolder, 'dist', 'src', 'cli', 'main.js');
const secretsFolder = join(folder, 'secrets');

export const secret = (name) => readFileSync(join(secretsFolder, name), 'utf8').trim();

/** The secrets of `assay init --compose`, in the stack's own folder. */
export function makeSecrets() {
  mkdirSync(join(folder, 'home'), { recursive: true });
  copyFileSync(join(packageFolder, 'compose.yaml'), join(folder, 'compose.yaml'));
  execFileSync(process.execPath, [cli, 'init', '--compose', '--folder', folder], { stdio: 'pipe' });
}

export async function startPostgres() {
  const { unprivilegedAccount } = await import(
    pathToFileURL(join(packageFolder, 'dist/src/embedded/unprivileged-account.js'))
  );
  const account = await unprivilegedAccount();
  const home = account === null ? folder : postgresHome;
  const programs = programsFor(account, home);
  const data = join(home, 'data');
  const port = await portOf('postgres');
  const identity = account === null ? {} : { uid: account.uid, gid: account.gid };
  const isNew = !existsSync(join(data, 'PG_VERSION'));
  if (isNew) makeCluster({ programs, home, data, port, account, identity });
  const admin = { PGHOST: '127.0.0.1', PGPORT: String(port), PGPASSWORD: secret('database_superuser_password') };
  const answers = () =>
    spawnSync('psql', ['-XqU', 'postgres', '-c', 'select 1', 'postgres'], {
      env: { ...process.env, ...admin },
      stdio: 'pipe',
    }).status === 0;
  const service = await keep({
    ...{ name: 'postgres', port, program: join(programs, 'bin', 'postgres'), words: ['-D', data], answers },
    ...identity,
  });
  if (isNew) {
    const environment = { ...process.env, ...admin, POSTGRES_USER: 'postgres', ASSAY_SECRETS: secretsFolder };
    execFileSync(join(packageFolder, 'deploy/postgres/init.sh'), {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return service;
}

/** PostgreSQL refuses root, and its account may not enter root's home: the programs are copied out once. */
function programsFor(account, home) {
  const found = [17, 16, 15, 14]
    .flatMap((major) => [`/usr/lib/postgresql/${major}`, join(cache, 'postgres', String(major))])
    .find((place) => existsSync(join(place, 'bin', 'postgres')));
  if (found === undefined) throw new TypeError('There is no PostgreSQL server here: scripts/install-postgres.sh');
  if (account === null || !found.startsWith(homedir())) return found;
  const copy = join(home, 'programs');
  if (!existsSync(copy)) {
    mkdirSync(home, { recursive: true, mode: 0o755 });
    cpSync(found, copy, { recursive: true, verbatimSymlinks: true });
  }
  return copy;
}

function makeCluster({ programs, home, data, port, account, identity }) {
  mkdirSync(home, { recursive: true, mode: 0o755 });
  chmodSync(home, 0o755);
  const password = join(home, 'password');
  writeFileSync(password, secret('database_superuser_password'), { mode: 0o600 });
  for (const path of [home, password]) if (account !== null) chownSync(path, account.uid, account.gid);
  const words = [
    '-D',
    data,
    '-U',
    'postgres',
    '--pwfile',
    password,
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale',
    'C',
  ];
  execFileSync(join(programs, 'bin', 'initdb'), words, { ...identity, cwd: '/', stdio: 'pipe' });
  rmSync(password);
  const lines = [
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''",
    'max_connections = 200',
  ];
  appendFileSync(join(data, 'postgresql.conf'), `${lines.join('\n')}\n`);
}

/** The address of a role's database on this machine: compose.yaml's secrets name the containers. */
export const databaseUrl = ({ port }, role, scheme = 'postgres') => {
  const ours = ['owner', 'app', 'bi'].includes(role);
  return `${scheme}://${ours ? `assay_${role}` : role}:${secret(`database_${role}_password`)}@127.0.0.1:${port}/${ours ? 'assay' : role}`;
};

/** A file with such an address, for what reads its secrets from files. */
export function secretFile(name, text) {
  const path = join(secretsFolder, `local_${name}`);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

export async function startS3() {
  const program = join(cache, 'bin', 'versitygw');
  if (!existsSync(program)) throw new TypeError('There is no S3 server here: scripts/install-s3-server.sh');
  const port = await portOf('s3');
  mkdirSync(join(folder, 's3', 'assay'), { recursive: true });
  return keep({
    ...{ name: 's3', port, program, url: `http://127.0.0.1:${port}` },
    words: ['--port', `127.0.0.1:${port}`, '--health', '/health', '--quiet', 'posix', join(folder, 's3')],
    environment: { ROOT_ACCESS_KEY: secret('s3_app_user'), ROOT_SECRET_KEY: secret('s3_app_password') },
    answers: () => answersAt(`http://127.0.0.1:${port}/health`),
  });
}

export function migrate(postgres) {
  // Nothing of the caller's settings: the stack has its own.
  const environment = { PATH: process.env.PATH, DATABASE_OWNER_URL: databaseUrl(postgres, 'owner') };
  const { status, stderr } = spawnSync(process.execPath, [cli, 'migrate'], {
    env: environment,
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new TypeError(`assay migrate: ${stderr}`);
}

export async function startReplica() {
  if (!process.env.ASSAY_REPLICA) return null;
  const port = await portOf('replica');
  return keep({
    ...{ name: 'replica', port, url: `http://127.0.0.1:${port}`, program: process.execPath },
    words: [cli, 'replica', '--data', process.env.ASSAY_REPLICA, '--port', String(port), ...published()],
    answers: () => answersAt(`http://127.0.0.1:${port}/`).then((ok) => ok || reachable(port)),
  });
}

const published = () => (process.env.ASSAY_REPLICA_TODAY ? ['--today', process.env.ASSAY_REPLICA_TODAY] : []);

const reachable = (port) =>
  fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );

export async function startMlflow(postgres, s3) {
  const program = join(packageFolder, 'deploy', 'mlflow', 'start.sh');
  const bin = join(cache, 'mlflow3', 'bin');
  if (!existsSync(join(bin, 'mlflow'))) throw new TypeError('There is no MLflow here: scripts/install-mlflow.sh');
  const port = await portOf('mlflow');
  return keep({
    ...{ name: 'mlflow', port, url: `http://127.0.0.1:${port}`, program },
    environment: {
      ...{
        PATH: `${bin}:${process.env.PATH}`,
        MLFLOW_BIN: bin,
        MLFLOW_PORT: String(port),
        MLFLOW_DISABLE_TELEMETRY: 'true',
      },
      MLFLOW_DATABASE_URL_FILE: secretFile(
        'mlflow_database_url',
        databaseUrl(postgres, 'mlflow', 'postgresql+psycopg2'),
      ),
      ...{ MLFLOW_ARTIFACTS: 's3://assay/mlflow', MLFLOW_S3_ENDPOINT_URL: s3.url, ...s3Credentials() },
    },
    answers: () => answersAt(`http://127.0.0.1:${port}/health`),
  });
}

const s3Credentials = () => ({
  AWS_SHARED_CREDENTIALS_FILE: join(secretsFolder, 's3_credentials'),
  AWS_REGION: 'us-east-1',
});

/** What every command of ours is told: where the servers are. */
export function assayEnvironment({ postgres, s3, mlflow, replica }) {
  return {
    DATABASE_URL_FILE: secretFile('database_url', databaseUrl(postgres, 'app')),
    LAKE_URL: `s3://assay/lake?endpoint=${s3.url}`,
    ...s3Credentials(),
    ...(mlflow === null ? {} : { MLFLOW_TRACKING_URI: mlflow.url }),
    ...(replica === null ? {} : { ASSAY_CBR_URL: replica.url }),
    ...(process.env.ASSAY_NOW ? { ASSAY_NOW: process.env.ASSAY_NOW } : {}),
  };
}

export async function startAssay(servers) {
  const [port, trackingPort, olapPort] = [await portOf('assay'), await portOf('tracking'), await portOf('clickhouse')];
  const url = `http://127.0.0.1:${port}`;
  return keep({
    ...{ name: 'assay', port, url, program: process.execPath, words: [cli, 'up'] },
    environment: {
      ...{ ASSAY_DATA: join(folder, 'assay'), ASSAY_PORT: String(port), ASSAY_TRACKING_PORT: String(trackingPort) },
      ...{ ASSAY_OLAP_PORT: String(olapPort), ...assayEnvironment(servers) },
      // With MLflow comes Airflow, which has the schedule then.
      ...(servers.mlflow === null ? {} : { ASSAY_SCHEDULER: 'none' }),
    },
    answers: () => answersAt(`${url}/api/v1/health`),
  });
}

/** The ClickHouse that `assay up` runs, as the services that stand beside it reach it. */
function runningOlap() {
  return JSON.parse(readFileSync(join(folder, 'assay', 'run', 'services.json'), 'utf8')).olap;
}

export async function startSuperset(postgres) {
  const venv = join(cache, 'superset', 'bin');
  const start = join(packageFolder, 'deploy', 'superset', 'start.sh');
  if (!existsSync(join(venv, 'superset')) || !existsSync(start))
    return absent('superset', 'scripts/install-superset.sh');
  const port = await portOf('superset');
  const olap = runningOlap();
  const reader = olapReader(olap);
  return keep({
    ...{ name: 'superset', port, url: `http://127.0.0.1:${port}`, program: start },
    environment: {
      ...{ PATH: `${venv}:${process.env.PATH}`, SUPERSET_BIN: venv, SUPERSET_HOME: join(folder, 'superset') },
      ...{ SUPERSET_BIND: `127.0.0.1:${port}`, SUPERSET_WORKERS: '1' },
      SUPERSET_SECRET_KEY_FILE: join(secretsFolder, 'superset_secret_key'),
      SUPERSET_ADMIN_PASSWORD_FILE: join(secretsFolder, 'superset_admin_password'),
      SUPERSET_DATABASE_URL_FILE: secretFile(
        'superset_database_url',
        databaseUrl(postgres, 'superset', 'postgresql+psycopg2'),
      ),
      ASSAY_BI_POSTGRES_URL: `postgresql://assay_bi@127.0.0.1:${postgres.port}/assay`,
      ASSAY_BI_POSTGRES_PASSWORD_FILE: join(secretsFolder, 'database_bi_password'),
      ASSAY_BI_CLICKHOUSE_URL: `${olap.url.replace('://', `://${reader.user}@`)}/${olap.database}`,
      ASSAY_BI_CLICKHOUSE_PASSWORD_FILE: secretFile('clickhouse_bi_password', reader.password),
    },
    answers: () => answersAt(`http://127.0.0.1:${port}/health`),
  });
}

/** The reader of the embedded ClickHouse, whose password its own folder keeps. */
function olapReader(olap) {
  const file = join(folder, 'assay', 'olap', 'reader-password');
  return existsSync(file)
    ? { user: 'assay_bi', password: readFileSync(file, 'utf8').trim() }
    : { user: olap.username, password: olap.password };
}

export async function startAirflow(postgres, servers) {
  const venv = join(cache, 'airflow3', 'bin');
  const start = join(packageFolder, 'deploy', 'airflow', 'start.sh');
  if (!existsSync(join(venv, 'airflow')) || !existsSync(start))
    return [absent('airflow', 'scripts/install-airflow.sh')];
  const port = await portOf('airflow');
  const { url: olap, username, password, database } = runningOlap();
  const command = join(folder, 'home', 'assay');
  writeFileSync(command, `#!/bin/sh\nexec ${process.execPath} ${cli} "$@"\n`, { mode: 0o755 });
  const environment = {
    ...sharedSettings(),
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('AIRFLOW_ASSAY_'))),
    AIRFLOW__CORE__DAGS_FOLDER: join(packageFolder, 'deploy', 'airflow', 'dags'),
    ...{
      PATH: `${join(folder, 'home')}:${venv}:${process.env.PATH}`,
      AIRFLOW_BIN: venv,
      AIRFLOW_HOME: join(folder, 'airflow'),
    },
    ...{
      AIRFLOW_PORT: String(port),
      AIRFLOW_LISTEN: '127.0.0.1',
      AIRFLOW_PASSWORDS_FILE: join(secretsFolder, 'airflow_passwords'),
    },
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD: `cat ${secretFile('airflow_database_url', databaseUrl(postgres, 'airflow', 'postgresql+psycopg2'))}`,
    AIRFLOW__CORE__FERNET_KEY_CMD: `cat ${join(secretsFolder, 'airflow_fernet_key')}`,
    AIRFLOW__API_AUTH__JWT_SECRET_CMD: `cat ${join(secretsFolder, 'airflow_jwt_secret')}`,
    AIRFLOW__API__SECRET_KEY_CMD: `cat ${join(secretsFolder, 'airflow_api_secret')}`,
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `http://127.0.0.1:${port}/execution/`,
    ...{
      AIRFLOW__CORE__EXECUTOR: 'LocalExecutor',
      ASSAY_DATA: join(folder, 'airflow-data'),
      ...assayEnvironment(servers),
      // Without it the tasks would publish into an engine of their own, which nobody reads.
      CLICKHOUSE_URL_FILE: secretFile(
        'clickhouse_url',
        `${olap.replace('://', `://${username}:${password}@`)}/${database}`,
      ),
    },
  };
  const migrated = spawnSync(start, ['migrate'], { env: environment, cwd: '/', encoding: 'utf8' });
  if (migrated.status !== 0) throw new TypeError(`airflow db migrate: ${migrated.stderr.slice(-2000)}`);
  const url = `http://127.0.0.1:${port}`;
  const api = await keep({
    ...{ name: 'airflow', port, url, program: start, words: ['api-server'], environment },
    answers: () => answersAt(`${url}/api/v2/monitor/health`),
  });
  const others = ['scheduler', 'dag-processor'].map((name) =>
    keep({ name: `airflow-${name}`, program: start, words: [name], environment, answers: () => beats(url, name) }),
  );
  return [api, ...(await Promise.all(others))];
}

/** Whether a part of Airflow without an address of its own has told the database that it works. */
async function beats(url, name) {
  const answer = await fetch(`${url}/api/v2/monitor/health`).catch(() => null);
  return answer?.ok === true && (await answer.json())[name.replace('-', '_')]?.status === 'healthy';
}

/** What airflow.env says, as compose.yaml's services get it. */
function sharedSettings() {
  const file = join(packageFolder, 'deploy', 'airflow', 'airflow.env');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return Object.fromEntries(
    lines
      .filter((line) => /^[A-Z]/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

function absent(name, installer) {
  console.error(`${name.padEnd(18)} not started: ${installer} has not been run, or its files are not there`);
  return null;
}
