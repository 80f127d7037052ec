import type pg from 'pg';
import { assert } from '../../domain/errors.ts';
import type { DateRange, IsoDate } from '../../domain/iso-date.ts';
import type { AppliedTransform, CheckResult, RowCounts, Transformer, TransformOutcome } from '../../ports/warehouse.ts';
import { sqlFile } from '../sql-files.ts';
import { type Queryable, rows, script, transaction, written } from './pool.ts';
import { packagedChecks } from './sql-headers.ts';

/** In the order they run: each reads only what stands before it. */
const odsTables = ['metal_quote', 'fx_rate', 'driver'] as const;
const dmTables = ['quote_daily', 'anomaly', 'monthly', 'yearly', 'training_set'] as const;

/** Transformations in PostgreSQL. One at a time, whoever asks; readers see the state before or after, never between. */
export function createTransformer(pool: pg.Pool): Transformer {
  return {
    ods: (range) => alone(pool, async (db) => tablesOf(await transformLayer(db, 'ods', odsTables, range))),
    dm: (range) => alone(pool, async (db) => tablesOf(await transformLayer(db, 'dm', dmTables, range))),
    replaceCalendar: (days) =>
      alone(pool, async (db) => {
        const columns = [
          days.map((day) => day.date),
          days.map((day) => day.isQuoteDate),
          days.map((day) => day.isProvisional),
          days.map((day) => day.reason),
        ];
        const counts = onlyRow(await rows<RowCounts>(db, sqlFile('postgres/write/calendar.sql'), columns));
        await freshenStatistics(db, 'dm.working_calendar', counts);
        return counts;
      }),
    async check(range = null) {
      const results = await runChecks(pool, range);
      await keepResults(pool, results);
      return results;
    },
    apply: (range) => applyWhole(pool, range),
  };
}

async function applyWhole(pool: pg.Pool, range: DateRange | null): Promise<AppliedTransform> {
  const outcome = await alone(pool, async (db): Promise<AppliedTransform> => {
    await script(db, 'savepoint before_transform');
    const ods = await transformLayer(db, 'ods', odsTables, range);
    const dm = await transformLayer(db, 'dm', dmTables, widened(range, ods.changed));
    const checks = await runChecks(db, range);
    const kept = checks.every((check) => check.offendingCount === 0);
    if (!kept) await script(db, 'rollback to savepoint before_transform');
    if (kept && changes(dm.tables['dm.quote_daily'])) await rows(db, sqlFile('postgres/write/announce-data.sql'));
    return { kept, tables: { ...ods.tables, ...dm.tables }, checks };
  });
  await keepResults(pool, outcome.checks);
  return outcome;
}

/**
 * A revision inside the range can hold or free prices outside it, which then have to leave or enter dm: the range of
 * dm reaches as far as ods changed.
 */
function widened(range: DateRange | null, changed: DateRange | null): DateRange | null {
  if (range === null || changed === null) return range;
  return spanOf([range.from, range.to, changed.from, changed.to]);
}

function spanOf(days: readonly IsoDate[]): DateRange | null {
  const inOrder = days.toSorted();
  const [from, to] = [inOrder.at(0), inOrder.at(-1)];
  return from === undefined || to === undefined ? null : { from, to };
}

function changes(counts: RowCounts | undefined): boolean {
  return counts !== undefined && counts.inserted + counts.updated + counts.deleted > 0;
}

async function alone<Result>(pool: pg.Pool, work: (db: pg.PoolClient) => Promise<Result>): Promise<Result> {
  return transaction(pool, async (db) => {
    await rows(db, sqlFile('postgres/write/lock.sql'), ['transform']);
    await script(db, sqlFile('postgres/write/transform-settings.sql'));
    return work(db);
  });
}

async function transformLayer(
  db: pg.PoolClient,
  layer: 'ods' | 'dm',
  tables: readonly string[],
  range: DateRange | null,
): Promise<LayerOutcome> {
  const counts: Record<string, RowCounts> = {};
  const changed: IsoDate[] = [];
  for (const table of tables) {
    const sql = sqlFile(`postgres/${layer}/${table}.sql`);
    const row = onlyRow(await rows<CountRow>(db, sql, [range?.from ?? null, range?.to ?? null]));
    const { read, inserted, updated, deleted } = row;
    counts[`${layer}.${table}`] = { read, inserted, updated, deleted };
    if (row.changed_from && row.changed_to) changed.push(row.changed_from, row.changed_to);
    await freshenStatistics(db, `${layer}.${table}`, row);
  }
  return { tables: counts, changed: spanOf(changed) };
}

/** A table just filled has no statistics yet, and what reads it would be planned blind, many times slower. */
async function freshenStatistics(db: pg.PoolClient, table: string, { inserted }: RowCounts): Promise<void> {
  if (inserted > 1_000) await script(db, sqlFile('postgres/write/analyze.sql').replaceAll('{{table}}', table));
}

interface LayerOutcome extends TransformOutcome {
  /** First and last date of the rows written; null where none was, or where the layer does not say. */
  readonly changed: DateRange | null;
}

interface CountRow extends RowCounts {
  readonly changed_from?: IsoDate | null;
  readonly changed_to?: IsoDate | null;
}

function tablesOf({ tables }: LayerOutcome): TransformOutcome {
  return { tables };
}

async function runChecks(db: Queryable, range: DateRange | null): Promise<CheckResult[]> {
  const template = sqlFile('postgres/read/offending.sql');
  const results: CheckResult[] = [];
  for (const { check, purpose, sql } of packagedChecks()) {
    const found = await rows<{ offending: Record<string, unknown>; offending_count: number }>(
      db,
      template.replace('{{check}}', () => sql),
      [range?.from ?? null, range?.to ?? null],
    );
    const offendingCount = found[0]?.offending_count ?? 0;
    results.push({ check, purpose, offending: found.map((row) => row.offending), offendingCount });
  }
  return results;
}

async function keepResults(db: Queryable, results: readonly CheckResult[]): Promise<void> {
  await written(db, sqlFile('postgres/write/check-result.sql'), [
    results.map((result) => result.check),
    results.map((result) => result.purpose),
    results.map((result) => result.offendingCount),
    results.map((result) => JSON.stringify(result.offending)),
  ]);
}

function onlyRow<Row>(found: readonly Row[]): Row {
  const [row] = found;
  assert(row !== undefined && found.length === 1, 'a transformation returns its counts in one row');
  return row;
}
