import { createRng } from '../stats/random.ts';
import { type BinnedFeatures, binFeatures, growTree, leafOfRow, type TreeNodes } from './regression-tree.ts';

/** A fitted forest, all trees side by side; node indices are absolute. */
export interface Forest {
  /** First node of each tree. */
  readonly roots: Int32Array;
  /** -1 at a leaf. */
  readonly feature: Int16Array;
  readonly threshold: Float64Array;
  /** At a split: the right child (the left one is the next node). At a leaf: its row in `leafValues`. */
  readonly link: Int32Array;
  /** `leafValues[leaf * outputs + k]`: mean of output k over the leaf. */
  readonly leafValues: Float32Array;
  readonly outputs: number;
}

export interface ForestSettings {
  readonly trees: number;
  readonly maxDepth: number;
  readonly minLeaf: number;
  readonly featureShare: number;
  readonly maxBins: number;
  /** Rows in one block of the bootstrap. */
  readonly blockLength: number;
  readonly seed: number;
}

/** What is learned from: `features[f * rows + i]`, and `outputs[k * rows + i]` for output k of row i in time order. */
export interface ForestTraining {
  readonly features: Float64Array;
  readonly featureCount: number;
  readonly outputs: Float64Array;
  readonly outputCount: number;
  readonly rows: number;
}

/**
 * A random forest (Breiman 2001) with many outputs: splits are chosen for the mean over k of output k divided by
 * sqrt(k + 1), which gives each horizon of a cumulative change the same weight, and each leaf holds the mean of every
 * output. Bags are moving blocks of rows (Künsch 1989), because neighbouring rows share most of their outcome: with
 * single rows drawn, nothing would really be out of bag. Each tree draws a jump (2^64 numbers) past the one before.
 * `outOfBag[k * rows + i]` is the mean prediction of the trees that did not see row i, NaN when all did.
 */
export function fitForest(
  training: ForestTraining,
  settings: ForestSettings,
): { forest: Forest; outOfBag: Float64Array } {
  const { rows, outputCount } = training;
  const binned = binFeatures(training.features, rows, training.featureCount, settings.maxBins);
  const target = splitTarget(training);
  const byRow = rowMajor(training);
  const trees: TreeNodes[] = [];
  const leaves: Float32Array[] = [];
  const outOfBag = new Float64Array(rows * outputCount);
  const votes = new Uint16Array(rows);
  const rng = createRng(settings.seed);
  for (let tree = 0; tree < settings.trees; tree++) {
    const weights = drawBlocks(rows, settings.blockLength, rng.below);
    const tried = Math.max(1, Math.round(settings.featureShare * training.featureCount));
    const nodes = growTree(binned, target, weights, { ...settings, tried, below: rng.below });
    rng.jump();
    const values = fillLeaves(nodes, binned, byRow, outputCount, weights, outOfBag, votes);
    trees.push(nodes);
    leaves.push(values);
  }
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < outputCount; k++) outOfBag[i * outputCount + k]! /= votes[i]!;
  }
  return { forest: joinTrees(trees, leaves, outputCount), outOfBag: outputMajor(outOfBag, rows, outputCount) };
}

/** Mean of the trees' leaves for one vector of features; one value for each output. */
export function predictForest(forest: Forest, features: ArrayLike<number>): Float64Array {
  const { outputs, leafValues } = forest;
  const sums = new Float64Array(outputs);
  for (const root of forest.roots) {
    let node = root;
    while (forest.feature[node]! >= 0) {
      node = features[forest.feature[node]!]! <= forest.threshold[node]! ? node + 1 : forest.link[node]!;
    }
    const base = forest.link[node]! * outputs;
    for (let k = 0; k < outputs; k++) sums[k]! += leafValues[base + k]!;
  }
  return sums.map((sum) => sum / forest.roots.length);
}

function splitTarget({ outputs, outputCount, rows }: ForestTraining): Float64Array {
  const target = new Float64Array(rows);
  for (let k = 0; k < outputCount; k++) {
    const factor = 1 / (Math.sqrt(k + 1) * outputCount);
    for (let i = 0; i < rows; i++) target[i]! += factor * outputs[k * rows + i]!;
  }
  return target;
}

function drawBlocks(rows: number, blockLength: number, below: (bound: number) => number): Uint16Array {
  const length = Math.min(blockLength, rows);
  const weights = new Uint16Array(rows);
  for (let drawn = 0; drawn < rows; drawn += length) {
    const start = below(rows - length + 1);
    for (let i = start; i < start + length; i++) weights[i]!++;
  }
  return weights;
}

/** Leaf means over the bag, and the votes of this tree for the rows outside it. */
function fillLeaves(
  nodes: TreeNodes,
  binned: BinnedFeatures,
  byRow: Float64Array,
  outputCount: number,
  weights: Uint16Array,
  outOfBag: Float64Array,
  votes: Uint16Array,
): Float32Array {
  const leafOf = Int32Array.from({ length: binned.rows }, (_, i) => leafOfRow(nodes, binned, i));
  const sums = new Float64Array(nodes.leaves * outputCount);
  const totals = new Float64Array(nodes.leaves);
  for (let i = 0; i < binned.rows; i++) {
    const weight = weights[i]!;
    if (weight === 0) continue;
    const base = leafOf[i]! * outputCount;
    totals[leafOf[i]!]! += weight;
    for (let k = 0; k < outputCount; k++) sums[base + k]! += weight * byRow[i * outputCount + k]!;
  }
  const values = Float32Array.from(sums, (sum, at) => sum / totals[Math.floor(at / outputCount)]!);
  for (let i = 0; i < binned.rows; i++) {
    if (weights[i]! > 0) continue;
    votes[i]!++;
    const base = leafOf[i]! * outputCount;
    for (let k = 0; k < outputCount; k++) outOfBag[i * outputCount + k]! += values[base + k]!;
  }
  return values;
}

/** Trees side by side in one forest; `leaves[t]` are the leaf values of tree t, `outputs` for each leaf. */
export function joinTrees(trees: readonly TreeNodes[], leaves: readonly Float32Array[], outputs: number): Forest {
  const roots = new Int32Array(trees.length);
  const total = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const feature = new Int16Array(total);
  const threshold = new Float64Array(total);
  const link = new Int32Array(total);
  let node = 0;
  let leaf = 0;
  trees.forEach((tree, t) => {
    roots[t] = node;
    feature.set(tree.feature, node);
    threshold.set(tree.threshold, node);
    tree.feature.forEach((split, i) => {
      link[node + i] = split >= 0 ? node + tree.right[i]! : leaf + tree.leaf[i]!;
    });
    node += tree.feature.length;
    leaf += tree.leaves;
  });
  const leafValues = new Float32Array(leaf * outputs);
  leaves.reduce((at, values) => {
    leafValues.set(values, at);
    return at + values.length;
  }, 0);
  return { roots, feature, threshold, link, leafValues, outputs };
}

function rowMajor({ outputs, outputCount, rows }: ForestTraining): Float64Array {
  const turned = new Float64Array(rows * outputCount);
  for (let k = 0; k < outputCount; k++) {
    for (let i = 0; i < rows; i++) turned[i * outputCount + k] = outputs[k * rows + i]!;
  }
  return turned;
}

function outputMajor(byRow: Float64Array, rows: number, outputCount: number): Float64Array {
  const turned = new Float64Array(rows * outputCount);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < outputCount; k++) turned[k * rows + i] = byRow[i * outputCount + k]!;
  }
  return turned;
}
