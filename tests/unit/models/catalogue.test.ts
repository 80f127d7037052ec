import { expect, test } from 'vitest';
import { PlatformError } from '../../../src/domain/errors.ts';
import { catalogue, createModel, restoreModel } from '../../../src/models/catalogue.ts';
import { madePrices } from './made-prices.ts';

test('names are unique, kebab-case, and each default creates', () => {
  const names = catalogue.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, create, defaults } of catalogue) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(create().parameters).toEqual(defaults);
    expect(create().name).toBe(name);
  }
});

test('an unknown model names the nearest', () => {
  const error = refusalOf(() => createModel('random-forrest'));
  expect(error.code).toBe('INPUT_INVALID');
  expect(error.hint).toContain('random-forest');
  expect(refusalOf(() => createModel('x')).hint).toContain('naive');
});

test('an unknown parameter names the nearest, another type is refused', () => {
  expect(refusalOf(() => createModel('moving-average', { windw: 3 })).hint).toContain('window');
  expect(refusalOf(() => createModel('moving-average', { window: '3' })).message).toContain('number');
  expect(refusalOf(() => createModel('moving-average', { window: 0 })).message).toContain('1..1000');
  expect(refusalOf(() => createModel('sarima', { seasonLength: 1 })).message).toContain('seasonLength');
  expect(refusalOf(() => createModel('naive', { constructor: 1 })).code).toBe('INPUT_INVALID');
});

test('an artefact of an unknown model is corrupt', () => {
  const artefact = createModel('naive')
    .fit({ y: madePrices(20), season: 1 }, { seed: 1 })
    .artefact();
  expect(refusalOf(() => restoreModel({ ...artefact, model: 'oracle' })).code).toBe('ARTEFACT_CORRUPT');
  expect(refusalOf(() => restoreModel({ ...artefact, model: 'drift' })).code).toBe('ARTEFACT_CORRUPT');
});

function refusalOf(act: () => unknown): PlatformError {
  try {
    act();
  } catch (error) {
    if (error instanceof PlatformError) return error;
    throw error;
  }
  return expect.unreachable('nothing was refused');
}
