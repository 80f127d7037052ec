import { describe, expect, it } from 'vitest';
import { extremes, paths } from '../../../src/backtest/paths.ts';
import { type Forecast, quantileLevels } from '../../../src/domain/forecaster.ts';
import { normalQuantile } from '../../../src/stats/normal.ts';
import { sampleQuantile, sortedCopy } from '../../../src/stats/quantiles.ts';
import { createRng } from '../../../src/stats/random.ts';

const horizon = 10;
// A log random walk of 1% a step from 1,000: the distribution of its highest value is known.
const forecast: Forecast = {
  mean: new Float64Array(horizon).fill(1000),
  quantiles: quantileLevels.map((level) =>
    Float64Array.from(
      { length: horizon },
      (_, index) => 1000 * Math.exp(0.01 * Math.sqrt(index + 1) * normalQuantile(level)),
    ),
  ),
};
const errors = walks(600);

describe('paths', () => {
  it('keep the distribution of the forecast at every horizon', () => {
    const made = paths(forecast, errors, 999, 1);
    expect(made).toHaveLength(999);
    for (let index = 0; index < horizon; index += 1) {
      const values = sortedCopy(made.map((path) => path[index]!));
      for (const [level, row] of forecast.quantiles.entries()) {
        expect(sampleQuantile(values, quantileLevels[level]!) / row[index]!).toBeCloseTo(1, 3);
      }
    }
  });

  it('wander as past errors did: the highest value is that of a random walk', () => {
    const simulated = sortedCopy(walks(20_000).map((row) => 1000 * Math.exp(Math.max(...row))));
    const { highest, lowest } = extremes(paths(forecast, errors, 2000, 1), horizon);
    for (const [level, probability] of quantileLevels.entries()) {
      const expected = sampleQuantile(simulated, probability);
      expect(Math.abs(highest[level]! / expected - 1)).toBeLessThan(0.006);
      expect(highest[level]).toBeGreaterThan(lowest[level]!);
    }
  });

  it('would reach higher were horizons unrelated', () => {
    const rng = createRng(4);
    const unrelated = errors.map((row) => row.map(() => rng.normal()));
    const median = (template: readonly Float64Array[]) =>
      extremes(paths(forecast, template, 1000, 1), horizon).highest[4]!;
    expect(median(unrelated)).toBeGreaterThan(median(errors) * 1.005);
  });

  it('are the same for the same seed, and leave broken rows out', () => {
    const broken = [...errors, new Float64Array(horizon).fill(Number.NaN), new Float64Array(2)];
    expect(paths(forecast, broken, 50, 3)).toEqual(paths(forecast, errors, 50, 3));
    expect(paths(forecast, errors, 50, 4)).not.toEqual(paths(forecast, errors, 50, 3));
  });

  it('are refused from too few errors', () => {
    expect(() => paths(forecast, errors.slice(0, 29), 10, 1)).toThrowError(/29 past forecasts/);
    expect(() => paths(forecast, errors, 0, 1)).toThrowError(/0 paths/);
  });
});

function walks(count: number): Float64Array[] {
  const rng = createRng(8);
  return Array.from({ length: count }, () => {
    let level = 0;
    return Float64Array.from({ length: horizon }, () => (level += 0.01 * rng.normal()));
  });
}
