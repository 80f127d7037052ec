// `npm run bench:tracking [-- rounds [part of a call's name]]`: our tracking server beside a real MLflow server over the
// same PostgreSQL, in turns.
// MLflow is the one that scripts/interop-mlflow.sh keeps in ~/.cache/assay, with psycopg2-binary beside it.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { availableParallelism, homedir, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import { packageFolder } from './freshness.mjs';
import { fillMlflow, fillOurs, runsInSearch } from './tracking/searched-runs.mjs';

const load = (path) => import(pathToFileURL(join(packageFolder, 'dist', 'src', path)).href);
const roundMs = 2000;
const api = '/api/2.0/mlflow';

/** Our server, as a process of its own. */
async function serve(databaseUrl, lakeFolder, port) {
  const { createTrackingStore } = await load('adapters/tracking/postgres-store.js');
  const { createFsLake } = await load('adapters/lake/fs.js');
  const { createMlflowApi } = await load('api/mlflow/app.js');
  const { listen } = await load('runtime/http-server.js');
  const { instant } = await load('domain/moscow-time.js');
  const store = createTrackingStore({ databaseUrl, clock: { now: () => instant(Date.now()) } });
  const app = createMlflowApi({ store, lake: createFsLake({ folder: lakeFolder }), onError: console.error });
  await listen({ fetch: app.fetch, host: '127.0.0.1', port, service: 'the bench', setting: 'none' });
}

