import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, type IsoDate, isoDate } from '../../../src/domain/iso-date.ts';
import { longestStepDays, sinceLastHole } from '../../../src/domain/quote.ts';

const start = isoDate('2010-01-12');

function seriesWithSteps(steps: readonly number[]) {
  const dates: IsoDate[] = [start];
  for (const step of steps) dates.push(addDays(dates.at(-1) ?? start, step));
  return { metal: 'gold' as const, dates, values: Float64Array.from(dates, (_, index) => 100 + index) };
}

describe('the unbroken end of a series', () => {
  it('is the whole series where no step is too long', () => {
    const series = seriesWithSteps([1, 3, 13, longestStepDays]);
    expect(sinceLastHole(series)).toEqual(series);
  });

  it('begins after the last hole', () => {
    const cut = sinceLastHole(seriesWithSteps([1, 3000, 1, longestStepDays + 1, 2, 1]));
    expect([...cut.values]).toEqual([104, 105, 106]);
    expect(cut.dates).toHaveLength(3);
  });

  it('accepts a series of one quote and of none', () => {
    expect(sinceLastHole(seriesWithSteps([])).values).toHaveLength(1);
    expect(sinceLastHole({ metal: 'gold', dates: [], values: new Float64Array(0) }).values).toHaveLength(0);
  });

  it('never holds a hole and is never shorter than it must be', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 }), (steps) => {
        const lastHole = steps.findLastIndex((step) => step > longestStepDays);
        expect(sinceLastHole(seriesWithSteps(steps)).values).toHaveLength(steps.length - lastHole);
      }),
    );
  });
});
