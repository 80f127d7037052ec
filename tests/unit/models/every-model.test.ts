import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { momentum } from '../../../examples/add-a-model/momentum.ts';
import { PlatformError } from '../../../src/domain/errors.ts';
import type { FittedForecaster, Forecast, ModelArtefact, ModelParameters } from '../../../src/domain/forecaster.ts';
import { quantileLevels } from '../../../src/domain/forecaster.ts';
import { catalogue } from '../../../src/models/catalogue.ts';
import { additiveSettings, madePrices, quickParameters } from './made-prices.ts';

const prices = madePrices(260);
const cutoff = 200;

/** The example of the guide is held to what every model is held to. */
const entries = [...catalogue, momentum].map((entry) => [entry.name, entry] as const);

describe.each(entries)('%s', (name, entry) => {
  const create = (parameters: ModelParameters = {}) => entry.create({ ...quickParameters[name], ...parameters });
  const train = (y: Float64Array, parameters: ModelParameters = {}, seed = 1) =>
    create(parameters).fit({ y, season: 5 }, { seed });
  let onPrices: FittedForecaster | undefined;
  const trained = () => {
    onPrices ??= train(prices);
    return onPrices;
  };

  test('gives finite, ordered, positive distributions at any horizon', () => {
    const fitted = trained();
    for (const horizon of [1, 14, 40]) {
      const forecast = fitted.forecast(horizon);
      expectDistribution(forecast, horizon);
      for (const row of forecast.quantiles) expect(Math.min(...row)).toBeGreaterThan(0);
    }
    const long = fitted.forecast(40);
    fitted.forecast(14).mean.forEach((value, h) => {
      expect(value).toBe(long.mean[h]);
    });
  });

  test('widens with the horizon', () => {
    const { quantiles } = trained().forecast(14);
    expect(quantiles[8]![13]! - quantiles[0]![13]!).toBeGreaterThan(quantiles[8]![0]! - quantiles[0]![0]!);
  });

  test('does not see what comes after the cutoff, and keeps no array it was handed', () => {
    const seen = train(prices.slice(0, cutoff)).forecast(14);
    const changed = prices.slice();
    changed.fill(1e-3, cutoff);
    const window = changed.subarray(0, cutoff);
    const fitted = train(window);
    expectSame(fitted.forecast(14), seen);
    window.fill(5);
    expectSame(fitted.forecast(14), seen);
  });

  test('update depends on the data it is given alone, and moves no estimate', () => {
    const fitted = train(prices.slice(0, cutoff));
    const before = JSON.stringify(fitted.artefact());
    const straight = fitted.update({ y: prices.slice(0, cutoff + 30), season: 5 });
    const changed = prices.slice();
    changed.fill(1e-3, cutoff + 30);
    const around = fitted.update({ y: prices, season: 5 }).update({ y: changed.subarray(0, cutoff + 30), season: 5 });
    expectSame(around.forecast(14), straight.forecast(14));
    expect(straight.forecast(1).mean[0]).not.toBe(fitted.forecast(1).mean[0]);
    expect(JSON.stringify(fitted.artefact())).toBe(before);
  });

  test('update over the data of the fit changes nothing', () => {
    const fitted = trained();
    expectNear(fitted.update({ y: prices, season: 5 }).forecast(14), fitted.forecast(14), 1e-9);
  });

  test('comes back from its artefact bit for bit, after update too', () => {
    const fitted = train(prices.slice(0, cutoff));
    const restored = entry.restore(JSON.parse(JSON.stringify(fitted.artefact())) as ModelArtefact);
    expectSame(restored.forecast(30), fitted.forecast(30));
    const data = { y: prices, season: 5 };
    expectSame(restored.update(data).forecast(30), fitted.update(data).forecast(30));
    expect(JSON.stringify(restored.artefact())).toBe(JSON.stringify(fitted.artefact()));
  });

  test('refuses a damaged artefact', () => {
    const artefact = trained().artefact();
    for (const damaged of [
      { ...artefact, state: {} },
      { ...artefact, state: null },
      { ...artefact, state: { ...(artefact.state as object), scale: null } },
      { ...artefact, parameters: { nonsense: 1 } },
      { ...artefact, format: 2 as unknown as 1 },
    ]) {
      expectRefusal(() => entry.restore(damaged), 'ARTEFACT_CORRUPT');
    }
  });

  test('is the same for the same seed', () => {
    expectSame(train(prices, {}, 5).forecast(14), train(prices, {}, 5).forecast(14));
  });

  test('scales with the series', () => {
    const forecast = trained().forecast(14);
    const doubled = train(prices.map((value) => 1024 * value)).forecast(14);
    expectNear(
      doubled,
      mapForecast(forecast, (value) => 1024 * value),
      1e-7,
    );
    if (name === 'random-forest' || name === 'gradient-boosting') return;
    const scaled = train(prices.map((value) => 0.0137 * value)).forecast(14);
    expectNear(
      scaled,
      mapForecast(forecast, (value) => 0.0137 * value),
      ['ets', 'damped', 'holt', 'holt-winters', 'mstl'].includes(name) ? 2e-3 : 1e-4,
    );
  });

  test('moves with the series on the level scale', () => {
    // A combination has as many scales as members.
    if (!('scale' in create().parameters) || name === 'ces') return;
    const parameters: ModelParameters = { scale: 'level', ...additiveSettings[name] };
    // Quarters are exact in binary, so that adding a constant does not round.
    const quarters = prices.map((value) => Math.round(4 * value) / 4);
    const forecast = train(quarters, parameters).forecast(14);
    const moved = train(
      quarters.map((value) => value + 4096),
      parameters,
    ).forecast(14);
    expectNear(
      moved,
      mapForecast(forecast, (value) => value + 4096),
      1e-7,
    );
  });

  test('gives a point distribution for a constant series', () => {
    const forecast = train(new Float64Array(200).fill(42)).forecast(14);
    for (const row of [forecast.mean, ...forecast.quantiles]) {
      for (const value of row) expect(Math.abs(value - 42)).toBeLessThan(1e-9);
    }
  });

  test('refuses bad data and bad horizons with the reason', () => {
    const forecaster = create();
    const fitted = trained();
    const attempt = (y: Float64Array, season = 5) => forecaster.fit({ y, season }, { seed: 1 });
    expectRefusal(() => attempt(prices.slice(0, forecaster.minObservations - 1)));
    expectRefusal(() => attempt(new Float64Array(0)));
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const broken = prices.slice();
      broken[150] = bad;
      expectRefusal(() => attempt(broken));
      expectRefusal(() => fitted.update({ y: broken, season: 5 }));
    }
    for (const season of [0, -1, 1.5, Number.NaN]) expectRefusal(() => attempt(prices, season));
    for (const horizon of [0, -1, 1.5, 10_001, 1e9, Number.NaN, Number.POSITIVE_INFINITY]) {
      expectRefusal(() => fitted.forecast(horizon));
    }
    for (const bad of [0, -3]) {
      const broken = prices.slice();
      broken[255] = bad;
      expectRefusal(() => train(broken, { scale: 'log' }));
      expectDistribution(train(broken).forecast(3), 3);
    }
    expectRefusal(() => create({ nonsense: 1 }));
    expectRefusal(() => create({ scale: 'logarithm' }));
  });

  test('answers any series with a distribution or a refusal', () => {
    const shapes = fc.oneof(
      fc.array(fc.double({ noNaN: false }), { maxLength: 150 }),
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 60, maxLength: 200 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 60, maxLength: 200 }),
      fc.array(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), { minLength: 100, maxLength: 200 }),
    );
    fc.assert(
      fc.property(
        shapes,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 30 }),
        (values, season, horizon) => {
          const y = Float64Array.from(values);
          try {
            const fitted = create().fit({ y, season }, { seed: 3 });
            expectDistribution(fitted.forecast(horizon), horizon);
            expectDistribution(fitted.update({ y, season }).forecast(horizon), horizon);
          } catch (error) {
            if (!(error instanceof PlatformError)) throw error;
            expect(error.code).toBe('INPUT_INVALID');
          }
        },
      ),
      { numRuns: /arima|combination/.test(name) ? 15 : 50 },
    );
  });
});

