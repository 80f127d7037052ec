import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type BoostingLoss, fitBooster, meanLoss, predictBooster } from '../../src/models/boosting-fit.ts';
import { fitForest, predictForest } from '../../src/models/forest-fit.ts';
import { binFeatures } from '../../src/models/regression-tree.ts';
import { coordinateDescent, momentsOf, standardise, unstandardise } from '../../src/stats/elastic-net.ts';
import { choleskyFactor, choleskySolve } from '../../src/stats/least-squares.ts';
import { friedman, madeRegression } from './made-learning.ts';

const reference = JSON.parse(readFileSync(new URL('learners.json', import.meta.url), 'utf8')) as {
  regression: {
    seed: number;
    rows: number;
    columns: number;
    penalty: number;
    targetDeviation: number;
    least: number[];
    ridge: number[];
    elasticNet: number[];
  }[];
  trees: { seed: number; boosting: number; pinball: Record<string, number>; forest: number }[];
};

describe('regressions against scikit-learn, on 54 made problems', () => {
  test.each(reference.regression)('problem $seed: $rows rows, $columns columns', (expected) => {
    const { seed, rows, columns, penalty, targetDeviation } = expected;
    const made = madeRegression(seed, rows, columns);
    const standard = standardise(momentsOf(made.columns, made.target, 0, rows));
    const { gram, moment, size } = standard;
    const solve = (extra: number) => {
      const penalised = gram.slice();
      for (let j = 0; j < size; j++) penalised[j * size + j]! += extra;
      return choleskySolve(choleskyFactor(penalised, size)!, size, moment);
    };
    const l1 = new Float64Array(size).fill(penalty * targetDeviation * 0.5);
    const l2 = l1;
    const net = coordinateDescent(gram, moment, { l1, l2 }, new Float64Array(size), { tolerance: 1e-14, passes: 1e5 });
    // In units of the target's deviation for each deviation of a column.
    const check = (scaled: ArrayLike<number>, wanted: readonly number[]) => {
      const { intercept, coefficients } = unstandardise(standard, scaled);
      expect(Math.abs(intercept - wanted[0]!) / targetDeviation).toBeLessThan(1e-8);
      coefficients.forEach((value, j) => {
        const gap = Math.abs(value - wanted[j + 1]!) * standard.deviations[j]!;
        expect(gap / targetDeviation).toBeLessThan(1e-8);
      });
    };
    check(solve(0), expected.least);
    check(solve(penalty), expected.ridge);
    check(net, expected.elasticNet);
  });
});

describe('trees against scikit-learn, by error on rows not seen', () => {
  const rows = 1500;

  test.each(reference.trees)('boosting within 3%, problem $seed', ({ seed, boosting, pinball }) => {
    expect(boostingLoss(seed, 'squared') / boosting).toBeLessThan(1.03);
    for (const [quantile, loss] of Object.entries(pinball)) {
      expect(boostingLoss(seed, { quantile: Number(quantile) }) / loss, quantile).toBeLessThan(1.05);
    }
  });

  test.each(reference.trees)('forest within 5%, problem $seed', ({ seed, forest }) => {
    const { features, target } = friedman(seed, rows);
    const settings = {
      trees: 200,
      maxDepth: 12,
      minLeaf: 5,
      featureShare: 3 / 8,
      maxBins: 256,
      blockLength: 1,
      seed: 1,
    };
    const training = { features, featureCount: 8, outputs: target, outputCount: 1, rows };
    const own = fitForest(training, settings).forest;
    const error = testError(seed, (row) => predictForest(own, row)[0]!, 'squared');
    expect(error / forest).toBeLessThan(1.05);
  });

  function boostingLoss(seed: number, loss: BoostingLoss): number {
    const { features, target } = friedman(seed, rows);
    const binned = binFeatures(features, rows, 8, 255);
    const settings = { rounds: 100, learningRate: 0.1, maxLeaves: 31, minLeaf: 20, l2: 0, patience: 1, loss };
    const booster = fitBooster({ features: binned, target }, settings);
    return testError(seed, (row) => predictBooster(booster, row), loss);
  }

  function testError(seed: number, predict: (row: Float64Array) => number, loss: BoostingLoss): number {
    const { features, target } = friedman(seed + 100, rows);
    const errors = target.map((value, i) => {
      const row = Float64Array.from({ length: 8 }, (_, f) => features[f * rows + i]!);
      return value - predict(row);
    });
    return meanLoss(errors, loss);
  }
});
