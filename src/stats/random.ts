import { normalQuantile } from './normal.ts';

/** A stream of pseudo-random numbers; the same seed gives the same stream on every machine. */
export interface Rng {
  /** Uniform over 0..2^32 - 1. */
  nextUint32(): number;
  /** Uniform over (0, 1) with 53 bits; never 0 nor 1, so that any quantile function may take it. */
  uniform(): number;
  /** Uniform over 0..bound - 1 without bias; `bound` is whole in 1..2^32. */
  below(bound: number): number;
  /** Standard normal, one uniform for one value (by inversion), so that streams stay aligned. */
  normal(): number;
  /** Moves 2^64 numbers ahead: streams that far apart do not overlap. */
  jump(): void;
}

/**
 * xoshiro128** 1.1 (D. Blackman & S. Vigna 2018, "Scrambled linear pseudorandom number generators", ACM TOMS 47(4),
 * 2021), its four words filled from the seed by SplitMix32 (Steele, Lea & Flood 2014 with MurmurHash3's finaliser).
 * `seed` is any whole number up to 2^53 in size; `stream` n is the seed's sequence jumped n times.
 */
export function createRng(seed: number, stream = 0): Rng {
  const rng = rngFromState(seedWords(seed));
  for (let i = 0; i < stream; i++) rng.jump();
  return rng;
}

/** The generator over four given 32-bit words, not all zero: what the published test vectors start from. */
export function rngFromState(words: readonly [number, number, number, number]): Rng {
  let [a, b, c, d] = words;
  const nextUint32 = () => {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return scrambled;
  };
  const uniform = () => ((nextUint32() >>> 5) * 67108864 + (nextUint32() >>> 6) + 0.5) / 9007199254740992;
  const below = (bound: number) => {
    const limit = 4294967296 - (4294967296 % bound);
    let drawn = nextUint32();
    while (drawn >= limit) drawn = nextUint32();
    return drawn % bound;
  };
  const jump = () => {
    let [e, f, g, h] = [0, 0, 0, 0];
    for (const word of JUMP_POLYNOMIAL) {
      for (let bit = 0; bit < 32; bit++) {
        if ((word >>> bit) & 1) [e, f, g, h] = [e ^ a, f ^ b, g ^ c, h ^ d];
        nextUint32();
      }
    }
    [a, b, c, d] = [e, f, g, h];
  };
  return { nextUint32, uniform, below, normal: () => normalQuantile(uniform()), jump };
}

/** Characteristic polynomial remainder of x^(2^64), as published with the generator. */
const JUMP_POLYNOMIAL = [0x8764000b, 0xf542d2d3, 0x6fa035c3, 0x77f2db5b] as const;

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function seedWords(seed: number): [number, number, number, number] {
  // Both halves of a 53-bit seed count: the high one moves the start of the low one's sequence.
  let counter = (seed >>> 0) ^ Math.imul(Math.floor(seed / 4294967296) | 0, 0x85ebca6b);
  const next = () => {
    counter = (counter + 0x9e3779b9) | 0;
    let mixed = counter ^ (counter >>> 16);
    mixed = Math.imul(mixed, 0x85ebca6b);
    mixed ^= mixed >>> 13;
    mixed = Math.imul(mixed, 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  };
  const words: [number, number, number, number] = [next(), next(), next(), next()];
  return words.some((word) => word !== 0) ? words : [1, 0, 0, 0];
}
