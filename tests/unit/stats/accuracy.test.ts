import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantileLevels } from '../../../src/domain/forecaster.ts';
import { dieboldMariano } from '../../../src/stats/diebold-mariano.ts';
import {
  absoluteNaiveScale,
  bias,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanAbsoluteScaledError,
  rootMeanSquaredError,
  rootMeanSquaredScaledError,
  rSquared,
  rSquaredOfChanges,
  squaredNaiveScale,
  symmetricMape,
} from '../../../src/stats/metrics.ts';
import {
  crpsFromQuantiles,
  crpsFromSamples,
  intervalCoverage,
  intervalScore,
  pinballLoss,
  weightedIntervalScore,
} from '../../../src/stats/scoring.ts';

describe('point metrics', () => {
  const actual = [10, 20, 30, 40];
  const forecast = [12, 18, 33, 40];
  test('by hand', () => {
    expect(meanAbsoluteError(actual, forecast)).toBe(1.75);
    expect(rootMeanSquaredError(actual, forecast)).toBeCloseTo(Math.sqrt(17 / 4), 12);
    expect(bias(actual, forecast)).toBe(0.75);
    expect(meanAbsolutePercentageError(actual, forecast)).toBeCloseTo(10, 12);
    expect(symmetricMape([100], [300])).toBe(100);
    expect(symmetricMape([0, 5], [0, 5])).toBe(0);
    expect(rSquared(actual, forecast)).toBeCloseTo(1 - 17 / 500, 12);
  });
  test('scaled errors', () => {
    const training = [1, 3, 2, 6];
    expect(absoluteNaiveScale(training, 1)).toBeCloseTo(7 / 3, 12);
    expect(squaredNaiveScale(training, 2)).toBeCloseTo((1 + 9) / 2, 12);
    expect(meanAbsoluteScaledError(actual, forecast, 7 / 3)).toBeCloseTo(0.75, 12);
    expect(rootMeanSquaredScaledError(actual, forecast, 17)).toBeCloseTo(0.5, 12);
    expect(meanAbsoluteScaledError(actual, forecast, 0)).toBeNaN();
    expect(absoluteNaiveScale([1], 1)).toBeNaN();
  });
  test('R squared of changes is that of a forecast that knows the origin', () => {
    const origin = [9, 21, 29, 41];
    expect(rSquaredOfChanges(actual, actual, origin)).toBe(1);
    expect(rSquaredOfChanges(actual, origin, origin)).toBe(0);
    expect(rSquared(actual, origin)).toBeGreaterThan(0.99);
  });
  test('missing pairs are left out, nothing left is NaN, unequal lengths are a bug', () => {
    expect(meanAbsoluteError([1, Number.NaN, 3], [2, 5, Number.NaN])).toBe(1);
    expect(meanAbsoluteError([Number.NaN], [1])).toBeNaN();
    expect(meanAbsoluteError([], [])).toBeNaN();
    expect(rSquared([5, 5], [5, 5])).toBe(1);
    expect(rSquared([5, 5], [5, 6])).toBeNaN();
    expect(() => meanAbsoluteError([1], [1, 2])).toThrow('Broken invariant');
  });
});

describe('scores of distributions', () => {
  test('pinball and interval score by hand', () => {
    expect(pinballLoss(10, 8, 0.9)).toBeCloseTo(1.8, 12);
    expect(pinballLoss(6, 8, 0.9)).toBeCloseTo(0.2, 12);
    expect(intervalScore(5, 6, 10, 0.8)).toBeCloseTo(4 + 10, 12);
    expect(intervalScore(Number.NaN, 6, 10, 0.8)).toBeNaN();
    expect(pinballLoss(Number.NaN, 1, 0.5)).toBeNaN();
  });
  test('WIS of a point forecast is its absolute error', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e3, max: 1e3, noNaN: true }), (actual) => {
        const point = quantileLevels.map(() => 7);
        expect(weightedIntervalScore(actual, point, quantileLevels)).toBeCloseTo(Math.abs(actual - 7), 8);
        expect(crpsFromQuantiles(actual, point, quantileLevels)).toBeCloseTo(Math.abs(actual - 7), 8);
        expect(crpsFromSamples(actual, [7, 7, 7])).toBeCloseTo(Math.abs(actual - 7), 8);
      }),
    );
  });
  test('CRPS of two samples, by the definition', () => {
    expect(crpsFromSamples(1, [0, 4])).toBeCloseTo((1 + 3) / 2 - (4 + 4) / 8, 12);
    expect(crpsFromSamples(1, [])).toBeNaN();
  });
  test('coverage counts ends in, leaves missing out', () => {
    expect(intervalCoverage([1, 2, 3, Number.NaN], [1, 3, 0, 0], [2, 4, 3, 9])).toBeCloseTo(2 / 3, 12);
    expect(intervalCoverage([], [], [])).toBeNaN();
  });
});

describe('Diebold-Mariano', () => {
  const noise = (shift: number) => Array.from({ length: 80 }, (_, i) => shift + Math.sin(i * 7.13) ** 2);
  test('tells the better, is antisymmetric, and says nothing about equals', () => {
    const worse = noise(0.3).map((loss, i) => loss + 0.1 * Math.cos(i * 3.7));
    const test1 = dieboldMariano(worse, noise(0), 1);
    expect(test1.pValueSecondBetter).toBeLessThan(0.001);
    expect(test1.statistic).toBeGreaterThan(0);
    const turned = dieboldMariano(noise(0), worse, 1);
    expect(turned.statistic).toBeCloseTo(-test1.statistic, 10);
    expect(turned.pValueSecondBetter).toBeCloseTo(1 - test1.pValueSecondBetter, 10);
    expect(dieboldMariano(worse, worse, 3).pValue).toBeNaN();
    expect(dieboldMariano(worse, worse, 3).meanDifference).toBe(0);
  });
  test('leaves missing pairs out and needs enough of them', () => {
    const first = [...noise(0.1).map((loss, i) => loss + 0.2 * Math.cos(i)), Number.NaN];
    const second = [...noise(0), 1];
    expect(dieboldMariano(first, second, 2).count).toBe(80);
    expect(dieboldMariano([1, 2], [2, 1], 1).pValue).toBeNaN();
  });
  test('a negative truncated variance falls back on Bartlett weights', () => {
    const first = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : -1) + 0.01 * Math.sin(i * 5.1) + 0.02);
    const result = dieboldMariano(first, new Array<number>(40).fill(0), 2);
    expect(Number.isFinite(result.statistic)).toBe(true);
  });
});
