import { parquetWriteBuffer } from 'hyparquet-writer';
import writeXlsxFile, { type Cell } from 'write-excel-file/node';
import { type ColumnKind, type CsvCell, type CsvTable, kindsOf } from './csv.ts';

/** A table to be written as a file of its own, with what it says of itself. */
export interface TableFile {
  readonly format: 'xlsx' | 'parquet';
  readonly table: CsvTable;
  /** Where the numbers come from: pairs of a name and a text. */
  readonly about: readonly (readonly [string, string])[];
}

export type TableBytes = Uint8Array<ArrayBuffer>;

/** Writes a table as XLSX (typed cells, the second sheet tells where it comes from) or as Parquet (typed columns). */
export async function writeTableFile({ format, table, about }: TableFile): Promise<TableBytes> {
  return format === 'xlsx' ? writeXlsx(table, about) : writeParquet(table, about);
}

async function writeXlsx(table: CsvTable, about: TableFile['about']): Promise<TableBytes> {
  const kinds = kindsOf(table);
  const heads = table.columns.map((name): Cell => ({ value: name, fontWeight: 'bold' }));
  const rows = table.rows.map((row) => row.map((cell, column) => xlsxCell(cell, kinds[column] ?? 'text')));
  const notes = about.map(([name, text]): Cell[] => [{ value: name, fontWeight: 'bold' }, { value: text }]);
  const file = writeXlsxFile([
    {
      data: [heads, ...rows],
      sheet: 'Data',
      stickyRowsCount: 1,
      columns: table.columns.map((name) => ({ width: Math.max(12, name.length + 2) })),
    },
    { data: notes, sheet: 'About', columns: [{ width: 18 }, { width: 80 }] },
  ]);
  return new Uint8Array(await file.toBuffer());
}

function xlsxCell(cell: CsvCell, kind: ColumnKind): Cell {
  if (cell === null) return null;
  if (kind === 'date') return { value: new Date(`${String(cell)}T00:00:00Z`), type: Date, format: 'yyyy-mm-dd' };
  if (typeof cell === 'number') return { value: cell, type: Number };
  if (typeof cell === 'boolean') return { value: cell, type: Boolean };
  return { value: cell, type: String };
}

const parquetTypes = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  number: { type: 'DOUBLE' },
  whole: { type: 'INT32' },
  boolean: { type: 'BOOLEAN' },
  date: { type: 'INT32', converted_type: 'DATE' },
  instant: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
} as const;

function writeParquet(table: CsvTable, about: TableFile['about']): TableBytes {
  const kinds = kindsOf(table);
  const schema = table.columns.map((name, column) => ({
    name,
    repetition_type: 'OPTIONAL' as const,
    ...parquetTypes[kinds[column] ?? 'text'],
  }));
  const bytes = parquetWriteBuffer({
    schema: [{ name: 'root', num_children: table.columns.length }, ...schema],
    columnData: table.columns.map((name, column) => ({
      name,
      data: table.rows.map((row) => parquetValue(row[column] ?? null, kinds[column] ?? 'text')),
    })),
    kvMetadata: about.map(([key, value]) => ({ key, value })),
    rowGroupSize: 100_000,
    createdBy: 'Assay',
  });
  return new Uint8Array(bytes);
}

function parquetValue(cell: CsvCell, kind: ColumnKind): unknown {
  if (cell === null) return null;
  if (kind === 'date') return new Date(`${String(cell)}T00:00:00Z`);
  if (kind === 'instant') return new Date(String(cell));
  return kind === 'text' ? String(cell) : cell;
}
