import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { moscowInstant } from '../../src/domain/moscow-time.ts';
import { startReplica } from '../../src/replica/server.ts';
import { type Acknowledged, examineInstallation, noteAcknowledged } from './examine-installation.ts';
import { type RunningCommand, startCommand } from './installation.ts';
import type { MadeHistory } from './made-history.ts';
import { untilNobodyUses } from './processes-of.ts';

export interface KillTrialsRequest {
  readonly trials: number;
  readonly seed: number;
  /** What the replica serves. */
  readonly history: MadeHistory;
  /** Whether every date of the history has a value in every series, so that rows can be counted beforehand. */
  readonly isComplete: boolean;
  /** After so many kills one run is let to its end, and everything is examined. */
  readonly examineEvery: number;
  readonly tell: (line: string) => void;
}

export interface KillReport {
  readonly trials: number;
  readonly violations: readonly string[];
  readonly kills: Readonly<Record<Victim, number>>;
  /** Runs that were over before the moment of their kill came. */
  readonly escaped: number;
  /** Steps the killed runs were in, as the terminal told. */
  readonly during: Readonly<Record<string, number>>;
  readonly examinations: number;
  /** Steps that finished, were killed before this was recorded, and were done again at once: allowed, and rare. */
  readonly repeatedAtOnce: number;
  readonly runs: number;
  readonly seconds: number;
}

/** What is killed: our process, its group with the ClickHouse child, also PostgreSQL, or an engine alone. */
export type Victim = 'process' | 'group' | 'group and postgres' | 'postgres' | 'olap' | 'up';

const victims: readonly Victim[] = [
  'process',
  'group',
  'group and postgres',
  'process',
  'group and postgres',
  'up',
  'postgres',
  'olap',
];
const historyNeeded = 790;

/** Kills the main job at random moments over one data folder, again and again, and looks for anything lost or double. */
export async function runKillTrials(request: KillTrialsRequest): Promise<KillReport> {
  const started = performance.now();
  const bench = await createBench(request);
  try {
    await bench.finish();
    await bench.examine();
    for (let trial = 0; trial < request.trials; trial += 1) {
      bench.reveal(trial);
      await bench.kill(victims[trial % victims.length] ?? 'process');
      if ((trial + 1) % request.examineEvery === 0 || trial + 1 === request.trials) {
        await bench.finish();
        await bench.examine();
        request.tell(`${trial + 1} kills, ${bench.violations.length} violations`);
      }
    }
    return { ...bench.report(), trials: request.trials, seconds: Math.round((performance.now() - started) / 1000) };
  } finally {
    await bench.remove();
  }
}

