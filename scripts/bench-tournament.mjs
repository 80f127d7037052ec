// `npm run bench:tournament [-- threads [drivers]]`: the whole catalogue over ../shared/data, cold, after one new quote, and with
// nothing new. Threads, fold cache and artefacts are real, in a folder that is removed after; only the database is not.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFolder } from './freshness.mjs';

const load = (path) => import(pathToFileURL(join(packageFolder, 'dist', 'src', path)).href);
const { createThreadCompute } = await load('adapters/compute/threads.js');
const { createFsLake } = await load('adapters/lake/fs.js');
const { createPictures } = await load('adapters/pictures/resvg.js');
const { drawCharts } = await load('flows/draw-charts.js');
const { train } = await load('flows/train.js');
const { publicationRules, publishedAt } = await load('domain/publication.js');

const threads = Number(process.argv[2] ?? 2);
const withDrivers = process.argv[3] === 'drivers';
const goals = { cold: 60, incremental: 2, megabytes: 400 };
const file = join(packageFolder, '..', 'shared', 'data', 'cbr_gold_history.csv');
if (!existsSync(file)) {
  console.log('Not measured: ../shared/data/cbr_gold_history.csv is absent, and nothing is made up in its place.');
  process.exit(0);
}
const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1);
const history = rows.map((row) => row.split(',')).filter(([date]) => date >= '2008-07-02');
const folder = await mkdtemp(join(tmpdir(), 'assay-bench-tournament-'));
const market = { readMarket: async () => marketHistory() };
const ports = portsIn(folder);
let [peak, highest] = [0, 0];
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 50);

try {
  console.log(
    `${history.length} quotes to ${history.at(-1)[0]}; ${threads} threads of ${availableParallelism()} cores`,
  );
  console.log('run                       wall, s  processor, s  of it on the main thread  peak, MB  origins computed');
  const cold = await measured('cold, all but one quote', history.length - 1);
  const incremental = await measured('after one new quote', history.length);
  await measured('with nothing new', history.length);
  console.log('\nmodel, or work for all     folds + fit, s   after one quote, s');
  for (const [model, seconds] of [...cold.seconds].sort(([, a], [, b]) => b - a)) {
    const after = incremental.seconds.get(model) ?? 0;
    console.log(`${model.padEnd(24)}${seconds.toFixed(2).padStart(17)}${after.toFixed(3).padStart(21)}`);
  }
  console.log('');
  for (const [name, { phases }] of Object.entries({ cold, 'one quote': incremental })) {
    console.log(`${name}, wall by work: ${[...phases].map(([work, s]) => `${work} ${s.toFixed(2)} s`).join(', ')}`);
  }
  console.log('');
  goal('whole catalogue, cold: wall seconds', cold.wall, goals.cold, 1);
  goal('after one new quote: wall seconds', incremental.wall, goals.incremental, 2);
  goal('resident memory at its peak, MB', highest / 1e6, goals.megabytes, 0);
} finally {
  clearInterval(watch);
  await rm(folder, { recursive: true, force: true });
}

async function measured(name, quotes) {
  const series = {
    metal: 'gold',
    dates: history.slice(0, quotes).map(([date]) => date),
    values: Float64Array.from(history.slice(0, quotes), ([, price]) => Number(price)),
  };
  const { compute, seconds, phases } = watchedCompute();
  peak = 0;
  const [started, before, eventLoop] = [performance.now(), process.cpuUsage(), performance.eventLoopUtilization()];
  const report = await train(
    { metal: 'gold', seed: 1 },
    { ...ports, compute, series: { readSeries: async () => series } },
  );
  const wall = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  highest = Math.max(highest, peak);
  const main = performance.eventLoopUtilization(eventLoop).active / 1000;
  const cells = [
    name.padEnd(24),
    wall.toFixed(2).padStart(9),
    ((user + system) / 1e6).toFixed(2).padStart(14),
    main.toFixed(2).padStart(26),
    (peak / 1e6).toFixed(0).padStart(10),
    String(report.foldsComputed).padStart(18),
  ];
  const failed = report.failedModels === 0 ? '' : `  ${report.failedModels} models FAILED`;
  console.log(`${cells.join('')}  ${report.result}${failed}`);
  const drawing = performance.now();
  const { pictures } = await drawCharts({ metal: 'gold', tournamentId: report.tournamentId }, ports);
  phases.set(`${pictures} pictures, in a step of their own`, (performance.now() - drawing) / 1000);
  return { wall, seconds, phases };
}

