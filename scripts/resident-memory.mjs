// Starts `assay up`, waits until the first run is over and nothing has happened for a while, and prints the memory of
// each of its processes: RSS counts shared pages in every process, PSS once.
//   npm run bench:memory -- [--source FOLDER] [--idle SECONDS]
// FOLDER is served by a replica; without it SIMULATED data is used. Prints a table and a JSON line. Linux only.
import { chmodSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePorts, readIfThere, startCommand, startReplica, statOf, stop } from './child-commands.mjs';

const { values } = parseArgs({
  options: { source: { type: 'string' }, idle: { type: 'string', default: '20' } },
});
const children = [];
const data = mkdtempSync(join(tmpdir(), 'assay-memory-'));
chmodSync(data, 0o755);

try {
  const replica = values.source === undefined ? null : await startReplica(values.source);
  if (replica !== null) children.push(replica.child);
  const environment = {
    ASSAY_DATA: data,
    ...(replica === null ? {} : { ASSAY_CBR_URL: replica.url }),
    ...freePorts,
  };
  const up = startCommand([replica === null ? 'demo' : 'up'], environment);
  children.push(up.child);
  // The other metals are the last of the start-up runs.
  await up.said(/Up to date: silver/);
  await sleep(Number(values.idle) * 1000);
  print(processesOf(up.child.pid, data).map(measure));
} finally {
  for (const child of children.toReversed()) await stop(child);
  rmSync(data, { recursive: true, force: true });
}

/** The supervisor, what it started, and PostgreSQL, which is detached but works in the data folder. */
function processesOf(supervisor, folder) {
  const all = readdirSync('/proc').map(Number).filter(Number.isSafeInteger);
  const parents = new Map(all.map((pid) => [pid, Number(statOf(pid)[1])]));
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

function measure(pid) {
  const kib = (name) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readIfThere(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
  const command = readIfThere(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
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
