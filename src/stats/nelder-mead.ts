/** Where a search ended. */
export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly evaluations: number;
  /** Whether the simplex shrank below the tolerances rather than running out of evaluations. */
  readonly converged: boolean;
}

export interface NelderMeadOptions {
  /** First simplex: `start` and `start` + step[i] along each axis. */
  readonly step: ArrayLike<number>;
  readonly maxEvaluations?: number;
  /** Stop when values over the simplex differ by less than this, absolute. Default 1e-9. */
  readonly valueTolerance?: number;
  /** ... and its points by less than this along each axis, in units of `step`. Default 1e-5. */
  readonly pointTolerance?: number;
}

/**
 * Minimum of a function without derivatives: Nelder & Mead (1965) with the coefficients 1, 2, 1/2, 1/2 and the
 * acceptance rules of Lagarias, Reeds, Wright & Wright (1998). Deterministic. A NaN value counts as +Infinity, so that
 * an objective may refuse a point; the start itself must be finite for the result to mean anything.
 * `objective` must not keep the array that it is handed.
 */
export function nelderMead(
  objective: (x: Float64Array) => number,
  start: ArrayLike<number>,
  options: NelderMeadOptions,
): Minimum {
  const size = start.length;
  const limit = options.maxEvaluations ?? 200 * size;
  let evaluations = 0;
  const evaluate = (x: Float64Array): number => {
    evaluations++;
    const value = objective(x);
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  const points = Array.from({ length: size + 1 }, (_, i) => {
    const x = Float64Array.from(start);
    if (i > 0) x[i - 1]! += options.step[i - 1]!;
    return { x, value: evaluate(x) };
  });
  const centroid = new Float64Array(size);
  let converged = false;
  for (;;) {
    points.sort((a, b) => a.value - b.value);
    converged = isSmall(points, options);
    if (converged || evaluations >= limit) break;
    const worst = points[size]!;
    centroidOf(points, centroid);
    const along = (factor: number) => {
      const x = centroid.map((c, i) => c + factor * (worst.x[i]! - c));
      return { x, value: evaluate(x) };
    };
    const reflected = along(-1);
    if (reflected.value < points[0]!.value) {
      const expanded = along(-2);
      points[size] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < points[size - 1]!.value) {
      points[size] = reflected;
    } else {
      const outside = reflected.value < worst.value;
      const contracted = along(outside ? -0.5 : 0.5);
      if (contracted.value <= (outside ? reflected.value : worst.value)) points[size] = contracted;
      else shrink(points, evaluate);
    }
  }
  return { x: points[0]!.x, value: points[0]!.value, evaluations, converged };
}

interface Vertex {
  x: Float64Array;
  value: number;
}

function isSmall(points: readonly Vertex[], options: NelderMeadOptions): boolean {
  const best = points[0]!;
  const worst = points[points.length - 1]!;
  if (!(worst.value - best.value <= (options.valueTolerance ?? 1e-9))) return false;
  const tolerance = options.pointTolerance ?? 1e-5;
  return points.every((point) =>
    point.x.every((value, i) => Math.abs(value - best.x[i]!) <= tolerance * Math.abs(options.step[i]!)),
  );
}

/** Centroid of all vertices but the last (worst), written into `centroid`. */
function centroidOf(points: readonly Vertex[], centroid: Float64Array): void {
  centroid.fill(0);
  const size = points.length - 1;
  for (let p = 0; p < size; p++) for (let i = 0; i < size; i++) centroid[i]! += points[p]!.x[i]! / size;
}

function shrink(points: Vertex[], evaluate: (x: Float64Array) => number): void {
  const best = points[0]!;
  for (let p = 1; p < points.length; p++) {
    const x = points[p]!.x.map((value, i) => best.x[i]! + 0.5 * (value - best.x[i]!));
    points[p] = { x, value: evaluate(x) };
  }
}
