import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../../src/embedded/postgres.ts';

/** What the terminal said was done: from then on it must never be missing. */
export interface Acknowledged {
  readonly loads: { series: string; from: string; to: string; inserted: number }[];
  readonly forecasts: { cutoff: string; model: string; version: number }[];
}

export interface Examination {
  readonly violations: readonly string[];
  readonly repeatedAtOnce: number;
}

/** Adds what a command's stderr acknowledged. */
export function noteAcknowledged(stderr: string, acknowledged: Acknowledged): void {
  for (const [, series, from, to, inserted] of stderr.matchAll(/load: (\w+) (\S+) \.\. (\S+): (\d+) new rows/g)) {
    acknowledged.loads.push({ series: `${series}`, from: `${from}`, to: `${to}`, inserted: Number(inserted) });
  }
  for (const [, cutoff, model, version] of stderr.matchAll(/: gold from (\S+) by (\S+) v(\d+): created/g)) {
    acknowledged.forecasts.push({ cutoff: `${cutoff}`, model: `${model}`, version: Number(version) });
  }
}

/** Looks over a data folder that nobody uses: rows, registry, forecasts, journal and lake. Gives each violation as a sentence. */
export async function examineInstallation(request: {
  readonly data: string;
  /** Quote dates the source has shown, each with all its values; null where they cannot be counted. */
  readonly quoteDates: number | null;
  readonly acknowledged: Acknowledged;
}): Promise<Examination> {
  const server = await startPostgres({ dataFolder: join(request.data, 'postgres') });
  const client = new pg.Client({ connectionString: server.url });
  try {
    await client.connect();
    const ask = async <Row extends pg.QueryResultRow>(sql: string) => (await client.query<Row>(sql)).rows;
    const counts = await examineRows(ask, request.quoteDates);
    const lost = await examineAcknowledged(ask, request.acknowledged);
    const registry = await examineRegistry(ask);
    const forecasts = await examineForecasts(ask);
    const journal = await examineJournal(ask);
    const lake = examineLake(join(request.data, 'lake'), await ask('select object_key, sha256 from raw.load'));
    return {
      violations: [...counts, ...lost, ...registry, ...forecasts, ...journal.violations, ...lake],
      repeatedAtOnce: journal.repeatedAtOnce,
    };
  } finally {
    await client.end();
    await server.stop();
  }
}

type Ask = <Row extends pg.QueryResultRow>(sql: string) => Promise<Row[]>;

/** The source never changed a value: every layer has exactly one row per series and date, no more and no fewer. */
async function examineRows(ask: Ask, dates: number | null): Promise<string[]> {
  const perDate = {
    'raw.record': 5,
    'ods.metal_quote': 4,
    'ods.fx_rate': 1,
    'dm.quote_daily': 4,
    'dm.training_set': 4,
  };
  const violations: string[] = [];
  for (const [table, rows] of Object.entries(perDate)) {
    const [row] = await ask<{ count: string }>(`select count(*) from ${table}`);
    if (dates === null) continue;
    const count = rows * dates;
    if (Number(row?.count) !== count) violations.push(`${table} has ${row?.count} rows instead of ${count}`);
  }
  const balance = await ask(`select l.receipt_key from raw.load l
    left join (select receipt_key, count(*) as records from raw.record group by 1) r using (receipt_key)
    where l.inserted <> coalesce(r.records, 0)`);
  if (balance.length > 0) violations.push(`${balance.length} loads do not balance with their records`);
  const failed = await ask<{ check_name: string; offending_count: number }>(
    'select check_name, offending_count from ops.check_result where offending_count > 0',
  );
  return [...violations, ...failed.map((row) => `check ${row.check_name} has ${row.offending_count} offending rows`)];
}

async function examineAcknowledged(ask: Ask, acknowledged: Acknowledged): Promise<string[]> {
  const key = (parts: readonly unknown[]) => parts.join(' ');
  const loads = await ask('select series, range_from::text, range_to::text, inserted from raw.load');
  const present = loads.map((row) => key([row['series'], row['range_from'], row['range_to'], row['inserted']]));
  const violations: string[] = [];
  for (const load of acknowledged.loads) {
    const wanted = key([load.series, load.from, load.to, load.inserted]);
    // A resumed run may tell the same load twice; it is one row.
    if (!present.includes(wanted)) violations.push(`the acknowledged load ${wanted} is missing`);
  }
  const vintages = await ask('select cutoff::text, model_name, model_version from dm.forecast_vintage');
  const made = new Set(vintages.map((row) => key([row['cutoff'], row['model_version']])));
  for (const forecast of acknowledged.forecasts) {
    const wanted = key([forecast.cutoff, forecast.version]);
    if (!made.has(wanted)) violations.push(`the acknowledged forecast ${wanted} is missing`);
  }
  return violations;
}

