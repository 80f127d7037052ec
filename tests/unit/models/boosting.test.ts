import { expect, test } from 'vitest';
import { fitBooster, predictBooster, roundsOf } from '../../../src/models/boosting-fit.ts';
import { createTreeGrower } from '../../../src/models/boosting-tree.ts';
import { createModel } from '../../../src/models/catalogue.ts';
import { binFeatures, leafOfRow } from '../../../src/models/regression-tree.ts';
import { sampleQuantile, sortedCopy } from '../../../src/stats/quantiles.ts';
import { createRng } from '../../../src/stats/random.ts';
import { selectQuantile } from '../../../src/stats/select.ts';
import { madePrices } from './made-prices.ts';

const settings = {
  rounds: 60,
  learningRate: 0.1,
  maxLeaves: 8,
  minLeaf: 10,
  l2: 0,
  patience: 6,
  loss: 'squared',
} as const;

test('each split of a grown tree gains what an exhaustive search over the same bins finds', () => {
  const rng = createRng(5);
  const rows = 400;
  const values = Float64Array.from({ length: rows * 3 }, () => rng.normal());
  const target = Float64Array.from({ length: rows }, (_, i) => Math.sign(values[i]!) + values[rows + i]! ** 2);
  const features = binFeatures(values, rows, 3, 32);
  const grower = createTreeGrower(features, { maxLeaves: 12, minLeaf: 15, l2: 2 });
  const { nodes, from, to } = grower.grow(target);
  expect(nodes.leaves).toBe(12);
  const score = (list: readonly number[]) => list.reduce((sum, i) => sum + target[i]!, 0) ** 2 / (list.length + 2);
  const visit = (node: number, members: readonly number[]): void => {
    if (nodes.feature[node]! < 0) {
      const leaf = nodes.leaf[node]!;
      expect([...grower.rows.slice(from[leaf], to[leaf])].sort((a, b) => a - b)).toEqual(members);
      for (const i of members) expect(leafOfRow(nodes, features, i)).toBe(leaf);
      return;
    }
    const sides = (feature: number, bin: number) => {
      const goesLeft = (i: number) => features.bins[feature * rows + i]! <= bin;
      return [members.filter(goesLeft), members.filter((i) => !goesLeft(i))] as const;
    };
    let best = 0;
    for (let f = 0; f < 3; f++) {
      for (let bin = 0; bin < 32; bin++) {
        const [left, right] = sides(f, bin);
        if (left.length >= 15 && right.length >= 15) best = Math.max(best, score(left) + score(right));
      }
    }
    const [left, right] = sides(nodes.feature[node]!, nodes.bin[node]!);
    expect(score(left) + score(right)).toBeCloseTo(best, 5);
    visit(node + 1, left);
    visit(nodes.right[node]!, right);
  };
  visit(
    0,
    Array.from({ length: rows }, (_, i) => i),
  );
});

test('learns a curve, and stops at once where there is nothing to learn', () => {
  const rng = createRng(6);
  const made = (rows: number, signal: number) => {
    const values = Float64Array.from({ length: rows * 2 }, () => rng.normal());
    const target = Float64Array.from({ length: rows }, (_, i) => signal * Math.sin(2 * values[i]!) + rng.normal());
    return { features: binFeatures(values, rows, 2, 64), target };
  };
  const curve = fitBooster(made(1500, 3), settings, made(400, 0));
  expect(roundsOf(curve)).toBeLessThanOrEqual(settings.rounds);
  const learned = fitBooster(made(1500, 3), settings);
  expect(predictBooster(learned, [Math.PI / 4, 0])).toBeGreaterThan(2.2);
  expect(predictBooster(learned, [-Math.PI / 4, 0])).toBeLessThan(-2.2);
  expect(roundsOf(fitBooster(made(1500, 0), settings, made(500, 0)))).toBeLessThan(8);
});

test('a quantile booster leaves the share above that it should, where the spread changes', () => {
  const rng = createRng(7);
  const rows = 3000;
  const values = Float64Array.from({ length: rows }, () => rng.normal());
  const target = values.map((value) => Math.exp(value / 2) * rng.normal());
  const features = binFeatures(values, rows, 1, 64);
  const booster = fitBooster({ features, target }, { ...settings, minLeaf: 100, loss: { quantile: 0.9 } });
  for (const [low, high] of [
    [-3, -0.5],
    [-0.5, 0.5],
    [0.5, 3],
  ] as const) {
    const inside = Array.from(values.keys()).filter((i) => values[i]! > low && values[i]! <= high);
    const above = inside.filter((i) => target[i]! > predictBooster(booster, [values[i]!])).length;
    expect(above / inside.length).toBeGreaterThan(0.07);
    expect(above / inside.length).toBeLessThan(0.13);
  }
});

test('selection finds the quantiles that sorting finds', () => {
  const rng = createRng(8);
  for (const size of [1, 2, 3, 10, 101, 1000]) {
    const values = Float64Array.from({ length: size }, () => rng.below(7));
    const sorted = sortedCopy(values);
    for (const level of [0, 0.1, 0.5, 0.93, 1]) {
      const padded = Float64Array.from([99, ...values, -99]);
      expect(selectQuantile(padded, 1, size + 1, level)).toBeCloseTo(sampleQuantile(sorted, level), 12);
    }
  }
});

test('on a walk hardly a tree is added, and the intervals hold at every horizon', () => {
  const y = madePrices(1600, 41);
  const model = createModel('gradient-boosting').fit({ y: y.slice(0, 1100), season: 1 }, { seed: 1 });
  const { quantiles } = model.artefact().state as { quantiles: { trees?: { roots: string } }[] };
  const rounds = quantiles.map(({ trees }) => Buffer.from(trees?.roots ?? '', 'base64').length / 4);
  expect(Math.max(...rounds)).toBeLessThan(60);
  expect(sortedCopy(Float64Array.from(rounds))[4]).toBeLessThan(20);
  const inside = [0, 0];
  for (let origin = 1100; origin < 1580; origin++) {
    const { quantiles } = model.update({ y: y.subarray(0, origin), season: 1 }).forecast(14);
    [1, 14].forEach((h, at) => {
      const actual = y[origin + h - 1]!;
      if (actual >= quantiles[2]![h - 1]! && actual <= quantiles[6]![h - 1]!) inside[at]!++;
    });
  }
  for (const count of inside) {
    expect(count / 480).toBeGreaterThan(0.7);
    expect(count / 480).toBeLessThan(0.9);
  }
});
