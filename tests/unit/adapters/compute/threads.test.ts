import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { createInlineCompute } from '../../../../src/adapters/compute/inline.ts';
import { createThreadCompute } from '../../../../src/adapters/compute/threads.ts';
import { packageRoot } from '../../../../src/config/package-root.ts';
import { foldsWork } from '../../../../src/flows/tournament-folds.ts';
import type { Compute, ComputeOutcome, Work } from '../../../../src/ports/compute.ts';
import { buildEntry } from '../../../support/build.ts';
import { randomWalk } from '../../../support/random-walk.ts';

const never = new AbortController().signal;
const ownModel = pathToFileURL(join(packageRoot, 'examples/own-model.mjs')).href;
let entry = '';
let moody = '';
let real = '';

beforeAll(async () => {
  const modules = [
    'src/adapters/compute/thread-entry.ts',
    'tests/support/moody-works.ts',
    'src/adapters/compute/works.ts',
  ];
  [entry = '', moody = '', real = ''] = await Promise.all(
    modules.map(async (module) => pathToFileURL(await buildEntry(module)).href),
  );
});

describe('createThreadCompute', () => {
  const moodyThreads = (threads = 2, heapMegabytes = 64) =>
    createThreadCompute({ entry, module: moody, threads, heapMegabytes });

  it('runs every job once and gives typed arrays back', async () => {
    const inputs = Array.from({ length: 9 }, (_, index) => ({ values: Float64Array.of(index, -index) }));
    const outcomes = await collect(moodyThreads(), { name: 'square' }, inputs);
    expect(outcomes).toHaveLength(9);
    expect(outcomes[3]).toMatchObject({ id: '3', ok: true, output: { values: Float64Array.of(9, 9) } });
  });

  it('gives the bits that the same work gives on the calling thread', async () => {
    const y = randomWalk(300, 6);
    const options = { horizon: 4, window: 'expanding', windowLength: 100, seed: 3 } as const;
    const jobs = ['naive', 'theta', 'random-forest', ownModel].map((model) => ({
      model,
      parameters: {},
      y,
      season: 5,
      block: { fitOrigin: 280, origins: [280, 281, 282] },
      options,
      keptFit: 'wanted' as const,
    }));
    const threads = createThreadCompute({ entry, module: real, threads: 2 });
    const inline = createInlineCompute();
    expect(outputs(await collect(threads, foldsWork, jobs))).toEqual(outputs(await collect(inline, foldsWork, jobs)));
  });

  it('reports a job that throws and goes on', async () => {
    const outcomes = await collect(moodyThreads(1), { name: 'refuse' }, ['one', 'two']);
    expect(outcomes.map((outcome) => (outcome.ok ? null : [outcome.kind, outcome.reason]))).toEqual([
      ['threw', 'refused one'],
      ['threw', 'refused two'],
    ]);
  });

  it('stops a job at its time limit, replaces the thread and goes on', async () => {
    const outcomes = await collect(moodyThreads(1), { name: 'stall' }, [60_000, 1, 2], 400);
    expect(outcomes[0]).toMatchObject({ ok: false, kind: 'timed-out', reason: 'it took longer than 400 ms' });
    expect(outcomes.slice(1)).toMatchObject([
      { ok: true, output: 1 },
      { ok: true, output: 2 },
    ]);
  });

  it('replaces a thread that dies under its job', async () => {
    const outcomes = await collect(moodyThreads(1), { name: 'leave' }, [0, 7, 0]);
    expect(outcomes).toMatchObject([
      { ok: true },
      { ok: false, kind: 'died', reason: 'its thread ended (code 7)' },
      { ok: true },
    ]);
  });

  it('loses only the job that wants more memory than a thread may have', async () => {
    const outcomes = await collect(moodyThreads(1), { name: 'hoard' }, [1, 2000, 1]);
    expect(outcomes).toMatchObject([{ ok: true }, { ok: false, kind: 'died' }, { ok: true }]);
  });

  it('stops everything when asked to', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 150);
    await expect(
      collect(moodyThreads(), { name: 'stall' }, [60_000, 60_000], 120_000, abort.signal),
    ).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });

  it('says so when no thread can start, instead of trying for ever', async () => {
    const broken = createThreadCompute({ entry, module: 'file:///nowhere/works.js', threads: 2 });
    await expect(collect(broken, { name: 'square' }, [1, 2, 3])).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  });

  it('does the next run in the threads of the one before, and ends them when none comes', async () => {
    const threads = moodyThreads(1);
    const run = async () => new Set(outputs(await collect(threads, { name: 'whichThread' }, [1, 2, 3, 4])));
    const first = await run();
    expect(await run()).toEqual(first);
    expect((await collect(threads, { name: 'refuse' }, ['one']))[0]).toMatchObject({ reason: 'refused one' });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const later = await run();
    for (const thread of later) expect(first).not.toContain(thread);
  });

  it('has nothing to do for no jobs', async () => {
    expect(await collect(moodyThreads(), { name: 'square' }, [])).toEqual([]);
  });
});

async function collect<Input, Output>(
  compute: Compute,
  work: Work<Input, Output>,
  inputs: readonly Input[],
  timeLimitMs = 30_000,
  signal = never,
): Promise<ComputeOutcome<Output>[]> {
  const jobs = inputs.map((input, index) => ({ id: String(index), input, timeLimitMs }));
  const outcomes: ComputeOutcome<Output>[] = [];
  for await (const outcome of compute.run(work, jobs, signal)) outcomes.push(outcome);
  return outcomes.sort((a, b) => Number(a.id) - Number(b.id));
}

function outputs<Output>(outcomes: readonly ComputeOutcome<Output>[]): (Output | string)[] {
  return outcomes.map((outcome) => (outcome.ok ? outcome.output : outcome.reason));
}
