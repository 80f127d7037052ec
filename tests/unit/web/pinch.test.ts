import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Fingers, pinched } from '../../../web/client/pinch.ts';

const finger = fc.integer({ min: 0, max: 400 });
const fingers = fc.tuple(finger, finger).filter(([a, b]) => Math.abs(a - b) >= 8);

it('what is under two fingers stays under them', () => {
  fc.assert(
    fc.property(fingers, fingers, (before, now) => {
      const valueAt = (range: readonly [number, number], px: number): number =>
        range[0] + (px / 400) * (range[1] - range[0]);
      const range = pinched([1000, 5000], 400, before, now);
      const sorted = (pair: Fingers): number[] => [...pair].sort((a, b) => a - b);
      for (const place of [0, 1]) {
        const wanted = valueAt([1000, 5000], sorted(before)[place] ?? 0);
        expect(valueAt(range ?? [0, 0], sorted(now)[place] ?? 0)).toBeCloseTo(wanted, 6);
      }
    }),
  );
});

it('fingers that touch zoom nothing', () => {
  expect(pinched([0, 10], 400, [100, 103], [50, 150])).toBeNull();
  expect(pinched([0, 10], 400, [50, 150], [100, 100])).toBeNull();
});
