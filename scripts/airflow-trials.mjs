// `npm run trials:airflow [-- --metals gold,silver --shards 4 --picture FILE]`: all DAGs as their hours and assets start them under a real scheduler of Airflow
// with two Celery workers on PostgreSQL, one of them killed while it computes a shard. The result must be that of one machine.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { packageFolder } from './freshness.mjs';
import { assay, program, requireHistory, startTrial } from './trial-installation.mjs';

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({
  options: { metals: text('gold,silver'), shards: text('4'), picture: text('') },
});
const cache = process.env.ASSAY_CACHE ?? join(homedir(), '.cache', 'assay');
const bin = join(cache, 'airflow3', 'bin');
const redis = join(cache, 'redis');
for (const [what, path] of Object.entries({ Airflow: join(bin, 'airflow'), Redis: join(redis, 'redis-server') })) {
  if (existsSync(path)) continue;
  console.log(`Not tried: there is no ${what} at ${path}. Run scripts/install-airflow.sh.`);
  process.exit(0);
}
requireHistory();
const { freePort } = await import(pathToFileURL(join(packageFolder, 'dist/src/embedded/port-owner.js')).href);

const trial = await startTrial('airflow');
const processes = [];
const metals = values.metals.split(',');
const limitMs = 1_200_000;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const { pid } of processes) killTree(pid);
    void trial.stop().finally(() => process.exit(130));
  });
}
try {
  for (const database of ['alone', 'shared']) await trial.query(`create database ${database} template base`);
  const alone = { wall: 0, processor: 0 };
  for (const metal of metals) {
    const { wall, processor } = await assay(['train', '--metal', metal, '--json'], trial.settings('alone'));
    alone.wall += wall;
    alone.processor += processor;
  }
  tell(`one machine: ${alone.wall.toFixed(1)} s, ${alone.processor.toFixed(1)} s of processor`);
  await trialWithKill();
} finally {
  for (const { pid } of processes) killTree(pid);
  await sleep(500);
  if (process.exitCode === 1) tell(`Kept for a look: ${trial.folder}`);
  await trial.stop({ isKept: process.exitCode === 1 });
}

async function trialWithKill() {
  const airflow = await startAirflow();
  const started = performance.now();
  await trial.query('update dag set is_paused = false', 'airflow');
  const runId = await scheduled('assay_train');
  tell(`killed: ${await killOneAtWork(airflow, runId)}`);
  const state = await ended(runId);
  const seconds = (performance.now() - started) / 1000;
  const tasks = await trial.query(
    `select task_id, map_index, state, try_number from task_instance where run_id = '${runId}' order by 1, 2`,
    'airflow',
  );
  for (const task of tasks) tell(`${task.task_id}[${task.map_index}] ${task.state}, tries ${task.try_number}`);
  tell(
    `the run of Airflow: ${state} after ${seconds.toFixed(1)} s; tried again: ${tasks.filter((t) => t.try_number > 1).length}`,
  );
  const [one, many] = [await judged('alone'), await judged('shared')];
  const isSame = JSON.stringify(one) === JSON.stringify(many);
  tell(
    `tournaments ${many.tournaments.length}, scores ${many.scores.length}: ${isSame ? 'equal' : 'NOT EQUAL'} to one machine's`,
  );
  await quiet();
  for (const run of await trial.query('select dag_id, run_type, state from dag_run order by start_date', 'airflow')) {
    tell(`${run.dag_id} ${run.run_type} ${run.state}`);
  }
  const journal = `select flow, status, count(*)::int as runs from ops.run where trigger = 'airflow' group by 1, 2 order by 1`;
  for (const { flow, status, runs } of await trial.query(journal, 'shared')) tell(`journal: ${flow} ${status} ${runs}`);
  if (values.picture !== '') await photograph(airflow, runId);
  if (state !== 'success' || !isSame) process.exitCode = 1;
}

/** Everything that tournaments decided and measured about prices; what the computing took is no part of it. */
async function judged(database) {
  const tournaments = await trial.query(
    `select tournament_id, metal, data_hash, settings_hash, decision from dm.tournament order by 1`,
    database,
  );
  return { tournaments, scores: await trial.query('select s::text from dm.model_score s order by 1', database) };
}

