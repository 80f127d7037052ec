// `npm run bench:scale [-- 1,2,4 [models]]`: the tournaments of four metals over ../shared/data, whole catalogue, cold, on one machine as
// `assay train` and as shards on so many worker processes, each with one computing thread. Every way must give the same scores.
import { createHash } from 'node:crypto';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { assay, requireHistory, startTrial } from './trial-installation.mjs';

const workers = (process.argv[2] ?? '1,2,4').split(',').map(Number);
const models = process.argv[3] ?? 'all';
const metals = ['gold', 'silver', 'platinum', 'palladium'];
const shardsPerMetal = 8;

requireHistory();
const trial = await startTrial('bench-scale');
try {
  console.log(
    `${metals.length} metals, models: ${models}; ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}`,
  );
  console.log(
    'way              shards, wall s  processor s  longest shard s  join, wall s  processor s  all, wall s  scores',
  );
  await oneMachine();
  for (const count of workers) await shared(count);
} finally {
  await trial.stop();
}

async function oneMachine() {
  await clone('alone');
  const settings = { ...trial.settings('alone'), ASSAY_THREADS: '1' };
  const total = { wall: 0, processor: 0 };
  for (const metal of metals)
    add(total, await assay(['train', '--metal', metal, '--models', models, '--json'], settings));
  await row('assay train', { wall: 0, processor: 0, longest: 0 }, total, 'alone');
}

async function shared(count) {
  const database = `workers_${count}`;
  await clone(database);
  const lake = pathToFileURL(join(trial.folder, database, 'lake')).href;
  // Each has a folder of its own, as on a machine of its own; the warehouse and the lake are shared.
  const settingsOf = (worker) => ({
    ...trial.settings(database),
    ASSAY_DATA: join(trial.folder, database, String(worker)),
    LAKE_URL: lake,
    ASSAY_THREADS: '1',
  });
  const plans = [];
  for (const metal of metals) {
    const command = ['tournament', 'plan', '--metal', metal, '--models', models, '--shards', String(shardsPerMetal)];
    plans.push((await assay([...command, '--json'], settingsOf(0))).json);
  }
  const shards = plans.flatMap(({ plan, shards: names }) =>
    names.map((shard) => ['shard', '--plan', plan, '--shard', shard]),
  );
  const joins = plans.map(({ plan }) => ['join', '--plan', plan]);
  const name = `${count} ${count === 1 ? 'worker' : 'workers'}`;
  await row(name, await workedOff(shards, count, settingsOf), await workedOff(joins, count, settingsOf), database);
}

/** Commands of a tournament taken one after another by so many workers at once. */
async function workedOff(commands, count, settingsOf) {
  const waiting = [...commands];
  const total = { wall: 0, processor: 0, longest: 0 };
  const started = performance.now();
  const work = async (worker) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { processor, wall } = await assay(['tournament', ...next, '--json'], settingsOf(worker));
      total.processor += processor;
      total.longest = Math.max(total.longest, wall);
    }
  };
  await Promise.all(Array.from({ length: count }, (_, worker) => work(worker)));
  return { ...total, wall: (performance.now() - started) / 1000 };
}

async function row(name, shards, joins, database) {
  const cells = [
    name.padEnd(15),
    shards.wall.toFixed(1).padStart(16),
    shards.processor.toFixed(1).padStart(13),
    shards.longest.toFixed(1).padStart(17),
    joins.wall.toFixed(1).padStart(14),
    joins.processor.toFixed(1).padStart(13),
    (shards.wall + joins.wall).toFixed(1).padStart(13),
    `  ${await scoresHash(database)}`,
  ];
  console.log(cells.join(''));
}

/** Everything that was decided and measured about prices; what the computing took is no part of it. */
async function scoresHash(database) {
  const scores = await trial.query('select s::text as line from dm.model_score s order by 1', database);
  const text = scores.map(({ line }) => line).join('\n');
  return `${scores.length} rows ${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}

function clone(database) {
  return trial.query(`create database ${database} template base`);
}

function add(total, { wall, processor }) {
  total.wall += wall;
  total.processor += processor;
}
