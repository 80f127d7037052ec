/**
 * Minimum of a function of one variable over [low, high]: a grid of `cells` cells finds the best valley, golden section
 * (Kiefer 1953) then narrows it below `tolerance`. Ends are candidates too. Deterministic; NaN counts as +Infinity.
 */
export function minimiseScalar(
  objective: (x: number) => number,
  low: number,
  high: number,
  tolerance = 1e-8,
  cells = 16,
): { x: number; value: number } {
  const evaluate = (x: number) => {
    const value = objective(x);
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  let best = { x: low, value: evaluate(low) };
  const cell = (high - low) / cells;
  for (let i = 1; i <= cells; i++) {
    const x = i === cells ? high : low + i * cell;
    const value = evaluate(x);
    if (value < best.value) best = { x, value };
  }
  let a = Math.max(low, best.x - cell);
  let b = Math.min(high, best.x + cell);
  const ratio = (Math.sqrt(5) - 1) / 2;
  let x1 = b - ratio * (b - a);
  let x2 = a + ratio * (b - a);
  let f1 = evaluate(x1);
  let f2 = evaluate(x2);
  while (b - a > tolerance) {
    if (f1 <= f2) {
      [b, x2, f2] = [x2, x1, f1];
      x1 = b - ratio * (b - a);
      f1 = evaluate(x1);
    } else {
      [a, x1, f1] = [x1, x2, f2];
      x2 = a + ratio * (b - a);
      f2 = evaluate(x2);
    }
  }
  const inner = f1 <= f2 ? { x: x1, value: f1 } : { x: x2, value: f2 };
  return inner.value < best.value ? inner : best;
}
