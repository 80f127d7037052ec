export type CsvCell = string | number | boolean | null;

export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
}

/** RFC 4180: a header row, CRLF, quotes where needed; a missing value is an empty field. */
export function writeCsv(table: CsvTable): string {
  const lines = [table.columns.map(field).join(',')];
  for (const row of table.rows) lines.push(row.map(field).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function field(cell: CsvCell): string {
  if (cell === null) return '';
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
