import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInlineCompute } from '../../../src/adapters/compute/inline.ts';
import { parseShard, type Shard } from '../../../src/flows/shard.ts';
import { computeShard, shareTournament } from '../../../src/flows/tournament-shards.ts';
import { train } from '../../../src/flows/train.ts';
import { countingCompute, forecastBench, models, trainRequest } from '../../support/forecast-bench.ts';
import { goldSeries } from '../../support/in-memory-series-reader.ts';
import { randomWalk } from '../../support/random-walk.ts';

type Bench = ReturnType<typeof forecastBench>;

describe('a tournament shared out', () => {
  it('comes to the same, byte for byte, however it is cut, in any order and with repeats', async () => {
    const alone = await outcomeOf(forecastBench(), (bench) => train(trainRequest, bench));
    await fc.assert(
      fc.asyncProperty(cuts, async (shards) => {
        const bench = forecastBench();
        const shared = await outcomeOf(bench, async () => {
          const { plan } = await shareTournament({ ...trainRequest, shards: 4 }, bench);
          for (const shard of shards) await computeShard({ plan, shard }, bench);
          return train({ ...trainRequest, plan }, { ...bench, compute: withoutFolds() });
        });
        expect(shared).toEqual(alone);
      }),
      { numRuns: 6 },
    );
  });

  it('deals every piece to one shard, and no shard much more than another', async () => {
    const bench = forecastBench();
    const { plan, shards, pieces } = await shareTournament({ ...trainRequest, shards: 5 }, bench);
    const reports = [];
    for (const name of shards) reports.push(await computeShard({ plan, shard: parseShard(name) }, bench));
    expect(reports.reduce((sum, report) => sum + report.pieces, 0)).toBe(pieces);
    expect(reports.map((report) => report.pieces).toSorted()).toEqual([2, 2, 2, 3, 3]);
    expect(reports.reduce((sum, report) => sum + report.foldsComputed, 0)).toBe(3 * 133);
  });

  it('computes and writes nothing when a shard is run again', async () => {
    const { compute, counts } = countingCompute();
    const bench = forecastBench({ compute });
    const { plan } = await shareTournament({ ...trainRequest, shards: 2 }, bench);
    const first = await computeShard({ plan, shard: { index: 1, count: 2 } }, bench);
    const before = { origins: counts.origins, objects: bench.lake.objects.size };
    const again = await computeShard({ plan, shard: { index: 1, count: 2 } }, bench);
    expect(again).toMatchObject({ result: 'exists', foldsComputed: 0, receipt: first.receipt });
    expect({ origins: counts.origins, objects: bench.lake.objects.size }).toEqual(before);
  });

  it('has nothing to share once the same was judged', async () => {
    const bench = forecastBench();
    const before = await shareTournament({ ...trainRequest, shards: 2 }, bench);
    await train(trainRequest, bench);
    const after = await shareTournament({ ...trainRequest, shards: 2 }, bench);
    expect(after).toMatchObject({ plan: before.plan, state: 'judged', shards: [] });
    expect(await train({ ...trainRequest, plan: before.plan }, bench)).toMatchObject({ result: 'reused' });
  });

  it('counts what failed on another machine as one machine would, and takes a later success', async () => {
    const spoilt = countingCompute((model) => {
      if (model === 'drift') throw new Error('out of luck');
    });
    const alone = await outcomeOf(forecastBench(spoilt), (bench) => train(trainRequest, bench));
    const bench = forecastBench();
    const whole = { index: 1, count: 1 };
    const { plan } = await shareTournament({ ...trainRequest, shards: 1 }, bench);
    const report = await computeShard({ plan, shard: whole }, { ...bench, compute: spoilt.compute });
    expect(Object.values(report.failures)).toEqual(new Array(4).fill('out of luck'));
    expect(await outcomeOf(bench, () => train({ ...trainRequest, plan }, bench))).toEqual(alone);

    const mended = forecastBench();
    const sound = await outcomeOf(forecastBench(), (one) => train(trainRequest, one));
    await shareTournament({ ...trainRequest, shards: 1 }, mended);
    await computeShard({ plan, shard: whole }, { ...mended, compute: spoilt.compute });
    await computeShard({ plan, shard: whole }, mended);
    expect(await outcomeOf(mended, () => train({ ...trainRequest, plan }, mended))).toEqual(sound);
  });
});

