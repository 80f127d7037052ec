import { selectQuantile } from '../stats/select.ts';
import { type BoostingTreeSettings, createTreeGrower, type GrownTree } from './boosting-tree.ts';
import { type Forest, joinTrees, predictForest } from './forest-fit.ts';
import { type BinnedFeatures, leafOfRow, type TreeNodes } from './regression-tree.ts';

/** What is minimised: squared error for the mean, or the pinball loss of one quantile (Koenker & Bassett 1978). */
export type BoostingLoss = 'squared' | { readonly quantile: number };

export interface BoostingSettings extends BoostingTreeSettings {
  readonly rounds: number;
  readonly learningRate: number;
  readonly loss: BoostingLoss;
  /** Rounds without a gain on the validation part before it ends. */
  readonly patience: number;
}

/** Binned rows and what they came to. */
export interface BoostingRows {
  readonly features: BinnedFeatures;
  readonly target: Float64Array;
}

/** A sum of trees: `base` plus the value of each tree. Without a single tree `trees` is absent. */
export interface Booster {
  readonly base: number;
  readonly trees?: Forest;
}

/**
 * Gradient boosting (Friedman 2001): each tree is grown on the negative gradient of the loss; a leaf then holds the value
 * that is best for the loss itself (the mean, or the quantile of its residuals), times the learning rate.
 * With `validation` it stops when that part has not gained for `patience` rounds, and keeps the rounds that were best
 * there, 0 possible: then it is a constant. Nothing is drawn by chance.
 */
export function fitBooster(training: BoostingRows, settings: BoostingSettings, validation?: BoostingRows): Booster {
  const { target } = training;
  const grower = createTreeGrower(training.features, settings);
  const base = bestConstant(target.slice(), settings.loss);
  const residual = target.map((value) => value - base);
  const outside = validation?.target.map((value) => value - base);
  const gradient = new Float64Array(target.length);
  const scratch = new Float64Array(target.length);
  const trees: TreeNodes[] = [];
  const leaves: Float32Array[] = [];
  let best = { rounds: validation === undefined ? settings.rounds : 0, loss: meanLoss(outside, settings.loss) };
  for (let round = 0; round < settings.rounds; round++) {
    writeGradient(residual, settings.loss, gradient);
    const tree = grower.grow(gradient);
    const values = leafValues(tree, grower.rows, residual, scratch, settings);
    trees.push(tree.nodes);
    leaves.push(values);
    subtractLeaves(tree, grower.rows, values, residual);
    if (validation === undefined || outside === undefined) continue;
    subtractTree(tree.nodes, validation.features, values, outside);
    const loss = meanLoss(outside, settings.loss);
    if (loss < best.loss) best = { rounds: round + 1, loss };
    else if (round + 1 - best.rounds >= settings.patience) break;
  }
  const kept = Math.min(best.rounds, trees.length);
  if (kept === 0) return { base };
  return { base, trees: joinTrees(trees.slice(0, kept), leaves.slice(0, kept), 1) };
}

/** Trees of a booster. */
export function roundsOf({ trees }: Booster): number {
  return trees === undefined ? 0 : trees.roots.length;
}

/** The booster's answer for one vector of features. */
export function predictBooster({ base, trees }: Booster, features: ArrayLike<number>): number {
  return trees === undefined ? base : base + trees.roots.length * predictForest(trees, features)[0]!;
}

/** Mean loss of residuals (target less prediction); NaN for none. */
export function meanLoss(residual: Float64Array | undefined, loss: BoostingLoss): number {
  if (residual === undefined) return Number.NaN;
  let sum = 0;
  for (let i = 0; i < residual.length; i++) {
    const error = residual[i]!;
    if (loss === 'squared') sum += error * error;
    else sum += error >= 0 ? loss.quantile * error : (loss.quantile - 1) * error;
  }
  return sum / residual.length;
}

function bestConstant(values: Float64Array, loss: BoostingLoss): number {
  if (loss !== 'squared') return selectQuantile(values, 0, values.length, loss.quantile);
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function writeGradient(residual: Float64Array, loss: BoostingLoss, gradient: Float64Array): void {
  if (loss === 'squared') {
    gradient.set(residual);
    return;
  }
  const { quantile } = loss;
  for (let i = 0; i < residual.length; i++) gradient[i] = residual[i]! > 0 ? quantile : quantile - 1;
}

function leafValues(
  { from, to }: GrownTree,
  rows: Int32Array,
  residual: Float64Array,
  scratch: Float64Array,
  { loss, learningRate, l2 }: BoostingSettings,
): Float32Array {
  return Float32Array.from(from, (start, leaf) => {
    const end = to[leaf]!;
    let sum = 0;
    for (let i = start; i < end; i++) {
      scratch[i] = residual[rows[i]!]!;
      sum += scratch[i]!;
    }
    const weight = end - start + l2;
    if (loss === 'squared') return (learningRate * sum) / weight;
    return learningRate * selectQuantile(scratch, start, end, loss.quantile) * ((end - start) / weight);
  });
}

function subtractLeaves({ from, to }: GrownTree, rows: Int32Array, values: Float32Array, residual: Float64Array): void {
  for (let leaf = 0; leaf < values.length; leaf++) {
    const value = values[leaf]!;
    for (let i = from[leaf]!; i < to[leaf]!; i++) residual[rows[i]!]! -= value;
  }
}

function subtractTree(nodes: TreeNodes, features: BinnedFeatures, values: Float32Array, residual: Float64Array): void {
  for (let i = 0; i < residual.length; i++) residual[i]! -= values[leafOfRow(nodes, features, i)]!;
}
