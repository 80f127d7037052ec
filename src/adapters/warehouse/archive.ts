import type pg from 'pg';
import { PlatformError } from '../../domain/errors.ts';
import type { Archive, ArchivedTable } from '../../ports/archive.ts';
import { sqlFile } from '../sql-files.ts';
import { type Queryable, rows, script, transaction } from './pool.ts';

const batch = 2_000;

/**
 * Dumps and restores the warehouse through SQL alone, so that it works on the embedded engine and on any server.
 * Its statements name tables found in the catalogue at run time, so they cannot be files.
 */
export function createArchive(pool: pg.Pool): Archive {
  return {
    dump: () => dump(pool),
    restore: (tables) => transaction(pool, (db) => restore(db, tables)),
  };
}

async function* dump(pool: pg.Pool): AsyncIterable<ArchivedTable> {
  const client = await pool.connect();
  try {
    // One snapshot for all tables: rows that refer to one another are of the same moment.
    await script(client, 'begin isolation level repeatable read read only');
    for (const table of await tableNames(client)) {
      const found = await rows<{ line: string }>(client, `select to_jsonb(t)::text as line from ${table} t order by t`);
      yield { table, lines: found.map(({ line }) => line) };
    }
    await script(client, 'commit');
  } finally {
    client.release();
  }
}

async function restore(db: Queryable, tables: AsyncIterable<ArchivedTable>): Promise<Readonly<Record<string, number>>> {
  const known = new Set(await tableNames(db));
  for (const table of known) await refuseRows(db, table);
  const restored: Record<string, number> = {};
  for await (const { table, lines } of tables) {
    if (!known.has(table)) {
      throw new PlatformError('INPUT_INVALID', `The backup has a table ${table} that this version does not know.`, {
        context: { table },
        hint: 'Restore with the version of Assay that wrote the backup, or a newer one.',
      });
    }
    for (let from = 0; from < lines.length; from += batch) {
      const json = `[${lines.slice(from, from + batch).join(',')}]`;
      await rows(
        db,
        `insert into ${table} overriding system value select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
        [json],
      );
    }
    restored[table] = lines.length;
  }
  await moveSequences(db);
  return restored;
}

async function tableNames(db: Queryable): Promise<readonly string[]> {
  const found = await rows<{ table_name: string }>(db, sqlFile('postgres/archive/tables.sql'));
  return found.map(({ table_name }) => table_name);
}

/** Rows that a migration itself writes (the default experiment) come back with the backup. */
async function refuseRows(db: Queryable, table: string): Promise<void> {
  const isSeeded = table.startsWith('tracking.') || table.startsWith('ops.');
  const [first] = await rows<{ found: number }>(db, `select 1 as found from ${table} limit 1`);
  if (first === undefined) return;
  if (isSeeded) {
    await script(db, `delete from ${table}`);
    return;
  }
  throw new PlatformError('CONFLICT', `This installation is not empty: ${table} has rows.`, {
    context: { table },
    hint: 'Restore into a new data folder (ASSAY_DATA), then start Assay on it.',
  });
}

/** New rows must not take numbers that restored rows have. */
async function moveSequences(db: Queryable): Promise<void> {
  const found = await rows<{ sequence: string; source: string; column_name: string }>(
    db,
    sqlFile('postgres/archive/sequences.sql'),
  );
  for (const { sequence, source, column_name: column } of found) {
    await rows(db, `select setval($1, coalesce((select max(${column}) from ${source}), 0) + 1, false)`, [sequence]);
  }
}
