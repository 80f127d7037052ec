import { describe, expect, test } from 'vitest';
import { PlatformError } from '../../../src/domain/errors.ts';
import type { ModelParameters, TrainingData } from '../../../src/domain/forecaster.ts';
import { createModel } from '../../../src/models/catalogue.ts';
import { createRng } from '../../../src/stats/random.ts';

/** A walk whose next change is mostly what `signal` says today; `decoy` says nothing. */
function madeData(count: number): TrainingData {
  const rng = createRng(17);
  const signal = Float64Array.from({ length: count }, () => rng.normal());
  const decoy = Float64Array.from({ length: count }, () => rng.normal());
  const y = new Float64Array(count);
  y[0] = 500;
  for (let t = 1; t < count; t++) y[t] = y[t - 1]! * Math.exp(0.01 * signal[t - 1]! + 0.003 * rng.normal());
  return { y, season: 1, regressors: { names: ['signal', 'decoy'], columns: [signal, decoy] } };
}

function upTo(data: TrainingData, end: number, ahead = 0): TrainingData {
  const { names, columns } = data.regressors!;
  return {
    y: data.y.slice(0, end),
    season: 1,
    regressors: { names, columns: columns.map((column) => column.slice(0, end + ahead)) },
  };
}

const data = madeData(900);
const cases: readonly [string, ModelParameters][] = [
  ['linear', { horizons: 3 }],
  ['ridge', { horizons: 3 }],
  ['elastic-net', { horizons: 3 }],
  ['random-forest', { horizons: 3, trees: 60, minLeaf: 15 }],
  ['gradient-boosting', { horizons: 3, minLeaf: 20 }],
];

describe.each(cases)('%s', (name, parameters) => {
  const learn = (training: TrainingData) => createModel(name, parameters).fit(training, { seed: 1 });

  test('uses a regressor that tells', () => {
    const fitted = learn(upTo(data, 700));
    const blind = createModel(name, parameters).fit({ y: data.y.slice(0, 700), season: 1 }, { seed: 1 });
    let [seeing, unseeing] = [0, 0];
    for (let end = 700; end < 890; end++) {
      const error = (median: number) => Math.abs(Math.log(data.y[end]! / median));
      seeing += error(fitted.update(upTo(data, end)).forecast(1).quantiles[4]![0]!);
      unseeing += error(blind.update({ y: data.y.slice(0, end), season: 1 }).forecast(1).quantiles[4]![0]!);
    }
    expect(seeing / unseeing).toBeLessThan(0.75);
  });

  test('sees no regressor after the origin but those handed over as known', () => {
    const cut = learn(upTo(data, 700)).forecast(3);
    const later = madeData(900);
    for (const column of later.regressors!.columns) column.fill(1e6, 700);
    expect(learn(upTo(later, 700)).forecast(3)).toEqual(cut);
    expect(learn(upTo(data, 700, 2)).forecast(3)).not.toEqual(cut);
  });

  test('takes unknown values for ordinary ones', () => {
    const holed = upTo(data, 700);
    holed.regressors!.columns[0]!.fill(Number.NaN, 0, 200);
    holed.regressors!.columns[1]!.fill(Number.NaN);
    const forecast = learn(holed).forecast(3);
    for (const row of [forecast.mean, ...forecast.quantiles]) expect(row.every(Number.isFinite)).toBe(true);
  });

  test('refuses other regressors than those of the fit, and broken ones', () => {
    const fitted = learn(upTo(data, 700));
    const columns = data.regressors!.columns;
    const attempts: TrainingData[] = [
      { y: data.y, season: 1 },
      { y: data.y, season: 1, regressors: { names: ['decoy', 'signal'], columns } },
      { y: data.y, season: 1, regressors: { names: ['signal', 'decoy'], columns: columns.map((c) => c.slice(9)) } },
    ];
    for (const attempt of attempts) expect(() => fitted.update(attempt)).toThrow(PlatformError);
    const infinite = upTo(data, 700);
    infinite.regressors!.columns[1]![5] = Number.POSITIVE_INFINITY;
    expect(() => learn(infinite)).toThrow(/decoy is infinite/);
    const twice = { names: ['signal', 'signal'], columns };
    expect(() => learn({ y: data.y, season: 1, regressors: twice })).toThrow(/name of its own/);
  });
});

test('the elastic net drops what does not help', () => {
  const state = createModel('elastic-net', { horizons: 3 }).fit(upTo(data, 700), { seed: 1 }).artefact().state as {
    coefficients: number[][];
  };
  const first = state.coefficients[0]!;
  expect(Math.abs(first[first.length - 2]!)).toBeGreaterThan(0.005);
  expect(first.filter((value) => value === 0).length).toBeGreaterThan(5);
});
