import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialTest } from '../../../src/stats/binomial.ts';
import {
  bootstrapInterval,
  movingBlockResample,
  overlapBlockLength,
  stationaryResample,
} from '../../../src/stats/bootstrap.ts';
import { giacominiWhite } from '../../../src/stats/giacomini-white.ts';
import { confidenceSet, modelConfidenceSet } from '../../../src/stats/model-confidence-set.ts';
import { mean } from '../../../src/stats/moments.ts';
import { createRng } from '../../../src/stats/random.ts';

const places = Array.from({ length: 60 }, (_, i) => i);

// Numbers of R 4 by scripts/oracles/equal-accuracy.R: linear models and matrices of base R, no code of ours.
describe('giacominiWhite against base R', () => {
  const first = places.map((i) => 1 + 0.5 * Math.sin(1.3 * i) + 0.3 * Math.cos(0.7 * i * i));
  const second = places.map((i) => 0.8 + 0.4 * Math.sin(1.7 * i + 1) + 0.2 * Math.cos(0.9 * i * i));
  it.each([
    [1, 12.360507807865206, 0.0020699022315975],
    [3, 10.09371707851733, 0.0064294997749361],
  ])('%i steps ahead', (horizon, statistic, pValue) => {
    const test = giacominiWhite(first, second, horizon);
    expect(test.statistic).toBeCloseTo(statistic, 9);
    expect(test.pValue).toBeCloseTo(pValue, 11);
    expect(test).toMatchObject({ degrees: 2, count: 60 - horizon, secondForetold: 1 });
  });

  it('foretells nothing from equal losses, nor from too few', () => {
    expect(giacominiWhite(first, first, 1).pValue).toBeNaN();
    expect(giacominiWhite(first.slice(0, 12), second.slice(0, 12), 3).pValue).toBeNaN();
  });

  it('refuses about as many equal pairs as its level says', () => {
    const rng = createRng(3);
    const refused = Array.from({ length: 300 }, () => {
      const made = () => Float64Array.from({ length: 300 }, () => rng.normal() ** 2);
      return Number(giacominiWhite(made(), made(), 1).pValue < 0.1);
    });
    expect(Math.abs(mean(refused) - 0.1)).toBeLessThan(0.06);
  });
});

describe('confidenceSet', () => {
  it('against base R, over the same resamples', () => {
    const losses = [0, 1, 2, 3, 4].map((m) =>
      Float64Array.from(
        places,
        (i) => 1 + 0.025 * m * m + 0.6 * Math.sin((m + 1) * 1.1 * i + m) + 0.3 * Math.cos((0.3 + m) * i * i),
      ),
    );
    const resamples = Array.from({ length: 200 }, (_, b) =>
      Int32Array.from(places, (i) => (i * (2 * b + 1) * 7 + b * 13 + ((i * i * b) % 11)) % 60),
    );
    expect(confidenceSet(losses, resamples)).toEqual([
      { model: 4, pValue: 0.01 },
      { model: 3, pValue: 0.04 },
      { model: 1, pValue: 0.835 },
      { model: 2, pValue: 0.835 },
      { model: 0, pValue: 1 },
    ]);
  });

  it('keeps the equals of the best and lets the worse go', () => {
    const rng = createRng(9);
    const made = (size: number) => Float64Array.from({ length: 400 }, () => size + rng.normal());
    const losses = [made(1), made(1), made(2), made(1)];
    const set = modelConfidenceSet(losses, { blockLength: 5, resamples: 300, seed: 1 });
    expect(set[0]).toEqual({ model: 2, pValue: 0 });
    expect(set.slice(1).every(({ pValue }) => pValue > 0.05)).toBe(true);
  });

  it('cannot tell identical models apart', () => {
    const same = Float64Array.from({ length: 100 }, (_, t) => Math.sin(t));
    const set = modelConfidenceSet([same, same, same], { blockLength: 3, resamples: 100, seed: 1 });
    expect(set.map(({ pValue }) => pValue)).toEqual([1, 1, 1]);
  });
});

describe('resamples', () => {
  it('have as many values as the series, all of it, whatever the blocks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 100 }), fc.nat(), (count, block, seed) => {
        for (const resample of [stationaryResample, movingBlockResample]) {
          const indices = resample(count, block, createRng(seed));
          expect(indices).toHaveLength(count);
          expect(indices.every((index) => index >= 0 && index < count)).toBe(true);
        }
      }),
    );
  });

  it('go on to the next value but at the seams', () => {
    const steps = (indices: Int32Array) =>
      mean(Array.from(indices.slice(1), (to, i) => Number(to === indices[i]! + 1)));
    expect(steps(movingBlockResample(1000, 10, createRng(1)))).toBeCloseTo(0.9, 1);
    expect(steps(stationaryResample(1000, 10, createRng(1)))).toBeCloseTo(0.9, 1);
  });

  it('give a mean of correlated values a wider interval than single values do', () => {
    const rng = createRng(5);
    let state = 0;
    const values = Float64Array.from({ length: 400 }, () => (state = 0.9 * state + rng.normal()));
    const width = (block: number) => {
      const draws = Array.from({ length: 300 }, () => stationaryResample(400, block, rng));
      const { lower, upper } = bootstrapInterval(draws, (indices) => mean(Array.from(indices, (i) => values[i]!)), 0.9);
      return upper - lower;
    };
    expect(width(overlapBlockLength(400, 20))).toBeGreaterThan(2 * width(1));
  });
});

describe('binomialTest', () => {
  it('against binom.test of R', () => {
    expect(binomialTest(31, 50)).toBeCloseTo(0.1189204525594362, 12);
    expect(binomialTest(61, 100)).toBeCloseTo(0.0352002002177048, 12);
    expect(binomialTest(3, 3)).toBeCloseTo(0.25, 12);
    expect(binomialTest(0, 12)).toBeCloseTo(0.00048828125, 12);
    expect(binomialTest(0, 0)).toBeNaN();
  });
});