async function startAirflow() {
  const home = join(trial.folder, 'airflow');
  const ports = { api: await freePort(), redis: await freePort() };
  const password = randomBytes(12).toString('hex');
  await trial.query('create database airflow');
  const env = environmentOf(home, ports, password);
  const start = (name, command, more = {}) => {
    const log = openSync(join(home, `${name}.log`), 'a');
    const output = { stdio: ['ignore', log, log], detached: true };
    const child = spawn(command[0], command.slice(1), { env: { ...env, ...more }, ...output });
    processes.push(child);
    return child;
  };
  const broker = [join(redis, 'redis-server'), '--port', String(ports.redis), '--bind', '127.0.0.1', '--save', ''];
  start('redis', broker, { LD_LIBRARY_PATH: redis });
  await new Promise((resolve) => start('migrate', ['airflow', 'db', 'migrate']).once('close', resolve));
  await trial.query(
    `insert into slot_pool (pool, slots, description, include_deferred) values ('assay_flows', 1, '', false), ('assay_shards', 16, '', false)`,
    'airflow',
  );
  for (const part of ['api-server', 'dag-processor', 'scheduler']) start(part, ['airflow', part]);
  const celery = ['airflow', 'celery', 'worker', '--concurrency', '1', '--skip-serve-logs', '--celery-hostname'];
  // Each has a folder of its own, as on a machine of its own; the lake and the warehouse are shared.
  const workers = ['worker-1', 'worker-2'].map((name) =>
    start(name, [...celery, name], { ASSAY_DATA: join(trial.folder, name) }),
  );
  const api = { url: `http://127.0.0.1:${ports.api}`, password, workers };
  await until('the DAGs are known', async () => (await trial.query('select 1 from dag', 'airflow')).length >= 8);
  await until('the API answers', async () => (await fetch(`${api.url}/api/v2/version`)).ok);
  tell('Airflow: api-server, dag-processor, scheduler and two Celery workers run');
  return api;
}

