// The part of `npm run bench:m4 -- --python PATH` that puts the classical models beside statsforecast's: the same models,
// the same series, all cores on both sides, in turns.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFolder } from '../freshness.mjs';
import { runBenchmark } from './run.mjs';

/** `every` takes each so many-th series of the panel; `models` are those that scripts/oracles/m4.py has counterparts of. */
export async function besideStatsforecast({ python, train, test, horizon, season, models, every, rounds, published }) {
  const folder = mkdtempSync(join(tmpdir(), 'assay-m4-'));
  try {
    const [past, future] = [train, test].map((file, i) => thinned(file, every, join(folder, `${i}.csv`)));
    const out = join(folder, 'theirs.csv');
    const [own, theirs] = [[], []];
    for (let round = 0; round < rounds; round++) {
      const answer = runStatsforecast(python, [past, String(horizon), String(season), out, ...models]);
      if (answer === undefined) return;
      theirs.push(answer);
      own.push(runBenchmark({ train: past, test: future, horizon, season, models: models.join(',') }));
    }
    const { report } = own[0];
    console.log(`\nBeside statsforecast ${theirs[0].version}, ${report.series} series, OWA against the same Naive2:`);
    printScores(report, await scoresOf([past, future, out], models, season), published);
    printSeconds(least(own), least(theirs));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runStatsforecast(python, parameters) {
  const script = join(packageFolder, 'scripts', 'oracles', 'm4.py');
  const answer = spawnSync(python, [script, ...parameters], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  if (answer.status === 0) return JSON.parse(answer.stdout);
  console.log(`statsforecast was not measured: ${python} could not run ${script}.\n${answer.stderr ?? ''}`);
  return undefined;
}

function printScores(report, scores, published) {
  const heads = ['series', 'here', 'there', 'off', 'published'];
  console.log(`${'model'.padEnd(32)}${heads.map((head) => head.padStart(10)).join('')}`);
  for (const { model, forecast, scores: own } of report.models) {
    const there = scores[model].owa;
    const off = 100 * (own.owa / there - 1);
    const verdict = Math.abs(off) <= 1 ? 'within 1%' : off < 0 ? 'better' : 'WORSE by more than 1%';
    const row = published[model.split(':')[0]];
    const cells = [forecast, own.owa.toFixed(3), there.toFixed(3), `${off.toFixed(1)}%`, row?.toFixed(3) ?? '-'];
    console.log(`${model.padEnd(32)}${cells.map((cell) => String(cell).padStart(10)).join('')}  ${verdict}`);
  }
}

function printSeconds(own, theirs) {
  const verdict = (name) =>
    own[name] < theirs[name] ? `${(theirs[name] / own[name]).toFixed(1)} times faster` : 'NOT faster';
  for (const name of ['wall', 'processor']) {
    const pair = `${own[name].toFixed(1)} here with start and reading, ${theirs[name].toFixed(1)} there without`;
    console.log(`all these models, all cores, ${name} seconds: ${pair}: ${verdict(name)}`);
  }
}

function least(runs) {
  const of = (name) => Math.min(...runs.map((run) => run[name]));
  return { wall: of('wall'), processor: of('processor') };
}

/** Their forecasts by the scores that ours get. */
async function scoresOf(files, models, season) {
  const built = (path) => import(pathToFileURL(join(packageFolder, 'dist', 'src', path)).href);
  const { scorePanel } = await built('panel/m4-scores.js');
  const { quantileLevels } = await built('domain/forecaster.js');
  const [past, future, made] = files.map((file) => grouped(readRows(file)));
  const values = (rows, name) => Float64Array.from(rows, (row) => Number(row[name]));
  return Object.fromEntries(
    models.map((model) => {
      const forecasts = [...made].map(([id, rows]) => {
        const mean = values(rows, model);
        const [training, actual] = [values(past.get(id), 'y'), values(future.get(id), 'y').slice(0, mean.length)];
        return { training, actual, mean, quantiles: quantileLevels.map(() => mean) };
      });
      return [model, scorePanel(forecasts, season)];
    }),
  );
}

function thinned(file, every, target) {
  if (every === 1) return file;
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const ids = [...new Set(lines.map((line) => line.split(',')[0]))];
  const kept = new Set(ids.filter((_, i) => i % every === 0));
  writeFileSync(target, [head, ...lines.filter((line) => kept.has(line.split(',')[0]))].join('\n'));
  return target;
}

function readRows(file) {
  const [head, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const names = head.trim().split(',');
  return lines.map((line) => {
    const cells = line.trim().split(',');
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
  });
}

function grouped(rows) {
  const groups = new Map();
  for (const row of rows) {
    if (!groups.has(row.unique_id)) groups.set(row.unique_id, []);
    groups.get(row.unique_id).push(row);
  }
  return groups;
}
