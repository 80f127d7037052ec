/** Features in at most 256 bins: `bins[f * rows + i]` is the bin of row i, `edges[f][b]` the largest value of bin b. */
export interface BinnedFeatures {
  readonly bins: Uint8Array;
  readonly edges: readonly Float64Array[];
  readonly rows: number;
  readonly count: number;
}

/** One tree as it grows; nodes in preorder. `feature` is -1 at a leaf. */
export interface TreeNodes {
  readonly feature: number[];
  /** Rows with value <= threshold go left, to the next node; the others to `right`. */
  readonly threshold: number[];
  readonly bin: number[];
  readonly right: number[];
  /** At a leaf: its number, else -1. */
  readonly leaf: number[];
  leaves: number;
}

export interface TreeSettings {
  readonly maxDepth: number;
  /** Fewest in-bag rows (with their multiplicity) of a leaf. */
  readonly minLeaf: number;
  /** Features tried at each split. */
  readonly tried: number;
  /** Whole number below its argument, from the tree's own random stream. */
  readonly below: (bound: number) => number;
}

/** Cuts each feature at its quantiles into at most `maxBins` bins (<= 256); equal values share a bin. */
export function binFeatures(values: Float64Array, rows: number, count: number, maxBins: number): BinnedFeatures {
  const bins = new Uint8Array(rows * count);
  const edges: Float64Array[] = [];
  for (let f = 0; f < count; f++) {
    const column = values.subarray(f * rows, (f + 1) * rows);
    const sorted = column.slice().sort();
    const cuts: number[] = [];
    for (let b = 1; b <= maxBins; b++) {
      const value = sorted[Math.max(0, Math.ceil((b * rows) / maxBins) - 1)]!;
      if (cuts.length === 0 || value > cuts[cuts.length - 1]!) cuts.push(value);
    }
    const edge = Float64Array.from(cuts);
    edges.push(edge);
    for (let i = 0; i < rows; i++) bins[f * rows + i] = binOf(edge, column[i]!);
  }
  return { bins, edges, rows, count };
}

/**
 * Grows one tree depth first by the largest decrease of squared error (Breiman, Friedman, Olshen & Stone 1984) over
 * histograms of the binned features (Ke et al. 2017): only the smaller child is counted, the larger is its parent minus
 * it, and nodes at the last level are not counted at all. `weights[i]` is the multiplicity of row i in the bag.
 */
export function growTree(
  features: BinnedFeatures,
  target: Float64Array,
  weights: Uint16Array,
  settings: TreeSettings,
): TreeNodes {
  const growth = startGrowth(features, target, weights, settings);
  if (settings.maxDepth > 0) countHistogram(growth, 0, growth.size, growth.pool[0]!);
  growNode(growth, 0, growth.size, 0, 0);
  return growth.nodes;
}

/** The leaf that a binned row falls into. */
export function leafOfRow(nodes: TreeNodes, features: BinnedFeatures, row: number): number {
  let node = 0;
  while (nodes.feature[node]! >= 0) {
    const left = features.bins[nodes.feature[node]! * features.rows + row]! <= nodes.bin[node]!;
    node = left ? node + 1 : nodes.right[node]!;
  }
  return nodes.leaf[node]!;
}

interface Growth {
  readonly features: BinnedFeatures;
  readonly settings: TreeSettings;
  readonly size: number;
  /** Rows of the bag, those of a node side by side, with their weight and weighted target in the same order. */
  readonly rows: Int32Array;
  readonly weight: Float64Array;
  readonly sum: Float64Array;
  /** Histograms, one for each depth and one more for the child: [weight, sum] pairs by feature and bin. */
  readonly pool: Float64Array[];
  readonly binStride: number;
  readonly order: Int32Array;
  readonly nodes: TreeNodes;
}

function startGrowth(
  features: BinnedFeatures,
  target: Float64Array,
  weights: Uint16Array,
  settings: TreeSettings,
): Growth {
  let size = 0;
  for (let i = 0; i < features.rows; i++) if (weights[i]! > 0) size++;
  const rows = new Int32Array(size);
  const weight = new Float64Array(size);
  const sum = new Float64Array(size);
  for (let i = 0, at = 0; i < features.rows; i++) {
    if (weights[i] === 0) continue;
    rows[at] = i;
    weight[at] = weights[i]!;
    sum[at++] = weights[i]! * target[i]!;
  }
  const binStride = Math.max(...features.edges.map((edge) => edge.length));
  const pool = Array.from({ length: settings.maxDepth + 1 }, () => new Float64Array(2 * binStride * features.count));
  const order = Int32Array.from({ length: features.count }, (_, f) => f);
  const nodes = { feature: [], threshold: [], bin: [], right: [], leaf: [], leaves: 0 };
  return { features, settings, size, rows, weight, sum, pool, binStride, order, nodes };
}

