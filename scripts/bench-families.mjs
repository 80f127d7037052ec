// `npm run bench:families -- [--python venv/bin/python] [--r Rscript] [--only ets,arima] [--rounds 5]`: one fit and forecast
// of each model family beside the software one would pick: same made data, same machine, one thread, processor time,
// imports and compilation not counted. Programs take turns, task by task, so that a busy machine is busy for all.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { asJson, madeData } from './families/data.mjs';
import { tasksHere, testError } from './families/here.mjs';
import { packageFolder } from './freshness.mjs';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    r: { type: 'string' },
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    build: { type: 'string', default: join(packageFolder, 'dist') },
  },
});
const rounds = Number(options.rounds);
const modules = Object.assign(
  {},
  ...(await Promise.all(
    [
      'models/boosting-fit.js',
      'models/regression-tree.js',
      'models/forest-fit.js',
      'models/catalogue.js',
      'models/volatility-fit.js',
      'stats/random.js',
    ].map((path) => import(pathToFileURL(join(options.build, 'src', path)).href)),
  )),
);
const data = madeData(modules);
const here = tasksHere(modules, data);
const folder = mkdtempSync(join(tmpdir(), 'assay-families-'));
writeFileSync(join(folder, 'data.json'), asJson(data));
const others = [];
try {
  for (const [program, script] of [
    [options.python, 'families.py'],
    [options.r, 'families.R'],
  ]) {
    if (program === undefined) continue;
    const other = await startOther(program, join(packageFolder, 'scripts', 'oracles', script));
    if (other === undefined) console.log(`${program} could not be used: its columns are left out.`);
    else others.push(other);
  }
  await compare();
} finally {
  for (const other of others) other.end();
  rmSync(folder, { recursive: true });
}

async function compare() {
  const versions = others.flatMap((other) =>
    Object.entries(other.versions).map(([name, version]) => `${name} ${version}`),
  );
  console.log(
    `Medians of ${rounds}, milliseconds of processor time, one thread. Beside: ${versions.join(', ') || 'nothing (give --python or --r)'}`,
  );
  line(['family', 'here', 'software', 'there', 'ratio', 'goal', '']);
  const wanted = options.only.split(',').filter((part) => part !== '');
  const names = Object.keys(here).filter((name) => wanted.length === 0 || wanted.some((part) => name.startsWith(part)));
  const tally = { met: 0, missed: [] };
  for (const name of names) {
    const rivals = others.flatMap((other) =>
      other.softwareFor(name).map((software) => ({ other, software, times: [] })),
    );
    const own = [];
    timeOf(here[name], 300);
    for (let round = 0; round < rounds; round++) {
      own.push(timeOf(here[name]));
      for (const rival of rivals) rival.times.push(await rival.other.ask({ software: rival.software, task: name }));
    }
    report(name, median(own), rivals, tally);
  }
  if (names.some((name) => name.startsWith('boosting'))) await reportErrors();
  if (others.length === 0) return;
  console.log(
    `\n${tally.met} of ${tally.met + tally.missed.length} goals met${tally.missed.length > 0 ? `; missed: ${tally.missed.join('; ')}` : ''}`,
  );
}

function report(name, own, rivals, tally) {
  if (rivals.length === 0) line([name, shown(own), '', '', '', '', '']);
  for (const [i, { software, times }] of rivals.entries()) {
    const head = i === 0 ? [name, shown(own)] : ['', ''];
    const refused = times.find(({ reason }) => reason !== undefined);
    if (refused !== undefined) {
      line([...head, software, '-', '', '', refused.reason]);
      continue;
    }
    const there = median(times.map(({ ms }) => ms));
    const [ratio, goal] = [there / own, goalOf(name, software)];
    const isMet = goal === undefined || ratio >= goal;
    if (goal !== undefined && isMet) tally.met += 1;
    if (!isMet) tally.missed.push(`${name} beside ${software} ${ratio.toFixed(2)}x of ${goal}x`);
    const verdict = goal === undefined ? '' : isMet ? 'met' : `missed by ${(goal - ratio).toFixed(2)}x`;
    line([...head, software, shown(there), `${ratio.toFixed(2)}x`, goal === undefined ? '-' : `${goal}x`, verdict]);
  }
}

/** LightGBM and Prophet are named for comparison: no goal was set against them. */
function goalOf(name, software) {
  if (software === 'LightGBM' || software === 'Prophet') return undefined;
  if (software === 'scikit-learn' && name.startsWith('forest')) return 5;
  if (software === 'scikit-learn' && name.startsWith('boosting')) return 1.2;
  const isClassical = /^(ses|holt|ets|theta|arima)/.test(name);
  return isClassical && (software === 'statsmodels' || software === 'R forecast') ? 5 : 1;
}

async function reportErrors() {
  const python = others.find((other) => 'scikit-learn' in other.versions);
  const theirs = python === undefined ? {} : await python.ask({ errors: true });
  console.log('\nMean squared distance from the curve on rows not seen:');
  for (const name of ['boosting, 255 bins', 'boosting, 64 bins']) {
    console.log(
      `  ${name}: ${testError(modules, data, here[name]()).toFixed(4)} here, ${theirs[name]?.toFixed(4) ?? '-'} scikit-learn`,
    );
  }
}

/** Milliseconds of processor time for one run: as many runs as take 30 ms. */
function timeOf(work, least = 30) {
  let [count, spent] = [0, 0];
  while (spent < least) {
    const started = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(started);
    spent += (user + system) / 1000;
    count += 1;
  }
  return spent / count;
}

/** A program that does tasks on request; undefined when it does not start. */
async function startOther(program, script) {
  const environment = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', NUMBA_NUM_THREADS: '1' };
  const child = spawn(program, [script, join(folder, 'data.json')], {
    env: environment,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) return undefined;
  const { versions, tasks } = JSON.parse(first.value);
  return {
    versions,
    softwareFor: (name) => Object.keys(tasks).filter((software) => tasks[software].includes(name)),
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = await lines.next();
      return answer.done ? { reason: `${program} ended` } : JSON.parse(answer.value);
    },
    end: () => child.stdin.end(),
  };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function shown(ms) {
  return ms.toFixed(ms < 1 ? 3 : ms < 100 ? 1 : 0);
}

function line([name, own, software, ...rest]) {
  const cells = rest.slice(0, 3).map((cell) => cell.padStart(9));
  console.log(`${name.padEnd(31)}${own.padStart(8)}  ${software.padEnd(14)}${cells.join('')}  ${rest[3]}`.trimEnd());
}
