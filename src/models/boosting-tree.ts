import type { BinnedFeatures, TreeNodes } from './regression-tree.ts';

export interface BoostingTreeSettings {
  readonly maxLeaves: number;
  /** Fewest rows of a leaf. */
  readonly minLeaf: number;
  /** Added to the rows of each leaf: draws leaf values towards 0. */
  readonly l2: number;
}

/** A tree and who fell where: leaf k holds `rows[from[k]..to[k])`. */
export interface GrownTree {
  readonly nodes: TreeNodes;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Grows trees over the same rows again and again; owns the buffers that they share. */
export interface TreeGrower {
  /** Row numbers, those of a leaf side by side; overwritten by the next `grow`. */
  readonly rows: Int32Array;
  grow(gradient: Float64Array): GrownTree;
}

/**
 * A grower of trees that always split the leaf that gains most (Shi 2007; Ke et al. 2017), over histograms of binned
 * features. Of two children only the smaller is counted; the larger is its parent less it; a leaf that cannot be split
 * any more is not counted at all.
 *
 * A bin of a histogram is one number: how many rows it holds, times `packing.unit`, plus the sum of their gradients as
 * whole steps above the least one. Doubles add whole numbers below 2^53 exactly, so one addition counts a row in both,
 * and a parent less a child leaves no rounding behind. With 4,200 rows a step is 2^-27 of the gradient's range.
 */
export function createTreeGrower(features: BinnedFeatures, settings: BoostingTreeSettings): TreeGrower {
  const { rows: count } = features;
  const rows = new Int32Array(count);
  const ordered = new Float64Array(count);
  const pool: Float64Array[] = [];
  const stride = Math.max(...features.edges.map((edge) => edge.length));
  return {
    rows,
    grow(gradient) {
      for (let i = 0; i < count; i++) rows[i] = i;
      const packing = packGradient(gradient, ordered);
      return growLeaves({ features, settings, rows, ordered, pool, packing, stride });
    },
  };
}

/** How a packed number is read: rows = floor(packed / unit), sum of gradients = rows x least + rest x step. */
interface Packing {
  readonly unit: number;
  readonly least: number;
  readonly step: number;
}

interface Growth {
  readonly features: BinnedFeatures;
  readonly settings: BoostingTreeSettings;
  readonly rows: Int32Array;
  /** Packed rows in the order of `rows`. */
  readonly ordered: Float64Array;
  /** Histograms that nobody uses now. */
  readonly pool: Float64Array[];
  readonly packing: Packing;
  /** Histograms of features are this far apart. */
  readonly stride: number;
}

interface Leaf {
  readonly from: number;
  readonly to: number;
  /** Sum of its packed rows. */
  readonly packed: number;
  /** Its histogram, until it is split or found to be final. */
  histogram: Float64Array | undefined;
  gain: number;
  feature: number;
  bin: number;
  left: Leaf | undefined;
  right: Leaf | undefined;
}

/** Writes each row's packed number; whole steps are as fine as the sum over all rows allows. */
function packGradient(gradient: Float64Array, packed: Float64Array): Packing {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < gradient.length; i++) {
    least = Math.min(least, gradient[i]!);
    most = Math.max(most, gradient[i]!);
  }
  const countBits = Math.ceil(Math.log2(gradient.length + 1));
  const unit = 2 ** (53 - countBits);
  const steps = Math.floor(unit / (gradient.length + 1));
  const step = (most - least) / steps;
  const perStep = step > 0 ? 1 / step : 0;
  for (let i = 0; i < gradient.length; i++) packed[i] = unit + Math.round((gradient[i]! - least) * perStep);
  return { unit, least, step };
}

function growLeaves(growth: Growth): GrownTree {
  const { settings, ordered } = growth;
  let packed = 0;
  for (let i = 0; i < ordered.length; i++) packed += ordered[i]!;
  const root = newLeaf(0, ordered.length, packed);
  if (settings.maxLeaves > 1 && ordered.length >= 2 * settings.minLeaf) {
    root.histogram = takeHistogram(growth);
    countRoot(growth, root.histogram);
    findSplit(growth, root);
  }
  const open = [root];
  for (let leaves = 1; leaves < settings.maxLeaves; leaves++) {
    const best = bestOf(open);
    if (best === undefined) break;
    open.splice(open.indexOf(best), 1);
    splitLeaf(growth, best, leaves + 1 < settings.maxLeaves);
    open.push(best.left!, best.right!);
  }
  for (const leaf of open) release(growth, leaf);
  return inPreorder(root, growth.features);
}

function newLeaf(from: number, to: number, packed: number): Leaf {
  const unsplit = { gain: 0, feature: -1, bin: -1 };
  return { from, to, packed, histogram: undefined, ...unsplit, left: undefined, right: undefined };
}

function bestOf(open: readonly Leaf[]): Leaf | undefined {
  let best: Leaf | undefined;
  for (const leaf of open) if (leaf.feature >= 0 && (best === undefined || leaf.gain > best.gain)) best = leaf;
  return best;
}

