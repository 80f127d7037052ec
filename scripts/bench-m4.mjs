// `npm run bench:m4 [-- all]`: the M4 weekly and hourly panels through `assay benchmark`, beside the published scores.
// Reads ../shared/data/m4; `all` adds every model of the catalogue to `auto`, and `--models a,b` takes those instead.
// `--python PATH` puts the classical models beside statsforecast's instead (`--panels weekly`, `--rounds 2` in turns; each
// tenth hourly series unless `--every 1`, and no ARIMA there: with a season of 24 it is slow in statsforecast).
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageFolder } from './freshness.mjs';
import { besideStatsforecast } from './m4/beside.mjs';
import { runBenchmark } from './m4/run.mjs';

const folder = join(packageFolder, '..', 'shared', 'data', 'm4');
const thetas = ['theta:scale=level', 'optimised-theta:scale=level', 'dynamic-theta:scale=level'];
const smoothing = ['naive', 'drift:scale=level', 'holt', 'damped', ...thetas, 'ets', 'ces'];
/** `published`: OWA on the full set, by Makridakis, Spiliotis & Assimakopoulos (2020). */
const panels = [
  {
    ...{ name: 'weekly', horizon: 13, season: 1, goal: 0.76, best: 0.739, naive2: [9.537, 2.915] },
    ...{ beside: [...smoothing, 'arima:scale=level'], every: 1 },
    published: { naive: 1, ses: 0.975, holt: 0.966, damped: 0.917, theta: 0.971 },
  },
  {
    ...{ name: 'hourly', horizon: 48, season: 24, goal: 0.5, best: 0.41, naive2: [18.224, 2.432] },
    ...{ beside: [...smoothing, 'seasonal-naive', 'holt-winters:seasonal=additive', 'mstl'], every: 10 },
    published: { naive: 3.593, 'seasonal-naive': 0.627, ses: 0.99, theta: 1.006 },
  },
];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    models: { type: 'string' },
    python: { type: 'string' },
    panels: { type: 'string', default: 'weekly,hourly' },
    every: { type: 'string' },
    rounds: { type: 'string', default: '1' },
  },
});
const models = options.models ?? (positionals.includes('all') ? 'all' : 'auto');
const wanted = options.panels.split(',');
const present = panels.filter(({ name }) => wanted.includes(name) && existsSync(fileOf(name, 'train')));
if (present.length === 0) console.log(`The M4 panels are absent: nothing in ${folder}. Nothing was measured.`);
else console.log(`M4, odd-numbered series, ${availableParallelism()} cores`);
for (const panel of present) await (options.python === undefined ? measure(panel) : compare(panel));

function measure({ name, horizon, season, goal, best, naive2 }) {
  const files = { train: fileOf(name, 'train'), test: fileOf(name, 'test') };
  const { report, wall, processor } = runBenchmark({ ...files, horizon, season, models });
  const spent = `${wall.toFixed(1)} s with start and reading, ${processor.toFixed(1)} s of processor time`;
  console.log(`\n${name}: ${models}, ${report.series} series, horizon ${horizon}, season ${season}; ${spent}`);
  const heads = ['model', 'sMAPE', 'MASE', 'OWA', 'in 50%', 'in 80%', 'in 95%', 'WIS', 'failed', 'fit s'];
  console.log(heads.map((head, i) => (i === 0 ? head.padEnd(28) : head.padStart(8))).join(''));
  const ranked = [...report.models].sort((a, b) => (a.scores.owa ?? 9) - (b.scores.owa ?? 9));
  for (const { model, scores, failed, seconds: used } of ranked) {
    const shares = [scores.coverage50, scores.coverage80, scores.coverage95].map((share) => 100 * share);
    const figures = [scores.smape, scores.mase, scores.owa].map((value) => fixed(value, 3));
    const rest = [...shares.map((share) => fixed(share, 1)), fixed(scores.wis, 3), String(failed), fixed(used, 1)];
    console.log(model.padEnd(28) + [...figures, ...rest].map((text) => text.padStart(8)).join(''));
  }
  const reference = report.models[0].scores.naive2;
  console.log(
    `Naive2 ${fixed(reference.smape, 3)} / ${fixed(reference.mase, 3)}, known for these series: ${naive2.join(' / ')}`,
  );
  const auto = report.models.find(({ model }) => model === 'auto');
  if (auto !== undefined) {
    const reached = auto.scores.owa <= goal ? 'reached' : 'NOT reached';
    console.log(`auto ${fixed(auto.scores.owa, 3)}: goal ${goal} ${reached}; best published on the full set ${best}`);
  }
}

async function compare({ name, horizon, season, beside, every, published }) {
  console.log(`\n${name}, horizon ${horizon}, season ${season}`);
  const files = { train: fileOf(name, 'train'), test: fileOf(name, 'test') };
  const { python, rounds } = options;
  const extent = { every: Number(options.every ?? every), rounds: Number(rounds) };
  const chosen = options.models?.split(',') ?? beside;
  await besideStatsforecast({ python, ...files, horizon, season, models: chosen, ...extent, published });
}

function fileOf(name, part) {
  return join(folder, `${name}_${part}.csv`);
}

function fixed(value, digits) {
  return value === null ? '-' : value.toFixed(digits);
}
