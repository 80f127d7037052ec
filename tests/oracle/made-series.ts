/** The made series of scripts/oracles/reference.py, repeated operation by operation. */

/** Sums of twelve numbers of a linear congruential generator, less six. */
export function noise(seed: number, count: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    let sum = 0;
    for (let i = 0; i < 12; i++) {
      state = Number((1664525n * BigInt(state) + 1013904223n) % 4294967296n);
      sum += (state + 0.5) / 4294967296;
    }
    return sum - 6;
  });
}

export function arma(seed: number, count: number, phi: number, theta: number): Float64Array {
  const e = noise(seed, count);
  const w = new Float64Array(count);
  for (let t = 0; t < count; t++) w[t] = e[t]! + (t > 0 ? phi * w[t - 1]! + theta * e[t - 1]! : 0);
  return w;
}

export function walk(seed: number, count: number, start: number, phi = 0, theta = 0, drift = 0): Float64Array {
  let sum = 0;
  return arma(seed, count, phi, theta).map((change) => {
    sum += change + drift;
    return start + sum;
  });
}

/** An ETS(A,A,N) process: alpha 0.4, beta 0.1. */
export function smoothSeries(seed: number, count: number): Float64Array {
  let [level, slope] = [300, 0.3];
  return noise(seed, count).map((e) => {
    const value = level + slope + e;
    [level, slope] = [level + slope + 0.4 * e, slope + 0.1 * e];
    return value;
  });
}

/** The series by the names that the reference gives them. */
export const madeSeries: Readonly<Record<string, Float64Array>> = {
  walk: walk(11, 300, 200),
  trend: smoothSeries(12, 300),
  arma11: walk(21, 400, 50, 0.6, 0.3),
  ar1: arma(22, 400, 0.7, 0).map((value) => value + 10),
  ma1drift: walk(23, 300, 80, 0, 0.5, 0.2),
  short: walk(25, 30, 20, 0.5, 0),
  seasonal: walk(24, 300, 50, 0.3, 0.2).map((value, t) => value + 5 * Math.sin((2 * Math.PI * t) / 7)),
};