function expectDistribution(forecast: Forecast, horizon: number): void {
  expect(forecast.mean.length).toBe(horizon);
  expect(forecast.quantiles.length).toBe(quantileLevels.length);
  for (let h = 0; h < horizon; h++) {
    expect(Number.isFinite(forecast.mean[h])).toBe(true);
    for (let level = 0; level < quantileLevels.length; level++) {
      const value = forecast.quantiles[level]![h]!;
      expect(Number.isFinite(value)).toBe(true);
      if (level > 0) expect(value).toBeGreaterThanOrEqual(forecast.quantiles[level - 1]![h]!);
    }
  }
}

function expectSame(a: Forecast, b: Forecast): void {
  expect(Array.from(a.mean)).toEqual(Array.from(b.mean));
  expect(a.quantiles.map((row) => Array.from(row))).toEqual(b.quantiles.map((row) => Array.from(row)));
}

/** Equal within a share of the value itself. */
function expectNear(a: Forecast, b: Forecast, share: number): void {
  const rows = (forecast: Forecast) => [forecast.mean, ...forecast.quantiles];
  rows(a).forEach((row, k) => {
    row.forEach((value, h) => {
      const other = rows(b)[k]![h]!;
      expect(Math.abs(value - other), `${value} against ${other}`).toBeLessThanOrEqual(share * Math.abs(other));
    });
  });
}

function mapForecast(forecast: Forecast, back: (value: number) => number): Forecast {
  return { mean: forecast.mean.map(back), quantiles: forecast.quantiles.map((row) => row.map(back)) };
}

function expectRefusal(act: () => unknown, code = 'INPUT_INVALID'): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    expect(error.code).toBe(code);
    expect(error.message.length).toBeGreaterThan(10);
    return;
  }
  expect.unreachable('nothing was refused');
}
