// `npm run trials:day [-- --day 2025-06-27 --metals gold --models all --shards 4 --pictures DIR --keep]`: one whole day on
// the full stack without Docker. In the morning Airflow brings the history in and compares models over shards; in the
// evening a replica of the Bank reveals the next price, and Airflow's DAGs follow one another by assets. What must then be
// in PostgreSQL, ClickHouse, MLflow, Superset and on our own pages is asked of each; exit code 1 with what was missing.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageFolder } from '../freshness.mjs';
import { openAirflow } from './airflow.mjs';
import { checkEvening, checkMorning } from './checks.mjs';
import { takePictures } from './pictures.mjs';
import { openStack } from './stack.mjs';

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({
  options: {
    ...{ day: text('2025-06-27'), metals: text('gold'), shards: text('4'), pictures: text('') },
    ...{ models: text('naive,drift,theta,ets,moving-average'), keep: { type: 'boolean', default: false } },
  },
});
const data = process.env.ASSAY_BENCH_DATA ?? join(packageFolder, '..', 'shared', 'data');
requireEverything();

const metals = values.metals.split(',');
const next = nextPrices();
const started = performance.now();
const parts = [];
const complaints = [];
const stack = openStack({
  ASSAY_REPLICA: data,
  AIRFLOW_ASSAY_METALS: values.metals,
  AIRFLOW_ASSAY_MODELS: values.models,
  AIRFLOW_ASSAY_SHARDS: values.shards,
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    stack.remove();
    process.exit(130);
  });
}
try {
  await part('morning: the stack starts', () => stack.up(`${values.day} 10:00`, `${values.day}T07:00:00Z`));
  const airflow = await openAirflow(stack);
  await part('morning: history comes in', () => airflow.begin(['assay_train', 'assay_nowcast']));
  await part('morning: tournament and forecast', () => airflow.release('assay_train'));
  complaints.push(...(await checkMorning(stack, next)));
  await part('evening: the price is published, the clock moves on', async () => {
    stack.down(['airflow-dag-processor', 'airflow-scheduler', 'airflow', 'assay', 'replica']);
    await stack.up(`${values.day} 17:00`, `${values.day}T14:00:00Z`);
  });
  await part('evening: ingest, transform, forecast, score, publish', () => airflow.start('assay_ingest'));
  const compared = { models: values.models === 'all' ? null : values.models.split(',').length };
  complaints.push(...(await airflow.failures()), ...(await checkEvening(stack, next, compared)));
  if (values.pictures !== '') complaints.push(...(await part('pictures', () => takePictures(stack, airflow, values))));
  await printDay(airflow);
} finally {
  if (!values.keep) complaints.push(...stack.remove());
}
for (const complaint of complaints) console.log(`MISSING  ${complaint}`);
if (complaints.length > 0) process.exitCode = 1;

async function part(name, work) {
  const begun = performance.now();
  console.log(`${((begun - started) / 1000).toFixed(0).padStart(4)} s  ${name}`);
  const result = await work();
  parts.push({ name, seconds: (performance.now() - begun) / 1000 });
  return result;
}

async function printDay(airflow) {
  console.log('\n| DAG | why | state | s |\n| --- | --- | --- | --- |');
  for (const { dag_id, run_type, state, duration } of await airflow.runs()) {
    console.log(`| ${dag_id} | ${run_type} | ${state} | ${(duration ?? 0).toFixed(0)} |`);
  }
  console.log('\n| part of the day | s |\n| --- | --- |');
  for (const { name, seconds } of parts) console.log(`| ${name} | ${seconds.toFixed(0)} |`);
  console.log(`\n${stack.status()}`);
}

/** The first price after the day, of each metal, as the recorded history has it: what everything is compared with. */
function nextPrices() {
  const codes = { gold: '1', silver: '2', platinum: '3', palladium: '4' };
  const recorded = rowsOf('cbr_metals.csv').map(([date, code, buy]) => ({ date, code, buy }));
  const gold = rowsOf('cbr_gold_history.csv').map(([date, buy]) => ({ date, code: '1', buy }));
  return metals.map((metal) => {
    const found = [...recorded, ...gold]
      .filter(({ date, code }) => code === codes[metal] && date > values.day)
      .sort((one, other) => (one.date < other.date ? -1 : 1))[0];
    if (found !== undefined) return { metal, date: found.date, rubPerGram: Number(found.buy) };
    console.error(`There is no price of ${metal} after ${values.day} in ${data}.`);
    return process.exit(2);
  });
}

function rowsOf(file) {
  if (!existsSync(join(data, file))) return [];
  const lines = readFileSync(join(data, file), 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => line.split(','));
}

/** Ends the process, saying so, where something is absent. */
function requireEverything() {
  const cache = process.env.ASSAY_CACHE ?? join(homedir(), '.cache', 'assay');
  const needed = {
    'history in ../shared/data': join(data, 'cbr_metals.csv'),
    'Airflow (scripts/install-airflow.sh)': join(cache, 'airflow3', 'bin', 'airflow'),
    'MLflow (scripts/install-mlflow.sh)': join(cache, 'mlflow3', 'bin', 'mlflow'),
    'Superset (scripts/install-superset.sh)': join(cache, 'superset', 'bin', 'superset'),
    'S3 server (scripts/install-s3-server.sh)': join(cache, 'bin', 'versitygw'),
  };
  const absent = Object.keys(needed).filter((what) => !existsSync(needed[what]));
  if (absent.length === 0) return;
  console.log(`Not tried: there is no ${absent.join('; no ')}.`);
  process.exit(0);
}
