import { describe, expect, test } from 'vitest';
import { createModel } from '../../../src/models/catalogue.ts';
import { normalQuantile } from '../../../src/stats/normal.ts';

const data = (values: number[], season = 1) => ({ y: Float64Array.from(values), season });
const seed = { seed: 1 };

test('naive repeats the last value and spreads with the square root of the horizon', () => {
  const forecast = createModel('naive', { scale: 'level' })
    .fit(data([10, 12, 11, 13]), seed)
    .forecast(4);
  expect(Array.from(forecast.mean)).toEqual([13, 13, 13, 13]);
  const sigma = Math.sqrt((4 + 1 + 4) / 3);
  expect(forecast.quantiles[8]![3]).toBeCloseTo(13 + 2 * sigma * normalQuantile(0.975), 10);
  expect(forecast.quantiles[4]![3]).toBe(13);
});

test('drift goes on along the line from the first to the last value', () => {
  const forecast = createModel('drift', { scale: 'level' })
    .fit(data([10, 11, 9, 16]), seed)
    .forecast(3);
  expect(Array.from(forecast.mean)).toEqual([18, 20, 22]);
  const onLogs = createModel('drift')
    .fit(data([1, 2, 4, 8]), seed)
    .forecast(2);
  expect(onLogs.mean[1]).toBeCloseTo(32, 10);
});

test('moving average is the mean of its window', () => {
  const forecast = createModel('moving-average', { window: 3 })
    .fit(data([5, 9, 1, 2, 3, 4, 5, 6]), seed)
    .forecast(2);
  expect(forecast.mean[0]).toBeCloseTo(5, 12);
  expect(forecast.mean[1]).toBeCloseTo(5, 12);
});

test('moving average of one is naive, in its spread too', () => {
  const y = [5, 9, 4, 7, 3, 4, 5, 6];
  const average = createModel('moving-average', { window: 1 }).fit(data(y), seed).forecast(3);
  const naive = createModel('naive').fit(data(y), seed).forecast(3);
  expect(average.quantiles[0]![2]).toBeCloseTo(naive.quantiles[0]![2]!, 10);
});

describe('seasonal naive', () => {
  test('repeats the season', () => {
    const forecast = createModel('seasonal-naive')
      .fit(data([1, 2, 3, 1, 2, 3, 1, 2, 4], 3), seed)
      .forecast(5);
    expect(Array.from(forecast.mean)).toEqual([1, 2, 4, 1, 2]);
  });
  test('is naive without a season', () => {
    const y = [5, 9, 4, 7, 3, 4, 5, 6];
    const seasonal = createModel('seasonal-naive').fit(data(y), seed).forecast(3);
    const naive = createModel('naive').fit(data(y), seed).forecast(3);
    expect(seasonal.quantiles[1]![2]).toBeCloseTo(naive.quantiles[1]![2]!, 12);
  });
});
