import type pg from 'pg';
import { PlatformError } from '../../domain/errors.ts';
import type { ExportReader } from '../../ports/warehouse.ts';
import { sqlFile } from '../sql-files.ts';
import { exactRows, rows } from './pool.ts';

/** Tables that may be copied: the date that puts a row into a year (null: it has none), and the order of rows. */
const tables: Readonly<Record<string, { readonly date: string | null; readonly key: string }>> = {
  'ods.metal_quote': { date: 'effective_date', key: 'metal, effective_date, revision' },
  'ods.fx_rate': { date: 'effective_date', key: 'currency, effective_date, revision' },
  'ods.driver': { date: 'value_date', key: 'source, series, value_date, revision' },
  'dm.working_calendar': { date: 'calendar_date', key: 'calendar_date' },
  'dm.quote_daily': { date: 'effective_date', key: 'metal, effective_date' },
  'dm.anomaly': { date: 'effective_date', key: 'metal, effective_date' },
  'dm.monthly': { date: 'month', key: 'metal, month' },
  'dm.yearly': { date: 'make_date(year, 1, 1)', key: 'metal, year' },
  'dm.training_set': { date: 'origin_date', key: 'metal, origin_date' },
  'dm.forecast_vintage': { date: 'cutoff', key: 'vintage_id' },
  'dm.forecast_point': { date: 'target_date', key: 'vintage_id, horizon' },
  'dm.forecast_vs_fact': { date: 'target_date', key: 'vintage_id, horizon' },
  'dm.tournament': { date: 'cutoff', key: 'tournament_id' },
  'dm.tournament_model': { date: null, key: 'tournament_id, model' },
  'dm.model_score': { date: null, key: 'tournament_id, model, block, horizon' },
};

/** Copies of tables: decimals as text, so that no digit is lost; days `yyyy-mm-dd`, instants ISO 8601 in UTC. */
export function createExportReader(pool: pg.Pool): ExportReader {
  return {
    async readTable(table, year) {
      const { date, key } = exportable(table);
      const template = date === null ? 'export-whole-table' : 'export-table';
      const sql = sqlFile(`postgres/read/${template}.sql`)
        .replaceAll('{{table}}', table)
        .replaceAll('{{date}}', date ?? '')
        .replaceAll('{{key}}', key);
      const result = await exactRows(pool, sql, date === null ? [] : [year]);
      return { columns: result.fields.map((field) => field.name), rows: result.rows as object[] };
    },
    async countRows() {
      const counted = await rows<{ name: string; count: number }>(pool, sqlFile('postgres/read/count-rows.sql'));
      return Object.fromEntries(counted.map(({ name, count }) => [name, count]));
    },
  };
}

function exportable(table: string): { readonly date: string | null; readonly key: string } {
  const found = Object.hasOwn(tables, table) ? tables[table] : undefined;
  if (found !== undefined) return found;
  throw new PlatformError('INPUT_INVALID', `"${table}" is not a table that can be exported.`, {
    context: { table },
    hint: `Tables: ${Object.keys(tables).join(', ')}.`,
  });
}
