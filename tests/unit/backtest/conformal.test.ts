import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrateFolds, calibrateForecast, residualScale } from '../../../src/backtest/conformal.ts';
import { calibrationMethods, conformalWidths, coverages } from '../../../src/backtest/interval-tracker.ts';
import { column, lossTable } from '../../../src/backtest/losses.ts';
import { emptyFolds, type Folds } from '../../../src/backtest/rolling-origin.ts';
import { quantileLevels } from '../../../src/domain/forecaster.ts';
import { createRng } from '../../../src/stats/random.ts';
import { randomWalk } from '../../support/random-walk.ts';

const levels = quantileLevels.length;

describe('conformalWidths', () => {
  it('takes the rank that the finite-sample correction asks for', () => {
    const scores = Array.from({ length: 99 }, (_, index) => index + 1);
    expect(coverages.map((coverage) => coverage.toFixed(2))).toEqual(['0.95', '0.90', '0.80', '0.50']);
    expect([...conformalWidths(scores)]).toEqual([95, 90, 80, 50]);
  });

  it('refuses to make a 95% interval of 38 residuals', () => {
    expect(() => conformalWidths(new Float64Array(38))).toThrowError(/enough residuals/);
    expect(conformalWidths(Float64Array.from({ length: 39 }, (_, index) => index + 1))[0]).toBe(38);
  });
});

