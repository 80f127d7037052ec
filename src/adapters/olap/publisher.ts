import type { Olap } from '../../ports/olap.ts';
import type { OlapMonth, OlapPublisher, PublishedPart } from '../../ports/olap-publisher.ts';
import { sqlFile } from '../sql-files.ts';
import { onCluster, renamedTable } from './cluster-ddl.ts';

const tables = [
  'published',
  'quote_daily',
  'metal_quote',
  'fx_rate',
  'monthly',
  'forecast_point',
  'forecast_vintage',
  'forecast_vs_fact',
  'model_score',
] as const;

/** Tables without a partition key have one part of this name. */
const whole = 'all';

/**
 * Publishes into ClickHouse: rows go into a load table first, then whole partitions are replaced from it, so that
 * a rerun gives the same rows and a reader never sees half of one. Parts are years or 'all'.
 */
export function createOlapPublisher(olap: Olap, cluster: string | null = null): OlapPublisher {
  return {
    async prepare() {
      for (const statement of tableStatements(cluster)) await olap.command(statement);
    },
    async parts(table) {
      const rows = await olap.rows<{ part: string; hash: string }>(
        'SELECT part, argMax(hash, published_at) AS hash FROM published WHERE table_name = {table:String} GROUP BY part',
        { table },
      );
      return new Map(rows.filter(({ hash }) => hash !== '').map(({ part, hash }) => [part, hash]));
    },
    replaceParts: (table, parts) => replaceParts(olap, table, parts),
    async dropParts(table, parts) {
      if (parts.length === 0) return;
      const drops = parts.map((part) => `DROP PARTITION ${partition(part)}`);
      await olap.command(`ALTER TABLE ${table} ${drops.join(', ')}`);
      await record(
        olap,
        table,
        parts.map((part) => ({ part, hash: '', rows: [] })),
      );
    },
    async rebuildMonths() {
      await olap.command('TRUNCATE TABLE monthly_load');
      await olap.command(sqlFile('clickhouse/transform/monthly.sql'));
      const years = await olap.rows<{ year: number; filled: number }>(
        `SELECT toYear(month) AS year, max(filled) AS filled
         FROM (SELECT month, 0 AS filled FROM monthly UNION ALL SELECT month, 1 FROM monthly_load)
         GROUP BY year ORDER BY year`,
      );
      const changes = years.map(({ year, filled }) =>
        filled === 1 ? `REPLACE PARTITION ${year} FROM monthly_load` : `DROP PARTITION ${year}`,
      );
      if (changes.length > 0) await olap.command(`ALTER TABLE monthly ${changes.join(', ')}`);
      await olap.command('TRUNCATE TABLE monthly_load');
    },
    months: () => olap.rows<OlapMonth>('SELECT * FROM monthly ORDER BY metal, month'),
    parquet: (table, part) => {
      const where = part === whole ? '' : `WHERE _partition_value.1 = ${partition(part)}`;
      return olap.export(`SELECT * FROM ${table} ${where} ORDER BY ALL`, 'Parquet');
    },
  };
}

/** Every table and, for all but the ledger, its load table; on a cluster as replicated tables of all nodes. */
export function tableStatements(cluster: string | null): string[] {
  return tables.flatMap((table) => {
    const made = sqlFile(`clickhouse/tables/${table}.sql`);
    const load = renamedTable(made, table, `${table}_load`);
    return (table === 'published' ? [made] : [made, load]).map((statement) => onCluster(statement, cluster));
  });
}

async function replaceParts(olap: Olap, table: string, parts: readonly PublishedPart[]): Promise<void> {
  if (parts.length === 0) return;
  await olap.command(`TRUNCATE TABLE ${table}_load`);
  await olap.insert(
    `${table}_load`,
    parts.flatMap(({ rows }) => rows),
  );
  const replacements = parts.map(({ part }) => `REPLACE PARTITION ${partition(part)} FROM ${table}_load`);
  await olap.command(`ALTER TABLE ${table} ${replacements.join(', ')}`);
  // Recorded after the rows are there: a crash in between only repeats the replacement.
  await record(olap, table, parts);
  await olap.command(`TRUNCATE TABLE ${table}_load`);
}

function record(
  olap: Olap,
  table: string,
  parts: readonly { readonly part: string; readonly hash: string; readonly rows: readonly object[] }[],
): Promise<void> {
  const entries = parts.map(({ part, hash, rows }) => ({ table_name: table, part, hash, rows: rows.length }));
  return olap.insert('published', entries);
}

/** A part as SQL: never text from outside, only a year or the one part of an uncut table. */
function partition(part: string): string {
  return part === whole ? 'tuple()' : String(Number.parseInt(part, 10));
}
