import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrateFolds, residualScale } from '../../../src/backtest/conformal.ts';
import type { FoldBlock } from '../../../src/backtest/fold-plan.ts';
import { defectOf, errorsOf, mergeFolds, rollingOrigin } from '../../../src/backtest/rolling-origin.ts';
import type { Forecast, Forecaster } from '../../../src/domain/forecaster.ts';
import { quantileLevels } from '../../../src/domain/forecaster.ts';
import { createModel } from '../../../src/models/catalogue.ts';
import { randomWalk } from '../../support/random-walk.ts';

const options = { horizon: 3, window: 'expanding', windowLength: 50, seed: 7 } as const;
const block = (fitOrigin: number, count: number): FoldBlock => ({
  fitOrigin,
  origins: Array.from({ length: count }, (_, index) => fitOrigin + index),
});

describe('rollingOrigin', () => {
  it('gives errors by origin and horizon', () => {
    const y = Float64Array.of(100, 110, 105, 120, 130, 125);
    const folds = rollingOrigin(createModel('naive'), { y, season: 1 }, [block(2, 2)], options);
    expect(errorsOf(folds, y).map((row) => [...row])).toEqual([
      [15, 25, 20],
      [10, 5, Number.NaN],
    ]);
  });

  it('lets no forecast, nor any interval, see what comes after its origin', () => {
    const models = ['naive', 'drift', 'theta'];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 260, max: 300 }), (seed, cut) => {
        const y = randomWalk(330, seed);
        const other = y.map((value, index) => (index > cut ? value * 3 + index : value));
        const blocks = [block(180, 60), block(240, 61)];
        for (const name of models) {
          const [one, two] = [y, other].map((values) => {
            const folds = rollingOrigin(createModel(name), { y: values, season: 5 }, blocks, options);
            const scale = residualScale(values, 'volatility');
            return { folds, calibrated: calibrateFolds(folds, values, scale, { scale: 'volatility', memory: 100 }) };
          });
          const rows = (one?.folds.origins ?? new Int32Array()).filter((origin) => origin <= cut).length;
          const means = rows * options.horizon;
          const figures = means * quantileLevels.length;
          expect(two?.folds.mean.slice(0, means)).toEqual(one?.folds.mean.slice(0, means));
          expect(two?.folds.quantiles.slice(0, figures)).toEqual(one?.folds.quantiles.slice(0, figures));
          expect(two?.calibrated.quantiles.slice(0, figures)).toEqual(one?.calibrated.quantiles.slice(0, figures));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('hands the model copies that end at the origin, with nothing behind them', () => {
    const seen: number[] = [];
    const spy = recording((y) => seen.push(y.buffer.byteLength / 8));
    rollingOrigin(spy, { y: randomWalk(100, 1), season: 1 }, [block(40, 3)], options);
    expect(seen).toEqual([41, 42, 43]);
  });

  it('fits at the start of a block, updates within it, and looks back no further than a sliding window', () => {
    const calls: string[] = [];
    const spy = recording((y, what) => calls.push(`${what} ${y.length}`));
    const y = randomWalk(100, 1);
    rollingOrigin(spy, { y, season: 1 }, [block(30, 2), block(80, 2)], { ...options, window: 'sliding' });
    expect(calls).toEqual(['fit 31', 'update 32', 'fit 50', 'update 50']);
  });

  it('counts what fails, with its reason, and goes on', () => {
    const y = randomWalk(100, 1);
    const moody: Forecaster = {
      ...recording(() => undefined),
      fit(data, fitOptions) {
        if (data.y.length > 70) throw new Error('too much data');
        return recording((values) => {
          if (values.length === 62) throw new Error('bad day');
        }).fit(data, fitOptions);
      },
    };
    const folds = rollingOrigin(moody, { y, season: 1 }, [block(60, 3), block(75, 2)], options);
    expect(folds.failures).toEqual([
      { origin: 61, reason: 'bad day' },
      { origin: 75, reason: 'too much data' },
      { origin: 76, reason: 'too much data' },
    ]);
    expect(folds.mean.slice(3, 6).every(Number.isNaN)).toBe(true);
    expect(folds.mean.slice(6, 9).every(Number.isFinite)).toBe(true);
  });

  it('gives the same rows whether origins are evaluated together or apart', () => {
    const y = randomWalk(200, 3);
    const run = (blocks: FoldBlock[]) => rollingOrigin(createModel('theta'), { y, season: 5 }, blocks, options);
    const apart = [
      [150, 152, 154],
      [151, 153],
    ].map((origins) => run([{ fitOrigin: 150, origins }]));
    expect(mergeFolds(apart, 3)).toEqual(run([block(150, 5)]));
  });
});

describe('defectOf', () => {
  const sound = (): Forecast => ({
    mean: Float64Array.of(10),
    quantiles: quantileLevels.map((_, level) => Float64Array.of(6 + level)),
  });

  it('accepts a proper distribution', () => expect(defectOf(sound(), 1)).toBeNull());

  it.each<[string, (forecast: Forecast) => Forecast, RegExp]>([
    ['a mean that is not a number', (f) => ({ ...f, mean: Float64Array.of(Number.NaN) }), /mean at horizon 1 is NaN/],
    ['a price below zero', (f) => ({ ...f, mean: Float64Array.of(-1) }), /mean at horizon 1 is -1/],
    ['crossing quantiles', (f) => ({ ...f, quantiles: [...f.quantiles].reverse() }), /is below the one before it/],
    ['another horizon', (f) => ({ ...f, mean: Float64Array.of(1, 2) }), /2 horizons instead of 1/],
  ])('names %s', (_, spoil, expected) => expect(defectOf(spoil(sound()), 1)).toMatch(expected));
});

/** A naive model that reports the data it is given. */
function recording(see: (y: Float64Array, what: 'fit' | 'update') => void): Forecaster {
  const naive = createModel('naive');
  const watch = (fitted: ReturnType<Forecaster['fit']>): ReturnType<Forecaster['fit']> => ({
    ...fitted,
    update(data) {
      see(data.y, 'update');
      return watch(fitted.update(data));
    },
  });
  return {
    ...naive,
    fit(data, fitOptions) {
      see(data.y, 'fit');
      return watch(naive.fit(data, fitOptions));
    },
  };
}
