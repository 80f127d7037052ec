import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fitEwma, fitGarch } from '../../src/models/volatility-fit.ts';
import {
  aggregatedVariance,
  backcastVariance,
  nextVariance,
  varianceLogLikelihood,
} from '../../src/stats/garch-likelihood.ts';
import { garchPath, heavy, noise } from './made-learning.ts';

interface Case {
  seed: number;
  count: number;
  student: boolean;
  asymmetric: boolean;
  path: [number, number, number, number];
  omega: number;
  alpha: number;
  gamma: number;
  beta: number;
  degrees: number;
  logLikelihood: number;
  variance: number[];
}

const reference = JSON.parse(readFileSync(new URL('learners.json', import.meta.url), 'utf8')) as {
  versions: Record<string, string>;
  volatility: Case[];
  ewma: { seed: number; logLikelihood: number; degrees: number; next: number }[];
};

const pathOf = ({ seed, count, student, path }: Case) =>
  garchPath(student ? heavy(seed, count) : noise(seed, count), ...path);

describe('GARCH and GJR against arch', () => {
  test.each(reference.volatility)('likelihood at its own parameters, series $seed', (expected) => {
    const changes = pathOf(expected);
    const degrees = expected.student ? expected.degrees : Number.POSITIVE_INFINITY;
    const own = varianceLogLikelihood(changes, expected, backcastVariance(changes), degrees);
    expect(Math.abs(own / expected.logLikelihood - 1)).toBeLessThan(1e-9);
  });

  test.each(reference.volatility)('the maximum is no lower, series $seed', (expected) => {
    const { own, unit, changes } = fitted(expected);
    // A sum over changes in units loses log(unit) for each.
    const likelihood = own.logLikelihood - changes.length * Math.log(unit);
    expect(likelihood).toBeGreaterThan(expected.logLikelihood - 1e-4 * Math.abs(expected.logLikelihood));
  });

  test('parameters and variances agree where the maxima do', () => {
    const gaps = reference.volatility.map((expected) => {
      const { own, unit, changes } = fitted(expected);
      const likelihood = own.logLikelihood - changes.length * Math.log(unit);
      const { alpha, beta, gamma } = own.recursion;
      const gap = Math.max(
        ...[alpha - expected.alpha, beta - expected.beta, gamma - expected.gamma].map(Math.abs),
        expected.student && expected.degrees < 100 ? Math.abs(own.degrees / expected.degrees - 1) : 0,
      );
      const scaled = changes.map((change) => change / unit);
      const next = nextVariance(scaled, own.recursion, backcastVariance(scaled));
      const sums = aggregatedVariance(own.recursion, next, 14);
      const steps = sums.map((sum, h) => (sum - (h === 0 ? 0 : sums[h - 1]!)) * unit * unit);
      const variance = Math.max(...steps.map((step, h) => Math.abs(step / expected.variance[h]! - 1)));
      return { seed: expected.seed, gain: likelihood - expected.logLikelihood, gap, variance };
    });
    // On a flat or bounded likelihood arch may stop earlier: then ours is higher, and parameters may differ.
    const same = gaps.filter(({ gain }) => Math.abs(gain) < 1e-5);
    expect(same.length).toBeGreaterThanOrEqual(40);
    for (const { seed, gap, variance } of same) {
      expect(gap, `series ${seed}`).toBeLessThan(2e-3);
      expect(variance, `series ${seed}`).toBeLessThan(2e-3);
    }
    const within = same.filter(({ gap }) => gap < 1e-4).length;
    expect(within / same.length).toBeGreaterThan(0.5);
  });
});

test.each(reference.ewma)('exponentially weighted variance against arch, series $seed', (expected) => {
  const changes = garchPath(heavy(expected.seed, 800), 0.05, 0.06, 0, 0.9);
  const unit = Math.sqrt(changes.reduce((sum, change) => sum + change * change, 0) / changes.length);
  const scaled = changes.map((change) => change / unit);
  const own = fitEwma(scaled, 0.94, 'student');
  const likelihood = own.logLikelihood - changes.length * Math.log(unit);
  expect(likelihood).toBeCloseTo(expected.logLikelihood, 4);
  expect(own.degrees / expected.degrees).toBeCloseTo(1, 3);
  const next = nextVariance(scaled, own.recursion, backcastVariance(scaled)) * unit * unit;
  expect(next / expected.next).toBeCloseTo(1, 9);
});

function fitted(expected: Case) {
  const changes = pathOf(expected);
  const unit = Math.sqrt(changes.reduce((sum, change) => sum + change * change, 0) / changes.length);
  const innovations = expected.student ? 'student' : 'normal';
  const own = fitGarch(
    changes.map((change) => change / unit),
    { asymmetric: expected.asymmetric, innovations },
  );
  return { changes, unit, own };
}
