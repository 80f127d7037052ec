/** Logarithm of the gamma function for x > 0: Lanczos (1964) with g = 7 and nine terms (Godfrey 2001); about 1e-15. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
  const z = x - 1;
  let series = LANCZOS[0]!;
  for (let i = 1; i < LANCZOS.length; i++) series += LANCZOS[i]! / (z + i);
  const base = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(base) - base + Math.log(series);
}

/** Upper tail of the chi-squared distribution, P(X > x) with `degrees` > 0; NaN outside x >= 0. */
export function chiSquaredTail(x: number, degrees: number): number {
  if (!(x >= 0) || !(degrees > 0)) return Number.NaN;
  const shape = degrees / 2;
  const half = x / 2;
  return half < shape + 1 ? 1 - lowerSeries(shape, half) : upperFraction(shape, half);
}

/** Regularised lower incomplete gamma by its series (Abramowitz & Stegun 1964, 6.5.29). */
function lowerSeries(shape: number, x: number): number {
  if (x === 0) return 0;
  let term = 1 / shape;
  let sum = term;
  for (let k = 1; k < 10_000 && term > sum * 1e-17; k++) {
    term *= x / (shape + k);
    sum += term;
  }
  return sum * Math.exp(-x + shape * Math.log(x) - logGamma(shape));
}

/** Regularised upper incomplete gamma by its continued fraction (Abramowitz & Stegun 1964, 6.5.31; Lentz 1976). */
function upperFraction(shape: number, x: number): number {
  let b = x + 1 - shape;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 10_000; k++) {
    const a = -k * (k - shape);
    b += 2;
    d = 1 / (a * d + b || 1e-300);
    c = b + a / c || 1e-300;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return fraction * Math.exp(-x + shape * Math.log(x) - logGamma(shape));
}

const LANCZOS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 0.000009984369578019572, 1.5056327351493116e-7,
];
