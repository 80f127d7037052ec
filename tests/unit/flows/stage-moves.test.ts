import { describe, expect, it } from 'vitest';
import { movesOf } from '../../../src/flows/model-registry.ts';
import { promote } from '../../../src/flows/promote.ts';
import { rollback } from '../../../src/flows/rollback.ts';
import { train } from '../../../src/flows/train.ts';
import { forecastBench, trainRequest } from '../../support/forecast-bench.ts';

describe('each move between stages', () => {
  it('keeps when, from, to, by which run and person, and why, on the version that moved', async () => {
    const bench = forecastBench();
    const as = (runId: string) => ({ ...bench, step: { ...bench.step, runId } });
    await train(trainRequest, bench);
    await promote({ metal: 'gold', by: 'schedule' }, as('run-1'));
    bench.clock.advance(1000);
    const chosen = { metal: 'gold', model: 'drift', force: true, by: 'Anna', reason: 'a hunch' } as const;
    await promote(chosen, as('run-2'));
    bench.clock.advance(1000);
    await rollback({ metal: 'gold', by: 'Boris', reason: 'the hunch was wrong' }, as('run-3'));

    const [drift, naive] = (await bench.tracking.versions('assay-gold')).map((version) =>
      movesOf(version).map(({ from, to, runId, by, reason }) => [from, to, runId, by, reason]),
    );
    const statement = expect.stringContaining('naive');
    expect(naive).toEqual([
      ['None', 'Staging', 'run-1', 'schedule', statement],
      ['Staging', 'Production', 'run-1', 'schedule', statement],
      ['Production', 'Archived', 'run-2', 'Anna', 'a hunch'],
      ['Archived', 'Production', 'run-3', 'Boris', 'the hunch was wrong'],
    ]);
    expect(drift).toEqual([
      ['None', 'Staging', 'run-2', 'Anna', 'a hunch'],
      ['Staging', 'Production', 'run-2', 'Anna', 'a hunch'],
      ['Production', 'Archived', 'run-3', 'Boris', 'the hunch was wrong'],
    ]);
  });

  it('says so of a model whose bytes are not the judged ones, and leaves the champion in service', async () => {
    const bench = forecastBench();
    await train(trainRequest, bench);
    await promote({ metal: 'gold', by: 'schedule' }, bench);
    const run = [...bench.tracking.state.runs.values()].find(({ record }) => record.tags['assay.entry'] === 'drift');
    await bench.tracking.putArtefact(run!.record.runId, 'model/model.json', new TextEncoder().encode('{}'));
    const chosen = { metal: 'gold', model: 'drift', force: true, by: 'Anna' } as const;
    await expect(promote(chosen, bench)).rejects.toMatchObject({ code: 'ARTEFACT_CORRUPT' });
    const [drift, naive] = await bench.tracking.versions('assay-gold');
    expect(naive?.stage).toBe('Production');
    expect(movesOf(drift!).at(-1)).toMatchObject({ to: 'Archived', reason: expect.stringContaining('SHA-256') });
  });
});

describe('a tournament copied from another server', () => {
  it('is carried out though its runs have other ids than it wrote down', async () => {
    const bench = forecastBench();
    const { trackingRunId } = await train(trainRequest, bench);
    const written = await bench.tracking.getArtefact(trackingRunId, 'decision.json');
    const elsewhere = new TextDecoder().decode(written).replace(/"run-(\d+)"/g, '"elsewhere-$1"');
    expect(elsewhere).toContain('"drift":"elsewhere-');
    await bench.tracking.putArtefact(trackingRunId, 'decision.json', new TextEncoder().encode(elsewhere));
    expect(await promote({ metal: 'gold', by: 'test' }, bench)).toMatchObject({
      result: 'promoted',
      champion: 'naive',
    });
  });
});