async function main(rounds, part) {
  const wanted = calls.filter(({ name }) => name.includes(part));
  const venv = join(process.env.ASSAY_CACHE ?? join(homedir(), '.cache', 'assay'), 'mlflow3');
  if (!existsSync(join(venv, 'bin', 'mlflow'))) {
    console.log(`Not measured: there is no MLflow in ${venv}; scripts/interop-mlflow.sh installs it.`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-tracking-'));
  chmodSync(folder, 0o755);
  const stop = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const { startPostgres } = await load('embedded/postgres.js');
    const postgres = await startPostgres({ dataFolder: join(folder, 'postgres'), stageRoot: join(folder, 'stage') });
    stop.push(() => postgres.stop());
    const servers = [await startOurs(postgres.url, folder, stop), await startMlflow(postgres.url, venv, folder, stop)];

    for (const server of servers) await settle(server);
    for (const server of servers) await prepare(Object.assign(server, { databasePid: postgres.pid }), wanted);
    await compare(servers, rounds, wanted);
    if (wanted.some(({ name }) => name.includes('upload'))) await writeAlone(folder);
  } finally {
    for (const end of stop.reverse()) await end();
  }
}

async function startOurs(postgresUrl, folder, stop) {
  const databaseUrl = await createDatabase(postgresUrl, 'bench_ours');
  await (await load('adapters/warehouse/migrate.js')).migrate(databaseUrl);
  const port = await freePort();
  mkdirSync(join(folder, 'lake'));
  const args = [fileURLToPath(import.meta.url), 'serve', databaseUrl, join(folder, 'lake'), String(port)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  return started({ name: 'ours', child, port, databaseUrl, fill: fillOurs }, stop);
}

async function startMlflow(postgresUrl, venv, folder, stop) {
  const databaseUrl = await createDatabase(postgresUrl, 'bench_mlflow');
  const port = await freePort();
  const store = databaseUrl.replace(/^postgres(ql)?:/, 'postgresql+psycopg2:');
  const log = openSync(join(folder, 'mlflow.log'), 'w');
  // On a busy machine its workers are late to answer their own supervisor, which after 5 s would end them amid requests.
  const patience = ['--uvicorn-opts', '--timeout-worker-healthcheck 600'];
  const args = ['server', '--host', '127.0.0.1', '--port', String(port), '--backend-store-uri', store, ...patience];
  const child = spawn(join(venv, 'bin', 'mlflow'), [...args, '--artifacts-destination', join(folder, 'artifacts')], {
    stdio: ['ignore', log, log],
    detached: true,
    env: { ...process.env, PATH: `${join(venv, 'bin')}:${process.env.PATH}` },
  });
  const logFile = join(folder, 'mlflow.log');
  return started({ name: 'MLflow', child, port, databaseUrl, fill: fillMlflow, isGroup: true, logFile }, stop);
}

async function started(server, stop) {
  stop.push(() => (server.isGroup ? process.kill(-server.child.pid, 'SIGTERM') : server.child.kill()));
  let agent = new Agent({ keepAlive: true, maxSockets: 64 });
  stop.push(() => agent.destroy());
  const ready = {
    ...server,
    call: (method, path, body) => call(server.port, agent, method, path, body),
    // Connections left idle are closed by the servers, each after its own while.
    reconnect: () => {
      agent.destroy();
      agent = new Agent({ keepAlive: true, maxSockets: 64 });
    },
  };
  for (let attempt = 0; attempt < 480; attempt++) {
    const status = await ready.call('GET', '/health').then(
      ({ status }) => status,
      () => 0,
    );
    if (status === 200) return ready;
    if (server.child.exitCode !== null) break;
    await sleep(250);
  }
  const log = server.logFile === undefined ? '' : readFileSync(server.logFile, 'utf8').slice(-2000);
  throw new Error(`${server.name} did not start: ${log}`);
}

/** The first of MLflow's workers answers while the others still start, which takes them a while of processor time. */
async function settle(server) {
  for (let quiet = 0, seconds = 0; quiet < 3 && seconds < 60; seconds++) {
    const before = processorMs(server.child.pid);
    await sleep(1000);
    quiet = processorMs(server.child.pid) - before < 250 ? quiet + 1 : 0;
  }
}

async function prepare(server, wanted) {
  const { experiment_id } = await json(server, '/experiments/create', { name: 'bench' });
  const { experiment_id: searched } = await json(server, '/experiments/create', { name: 'searched' });
  const client = new pg.Client(server.databaseUrl);
  await client.connect();
  const isSearched = wanted.some(({ name }) => name.startsWith('search'));
  for (const statement of isSearched ? server.fill(searched) : []) await client.query(statement);
  // Commits are several times slower while the disk still takes what the filling wrote.
  if (isSearched) await client.query('CHECKPOINT');
  await client.end();
  server.reconnect();
  server.experimentId = experiment_id;
  server.searched = searched;
  server.runs = [];
  for (let index = 0; index < 64; index++) server.runs.push(await createRun(server));
}

async function createRun(server) {
  const body = {
    experiment_id: server.experimentId,
    start_time: 1,
    run_name: 'bench',
    tags: [{ key: 'a', value: 'b' }],
  };
  const { run } = await json(server, '/runs/create', body);
  return { runId: run.info.run_id, uri: run.info.artifact_uri.replace(/^mlflow-artifacts:\/+/, '') };
}

const tenMegabytes = Buffer.alloc(10 * 1024 * 1024, 7);
let counter = 0;

/** Each call with how many clients make it at a time. */
const calls = [
  {
    name: 'log-metric',
    clients: 64,
    make: (server, client) => {
      counter += 1;
      const { runId } = server.runs[client];
      const body = { run_id: runId, key: 'm', value: counter, timestamp: counter, step: counter };
      return json(server, '/runs/log-metric', body);
    },
  },
  {
    name: 'log-batch of 1,000 metrics',
    clients: 8,
    make: (server, client) => {
      counter += 1000;
      const first = counter;
      const metrics = Array.from({ length: 1000 }, (_, index) => ({
        key: `k${index % 10}`,
        value: index / 7,
        timestamp: first + index,
        step: first + index,
      }));
      return json(server, '/runs/log-batch', { run_id: server.runs[client].runId, metrics });
    },
  },
  { name: 'create-run', clients: 16, make: (server) => createRun(server) },
  {
    name: `search over ${runsInSearch.toLocaleString('en')} runs, 100 shown`,
    clients: 2,
    make: (server) =>
      json(server, '/runs/search', {
        experiment_ids: [server.searched],
        filter: 'metrics.score > 0.25 and metrics.score < 0.75',
        order_by: ['metrics.loss ASC'],
        max_results: 100,
      }),
  },
  ...[2, 8].map((clients) => ({
    name: `artefact upload of 10 MB by ${clients}`,
    clients,
    make: (server, client) => {
      const path = `/api/2.0/mlflow-artifacts/artifacts/${server.runs[client].uri}/file${client}.bin`;
      return expectOk(server.call('PUT', path, tenMegabytes));
    },
  })),
];

async function compare(servers, rounds, wanted) {
  console.log(`${rounds} rounds of ${roundMs / 1000} s each, the servers in turns; medians.`);
  console.log(`ms CPU: of the server and its workers + of PostgreSQL, for each call; ${loadNow()}.`);
  console.log('call | clients | ours/s | MLflow/s | ratio | ours ms CPU | MLflow ms CPU | ratio');
  for (const call of wanted) {
    const { clients, results, broken } = await measured(servers, call, rounds);
    for (const words of broken) console.log(`  ${words}`);
    if (results === null) continue;
    const [ours, mlflow] = results;
    const spent = ({ server, database }) => `${server.toFixed(2)} + ${database.toFixed(2)}`;
    const times = (ratio) => `${ratio.toFixed(1)}x`;
    const rates = [ours.rate.toFixed(1), mlflow.rate.toFixed(1), times(ours.rate / mlflow.rate)];
    const saved = times((mlflow.server + mlflow.database) / (ours.server + ours.database));
    console.log([call.name, clients, ...rates, spent(ours), spent(mlflow), saved].join(' | '));
  }
  console.log(`${loadNow()} at the end.`);
}

/** What no server can be faster than where what it acknowledged must be there: writing the same file, and nothing else. */
async function writeAlone(folder) {
  const rate = async (clients, isDurable) => {
    const started = performance.now();
    let done = 0;
    const work = async (_, client) => {
      while (performance.now() - started < roundMs) {
        const file = await open(join(folder, `alone-${client}.tmp`), 'w');
        await file.writeFile(tenMegabytes);
        if (isDurable) await file.sync();
        await file.close();
        await rename(join(folder, `alone-${client}.tmp`), join(folder, `alone-${client}`));
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: clients }, work));
    return ((done / (performance.now() - started)) * 1000).toFixed(1);
  };
  for (const clients of [2, 8]) {
    const [durable, plain] = [await rate(clients, true), await rate(clients, false)];
    console.log(`10 MB written to this disk by ${clients}, no server: ${durable}/s made durable, ${plain}/s not`);
  }
}

function loadNow() {
  return `load of the machine ${loadavg()[0].toFixed(1)} on ${availableParallelism()} processors`;
}

/** With half the clients again and again where MLflow breaks off; an error of ours ends the bench. */
async function measured(servers, { clients: most, make }, rounds) {
  const broken = [];
  for (let clients = most; clients >= 1; clients = Math.floor(clients / 2)) {
    try {
      return { clients, broken, results: await inTurns(servers, clients, make, rounds) };
    } catch (error) {
      if (error.server !== servers[1]) throw error;
      broken.push(`MLflow broke off with ${clients} clients: ${error.message.replace(/\s+/g, ' ').slice(0, 160)}`);
      await sleep(2000);
    }
  }
  return { clients: 0, broken, results: null };
}

async function inTurns(servers, clients, make, rounds) {
  const samples = new Map(servers.map((server) => [server, []]));
  for (const server of servers) await timed(server, clients, make, roundMs / 4);
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? servers : [...servers].reverse();
    for (const server of order) samples.get(server).push(await timed(server, clients, make, roundMs));
  }
  return servers.map((server) => medians(samples.get(server)));
}

