// Memory and processor time of process groups, from /proc: RSS counts shared pages for each process, PSS shares them out.
import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** `{ processes, rss, pss, seconds }` of every process whose group is led by `leader`; bytes. */
export function usageOf(leaders) {
  const usage = new Map(leaders.map((pid) => [pid, { processes: 0, rss: 0, pss: 0, seconds: 0 }]));
  const stats = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(readStat);
  const parents = new Map(stats.map((stat) => [stat.pid, stat]));
  for (const stat of stats) {
    const sum = usage.get(leaderOf(stat, parents, usage));
    if (sum === undefined) continue;
    const memory = readText(`/proc/${stat.pid}/smaps_rollup`);
    sum.processes += 1;
    sum.rss += kilobytes(memory, 'Rss');
    sum.pss += kilobytes(memory, 'Pss');
    sum.seconds += stat.ticks / ticksPerSecond;
  }
  return usage;
}

/** Services start processes in groups of their own: the group is asked first, then the parents. */
function leaderOf(stat, parents, usage) {
  for (let one = stat; one !== undefined; one = parents.get(one.parent)) {
    if (usage.has(one.group)) return one.group;
    if (usage.has(one.pid)) return one.pid;
  }
  return null;
}

function readStat(name) {
  const text = readText(`/proc/${name}/stat`);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 15) return [];
  return [
    {
      pid: Number(name),
      parent: Number(fields[1]),
      group: Number(fields[2]),
      ticks: Number(fields[11]) + Number(fields[12]),
    },
  ];
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process ended meanwhile.
    return '';
  }
}

function kilobytes(text, name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
}