/** Grows the node over rows [from, to), whose histogram (when it may split) is in pool[slot]. */
function growNode(growth: Growth, from: number, to: number, depth: number, slot: number): void {
  const { nodes, settings, features } = growth;
  const node = nodes.feature.length;
  nodes.feature.push(-1);
  nodes.threshold.push(0);
  nodes.bin.push(0);
  nodes.right.push(0);
  nodes.leaf.push(-1);
  const split = depth < settings.maxDepth ? bestSplit(growth, from, to, growth.pool[slot]!) : undefined;
  if (split === undefined) {
    nodes.leaf[node] = nodes.leaves++;
    return;
  }
  const middle = partition(growth, from, to, split.feature, split.bin);
  nodes.feature[node] = split.feature;
  nodes.bin[node] = split.bin;
  nodes.threshold[node] = features.edges[split.feature]![split.bin]!;
  const splitsAgain = depth + 1 < settings.maxDepth;
  const leftIsSmaller = middle - from <= to - middle;
  if (splitsAgain) {
    const small = growth.pool[slot + 1]!;
    const large = growth.pool[slot]!;
    if (leftIsSmaller) countHistogram(growth, from, middle, small);
    else countHistogram(growth, middle, to, small);
    for (let i = 0; i < large.length; i++) large[i]! -= small[i]!;
  }
  if (splitsAgain && !leftIsSmaller) {
    const larger = growth.pool[slot]!;
    growth.pool[slot] = growth.pool[slot + 1]!;
    growth.pool[slot + 1] = larger;
  }
  // The right child's histogram waits in `slot` while the left subtree uses the slots above it.
  growNode(growth, from, middle, depth + 1, slot + 1);
  nodes.right[node] = nodes.feature.length;
  growNode(growth, middle, to, depth + 1, slot);
}

function countHistogram(growth: Growth, from: number, to: number, histogram: Float64Array): void {
  const { features, rows, weight, sum, binStride } = growth;
  histogram.fill(0);
  for (let f = 0; f < features.count; f++) {
    const column = f * features.rows;
    const base = 2 * f * binStride;
    for (let i = from; i < to; i++) {
      const at = base + 2 * features.bins[column + rows[i]!]!;
      histogram[at]! += weight[i]!;
      histogram[at + 1]! += sum[i]!;
    }
  }
}

function bestSplit(
  growth: Growth,
  from: number,
  to: number,
  histogram: Float64Array,
): { feature: number; bin: number } | undefined {
  const { features, settings, order, binStride } = growth;
  let weight = 0;
  let sum = 0;
  for (let i = from; i < to; i++) {
    weight += growth.weight[i]!;
    sum += growth.sum[i]!;
  }
  if (weight < 2 * settings.minLeaf) return undefined;
  // A gain within rounding of nothing is no gain: a constant target must not be split.
  let bestGain = ((sum * sum) / weight) * (1 + 1e-12) + 1e-300;
  let best: { feature: number; bin: number } | undefined;
  for (let k = 0; k < settings.tried; k++) {
    const pick = k + settings.below(order.length - k);
    const feature = order[pick]!;
    order[pick] = order[k]!;
    order[k] = feature;
    let leftWeight = 0;
    let leftSum = 0;
    const bins = features.edges[feature]!.length;
    for (let bin = 0; bin < bins - 1; bin++) {
      const at = 2 * (feature * binStride + bin);
      leftWeight += histogram[at]!;
      leftSum += histogram[at + 1]!;
      if (leftWeight < settings.minLeaf) continue;
      const rightWeight = weight - leftWeight;
      if (rightWeight < settings.minLeaf) break;
      const rightSum = sum - leftSum;
      const gain = (leftSum * leftSum) / leftWeight + (rightSum * rightSum) / rightWeight;
      if (gain > bestGain) {
        bestGain = gain;
        best = { feature, bin };
      }
    }
  }
  return best;
}

/** Moves the rows that go left before the others; returns where the others begin. */
function partition(growth: Growth, from: number, to: number, feature: number, bin: number): number {
  const { features, rows, weight, sum } = growth;
  const column = feature * features.rows;
  let left = from;
  let right = to - 1;
  while (left <= right) {
    if (features.bins[column + rows[left]!]! <= bin) {
      left++;
      continue;
    }
    swap(rows, left, right);
    swap(weight, left, right);
    swap(sum, left, right);
    right--;
  }
  return left;
}

function swap(values: Int32Array | Float64Array, a: number, b: number): void {
  const kept = values[a]!;
  values[a] = values[b]!;
  values[b] = kept;
}

/** First bin whose edge is not below the value. */
function binOf(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
