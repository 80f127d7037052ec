import type { ArmaCoefficients } from './arma-polynomials.ts';

/**
 * Autocovariances at lags 0..maxLag of a stationary ARMA process with unit error variance: those of its autoregressive
 * part by Levinson's recursion run backwards and forwards, then filtered by the moving average (Brockwell & Davis 1991,
 * sections 5.2 and 3.3; no linear system is solved). Costs O(p^2 + q (q + maxLag)).
 */
export function armaAutocovariances({ phi, theta }: ArmaCoefficients, maxLag: number): Float64Array {
  const q = theta.length;
  const inner = autoregressiveCovariances(phi, maxLag + q);
  const taps = [1, ...theta];
  const products = Float64Array.from({ length: q + 1 }, (_, lag) => {
    let sum = 0;
    for (let i = 0; i + lag <= q; i++) sum += taps[i]! * taps[i + lag]!;
    return sum;
  });
  return Float64Array.from({ length: maxLag + 1 }, (_, k) => {
    let sum = products[0]! * inner[k]!;
    for (let d = 1; d <= q; d++) {
      if (products[d] !== 0) sum += products[d]! * (inner[Math.abs(k - d)]! + inner[k + d]!);
    }
    return sum;
  });
}

/** The weights of past errors in an ARMA process at lags 0..count - 1 (Box & Jenkins 1976, 3.4.3). */
export function armaWeights({ phi, theta }: ArmaCoefficients, count: number): Float64Array {
  const weights = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    let sum = k === 0 ? 1 : (theta[k - 1] ?? 0);
    for (let i = 0; i < Math.min(k, phi.length); i++) if (phi[i] !== 0) sum += phi[i]! * weights[k - 1 - i]!;
    weights[k] = sum;
  }
  return weights;
}

function autoregressiveCovariances(phi: Float64Array, maxLag: number): Float64Array {
  // Coefficients of each lower order, by stepping down; the last of each is a partial autocorrelation.
  const orders: Float64Array[] = [phi];
  let variance = 1;
  for (let k = phi.length; k > 0; k--) {
    const current = orders[orders.length - 1]!;
    const last = current[k - 1]!;
    const scale = 1 - last * last;
    variance /= scale;
    const lower = new Float64Array(k - 1);
    for (let i = 0; i < k - 1; i++) lower[i] = (current[i]! + last * current[k - 2 - i]!) / scale;
    orders.push(lower);
  }
  const covariances = new Float64Array(maxLag + 1);
  covariances[0] = variance;
  for (let lag = 1; lag <= maxLag; lag++) {
    const order = orders[phi.length - Math.min(lag, phi.length)]!;
    let sum = 0;
    for (let i = 0; i < order.length; i++) sum += order[i]! * covariances[lag - 1 - i]!;
    covariances[lag] = sum;
  }
  return covariances;
}
