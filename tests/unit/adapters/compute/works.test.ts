import { describe, expect, it } from 'vitest';
import { works } from '../../../../src/adapters/compute/works.ts';
import type { FoldJob } from '../../../../src/backtest/tournament-jobs.ts';
import { catalogue } from '../../../../src/models/catalogue.ts';
import { randomWalk } from '../../../support/random-walk.ts';

const y = randomWalk(320, 8);
const options = { horizon: 4, window: 'expanding', windowLength: 100, seed: 3 } as const;
const names = catalogue.map(({ name }) => name);

function foldJob(model: string, origins: readonly number[], keptFit: FoldJob['keptFit']): FoldJob {
  const seen = y.slice(0, (origins.at(-1) ?? 0) + 1);
  return { model, parameters: {}, y: seen, season: 5, block: { fitOrigin: 300, origins }, options, keptFit };
}

describe('a fit that was kept', () => {
  it.each(names)('of %s gives the folds and the stored model that a fit anew gives, to the bit', async (model) => {
    const whole = await works.folds(foldJob(model, [300, 301, 310], 'wanted'));
    expect(whole.failures).toEqual([]);
    const text = whole.fit;
    if (text === null) return expect.unreachable('a model of the catalogue can be kept');
    const [first, second, third] = [300, 301, 310].map((origin) => works.folds(foldJob(model, [origin], { text })));
    const rows = await Promise.all([first, second, third]);
    expect(rows.flatMap((row) => Array.from(row?.mean ?? []))).toEqual(Array.from(whole.mean));
    expect(rows.flatMap((row) => Array.from(row?.quantiles ?? []))).toEqual(Array.from(whole.quantiles));
    expect(rows.map((row) => row?.fit)).toEqual([null, null, null]);
    const fitJob = { model, parameters: {}, y, season: 5, fitOrigin: 300, options };
    const carried = works.fit({ ...fitJob, keptFit: text });
    expect(await carried).toEqual(await works.fit({ ...fitJob, keptFit: null }));
    expect(await carried).toMatchObject({ reproduces: true });
  });
});
