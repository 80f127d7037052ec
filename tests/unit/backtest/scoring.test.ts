import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LossTable } from '../../../src/backtest/losses.ts';
import { scoreBlock } from '../../../src/backtest/scoring.ts';

describe('scoreBlock', () => {
  it('agrees with figures worked out by hand', () => {
    const naive = table([10, 20, 30, 40], [12, 18, 33, 40], [12, 18, 33, 40]);
    const model = table([10, 20, 30, 40], [11, 20, 32, 41], [10, 20, 31, 38]);
    const [score] = scoreBlock(model, naive, 4);
    // Errors of the median: 0, 0, 1, -2. Of the mean: 1, 0, 2, 1. Naive: 2, -2, 3, 0.
    expect(score).toMatchObject({
      horizon: 1,
      origins: 4,
      mae: 0.75,
      mase: 0.1875,
      bias: 1,
      wis: 2,
      coverage80: 0.5,
      coverage95: 1,
    });
    expect(score?.rmse).toBeCloseTo(Math.sqrt(6 / 4), 12);
    expect(score?.r2).toBeCloseTo(1 - 6 / 500, 12);
    expect(score?.skillVsNaive).toBeCloseTo(1 - 0.75 / 1.75, 12);
  });

  it('gives naive a skill of exactly 0 against itself', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 1e4, noNaN: true }), { minLength: 2, maxLength: 30 }),
        (targets) => {
          const naive = table(
            targets,
            targets.map((value) => value + 1),
            targets.map((value) => value * 1.01),
          );
          expect(scoreBlock(naive, naive, 1)[0]?.skillVsNaive).toBe(0);
        },
      ),
    );
  });

  it('keeps its figures finite where naive never errs and targets do not vary', () => {
    const perfect = table([5, 5], [5, 5], [5, 5]);
    const other = table([5, 5], [6, 6], [6, 6]);
    expect(scoreBlock(perfect, perfect, 1)[0]).toMatchObject({ skillVsNaive: 0, mae: 0 });
    expect(scoreBlock(other, perfect, 1)[0]).toMatchObject({ skillVsNaive: -1, r2: null });
  });

  it('refuses models scored over other origins', () => {
    const one = table([1, 2], [1, 2], [1, 2]);
    const other = { ...one, origins: Int32Array.of(1, 2) };
    expect(() => scoreBlock(one, other, 1)).toThrowError(/same origins/);
  });
});

function table(target: readonly number[], mean: readonly number[], median: readonly number[]): LossTable {
  const size = target.length;
  return {
    origins: Int32Array.from({ length: size }, (_, index) => index),
    horizon: 1,
    target: Float64Array.from(target),
    mean: Float64Array.from(mean),
    median: Float64Array.from(median),
    wis: new Float64Array(size).fill(2),
    inside50: new Uint8Array(size),
    inside80: Uint8Array.from({ length: size }, (_, index) => index % 2),
    inside95: new Uint8Array(size).fill(1),
  };
}
