import { expect, test } from 'vitest';
import { fitAdditive } from '../../../src/models/additive-fit.ts';
import { createModel } from '../../../src/models/catalogue.ts';
import { createRng } from '../../../src/stats/random.ts';

/** A trend that turns at 300, a season of 12, a little noise. */
function made(count: number): Float64Array {
  const rng = createRng(3);
  return Float64Array.from({ length: count }, (_, t) => {
    const trend = t < 300 ? 100 + 0.2 * t : 160 - 0.1 * (t - 300);
    return trend + 5 * Math.sin((2 * Math.PI * t) / 12) + 0.3 * rng.normal();
  });
}

test('follows trend and season on', () => {
  const y = made(560);
  const forecast = createModel('additive', { scale: 'level' })
    .fit({ y: y.slice(0, 500), season: 12 }, { seed: 1 })
    .forecast(60);
  let [inside, worst] = [0, 0];
  for (let h = 0; h < 60; h++) {
    worst = Math.max(worst, Math.abs(forecast.mean[h]! - y[500 + h]!));
    if (y[500 + h]! >= forecast.quantiles[0]![h]! && y[500 + h]! <= forecast.quantiles[8]![h]!) inside++;
  }
  expect(worst).toBeLessThan(2.5);
  expect(inside).toBeGreaterThan(50);
});

test('most changes of slope are none', () => {
  const y = made(500);
  const low = Math.min(...y);
  const range = Math.max(...y) - low;
  const settings = { seasonLength: 12, fourierOrder: 3, changepoints: 25, changepointScale: 0.05 };
  const fit = fitAdditive(
    y.map((value) => (value - low) / range),
    settings,
  );
  expect((fit.slope * range) / -0.1).toBeCloseTo(1, 0);
  expect(fit.season).toHaveLength(12);
  const straight = fitAdditive(
    Float64Array.from({ length: 400 }, (_, t) => t / 399),
    settings,
  );
  expect(straight.slopeChange * 25 * 399).toBeLessThan(0.02);
});

test.each([0, 37, 100])('an update by a window that slid by %i is the update by all data', (from) => {
  const y = made(400);
  const fitted = createModel('additive', { scale: 'level' }).fit({ y: y.slice(0, 350), season: 12 }, { seed: 1 });
  const whole = fitted.update({ y, season: 12 }).forecast(14);
  expect(fitted.update({ y: y.slice(from), season: 12 }).forecast(14)).toEqual(whole);
});
