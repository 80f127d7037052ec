import { describe, expect, test } from 'vitest';
import { autoregression } from '../../../src/models/autoregression.ts';
import {
  discountedRegression,
  harmonicSeason,
  profileSeason,
  seasonAt,
} from '../../../src/models/seasonal-components.ts';
import { seasonallyAdjusted } from '../../../src/models/seasonally-adjusted.ts';
import { createRng } from '../../../src/stats/random.ts';

describe('autoregression', () => {
  test('finds the coefficient of an AR(1), forecasts by its powers and widens by their squares', () => {
    const rng = createRng(11);
    const y = new Float64Array(4000);
    for (let t = 1; t < y.length; t++) y[t] = 0.8 * y[t - 1]! + rng.normal();
    const settings = { lags: '1', difference: 0, halfLife: 1e9, ridge: 0, scale: 'level' };
    const { mean, quantiles } = autoregression.create(settings).fit({ y, season: 1 }, { seed: 1 }).forecast(30);
    const last = y[y.length - 1]!;
    expect(Math.abs(mean[0]! - 0.8 * last)).toBeLessThan(0.1);
    const sd = (h: number) => (quantiles[8]![h]! - quantiles[0]![h]!) / (2 * 1.959964);
    expect(Math.abs(sd(0) - 1)).toBeLessThan(0.03);
    expect(Math.abs(sd(29) - 1 / Math.sqrt(1 - 0.64))).toBeLessThan(0.08);
  });

  test('a random walk by differences widens with the root of the horizon', () => {
    const rng = createRng(5);
    const y = new Float64Array(3000);
    for (let t = 1; t < y.length; t++) y[t] = y[t - 1]! + rng.normal();
    const settings = { lags: '1', difference: 1, halfLife: 1e9, scale: 'level' };
    const { quantiles } = autoregression.create(settings).fit({ y, season: 1 }, { seed: 1 }).forecast(16);
    const width = (h: number) => quantiles[8]![h]! - quantiles[0]![h]!;
    expect(width(15) / width(0)).toBeGreaterThan(3.7);
    expect(width(15) / width(0)).toBeLessThan(4.3);
  });

  test('repeats a pure season of 168 exactly by its lags', () => {
    const profile = Float64Array.from({ length: 168 }, (_, t) => 100 + 30 * Math.sin(t) + (t % 24));
    const y = Float64Array.from({ length: 840 }, (_, t) => profile[t % 168]!);
    const settings = { lags: '1,24,168', difference: 0, ridge: 0, scale: 'level' };
    const { mean } = autoregression.create(settings).fit({ y, season: 24 }, { seed: 1 }).forecast(200);
    for (const [h, value] of mean.entries()) expect(Math.abs(value - profile[(840 + h) % 168]!)).toBeLessThan(0.01);
  });

  test('a fit that would explode is held within what was seen', () => {
    const y = Float64Array.from({ length: 60 }, (_, t) => 1.3 ** t);
    const { mean, quantiles } = autoregression
      .create({ lags: '1', difference: 0, scale: 'level' })
      .fit({ y, season: 1 }, { seed: 1 })
      .forecast(500);
    for (const row of [mean, ...quantiles]) expect(Math.max(...row.map(Math.abs))).toBeLessThan(1e3 * y[59]!);
  });

  test.each([
    [{ lags: '2,1' }, 'ascending'],
    [{ lags: '0,1' }, 'ascending'],
    [{ lags: 'a' }, 'ascending'],
    [{ difference: -1 }, 'difference'],
    [{ waves: 1.5 }, 'waves'],
    [{ halfLife: 0 }, 'halfLife'],
  ])('refuses %j', (parameters, reason) => {
    expect(() => autoregression.create(parameters)).toThrow(reason);
  });
});

describe('seasonal components', () => {
  test('harmonics of a period that is not whole come back beyond the series', () => {
    const period = 365.25 / 7;
    const wave = (t: number) => 3 * Math.sin((2 * Math.PI * t) / period) - Math.cos((4 * Math.PI * t) / period);
    const z = Float64Array.from({ length: 600 }, (_, t) => 0.1 * t + wave(t));
    const season = harmonicSeason(z, { period, count: 3 }, 1e9)!;
    for (const t of [0, 599, 613, 700]) expect(Math.abs(seasonAt(season, t) - wave(t))).toBeLessThan(0.08);
    expect(harmonicSeason(z.subarray(0, 90), { period, count: 3 }, 1e9)).toBeUndefined();
  });

  test('profiles of a day within a week come back, and the newest weeks count most', () => {
    const shape = (t: number) => (t % 24) - 11.5 + (t % 168 < 120 ? 4 : -10);
    const z = Float64Array.from({ length: 168 * 10 }, (_, t) => (t < 168 * 5 ? 1 : 2) * shape(t));
    const even = profileSeason(z, [24, 168], 1e9)!;
    const recent = profileSeason(z, [24, 168], 1)!;
    expect(Math.abs(seasonAt(even, 1700) - 1.5 * shape(1700))).toBeLessThan(1);
    expect(Math.abs(seasonAt(recent, 1700))).toBeGreaterThan(Math.abs(seasonAt(even, 1700)));
  });

  test('weights halve at the half-life', () => {
    const values = [0, 0, 12];
    const writeRow = (index: number, row: Float64Array) => {
      row[0] = 1;
      return values[index]!;
    };
    const fit = discountedRegression(3, 1, writeRow, { halfLife: 1, ridge: 0 });
    // Weights 1/4, 1/2, 1: mean 12 / 1.75.
    expect(fit.coefficients[0]).toBeCloseTo(12 / 1.75, 10);
  });

  test('a model without a season gets one', () => {
    const y = Float64Array.from({ length: 96 }, (_, t) => (100 + t) * [0.5, 1, 1.5, 1][t % 4]!);
    const fitted = seasonallyAdjusted.create({ inner: 'theta' }).fit({ y, season: 4 }, { seed: 1 });
    fitted.forecast(8).mean.forEach((value, h) => {
      const expected = (196 + h) * [0.5, 1, 1.5, 1][(96 + h) % 4]!;
      expect(Math.abs(value / expected - 1)).toBeLessThan(0.05);
    });
    expect(() => seasonallyAdjusted.create().fit({ y, season: 1 }, { seed: 1 })).toThrow('no season');
    expect(() => seasonallyAdjusted.create({ period: 52.18 })).toThrow('waves');
  });
});
