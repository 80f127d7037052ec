import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Forecast, quantileLevels } from '../../../src/domain/forecaster.ts';
import { createModel } from '../../../src/models/catalogue.ts';
import { auto } from '../../../src/models/combination.ts';
import { pastOrigins, pastWidening } from '../../../src/models/combination-folds.ts';
import { automaticMembers, companionPeriod, createMember } from '../../../src/models/combination-members.ts';
import { combineForecasts, reachOf, widen } from '../../../src/models/combination-rules.ts';
import { createRng } from '../../../src/stats/random.ts';

describe('combined forecasts', () => {
  const forecasts = [1, 2, 3, 4, 100].map((centre) => flat(centre, 0.5));

  test('follow their rule level by level', () => {
    const means = (['median', 'trimmed', 'weighted'] as const).map(
      (rule) => combineForecasts(forecasts, [1, 1, 1, 1, 1], rule).mean[0],
    );
    expect(means).toEqual([3, 3, 22]);
    expect(combineForecasts(forecasts, [3, 1, 0, 0, 0], 'weighted').quantiles[8]![1]).toBeCloseTo(1.25 + 0.5 * 4, 12);
    expect(combineForecasts(forecasts.slice(0, 4), [1, 1, 1, 1], 'median').mean[0]).toBe(2.5);
  });

  test('keep their levels in order, whatever the members and however much they are widened', () => {
    const member = fc
      .array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 9, maxLength: 9 })
      .map((values) => fromLevels([...values].sort((a, b) => a - b)));
    const factors = fc.array(fc.double({ min: 0.1, max: 5, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 6 }), factors, (members, widening) => {
        const weights = members.map((_, i) => i + 1);
        for (const rule of ['median', 'trimmed', 'weighted'] as const) {
          const { quantiles } = widen(combineForecasts(members, weights, rule), widening);
          for (let l = 1; l < quantiles.length; l++) {
            const slack = 1e-9 * Math.abs(quantiles[l]![0]!);
            expect(quantiles[l]![0]!).toBeGreaterThanOrEqual(quantiles[l - 1]![0]! - slack);
          }
        }
      }),
    );
  });

  test('stay positive when widened', () => {
    const positive = fromLevels([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const wide = widen(positive, [3, 3, 3, 3]);
    expect(wide.quantiles[0]![0]).toBeCloseTo(5 * (1 / 5) ** 3, 12);
    expect(wide.quantiles[4]![0]).toBe(5);
    expect(reachOf(positive, 0, 1)[0]).toBeCloseTo(1, 12);
    expect(reachOf(positive, 0, 81 / 5)[0]).toBeCloseTo(2, 12);
  });

  test('that were twice too narrow are widened, and the opposite', () => {
    const rng = createRng(4);
    const y = Float64Array.from({ length: 600 }, () => 2 * rng.normal());
    const past = { horizon: 20, origins: Array.from({ length: 25 }, (_, k) => 50 + 20 * k) };
    const normal = [-1.96, -1.645, -1.282, -0.674, 0, 0.674, 1.282, 1.645, 1.96];
    const of = (sd: number) =>
      past.origins.map(() =>
        fromLevels(
          normal.map((score) => score * sd),
          20,
        ),
      );
    for (const factor of pastWidening(y, of(1), past)) expect(Math.abs(factor - 2)).toBeLessThan(0.25);
    for (const factor of pastWidening(y, of(3), past)) expect(Math.abs(factor - 2 / 3)).toBeLessThan(0.1);
  });
});

test('past origins leave half of the series before them and a horizon after each', () => {
  expect(pastOrigins(100, 10, 3)).toEqual({ horizon: 10, origins: [70, 80, 90] });
  expect(pastOrigins(100, 20, 3)).toEqual({ horizon: 20, origins: [60, 80] });
  expect(pastOrigins(40, 48, 3)).toEqual({ horizon: 6, origins: [22, 28, 34] });
  expect(pastOrigins(11, 2, 3).origins).toEqual([]);
});

describe('auto', () => {
  test('finds the week in hours that it was only told the day of', () => {
    const y = Float64Array.from({ length: 960 }, (_, t) => 500 + hourly(t));
    const forecast = auto.create({ foldHorizon: 48 }).fit({ y, season: 24 }, { seed: 1 }).forecast(48);
    for (const [h, value] of forecast.mean.entries()) {
      expect(Math.abs(value - 500 - hourly(960 + h))).toBeLessThan(2);
    }
  });

  test('finds the year in weeks that it was told no season of', () => {
    const rng = createRng(7);
    const yearly = (t: number) => 100 + 20 * Math.sin((2 * Math.PI * t * 7) / 365.25);
    const y = Float64Array.from({ length: 520 }, (_, t) => yearly(t) + rng.normal());
    const forecast = auto.create({ foldHorizon: 13 }).fit({ y, season: 1 }, { seed: 1 }).forecast(13);
    const error = forecast.mean.reduce((sum, value, h) => sum + Math.abs(value - yearly(520 + h)), 0) / 13;
    const naive = forecast.mean.reduce((sum, _, h) => sum + Math.abs(y[519]! - yearly(520 + h)), 0) / 13;
    expect(error).toBeLessThan(0.3 * naive);
  });

  test('has the last value to say about a series too short for anything else', () => {
    expect(
      createModel('auto')
        .fit({ y: Float64Array.of(3, 4), season: 12 }, { seed: 1 })
        .forecast(2).mean[1],
    ).toBe(4);
  });

  test('names members that exist, for every season', () => {
    for (const season of [1, 2, 4, 5, 7, 12, 24, 48, 52, 168]) {
      for (const member of automaticMembers(season)) expect(createMember(member).name).toBe(member.model);
    }
    expect([24, 48, 12].map(companionPeriod)).toEqual([168, 336, null]);
  });
});

test('weights follow past errors', () => {
  const rng = createRng(3);
  const y = Float64Array.from({ length: 200 }, (_, t) => 100 + 5 * t + rng.normal());
  const fitted = createModel('weighted-combination', { members: 'naive,theta' }).fit({ y, season: 1 }, { seed: 1 });
  const { members } = fitted.artefact().state as { members: { fitted: { model: string }; weight: number }[] };
  expect(members.map((member) => member.fitted.model)).toEqual(['theta', 'naive']);
  expect(members[0]!.weight).toBe(1);
  expect(members[1]!.weight).toBeLessThan(0.3);
});

function hourly(t: number): number {
  return 50 * Math.sin((2 * Math.PI * t) / 24) + 30 * Math.sin((2 * Math.PI * t) / 168);
}

function flat(centre: number, step: number): Forecast {
  return fromLevels(
    quantileLevels.map((_, l) => centre + step * (l - 4)),
    2,
  );
}

/** The same distribution at each horizon; its mean is its median. */
function fromLevels(values: readonly number[], horizon = 1): Forecast {
  return {
    mean: new Float64Array(horizon).fill(values[4]!),
    quantiles: values.map((value) => new Float64Array(horizon).fill(value)),
  };
}
