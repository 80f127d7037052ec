import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paint, paintRemark, printTable } from '../../../src/cli/output.ts';
import { createProgress, duration, progressLine } from '../../../src/cli/progress.ts';
import { layOut } from '../../../src/cli/table.ts';
import { createTestTerminal } from '../../support/terminal.ts';

describe('a table', () => {
  const headings = ['model', 'MAE', 'why'];
  const rows = [
    ['theta', 12.5, 'better than the price of today over the same origins, and certain'],
    ['naive', null, 'x'],
  ];

  it('is whole in a pipe, and cut by its texts at a terminal', () => {
    const whole = layOut(headings, rows, Number.POSITIVE_INFINITY);
    expect(whole[1]).toBe('theta  12.5  better than the price of today over the same origins, and certain');
    expect(whole[2]).toBe('naive     –  x');
    const narrow = layOut(headings, rows, 30);
    expect(narrow[1]).toBe('theta  12.5  better than the …');
    expect(narrow.map((line) => [...line].length).every((length) => length <= 30)).toBe(true);
  });

  it('never outgrows the terminal, and never loses a row', () => {
    const cell = fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.constant(null));
    const table = fc
      .integer({ min: 1, max: 6 })
      .chain((columns) =>
        fc.tuple(
          fc.array(fc.string({ minLength: 1 }), { minLength: columns, maxLength: columns }),
          fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { maxLength: 8 }),
        ),
      );
    fc.assert(
      fc.property(table, fc.integer({ min: 20, max: 200 }), ([heads, body], width) => {
        const lines = layOut(heads, body, width);
        expect(lines).toHaveLength(body.length + 1);
        for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('has colours only for the stream that shows them', () => {
    const plain = createTestTerminal();
    printTable(plain, ['a'], [[1]]);
    expect(plain.stdout()).not.toContain('\u001b');
    const bright = createTestTerminal({ colour: true });
    printTable(bright, ['a'], [[1]]);
    expect(bright.stdout()).toContain('\u001b[1m');
    expect(paint({ colour: false }, 'red', 'x') + paintRemark({ errColour: true }, 'red', 'x')).toBe(
      'x\u001b[31mx\u001b[0m',
    );
  });
});

describe('progress', () => {
  it('shows share, rate and time left', () => {
    expect(progressLine(50, 200, 'fits', 10_000)).toBe('██████░░░░░░░░░░░░░░░░░░ 25%  50/200 fits, 5.0/s, 30 s left');
    expect([duration(59.2), duration(185), duration(7_800)]).toEqual(['1 min 00 s', '3 min 05 s', '2 h 10 min']);
  });

  it('is a bar over itself at a terminal, and a line for each tenth elsewhere', () => {
    let now = 0;
    const tty = createTestTerminal({ isTTY: true });
    const bar = createProgress(tty, 'fits', () => now);
    for (let done = 1; done <= 100; done += 1) {
      now += 20;
      bar.update(done, 100);
    }
    bar.end();
    expect(tty.stdout()).toBe('');
    expect(tty.stderr()).not.toContain('\n');
    expect(tty.stderr().endsWith('\r\u001b[K')).toBe(true);
    const pipe = createTestTerminal();
    const lines = createProgress(pipe, 'fits', () => now);
    for (let done = 1; done <= 100; done += 1) lines.update(done, 100);
    expect(pipe.stderr().trim().split('\n')).toHaveLength(10);
  });
});
