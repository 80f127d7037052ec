import { expect, it } from 'vitest';
import { nearestName } from '../../../src/domain/nearest-name.ts';

it('finds the name that was meant', () => {
  expect(nearestName('navie', ['naive', 'drift'])).toBe('naive');
  expect(nearestName('THETA', ['theta'])).toBe('theta');
  expect(nearestName('ASSAY_PROT', ['ASSAY_DATA', 'ASSAY_PORT'])).toBe('ASSAY_PORT');
});

it('suggests nothing rather than something far away', () => {
  expect(nearestName('zzzz', ['naive', 'drift'])).toBeNull();
  expect(nearestName('x', [])).toBeNull();
});
