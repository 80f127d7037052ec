import fc from 'fast-check';
import { expect, it } from 'vitest';
import { writeCsv } from '../../../../src/api/v1/csv.ts';

it('writes a header, CRLF, and empty fields for what is missing', () => {
  expect(
    writeCsv({
      columns: ['date', 'sell'],
      rows: [
        ['2025-06-28', null],
        ['a,b', 'say "so"\n'],
      ],
    }),
  ).toBe('date,sell\r\n2025-06-28,\r\n"a,b","say ""so""\n"\r\n');
});

it('gives back any text to a reader of RFC 4180', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
      const [columns, ...rest] = rows;
      expect(readCsv(writeCsv({ columns: columns!, rows: rest }))).toEqual(rows);
    }),
  );
});

function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      at += 1;
      while (text[at] !== '"' || text[at + 1] === '"') {
        if (text[at] === '"') at += 1;
        cell += text[at];
        at += 1;
      }
      at += 1;
    } else {
      while (text[at] !== ',' && text[at] !== '\r') {
        cell += text[at];
        at += 1;
      }
    }
    row.push(cell);
    if (text[at] === '\r') {
      rows.push(row);
      row = [];
      at += 2;
    } else at += 1;
  }
  return rows;
}
