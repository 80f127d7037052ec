/**
 * Cholesky factor L of a symmetric positive definite matrix, `matrix = L L'` (row-major, `size` x `size`), in a new
 * array with zeros above the diagonal. undefined when the matrix is not numerically positive definite: a pivot below
 * 1e-13 of its own diagonal element.
 */
export function choleskyFactor(matrix: Float64Array, size: number): Float64Array | undefined {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!;
      if (i === j) {
        if (!(sum > 1e-13 * Math.abs(matrix[i * size + i]!))) return undefined;
        lower[i * size + i] = Math.sqrt(sum);
      } else {
        lower[i * size + j] = sum / lower[j * size + j]!;
      }
    }
  }
  return lower;
}

/** Solves `L L' x = right` for a factor from `choleskyFactor`; a new array of `size` values. */
export function choleskySolve(lower: Float64Array, size: number, right: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(right);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i * size + k]! * x[k]!;
    x[i]! /= lower[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= lower[k * size + i]! * x[k]!;
    x[i]! /= lower[i * size + i]!;
  }
  return x;
}

/**
 * Ridge regression from moments: solves (G + penalty x diag(G)) beta = c, with G = X'X (row-major) and c = X'y.
 * The penalty is relative to each column's own sum of squares, so the answer does not depend on the columns' units
 * (Hoerl & Kennard 1970, on columns of unit length). Column 0 is not penalised when `intercept`. When G is singular the
 * penalty is raised tenfold from 1e-10 until it is not: equal columns then share their weight. Columns that are all
 * zero get 0.
 */
export function ridgeFromMoments(
  gram: Float64Array,
  moment: ArrayLike<number>,
  penalty: number,
  intercept: boolean,
): Float64Array {
  const size = moment.length;
  const used = Array.from({ length: size }, (_, i) => i).filter((i) => gram[i * size + i]! > 0);
  const beta = new Float64Array(size);
  if (used.length === 0) return beta;
  for (let extra = 0; extra <= 1; extra = extra === 0 ? 1e-10 : extra * 10) {
    const lower = choleskyFactor(unitGram(gram, size, used, penalty + extra, intercept), used.length);
    if (lower === undefined) continue;
    const scaled = used.map((i) => moment[i]! / Math.sqrt(gram[i * size + i]!));
    const solution = choleskySolve(lower, used.length, scaled);
    used.forEach((column, i) => {
      beta[column] = solution[i]! / Math.sqrt(gram[column * size + column]!);
    });
    return beta;
  }
  return beta;
}

/** G over its used columns, scaled to a unit diagonal, with the penalty added. */
function unitGram(
  gram: Float64Array,
  size: number,
  used: readonly number[],
  penalty: number,
  intercept: boolean,
): Float64Array {
  const scaled = new Float64Array(used.length * used.length);
  used.forEach((a, i) => {
    used.forEach((b, j) => {
      const product = Math.sqrt(gram[a * size + a]!) * Math.sqrt(gram[b * size + b]!);
      scaled[i * used.length + j] = gram[a * size + b]! / product;
    });
    if (!(intercept && a === 0)) scaled[i * used.length + i]! += penalty;
  });
  return scaled;
}

/** Intercept and slope of y[t] on t = 0..n-1 by ordinary least squares; `y` has at least 2 values. */
export function linearTrend(y: ArrayLike<number>): { intercept: number; slope: number } {
  const count = y.length;
  const centre = (count - 1) / 2;
  let cross = 0;
  let sum = 0;
  const first = y[0]!;
  for (let t = 0; t < count; t++) {
    // Differences from the first value lose less to rounding when the level is far above the changes.
    cross += (t - centre) * (y[t]! - first);
    sum += y[t]! - first;
  }
  const slope = cross / ((count * (count * count - 1)) / 12);
  return { intercept: first + sum / count - slope * centre, slope };
}
