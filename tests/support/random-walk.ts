import { createRng } from '../../src/stats/random.ts';

/** A geometric random walk of `count` prices from 1,000, deviation 1% a step, with an optional drift a step. */
export function randomWalk(count: number, seed: number, drift = 0): Float64Array {
  const rng = createRng(seed);
  let log = Math.log(1000);
  return Float64Array.from({ length: count }, () => {
    const value = Math.exp(log);
    log += drift + 0.01 * rng.normal();
    return value;
  });
}
