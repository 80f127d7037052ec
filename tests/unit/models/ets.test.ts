import { describe, expect, test } from 'vitest';
import { createModel, restoreModel } from '../../../src/models/catalogue.ts';
import { createRng } from '../../../src/stats/random.ts';
import { madePrices } from './made-prices.ts';

interface State {
  form: string;
  parameters: { alpha: number; beta: number; phi: number };
  variance: number;
  level: number;
  slope: number;
  logLikelihood: number;
  aicc: number;
}

const y = madePrices(200, 5);
const fitted = (form: string, series = y) => createModel('ets', { form }).fit({ y: series, season: 1 }, { seed: 1 });
const stateOf = (form: string, series = y) => fitted(form, series).artefact().state as State;

describe('the criterion', () => {
  const counts = { ANN: 3, AAN: 5, AAdN: 6, MNN: 3, MAN: 5, MAdN: 6 };
  test.each(Object.entries(counts))('of %s counts %d parameters', (form, k) => {
    const { logLikelihood, aicc } = stateOf(form);
    expect(aicc).toBeCloseTo(-2 * logLikelihood + 2 * k + (2 * k * (k + 1)) / (y.length - k - 1), 6);
  });
  test('chooses the least', () => {
    const chosen = stateOf('auto');
    const all = Object.keys(counts).map((form) => stateOf(form));
    expect(chosen.aicc).toBeCloseTo(Math.min(...all.map(({ aicc }) => aicc)), 2);
  });
  test('leaves multiplicative errors out when a level is not positive, and refuses them when asked for', () => {
    const moved = y.map((value) => value - y[50]!);
    expect(stateOf('auto', moved).form.startsWith('A')).toBe(true);
    expect(() => stateOf('MNN', moved)).toThrow('positive');
  });
});

test.each(['AAN', 'AAdN', 'MNN', 'MAN', 'MAdN'])(
  'the distribution of %s has the variance of its simulated paths',
  (form) => {
    const model = fitted(form);
    const state = model.artefact().state as State;
    // Ten times the deviation, so that what multiplicative errors add is far above the noise of the simulation.
    const loud = { ...state, variance: state.variance * (form.startsWith('M') ? 100 : 1) };
    const { alpha, beta, phi } = state.parameters;
    const rng = createRng(31);
    const paths = 40_000;
    const horizon = 6;
    const ends = Float64Array.from({ length: paths }, () => {
      let { level, slope } = state;
      let value = 0;
      for (let h = 0; h < horizon; h++) {
        const forecast = level + phi * slope;
        const error = Math.sqrt(loud.variance) * rng.normal() * (form.startsWith('M') ? forecast : 1);
        value = forecast + error;
        level = forecast + alpha * error;
        slope = phi * slope + beta * error;
      }
      return value;
    });
    const average = ends.reduce((a, b) => a + b) / paths;
    const spread = Math.sqrt(ends.reduce((a, b) => a + (b - average) ** 2, 0) / paths);
    const artefact = { ...model.artefact(), state: loud };
    const { mean, quantiles } = restoreModel(artefact).forecast(horizon);
    expect(Math.abs(mean[horizon - 1]! - average) / spread).toBeLessThan(0.03);
    // The width at the quartiles is that of a normal of the same variance.
    expect(Math.abs((quantiles[5]![5]! - quantiles[3]![5]!) / 1.3489795 / spread - 1)).toBeLessThan(0.03);
  },
);

test.each(['MNN', 'MAN', 'MAdN'])('the median of %s is its path, and no quantile is below 0', (form) => {
  const model = fitted(form);
  const state = model.artefact().state as State;
  const wild = restoreModel({ ...model.artefact(), state: { ...state, variance: 0.5 } });
  const { mean, quantiles } = wild.forecast(14);
  expect(quantiles[4]).toEqual(mean);
  expect(quantiles[0]!.some((value) => value === 0)).toBe(true);
  for (const row of quantiles) for (const value of row) expect(value).toBeGreaterThanOrEqual(0);
});
