/** Orders of a multiplicative seasonal ARIMA (p,d,q)(P,D,Q)m; with `season` 1 the seasonal orders are 0. */
export interface ArimaOrder {
  readonly p: number;
  readonly d: number;
  readonly q: number;
  readonly P: number;
  readonly D: number;
  readonly Q: number;
  readonly season: number;
}

/** AR: w[t] = sum phi[i] w[t - i - 1] + ...; MA: ... + e[t] + sum theta[j] e[t - j - 1]. */
export interface ArmaCoefficients {
  readonly phi: Float64Array;
  readonly theta: Float64Array;
}

/**
 * Unbounded coordinates (p, then q, P, Q of them) to the multiplied-out polynomials. Each block goes through partial
 * autocorrelations x / sqrt(1 + x^2) and Durbin-Levinson, so that every point is stationary and invertible
 * (Barndorff-Nielsen & Schou 1973; Monahan 1984).
 */
export function armaFromPoint(x: ArrayLike<number>, order: ArimaOrder): ArmaCoefficients {
  const { p, q, P, Q, season } = order;
  return {
    phi: multiplied(blockAt(x, 0, p, 1), blockAt(x, p + q, P, 1), season, -1),
    theta: multiplied(blockAt(x, p, q, -1), blockAt(x, p + q + P, Q, -1), season, 1),
  };
}

/** The coefficients of each block as they are usually reported: phi, theta, seasonal phi, seasonal theta. */
export function namedCoefficients(x: ArrayLike<number>, order: ArimaOrder): number[][] {
  const { p, q, P, Q } = order;
  const blocks = [blockAt(x, 0, p, 1), blockAt(x, p, q, -1), blockAt(x, p + q, P, 1), blockAt(x, p + q + P, Q, -1)];
  return blocks.map((block) => Array.from(block));
}

/** The difference operator (1 - B)^d (1 - B^m)^D as coefficients of B^0, B^1, ... */
export function differencePolynomial({ d, D, season }: ArimaOrder): Float64Array {
  let polynomial: Float64Array = Float64Array.of(1);
  for (let i = 0; i < d; i++) polynomial = convolve(polynomial, [1, -1]);
  const seasonal = new Float64Array(season + 1);
  seasonal[0] = 1;
  seasonal[season] = -1;
  for (let i = 0; i < D; i++) polynomial = convolve(polynomial, seasonal);
  return polynomial;
}

/** Product of two polynomials given from the constant up. */
export function convolve(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const product = new Float64Array(a.length + b.length - 1);
  for (let i = 0; i < a.length; i++) for (let j = 0; j < b.length; j++) product[i + j]! += a[i]! * b[j]!;
  return product;
}

/**
 * Whether 1 - sum c[i] z^(i + 1) has all its roots farther than `radius` from zero, by stepping down to the partial
 * autocorrelations of c[i] radius^(i + 1): no root finder is needed.
 */
export function rootsBeyond(coefficients: ArrayLike<number>, radius: number): boolean {
  let current = Array.from(coefficients, (value, i) => value * radius ** (i + 1));
  for (let k = current.length; k > 0; k--) {
    const last = current[k - 1]!;
    if (!(Math.abs(last) < 1)) return false;
    const scale = 1 - last * last;
    current = Array.from({ length: k - 1 }, (_, i) => (current[i]! + last * current[k - 2 - i]!) / scale);
  }
  return true;
}

/** One block of coefficients from its coordinates, by Durbin-Levinson, times `sign`. */
function blockAt(x: ArrayLike<number>, from: number, size: number, sign: 1 | -1): Float64Array {
  const phi = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    const value = x[from + k]!;
    const last = value / Math.sqrt(1 + value * value);
    // The two ends of the block move together, so that it can be done in place.
    for (let i = 0, j = k - 1; i <= j; i++, j--) {
      const [low, high] = [phi[i]!, phi[j]!];
      phi[i] = low - last * high;
      phi[j] = high - last * low;
    }
    phi[k] = last;
  }
  if (sign < 0) for (let k = 0; k < size; k++) phi[k] = -phi[k]!;
  return phi;
}

/** (1 + sign sum a B^i)(1 + sign sum b B^(m i)) as coefficients in the same convention, without the leading 1. */
function multiplied(a: Float64Array, b: Float64Array, season: number, sign: 1 | -1): Float64Array {
  if (b.length === 0) return a;
  const product = new Float64Array(a.length + b.length * season);
  product.set(a);
  for (let k = 0; k < b.length; k++) {
    const at = (k + 1) * season - 1;
    product[at]! += b[k]!;
    for (let i = 0; i < a.length; i++) product[at + i + 1]! += sign * b[k]! * a[i]!;
  }
  return product;
}
