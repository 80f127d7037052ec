// `npm run bench:forecast [-- model,model]`: intervals of the gold price over the last 500 quotes, and over four months of
// trouble, against what was promised and against naive with plain empirical intervals. Reads ../shared/data in place.
// The goals of speed beside other software are printed by `npm run bench:families`.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFolder } from './freshness.mjs';

const load = (path) => import(pathToFileURL(join(packageFolder, 'dist', 'src', path)).href);
const { chooseCalibration } = await load('backtest/calibration.js');
const { residualScale } = await load('backtest/conformal.js');
const { column, lossTable } = await load('backtest/losses.js');
const { emptyFolds, rollingOrigin } = await load('backtest/rolling-origin.js');
const { defaultSettings } = await load('backtest/settings.js');
const { quantileLevels } = await load('domain/forecaster.js');
const { createModel } = await load('models/catalogue.js');
const { mean } = await load('stats/moments.js');
const { sampleQuantile } = await load('stats/quantiles.js');

const file = join(packageFolder, '..', 'shared', 'data', 'cbr_gold_history.csv');
const { horizon, refitEvery, residualScale: kind, residualMemory: memory } = defaultSettings;
const [quotes, chosenBy, firstOrigin] = [500, 400, 30];
const troubles = [
  ['2008', '2008-01-01', '2008-12-31'],
  ['2014-12', '2014-12-01', '2014-12-31'],
  ['2020-03', '2020-03-01', '2020-03-31'],
  ['2022-03', '2022-03-01', '2022-03-31'],
];

if (!existsSync(file)) {
  console.log('Not measured: ../shared/data/cbr_gold_history.csv is absent, and nothing is made up in its place.');
  process.exit(0);
}
const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1);
const history = rows.map((row) => row.split(',')).filter(([date]) => date >= '2008-07-02');
const dates = history.map(([date]) => date);
const y = Float64Array.from(history, ([, price]) => Number(price));
const scale = residualScale(y, kind);
// The origins whose targets at horizon h are the last 500 quotes reach back h more: one block of origins serves all.
const reported = range(y.length - horizon - quotes, y.length - horizon);
const choosing = range(reported[0] - horizon - chosenBy, reported[0] - horizon);
const plain = [
  ['the last 500 errors', plainNaive(500)],
  ['all errors since 2008', plainNaive(Number.POSITIVE_INFINITY)],
].map(([name, folds]) => [name, lossTable(folds, y, reported)]);
const naive = foldsOf('naive');
const naiveTable = lossTable(naive, y, reported);

console.log(
  `${y.length} quotes to ${dates.at(-1)}; reported origins ${dates[reported[0]]} .. ${dates[reported.at(-1)]}`,
);
for (const name of (process.argv[2] ?? 'naive,drift').split(',')) report(name);

function report(name) {
  const folds = name === 'naive' ? naive : foldsOf(name);
  const choice = chooseCalibration(folds, y, scale, choosing, { scale: kind, memory });
  console.log(`\n${name}: intervals by ${choice.method}, chosen on ${dates[choosing[0]]} .. ${dates[choosing.at(-1)]}`);
  for (const [method, { relativeWis, coverageMiss }] of Object.entries(choice.scores)) {
    console.log(
      `  ${method.padEnd(6)} WIS against split ${relativeWis.toFixed(4)}, coverage off by ${points(coverageMiss)}`,
    );
  }
  const table = lossTable(choice.calibrated, y, reported);
  console.log('   h   50%   80%   95%  WIS/500  WIS/all  MAE/naive');
  for (let h = 1; h <= horizon; h += 1) {
    const covered = [table.inside50, table.inside80, table.inside95].map((inside) => share(table, inside, h));
    const ratios = plain.map(([, other]) => wis(table, h) / wis(other, h));
    const mae = error(table, h) / error(naiveTable, h);
    const cells = [
      ...covered.map((value) => value.toFixed(1).padStart(6)),
      ...ratios.map((r) => r.toFixed(4).padStart(9)),
    ];
    console.log(`${String(h).padStart(4)}${cells.join('')}${mae.toFixed(4).padStart(11)}`);
  }
  goals(table, choice.calibrated);
}

