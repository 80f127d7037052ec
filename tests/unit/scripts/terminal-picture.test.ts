import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../src/config/package-root.ts';

interface Cell {
  readonly glyph: string;
  readonly ink?: number;
  readonly isBold?: boolean;
}

const { screenOf, pictureOf } = (await import(join(packageRoot, 'scripts', 'terminal-picture.mjs'))) as {
  screenOf(output: string): Cell[][];
  pictureOf(rows: Cell[][], title: string): string;
};
const textOf = (output: string): string[] => screenOf(output).map((row) => row.map(({ glyph }) => glyph).join(''));

it('shows what a terminal would: overwritten, erased and gone back to', () => {
  expect(textOf('one\r\ntwo\r\n')).toEqual(['one', 'two', '']);
  expect(textOf('50%\r100%')).toEqual(['100%']);
  expect(textOf('working\r\u001b[Kdone')).toEqual(['done']);
  expect(textOf('a\r\nb\r\n\u001b[2A\u001b[Jc')).toEqual(['c']);
});

it('keeps colours and weight cell by cell, until they are reset', () => {
  const [row] = screenOf('\u001b[1;32mgo\u001b[0m!');
  expect(row).toEqual([{ glyph: 'g', isBold: true, ink: 2 }, { glyph: 'o', isBold: true, ink: 2 }, { glyph: '!' }]);
});

it('draws a picture that any reader of XML takes, with what it shows escaped', () => {
  const picture = pictureOf(screenOf('\u001b[31m<b>&"</b>\u001b[0m  end'), 'a "title"');
  expect(() => new SaxesParser().write(picture).close()).not.toThrow();
  expect(picture).toContain('&lt;b>&amp;&quot;&lt;/b>');
  expect(picture).toContain('fill="#e06c75"');
});