describe('joining refuses by name', () => {
  it('a plan nobody laid out, and one that was changed', async () => {
    const bench = forecastBench();
    await expect(train({ ...trainRequest, plan: 'gold-none' }, bench)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'There is no plan "gold-none" in this lake.',
    });
    const { plan } = await shareTournament({ ...trainRequest, shards: 2 }, bench);
    const key = `cache/plans/${plan}.json`;
    const text = new TextDecoder().decode(bench.lake.objects.get(key));
    bench.lake.objects.set(key, new TextEncoder().encode(text.replace('"seed":1', '"seed":2')));
    await expect(train({ ...trainRequest, plan }, bench)).rejects.toMatchObject({ code: 'ARTEFACT_CORRUPT' });
  });

  it('a shard that is missing, and one whose folds are gone', async () => {
    const bench = forecastBench();
    const { plan } = await shareTournament({ ...trainRequest, shards: 3 }, bench);
    for (const index of [1, 3]) await computeShard({ plan, shard: { index, count: 3 } }, bench);
    await expect(train({ ...trainRequest, plan }, bench)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining(`Of the plan ${plan} shard 2/3 is missing: naive from 150`),
      hint: `Compute it: assay tournament shard --plan ${plan} --shard 2/3`,
    });
    await computeShard({ plan, shard: { index: 2, count: 3 } }, bench);
    const [lost] = [...bench.lake.objects.keys()].filter((key) => key.startsWith('cache/folds/drift/'));
    bench.lake.objects.delete(lost ?? '');
    await expect(train({ ...trainRequest, plan }, bench)).rejects.toMatchObject({
      message: expect.stringMatching(/shard \d\/3 is missing: drift from/),
    });
  });

  it('a shard of another plan', async () => {
    const bench = forecastBench();
    const { plan } = await shareTournament({ ...trainRequest, shards: 1 }, bench);
    const other = await shareTournament({ ...trainRequest, seed: 2, shards: 1 }, bench);
    const { receipt } = await computeShard({ plan: other.plan, shard: { index: 1, count: 1 } }, bench);
    const bytes = bench.lake.objects.get(receipt) ?? new Uint8Array();
    bench.lake.objects.set(receipt.replace(other.plan, plan), bytes);
    await expect(train({ ...trainRequest, plan }, bench)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: `Shard 1/1 belongs to the plan ${other.plan}, not to ${plan}.`,
    });
    await expect(train({ ...trainRequest, plan: other.plan }, bench)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('other data, drivers or code than the plan was laid out over, in a shard and in the join', async () => {
    const bench = forecastBench();
    const { plan } = await shareTournament({ ...trainRequest, shards: 1 }, bench);
    const whole = { plan, shard: { index: 1, count: 1 } };
    await computeShard(whole, bench);
    const compute = createInlineCompute({ codeVersion: 'newer' });
    const code = { code: 'CONFLICT', message: `The code of the models here are not those of the plan ${plan}.` };
    await expect(computeShard(whole, { ...bench, compute })).rejects.toMatchObject(code);
    bench.source.series = goldSeries(randomWalk(261, 4));
    const quotes = { code: 'CONFLICT', message: `The quotes here are not those of the plan ${plan}.` };
    await expect(computeShard(whole, bench)).rejects.toMatchObject(quotes);
    await expect(train({ ...trainRequest, plan }, bench)).rejects.toMatchObject(quotes);
  });

  it('numbers on which two machines disagree', async () => {
    const { works } = await import('../../../src/adapters/compute/works.ts');
    const other = createInlineCompute({
      codeVersion: 'test',
      works: {
        ...works,
        folds: async (job: Parameters<typeof works.folds>[0]) => {
          const answer = await works.folds(job);
          answer.mean[0] = (answer.mean[0] ?? 0) * (1 + Number.EPSILON);
          return answer;
        },
      },
    });
    const bench = forecastBench();
    const { plan } = await shareTournament({ ...trainRequest, shards: 1 }, bench);
    const whole = { plan, shard: { index: 1, count: 1 } };
    await computeShard(whole, bench);
    for (const key of [...bench.lake.objects.keys()]) {
      if (key.startsWith('cache/folds/')) bench.lake.objects.delete(key);
    }
    await computeShard(whole, { ...bench, compute: other });
    await expect(train({ ...trainRequest, plan }, bench)).rejects.toMatchObject({ code: 'CHECK_FAILED' });
  });

  it('models whose files only one machine has, and what is no shard', async () => {
    const bench = forecastBench();
    const outside = {
      ...bench.compute,
      resolveExternal: async () => ({ entry: 'mine', model: '/m.mjs', parameters: {} }),
    };
    await expect(
      shareTournament({ ...trainRequest, models: ['./m.mjs'], shards: 1 }, { ...bench, compute: outside }),
    ).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    for (const text of ['0/2', '3/2', '1', '1/0', 'a/b', '']) {
      expect(() => parseShard(text)).toThrow(/is not a shard/);
    }
  });
});

/** A whole plan cut into parts, shuffled, some of them twice, and parts of other cuts among them. */
const cuts: fc.Arbitrary<readonly Shard[]> = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }))
  .chain(([count, more]) => {
    const whole = Array.from({ length: count }, (_, place) => ({ index: place + 1, count }));
    const others = more.map((size) => ({ index: size, count: 9 }));
    const repeats = whole.slice(0, 2);
    const all = [...whole, ...others, ...repeats];
    return fc.shuffledSubarray(all, { minLength: all.length });
  });

/** Everything that people and programs can see of a tournament but how many folds its own process computed. */
async function outcomeOf(bench: Bench, run: (bench: Bench) => Promise<{ foldsComputed: number; foldsReused: number }>) {
  const { foldsComputed: _, foldsReused: __, ...report } = await run(bench);
  const runs = [...bench.tracking.state.runs.entries()].map(([id, run]) => [
    id,
    { ...run, history: [...run.history], artefacts: [...run.artefacts].map(([key, bytes]) => [key, textOf(bytes)]) },
  ]);
  return { report, runs, tournaments: [...bench.forecasts.state.tournaments] };
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** A machine that joins computes no fold. */
function withoutFolds() {
  return countingCompute(() => {
    throw new Error('a fold was computed while joining');
  }).compute;
}

it('plants a failure that the comparison sees', async () => {
  const alone = await outcomeOf(forecastBench(), (bench) => train(trainRequest, bench));
  const other = await outcomeOf(forecastBench(), (bench) => train({ ...trainRequest, seed: 2, models }, bench));
  expect(other).not.toEqual(alone);
});
