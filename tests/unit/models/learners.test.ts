import { expect, test } from 'vitest';
import { createModel } from '../../../src/models/catalogue.ts';
import { fitForest, predictForest } from '../../../src/models/forest-fit.ts';
import { lagFeatures, lastLagFeatures } from '../../../src/models/lag-features.ts';
import { binFeatures, growTree, leafOfRow } from '../../../src/models/regression-tree.ts';
import { createRng } from '../../../src/stats/random.ts';
import { madePrices } from './made-prices.ts';

test('the last row of features is the one made from the tail alone', () => {
  const rng = createRng(3);
  const changes = Float64Array.from({ length: 80 }, () => rng.normal());
  const settings = { lags: 4, shortWindow: 6, longWindow: 15 };
  const all = lagFeatures(changes, settings);
  const last = lastLagFeatures(changes, settings);
  expect(all.rows).toBe(80 - 14);
  for (let f = 0; f < all.count; f++) expect(last[f]).toBe(all.values[f * all.rows + all.rows - 1]);
  expect(last[0]).toBe(changes[79]);
  expect(last[3]).toBe(changes[76]);
});

test('a tree by histogram subtraction splits as an exhaustive search over the same bins does', () => {
  const rng = createRng(11);
  const rows = 300;
  const count = 3;
  const values = Float64Array.from({ length: rows * count }, () => rng.normal());
  const target = Float64Array.from({ length: rows }, (_, i) => Math.sign(values[i]!) + 0.3 * values[rows + i]!);
  const weights = Uint16Array.from({ length: rows }, () => rng.below(3));
  const features = binFeatures(values, rows, count, 32);
  const nodes = growTree(features, target, weights, { maxDepth: 4, minLeaf: 10, tried: count, below: () => 0 });
  const visit = (node: number, members: number[], depth: number): void => {
    const total = (list: number[]) => list.reduce((sum, i) => sum + weights[i]!, 0);
    if (nodes.feature[node]! < 0) {
      for (const i of members) expect(leafOfRow(nodes, features, i)).toBe(nodes.leaf[node]);
      expect(total(members)).toBeGreaterThanOrEqual(10);
      return;
    }
    expect(depth).toBeLessThan(4);
    const score = (list: number[]) => list.reduce((sum, i) => sum + weights[i]! * target[i]!, 0) ** 2 / total(list);
    const gain = (feature: number, bin: number) => {
      const left = members.filter((i) => features.bins[feature * rows + i]! <= bin);
      const right = members.filter((i) => features.bins[feature * rows + i]! > bin);
      return total(left) < 10 || total(right) < 10 ? -1 : score(left) + score(right);
    };
    let best = -1;
    for (let f = 0; f < count; f++) {
      for (let bin = 0; bin < features.edges[f]!.length; bin++) best = Math.max(best, gain(f, bin));
    }
    expect(gain(nodes.feature[node]!, nodes.bin[node]!)).toBeCloseTo(best, 8);
    const goesLeft = (i: number) => features.bins[nodes.feature[node]! * rows + i]! <= nodes.bin[node]!;
    visit(node + 1, members.filter(goesLeft), depth + 1);
    visit(
      nodes.right[node]!,
      members.filter((i) => !goesLeft(i)),
      depth + 1,
    );
  };
  const members = Array.from({ length: rows }, (_, i) => i).filter((i) => weights[i]! > 0);
  visit(0, members, 0);
  expect(nodes.leaves).toBeGreaterThan(8);
});

test('a forest learns a step, and its out-of-bag errors are honest', () => {
  const rng = createRng(21);
  const rows = 1500;
  const features = Float64Array.from({ length: rows * 2 }, () => rng.normal());
  const outputs = Float64Array.from({ length: rows }, (_, i) => (features[i]! > 0 ? 2 : -2) + rng.normal());
  const training = { features, featureCount: 2, outputs, outputCount: 1, rows };
  const settings = { trees: 60, maxDepth: 4, minLeaf: 20, featureShare: 1, maxBins: 64, blockLength: 5, seed: 4 };
  const { forest, outOfBag } = fitForest(training, settings);
  expect(predictForest(forest, [1, 0])[0]).toBeGreaterThan(1.5);
  expect(predictForest(forest, [-1, 0])[0]).toBeLessThan(-1.5);
  const squares = outputs.reduce((sum, value, i) => sum + (value - outOfBag[i]!) ** 2, 0) / rows;
  expect(squares).toBeGreaterThan(0.9);
  expect(squares).toBeLessThan(1.25);
  const again = fitForest(training, settings);
  expect(Array.from(again.forest.leafValues)).toEqual(Array.from(forest.leafValues));
  const other = fitForest(training, { ...settings, seed: 5 });
  expect(Array.from(other.forest.threshold)).not.toEqual(Array.from(forest.threshold));
});

test('out-of-bag errors of pure noise are no smaller than the noise', () => {
  const rng = createRng(22);
  const rows = 800;
  const features = Float64Array.from({ length: rows * 2 }, () => rng.normal());
  const outputs = Float64Array.from({ length: rows }, () => rng.normal());
  const training = { features, featureCount: 2, outputs, outputCount: 1, rows };
  const settings = { trees: 80, maxDepth: 8, minLeaf: 2, featureShare: 1, maxBins: 64, blockLength: 4, seed: 4 };
  const { outOfBag } = fitForest(training, settings);
  const errors = outputs.reduce((sum, value, i) => sum + (value - outOfBag[i]!) ** 2, 0);
  const noise = outputs.reduce((sum, value) => sum + value * value, 0);
  expect(errors).toBeGreaterThan(noise);
});

test.each(['linear', 'random-forest'])('%s finds momentum where there is some', (name) => {
  const rng = createRng(9);
  let change = 0;
  let level = 5;
  const y = Float64Array.from({ length: 1200 }, () => {
    change = 0.8 * change + 0.005 * rng.normal();
    level += change;
    return Math.exp(level);
  });
  const parameters = name === 'linear' ? {} : { trees: 60 };
  const model = createModel(name, parameters).fit({ y: y.slice(0, 900), season: 1 }, { seed: 1 });
  let [own, naive] = [0, 0];
  for (let origin = 900; origin < 1190; origin++) {
    const predicted = model.update({ y: y.subarray(0, origin), season: 1 }).forecast(5).quantiles[4]![4]!;
    own += Math.abs(Math.log(predicted / y[origin + 4]!));
    naive += Math.abs(Math.log(y[origin - 1]! / y[origin + 4]!));
  }
  expect(own / naive).toBeLessThan(0.85);
});

test('intervals of every learner cover about what they say on a walk', () => {
  const y = madePrices(1500, 33);
  for (const name of ['linear', 'random-forest']) {
    const model = createModel(name, name === 'linear' ? {} : { trees: 40 }).fit(
      { y: y.slice(0, 1000), season: 1 },
      { seed: 1 },
    );
    let inside = 0;
    for (let origin = 1000; origin < 1480; origin++) {
      const { quantiles } = model.update({ y: y.subarray(0, origin), season: 1 }).forecast(1);
      if (y[origin]! >= quantiles[2]![0]! && y[origin]! <= quantiles[6]![0]!) inside++;
    }
    expect(inside / 480, name).toBeGreaterThan(0.72);
    expect(inside / 480, name).toBeLessThan(0.88);
  }
});
