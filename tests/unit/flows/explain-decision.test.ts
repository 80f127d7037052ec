import { describe, expect, it } from 'vitest';
import { againstNaive, readByHorizon, tableOf } from '../../../src/flows/explain-decision.ts';
import { train } from '../../../src/flows/train.ts';
import { forecastBench, models, trainRequest } from '../../support/forecast-bench.ts';

describe('readByHorizon', () => {
  it('finds the losses of every candidate as the decision had them', async () => {
    const bench = forecastBench();
    const { trackingRunId } = await train(trainRequest, bench);
    const losses = await readByHorizon(trackingRunId, bench.tracking);
    expect([...(losses?.keys() ?? [])].sort()).toEqual([...models].sort());
    const [first, ...further] = losses?.get('drift') ?? [];
    expect([first, ...further].map((one) => one?.horizon)).toEqual([1, 2, 3, 4, 5]);
    const [head, line] = tableOf(losses?.get('drift') ?? []);
    expect(head).toContain('against naive');
    expect(line).toContain(againstNaive(first!));
    expect(losses?.get('naive')?.map(againstNaive)).toEqual(new Array(5).fill('0.0%'));
  });

  it('tells losses that are not kept from a store that fails', async () => {
    const { tracking } = forecastBench();
    await expect(readByHorizon('no-such-run', tracking)).resolves.toBeNull();
    const broken = { ...tracking, getArtefact: () => Promise.reject(new Error('the disk is gone')) };
    await expect(readByHorizon('any', broken)).rejects.toThrow('the disk is gone');
  });
});
