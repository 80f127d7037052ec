// How many requests of a cached series the API answers while models are compared, and how long each takes.
//   npm run bench:api -- [--source FOLDER] [--seconds N] [--connections N]
// Starts `assay up` over a replica of FOLDER (SIMULATED data without it), asks it to compare models, and meanwhile asks
// for the same series over keep-alive connections of the loopback. Prints a table and a JSON line: requests a second,
// latencies, and the processor time of the web process for one request. Linux only.
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePorts, readIfThere, startCommand, startReplica, statOf, stop } from './child-commands.mjs';

const { values } = parseArgs({
  options: {
    source: { type: 'string' },
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '16' },
  },
});
const seconds = Math.min(60, Math.max(1, Number(values.seconds)));
const connections = Math.min(64, Math.max(1, Number(values.connections)));
const children = [];
const data = mkdtempSync(join(tmpdir(), 'assay-bench-api-'));
chmodSync(data, 0o755);

const series = '/api/v1/metals/gold/quotes?from=2024-06-28&to=2025-06-28&fields=date,buyRubPerGram';
const cases = [
  { name: 'a year of prices', path: series, headers: { 'accept-encoding': 'gzip' } },
  { name: 'the same, unchanged (304)', path: series, headers: {}, conditional: true },
  { name: 'today', path: '/api/v1/metals/gold/today', headers: { 'accept-encoding': 'gzip' } },
  { name: 'the whole history', path: '/api/v1/metals/gold/quotes', headers: { 'accept-encoding': 'gzip' } },
];

try {
  const replica = values.source === undefined ? null : await startReplica(values.source);
  if (replica !== null) children.push(replica.child);
  const up = startCommand([replica === null ? 'demo' : 'up', '--json'], {
    ASSAY_DATA: data,
    ...(replica === null ? {} : { ASSAY_CBR_URL: replica.url, ASSAY_NOW: '2025-06-28T07:00:00Z' }),
    ...freePorts,
  });
  children.push(up.child);
  const { dashboard } = JSON.parse(/^\{.*\}$/m.exec(await up.said(/^\{.*\}$/m))[0]);
  // The other metals are the last of the start-up runs.
  await up.said(/Up to date: (silver|4)/);
  const web = webProcess(up.child.pid);
  const report = { quiet: [], training: [] };
  for (const one of cases) report.quiet.push(await measure(dashboard, one, web));
  const training = keepTraining(dashboard);
  for (const one of cases) report.training.push(await measure(dashboard, one, web));
  const trainings = await training.stop();
  for (const [state, rows] of Object.entries(report)) print(state, rows);
  console.log(JSON.stringify({ connections, seconds, trainings, ...report }));
} finally {
  for (const child of children.toReversed()) await stop(child);
  rmSync(data, { recursive: true, force: true });
}

/** Asks one thing over and over on every connection, one request at a time on each, for the seconds given. */
async function measure(address, { name, path, headers, conditional }, web) {
  const url = new URL(path, address);
  const first = await fetch(url, { headers });
  await first.arrayBuffer();
  const sent = conditional ? { 'if-none-match': first.headers.get('etag') } : headers;
  const lines = Object.entries({ host: url.host, ...sent }).map(([key, value]) => `${key}: ${value}\r\n`);
  const request = `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
  const latencies = [];
  const cpu = cpuSeconds(web);
  const began = performance.now();
  const until = began + seconds * 1000;
  await Promise.all(Array.from({ length: connections }, () => askUntil(url, request, until, latencies)));
  const took = (performance.now() - began) / 1000;
  latencies.sort((left, right) => left - right);
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  return {
    name,
    bytes: conditional ? 0 : Number(first.headers.get('content-length')),
    requests: latencies.length,
    perSecond: Math.round(latencies.length / took),
    p50: round(at(0.5)),
    p99: round(at(0.99)),
    max: round(at(1)),
    cpuMicroseconds: Math.round(((cpuSeconds(web) - cpu) / latencies.length) * 1e6),
  };
}

function askUntil(url, request, until, latencies) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    let sentAt = 0;
    let left = -1;
    let head = '';
    const send = () => {
      sentAt = performance.now();
      if (sentAt > until) return socket.end();
      left = -1;
      head = '';
      socket.write(request);
    };
    const done = () => {
      latencies.push(performance.now() - sentAt);
      send();
    };
    socket.on('connect', send);
    socket.on('data', (chunk) => {
      if (left >= 0) left -= chunk.length;
      else {
        head += chunk.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        const status = Number(head.slice(9, 12));
        if (status !== 200 && status !== 304) return socket.destroy(new RangeError(head.slice(0, 300)));
        const length = /\r\ncontent-length: (\d+)/i.exec(head.slice(0, end))?.[1];
        left = (status === 304 ? 0 : Number(length)) - (head.length - end - 4);
      }
      if (left <= 0) done();
    });
    socket.on('error', reject);
    socket.on('close', resolve);
  });
}

/** One comparison of models after another, of a metal each, until told to stop. */
function keepTraining(address) {
  let isOver = false;
  let count = 0;
  let catalogue = [];
  const metals = ['silver', 'platinum', 'palladium', 'gold'];
  const work = (async () => {
    const { data: found } = await (await fetch(new URL('/api/v1/metals/gold/models', address))).json();
    catalogue = found.tournament.models.map(({ model }) => model);
    while (!isOver) {
      const metal = metals[count % metals.length];
      // Another set of models is another comparison: one already made is not made again.
      const models = catalogue.filter((_, index) => index !== count % catalogue.length);
      await post(address, { flow: 'train', parameters: { metal, models } });
      count += 1;
      while (!isOver && (await isRunning(address))) await new Promise((resolve) => setTimeout(resolve, 300));
    }
  })();
  return {
    stop: async () => {
      isOver = true;
      await work;
      return count;
    },
  };
}

async function post(address, body) {
  const answer = await fetch(new URL('/api/v1/runs', address), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new RangeError(await answer.text());
}

async function isRunning(address) {
  const { data: system } = await (await fetch(new URL('/api/v1/system', address))).json();
  return system.runs.some((run) => run.status === 'running');
}

function webProcess(supervisor) {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((pid) => parentOf(pid) === supervisor && readIfThere(`/proc/${pid}/cmdline`).includes('processes/web'));
  if (found === undefined) throw new RangeError('the web process was not found');
  return found;
}

function parentOf(pid) {
  return Number(statOf(pid)[1]);
}

function cpuSeconds(pid) {
  const fields = statOf(pid);
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function round(value) {
  return Math.round(value * 100) / 100;
}

function print(state, rows) {
  console.log(state === 'quiet' ? 'Nothing else runs' : 'While models are compared');
  for (const { name, bytes, perSecond, p50, p99, max, cpuMicroseconds } of rows) {
    const cells = [
      `${perSecond}/s`.padStart(9),
      `p50 ${p50.toFixed(2)} ms`,
      `p99 ${p99.toFixed(2)} ms`,
      `max ${max.toFixed(1)} ms`,
      `${cpuMicroseconds} us of processor time each`,
      `${bytes} bytes`,
    ];
    console.log(`  ${name.padEnd(27)} ${cells.join(', ')}`);
  }
}
