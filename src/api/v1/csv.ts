export type CsvCell = string | number | boolean | null;

/** What a column holds; told by the contract where it can be, else by its values. */
export type ColumnKind = 'text' | 'number' | 'whole' | 'boolean' | 'date' | 'instant';

export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
  readonly kinds?: readonly ColumnKind[];
}

/** RFC 4180: a header row, CRLF, quotes where needed; a missing value is an empty field. */
export function writeCsv(table: CsvTable): string {
  const lines = [table.columns.map(field).join(',')];
  for (const row of table.rows) lines.push(row.map(field).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

/** The kinds of a table's columns. A column without any value counts as numbers: so are all our columns that may lack them. */
export function kindsOf(table: CsvTable): readonly ColumnKind[] {
  return table.kinds ?? table.columns.map((_, column) => kindOfValues(table.rows.map((row) => row[column] ?? null)));
}

function kindOfValues(values: readonly CsvCell[]): ColumnKind {
  const given = values.filter((value) => value !== null);
  if (given.every((value) => typeof value === 'number')) return 'number';
  if (given.every((value) => typeof value === 'boolean')) return 'boolean';
  return given.every((value) => /^\d{4}-\d{2}-\d{2}$/.test(String(value))) ? 'date' : 'text';
}

function field(cell: CsvCell): string {
  if (cell === null) return '';
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
