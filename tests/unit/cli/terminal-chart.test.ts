import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChartRequest, sparkline, terminalChart } from '../../../src/cli/terminal-chart.ts';

function chart(values: readonly number[], changes: Partial<ChartRequest> = {}): string[] {
  return terminalChart({
    points: values.map((value, day) => ({ day, value })),
    width: 40,
    height: 10,
    isLog: false,
    style: 'braille',
    formatValue: (value) => value.toFixed(1),
    formatDay: (day) => `d${day}`,
    ...changes,
  });
}

describe('a chart in the terminal', () => {
  it('draws a rise from the lower left to the upper right, with its ends on the axes', () => {
    const lines = chart([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(lines).toHaveLength(10);
    expect(lines[0]).toMatch(/^ *7\.0 ┤ +[⠀-⣿]/u);
    expect(lines[7]).toMatch(/^ *0\.0 ┤[⠁-⣿]/u);
    expect(lines.at(-1)).toMatch(/d0 .*d4.* d7$/);
  });

  it('puts equal ratios at equal heights on a logarithmic axis', () => {
    const height = (line: string) => line.trim().split(' ')[0];
    const lines = chart([1, 10, 100], { isLog: true, height: 11 });
    expect(height(lines[4]!)).toBe('10.0');
  });

  it('leaves a gap where days are missing, and bridges holidays', () => {
    const points = [
      ...Array.from({ length: 30 }, (_, day) => day),
      ...Array.from({ length: 30 }, (_, day) => day + 90),
    ].map((day) => ({ day, value: 5 + (day % 3) }));
    for (const style of ['braille', 'blocks'] as const) {
      const rows = chart([], { points, style, width: 66 }).slice(0, -2);
      const middle = rows.map((row) => row.slice(35, 40).trim()).join('');
      expect(middle, style).toBe('');
    }
    const holidays = [0, 13, 26, 39].map((day) => ({ day, value: day }));
    const bottom = chart([], { points: holidays, style: 'blocks', height: 5 }).at(-3)!;
    expect(bottom.split('┤')[1]).not.toContain(' ');
  });

  it('fits its width and draws anything finite', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 30, max: 160 }),
        fc.boolean(),
        fc.constantFrom('braille', 'blocks'),
        (values, width, isLog, style) => {
          const lines = chart(values, { width, isLog, style });
          expect(lines).toHaveLength(10);
          for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
          expect(lines.join('')).not.toMatch(/NaN|undefined/);
        },
      ),
    );
  });

  it('has sparklines with the lowest low and the highest high', () => {
    expect(sparkline([1, 2, null, 8])).toBe('▁▂ █');
    expect(sparkline([5, 5])).toBe('▅▅');
    expect(sparkline([])).toBe('');
  });
});