async function examineRegistry(ask: Ask): Promise<string[]> {
  const models = await ask<{ name: string; serving: string }>(`select m.name,
      count(*) filter (where v.current_stage = 'Production') as serving
    from tracking.registered_model m left join tracking.model_version v using (name) group by 1`);
  const wrong = models.filter((model) => Number(model.serving) !== 1);
  if (models.length === 0) return ['no model is registered after a finished run'];
  return wrong.map((model) => `${model.name} has ${model.serving} versions in Production`);
}

async function examineForecasts(ask: Ask): Promise<string[]> {
  const partial = await ask<{ vintage_id: string; points: string }>(`select v.vintage_id, count(p.horizon) as points
    from dm.forecast_vintage v left join dm.forecast_point p using (vintage_id)
    group by v.vintage_id, v.horizons having count(p.horizon) <> v.horizons or v.horizons <> 14`);
  const twice = await ask<{ cutoff: string }>(`select metal, cutoff::text from dm.forecast_vintage
    group by metal, cutoff, model_name, model_version, data_hash having count(*) > 1`);
  return [
    ...partial.map((row) => `vintage ${row.vintage_id} has ${row.points} points`),
    ...twice.map((row) => `there are two vintages of one forecast from ${row.cutoff}`),
  ];
}

/** Runs that go on for ever, and finished steps that a resumed run did again. */
async function examineJournal(ask: Ask): Promise<Examination> {
  const open = await ask<{ run_id: string }>(`select run_id from ops.run where status = 'running'`);
  const steps = await ask<{ run_id: string; step: string }>(
    `select s.run_id, s.step from ops.step s join ops.run r using (run_id)
     where s.status = 'running' and r.status <> 'running'`,
  );
  const unfinished = await ask<{ workflow_uuid: string; status: string }>(
    `select workflow_uuid, status from dbos.workflow_status where status not in ('SUCCESS', 'ERROR')`,
  );
  // Between two successes of a step: was anything after it begun? Then its success had been recorded and was ignored.
  const repeated = await ask<{ run_id: string; step: string; went_on: boolean }>(
    `select a.run_id, a.step, exists (
        select from ops.step later where later.run_id = a.run_id and later.position > a.position
          and later.started_at >= a.ended_at and later.started_at < b.started_at) as went_on
     from ops.step a join ops.step b on b.run_id = a.run_id and b.step = a.step and b.attempt > a.attempt
     where a.status = 'succeeded'`,
  );
  return {
    violations: [
      ...open.map((row) => `run ${row.run_id} is still running in the journal`),
      ...steps.map((row) => `step ${row.step} of ${row.run_id} is still running in the journal`),
      ...unfinished.map((row) => `workflow ${row.workflow_uuid} was left ${row.status}`),
      ...repeated
        .filter((row) => row.went_on)
        .map((row) => `finished step ${row.step} of ${row.run_id} was done again`),
    ],
    repeatedAtOnce: repeated.filter((row) => !row.went_on).length,
  };
}

/** Every receipt points to a whole object, every object is what its name says, and every export is a whole file. */
function examineLake(lake: string, loads: readonly Record<string, unknown>[]): string[] {
  const violations: string[] = [];
  const raw = join(lake, 'raw');
  for (const file of filesBelow(raw)) {
    const bytes = readFileSync(file);
    if (file.endsWith('.json')) {
      const receipt = JSON.parse(bytes.toString('utf8')) as { objectKey: string; sha256: string };
      const object = join(lake, receipt.objectKey);
      if (!existsSync(object)) violations.push(`receipt ${file} points to nothing`);
      else if (sha256(readFileSync(object)) !== receipt.sha256) violations.push(`${receipt.objectKey} is not whole`);
    } else if (!file.includes(sha256(bytes))) violations.push(`${file} is not what its name says`);
  }
  for (const load of loads) {
    const object = join(lake, String(load['object_key']));
    if (!existsSync(object) || sha256(readFileSync(object)) !== load['sha256']) {
      violations.push(`${String(load['object_key'])} was loaded and is missing or changed`);
    }
  }
  for (const file of filesBelow(join(lake, 'parquet')).filter((name) => name.endsWith('.parquet'))) {
    const bytes = readFileSync(file);
    const isWhole = bytes.subarray(0, 4).toString() === 'PAR1' && bytes.subarray(-4).toString() === 'PAR1';
    if (!isWhole) violations.push(`${file} is no whole Parquet file`);
  }
  return violations;
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
