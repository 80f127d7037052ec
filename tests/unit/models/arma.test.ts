import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differenced } from '../../../src/models/arima-fit.ts';
import { armaForecast, armaPass } from '../../../src/models/arma-likelihood.ts';
import {
  type ArimaOrder,
  armaFromPoint,
  convolve,
  differencePolynomial,
  rootsBeyond,
} from '../../../src/models/arma-polynomials.ts';
import { choleskyFactor, choleskySolve } from '../../../src/stats/least-squares.ts';
import { createRng } from '../../../src/stats/random.ts';

const order = (parts: Partial<ArimaOrder>): ArimaOrder => ({ p: 0, d: 0, q: 0, P: 0, D: 0, Q: 0, season: 1, ...parts });

describe('the exact likelihood', () => {
  const cases: [string, ArimaOrder, number[]][] = [
    ['AR(1)', order({ p: 1 }), [0.9]],
    ['MA(1)', order({ q: 1 }), [-0.7]],
    ['ARMA(2,2)', order({ p: 2, q: 2 }), [1.2, -0.5, 0.4, 0.3]],
    ['seasonal', order({ p: 1, q: 1, P: 1, Q: 1, season: 4 }), [0.5, -0.4, 0.6, 1.5]],
  ];
  test.each(cases)('of %s is that of the multivariate normal', (_, spec, point) => {
    const rng = createRng(5);
    const n = 40;
    const w = Float64Array.from({ length: n }, () => 3 + rng.normal());
    const arma = armaFromPoint(point, spec);
    const covariance = covarianceMatrix(arma, n);
    const lower = choleskyFactor(covariance, n)!;
    const ones = new Float64Array(n).fill(1);
    const weighted = choleskySolve(lower, n, ones);
    const mean = dot(weighted, w) / dot(weighted, ones);
    const centred = w.map((value) => value - mean);
    const variance = dot(centred, choleskySolve(lower, n, centred)) / n;
    let logDeterminant = 0;
    for (let i = 0; i < n; i++) logDeterminant += 2 * Math.log(lower[i * n + i]!);
    const expected = -0.5 * (n * (Math.log(2 * Math.PI * variance) + 1) + logDeterminant);
    const pass = armaPass(w, arma, 'estimate');
    expect(pass.mean).toBeCloseTo(mean, 8);
    expect(pass.variance).toBeCloseTo(variance, 8);
    expect(pass.logLikelihood).toBeCloseTo(expected, 7);
    expect(armaPass(w, arma, mean).logLikelihood).toBeCloseTo(expected, 7);
  });

  test('forecasts are the conditional expectation', () => {
    const rng = createRng(6);
    const n = 25;
    const w = Float64Array.from({ length: n }, () => rng.normal());
    const arma = armaFromPoint([0.8, -0.3, 0.9], order({ p: 2, q: 1 }));
    const joint = covarianceMatrix(arma, n + 6);
    const past = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) past[i * n + j] = joint[i * (n + 6) + j]!;
    const weights = choleskySolve(choleskyFactor(past, n)!, n, w);
    const forecast = armaForecast(armaPass(w, arma, 0).state, arma, 6);
    for (let h = 0; h < 6; h++) {
      let expected = 0;
      for (let i = 0; i < n; i++) expected += joint[(n + h) * (n + 6) + i]! * weights[i]!;
      expect(forecast[h]).toBeCloseTo(expected, 8);
    }
  });
});

test('every point is stationary and invertible', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 6, maxLength: 6 }), (point) => {
      const { phi, theta } = armaFromPoint(point, order({ p: 2, q: 2, P: 1, Q: 1, season: 5 }));
      expect(rootsBeyond(phi, 0.999)).toBe(true);
      expect(
        rootsBeyond(
          theta.map((value) => -value),
          0.999,
        ),
      ).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('roots are told from the unit circle', () => {
  expect(rootsBeyond([0.5], 1.01)).toBe(true);
  expect(rootsBeyond([0.995], 1.01)).toBe(false);
  expect(rootsBeyond([1.5, -0.56], 1.01)).toBe(true);
  expect(rootsBeyond([1.5, -0.5], 1.01)).toBe(false);
  expect(rootsBeyond([], 1.01)).toBe(true);
});

test('differences', () => {
  const y = Float64Array.from([1, 4, 9, 16, 25, 36]);
  expect(Array.from(differenced(y, order({ d: 2 })))).toEqual([2, 2, 2, 2]);
  expect(Array.from(differenced(y, order({ D: 1, season: 3 })))).toEqual([15, 21, 27]);
  expect(Array.from(differencePolynomial(order({ d: 1, D: 1, season: 3 })))).toEqual([1, -1, 0, -1, 1]);
  expect(Array.from(convolve([1, 2], [3, 4]))).toEqual([3, 10, 8]);
});

/** Autocovariances from a long moving average form: independent of the filter's own way to them. */
function covarianceMatrix({ phi, theta }: { phi: Float64Array; theta: Float64Array }, n: number): Float64Array {
  const length = 4000;
  const psi = new Float64Array(length);
  for (let j = 0; j < length; j++) {
    psi[j] = j === 0 ? 1 : (theta[j - 1] ?? 0);
    for (let i = 0; i < Math.min(j, phi.length); i++) psi[j]! += phi[i]! * psi[j - 1 - i]!;
  }
  const gamma = Float64Array.from({ length: n }, (_, k) => dot(psi.subarray(k), psi.subarray(0, length - k)));
  return Float64Array.from({ length: n * n }, (_, at) => gamma[Math.abs(Math.floor(at / n) - (at % n))]!);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
