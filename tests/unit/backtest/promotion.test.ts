import { describe, expect, it } from 'vitest';
import type { LossTable } from '../../../src/backtest/losses.ts';
import { type Candidate, judge } from '../../../src/backtest/promotion.ts';
import { createRng } from '../../../src/stats/random.ts';

const origins = 250;
const horizon = 3;

describe('judge', () => {
  it('promotes a model that is truly better than naive and the champion', () => {
    const judgement = judge([candidate('naive', 1), candidate('theta', 0.95), candidate('arima', 0.8)], 'theta');
    expect(judgement).toMatchObject({ outcome: 'promoted', champion: 'arima', challenger: 'arima' });
    expect(judgement.statement).toMatch(
      /^arima replaces theta\. arima passed: relative score 0\.8\d+, better than naive \(p = /,
    );
    expect(judgement.verdicts.map(({ model, rank }) => [model, rank])).toEqual([
      ['arima', 1],
      ['theta', 2],
      ['naive', 3],
    ]);
  });

  it('does not promote on noise: of 200 tournaments among equals about one in twenty may', () => {
    let promoted = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const rivals = Array.from({ length: 8 }, (_, index) => candidate(`rival-${index}`, 1, seed * 100 + index));
      const judgement = judge([candidate('naive', 1, seed * 100 + 50), ...rivals], 'naive');
      if (judgement.outcome === 'promoted') promoted += 1;
    }
    // Binomial(200, 0.05) stays below 22 with probability 0.9997.
    expect(promoted).toBeLessThan(22);
  });

  it('keeps the champion where the challenger is better only by score', () => {
    const judgement = judge([candidate('naive', 1.3), candidate('theta', 0.9), candidate('arima', 0.899, 77)], 'theta');
    expect(judgement).toMatchObject({ outcome: 'kept', champion: 'theta', challenger: 'arima' });
    expect(judgement.verdicts.find(({ model }) => model === 'arima')?.reason).toMatch(
      /not shown to be better than the champion/,
    );
    expect(judgement.verdicts.find(({ model }) => model === 'theta')).toMatchObject({ passed: true });
  });

  it('refuses a better model whose intervals do not cover what they promise', () => {
    const narrow = { ...candidate('arima', 0.7), losses: { ...losses(0.7, 3), inside80: flags(0.6) } };
    const judgement = judge([candidate('naive', 1), narrow], 'naive');
    expect(judgement).toMatchObject({ outcome: 'kept', champion: 'naive', challenger: 'arima' });
    expect(judgement.verdicts[0]?.reason).toBe(
      'arima did not pass: its 80% intervals covered 60.0%, more than 8.0% off.',
    );
  });

  it('refuses a model that does not reproduce its own forecast', () => {
    const judgement = judge([candidate('naive', 1), { ...candidate('arima', 0.7), reproduces: false }], 'naive');
    expect(judgement.outcome).toBe('kept');
    expect(judgement.statement).toMatch(/restored from its stored artefact it gave another forecast/);
  });

  it('counts a failed model with its reason and judges the rest', () => {
    const failed = {
      model: 'forest',
      losses: null,
      failure: '3 of 50 folds failed, the first because NaN',
      reproduces: false,
    };
    const judgement = judge([candidate('naive', 1), failed, candidate('arima', 0.7)], 'naive');
    expect(judgement.champion).toBe('arima');
    expect(judgement.verdicts.at(-1)).toMatchObject({ model: 'forest', rank: null, passed: false });
    expect(judgement.verdicts.at(-1)?.reason).toMatch(/3 of 50 folds failed/);
  });

  it('passes over the best score for the best that passes', () => {
    const best = { ...candidate('forest', 0.6), losses: { ...losses(0.6, 9), inside95: flags(0.7) } };
    expect(judge([candidate('naive', 1), best, candidate('arima', 0.7)], 'naive')).toMatchObject({
      outcome: 'promoted',
      champion: 'arima',
    });
  });

  it('makes naive the first champion where nothing beats it, and says so', () => {
    const judgement = judge([candidate('naive', 1), candidate('arima', 1.2)], null);
    expect(judgement).toMatchObject({ outcome: 'first', champion: 'naive', challenger: 'arima' });
    expect(judgement.statement).toMatch(/^Naive is the first champion: none of 1 candidates passed\./);
  });

  it('makes a model that beats naive the first champion', () => {
    expect(judge([candidate('naive', 1), candidate('arima', 0.7)], null)).toMatchObject({
      outcome: 'first',
      champion: 'arima',
    });
  });

  it('lets naive replace a champion that has become worse, but not one that could not be compared', () => {
    expect(judge([candidate('naive', 1), candidate('theta', 1.5)], 'theta')).toMatchObject({
      outcome: 'promoted',
      champion: 'naive',
    });
    const failed = { model: 'theta', losses: null, failure: 'it took longer than 10 ms', reproduces: false };
    expect(judge([candidate('naive', 1), failed], 'theta')).toMatchObject({ outcome: 'kept', champion: 'theta' });
  });

  it('gives every reason as data too, with the losses by horizon', () => {
    const narrow = {
      ...candidate('arima', 0.7),
      losses: { ...losses(0.7, 3), inside80: flags(0.6) },
      reproduces: false,
    };
    const lost = { model: 'lost', losses: null, failure: 'out of luck', reproduces: false };
    const { verdicts } = judge([candidate('naive', 1), narrow, candidate('worse', 1.3), lost], 'naive');
    const of = (model: string) => verdicts.find((verdict) => verdict.model === model)!;
    expect(of('arima')).toMatchObject({ code: 'coverage80-off', faults: ['coverage80-off', 'not-reproduced'] });
    expect(of('arima').figures).toMatchObject({ level: 0.025, coverage80: 0.6, band80: 0.08, championScore: 1 });
    expect(of('worse').faults).toContain('not-better-than-naive');
    expect(of('naive')).toMatchObject({ code: 'champion', faults: [] });
    expect(of('lost')).toMatchObject({ code: 'failed', figures: { relativeScore: null }, byHorizon: [] });
    const [nearest] = of('arima').byHorizon;
    expect(nearest).toMatchObject({ horizon: 1, naiveWis: nearest!.championWis });
    expect(nearest!.wis / nearest!.naiveWis).toBeCloseTo(0.7, 1);
    expect(nearest!.pAgainstNaive).toBeLessThan(0.01);
    expect(of('worse').byHorizon[0]!.pAgainstNaive).toBeGreaterThan(0.9);
    expect(of('naive').byHorizon[0]).toMatchObject({ pAgainstNaive: null, pConditional: null });
  });

  it('tells nothing from identical forecasts', () => {
    const twin = { ...candidate('twin', 1), losses: candidate('naive', 1).losses };
    expect(judge([candidate('naive', 1), twin], 'naive')).toMatchObject({ outcome: 'kept', champion: 'naive' });
  });

  it('cannot compare without naive', () => {
    const failed = { model: 'naive', losses: null, failure: 'a price is missing', reproduces: false };
    expect(() => judge([failed, candidate('arima', 1)], null)).toThrowError(/without naive: a price is missing/);
  });
});

/** A candidate whose losses are `size` on average, with noise of its own. */
function candidate(model: string, size: number, seed = model.length): Candidate {
  return { model, losses: losses(size, seed), failure: null, reproduces: true };
}

function losses(size: number, seed: number): LossTable {
  const rng = createRng(seed);
  const cells = origins * horizon;
  const wis = Float64Array.from({ length: cells }, () => size * (1 + 0.3 * rng.normal()));
  return {
    origins: Int32Array.from({ length: origins }, (_, index) => index),
    horizon,
    target: new Float64Array(cells),
    mean: new Float64Array(cells),
    median: new Float64Array(cells),
    wis,
    inside50: flags(0.5),
    inside80: flags(0.8),
    inside95: flags(0.95),
  };
}

function flags(share: number): Uint8Array {
  return Uint8Array.from({ length: origins * horizon }, (_, cell) => Number((cell % 50) / 50 < share));
}
