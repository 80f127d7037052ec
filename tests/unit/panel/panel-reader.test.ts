import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PlatformError } from '../../../src/domain/errors.ts';
import type { Panel } from '../../../src/panel/panel.ts';
import { createPanelReader } from '../../../src/panel/panel-reader.ts';

describe('a panel', () => {
  test('is read whatever the order of columns, quotes, line ends, mark and mixture of series', () => {
    const text =
      '\uFEFF"y",unique_id,note,ds\r\n1.5,A,x,1\r\n-2e3,"B, ""b""",,2020-01-31\r\n\r\n2,A,"two\nlines",2\r\n.5,"B, ""b""",,2020-02-29';
    for (const size of [1, 3, 1000]) {
      const panel = read(text, size);
      expect(panel.rows).toBe(4);
      expect(panel.series.map(({ id, kind, y }) => [id, kind, Array.from(y)])).toEqual([
        ['A', 'integer', [1.5, 2]],
        ['B, "b"', 'date', [-2000, 0.5]],
      ]);
      expect(Array.from(panel.series[0]!.stamps)).toEqual([1, 2]);
    }
  });

  test('may have names for its stamps, as long as none repeats', () => {
    expect(Array.from(read('unique_id,ds,y\nA,first,1\nA,second,2\n').series[0]!.stamps)).toEqual([1, 2]);
    expect(refusal('unique_id,ds,y\nA,first,1\nA,first,2\n')).toContain('line 3');
  });
});

test.each([
  ['nothing', '', 'it is empty'],
  ['a header alone', 'unique_id,ds,y\n', 'a header and no rows'],
  ['a missing column', 'unique_id,ds,value\nA,1,1\n', 'line 1: there is no column y'],
  ['a column that stands there twice', 'unique_id,ds,y,y\nA,1,1,1\n', 'line 1: the column y stands there twice'],
  ['a row too short', 'unique_id,ds,y\nA,1,1\nA,2\n', 'line 3: there are 2 fields, the header has 3'],
  ['a row too long', 'unique_id,ds,y\nA,1,1,000\n', 'line 2: there are 4 fields, the header has 3'],
  ['no value', 'unique_id,ds,y\nA,1,1\nA,2,\n', 'line 3: y of A is empty'],
  ['NaN', 'unique_id,ds,y\nA,1,NaN\n', 'line 2: y of A is "NaN"'],
  ['infinity', 'unique_id,ds,y\nA,1,1e999\n', 'line 2: y of A is "1e999"'],
  ['a decimal comma', 'unique_id,ds,y\nA,1,"1,5"\n', 'line 2: y of A is "1,5"'],
  ['a repeated stamp', 'unique_id,ds,y\nA,1,1\nA,1,2\n', 'line 3: ds "1" of A stands there twice'],
  [
    'time going back',
    'unique_id,ds,y\nA,2020-01-02,1\nB,1,1\nA,2020-01-01,2\n',
    'line 4: ds "2020-01-01" of A goes back',
  ],
  ['another kind of stamp', 'unique_id,ds,y\nA,1,1\nA,2020-01-01,2\n', 'unlike the whole numbers before it'],
  ['a day that is none', 'unique_id,ds,y\nA,2023-02-28,1\nA,2023-02-29,2\n', 'unlike the dates before it'],
  ['an empty id', 'unique_id,ds,y\n,1,1\n', 'line 2: unique_id is empty'],
  ['an empty stamp', 'unique_id,ds,y\nA,1,1\nA,,1\n', 'line 3: ds of A is empty'],
  ['a series too short', 'unique_id,ds,y\nA,1,1\nA,2,1\nB,1,1\n', 'line 4: B is too short: 1 row'],
  ['an open quote', 'unique_id,ds,y\nA,1,1\n"A,2,1\nA,3,1\n', 'line 3: a quote is opened and never closed'],
  ['text after a quote', 'unique_id,ds,y\n"A"b,1,1\n', 'line 2: text follows a closing quote'],
  ['a quote inside', 'unique_id,ds,y\nA"b",1,1\n', 'line 2: a quote stands inside a field'],
])('%s is refused by line', (_, text, reason) => {
  for (const size of [2, 1000]) expect(refusal(text, size)).toContain(reason);
});

test('lines are counted through quoted line feeds', () => {
  expect(refusal('unique_id,ds,y,note\nA,1,1,"a\nb\nc"\nA,2,x,\n')).toContain('line 5');
});

test('any panel comes back as it was written, however the text is cut', () => {
  const id = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text.trim() === text && text !== '');
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(fc.dictionary(id, values, { minKeys: 1 }), fc.integer({ min: 1, max: 40 }), (panel, size) => {
      const entries = Object.entries(panel);
      const rows = entries.flatMap(([name, y]) =>
        y.map((value, t) => `"${name.replaceAll('"', '""')}",${t + 1},${value}`),
      );
      const found = read(`unique_id,ds,y\n${rows.join('\n')}\n`, size);
      // Minus zero is written as 0, so that is what comes back.
      const written = entries.map(([name, y]) => [name, y.map((value) => value + 0)]);
      expect(found.series.map(({ id: name, y }) => [name, Array.from(y)])).toEqual(written);
    }),
  );
});

test('any text is a panel or is refused with a reason', () => {
  const piece = fc.constantFrom(
    'unique_id',
    'ds',
    'y',
    'A',
    '1',
    '2',
    '-1.5',
    'NaN',
    '"',
    ',',
    '\n',
    '\r\n',
    '2020-01-01',
    '',
  );
  const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 40 }).map((parts) => parts.join(''));
  const headed = text.map((rest) => `unique_id,ds,y\n${rest}`);
  fc.assert(
    fc.property(fc.oneof(text, headed), fc.integer({ min: 1, max: 20 }), (input, size) => {
      try {
        for (const { y, stamps } of read(input, size).series) {
          expect(y.length).toBe(stamps.length);
          expect(y.every(Number.isFinite)).toBe(true);
          expect(stamps.every((stamp, t) => t === 0 || stamp > stamps[t - 1]!)).toBe(true);
        }
      } catch (error) {
        if (!(error instanceof PlatformError)) throw error;
        expect(error.code).toBe('INPUT_INVALID');
        expect(error.message).toMatch(/^panel\.csv(, line \d+:| is no panel:)/);
      }
    }),
    { numRuns: 500 },
  );
});

function read(text: string, size = 1000): Panel {
  const reader = createPanelReader('panel.csv');
  for (let from = 0; from < text.length; from += size) reader.push(text.slice(from, from + size));
  return reader.end();
}

function refusal(text: string, size?: number): string {
  try {
    read(text, size);
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'INPUT_INVALID') return error.message;
    throw error;
  }
  return expect.unreachable('nothing was refused');
}
