import { describe, expect, it } from 'vitest';
import { startFaultCounter } from '../../../src/replica/fault-counter.ts';
import { parseFaults } from '../../../src/replica/faults.ts';

describe('parseFaults', () => {
  it('reads counts, dates, amounts and series', () => {
    expect(parseFaults('challenge:2, revise:2025-06-20:+1.5@silver ,late:2025-06-21:3')).toEqual({
      transport: [{ kind: 'challenge', count: 2, series: null }],
      values: [
        { kind: 'revise', date: '2025-06-20', series: '2', change: { operation: 'add', amount: 1.5 }, hours: 0 },
        { kind: 'late', date: '2025-06-21', series: '1', change: null, hours: 3 },
      ],
    });
    expect(parseFaults('5xx@usd,bomb:always,challenge:cookie').transport).toEqual([
      { kind: '5xx', count: 1, series: 'usd' },
      { kind: 'bomb', count: 'always', series: null },
      { kind: 'challenge', count: 'cookie', series: null },
    ]);
    expect(parseFaults('revise:2025-06-20:=8000').values[0]?.change).toEqual({ operation: 'set', amount: 8000 });
    expect(parseFaults('revise:2025-06-20:-0.5').values[0]?.change).toEqual({ operation: 'add', amount: -0.5 });
    expect(parseFaults('')).toEqual({ transport: [], values: [] });
  });

  it.each([
    'teapot',
    'reset:0',
    'reset:-1',
    'reset:cookie',
    'reset:1:2',
    'reset@gold',
    'zero',
    'zero:2025-02-30',
    'zero:2025-06-20:1',
    'zero:2025-06-20@euro',
    'zero:2025-06-20@gold@usd',
    'revise:2025-06-20',
    'revise:2025-06-20:1.5',
    'late:2025-06-20:soon',
  ])('refuses %j by name and shows the syntax', (text) => {
    expect(() => parseFaults(text)).toThrow(text);
    try {
      parseFaults(text);
    } catch (error) {
      expect(error).toMatchObject({ code: 'USAGE', hint: expect.stringContaining('revise:DATE') });
    }
  });
});

describe('startFaultCounter', () => {
  it('spends faults in their order, by series', () => {
    const counter = startFaultCounter(parseFaults('challenge:2,reset@usd,5xx:1'));
    expect(counter.take('metals', '')).toBe('challenge');
    expect(counter.take('usd', '')).toBe('challenge');
    expect(counter.take('metals', '')).toBe('5xx');
    expect(counter.take('metals', '')).toBeNull();
    expect(counter.take('usd', '')).toBe('reset');
    expect(counter.take('usd', '')).toBeNull();
  });

  it("lets those through who bring the guard's cookie", () => {
    const counter = startFaultCounter(parseFaults('challenge:cookie'));
    expect(counter.take('metals', '')).toBe('challenge');
    expect(counter.take('metals', 'a=1; __ddg1_=x')).toBeNull();
    expect(counter.take('metals', '')).toBe('challenge');
  });
});