function goals(table, calibrated) {
  const far = range(2, horizon + 1);
  for (const [name, other] of plain) {
    const ratio = mean(far.map((h) => wis(table, h) / wis(other, h)));
    goal(`WIS over horizons 2..14, naive with plain intervals from ${name}`, ratio, 0.97, 4);
  }
  goal('coverage, mean over horizons, points off at most', Math.max(...misses(table).map(([off]) => off)), 2, 1);
  goal('coverage at any horizon, points off at most', Math.max(...misses(table).map(([, off]) => off)), 4, 1);
  for (const [name, from, to] of troubles) {
    const origins = range(firstOrigin, y.length - horizon).filter((t) => dates[t] >= from && dates[t] <= to);
    const inTrouble = lossTable(
      calibrated,
      y,
      origins.filter((t) => !missing(calibrated, t)),
    );
    const rounded = misses(inTrouble).map(([average, worst]) => `${average.toFixed(1)}/${worst.toFixed(1)}`);
    const largest = Math.max(...misses(inTrouble).map(([, off]) => off));
    goal(
      `${name} (${inTrouble.origins.length} origins), average/any horizon 50, 80, 95%: ${rounded.join(' ')}`,
      largest,
      8,
      1,
    );
  }
}

function goal(what, value, limit, digits) {
  const verdict = value <= limit ? 'met' : `missed by ${(value - limit).toFixed(digits)}`;
  console.log(`  ${what}: ${value.toFixed(digits)} (goal ${limit}, ${verdict})`);
}

/** By coverage: distance of the average from what was promised, and the largest at any horizon; points. */
function misses(table) {
  return [
    [table.inside50, 50],
    [table.inside80, 80],
    [table.inside95, 95],
  ].map(([inside, promised]) => {
    const off = range(1, horizon + 1).map((h) => share(table, inside, h) - promised);
    return [Math.abs(mean(off)), Math.max(...off.map(Math.abs))];
  });
}

function foldsOf(name) {
  const starts = [firstOrigin, ...range(1, Math.ceil(y.length / refitEvery)).map((block) => block * refitEvery)];
  const blocks = starts.map((fitOrigin, place) => ({
    fitOrigin,
    origins: range(fitOrigin, Math.min(starts[place + 1] ?? y.length - 1, y.length - 1)),
  }));
  const options = { horizon, window: 'expanding', windowLength: y.length, seed: 1 };
  return rollingOrigin(createModel(name), { y, season: 5 }, blocks, options);
}

/** Today's price, with the quantiles of past changes of its logarithm around it: no scale, no adaptation. */
function plainNaive(kept) {
  const folds = emptyFolds(Int32Array.from(reported), horizon);
  for (const [row, origin] of reported.entries()) {
    for (let h = 1; h <= horizon; h += 1) {
      const from = Math.max(0, origin - h - kept + 1);
      const changes = Float64Array.from(range(from, origin - h + 1), (t) => Math.log(y[t + h] / y[t])).sort();
      folds.mean[row * horizon + h - 1] = y[origin];
      for (const [level, probability] of quantileLevels.entries()) {
        const change = probability === 0.5 ? 0 : sampleQuantile(changes, probability);
        folds.quantiles[(row * quantileLevels.length + level) * horizon + h - 1] = y[origin] * Math.exp(change);
      }
    }
  }
  return { ...folds, failures: [] };
}

/** Early origins have no interval at the far horizons yet. */
function missing(folds, origin) {
  const row = folds.origins.indexOf(origin);
  return Number.isNaN(folds.quantiles[(row + 1) * quantileLevels.length * horizon - 1]);
}

function wis(table, h) {
  return mean(column(table, table.wis, h));
}

function error(table, h) {
  const median = column(table, table.median, h);
  return mean(column(table, table.target, h).map((target, row) => Math.abs(target - median[row])));
}

function share(table, inside, h) {
  return 100 * mean(column(table, inside, h));
}

function points(value) {
  return `${(100 * value).toFixed(1)} points`;
}

function range(from, to) {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}
