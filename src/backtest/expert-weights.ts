/** A convex combination of experts that follows their losses. Holds state; belongs to one sequence. */
export interface ExpertWeights {
  /** The weighted mean of what the experts say, `says[from]` on. */
  combine(says: Float64Array, from?: number): number;
  /** Linear losses of the experts over one round that `combine` answered, in any one unit. */
  learn(losses: Float64Array): void;
  readonly weights: Float64Array;
}

/**
 * Bernstein online aggregation with a learning rate of its own for each expert (Wintenberger 2017, section 2.2;
 * the rates min(1 / 2E, sqrt(ln K / V)) of its theorem 4, E the largest regret seen and V the sum of its squares).
 * The experts start with equal weights.
 */
export function createExpertWeights(count: number): ExpertWeights {
  const weights = new Float64Array(count).fill(1 / count);
  const regret = new Float64Array(count);
  const largest = new Float64Array(count);
  const squares = new Float64Array(count);
  const logs = new Float64Array(count);
  /** Learning rates as of the last round. */
  const rates = new Float64Array(count);
  const logOfCount = Math.log(count);
  return {
    weights,
    combine: (says, from = 0) => weightedSum(weights, says, from),
    learn(losses) {
      const own = weightedSum(weights, losses, 0);
      for (let index = 0; index < count; index += 1) {
        const gain = own - (losses[index] ?? Number.NaN);
        const before = rates[index] ?? 0;
        largest[index] = Math.max(largest[index] ?? 0, Math.abs(gain));
        squares[index] = (squares[index] ?? 0) + gain * gain;
        regret[index] = (regret[index] ?? 0) + gain - before * gain * gain;
        const rate = rateOf(largest[index] ?? 0, squares[index] ?? 0, logOfCount);
        rates[index] = rate;
        logs[index] = rate === 0 ? 0 : Math.log(rate) + rate * (regret[index] ?? 0);
      }
      // An expert that never differed from the whole has no rate yet; it keeps the rate of the quickest.
      let top = Number.NEGATIVE_INFINITY;
      for (let index = 0; index < count; index += 1) {
        if ((largest[index] ?? 0) > 0) top = Math.max(top, logs[index] ?? 0);
      }
      if (top === Number.NEGATIVE_INFINITY) return;
      let sum = 0;
      for (let index = 0; index < count; index += 1) {
        weights[index] = (largest[index] ?? 0) > 0 ? Math.exp((logs[index] ?? 0) - top) : 1;
        sum += weights[index] ?? 0;
      }
      for (let index = 0; index < count; index += 1) weights[index] = (weights[index] ?? 0) / sum;
    },
  };
}

function rateOf(largest: number, squares: number, logOfCount: number): number {
  return largest > 0 ? Math.min(1 / (2 * largest), Math.sqrt(logOfCount / squares)) : 0;
}

function weightedSum(weights: Float64Array, values: Float64Array, from: number): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index += 1) {
    sum += (weights[index] ?? Number.NaN) * (values[from + index] ?? Number.NaN);
  }
  return sum;
}
