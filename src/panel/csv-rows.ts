import { PlatformError } from '../domain/errors.ts';

/** Takes text in pieces of any size and hands on whole records. */
export interface CsvRows {
  push(text: string): void;
  /** Hands on a last record without a line end; INPUT_INVALID when a quote is still open. */
  end(): void;
}

/** Longer than this no record of a panel is: a quote that never closes would otherwise eat the file. */
const MAX_RECORD = 100_000;

/**
 * Splits comma-separated text (RFC 4180: quoted fields, doubled quotes, LF or CRLF) into records and calls `onRow` with
 * the fields and the line, from 1, on which the record starts. A byte order mark and blank lines are passed over.
 * Throws INPUT_INVALID, naming `source` and the line, for a quote that does not close or text after a closing quote.
 */
export function createCsvRows(source: string, onRow: (fields: readonly string[], line: number) => void): CsvRows {
  let rest = '';
  let line = 1;
  let isStart = true;
  const emit = (record: string) => {
    const first = line;
    line += 1;
    if (record.endsWith('\r')) record = record.slice(0, -1);
    if (record === '') return;
    if (!record.includes('"')) return onRow(record.split(','), first);
    for (const character of record) if (character === '\n') line += 1;
    onRow(quotedFields(record, source, first), first);
  };
  return {
    push(text) {
      if (isStart && text !== '') {
        if (text.startsWith('\uFEFF')) text = text.slice(1);
        isStart = false;
      }
      const buffer = rest + text;
      let from = 0;
      // Found once and kept: looking for a quote anew for each record would read the rest of the piece each time.
      let quote = buffer.indexOf('"');
      while (true) {
        let end = buffer.indexOf('\n', from);
        if (quote >= 0 && quote < end) end = quotedEnd(buffer, quote);
        if (end < 0) break;
        emit(buffer.slice(from, end));
        from = end + 1;
        if (quote >= 0 && quote < from) quote = buffer.indexOf('"', from);
      }
      rest = buffer.slice(from);
      if (rest.length > MAX_RECORD) throw broken(source, line, `the row is longer than ${MAX_RECORD} characters`);
    },
    end() {
      if (rest === '') return;
      if (hasOpenQuote(rest)) throw broken(source, line, 'a quote is opened and never closed');
      emit(rest);
      rest = '';
    },
  };
}

/** INPUT_INVALID about one line of `source`. */
export function broken(source: string, line: number, reason: string, hint?: string): PlatformError {
  return new PlatformError('INPUT_INVALID', `${source}, line ${line}: ${reason}.`, {
    context: { source, line },
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Where the record ends whose first quote is at `quote`: at a line feed outside quotes; -1 when not all is there. */
function quotedEnd(buffer: string, quote: number): number {
  let isQuoted = false;
  for (let at = quote; at < buffer.length; at += 1) {
    if (buffer[at] === '"') isQuoted = !isQuoted;
    else if (buffer[at] === '\n' && !isQuoted) return at;
  }
  return -1;
}

function hasOpenQuote(record: string): boolean {
  return record.split('"').length % 2 === 0;
}

function quotedFields(record: string, source: string, line: number): string[] {
  const fields: string[] = [];
  let at = 0;
  while (true) {
    let field = '';
    if (record[at] === '"') {
      let close = record.indexOf('"', at + 1);
      while (close >= 0 && record[close + 1] === '"') close = record.indexOf('"', close + 2);
      if (close < 0) throw broken(source, line, 'a quote is opened and never closed');
      field = record.slice(at + 1, close).replaceAll('""', '"');
      at = close + 1;
      if (at < record.length && record[at] !== ',') throw broken(source, line, 'text follows a closing quote');
    } else {
      const comma = record.indexOf(',', at);
      const end = comma < 0 ? record.length : comma;
      field = record.slice(at, end);
      if (field.includes('"')) throw broken(source, line, 'a quote stands inside a field that is not quoted');
      at = end;
    }
    fields.push(field);
    if (at >= record.length) return fields;
    at += 1;
  }
}
