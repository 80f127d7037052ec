import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fewestObservations, originsOf, planFolds } from '../../../src/backtest/fold-plan.ts';
import { backtestSettings } from '../../../src/backtest/settings.ts';

const settings = backtestSettings({ calibrationOrigins: 40, selectionOrigins: 30, reportOrigins: 20, refitEvery: 25 });

describe('planFolds', () => {
  it('lays calibration, selection, purge, report and fresh origins end to end', () => {
    const plan = planFolds(1000, settings);
    expect(plan.calibration).toHaveLength(40);
    expect(plan.selection).toHaveLength(30);
    expect(plan.purged).toHaveLength(13);
    expect(plan.report).toHaveLength(20);
    expect(plan.report.at(-1)).toBe(1000 - 1 - 14);
    expect(plan.fresh).toEqual(Array.from({ length: 13 }, (_, index) => 986 + index));
    const all = [plan.calibration, plan.selection, plan.purged, plan.report, plan.fresh].flat();
    expect(originsOf(plan)).toEqual(all);
    expect(all).toEqual(Array.from({ length: all.length }, (_, index) => (all[0] ?? 0) + index));
  });

  it('lets no target of selection lie among the targets of the report', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 600, max: 900 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 3 }),
        (n, h, step) => {
          const plan = planFolds(n, { ...settings, horizon: h, step });
          const lastSelected = (plan.selection.at(-1) ?? 0) + h;
          expect(lastSelected).toBeLessThan((plan.report[0] ?? 0) + 1);
        },
      ),
    );
  });

  it('keeps the identity of a block as the series grows', () => {
    const before = planFolds(1000, settings).blocks;
    const after = planFolds(1001, settings).blocks;
    const inner = (blocks: typeof before) =>
      new Map(blocks.slice(1, -1).map((block) => [block.fitOrigin, block.origins]));
    expect(inner(after)).toEqual(inner(before));
    expect(after.at(-1)?.origins.slice(0, -1)).toEqual(before.at(-1)?.origins);
  });

  it('estimates nothing from fewer observations than were asked for, however short the series', () => {
    const rare = { ...settings, refitEvery: 500 };
    const { blocks } = planFolds(fewestObservations(rare), rare);
    expect(blocks.map((block) => block.fitOrigin)).toEqual([rare.minObservations - 1]);
  });

  it('refuses a series that is too short and says how long it must be', () => {
    expect(() => planFolds(300, settings)).toThrowError(expect.objectContaining({ code: 'NOT_READY' }));
    const needed = 366;
    expect(() => planFolds(needed - 1, settings)).toThrowError(
      expect.objectContaining({ context: { observations: needed - 1, needed } }),
    );
    expect(planFolds(needed, settings).calibration[0]).toBe(249);
  });

  it('refuses settings that make no sense, by name', () => {
    expect(() => backtestSettings({ horizon: 0 })).toThrowError(/horizon = 0/);
    expect(() => backtestSettings({ calibrationOrigins: 20 })).toThrowError(
      /calibrationOrigins = 20 is not at least 40/,
    );
  });
});

describe('the shortest series', () => {
  it('can just be planned, and one quote less cannot', () => {
    fc.assert(
      fc.property(
        fc.record({
          horizon: fc.integer({ min: 1, max: 20 }),
          step: fc.integer({ min: 1, max: 5 }),
          calibrationOrigins: fc.integer({ min: 40, max: 90 }),
          selectionOrigins: fc.integer({ min: 20, max: 60 }),
          reportOrigins: fc.integer({ min: 20, max: 60 }),
          minObservations: fc.integer({ min: 20, max: 120 }),
        }),
        (given) => {
          const settings = backtestSettings(given);
          const needed = fewestObservations(settings);
          expect(planFolds(needed, settings).report).toHaveLength(settings.reportOrigins);
          expect(() => planFolds(needed - 1, settings)).toThrowError(expect.objectContaining({ code: 'NOT_READY' }));
        },
      ),
    );
  });
});
