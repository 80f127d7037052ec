import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { minimiseScalar } from '../../../src/stats/golden-section.ts';
import { choleskyFactor, choleskySolve, linearTrend, ridgeFromMoments } from '../../../src/stats/least-squares.ts';
import { compensatedSum, mean, variance } from '../../../src/stats/moments.ts';
import { nelderMead } from '../../../src/stats/nelder-mead.ts';
import { normalCdf, normalPdf, normalQuantile } from '../../../src/stats/normal.ts';
import { conformalQuantile, sampleQuantile, sortedCopy } from '../../../src/stats/quantiles.ts';
import { kpssStatistic } from '../../../src/stats/serial-dependence.ts';
import { studentCdf, studentQuantile } from '../../../src/stats/student-t.ts';

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('moments', () => {
  test('sums carry what rounding loses', () => {
    expect(compensatedSum([1, 1e100, 1, -1e100])).toBe(2);
    expect(compensatedSum([])).toBe(0);
    expect(compensatedSum([1, Number.POSITIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
  });
  test('variance survives a large level', () => {
    expect(variance([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])).toBe(30);
    expect(variance([5])).toBeNaN();
    expect(mean([])).toBeNaN();
  });
});

describe('quantiles', () => {
  test('type 7 interpolates between order statistics', () => {
    expect(sampleQuantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(sampleQuantile([1, 2, 3, 4], 0.1)).toBeCloseTo(1.3, 12);
    expect(sampleQuantile([7], 0.9)).toBe(7);
    expect(sampleQuantile([], 0.5)).toBeNaN();
  });
  test('type 7 is monotone in the probability and within the data', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
        const sorted = sortedCopy(values);
        const value = sampleQuantile(sorted, p);
        expect(value).toBeGreaterThanOrEqual(sorted[0]!);
        expect(value).toBeLessThanOrEqual(sorted[sorted.length - 1]!);
        expect(sampleQuantile(sorted, p / 2)).toBeLessThanOrEqual(value);
      }),
    );
  });
  test('the conformal quantile is the ceil((n + 1) coverage)-th score, infinite when there are too few', () => {
    const scores = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect(conformalQuantile(scores, 0.9)).toBe(9);
    expect(conformalQuantile(scores, 0.8)).toBe(8);
    expect(conformalQuantile(scores, 0.85)).toBe(9);
    expect(conformalQuantile(scores, 0.95)).toBe(Number.POSITIVE_INFINITY);
    expect(conformalQuantile([], 0.5)).toBe(Number.POSITIVE_INFINITY);
    expect(conformalQuantile(scores, 1)).toBeNaN();
  });
});

describe('distributions', () => {
  test('the normal quantile inverts the distribution function', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (p) => {
        const x = normalQuantile(p);
        // One ulp of p moves x by ulp / density: the tolerance follows.
        expect(Math.abs(normalCdf(x) - p)).toBeLessThan(1e-14 + 1e-13 * p * normalPdf(0));
      }),
    );
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1.1)).toBeNaN();
    expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
    expect(normalCdf(Number.NaN)).toBeNaN();
  });
  test('the t quantile inverts its distribution function and is symmetric', () => {
    for (const degrees of [1, 4.5, 60]) {
      for (const p of [0.01, 0.2, 0.7, 0.99]) {
        expect(studentCdf(studentQuantile(p, degrees), degrees)).toBeCloseTo(p, 12);
        expect(studentQuantile(1 - p, degrees)).toBeCloseTo(-studentQuantile(p, degrees), 8);
      }
    }
    expect(studentQuantile(0.5, 3)).toBe(0);
    expect(studentCdf(1, 0)).toBeNaN();
  });
});

