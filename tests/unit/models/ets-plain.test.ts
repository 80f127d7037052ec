import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EtsForm, type EtsParameters, shapeOf } from '../../../src/models/ets-form.ts';
import { momentsAlong, plainMoments } from '../../../src/models/ets-plain.ts';
import { etsDeviance, etsPass } from '../../../src/models/ets-recursion.ts';
import { type EtsDirections, etsNormalEquations } from '../../../src/models/ets-sensitivity.ts';
import { createRng, type Rng } from '../../../src/stats/random.ts';

const forms: readonly EtsForm[] = ['ANN', 'AAN', 'AAdN', 'MNN', 'MAN', 'MAdN'];
const names = ['alpha', 'beta', 'phi', 'level', 'slope'] as const;

/** A series, parameters that the form admits, and random directions. */
const cases = fc
  .record({ form: fc.constantFrom(...forms), seed: fc.nat(), length: fc.integer({ min: 3, max: 300 }) })
  .map(({ form, seed, length }) => {
    const rng = createRng(seed);
    return { form, y: series(rng, length), parameters: parametersOf(form, rng), directions: directionsOf(form, rng) };
  });

describe('one fused pass', () => {
  test('has the deviance of the general recursion', () => {
    fc.assert(
      fc.property(cases, ({ form, y, parameters }) => {
        const general = etsDeviance(etsPass(y, parameters, shapeOf(form)), y.length);
        expect(relative(plainMoments(y, parameters, shapeOf(form)).deviance, general)).toBeLessThan(1e-11);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test('has the moments of the general recursion along any directions', () => {
    fc.assert(
      fc.property(cases, ({ form, y, parameters, directions }) => {
        const fused = momentsAlong(plainMoments(y, parameters, shapeOf(form)), directions);
        const general = etsNormalEquations(y, parameters, shapeOf(form), directions);
        expect(distance(fused.gram, general.gram)).toBeLessThan(1e-9);
        expect(distance(fused.gradient, general.gradient)).toBeLessThan(1e-9);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test.each(forms)('of %s knows the slope of its own deviance', (form) => {
    const rng = createRng(11);
    const y = series(rng, 120);
    const parameters = parametersOf(form, rng);
    const shape = shapeOf(form);
    const { gradient } = plainMoments(y, parameters, shape);
    const { squares } = etsPass(y, parameters, shape);
    for (const [i, name] of names.entries()) {
      if (!movable(form).includes(name)) continue;
      const step = 1e-5 * Math.max(1, Math.abs(parameters[name]));
      const [up, down] = [step, -step].map(
        (move) => plainMoments(y, { ...parameters, [name]: parameters[name] + move }, shape).deviance,
      ) as [number, number];
      const slope = (up - down) / (2 * step);
      expect(Math.abs((2 * y.length * gradient[i]!) / squares - slope)).toBeLessThan(1e-4 * (1 + Math.abs(slope)));
    }
  });

  test('refuses what the general recursion refuses', () => {
    const y = series(createRng(5), 50);
    const falling = { ...parametersOf('MAN', createRng(6)), slope: -y[0]! };
    expect(etsDeviance(etsPass(y, falling, shapeOf('MAN')), y.length)).toBeNaN();
    expect(plainMoments(y, falling, shapeOf('MAN')).deviance).toBeNaN();
    expect(plainMoments(y, falling, shapeOf('AAN')).deviance).not.toBeNaN();
  });
});

test('influences that have died out count as none without a trace in the moments', () => {
  const y = series(createRng(8), 20_000);
  const parameters = { ...parametersOf('AAdN', createRng(9)), alpha: 0.9, beta: 0.1 };
  const directions = directionsOf('AAdN', createRng(10));
  const fused = momentsAlong(plainMoments(y, parameters, shapeOf('AAdN')), directions);
  const general = etsNormalEquations(y, parameters, shapeOf('AAdN'), directions);
  expect(distance(fused.gram, general.gram)).toBeLessThan(1e-9);
});

/** A positive walk about 100. */
function series(rng: Rng, length: number): Float64Array {
  let log = Math.log(100);
  return Float64Array.from({ length }, () => {
    log += 0.02 * rng.normal();
    return Math.exp(log);
  });
}

function parametersOf(form: EtsForm, rng: Rng): EtsParameters {
  const { trend } = shapeOf(form);
  const alpha = 0.05 + 0.9 * rng.uniform();
  return {
    alpha,
    beta: trend === 'N' ? 0 : alpha * rng.uniform() * 0.5,
    gamma: 0,
    phi: trend === 'Ad' ? 0.8 + 0.18 * rng.uniform() : 1,
    level: 100 + 3 * rng.normal(),
    slope: trend === 'N' ? 0 : 0.1 * rng.normal(),
    seasons: [],
  };
}

function movable(form: EtsForm): readonly string[] {
  const { trend } = shapeOf(form);
  if (trend === 'N') return ['alpha', 'level'];
  return trend === 'A' ? ['alpha', 'beta', 'level', 'slope'] : names;
}

/** Four random directions, without what the form does not have. */
function directionsOf(form: EtsForm, rng: Rng): EtsDirections {
  const count = 4;
  const along = (name: string) =>
    Float64Array.from({ length: count }, () => (movable(form).includes(name) ? rng.normal() : 0));
  const [alpha, beta, phi, level, slope] = names.map(along) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return { count, alpha, beta, phi, level, slope, gamma: new Float64Array(count), seasons: new Float64Array(0) };
}

function relative(a: number, b: number): number {
  return Math.abs(a - b) / (1 + Math.abs(b));
}

/** Largest difference, in units of the largest entry. */
function distance(a: Float64Array, b: Float64Array): number {
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-300);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) / largest;
}
