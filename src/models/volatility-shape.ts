import { quantileLevels } from '../domain/forecaster.ts';
import { aggregatedVariance, type VarianceRecursion } from '../stats/garch-likelihood.ts';
import { normalQuantile } from '../stats/normal.ts';
import { sampleQuantile } from '../stats/quantiles.ts';
import { createRng } from '../stats/random.ts';
import { studentQuantile } from '../stats/student-t.ts';

/**
 * Quantiles of the sum of the next h changes, divided by its deviation: `quantiles[r][a][l]` for a next variance of
 * `ratios[r]` times the unconditional one, h = `anchors[a]`, level `quantileLevels[l]`.
 */
export interface VolatilityShape {
  readonly ratios: readonly number[];
  readonly anchors: readonly number[];
  readonly quantiles: readonly (readonly (readonly number[])[])[];
}

const ANCHORS = [1, 2, 3, 5, 7, 10, 14, 21, 30];
const RATIOS = [0.15, 0.3, 0.6, 1, 1.8, 3.5, 8];

/**
 * The shape of aggregated changes, from simulated paths: a sum of changes whose variance wanders is neither normal nor
 * Student's t. One step ahead it is exact. It depends on the level of the variance only through its ratio to the
 * unconditional one, so it is simulated once for a few ratios. Each path counts with its mirror image: exactly
 * symmetric without asymmetry. `degrees` 0: normal innovations; `paths` >= 1 are drawn.
 */
export function simulateShape(
  recursion: VarianceRecursion,
  degrees: number,
  paths: number,
  seed: number,
): VolatilityShape {
  const { omega, alpha, gamma, beta } = recursion;
  const unconditional = omega > 0 ? omega / (1 - alpha - gamma / 2 - beta) : 1;
  const ratios = omega > 0 ? RATIOS : [1];
  const steps = ANCHORS[ANCHORS.length - 1]!;
  const innovations = drawInnovations(steps * paths, degrees, seed);
  const oneStep = quantileLevels.map((level) => unitQuantile(level, degrees));
  const quantiles = ratios.map((ratio) => {
    const deviations = aggregatedVariance(recursion, ratio * unconditional, steps).map(Math.sqrt);
    const sums = new Float64Array(2 * paths);
    const variances = new Float64Array(2 * paths).fill(ratio * unconditional);
    return Array.from({ length: steps }, (_, step) => {
      advancePaths(sums, variances, innovations.subarray(step * paths, (step + 1) * paths), recursion);
      if (!ANCHORS.includes(step + 1)) return [];
      return step === 0 ? oneStep : summarise(sums, deviations[step]!, gamma === 0);
    }).filter((row) => row.length > 0);
  });
  return { ratios, anchors: ANCHORS, quantiles };
}

/** Standardised quantiles at a ratio and horizon, interpolated over the logarithms of both; held beyond the ends. */
export function shapeAt(shape: VolatilityShape, ratio: number, horizon: number): Float64Array {
  const [r, betweenRatios] = place(shape.ratios, ratio);
  const [a, betweenAnchors] = place(shape.anchors, horizon);
  const cell = (i: number, j: number, level: number) =>
    shape.quantiles[Math.min(i, shape.ratios.length - 1)]![Math.min(j, shape.anchors.length - 1)]![level]!;
  return Float64Array.from(quantileLevels, (_, level) => {
    const low = mix(cell(r, a, level), cell(r + 1, a, level), betweenRatios);
    const high = mix(cell(r, a + 1, level), cell(r + 1, a + 1, level), betweenRatios);
    return mix(low, high, betweenAnchors);
  });
}

/** Quantile of an innovation of variance 1. */
function unitQuantile(level: number, degrees: number): number {
  return degrees > 0 ? studentQuantile(level, degrees) * Math.sqrt((degrees - 2) / degrees) : normalQuantile(level);
}

/** Normal draws by Box & Muller (1958), Student's t by Bailey (1994, algorithm 2); both of variance 1. */
function drawInnovations(count: number, degrees: number, seed: number): Float64Array {
  const rng = createRng(seed);
  const unit = Math.sqrt(Math.max(0, degrees - 2));
  return Float64Array.from({ length: count }, () => {
    const first = rng.uniform();
    const angle = Math.cos(2 * Math.PI * rng.uniform());
    return angle * (degrees > 0 ? unit * Math.sqrt(first ** (-2 / degrees) - 1) : Math.sqrt(-2 * Math.log(first)));
  });
}

/** Path p and its mirror image p + paths, one step on. */
function advancePaths(
  sums: Float64Array,
  variances: Float64Array,
  innovations: Float64Array,
  { omega, alpha, gamma, beta }: VarianceRecursion,
): void {
  const count = innovations.length;
  for (let p = 0; p < count; p++) {
    const change = Math.sqrt(variances[p]!) * innovations[p]!;
    const square = change * change;
    sums[p]! += change;
    variances[p] = omega + (change < 0 ? alpha + gamma : alpha) * square + beta * variances[p]!;
    const mirrored = -Math.sqrt(variances[count + p]!) * innovations[p]!;
    sums[count + p]! += mirrored;
    const mirroredSquare = mirrored * mirrored;
    variances[count + p] =
      omega + (mirrored < 0 ? alpha + gamma : alpha) * mirroredSquare + beta * variances[count + p]!;
  }
}

function summarise(sums: Float64Array, deviation: number, symmetric: boolean): number[] {
  const sorted = sums.slice().sort();
  const quantiles = quantileLevels.map((level) => sampleQuantile(sorted, level) / deviation);
  if (!symmetric) return quantiles;
  return quantiles.map((value, level) => 0.5 * (value - quantiles[quantiles.length - 1 - level]!));
}

/** Cell of an ascending list and the share of the way to the next one, in logarithms. */
function place(list: readonly number[], value: number): [number, number] {
  if (!(value > list[0]!)) return [0, 0];
  const next = list.findIndex((entry) => entry >= value);
  if (next < 0) return [list.length - 1, 0];
  return [next - 1, Math.log(value / list[next - 1]!) / Math.log(list[next]! / list[next - 1]!)];
}

function mix(low: number, high: number, share: number): number {
  return low + share * (high - low);
}
