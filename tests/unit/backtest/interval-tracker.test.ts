import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseCalibration } from '../../../src/backtest/calibration.ts';
import { residualScale } from '../../../src/backtest/conformal.ts';
import { createExpertWeights } from '../../../src/backtest/expert-weights.ts';
import { calibrationMethods, coverages, createWay, fewestResiduals } from '../../../src/backtest/interval-tracker.ts';
import { emptyFolds, type Folds } from '../../../src/backtest/rolling-origin.ts';
import { SlidingOrder } from '../../../src/backtest/sliding-order.ts';
import { createRng } from '../../../src/stats/random.ts';
import { randomWalk } from '../../support/random-walk.ts';

describe.each(calibrationMethods)('the tracker %s', (method) => {
  it('gives finite widths, never negative, the wider for the wider coverage, whatever the scores', () => {
    const scores = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 45, maxLength: 120 });
    fc.assert(
      fc.property(scores, (values) => {
        for (const { widths } of walk(method, values, 60)) {
          expect(widths.every((width) => Number.isFinite(width) && width >= 0)).toBe(true);
          expect([...widths]).toEqual([...widths].sort((a, b) => b - a));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('covers what it promises when the scores are alike', () => {
    const rng = createRng(7);
    const scores = Float64Array.from({ length: 4000 }, () => Math.abs(rng.normal()));
    for (const [index, share] of shares(method, scores, 500).entries()) {
      expect(Math.abs(share - coverages[index]!)).toBeLessThan(0.02);
    }
  });

  it('says nothing of few scores', () => {
    expect(walk(method, new Float64Array(38), 60)).toEqual([]);
    expect(walk(method, new Float64Array(40), 60)).toHaveLength(1);
  });
});

describe('after the errors double', () => {
  const rng = createRng(3);
  const scores = Float64Array.from({ length: 1400 }, (_, t) => (t < 1000 ? 1 : 2) * Math.abs(rng.normal()));
  // The 400 scores after the break, coverage of the 80% interval.
  const covered = (method: (typeof calibrationMethods)[number]) => shares(method, scores, 1000, 1000)[2]!;
  it.each(['aci', 'agaci', 'pid'] as const)('%s recovers better than split', (method) => {
    expect(covered('split')).toBeLessThan(0.7);
    expect(covered(method)).toBeGreaterThan(covered('split') + 0.03);
    expect(Math.abs(covered(method) - 0.8)).toBeLessThan(0.16);
  });
});

describe('SlidingOrder', () => {
  it('holds the newest values in order, whatever comes', () => {
    const values = fc.array(fc.constantFrom(0, 1, 1.5, 2, 3, 1e9, Number.POSITIVE_INFINITY), { maxLength: 40 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 12 }), (arriving, memory) => {
        const known = new SlidingOrder(memory);
        for (const [index, value] of arriving.entries()) {
          known.add(value);
          const newest = arriving.slice(Math.max(0, index + 1 - memory), index + 1).sort((a, b) => a - b);
          expect([...known.sorted.subarray(0, known.count)]).toEqual(newest);
          expect(known.largest).toBe(newest.at(-1));
        }
      }),
    );
  });
});

describe('createExpertWeights', () => {
  it('moves to the expert with the smaller losses', () => {
    const rng = createRng(2);
    const experts = createExpertWeights(3);
    for (let t = 0; t < 400; t += 1)
      experts.learn(Float64Array.of(rng.normal() + 0.5, rng.normal(), rng.normal() + 0.5));
    expect(experts.weights[1]).toBeGreaterThan(0.9);
    expect(experts.weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 12);
  });

  it('stays even while nobody differs', () => {
    const experts = createExpertWeights(4);
    experts.learn(Float64Array.of(1, 1, 1, 1));
    expect([...experts.weights]).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(experts.combine(Float64Array.of(1, 2, 3, 4))).toBe(2.5);
  });
});

describe('chooseCalibration', () => {
  const y = randomWalk(420, 6).map((value, t) => (t > 300 ? value * (1 + 0.02 * Math.sin(t * t)) : value));
  const folds = lastPrice(y);
  const scale = residualScale(y, 'blend');
  const options = { scale: 'blend', memory: 200 } as const;
  const origins = Array.from({ length: 200 }, (_, index) => 120 + index);

  it('knows nothing of what comes after the origins it chooses by', () => {
    const before = chooseCalibration(folds, y, scale, origins, options);
    const changed = y.map((value, t) => (t > 322 ? value * 3 : value));
    const other = { ...lastPrice(changed) };
    const after = chooseCalibration(other, changed, residualScale(changed, 'blend'), origins, options);
    expect({ method: after.method, scores: after.scores }).toEqual({ method: before.method, scores: before.scores });
  });

  it('takes the nearest to its promise among those whose score is as good as the best', () => {
    const { method, scores } = chooseCalibration(folds, y, scale, origins, options);
    const lowest = Math.min(...Object.values(scores).map(({ relativeWis }) => relativeWis));
    const near = Object.values(scores).filter(({ relativeWis }) => relativeWis <= lowest * 1.01);
    expect(scores[method].coverageMiss).toBe(Math.min(...near.map(({ coverageMiss }) => coverageMiss)));
    expect(scores.split.relativeWis).toBe(1);
  });

  it('is split conformal where there is nothing to choose by', () => {
    expect(chooseCalibration(folds, y, scale, [], options).method).toBe('split');
  });
});

function walk(method: (typeof calibrationMethods)[number], scores: ArrayLike<number>, memory: number) {
  const way = createWay(method, 1);
  const known = new SlidingOrder(memory);
  const given = new Float64Array(coverages.length);
  return Array.from(scores).flatMap((score) => {
    const isEnough = known.count >= fewestResiduals;
    if (isEnough) way.give(known, 0, given, 0);
    const widths = given.slice();
    known.add(score);
    if (isEnough) way.learn(score, known, 0, given, 0);
    return isEnough ? [{ score, widths }] : [];
  });
}

/** Share of scores within the width given before them, by coverage. */
function shares(method: (typeof calibrationMethods)[number], scores: Float64Array, memory: number, from = 0): number[] {
  const walked = walk(method, scores, memory).slice(from === 0 ? 0 : from - scores.length);
  return coverages.map(
    (_, index) => walked.filter(({ score, widths }) => score <= widths[index]!).length / walked.length,
  );
}

/** Two horizons of "the price stays as it is". */
function lastPrice(y: Float64Array): Folds {
  const folds = emptyFolds(
    Int32Array.from({ length: y.length - 1 }, (_, index) => index),
    2,
  );
  for (let row = 0; row < folds.origins.length; row += 1) {
    folds.mean.fill(y[row]!, 2 * row, 2 * row + 2);
    folds.quantiles.fill(y[row]!, 18 * row, 18 * row + 18);
  }
  return { ...folds, failures: [] };
}
