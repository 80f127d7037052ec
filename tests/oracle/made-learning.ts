/** The made data of scripts/oracles/learners.py, repeated operation by operation. */

export function uniforms(seed: number, count: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return (state + 0.5) / 4294967296;
  });
}

/** Sums of twelve uniforms, less six. */
export function noise(seed: number, count: number): Float64Array {
  const u = uniforms(seed, 12 * count);
  return Float64Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < 12; k++) sum += u[12 * i + k]!;
    return sum - 6;
  });
}

/** Near Student's t with 5 degrees of freedom, variance 1. */
export function heavy(seed: number, count: number): Float64Array {
  const z = noise(seed, 6 * count);
  return Float64Array.from({ length: count }, (_, i) => {
    let squares = 0;
    for (let k = 1; k < 6; k++) squares += z[6 * i + k]! ** 2;
    return (z[6 * i]! / Math.sqrt(squares / 5)) * Math.sqrt(3 / 5);
  });
}

export function garchPath(z: Float64Array, omega: number, alpha: number, gamma: number, beta: number): Float64Array {
  let variance = omega / (1 - alpha - gamma / 2 - beta);
  return z.map((shock) => {
    const change = Math.sqrt(variance) * shock;
    variance = omega + (alpha + (change < 0 ? gamma : 0)) * change * change + beta * variance;
    return change;
  });
}

/** Columns and target of one regression. */
export function madeRegression(k: number, rows: number, count: number) {
  const raw = noise(300 + k, rows * count);
  const columns = Array.from({ length: count }, (_, j) => raw.slice(j * rows, (j + 1) * rows));
  columns.slice(1).forEach((column) => {
    for (let i = 0; i < rows; i++) column[i]! += 0.7 * columns[0]![i]!;
  });
  columns.forEach((column, j) => {
    for (let i = 0; i < rows; i++) column[i]! *= 10 ** ((j % 4) - 1);
  });
  const errors = noise(400 + k, rows);
  const target = errors.map((error, i) => {
    const sum = columns.reduce((total, column, j) => total + column[i]! * (j - 1.5), 0);
    return (sum + error) * [1, 1e-6, 1e6][k % 3]! + [0, 5][k % 2]!;
  });
  return { columns, target };
}

/** Features, feature-major, and target of Friedman's first problem. */
export function friedman(seed: number, rows: number): { features: Float64Array; target: Float64Array } {
  const x = uniforms(seed, 8 * rows);
  const errors = noise(seed + 50_000, rows);
  const features = Float64Array.from({ length: 8 * rows }, (_, at) => x[(at % rows) * 8 + Math.floor(at / rows)]!);
  const target = errors.map((error, i) => {
    const of = (f: number) => x[i * 8 + f]!;
    return 10 * Math.sin(Math.PI * of(0) * of(1)) + 20 * (of(2) - 0.5) ** 2 + 10 * of(3) + 5 * of(4) + 2 * error;
  });
  return { features, target };
}
