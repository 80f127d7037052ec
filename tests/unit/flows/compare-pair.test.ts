import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePair, type ReportedModel, readPair } from '../../../src/flows/compare-pair.ts';
import { dieboldMariano } from '../../../src/stats/diebold-mariano.ts';

const report = { horizon: 14, step: 7 };
const model = (name: string, losses: readonly number[], selection: readonly number[] = []): ReportedModel => ({
  model: name,
  losses: { selection, report: losses },
  report,
});
const loss = fc.double({ min: 0.01, max: 10, noNaN: true });
const pairOfLosses = fc.array(fc.tuple(loss, loss), { minLength: 8, maxLength: 60 });

describe('two models over the same origins', () => {
  it('are tested as Diebold and Mariano say, over as many origins as horizons overlap', () => {
    fc.assert(
      fc.property(pairOfLosses, (pairs) => {
        const [own, others] = [pairs.map(([one]) => one), pairs.map(([, other]) => other)];
        const [test] = comparePair(model('a', own), model('b', others));
        const { statistic, pValue, meanDifference } = dieboldMariano(own, others, 2);
        expect(test).toMatchObject({ block: 'report', origins: pairs.length, meanDifference });
        expect(test?.statistic ?? Number.NaN).toBe(statistic);
        expect(test?.pValue ?? Number.NaN).toBe(pValue);
        // Whoever is named first, the finding is the same.
        const [turned] = comparePair(model('b', others), model('a', own));
        expect(turned?.pValue).toBe(test?.pValue);
        expect([turned?.firstCloser, turned?.secondCloser]).toEqual([test?.secondCloser, test?.firstCloser]);
        expect((turned?.meanDifference ?? 0) + meanDifference).toBeCloseTo(0, 12);
      }),
    );
  });

  it('differ where one always loses more, and cannot be told apart where they lose the same', () => {
    const own = Array.from({ length: 60 }, (_, at) => 1 + 0.3 * Math.sin(at * 1.3));
    const worse = own.map((one, at) => one + 0.2 + 0.05 * Math.cos(at));
    expect(comparePair(model('a', own), model('b', worse))[0]).toMatchObject({ firstCloser: 60, secondCloser: 0 });
    expect(comparePair(model('a', own), model('b', worse))[0]?.pValue).toBeLessThan(0.001);
    expect(comparePair(model('a', own), model('a', own))[0]).toMatchObject({ statistic: null, pValue: null });
  });

  it('are compared in the blocks that both have; held out first', async () => {
    const a = model('a', [1, 2, 3, 4, 5], [1, 2, 3, 4, 6]);
    expect(comparePair(a, model('b', [2, 1, 3, 5, 4], [2, 2, 2, 2, 2])).map(({ block }) => block)).toEqual([
      'report',
      'selection',
    ]);
    expect(comparePair(a, model('failed', []))).toEqual([]);
    expect(await readPair({ modelReport: async () => null }, 'gold', 'a', 'b')).toBeNull();
  });
});
