import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { quantileLevels } from '../../src/domain/forecaster.ts';
import { dieboldMariano } from '../../src/stats/diebold-mariano.ts';
import { fitSimpleSmoothing } from '../../src/stats/exponential-smoothing.ts';
import { chiSquaredTail } from '../../src/stats/gamma.ts';
import { rSquared } from '../../src/stats/metrics.ts';
import { normalCdf, normalQuantile } from '../../src/stats/normal.ts';
import { sampleQuantile, sortedCopy } from '../../src/stats/quantiles.ts';
import { crpsFromQuantiles, crpsFromSamples, weightedIntervalScore } from '../../src/stats/scoring.ts';
import { autocorrelations, kpssStatistic, ljungBox } from '../../src/stats/serial-dependence.ts';
import { studentCdf, studentQuantile } from '../../src/stats/student-t.ts';
import { arma, madeSeries, noise } from './made-series.ts';

interface Reference {
  theta: { series: string; sesAlpha: number; sesLevel: number; sesSse: number }[];
  dieboldMariano: { horizon: number; statistic: number; pValue: number }[];
  scores: { actual: number; mean: number; sd: number; wis: number; crpsNormal: number }[];
  distributions: {
    normalQuantile: [number, number][];
    normalCdf: [number, number][];
    studentCdf: [number, number, number][];
    studentQuantile: [number, number, number][];
    chiSquaredTail: [number, number, number][];
  };
  dependence: {
    acf: number[];
    ljungBox: number;
    ljungBoxP: number;
    kpss: number;
    quantiles: [number, number][];
    r2: number;
  };
}

const reference = JSON.parse(readFileSync(new URL('reference.json', import.meta.url), 'utf8')) as Reference;

describe('distributions against scipy', () => {
  test('normal', () => {
    for (const [p, x] of reference.distributions.normalQuantile) near(normalQuantile(p), x, 1e-11);
    for (const [x, p] of reference.distributions.normalCdf) near(normalCdf(x), p, 1e-11);
  });
  test('Student t', () => {
    for (const [t, v, p] of reference.distributions.studentCdf) near(studentCdf(t, v), p, 1e-10);
    for (const [p, v, t] of reference.distributions.studentQuantile) near(studentQuantile(p, v), t, 1e-9);
  });
  test('chi-squared', () => {
    for (const [x, k, p] of reference.distributions.chiSquaredTail) near(chiSquaredTail(x, k), p, 1e-10);
  });
});

test.each(reference.dieboldMariano)('Diebold-Mariano at horizon $horizon', (expected) => {
  const first = noise(41, 120).map((value) => value * value);
  const second = noise(42, 120).map((value) => (0.9 * value) ** 2);
  const result = dieboldMariano(first, second, expected.horizon);
  near(result.statistic, expected.statistic, 1e-9);
  near(result.pValue, expected.pValue, 1e-9);
});

test.each(reference.scores)('weighted interval score and CRPS of N($mean, $sd) at $actual', (expected) => {
  const quantilesAt = (levels: readonly number[]) =>
    levels.map((level) => expected.mean + expected.sd * normalQuantile(level));
  near(weightedIntervalScore(expected.actual, quantilesAt(quantileLevels), quantileLevels), expected.wis, 1e-10);
  const fine = Array.from({ length: 1999 }, (_, i) => (i + 1) / 2000);
  near(crpsFromQuantiles(expected.actual, quantilesAt(fine), fine), expected.crpsNormal, 2e-3);
  near(crpsFromSamples(expected.actual, quantilesAt(fine)), expected.crpsNormal, 2e-3);
});

test('serial dependence against statsmodels', () => {
  const x = arma(22, 400, 0.7, 0);
  autocorrelations(x, 5).forEach((value, lag) => {
    near(value, reference.dependence.acf[lag]!, 1e-9);
  });
  const box = ljungBox(x, 10);
  near(box.statistic, reference.dependence.ljungBox, 1e-9);
  near(box.pValue, reference.dependence.ljungBoxP, 1e-6);
  near(kpssStatistic(x), reference.dependence.kpss, 1e-9);
});

test('quantiles against numpy, R squared against scikit-learn', () => {
  const x = arma(22, 400, 0.7, 0);
  const sorted = sortedCopy(x);
  for (const [p, value] of reference.dependence.quantiles) near(sampleQuantile(sorted, p), value, 1e-9);
  const forecast = x.subarray(0, 399).map((value) => 0.7 * value);
  near(rSquared(x.subarray(1), forecast), reference.dependence.r2, 1e-9);
});

test.each(reference.theta)('simple exponential smoothing against statsmodels on $series', (expected) => {
  const fit = fitSimpleSmoothing(madeSeries[expected.series]!);
  // Theirs starts from an estimated level too, but searches both together: ours may only be better.
  expect(fit.sumSquaredErrors).toBeLessThan(expected.sesSse * (1 + 1e-8));
  near(fit.alpha, expected.sesAlpha, 1e-3);
  near(fit.level, expected.sesLevel, 1e-5);
});

function near(ours: number, theirs: number, relative: number): void {
  expect(Math.abs(ours - theirs), `${ours} against ${theirs}`).toBeLessThanOrEqual(
    relative * Math.abs(theirs) + 1e-300,
  );
}
