import fc from 'fast-check';
import { renderToString } from 'preact-render-to-string';
import { describe, expect, it } from 'vitest';
import { addMonths, dateOf, dayOf, dayTicks, isDate } from '../../../web/charts/days.ts';
import { areaPath, linePath } from '../../../web/charts/marks.tsx';
import { linearScale, logScale, logTicks, niceTicks, paddedDomain } from '../../../web/charts/scale.ts';
import { TimeChart } from '../../../web/charts/time-chart.tsx';
import { type Point, sample, segments, thin, traceParts } from '../../../web/charts/trace.ts';

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const trace = fc
  .array(fc.record({ step: fc.integer({ min: 1, max: 40 }), value }), { minLength: 1, maxLength: 600 })
  .map((steps) => {
    let day = 10_000;
    return steps.map((one): Point => {
      day += one.step;
      return { day, value: one.value };
    });
  });

describe('scales', () => {
  it('keep order and ends', () => {
    fc.assert(
      fc.property(
        value,
        fc.double({ min: 0.001, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (low, span, share) => {
          const scale = linearScale([low, low + span], [200, 0]);
          expect(scale.at(low)).toBeCloseTo(200, 6);
          expect(scale.at(low + span)).toBeCloseTo(0, 6);
          expect(scale.at(low + span * share)).toBeLessThanOrEqual(200.001);
        },
      ),
    );
  });

  it('make equal ratios equally far on a logarithmic axis', () => {
    const scale = logScale([10, 1000], [0, 100]);
    expect(scale.at(100) - scale.at(10)).toBeCloseTo(scale.at(1000) - scale.at(100), 9);
  });

  it('tick at round values inside the domain, neither none nor too many', () => {
    fc.assert(
      fc.property(value, fc.double({ min: 0.01, max: 1e6, noNaN: true }), (low, span) => {
        const ticks = niceTicks(low, low + span, 5);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(7);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(low - span * 1e-6);
          expect(tick).toBeLessThanOrEqual(low + span * (1 + 1e-6));
        }
        for (let index = 1; index < ticks.length; index += 1) expect(ticks[index]!).toBeGreaterThan(ticks[index - 1]!);
      }),
    );
    expect(niceTicks(0, 10_000, 5)).toEqual([0, 2000, 4000, 6000, 8000, 10000]);
    expect(logTicks(50, 12_000, 5)).toEqual([50, 100, 200, 500, 1000, 2000, 5000, 10000]);
  });

  it('hold every value, with zero when told', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.boolean(), (values, withZero) => {
        const [low, high] = paddedDomain(values, withZero);
        expect(low).toBeLessThan(high);
        for (const one of withZero ? [...values, 0] : values) expect(one >= low && one <= high).toBe(true);
      }),
    );
  });
});

describe('days', () => {
  it('go to numbers and back', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 40_000 }), (day) => dayOf(dateOf(day)) === day));
    expect([isDate('2024-02-29'), isDate('2023-02-29'), isDate('2024-2-9')]).toEqual([true, false, false]);
    expect(addMonths('2025-08-31', -6)).toBe('2025-02-28');
    expect(addMonths('2025-01-15', -1)).toBe('2024-12-15');
  });

  it('tick inside any range, in order, never too many', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8_000, max: 20_000 }), fc.integer({ min: 2, max: 12_000 }), (from, span) => {
        const ticks = dayTicks(from, from + span, 7);
        expect(ticks.length).toBeLessThanOrEqual(9);
        for (const [index, tick] of ticks.entries()) {
          expect(tick.day >= from && tick.day <= from + span).toBe(true);
          if (index > 0) expect(tick.day).toBeGreaterThan(ticks[index - 1]!.day);
          if (tick.shape !== 'dayMonth') expect(dateOf(tick.day)).toMatch(/-01$/);
        }
      }),
    );
  });
});

describe('traces', () => {
  it('break at every gap and nowhere else, losing nothing', () => {
    fc.assert(
      fc.property(trace, fc.integer({ min: 1, max: 40 }), (points, gap) => {
        const parts = segments(points, gap);
        expect(parts.flat()).toEqual(points);
        for (const part of parts) {
          for (let index = 1; index < part.length; index += 1)
            expect(part[index]!.day - part[index - 1]!.day).toBeLessThanOrEqual(gap);
        }
        for (let index = 1; index < parts.length; index += 1) {
          expect(parts[index]![0]!.day - parts[index - 1]!.at(-1)!.day).toBeGreaterThan(gap);
        }
      }),
    );
  });

  it('keep their extremes, ends and order when thinned', () => {
    fc.assert(
      fc.property(trace, fc.integer({ min: 2, max: 40 }), (points, columns) => {
        const kept = thin(points, columns);
        const values = (list: readonly Point[]) => list.map((point) => point.value);
        expect(kept[0]).toEqual(points[0]);
        expect(kept.at(-1)).toEqual(points.at(-1));
        expect(Math.max(...values(kept))).toBe(Math.max(...values(points)));
        expect(Math.min(...values(kept))).toBe(Math.min(...values(points)));
        expect(kept.every((point, index) => index === 0 || point.day > kept[index - 1]!.day)).toBe(true);
        expect(kept.length).toBeLessThanOrEqual(Math.max(points.length, 1));
      }),
    );
    const long = Array.from({ length: 7000 }, (_, day) => ({ day, value: Math.sin(day) }));
    expect(traceParts(long, 7).flat().length).toBeLessThanOrEqual(1440);
    expect(sample(long, 140).length).toBeLessThanOrEqual(140);
  });

  it('are drawn with one stroke for each part, and a dot for a day alone', () => {
    const scale = linearScale([0, 10], [0, 10]);
    const parts = [
      [
        { day: 1, value: 2 },
        { day: 2, value: 3 },
      ],
      [{ day: 9, value: 4 }],
    ];
    expect(linePath(parts, scale, scale)).toBe('M1 2L2 3M9 4h0');
  });

  it('fill only their own side of zero, to the very crossing', () => {
    const scale = linearScale([-10, 10], [-10, 10]);
    const parts = [
      [
        { day: 0, value: 2 },
        { day: 4, value: -2 },
      ],
    ];
    expect(areaPath(parts, 1, scale, scale)).toBe('M0 0L0 2L2 0L4 0L4 0Z');
    expect(areaPath(parts, -1, scale, scale)).toBe('M0 0L0 0L2 0L4 -2L4 0Z');
  });
});

it('a chart draws finite coordinates for any trace, and escapes its texts', () => {
  fc.assert(
    fc.property(trace, fc.boolean(), (points, log) => {
      const html = renderToString(
        <TimeChart
          model={{
            id: 'x',
            title: '<b>title</b>',
            description: 'of a & b',
            from: points[0]!.day,
            to: points.at(-1)!.day + 1,
            ticks: [{ at: points[0]!.day, label: '<i>' }],
            marks: [
              { kind: 'line', tone: 'buy', parts: traceParts(points, 7) },
              { kind: 'signedArea', parts: traceParts(points, 7) },
              { kind: 'bars', points, width: 1, tone: null },
              { kind: 'dots', tone: 'later', points },
            ],
            legend: [],
            tips: sample(points, 20).map((point) => ({ at: point.day, text: '"tip"' })),
            valueLabel: (tick) => String(tick),
            log,
          }}
        />,
      );
      expect(html).not.toMatch(/NaN|Infinity|undefined|<b>|<i>/);
      expect(html).toContain('role="img"');
    }),
    { numRuns: 30 },
  );
});
