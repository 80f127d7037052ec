import { logGamma } from './gamma.ts';
import { normalQuantile } from './normal.ts';

/**
 * Distribution function of Student's t with `degrees` > 0 (need not be whole), through the regularised incomplete beta
 * function. Accurate to about 1e-14. NaN for NaN or degrees <= 0.
 */
export function studentCdf(t: number, degrees: number): number {
  if (Number.isNaN(t) || !(degrees > 0)) return Number.NaN;
  if (!Number.isFinite(t)) return t > 0 ? 1 : 0;
  // The tail itself, never 1/2 less the middle: far out that difference would have no digits left.
  const tail = 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

/** Quantile of Student's t for `probability` in (0, 1), by bisection on the distribution function; ends are infinite. */
export function studentQuantile(probability: number, degrees: number): number {
  if (!(probability >= 0 && probability <= 1) || !(degrees > 0)) return Number.NaN;
  if (probability === 0.5) return 0;
  if (probability === 0 || probability === 1) return normalQuantile(probability);
  if (probability > 0.5) return -studentQuantile(1 - probability, degrees);
  let low = -1;
  while (studentCdf(low, degrees) > probability) low *= 2;
  let high = 0;
  for (let i = 0; i < 200 && high - low > 1e-14 * Math.abs(low); i++) {
    const middle = 0.5 * (low + high);
    if (studentCdf(middle, degrees) > probability) high = middle;
    else low = middle;
  }
  return 0.5 * (low + high);
}

/** Regularised incomplete beta I_x(a, b) by Lentz's continued fraction (Didonato & Morris 1992; modified Lentz 1976). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
  let fraction = d;
  for (let m = 1; m < 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d, tiny);
    c = nonZero(1 + even / c, tiny);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d, tiny);
    c = nonZero(1 + odd / c, tiny);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return (front * fraction) / a;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}