describe('calibrateFolds', () => {
  it.each(['relative', 'volatility'] as const)('covers what it promises for exchangeable errors (%s)', (scale) => {
    // Median 1,000 always, prices 1,000 x exp(noise): errors are independent and alike, whatever their shape.
    const rng = createRng(11);
    const y = Float64Array.from({ length: 3000 }, () => 1000 * Math.exp(0.02 * rng.normal() ** 3));
    const folds = constantFolds(y.length - 2, 1, 1000);
    // With `volatility` the scale is noise here, which exchangeability survives.
    const scales = scale === 'relative' ? residualScale(y, scale) : new Float64Array(y.length).fill(0.5);
    const calibrated = calibrateFolds(folds, y, scales, { scale, memory: 3000 });
    const origins = Array.from({ length: 2700 }, (_, index) => index + 250);
    const table = lossTable(calibrated, y, origins);
    for (const [inside, promised] of [
      [table.inside80, 0.8],
      [table.inside95, 0.95],
    ] as const) {
      const share = inside.reduce((sum, one) => sum + one, 0) / inside.length;
      const deviation = Math.sqrt((promised * (1 - promised)) / inside.length);
      expect(Math.abs(share - promised)).toBeLessThan(4 * deviation);
    }
  });

  it('makes intervals that are positive, ascending and nested, whatever the prices', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 60, maxLength: 90 }),
        fc.constantFrom('relative' as const, 'volatility' as const, 'blend' as const),
        fc.constantFrom(...calibrationMethods),
        (prices, scale, method) => {
          const y = Float64Array.from(prices);
          const folds = constantFolds(y.length - 3, 2, 50);
          const calibrated = calibrateFolds(folds, y, residualScale(y, scale), { scale, memory: 60, method });
          for (let row = 45; row < folds.origins.length; row += 1) {
            for (let index = 0; index < 2; index += 1) {
              const spread = quantileLevels.map(
                (_, level) => calibrated.quantiles[(row * levels + level) * 2 + index]!,
              );
              expect(spread[0]).toBeGreaterThanOrEqual(0);
              for (let level = 1; level < levels; level += 1)
                expect(spread[level]).toBeGreaterThanOrEqual(spread[level - 1]!);
              expect(spread[4]).toBe(50);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('uses at origin t only targets known at t: for horizon h, origins up to t - h', () => {
    const y = randomWalk(200, 5);
    const folds = constantFolds(190, 3, 1000);
    const scale = residualScale(y, 'relative');
    const options = { scale: 'relative', memory: 500 } as const;
    const first = (h: number) => {
      const { quantiles } = calibrateFolds(folds, y, scale, options);
      return Array.from(folds.origins).findIndex((_, row) => !Number.isNaN(quantiles[row * levels * 3 + h - 1]));
    };
    // 39 residuals are needed: those of origins 0..38, whose targets are 38 + h.
    expect([first(1), first(2), first(3)]).toEqual([39, 40, 41]);
    const shocked = y.map((value, index) => (index === 120 ? value * 50 : value));
    const before = calibrateFolds(folds, y, scale, options).quantiles;
    const after = calibrateFolds(folds, shocked, scale, options).quantiles;
    const cells = (origin: number) => origin * levels * 3;
    expect(after.slice(0, cells(120))).toEqual(before.slice(0, cells(120)));
    expect(after.slice(cells(120), cells(121))).not.toEqual(before.slice(cells(120), cells(121)));
  });

  it('forgets what is older than its memory', () => {
    const y = Float64Array.from({ length: 200 }, (_, index) => (index <= 100 ? 1000 * (index % 2 ? 1.5 : 0.6) : 1000));
    const folds = constantFolds(198, 1, 1000);
    const scale = residualScale(y, 'relative');
    const width = (memory: number) => calibrateFolds(folds, y, scale, { scale: 'relative', memory }).quantiles.at(-1);
    expect(width(50)).toBeCloseTo(1000, 9);
    expect(width(200)).toBeGreaterThan(1400);
  });
});

describe('calibrateForecast', () => {
  it.each(calibrationMethods)('is what the online rule would give at the last origin (%s)', (method) => {
    const y = randomWalk(300, 8);
    const folds = constantFolds(300, 2, 1000);
    const scale = residualScale(y, 'volatility');
    const options = { scale: 'volatility', memory: 120, method } as const;
    const online = calibrateFolds(folds, y, scale, options).quantiles.slice(299 * levels * 2);
    const forecast = {
      mean: Float64Array.of(1000, 1000),
      quantiles: quantileLevels.map(() => Float64Array.of(1000, 1000)),
    };
    const published = calibrateForecast(forecast, folds, y, scale, options);
    expect(published?.quantiles.flatMap((row) => [...row])).toEqual([...online]);
  });

  it('gives nothing rather than intervals from too few residuals', () => {
    const y = randomWalk(40, 8);
    const folds = constantFolds(30, 2, 1000);
    const scale = residualScale(y, 'relative');
    const forecast = { mean: Float64Array.of(1000), quantiles: quantileLevels.map(() => Float64Array.of(1000)) };
    expect(calibrateForecast(forecast, folds, y, scale, { scale: 'relative', memory: 100 })).toBeNull();
  });
});

describe('residualScale', () => {
  it('knows only the past', () => {
    const y = randomWalk(100, 2);
    const other = y.map((value, index) => (index > 60 ? value * 2 : value));
    expect(residualScale(other, 'volatility').slice(0, 61)).toEqual(residualScale(y, 'volatility').slice(0, 61));
  });

  it('is the deviation of returns where they are all alike', () => {
    const y = Float64Array.from({ length: 50 }, (_, index) => 100 * Math.exp(0.02 * (index % 2)));
    expect(residualScale(y, 'volatility').at(-1)).toBeCloseTo(0.02, 12);
  });
});

describe('lossTable', () => {
  it('scores the median by the absolute error and the whole by the weighted interval score', () => {
    const y = Float64Array.of(10, 12, 9);
    const folds = constantFolds(2, 1, 10);
    const table = lossTable(folds, y, [0, 1]);
    expect([...column(table, table.target, 1)]).toEqual([12, 9]);
    expect([...column(table, table.median, 1)]).toEqual([10, 10]);
    // A point distribution: WIS is the absolute error.
    expect(table.wis[0]).toBeCloseTo(2, 12);
    expect(table.wis[1]).toBeCloseTo(1, 12);
    expect([...table.inside80]).toEqual([0, 0]);
  });
});

/** Folds at origins 0..count - 1 that always say the same price with certainty. */
function constantFolds(count: number, horizon: number, price: number): Folds {
  const folds = emptyFolds(
    Int32Array.from({ length: count }, (_, index) => index),
    horizon,
  );
  folds.mean.fill(price);
  folds.quantiles.fill(price);
  return { ...folds, failures: [] };
}
