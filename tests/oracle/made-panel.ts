/** The made panel of scripts/oracles/classical.R and classical.py, repeated operation by operation. */
import { noise } from './made-series.ts';

export interface MadeMember {
  readonly name: string;
  readonly season: number;
  readonly y: Float64Array;
}

const makers: readonly [kind: string, count: number, season: number, make: (e: Float64Array) => Float64Array][] = [
  ['walk', 120, 1, (e) => cumulated(e).map((value) => 100 + value)],
  ['short', 24, 1, (e) => cumulated(e).map((value) => 50 + 0.5 * value)],
  ['trend', 100, 1, (e) => e.map((value, t) => 200 + 0.8 * t + 3 * value)],
  ['additive', 96, 12, (e) => e.map((value, t) => 300 + 0.5 * t + 20 * Math.sin((2 * Math.PI * t) / 12) + 4 * value)],
  [
    'multiplied',
    64,
    4,
    (e) => e.map((value, t) => (100 + t) * (1 + 0.2 * Math.sin((2 * Math.PI * t) / 4 + 1)) + 2 * value),
  ],
  ['huge', 120, 1, (e) => cumulated(e).map((value) => 1e9 * (100 + value))],
  ['tiny', 120, 1, (e) => regressed(e).map((value) => 1e-6 * (20 + value))],
  ['negative', 120, 1, (e) => regressed(e).map((value) => -50 + value)],
  [
    'gapped',
    120,
    1,
    (e) =>
      cumulated(e)
        .map((value) => 100 + value)
        .filter((_, t) => t < 40 || t >= 55),
  ],
];

/** Six series of each of nine kinds. */
export const madePanel: readonly MadeMember[] = Array.from({ length: 54 }, (_, i) => {
  const [kind, count, season, make] = makers[i % makers.length]!;
  return { name: `${kind}${Math.floor(i / makers.length) + 1}`, season, y: make(noise(101 + i, count)) };
});

function cumulated(e: Float64Array): Float64Array {
  let sum = 0;
  return e.map((value) => {
    sum += value;
    return sum;
  });
}

function regressed(e: Float64Array): Float64Array {
  let last = 0;
  return e.map((value) => {
    last = 0.7 * last + value;
    return last;
  });
}