/** What is deployed, with the ports, folders and secrets of this trial. */
function environmentOf(home, ports, password) {
  const database = trial.databaseUrl('airflow').replace(/^postgres:/, 'postgresql+psycopg2:');
  mkdirSync(join(home, 'secrets'), { recursive: true });
  const secret = (name, value) => {
    writeFileSync(join(home, 'secrets', name), value);
    return `cat ${join(home, 'secrets', name)}`;
  };
  const passwords = join(home, 'passwords.json');
  writeFileSync(passwords, JSON.stringify({ admin: password }), { mode: 0o600 });
  writeFileSync(join(home, 'assay'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
  return {
    ...process.env,
    ...trial.settings('shared'),
    ...deployed(),
    PATH: `${bin}:${process.env.PATH}`,
    AIRFLOW_HOME: home,
    AIRFLOW__CORE__DAGS_FOLDER: join(packageFolder, 'deploy', 'airflow', 'dags'),
    AIRFLOW__CORE__EXECUTOR: 'CeleryExecutor',
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `http://127.0.0.1:${ports.api}/execution/`,
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE: passwords,
    AIRFLOW__CORE__FERNET_KEY_CMD: secret('fernet_key', randomBytes(32).toString('base64url')),
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD: secret('database_url', database),
    AIRFLOW__API__SECRET_KEY_CMD: secret('api_secret', randomBytes(48).toString('base64')),
    AIRFLOW__API_AUTH__JWT_SECRET_CMD: secret('jwt_secret', randomBytes(48).toString('base64')),
    AIRFLOW__API__HOST: '127.0.0.1',
    AIRFLOW__API__PORT: String(ports.api),
    AIRFLOW__CELERY__BROKER_URL: `redis://127.0.0.1:${ports.redis}/0`,
    AIRFLOW__CELERY__RESULT_BACKEND: `db+${database}`,
    AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT: '40',
    AIRFLOW_ASSAY_COMMAND: join(home, 'assay'),
    AIRFLOW_ASSAY_METALS: values.metals,
    AIRFLOW_ASSAY_SHARDS: values.shards,
    ASSAY_THREADS: '1',
    LAKE_URL: pathToFileURL(join(trial.folder, 'lake')).href,
  };
}

/** The settings that are deployed for every service. */
function deployed() {
  const lines = readFileSync(join(packageFolder, 'deploy', 'airflow', 'airflow.env'), 'utf8').split('\n');
  return Object.fromEntries(
    lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split(/=(.*)/s).slice(0, 2)),
  );
}

/** The run that its hours start: the latest slot that is due. */
async function scheduled(dag) {
  let runs = [];
  await until(`${dag} starts`, async () => {
    runs = await trial.query(`select run_id from dag_run where dag_id = '${dag}'`, 'airflow');
    return runs.length > 0;
  });
  return runs[0].run_id;
}

/** Kills, with everything below it, the first worker that computes a shard after another shard has ended. */
async function killOneAtWork({ workers }, runId) {
  const deadline = performance.now() + limitMs;
  while (performance.now() < deadline) {
    const [{ done }] = await trial.query(
      `select count(*)::int as done from task_instance where run_id = '${runId}' and task_id = 'shard' and state = 'success'`,
      'airflow',
    );
    for (const [place, worker] of workers.entries()) {
      const shard = treeOf(worker.pid)
        .map(commandOf)
        .find((command) => /main\.js tournament shard/.test(command));
      if (done === 0 || shard === undefined) continue;
      killTree(worker.pid);
      return `worker-${place + 1} with -9, after ${done} shards, in the middle of shard ${/--shard (\S+)/.exec(shard)?.[1]}`;
    }
    await sleep(100);
  }
  return 'nobody: no worker was found at a shard';
}

async function ended(runId) {
  let state = 'running';
  await until('the run ends', async () => {
    [{ state }] = await trial.query(`select state from dag_run where run_id = '${runId}'`, 'airflow');
    return state === 'success' || state === 'failed';
  });
  return state;
}

/** Waits for the DAGs that follow by assets: until nothing has run for a while. */
async function quiet() {
  let since = performance.now();
  await until('nothing runs any more', async () => {
    const [{ busy }] = await trial.query(
      `select count(*)::int as busy from dag_run where state in ('queued', 'running')`,
      'airflow',
    );
    if (busy > 0) since = performance.now();
    return performance.now() - since > 15_000;
  });
}

async function until(what, isSo) {
  const deadline = performance.now() + limitMs;
  while (!(await isSo().catch(() => false))) {
    const lost = processes.find(({ exitCode, spawnargs }) => exitCode > 0 && !spawnargs.includes('worker'));
    if (lost !== undefined) throw new RangeError(`${lost.spawnargs.join(' ')} ended with ${lost.exitCode}.`);
    if (performance.now() > deadline) throw new RangeError(`Not so after ${limitMs / 1000} s: ${what}.`);
    await sleep(500);
  }
}

function treeOf(pid) {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)]);
  const tree = [pid];
  for (const one of tree) tree.push(...parents.filter(([, parent]) => parent === one).map(([child]) => child));
  return tree;
}

function killTree(pid) {
  for (const one of treeOf(pid).reverse()) {
    try {
      process.kill(one, 'SIGKILL');
    } catch (error) {
      // It may have ended by itself a moment ago.
      if (error.code !== 'ESRCH') throw error;
    }
  }
}

function parentOf(pid) {
  return Number(/\) \S (\d+)/.exec(readIfAny(`/proc/${pid}/stat`))?.[1]);
}

function commandOf(pid) {
  return readIfAny(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

function readIfAny(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process ended while it was looked at.
    return '';
  }
}

/** Airflow's own page of the run, as a person sees it. */
async function photograph(airflow, runId) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath: process.env.ASSAY_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${airflow.url}/auth/login/`);
  await page.fill('input[name="username"]', 'admin');
  await page.fill('input[name="password"]', airflow.password);
  await page.click('button[type="submit"]');
  await page.waitForLoadState('networkidle');
  await page.goto(`${airflow.url}/dags/assay_train/runs/${encodeURIComponent(runId)}`);
  await page.waitForLoadState('networkidle');
  await sleep(3_000);
  await page.screenshot({ path: values.picture });
  await browser.close();
  tell(`picture: ${values.picture}`);
}

function tell(line) {
  console.log(line);
}
