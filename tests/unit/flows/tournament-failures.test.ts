import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { createThreadCompute } from '../../../src/adapters/compute/threads.ts';
import { promote } from '../../../src/flows/promote.ts';
import { train } from '../../../src/flows/train.ts';
import type { Compute } from '../../../src/ports/compute.ts';
import { buildEntry } from '../../support/build.ts';
import { forecastBench, smallSettings } from '../../support/forecast-bench.ts';

let compute: Compute;
const names = ['naive', 'drift', 'ses', 'holt', 'theta', 'moving-average', 'damped', 'seasonal-naive'];
const request = { metal: 'gold', models: names, settings: { ...smallSettings, refitEvery: 500 }, seed: 1 } as const;

beforeAll(async () => {
  const [entry, module] = await Promise.all(
    ['src/adapters/compute/thread-entry.ts', 'tests/support/failing-models.ts'].map(
      async (file) => pathToFileURL(await buildEntry(file)).href,
    ),
  );
  if (entry === undefined || module === undefined) return expect.unreachable('both are built');
  const threads = createThreadCompute({ entry, module, threads: 2, heapMegabytes: 64 });
  // The product's limit is two minutes; who waits for that in a test?
  compute = {
    ...threads,
    run: (work, jobs, signal) =>
      threads.run(
        work,
        jobs.map((job) => ({ ...job, timeLimitMs: 8000 })),
        signal,
      ),
  };
});

describe('a model that fails never stops a tournament:', () => {
  it('it is counted and shown with its reason, and the others are compared and served', async () => {
    const bench = forecastBench({ compute });
    const report = await train(request, bench);
    expect(report).toMatchObject({ result: 'created', models: 8, failedModels: 6, champion: 'naive' });
    const [{ tournament } = { tournament: null }] = bench.forecasts.state.tournaments.values();
    const failures = Object.fromEntries((tournament?.models ?? []).map(({ model, failure }) => [model, failure]));
    expect(failures).toMatchObject({ naive: null, 'seasonal-naive': null });
    expect(failures['drift']).toMatch(/133 of 133 folds failed, the first because out of luck/);
    expect(failures['ses']).toMatch(/133 of 133 folds failed, the first because it took longer than 8000 ms/);
    expect(failures['holt']).toMatch(/133 of 133 folds failed, the first because its thread ended \(.*memory/);
    expect(failures['theta']).toMatch(/133 of 133 folds failed, the first because the mean at horizon 1 is NaN/);
    expect(failures['moving-average']).toMatch(/133 of 133 folds failed, the first because .* is below the one before/);
    expect(failures['damped']).toMatch(/could not be carried to the end of the series: no way on/);
    const failed = names.filter((name) => failures[name] !== null);
    for (const { model, passed, code, reason } of tournament?.decision.reasons ?? []) {
      if (!failed.includes(model)) continue;
      expect({ model, passed, code }).toEqual({ model, passed: false, code: 'failed' });
      expect(reason).toBe(`${model} failed: ${failures[model]}.`);
    }
    expect(tournament?.models.filter(({ status }) => status === 'failed').map(({ rank }) => rank)).toEqual(
      failed.map(() => null),
    );
    expect(await promote({ metal: 'gold', by: 'test' }, bench)).toMatchObject({ champion: 'naive' });
    const versions = await bench.tracking.versions('assay-gold');
    expect(versions.map(({ tags }) => tags['assay.model'])).toEqual(['naive']);
  }, 60_000);
});
