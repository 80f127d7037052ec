import { describe, expect, test } from 'vitest';
import type { ModelArtefact, TrainingData } from '../../../src/domain/forecaster.ts';
import { createModel, restoreModel } from '../../../src/models/catalogue.ts';
import { createRng } from '../../../src/stats/random.ts';

/** A random walk moved by 2.5 times a driver that is known three steps ahead, and a column of no use. */
function madeData(count: number, known = 3): TrainingData {
  const rng = createRng(17);
  let [walk, level] = [0, 0];
  const driver = Float64Array.from({ length: count + known }, () => {
    level += rng.normal();
    return 40 + level;
  });
  const y = Float64Array.from({ length: count }, (_, t) => {
    walk += 0.3 * rng.normal();
    return 200 + walk + 2.5 * driver[t]!;
  });
  const broken = driver.slice();
  broken[5] = Number.NaN;
  return { y, season: 1, regressors: { names: ['driver', 'broken'], columns: [driver, broken] } };
}

const data = madeData(300);
const model = createModel('arima', { regressors: true, scale: 'level' });
const fitted = model.fit(data, { seed: 1 });
const plain = createModel('arima', { scale: 'level' }).fit(data, { seed: 1 });

describe('ARIMA with regressors', () => {
  test('finds the effect, leaves out a column with holes', () => {
    const { driven } = fitted.artefact().state as { driven: { names: string[]; effects: number[] } };
    expect(driven.names).toEqual(['driver']);
    expect(driven.effects[0]).toBeCloseTo(2.5, 1);
  });

  test('follows the driver as far as it is known, and is the plain model beyond', () => {
    const forecast = fitted.forecast(6);
    const expected = data.y[299]! + 2.5 * (data.regressors!.columns[0]![300]! - data.regressors!.columns[0]![299]!);
    expect(Math.abs(forecast.mean[0]! - expected)).toBeLessThan(0.4);
    const width = (h: number) => forecast.quantiles[8]![h]! - forecast.quantiles[0]![h]!;
    expect(width(2)).toBeLessThan(width(3) / 3);
    expect(forecast.mean.subarray(3)).toEqual(plain.forecast(6).mean.subarray(3));
  });

  test('comes back from its artefact and moves on', () => {
    const restored = restoreModel(JSON.parse(JSON.stringify(fitted.artefact())) as ModelArtefact);
    expect(restored.forecast(6)).toEqual(fitted.forecast(6));
    expect(restored.update(data).forecast(3).mean[2]).toBeCloseTo(fitted.forecast(3).mean[2]!, 8);
  });

  test('without the regressors in newer data it is the plain model', () => {
    const { y, season } = data;
    expect(fitted.update({ y, season }).forecast(3)).toEqual(plain.update({ y, season }).forecast(3));
  });

  test('does not use what is known ahead as if it were past', () => {
    const other = madeData(300);
    other.regressors!.columns[0]!.fill(1e6, 300);
    const moved = model.fit(other, { seed: 1 }).artefact().state as { driven: { effects: number[] } };
    expect(moved.driven.effects).toEqual((fitted.artefact().state as typeof moved).driven.effects);
  });
});