function splitLeaf(growth: Growth, leaf: Leaf, goesOn: boolean): void {
  const middle = partition(growth, leaf);
  let packed = 0;
  for (let i = leaf.from; i < middle; i++) packed += growth.ordered[i]!;
  const left = newLeaf(leaf.from, middle, packed);
  const right = newLeaf(middle, leaf.to, leaf.packed - packed);
  leaf.left = left;
  leaf.right = right;
  const [small, large] = middle - leaf.from <= leaf.to - middle ? [left, right] : [right, left];
  const fewest = 2 * growth.settings.minLeaf;
  if (goesOn && large.to - large.from >= fewest) {
    small.histogram = takeHistogram(growth);
    countLeaf(growth, small, small.histogram);
    large.histogram = leaf.histogram!;
    leaf.histogram = undefined;
    findSplit(growth, large, small.histogram);
    if (small.to - small.from >= fewest) findSplit(growth, small);
    else release(growth, small);
  }
  release(growth, leaf);
}

/** Finds the best split of a leaf, from whose histogram `less` is taken first, feature by feature while it is near. */
function findSplit({ features, settings, packing, stride }: Growth, leaf: Leaf, less?: Float64Array): void {
  const histogram = leaf.histogram!;
  const { minLeaf, l2 } = settings;
  const { unit, least, step } = packing;
  const inverse = 1 / unit;
  const total = leaf.to - leaf.from;
  const sum = total * least + (leaf.packed - total * unit) * step;
  const parent = (sum * sum) / (total + l2);
  // The sums of gradients never reach a unit, so that packed numbers compare as their counts do.
  const enough = minLeaf * unit;
  const tooMany = (total - minLeaf + 1) * unit;
  // A gain within rounding of nothing is no gain: a constant target must not be split.
  let best = parent * (1 + 1e-12) + 1e-300;
  for (let f = 0; f < features.count; f++) {
    const first = f * stride;
    const last = first + features.edges[f]!.length - 1;
    if (less !== undefined) for (let at = first; at <= last; at++) histogram[at]! -= less[at]!;
    let left = 0;
    let at = first;
    while (at < last && left + histogram[at]! < enough) left += histogram[at++]!;
    for (; at < last; at++) {
      left += histogram[at]!;
      if (left >= tooMany) break;
      const leftCount = Math.floor(left * inverse);
      const leftSum = leftCount * least + (left - leftCount * unit) * step;
      const rightSum = sum - leftSum;
      const leftWeight = leftCount + l2;
      const rightWeight = total - leftCount + l2;
      // The gain is gain / weights; a product is quicker to compare than a quotient to make.
      const gain = leftSum * leftSum * rightWeight + rightSum * rightSum * leftWeight;
      const weights = leftWeight * rightWeight;
      if (gain > best * weights) {
        best = gain / weights;
        leaf.feature = f;
        leaf.bin = at - first;
      }
    }
  }
  leaf.gain = best - parent;
}

/** Moves the rows that go left before the others; returns where the others begin. */
function partition({ features, rows, ordered }: Growth, leaf: Leaf): number {
  const { bins } = features;
  const column = leaf.feature * features.rows;
  const bin = leaf.bin;
  let left = leaf.from;
  let right = leaf.to - 1;
  while (left <= right) {
    const row = rows[left]!;
    if (bins[column + row]! <= bin) {
      left++;
      continue;
    }
    const packed = ordered[left]!;
    rows[left] = rows[right]!;
    ordered[left] = ordered[right]!;
    rows[right] = row;
    ordered[right] = packed;
    right--;
  }
  return left;
}

function takeHistogram({ pool, features, stride }: Growth): Float64Array {
  return pool.pop() ?? new Float64Array(features.count * stride);
}

function release({ pool }: Growth, leaf: Leaf): void {
  if (leaf.histogram !== undefined) pool.push(leaf.histogram);
  leaf.histogram = undefined;
}

function countRoot({ features, ordered, stride }: Growth, histogram: Float64Array): void {
  const { bins } = features;
  const count = ordered.length;
  histogram.fill(0);
  for (let f = 0; f < features.count; f++) {
    const base = f * stride;
    const column = f * count;
    for (let i = 0; i < count; i++) histogram[base + bins[column + i]!]! += ordered[i]!;
  }
}

function countLeaf({ features, rows, ordered, stride }: Growth, { from, to }: Leaf, histogram: Float64Array): void {
  const { bins } = features;
  histogram.fill(0);
  for (let f = 0; f < features.count; f++) {
    const base = f * stride;
    const column = f * features.rows;
    for (let i = from; i < to; i++) histogram[base + bins[column + rows[i]!]!]! += ordered[i]!;
  }
}

function inPreorder(root: Leaf, features: BinnedFeatures): GrownTree {
  const nodes: TreeNodes = { feature: [], threshold: [], bin: [], right: [], leaf: [], leaves: 0 };
  const from: number[] = [];
  const to: number[] = [];
  const visit = (leaf: Leaf): void => {
    const node = nodes.feature.length;
    const isFinal = leaf.left === undefined;
    nodes.feature.push(isFinal ? -1 : leaf.feature);
    nodes.threshold.push(isFinal ? 0 : features.edges[leaf.feature]![leaf.bin]!);
    nodes.bin.push(isFinal ? 0 : leaf.bin);
    nodes.right.push(0);
    nodes.leaf.push(isFinal ? nodes.leaves++ : -1);
    if (isFinal) {
      from.push(leaf.from);
      to.push(leaf.to);
      return;
    }
    visit(leaf.left!);
    nodes.right[node] = nodes.feature.length;
    visit(leaf.right!);
  };
  visit(root);
  return { nodes, from, to };
}
