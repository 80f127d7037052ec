import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ModelParameters } from '../../src/domain/forecaster.ts';
import { createModel } from '../../src/models/catalogue.ts';
import { normalQuantile } from '../../src/stats/normal.ts';
import { madeSeries, noise, walk } from './made-series.ts';

interface Reference {
  noise: number[];
  ets: {
    series: string;
    form: string;
    logLikelihood: number;
    alpha: number;
    forecast: number[];
    variance: number[] | null;
    sigma2: number;
  }[];
  arima: {
    series: string;
    order: [number, number, number];
    seasonal: [number, number, number, number];
    constant: boolean;
    logLikelihood: number;
    params: Record<string, number>;
    forecast: number[];
    variance: number[] | null;
    sigma2?: number;
  }[];
  autoArima: { series: string; order: [number, number, number]; aicc: number; forecast: number[] }[];
  theta: { series: string; b0: number; forecast: number[]; sesAlpha: number; sesLevel: number; sesSse: number }[];
  linear: { centre: number[]; last: number };
}

const reference = JSON.parse(readFileSync(new URL('reference.json', import.meta.url), 'utf8')) as Reference;

test('the made series are those of the reference', () => {
  noise(1, 3).forEach((value, i) => {
    expect(value).toBeCloseTo(reference.noise[i]!, 10);
  });
});

describe('ETS against statsmodels ETSModel', () => {
  // The reference estimates by L-BFGS within the same bounds; ours may find a higher likelihood, never a lower one.
  test.each(reference.ets)('$series $form', (expected) => {
    const fitted = fitMade('ets', { form: expected.form }, expected.series);
    const state = stateOf(fitted) as { logLikelihood: number; parameters: { alpha: number }; variance: number };
    expect(relativeGap(state.logLikelihood, expected.logLikelihood)).toBeGreaterThan(-1e-4);
    if (relativeGap(state.logLikelihood, expected.logLikelihood) > 1e-4) return;
    expect(Math.abs(state.parameters.alpha - expected.alpha)).toBeLessThan(0.02);
    const tolerance = Math.sqrt(expected.sigma2) * (expected.form.startsWith('M') ? expected.forecast[0]! : 1);
    expectClose(fitted.forecast(14).mean, expected.forecast, 0.35 * tolerance);
  });

  test('at most two of the twelve optima are better than the reference', () => {
    const better = reference.ets.filter((expected) => {
      const { logLikelihood } = stateOf(fitMade('ets', { form: expected.form }, expected.series)) as {
        logLikelihood: number;
      };
      return relativeGap(logLikelihood, expected.logLikelihood) > 1e-4;
    });
    expect(better.map(({ series, form }) => `${series} ${form}`).length).toBeLessThanOrEqual(2);
  });

  test.each(reference.ets.filter(({ variance }) => variance !== null))('variance of $series $form', (expected) => {
    const fitted = fitMade('ets', { form: expected.form }, expected.series);
    const { variance } = stateOf(fitted) as { variance: number };
    const own = spreads(fitted).map((sd) => (sd * sd) / variance);
    const theirs = expected.variance!.map((value) => value / expected.sigma2);
    own.forEach((value, h) => {
      expect(Math.abs(value / theirs[h]! - 1)).toBeLessThan(0.08);
    });
  });
});

