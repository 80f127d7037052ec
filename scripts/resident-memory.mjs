// Starts `assay up`, waits until the first run is over and nothing has happened for a while, and prints the memory of
// each of its processes: RSS counts shared pages in every process, PSS once.
//   npm run bench:memory -- [--source FOLDER] [--idle SECONDS]
// FOLDER is served by a replica; without it SIMULATED data is used. Prints a table and a JSON line. Linux only.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const cli = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'src', 'cli', 'main.js');
const { values } = parseArgs({
  options: { source: { type: 'string' }, idle: { type: 'string', default: '20' } },
});
const children = [];
const data = mkdtempSync(join(tmpdir(), 'assay-memory-'));
chmodSync(data, 0o755);

try {
  const replica = values.source === undefined ? null : await startReplica(values.source);
  const environment = {
    ...process.env,
    ASSAY_DATA: data,
    ...(replica === null ? {} : { ASSAY_CBR_URL: replica }),
    ...{ ASSAY_PORT: '0', ASSAY_TRACKING_PORT: '0', ASSAY_POSTGRES_PORT: '0', ASSAY_OLAP_PORT: '0' },
  };
  const up = start([replica === null ? 'demo' : 'up'], environment);
  // The other metals are the last of the start-up runs.
  await up.said(/Up to date: silver/);
  await sleep(Number(values.idle) * 1000);
  print(processesOf(up.child.pid, data).map(measure));
} finally {
  for (const child of children.toReversed()) await stop(child);
  rmSync(data, { recursive: true, force: true });
}

async function startReplica(folder) {
  const replica = start(['replica', '--data', folder, '--port', '0'], process.env);
  const [url] = (await replica.said(/http:\/\/\S+/)).match(/http:\/\/\S+/) ?? [];
  return url;
}

function start(args, env) {
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let text = '';
  const said = (wanted) =>
    new Promise((resolve, reject) => {
      const look = (chunk) => {
        text += chunk;
        if (wanted.test(text)) resolve(text);
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.once('exit', (code) => reject(new RangeError(`assay ${args[0]} ended with ${code}:\n${text}`)));
    });
  return { child, said };
}

function stop(child) {
  if (child.exitCode !== null) return Promise.resolve();
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  return gone;
}

/** The supervisor, what it started, and PostgreSQL, which is detached but works in the data folder. */
function processesOf(supervisor, folder) {
  const all = readdirSync('/proc').map(Number).filter(Number.isSafeInteger);
  const parents = new Map(all.map((pid) => [pid, Number(stat(pid)[1])]));
  const isBelow = (pid) => pid === supervisor || (parents.has(pid) && isBelow(parents.get(pid)));
  return all.filter((pid) => isBelow(pid) || worksIn(pid, folder));
}

function worksIn(pid, folder) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
  } catch {
    return false;
  }
}

function stat(pid) {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function measure(pid) {
  const kib = (name) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
  const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
  return { pid, name: nameOf(command), rssMiB: kib('Rss') / 1024, pssMiB: kib('Pss') / 1024 };
}

function nameOf(command) {
  const known = [
    ['processes/web', 'web'],
    ['processes/worker', 'worker'],
    ['olap-server', 'ClickHouse'],
    ['cli/main', 'supervisor'],
  ];
  const [, name] = known.find(([part]) => command.includes(part)) ?? [];
  if (name !== undefined) return name;
  if (command.includes('/postgres -D')) return 'PostgreSQL';
  return command
    .replace(/^postgres: /, 'PostgreSQL: ')
    .replace(/\d+\.\d+\.\d+\.\d+\(\d+\)/, '')
    .slice(0, 40);
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function print(rows) {
  const total = (key) => rows.reduce((sum, row) => sum + row[key], 0);
  const groups = groupByName(rows);
  for (const [name, members] of groups) {
    const sum = (key) =>
      members
        .reduce((value, row) => value + row[key], 0)
        .toFixed(0)
        .padStart(6);
    console.log(
      `${sum('rssMiB')} MiB RSS ${sum('pssMiB')} MiB PSS  ${name}${members.length > 1 ? ` x ${members.length}` : ''}`,
    );
  }
  const totals = { processes: rows.length, rssMiB: Math.round(total('rssMiB')), pssMiB: Math.round(total('pssMiB')) };
  console.log(JSON.stringify(totals));
}

function groupByName(rows) {
  const groups = new Map();
  for (const row of rows) groups.set(row.name, [...(groups.get(row.name) ?? []), row]);
  return groups;
}