async function createBench(request: KillTrialsRequest) {
  const { history } = request;
  const random = seeded(request.seed);
  const data = mkdtempSync(join(tmpdir(), 'assay-kills-'));
  await chmod(data, 0o755);
  // Every trial reveals a day, so that each run has something to write.
  const base = Math.max(historyNeeded, history.dates.length - request.trials);
  const publish = (count: number) => moscowInstant(history.dates[count - 1] ?? failNow('no dates'), '12:00');
  let shown = Math.min(base, history.dates.length);
  const replica = await startReplica({ dataFolder: history.folder, port: 0, published: publish(shown) });
  const environment = environmentOf(data, replica.url, history);
  const violations: string[] = [];
  const kills: Record<Victim, number> = { ...noKills };
  const during: Record<string, number> = {};
  const acknowledged: Acknowledged = { loads: [], forecasts: [] };
  const count = { escaped: 0, examinations: 0, repeatedAtOnce: 0, runs: 0 };
  let usualMs = 4_000;

  const report = (violation: string) => {
    violations.push(violation);
    request.tell(`violation: ${violation}`);
  };
  const once = (args: readonly string[] = ['up', '--once']) => startCommand(args, environment, { ownGroup: true });
  return {
    violations,
    reveal(trial: number) {
      shown = Math.min(history.dates.length, base + trial + 1);
      replica.setPublished(publish(shown));
    },
    async kill(victim: Victim) {
      const command = once(victim === 'up' ? ['up'] : undefined);
      await Promise.race([command.exited, sleep(random() * usualMs)]);
      if (command.child.exitCode !== null) count.escaped += 1;
      else kills[victim] += 1;
      const step = stepUnderWay(command.stderr());
      during[step] = (during[step] ?? 0) + 1;
      killVictim(victim, command, data);
      // Who lost an engine may go on, and may fail; it must not hang.
      if (!(await endsWithin(command, 120_000))) {
        report(`a run that lost ${victim} was still there after 120 s: ${command.stderr().slice(-600)}`);
        command.kill('SIGKILL');
        await command.exited;
      }
      noteAcknowledged(command.stderr(), acknowledged);
    },
    async finish() {
      count.runs += 1;
      const command = once();
      const result = await command.exited;
      noteAcknowledged(result.stderr, acknowledged);
      if (result.exitCode !== 0) report(`a run after kills ended with ${result.exitCode}: ${result.stderr}`);
      else usualMs = result.seconds * 1000;
      const left = await untilNobodyUses(data, 10_000);
      for (const { pid, command: line } of left) report(`process ${pid} was left behind: ${line}`);
    },
    async examine() {
      count.examinations += 1;
      const found = await examineInstallation({ data, quoteDates: request.isComplete ? shown : null, acknowledged });
      count.repeatedAtOnce = found.repeatedAtOnce;
      for (const text of found.violations) if (!violations.includes(text)) report(text);
    },
    report: () => ({ violations, kills, during, ...count }),
    async remove() {
      await replica.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

const noKills: Readonly<Record<Victim, number>> = {
  process: 0,
  group: 0,
  'group and postgres': 0,
  postgres: 0,
  olap: 0,
  up: 0,
};

function environmentOf(data: string, source: string, history: MadeHistory): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ASSAY_DATA: data,
    ASSAY_CBR_URL: source,
    ASSAY_NOW: `${history.dates.at(-1)}T12:00:00Z`,
    ASSAY_PORT: '0',
    ASSAY_TRACKING_PORT: '0',
    ASSAY_POSTGRES_PORT: '0',
    ASSAY_OLAP_PORT: '0',
    NO_COLOR: '1',
  };
}

async function endsWithin(command: RunningCommand, ms: number): Promise<boolean> {
  const limit = new AbortController();
  const isOver = await Promise.race([
    command.exited.then(() => true),
    sleep(ms, false, { signal: limit.signal }).catch(() => false),
  ]);
  limit.abort();
  return isOver;
}

/** The step whose end was not told yet. */
function stepUnderWay(stderr: string): string {
  const ended = [...stderr.matchAll(/^\s*([a-z ]+): done in/gm)].map(([, step]) => step ?? '');
  return ended.length === 0 ? 'before the first step ended' : `after ${ended.at(-1)}`;
}

function killVictim(victim: Victim, command: RunningCommand, data: string): void {
  const { pid = 0 } = command.child;
  if (victim === 'process' || victim === 'up') signal(pid);
  if (victim.startsWith('group')) signal(-pid);
  if (victim.startsWith('group') || victim === 'olap') signal(olapPid(data));
  if (victim.endsWith('postgres')) signal(postmasterPid(data));
}

function olapPid(data: string): number {
  return Number(readOr(join(data, 'olap', 'server.pid')).split(' ')[0]);
}

function postmasterPid(data: string): number {
  return Number(readOr(join(data, 'postgres', 'cluster', 'postmaster.pid')).split('\n')[0]);
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not started yet: there is nobody to kill.
    return '';
  }
}

/** A pid file may be an old one: only a process that is what it says is killed. */
function signal(pid: number): void {
  if (!Number.isSafeInteger(pid) || pid === 0) return;
  if (pid > 0 && !/assay|postgres|node/.test(readOr(`/proc/${pid}/cmdline`))) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    const wasOver = (error as NodeJS.ErrnoException).code === 'ESRCH';
    if (!wasOver) throw error;
  }
}

function failNow(what: string): never {
  throw new RangeError(`The made history has ${what}.`);
}

/** Mulberry32 (Ettinger, 2017). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