describe('ARIMA against statsmodels SARIMAX with simple differencing', () => {
  test.each(reference.arima)('$series $order $seasonal', (expected) => {
    const [p, d, q] = expected.order;
    const [P, D, Q, m] = expected.seasonal;
    const parameters = { p, d, q, P, D, Q, seasonLength: Math.max(1, m), constant: expected.constant, scale: 'level' };
    const fitted = fitMade('sarima', parameters, expected.series);
    const state = stateOf(fitted) as { logLikelihood: number; coefficients: number[][]; mean: number };
    expect(Math.abs(relativeGap(state.logLikelihood, expected.logLikelihood))).toBeLessThan(1e-4);
    if (expected.constant) expect(state.mean).toBeCloseTo(expected.params['const']!, 2);
    if (p > 0) expect(state.coefficients[0]![0]).toBeCloseTo(expected.params['ar.L1']!, 1);
    if (q > 0) expect(state.coefficients[1]![0]).toBeCloseTo(expected.params['ma.L1']!, 1);
    expectClose(fitted.forecast(14).mean, expected.forecast, 0.05);
  });

  test.each(reference.arima.filter(({ sigma2 }) => sigma2 !== undefined))('variance of $series', (expected) => {
    const [p, d, q] = expected.order;
    const [P, D, Q, m] = expected.seasonal;
    const parameters = { p, d, q, P, D, Q, seasonLength: Math.max(1, m), scale: 'level' };
    const fitted = fitMade('sarima', parameters, expected.series);
    const { variance } = stateOf(fitted) as { variance: number };
    spreads(fitted).forEach((sd, h) => {
      const theirs = expected.variance![h]! / expected.sigma2!;
      expect(Math.abs((sd * sd) / variance / theirs - 1)).toBeLessThan(0.06);
    });
  });

  test.each(reference.autoArima)('automatic order of $series against statsforecast AutoARIMA', (expected) => {
    const fitted = fitMade('arima', { scale: 'level' }, expected.series);
    const state = stateOf(fitted) as { order: { p: number; d: number; q: number }; aicc: number; constant: boolean };
    expect(state.order.d).toBe(expected.order[1]);
    // A lower criterion is fine, a clearly higher one is not. On ar1 the reference takes (2,0,1) with its MA root on the
    // unit circle, which ours refuses, and is lower by 0.8 for it.
    expect(state.aicc).toBeLessThan(expected.aicc + 1);
    const sameOrder = state.order.p === expected.order[0] && state.order.q === expected.order[2];
    if (sameOrder && !state.constant) expect(state.aicc).toBeCloseTo(expected.aicc, 1);
    expectClose(fitted.forecast(14).mean, expected.forecast, 0.8);
  });
});

test.each(reference.theta)('Theta against statsmodels ThetaModel on $series', (expected) => {
  const fitted = fitMade('theta', { scale: 'level' }, expected.series);
  const state = stateOf(fitted) as { alpha: number; level: number; halfSlope: number };
  expect(2 * state.halfSlope).toBeCloseTo(expected.b0, 8);
  expect(state.alpha).toBeCloseTo(expected.sesAlpha, 3);
  expect(state.level).toBeCloseTo(expected.sesLevel, 3);
  expectClose(fitted.forecast(14).mean, expected.forecast, 2e-3);
});

test('linear regression against scikit-learn LinearRegression', () => {
  const y = walk(31, 400, 0, 0.3, 0).map((value) => 100 * Math.exp(value * 0.01));
  const fitted = createModel('linear', { penalty: 0 }).fit({ y, season: 1 }, { seed: 1 });
  const { coefficients, features } = stateOf(fitted) as { coefficients: number[][]; features: number[] };
  coefficients.forEach((beta, h) => {
    const centre = features.reduce((sum, value, f) => sum + value * beta[f + 1]!, beta[0]!);
    expect(Math.abs(centre - reference.linear.centre[h]!)).toBeLessThan(1e-9);
  });
});

function fitMade(model: string, parameters: ModelParameters, series: string) {
  return createModel(model, parameters).fit({ y: madeSeries[series]!, season: 1 }, { seed: 1 });
}

function stateOf(fitted: ReturnType<typeof fitMade>): unknown {
  return fitted.artefact().state;
}

/** Deviations at horizons 1..14 read off the normal quantiles. */
function spreads(fitted: ReturnType<typeof fitMade>): number[] {
  const { quantiles } = fitted.forecast(14);
  return Array.from(quantiles[8]!, (upper, h) => (upper - quantiles[4]![h]!) / normalQuantile(0.975));
}

function relativeGap(ours: number, theirs: number): number {
  return (ours - theirs) / Math.abs(theirs);
}

function expectClose(ours: ArrayLike<number>, theirs: readonly number[], tolerance: number): void {
  theirs.forEach((value, h) => {
    expect(Math.abs(ours[h]! - value), `horizon ${h + 1}: ${ours[h]} against ${value}`).toBeLessThan(tolerance);
  });
}
