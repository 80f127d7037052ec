import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { conformalWidths, coverages } from '../../src/backtest/interval-tracker.ts';
import { quantileLevels } from '../../src/domain/forecaster.ts';
import { crpsFromSamples, intervalScore, pinballLoss, weightedIntervalScore } from '../../src/stats/scoring.ts';
import { noise } from './made-series.ts';

interface Scored {
  readonly seed: number;
  readonly pinball: readonly number[];
  readonly interval: readonly number[];
  readonly wis: number;
  /** By scoringrules, and by properscoring. */
  readonly crps: number;
  readonly crpsProper: number;
}

const reference = JSON.parse(readFileSync(new URL('scores.json', import.meta.url), 'utf8')) as {
  scores: Scored[];
  conformal: { seed: number; count: number; halfWidths: number[] }[];
};

describe('scores of 54 made forecasts against scoringrules and properscoring', () => {
  test.each(reference.scores.map((expected, k) => ({ ...expected, k })))('forecast $seed', ({ k, ...expected }) => {
    const size = 10 ** ((k % 7) - 3);
    const values = noise(expected.seed, 60).map((value) => size * (value + ((k % 3) - 1) * 2));
    const [quantiles, samples, actual] = [values.slice(0, 9).sort(), values.slice(9, 59).sort(), values[59]!];
    const near = (own: number, theirs: number) => expect(Math.abs(own - theirs) / size).toBeLessThan(1e-9);
    quantileLevels.forEach((level, l) => {
      near(pinballLoss(actual, quantiles[l]!, level), expected.pinball[l]!);
    });
    expected.interval.forEach((score, l) => {
      near(intervalScore(actual, quantiles[l]!, quantiles[8 - l]!, 1 - 2 * quantileLevels[l]!), score);
    });
    near(weightedIntervalScore(actual, quantiles, quantileLevels), expected.wis);
    near(crpsFromSamples(actual, samples), expected.crps);
    near(crpsFromSamples(actual, samples), expected.crpsProper);
  });
});

test.each(reference.conformal)('split conformal intervals of $count residuals against MAPIE', (expected) => {
  const scores = noise(expected.seed, expected.count).map(Math.abs).sort();
  const widths = conformalWidths(scores);
  // MAPIE was asked for 50, 80, 90 and 95%.
  const asked = [0.5, 0.8, 0.9, 0.95].map((coverage) => widths[coverages.indexOf(coverage)]!);
  asked.forEach((width, i) => {
    expect(Math.abs(width - expected.halfWidths[i]!)).toBeLessThan(1e-9);
  });
});
