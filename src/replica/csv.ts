import { PlatformError } from '../domain/errors.ts';
import { type IsoDate, isIsoDate } from '../domain/iso-date.ts';

/** One row of a data file: `line` counts from 1, the header included. */
export interface CsvRow {
  readonly line: number;
  readonly date: IsoDate;
  readonly cells: readonly string[];
}

/**
 * Rows of a plain CSV (no quoting) with the given columns, of which the first is a date.
 * Dates must not decrease. Throws INPUT_INVALID naming file and line.
 */
export function readCsv(path: string, text: string, columns: readonly string[]): CsvRow[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const header = lines[0]?.split(',') ?? [];
  if (columns.some((column, index) => header[index] !== column)) {
    throw badLine(path, 1, `the header is "${lines[0] ?? ''}" and should begin with "${columns.join(',')}"`);
  }
  const rows: CsvRow[] = [];
  lines.forEach((content, index) => {
    if (index === 0 || content === '') return;
    const cells = content.split(',');
    const date = cells[0] ?? '';
    if (cells.length !== header.length) throw badLine(path, index + 1, `${cells.length} cells, not ${header.length}`);
    if (!isIsoDate(date)) throw badLine(path, index + 1, `"${date}" is not a date`);
    const previous = rows.at(-1)?.date;
    if (previous !== undefined && date < previous) throw badLine(path, index + 1, `${date} comes after ${previous}`);
    rows.push({ line: index + 1, date, cells });
  });
  return rows;
}

/** A plain decimal number of a row, as text; an empty cell is null. */
export function decimalCell(path: string, row: CsvRow, index: number): string | null {
  const text = row.cells[index] ?? '';
  if (text === '') return null;
  if (!/^-?\d{1,12}(?:\.\d{1,12})?$/.test(text)) throw badLine(path, row.line, `"${text}" is not a number`);
  return text;
}

export function badLine(path: string, line: number, what: string): PlatformError {
  return new PlatformError('INPUT_INVALID', `${path}, line ${line}: ${what}.`, {
    context: { path, line },
    hint: 'Mend the line, or take the file out of the data folder if the replica can do without it.',
  });
}
