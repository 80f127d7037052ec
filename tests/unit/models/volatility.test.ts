import { expect, test } from 'vitest';
import { createModel } from '../../../src/models/catalogue.ts';
import { normalScores } from '../../../src/models/gaussian-forecast.ts';
import { shapeAt, simulateShape } from '../../../src/models/volatility-shape.ts';
import { aggregatedVariance, varianceLogLikelihood } from '../../../src/stats/garch-likelihood.ts';
import { createRng } from '../../../src/stats/random.ts';

/** A price whose changes follow GARCH(1,1) with normal innovations. */
function madeGarch(count: number, seed: number): Float64Array {
  const rng = createRng(seed);
  let variance = 1e-4;
  let level = Math.log(900);
  return Float64Array.from({ length: count }, () => {
    const change = Math.sqrt(variance) * rng.normal();
    level += change;
    variance = 2e-6 + 0.1 * change * change + 0.88 * variance;
    return Math.exp(level);
  });
}

test('the likelihood is the sum of the log densities', () => {
  const changes = Float64Array.of(0.3, -1.2, 0.8, 2.1, -0.4, 0, 0.9, -0.7, 1.4);
  const recursion = { omega: 0.1, alpha: 0.15, gamma: 0.1, beta: 0.7 };
  let variance = 0.1 + 0.9 * 1.3;
  let expected = 0;
  for (const e of changes) {
    expected -= 0.5 * (Math.log(2 * Math.PI * variance) + (e * e) / variance);
    variance = 0.1 + (e < 0 ? 0.25 : 0.15) * e * e + 0.7 * variance;
  }
  expect(varianceLogLikelihood(changes, recursion, 1.3, Number.POSITIVE_INFINITY)).toBeCloseTo(expected, 12);
  // With very many degrees of freedom Student's t is the normal distribution.
  expect(varianceLogLikelihood(changes, recursion, 1.3, 1e7)).toBeCloseTo(expected, 5);
});

test('variances of sums follow the recursion', () => {
  const recursion = { omega: 0.2, alpha: 0.1, gamma: 0, beta: 0.8 };
  const sums = aggregatedVariance(recursion, 3, 3);
  expect(sums[0]).toBeCloseTo(3, 12);
  expect(sums[1]).toBeCloseTo(3 + 2.9, 12);
  expect(sums[2]).toBeCloseTo(3 + 2.9 + 2.81, 12);
});

test('the shape is normal where the variance does not move, heavier where it does, symmetric without asymmetry', () => {
  const still = simulateShape({ omega: 1, alpha: 0, gamma: 0, beta: 0 }, 0, 20_000, 3);
  for (const h of [1, 5, 30]) {
    shapeAt(still, 1, h).forEach((value, level) => {
      expect(Math.abs(value - normalScores[level]!)).toBeLessThan(0.05);
    });
  }
  const moving = shapeAt(simulateShape({ omega: 0.02, alpha: 0.2, gamma: 0, beta: 0.78 }, 5, 8000, 3), 1, 10);
  expect(moving[6]).toBeLessThan(1.2);
  moving.forEach((value, level) => {
    expect(value).toBeCloseTo(-moving[8 - level]!, 12);
  });
  const skewed = shapeAt(simulateShape({ omega: 0.02, alpha: 0, gamma: 0.3, beta: 0.8 }, 0, 8000, 3), 1, 14);
  expect(-skewed[0]!).toBeGreaterThan(skewed[8]! * 1.1);
});

test('intervals of each volatility model hold in calm and in storm, naive ones do not', () => {
  const y = madeGarch(3000, 12);
  const coverage = (name: string, isStorm: boolean) => {
    const model = createModel(name).fit({ y: y.slice(0, 2000), season: 1 }, { seed: 1 });
    let [inside, count] = [0, 0];
    for (let origin = 2000; origin < 2990; origin++) {
      const recent = Array.from({ length: 10 }, (_, k) => Math.log(y[origin - 1 - k]! / y[origin - 2 - k]!) ** 2);
      const level = Math.sqrt(recent.reduce((sum, square) => sum + square, 0) / 10);
      if (level > 0.01 !== isStorm) continue;
      const { quantiles } = model.update({ y: y.subarray(0, origin), season: 1 }).forecast(1);
      count++;
      if (y[origin]! >= quantiles[2]![0]! && y[origin]! <= quantiles[6]![0]!) inside++;
    }
    return inside / count;
  };
  for (const name of ['garch', 'gjr-garch', 'ewma']) {
    for (const isStorm of [false, true]) expect(Math.abs(coverage(name, isStorm) - 0.8), name).toBeLessThan(0.07);
  }
  expect(coverage('naive', false) - coverage('naive', true)).toBeGreaterThan(0.1);
});

test('mean and median are the last price', () => {
  const y = madeGarch(500, 4);
  const { mean, quantiles } = createModel('garch', { innovations: 'normal' })
    .fit({ y, season: 1 }, { seed: 1 })
    .forecast(20);
  expect(new Set(mean)).toEqual(new Set([y[499]]));
  for (const median of quantiles[4]!) expect(median).toBeCloseTo(y[499]!, 9);
});
