import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathCount, quantileOf, samplePaths } from '../../../web/charts/sample-paths.ts';
import { createSampleApi } from '../../support/sample-api.ts';
import { sampleQuotes } from '../../support/sample-series.ts';

const { vintage } = await createSampleApi().forecast('gold');
const points = vintage?.points ?? [];
const past = sampleQuotes('gold').map((quote) => quote.buyRubPerGram);

describe('sample paths', () => {
  it('have, at every date, the published distribution and nothing beyond it', () => {
    const paths = samplePaths(points, past.slice(-1200)) ?? [];
    expect(paths).toHaveLength(pathCount);
    points.forEach((point, step) => {
      const values = paths.map((path) => path[step]?.value ?? Number.NaN).sort((a, b) => a - b);
      const wanted = values.map((_, rank) => quantileOf(point.quantilesRubPerGram, (rank + 0.5) / pathCount));
      expect(values).toEqual(wanted);
      expect(values[0]).toBeGreaterThanOrEqual(point.quantilesRubPerGram['0.025'] ?? Number.POSITIVE_INFINITY);
      expect(values.at(-1)).toBeLessThanOrEqual(point.quantilesRubPerGram['0.975'] ?? 0);
    });
  });

  it('wander as the past did: what is high tomorrow is likelier high the day after', () => {
    const paths = samplePaths(points, past.slice(-1200)) ?? [];
    const ranks = (step: number): number[] => {
      const values = paths.map((path) => path[step]?.value ?? 0);
      return values.map((value) => values.filter((other) => other < value).length);
    };
    const [first, second, last] = [ranks(8), ranks(9), ranks(13)];
    const apart = (a: number[], b: number[]) => a.reduce((sum, rank, at) => sum + Math.abs(rank - (b[at] ?? 0)), 0);
    expect(apart(first, second)).toBeLessThan(apart(first, last) + 1);
    expect(apart(first, second)).toBeLessThan((pathCount * pathCount) / 3);
  });

  it('do without too short a past', () => {
    expect(samplePaths(points, past.slice(0, points.length + pathCount - 1))).toBeNull();
  });

  it('rise with the probability', () => {
    const quantiles = points[3]?.quantilesRubPerGram ?? {};
    const share = fc.double({ min: 0.025, max: 0.975, noNaN: true });
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(quantileOf(quantiles, low)).toBeLessThanOrEqual(quantileOf(quantiles, high));
      }),
    );
  });
});