/** Calls per second over a while, and the processor time of the server and of PostgreSQL for each. */
async function timed(server, clients, make, ms) {
  server.reconnect();
  const spent = () => [processorMs(server.child.pid), processorMs(server.databasePid)];
  const before = spent();
  const started = performance.now();
  let done = 0;
  const ends = await Promise.allSettled(
    Array.from({ length: clients }, async (_, client) => {
      while (performance.now() - started < ms) {
        await make(server, client);
        done += 1;
      }
    }),
  );
  const failed = ends.find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw Object.assign(failed.reason, { server });
  const seconds = (performance.now() - started) / 1000;
  const [own, database] = spent().map((now, index) => (now - before[index]) / done);
  return { rate: done / seconds, server: own, database };
}

function medians(samples) {
  const middle = (of) => samples.map(of).sort((a, b) => a - b)[Math.floor(samples.length / 2)];
  return {
    rate: middle((one) => one.rate),
    server: middle((one) => one.server),
    database: middle((one) => one.database),
  };
}

/** Of a process and all below it, those that ended too, in milliseconds, where the system tells. */
function processorMs(root) {
  if (!existsSync('/proc/self/stat')) return Number.NaN;
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
        const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
        return [{ pid: Number(name), parent: Number(fields[1]), ticks }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
  const ticksBelow = (pid) =>
    all.reduce((sum, one) => sum + (one.pid === pid ? one.ticks : one.parent === pid ? ticksBelow(one.pid) : 0), 0);
  return 10 * ticksBelow(root);
}

async function json(server, path, body) {
  return JSON.parse(await expectOk(server.call('POST', `${api}${path}`, JSON.stringify(body))));
}

async function expectOk(answer) {
  const { status, text } = await answer;
  if (status !== 200) throw new Error(`${status}: ${text.slice(0, 300)}`);
  return text;
}

function call(port, agent, method, path, body = '') {
  return new Promise((resolve, reject) => {
    const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream';
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
    const sent = request({ host: '127.0.0.1', port, agent, method, path, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function createDatabase(url, name) {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const made = new URL(url);
  made.pathname = `/${name}`;
  return made.href;
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

if (process.argv[2] === 'serve') await serve(process.argv[3], process.argv[4], Number(process.argv[5]));
else await main(Number(process.argv[2] ?? 5), process.argv[3] ?? '');
