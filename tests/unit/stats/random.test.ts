import { expect, test } from 'vitest';
import { createRng, rngFromState } from '../../../src/stats/random.ts';

test('xoshiro128** gives its published first numbers', () => {
  const rng = rngFromState([1, 2, 3, 4]);
  const numbers = Array.from({ length: 10 }, () => rng.nextUint32());
  expect(numbers).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ]);
});

test('a jump is 2^64 steps, by squaring the step as a linear map over bits', () => {
  let map = Array.from({ length: 128 }, (_, bit) => stepOf(unit(bit)));
  for (let i = 0; i < 64; i++) map = map.map((image) => apply(map, image));
  const start: Words = [0x12345678, 0x9abcdef0, 0x0f1e2d3c, 0x4b5a6978];
  const jumped = rngFromState(start);
  jumped.jump();
  const stepped = rngFromState(apply(map, start));
  for (let i = 0; i < 5; i++) expect(jumped.nextUint32()).toBe(stepped.nextUint32());
});

test('seeds, streams and both halves of a seed tell streams apart; the same pair repeats', () => {
  const first = (seed: number, stream = 0) => createRng(seed, stream).nextUint32();
  expect(first(1)).toBe(first(1));
  expect(new Set([first(0), first(1), first(2), first(1, 1), first(1, 2), first(1 + 2 ** 40), first(-1)]).size).toBe(7);
});

test('uniform, below and normal have their moments', () => {
  const rng = createRng(77);
  const count = 40_000;
  const uniforms = Array.from({ length: count }, () => rng.uniform());
  expect(Math.min(...uniforms.slice(0, 1000))).toBeGreaterThan(0);
  expect(uniforms.reduce((a, b) => a + b) / count).toBeCloseTo(0.5, 2);
  const normals = Array.from({ length: count }, () => rng.normal());
  expect(normals.reduce((a, b) => a + b * b, 0) / count).toBeCloseTo(1, 1);
  const counts = [0, 0, 0];
  for (let i = 0; i < 30_000; i++) counts[rng.below(3)]!++;
  for (const seen of counts) expect(Math.abs(seen - 10_000)).toBeLessThan(400);
});

type Words = [number, number, number, number];

function unit(bit: number): Words {
  const words: Words = [0, 0, 0, 0];
  words[bit >> 5] = 1 << (bit & 31);
  return words;
}

/** The state update of the generator, written out a second time. */
function stepOf([a, b, c, d]: Words): Words {
  const shifted = b << 9;
  const [e, f] = [c ^ a, d ^ b];
  const last = f;
  return [a ^ f, b ^ e, e ^ shifted, (last << 11) | (last >>> 21)];
}

function apply(map: readonly Words[], words: Words): Words {
  const image: Words = [0, 0, 0, 0];
  map.forEach((column, bit) => {
    if ((words[bit >> 5]! >>> (bit & 31)) & 1) for (let k = 0; k < 4; k++) image[k]! ^= column[k]!;
  });
  return image;
}
