// `npm run bench:learners [-- --python venv/bin/python]`: trees, regressions and volatility beside the Python packages one
// would pick, same data, one thread, processor time, imports and compilation not counted.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { packageFolder } from './freshness.mjs';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    build: { type: 'string', default: `${packageFolder}/dist` },
  },
});
const load = (path) => import(pathToFileURL(`${options.build}/src/${path}`).href);
const [{ fitBooster, predictBooster }, { binFeatures }, { fitForest }, { createModel }, { fitGarch }, { createRng }] =
  await Promise.all(
    [
      'models/boosting-fit.js',
      'models/regression-tree.js',
      'models/forest-fit.js',
      'models/catalogue.js',
      'models/volatility-fit.js',
      'stats/random.js',
    ].map(load),
  );

const rows = 4200;
const [columns, outputs] = [30, 14];
const rounds = 7;
const boosters = {};
const rng = createRng(5);
const draw = (count) => Float64Array.from({ length: count }, () => rng.normal());
const made = { features: draw(2 * rows * columns), noise: draw(2 * rows), changes: madeChanges() };
const train = partOf(0);
const test = partOf(1);
const cumulative = madeOutputs();

const ours = {
  'boosting, 255 bins': time(() => boost({}, 255)),
  'boosting, 64 bins': time(() => boost({}, 64)),
  'boosting of a quantile': time(() => boost({ loss: { quantile: 0.9 } }, 255)),
  'forest, 1 output': time(() => forest(train.target, 1)),
  'forest, 14 outputs': time(() => forest(cumulative, outputs)),
  'elastic net, 14 outputs': time(() =>
    createModel('elastic-net', { lags: 26 }).fit({ y: prices(), season: 1 }, { seed: 1 }),
  ),
  'GARCH, Student': time(() => fitGarch(unitChanges(), { asymmetric: false, innovations: 'student' })),
  'GJR, Student': time(() => fitGarch(unitChanges(), { asymmetric: true, innovations: 'student' })),
};
const errors = {
  'boosting, 255 bins': testError((row) => predictBooster(boosters[255], row)),
  'boosting, 64 bins': testError((row) => predictBooster(boosters[64], row)),
};
const theirs = askPython();
const line = (cells) =>
  console.log(
    cells[0].padEnd(26) +
      cells
        .slice(1)
        .map((cell) => String(cell).padStart(14))
        .join(''),
  );
console.log(`${rows} rows, ${columns} columns, median of ${rounds}, milliseconds of processor time`);
console.log(
  theirs === null ? 'No Python with scikit-learn, lightgbm and arch: give one by --python.' : theirs.versions,
);
line(['', 'here', 'there', 'ratio', 'error here', 'error there', 'LightGBM']);
for (const [name, ms] of Object.entries(ours)) {
  const other = theirs?.times[name];
  const figures = [other?.toFixed(0) ?? '', other === undefined ? '' : `${(other / ms).toFixed(2)}x`];
  const error = [errors[name]?.toFixed(4) ?? '', theirs?.errors[name]?.toFixed(4) ?? ''];
  line([name, ms.toFixed(0), ...figures, ...error, theirs?.lightgbm[name]?.toFixed(0) ?? '']);
}

function boost(given, bins) {
  const settings = { rounds: 100, learningRate: 0.1, maxLeaves: 31, minLeaf: 20, l2: 0, patience: 1, loss: 'squared' };
  const features = binFeatures(train.features, rows, columns, bins);
  const booster = fitBooster({ features, target: train.target }, { ...settings, ...given });
  if (given.loss === undefined) boosters[bins] = booster;
}

function forest(targets, count) {
  const settings = { trees: 200, maxDepth: 5, minLeaf: 40, featureShare: 0.4, maxBins: 64, blockLength: 28, seed: 1 };
  fitForest({ features: train.features, featureCount: columns, outputs: targets, outputCount: count, rows }, settings);
}

/** Half of the made rows: feature-major values and a curve with noise. */
function partOf(half) {
  const features = made.features.slice(half * rows * columns, (half + 1) * rows * columns);
  const truth = Float64Array.from({ length: rows }, (_, i) => {
    const of = (f) => features[f * rows + i];
    return 2 * Math.sin(of(0)) + of(1) * of(2) + 0.5 * of(3);
  });
  return { features, truth, target: truth.map((value, i) => value + made.noise[half * rows + i]) };
}

/** Cumulative sums of the target: outputs that share most of their noise, as horizons do. */
function madeOutputs() {
  const all = new Float64Array(rows * outputs);
  for (let k = 0; k < outputs; k++) {
    for (let i = 0; i < rows; i++) {
      all[k * rows + i] = (k > 0 ? all[(k - 1) * rows + i] : 0) + train.target[(i + k) % rows];
    }
  }
  return all;
}

function madeChanges() {
  let variance = 1e-4;
  return Float64Array.from({ length: rows }, () => {
    const change = Math.sqrt(variance) * rng.normal();
    variance = 2e-6 + 0.1 * change * change + 0.88 * variance;
    return change;
  });
}

function prices() {
  let level = Math.log(900);
  return made.changes.map((change) => {
    level += change;
    return Math.exp(level);
  });
}

function unitChanges() {
  const unit = Math.sqrt(made.changes.reduce((sum, change) => sum + change * change, 0) / rows);
  return made.changes.map((change) => change / unit);
}

/** Mean squared distance from the curve on rows not seen. */
function testError(predict) {
  let squares = 0;
  for (let i = 0; i < rows; i++) {
    const row = Float64Array.from({ length: columns }, (_, f) => test.features[f * rows + i]);
    squares += (predict(row) - test.truth[i]) ** 2;
  }
  return squares / rows;
}

function time(work) {
  work();
  const times = Array.from({ length: rounds }, () => {
    const started = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  });
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)];
}

function askPython() {
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  const parts = [train.features, train.target, test.features, test.truth, cumulative, made.changes, prices()];
  writeFileSync(join(folder, 'data.bin'), Buffer.concat(parts.map((part) => Buffer.from(part.buffer))));
  const script = join(packageFolder, 'scripts/oracles/bench_learners.py');
  const environment = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const answer = spawnSync(options.python, [script, join(folder, 'data.bin')], { encoding: 'utf8', env: environment });
  rmSync(folder, { recursive: true });
  if (answer.status === 0) return JSON.parse(answer.stdout);
  process.stderr.write(answer.stderr ?? '');
  return null;
}
