import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bfgs } from '../../../src/stats/bfgs.ts';
import { createRng } from '../../../src/stats/random.ts';

type Objective = (x: Float64Array, gradient: Float64Array) => number;

const exact = { valueTolerance: 1e-15, maxIterations: 500 };

describe('published test functions (Moré, Garbow & Hillstrom 1981, from their standard starts)', () => {
  test.each<[string, Objective, number[], number[], number]>([
    ['1: Rosenbrock', rosenbrock, [-1.2, 1], [1, 1], 0],
    ['5: Beale', beale, [1, 1], [3, 0.5], 0],
    ['21: Rosenbrock in ten dimensions', rosenbrock, repeated([-1.2, 1], 5), repeated([1, 1], 5), 0],
    ['4: Brown, badly scaled by 1e12', brown, [1, 1], [1e6, 2e-6], 0],
  ])('%s', (_, objective, start, optimum, least) => {
    const longestStep = optimum[0] === 1e6 ? 1e6 : 2;
    const { x, value, converged, evaluations } = bfgs(objective, start, { ...exact, longestStep });
    expect(converged).toBe(true);
    expect(value).toBeCloseTo(least, 10);
    for (const [i, known] of optimum.entries()) expect(x[i]! / known).toBeCloseTo(1, 4);
    expect(evaluations).toBeLessThan(400);
  });
});

test('the gradient vanishes at the optimum of any smooth convex function, in any units, and never ends above its start', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.nat(),
      fc.double({ min: -3, max: 3, noNaN: true }),
      (n, seed, power) => {
        const objective = convex(n, seed, 10 ** power);
        const start = Array.from({ length: n }, (_, i) => 3 * createRng(seed + i).normal());
        const first = new Float64Array(n);
        const before = objective(Float64Array.from(start), first);
        const { x, value } = bfgs(objective, start, { ...exact, valueTolerance: 1e-15 * 10 ** power });
        const gradient = new Float64Array(n);
        objective(x, gradient);
        expect(value).toBeLessThanOrEqual(before);
        // A value exact to 1e-16 leaves a slope of its root.
        expect(Math.hypot(...gradient)).toBeLessThan(1e-5 * (10 ** power + Math.hypot(...first)));
      },
    ),
    { seed: 7, numRuns: 200 },
  );
});

describe('an objective that refuses points', () => {
  const barrier: Objective = (x, gradient) => {
    gradient[0] = 1 - 1 / x[0]!;
    // NaN below 0, which is where a full step from the far side lands.
    return x[0]! - Math.log(x[0]!);
  };
  test('by NaN is followed inside its bounds', () => {
    expect(bfgs(barrier, [0.01], { ...exact, longestStep: 50 }).x[0]).toBeCloseTo(1, 6);
    expect(bfgs(barrier, [40], { ...exact, longestStep: 50 }).x[0]).toBeCloseTo(1, 6);
  });
  test('everywhere but at the start leaves the start', () => {
    const alone: Objective = (x, gradient) => {
      gradient.fill(1);
      return x[0] === 2 ? 5 : Number.NaN;
    };
    expect(bfgs(alone, [2])).toMatchObject({ x: Float64Array.of(2), value: 5 });
  });
});

test('says so when the iterations run out, and steps no farther than it may', () => {
  const { x, converged } = bfgs(rosenbrock, [-1.2, 1], { maxIterations: 3, longestStep: 0.01 });
  expect(converged).toBe(false);
  expect(Math.abs(x[0]! + 1.2)).toBeLessThanOrEqual(0.03 + 1e-12);
  expect(Math.abs(x[1]! - 1)).toBeLessThanOrEqual(0.03 + 1e-12);
});

/** Sum over pairs of 100 (b - a^2)^2 + (1 - a)^2. */
function rosenbrock(x: Float64Array, gradient: Float64Array): number {
  let value = 0;
  for (let i = 0; i < x.length; i += 2) {
    const [a, b] = [x[i]!, x[i + 1]!];
    value += 100 * (b - a * a) ** 2 + (1 - a) ** 2;
    gradient[i] = -400 * a * (b - a * a) - 2 * (1 - a);
    gradient[i + 1] = 200 * (b - a * a);
  }
  return value;
}

function beale(x: Float64Array, gradient: Float64Array): number {
  const [a, b] = [x[0]!, x[1]!];
  const residuals = [1.5, 2.25, 2.625].map((target, i) => target - a * (1 - b ** (i + 1)));
  gradient[0] = residuals.reduce((sum, r, i) => sum - 2 * r * (1 - b ** (i + 1)), 0);
  gradient[1] = residuals.reduce((sum, r, i) => sum + 2 * r * a * (i + 1) * b ** i, 0);
  return residuals.reduce((sum, r) => sum + r * r, 0);
}

function brown(x: Float64Array, gradient: Float64Array): number {
  const [a, b] = [x[0]!, x[1]!];
  gradient[0] = 2 * (a - 1e6) + 2 * (a * b - 2) * b;
  gradient[1] = 2 * (b - 2e-6) + 2 * (a * b - 2) * a;
  return (a - 1e6) ** 2 + (b - 2e-6) ** 2 + (a * b - 2) ** 2;
}

/** scale times (|A x - c|^2 + sum of (x_i - d_i)^4 + |x|^2 / 10), strictly convex. */
function convex(n: number, seed: number, scale: number): Objective {
  const rng = createRng(seed);
  const matrix = Float64Array.from({ length: n * n }, () => rng.normal());
  const [c, d] = [0, 1].map(() => Float64Array.from({ length: n }, () => rng.normal())) as [Float64Array, Float64Array];
  return (x, gradient) => {
    let value = 0;
    gradient.fill(0);
    for (let i = 0; i < n; i++) {
      const row = matrix.subarray(i * n, (i + 1) * n);
      const residual = row.reduce((sum, weight, j) => sum + weight * x[j]!, -c[i]!);
      const off = x[i]! - d[i]!;
      value += residual ** 2 + off ** 4 + x[i]! ** 2 / 10;
      gradient[i]! += scale * (4 * off ** 3 + x[i]! / 5);
      for (let j = 0; j < n; j++) gradient[j]! += 2 * scale * residual * row[j]!;
    }
    return scale * value;
  };
}

function repeated(values: number[], times: number): number[] {
  return Array.from({ length: times }, () => values).flat();
}
