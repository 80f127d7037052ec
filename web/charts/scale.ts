/** A straight or logarithmic map from a domain onto a range. */
export interface Scale {
  readonly domain: readonly [number, number];
  at(value: number): number;
}

export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const span = domain[1] - domain[0] || 1;
  return { domain, at: (value) => range[0] + ((value - domain[0]) / span) * (range[1] - range[0]) };
}

/** For positive domains only. */
export function logScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const inner = linearScale([Math.log(domain[0]), Math.log(domain[1])], range);
  return { domain, at: (value) => inner.at(Math.log(value)) };
}

/** About `count` round values (1, 2, 2.5 or 5 times a power of ten) inside the domain, ascending. */
export function niceTicks(low: number, high: number, count: number): number[] {
  const step = niceStep((high - low) / Math.max(1, count));
  if (!(step > 0) || !Number.isFinite(step)) return [low];
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Round values on a logarithmic axis: 1, 2, 5 times powers of ten, or plain ticks when the domain is narrow. */
export function logTicks(low: number, high: number, count: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const factor of [1, 2, 5]) {
      const tick = factor * 10 ** power;
      if (tick >= low && tick <= high) ticks.push(Number(tick.toPrecision(12)));
    }
  }
  return ticks.length < 3 ? niceTicks(low, high, count) : ticks;
}

/** The domain that shows all values with a little air, and includes zero when told. */
export function paddedDomain(values: Iterable<number>, withZero: boolean): [number, number] {
  let low = withZero ? 0 : Number.POSITIVE_INFINITY;
  let high = withZero ? 0 : Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  const air = (high - low || Math.abs(high) || 1) * 0.06;
  return [withZero && low === 0 ? 0 : low - air, withZero && high === 0 ? 0 : high + air];
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * 0.999999) ?? 10;
  return factor * power;
}
