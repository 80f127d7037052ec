// `npm run bench:m4 [-- all]`: the M4 weekly and hourly panels through `assay benchmark`, beside the published scores.
// Reads ../shared/data/m4; `all` adds every model of the catalogue to `auto`, and `--models a,b` takes those instead.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { packageFolder } from './freshness.mjs';

const folder = join(packageFolder, '..', 'shared', 'data', 'm4');
const panels = [
  { name: 'weekly', horizon: 13, season: 1, goal: 0.76, published: 0.739, naive2: [9.537, 2.915] },
  { name: 'hourly', horizon: 48, season: 24, goal: 0.5, published: 0.41, naive2: [18.224, 2.432] },
];

const named = process.argv.indexOf('--models');
const models = named >= 0 ? process.argv[named + 1] : process.argv.includes('all') ? 'all' : 'auto';
const present = panels.filter(({ name }) => existsSync(join(folder, `${name}_train.csv`)));
if (present.length === 0) console.log(`The M4 panels are absent: nothing in ${folder}. Nothing was measured.`);
else console.log(`M4, odd-numbered series, ${availableParallelism()} cores, models: ${models}`);
for (const panel of present) measure(panel);

function measure({ name, horizon, season, goal, published, naive2 }) {
  const started = performance.now();
  const report = benchmark(name, horizon, season);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `\n${name}: ${report.series} series, horizon ${horizon}, season ${season}; ${seconds.toFixed(1)} s with start and reading`,
  );
  const heads = ['model', 'sMAPE', 'MASE', 'OWA', 'in 50%', 'in 80%', 'in 95%', 'WIS', 'failed', 'fit s'];
  console.log(heads.map((head, i) => (i === 0 ? head.padEnd(22) : head.padStart(8))).join(''));
  const ranked = [...report.models].sort((a, b) => (a.scores.owa ?? 9) - (b.scores.owa ?? 9));
  for (const { model, scores, failed, seconds: used } of ranked) {
    const shares = [scores.coverage50, scores.coverage80, scores.coverage95].map((share) => 100 * share);
    const figures = [scores.smape, scores.mase, scores.owa].map((value) => fixed(value, 3));
    const rest = [...shares.map((share) => fixed(share, 1)), fixed(scores.wis, 3), String(failed), fixed(used, 1)];
    console.log(model.padEnd(22) + [...figures, ...rest].map((text) => text.padStart(8)).join(''));
  }
  const reference = report.models[0].scores.naive2;
  console.log(
    `Naive2 ${fixed(reference.smape, 3)} / ${fixed(reference.mase, 3)}, known for these series: ${naive2.join(' / ')}`,
  );
  const auto = report.models.find(({ model }) => model === 'auto');
  if (auto !== undefined) {
    const reached = auto.scores.owa <= goal ? 'reached' : 'NOT reached';
    console.log(
      `auto ${fixed(auto.scores.owa, 3)}: goal ${goal} ${reached}; best published on the full set ${published}`,
    );
  }
}

function benchmark(name, horizon, season) {
  const file = (part) => join(folder, `${name}_${part}.csv`);
  const flags = ['--panel', file('train'), '--test', file('test'), '--horizon', horizon, '--season', season];
  const main = join(packageFolder, 'dist', 'src', 'cli', 'main.js');
  const run = spawnSync(process.execPath, [main, 'benchmark', ...flags.map(String), '--models', models, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (run.status !== 0) process.exit(run.status ?? 1);
  return JSON.parse(run.stdout);
}

function fixed(value, digits) {
  return value === null ? '-' : value.toFixed(digits);
}