/** Gold's drivers, each known at its publisher's hour; without them what a fresh installation has. */
function marketHistory() {
  const known = (name, rule, from) =>
    readFileSync(join(dirname(file), name), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.trim().split(','))
      .filter(([date]) => withDrivers && date >= from)
      .map(([date, value]) => ({ date, revision: 1, value: Number(value), knownAt: publishedAt(rule, date) }));
  return {
    quotes: known('cbr_gold_history.csv', publicationRules.metals, '2008-07-02'),
    usd: known('usd_rub.csv', publicationRules.usd, '1998-01-01'),
    londonMorning: known('xau_usd.csv', publicationRules.londonAm, '1998-01-01'),
    londonEvening: known('xau_usd_pm.csv', publicationRules.londonPm, '1998-01-01'),
    exchangeCloses: known('moex_gldrub_tom_daily.csv', publicationRules.moscowExchange, '1998-01-01'),
  };
}

/** The real threads, and a note of what each outcome took. */
function watchedCompute() {
  const real = createThreadCompute({ threads });
  const seconds = new Map();
  const phases = new Map();
  const compute = {
    codeVersion: real.codeVersion,
    async *run(work, jobs, signal) {
      const started = performance.now();
      const modelOf = new Map(jobs.map(({ id, input }) => [id, input.model ?? work.name]));
      for await (const outcome of real.run(work, jobs, signal)) {
        const model = modelOf.get(outcome.id);
        seconds.set(model, (seconds.get(model) ?? 0) + outcome.seconds);
        if (!outcome.ok) console.error(`${outcome.id}: ${outcome.reason}`);
        yield outcome;
      }
      phases.set(work.name, (phases.get(work.name) ?? 0) + (performance.now() - started) / 1000);
    },
  };
  return { compute, seconds, phases };
}

/** Artefacts and folds go to files; runs and the tournament are remembered, as a database would. */
function portsIn(root) {
  const runs = new Map();
  const tournaments = [];
  const tracking = {
    async startRun(start) {
      const runId = `run-${runs.size + 1}`;
      runs.set(runId, { runId, status: 'RUNNING', startedAtMs: start.startedAtMs, tags: { ...start.tags } });
      return runId;
    },
    async logBatch(runId, { tags = {} }) {
      Object.assign(runs.get(runId).tags, tags);
    },
    async logInput() {},
    async putArtefact(runId, path, bytes) {
      const target = join(root, 'artefacts', runId, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, bytes);
    },
    getArtefact: (runId, path) => readFile(join(root, 'artefacts', runId, path)),
    async finishRun(runId, status) {
      runs.get(runId).status = status;
    },
    async searchRuns(_experiment, filter) {
      return [...runs.values()].filter(({ tags }) =>
        Object.values(tags).some((value) => filter.includes(`'${value}'`)),
      );
    },
    async versions() {
      return [];
    },
    async versionByAlias() {
      return null;
    },
  };
  const forecasts = {
    async findTournament(_metal, dataHash, settingsHash) {
      const known = (one) => one.dataHash === dataHash && one.settingsHash === settingsHash;
      return tournaments.find(known) ?? null;
    },
    async saveTournament(tournament) {
      tournaments.push(tournament);
    },
  };
  return {
    forecasts,
    market,
    tracking,
    lake: createFsLake({ folder: join(root, 'lake') }),
    pictures: createPictures(),
    clock: { now: () => new Date().toISOString() },
    step: { signal: new AbortController().signal, note: () => undefined, rows: () => undefined },
    simulated: false,
  };
}

function goal(what, value, limit, digits) {
  const verdict = value <= limit ? 'met' : `missed by ${(value - limit).toFixed(digits)}`;
  console.log(`${what}: ${value.toFixed(digits)} (goal ${limit}, ${verdict})`);
}