describe('optimisers', () => {
  test('Nelder-Mead finds the Rosenbrock valley', () => {
    const rosenbrock = (x: Float64Array) => 100 * (x[1]! - x[0]! ** 2) ** 2 + (1 - x[0]!) ** 2;
    const found = nelderMead(rosenbrock, [-1.2, 1], { step: [0.5, 0.5], valueTolerance: 1e-14, pointTolerance: 1e-8 });
    expect(found.converged).toBe(true);
    expect(found.x[0]).toBeCloseTo(1, 5);
    expect(found.x[1]).toBeCloseTo(1, 5);
  });
  test('Nelder-Mead walks round refused points and stops at its limit', () => {
    const objective = (x: Float64Array) => (x[0]! < 0 ? Number.NaN : (x[0]! - 0.001) ** 2);
    expect(nelderMead(objective, [1], { step: [0.5] }).x[0]).toBeCloseTo(0.001, 3);
    const cut = nelderMead((x) => x[0]! ** 2 + x[1]! ** 2, [50, 50], { step: [1, 1], maxEvaluations: 12 });
    expect(cut.converged).toBe(false);
    expect(cut.evaluations).toBeLessThan(20);
  });
  test('scalar minimum in the better of two valleys, and at an end', () => {
    const valleys = (x: number) => Math.min((x - 0.2) ** 2 + 0.1, (x - 0.8) ** 2);
    expect(minimiseScalar(valleys, 0, 1).x).toBeCloseTo(0.8, 6);
    expect(minimiseScalar((x) => x, 0, 1).x).toBe(0);
  });
});

describe('least squares', () => {
  test('Cholesky solves what it factors and refuses what is not positive definite', () => {
    const matrix = Float64Array.from([4, 2, 1, 2, 5, 3, 1, 3, 6]);
    const lower = choleskyFactor(matrix, 3)!;
    const x = choleskySolve(lower, 3, [1, 2, 3]);
    for (let i = 0; i < 3; i++) {
      const row = [0, 1, 2].reduce((sum, j) => sum + matrix[i * 3 + j]! * x[j]!, 0);
      expect(row).toBeCloseTo(i + 1, 12);
    }
    expect(choleskyFactor(Float64Array.from([1, 2, 2, 1]), 2)).toBeUndefined();
  });
  test('ridge recovers exact coefficients, shares equal columns, gives empty ones nothing', () => {
    const rows = [
      [1, 1, 2],
      [1, 2, 1],
      [1, 4, 5],
      [1, 7, 3],
    ];
    const y = rows.map(([, a, b]) => 3 + 2 * a! - b!);
    expect(Array.from(ridge(rows, y, 0))).toEqual([3, 2, -1].map((value) => expect.closeTo(value, 9)));
    const doubled = ridge(
      rows.map(([one, a]) => [one!, a!, a!, 0]),
      rows.map(([, a]) => 1 + 2 * a!),
      0,
    );
    expect(doubled[1]).toBeCloseTo(1, 4);
    expect(doubled[2]).toBeCloseTo(1, 4);
    expect(doubled[3]).toBe(0);
  });
  test('a trend line, far from zero', () => {
    const { slope, intercept } = linearTrend([1e9 + 1, 1e9 + 3, 1e9 + 5]);
    expect(slope).toBe(2);
    expect(intercept).toBe(1e9 + 1);
  });
});

test('KPSS tells a walk from noise, and lets a constant be', () => {
  const steps = Array.from({ length: 300 }, (_, i) => Math.sin(i * 12.9898) * 43758.5453).map((v) => v - Math.floor(v));
  let sum = 0;
  const walk = steps.map((step) => {
    sum += step - 0.5;
    return sum;
  });
  expect(kpssStatistic(steps)).toBeLessThan(0.463);
  expect(kpssStatistic(walk)).toBeGreaterThan(0.463);
  expect(kpssStatistic(new Float64Array(50).fill(3))).toBe(0);
});

function ridge(rows: number[][], y: number[], penalty: number): Float64Array {
  const size = rows[0]!.length;
  const gram = Float64Array.from({ length: size * size }, (_, at) =>
    rows.reduce((sum, row) => sum + row[Math.floor(at / size)]! * row[at % size]!, 0),
  );
  const moment = Array.from({ length: size }, (_, k) => rows.reduce((sum, row, i) => sum + row[k]! * y[i]!, 0));
  return ridgeFromMoments(gram, moment, penalty, true);
}
