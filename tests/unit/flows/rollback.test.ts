import { describe, expect, it } from 'vitest';
import { forecast } from '../../../src/flows/forecast.ts';
import { promote } from '../../../src/flows/promote.ts';
import { rollback } from '../../../src/flows/rollback.ts';
import { train } from '../../../src/flows/train.ts';
import { forecastBench, forecastRequest, models, trainRequest } from '../../support/forecast-bench.ts';

const request = { metal: 'gold', reason: 'it looks wrong', by: 'test' } as const;

/** Three champions one after another: naive, drift, moving-average as versions 1, 2, 3. */
async function withThreeChampions() {
  const bench = forecastBench();
  await train(trainRequest, bench);
  for (const model of models) await promote({ metal: 'gold', model, force: true, by: 'test' }, bench);
  let runs = 0;
  return {
    ...bench,
    /** A run of its own, as every command starts one. */
    rollBack: () => rollback(request, { ...bench, step: { ...bench.step, runId: `rollback-${runs++}` } }),
    stages: () => (bench.tracking.state.versions.get('assay-gold') ?? []).map(({ stage }) => stage),
    alias: () => bench.tracking.state.aliases.get('assay-gold@champion'),
  };
}

describe('rollback', () => {
  it('returns the former champion, and the next forecast uses it', async () => {
    const bench = await withThreeChampions();
    expect((await forecast(forecastRequest, bench)).version).toBe(3);
    expect(await bench.rollBack()).toEqual({ metal: 'gold', from: 3, to: 2, champion: 'drift' });
    expect(bench.stages()).toEqual(['Archived', 'Production', 'Archived']);
    expect(bench.alias()).toBe(2);
    expect(await forecast(forecastRequest, bench)).toMatchObject({ version: 2, model: 'drift', result: 'created' });
    const left = (await bench.tracking.versions('assay-gold'))[0]?.tags['assay.rolled_back'];
    expect(JSON.parse(left ?? '')).toMatchObject({
      to: 2,
      by: 'test',
      reason: 'it looks wrong',
      at: bench.clock.now(),
    });
  });

  it('goes two steps back when asked twice, and ends where nothing served before', async () => {
    const bench = await withThreeChampions();
    expect((await bench.rollBack()).to).toBe(2);
    expect((await bench.rollBack()).to).toBe(1);
    expect(bench.stages()).toEqual(['Production', 'Archived', 'Archived']);
    await expect(bench.rollBack()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(bench.stages()).toEqual(['Production', 'Archived', 'Archived']);
  });

  it('lets the returned champion publish again, though it had forecast from the same data before', async () => {
    const bench = await withThreeChampions();
    await bench.rollBack();
    await bench.rollBack();
    await forecast(forecastRequest, bench);
    bench.clock.advance(1000);
    await promote({ metal: 'gold', version: 2, force: true, by: 'test' }, bench);
    await forecast(forecastRequest, bench);
    bench.clock.advance(1000);
    await bench.rollBack();
    bench.clock.advance(1000);
    expect(await forecast(forecastRequest, bench)).toMatchObject({ version: 1, result: 'created' });
    expect((await bench.forecasts.latestVintage('gold'))?.modelVersion).toBe(1);
    expect(await forecast(forecastRequest, bench)).toMatchObject({ version: 1, result: 'exists' });
  });

  it('comes back to the version that served before a re-promotion', async () => {
    const bench = await withThreeChampions();
    await bench.rollBack();
    await promote({ metal: 'gold', version: 1, by: 'test' }, bench);
    expect((await bench.rollBack()).to).toBe(2);
    expect((await bench.rollBack()).to).toBe(1);
  });

  it('is one rollback however often its run is repeated', async () => {
    const bench = await withThreeChampions();
    await rollback(request, bench);
    expect(await rollback(request, bench)).toMatchObject({ from: 3, to: 2 });
    expect(bench.stages()).toEqual(['Archived', 'Production', 'Archived']);
  });

  it('is not undone by the tournament that had promoted the version it left', async () => {
    const bench = forecastBench();
    await train(trainRequest, bench);
    await promote({ metal: 'gold', model: 'drift', force: true, by: 'test' }, bench);
    await promote({ metal: 'gold', model: 'naive', force: true, by: 'test' }, bench);
    await rollback(request, bench);
    await train(trainRequest, bench);
    expect(await promote({ metal: 'gold', by: 'schedule' }, bench)).toMatchObject({
      result: 'unchanged',
      version: 1,
      champion: 'drift',
    });
  });

  it('passes over a former champion whose stored model is damaged', async () => {
    const bench = await withThreeChampions();
    const second = (await bench.tracking.versions('assay-gold')).find(({ version }) => version === 2);
    await bench.tracking.putArtefact(second?.runId ?? '', 'model/model.json', new TextEncoder().encode('{}'));
    expect((await bench.rollBack()).to).toBe(1);
    expect(bench.step.notes.some((note) => note.startsWith('Version 2 is passed over'))).toBe(true);
  });

  it('has nothing to return to before the first champion', async () => {
    await expect(rollback(request, forecastBench())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
