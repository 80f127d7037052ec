import { describe, expect, it } from 'vitest';
import { calibrateFolds, residualScale } from '../../../src/backtest/conformal.ts';
import { defaultFigureOptions, figuresOf, metricNames } from '../../../src/backtest/figures.ts';
import { lossTable } from '../../../src/backtest/losses.ts';
import { coverageChart, pitChart, skillChart } from '../../../src/backtest/report-charts.ts';
import { type Folds, rollingOrigin } from '../../../src/backtest/rolling-origin.ts';
import { scoreBlock } from '../../../src/backtest/scoring.ts';
import { createModel } from '../../../src/models/catalogue.ts';
import {
  absoluteNaiveScale,
  meanAbsolutePercentageError,
  rootMeanSquaredScaledError,
  rSquaredOfChanges,
  squaredNaiveScale,
  symmetricMape,
} from '../../../src/stats/metrics.ts';
import { randomWalk } from '../../support/random-walk.ts';

const y = randomWalk(420, 12, 0.002);
const origins = Array.from({ length: 120 }, (_, index) => 280 + index);
const [naive, drift] = [calibrated('naive'), calibrated('drift')];
const figures = figuresOf(drift, naive, y, origins);

describe('figuresOf', () => {
  it('agrees with the scores and metrics made one by one', () => {
    const before = y.subarray(0, 281);
    const table = lossTable(drift, y, origins);
    const scores = scoreBlock(table, lossTable(naive, y, origins), absoluteNaiveScale(before, 1));
    for (const [index, { metrics }] of figures.entries()) {
      const target = origins.map((origin) => y[origin + index + 1]!);
      const centre = origins.map((_, row) => table.mean[row * 5 + index]!);
      const median = origins.map((_, row) => table.median[row * 5 + index]!);
      const expected = {
        ...scores[index]!,
        mape: meanAbsolutePercentageError(target, median),
        smape: symmetricMape(target, median),
        rmsse: rootMeanSquaredScaledError(target, centre, squaredNaiveScale(before, 1)),
        r2OfChanges: rSquaredOfChanges(
          target,
          centre,
          origins.map((origin) => y[origin]!),
        ),
      };
      for (const name of metricNames) {
        const value = (expected as Record<string, unknown>)[name];
        if (typeof value === 'number') expect(metrics[name].value, name).toBeCloseTo(value, 6);
      }
    }
  });

  it('puts every figure inside its interval, and the same one for the same seed', () => {
    for (const { metrics } of figures) {
      for (const name of ['mae', 'rmse', 'wis', 'crps', 'skillVsNaive', 'coverage80', 'bias'] as const) {
        const { value, lower, upper } = metrics[name];
        expect(lower!).toBeLessThanOrEqual(value!);
        expect(upper!).toBeGreaterThanOrEqual(value!);
      }
    }
    expect(figuresOf(drift, naive, y, origins)).toEqual(figures);
  });

  it('accounts for every target in the PIT and for every level in the pinball', () => {
    for (const { pit, pinball, metrics } of figures) {
      expect(pit.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(pit.slice(3, 7).reduce((sum, { share }) => sum + share, 0)).toBeGreaterThan(0.3);
      expect(pinball.reduce((sum, loss) => sum + loss) / 4.5).toBeCloseTo(metrics.wis.value!, 9);
      expect(metrics.width95.value).toBeGreaterThan(metrics.width80.value!);
    }
  });

  it('tests the direction over origins that do not overlap, and naive has none', () => {
    expect(figures.map(({ direction }) => direction?.trials)).toEqual([120, 60, 40, 30, 24]);
    const own = figuresOf(naive, naive, y, origins, { ...defaultFigureOptions, resamples: 0 });
    for (const { direction, dieboldMariano, giacominiWhite, metrics } of own) {
      expect([direction, dieboldMariano, giacominiWhite]).toEqual([null, null, null]);
      expect(metrics.skillVsNaive).toEqual({ value: 0, lower: null, upper: null });
      expect(metrics.directionalAccuracy.value).toBeNull();
    }
  });
});

describe('charts of a report', () => {
  const models = [
    { name: 'drift', figures },
    { name: 'a <b> & c', figures: figuresOf(naive, naive, y, origins) },
  ];
  it.each([
    ['skill', skillChart],
    ['coverage', coverageChart],
    ['pit', pitChart],
  ] as const)('%s is a well-formed picture without a number missing', (_, draw) => {
    const svg = draw(models, 'gold');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 720 360".*<\/svg>\n$/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity|<b>/);
    const opened = svg.match(/<[a-z]+/g)!.length;
    expect(opened).toBe(svg.match(/\/>|<\/[a-z]+>/g)!.length);
  });
});

function calibrated(model: string): Folds {
  const blocks = [{ fitOrigin: 100, origins: Array.from({ length: 319 }, (_, index) => 100 + index) }];
  const options = { horizon: 5, window: 'expanding', windowLength: 100, seed: 1 } as const;
  const folds = rollingOrigin(createModel(model), { y, season: 5 }, blocks, options);
  return calibrateFolds(folds, y, residualScale(y, 'blend'), { scale: 'blend', memory: 500, method: 'pid' });
}
