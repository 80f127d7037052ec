import { describe, expect, it } from 'vitest';
import { promote } from '../../../src/flows/promote.ts';
import { train } from '../../../src/flows/train.ts';
import type { Stage } from '../../../src/ports/tracking.ts';
import { forecastBench, trainRequest } from '../../support/forecast-bench.ts';
import { goldSeries } from '../../support/in-memory-series-reader.ts';
import { randomWalk } from '../../support/random-walk.ts';

type Bench = ReturnType<typeof forecastBench>;
const stages = ({ tracking }: Bench): Stage[] =>
  (tracking.state.versions.get('assay-gold') ?? []).map(({ stage }) => stage);
const alias = ({ tracking }: Bench) => tracking.state.aliases.get('assay-gold@champion');

async function withNaive(values?: Float64Array): Promise<Bench> {
  const bench = forecastBench(values === undefined ? {} : { values });
  await train(trainRequest, bench);
  await promote({ metal: 'gold', by: 'test' }, bench);
  return bench;
}

describe('promote', () => {
  it('registers the first champion, verifies it and puts it in Production with its story', async () => {
    const bench = forecastBench();
    const { tournamentId } = await train(trainRequest, bench);
    const report = await promote({ metal: 'gold', by: 'schedule' }, bench);
    expect(report).toMatchObject({ result: 'promoted', champion: 'naive', version: 1, former: null });
    const [version] = await bench.tracking.versions('assay-gold');
    expect(version?.stage).toBe('Production');
    expect(version?.tags).toMatchObject({
      'assay.tournament': tournamentId,
      'assay.verification': 'passed',
      'assay.promoted_by': 'schedule',
      'assay.promoted_from': 'none',
      'assay.promoted_at': bench.clock.now(),
    });
    expect(version?.tags['assay.promoted_why']).toMatch(/^Naive is the first champion/);
    expect(alias(bench)).toBe(1);
  });

  it('carries a decision out once', async () => {
    const bench = await withNaive();
    expect(await promote({ metal: 'gold', by: 'test' }, bench)).toMatchObject({ result: 'unchanged', version: 1 });
    expect(stages(bench)).toEqual(['Production']);
  });

  it('keeps the champion, as a normal outcome, when nothing beats it', async () => {
    const bench = await withNaive();
    bench.source.series = goldSeries(randomWalk(270, 4));
    await train(trainRequest, bench);
    bench.clock.advance(1000);
    expect(await promote({ metal: 'gold', by: 'test' }, bench)).toMatchObject({
      result: expect.stringMatching(/kept|unchanged/),
      version: 1,
    });
    expect(stages(bench)).toEqual(['Production']);
  });

  it('archives the old champion for a better one', async () => {
    const bench = await withNaive();
    const version = await beatNaive(bench);
    expect(version).toMatchObject({ result: 'promoted', champion: 'drift', version: 2, former: 1 });
    expect(stages(bench)).toEqual(['Archived', 'Production']);
    expect(alias(bench)).toBe(2);
  });

  it('refuses a named model that did not pass, unless forced on the record', async () => {
    const bench = await withNaive();
    const request = { metal: 'gold', model: 'moving-average', by: 'test', reason: 'I like it' } as const;
    await expect(promote(request, bench)).rejects.toMatchObject({
      code: 'GATE_REFUSED',
      message: expect.stringContaining('did not pass'),
    });
    expect(await promote({ ...request, force: true }, bench)).toMatchObject({ result: 'promoted', version: 2 });
    const [version] = await bench.tracking.versions('assay-gold');
    expect(version?.tags).toMatchObject({
      'assay.forced': 'true',
      'assay.gate': 'failed',
      'assay.promoted_why': 'I like it',
    });
    expect(stages(bench)).toEqual(['Archived', 'Production']);
  });

  it('brings a former version back by its number', async () => {
    const bench = await withNaive();
    await beatNaive(bench);
    expect(await promote({ metal: 'gold', version: 1, by: 'test' }, bench)).toMatchObject({ version: 1, former: 2 });
    expect(stages(bench)).toEqual(['Production', 'Archived']);
    await expect(promote({ metal: 'gold', version: 9, by: 'test' }, bench)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('never promotes a model whose stored bytes or forecast are not what was judged', async () => {
    for (const path of ['model/model.json', 'model/forecast.json']) {
      const bench = forecastBench();
      await train(trainRequest, bench);
      const run = [...bench.tracking.state.runs.values()].find(({ record }) => record.tags['assay.entry'] === 'naive');
      const text = new TextDecoder().decode(await bench.tracking.getArtefact(run?.record.runId ?? '', path));
      const spoilt = text.replace(
        // Not the very last digits: they may be beyond what a number holds.
        /(\d)(\d{4}\D*)$/,
        (_, digit: string, rest: string) => `${(Number(digit) + 1) % 10}${rest}`,
      );
      await bench.tracking.putArtefact(run?.record.runId ?? '', path, new TextEncoder().encode(spoilt));
      await expect(promote({ metal: 'gold', by: 'test' }, bench)).rejects.toMatchObject({ code: 'ARTEFACT_CORRUPT' });
      expect(stages(bench)).toEqual(['Archived']);
      expect((await bench.tracking.versions('assay-gold'))[0]?.tags['assay.verification']).toMatch(/^failed: /);
    }
  });

  it('keeps a sound champion, loudly, when the winner was damaged before it could serve', async () => {
    const bench = await withNaive();
    await beatNaive(bench, false);
    const run = [...bench.tracking.state.runs.values()].findLast(
      ({ record }) => record.tags['assay.entry'] === 'drift',
    );
    await bench.tracking.putArtefact(run?.record.runId ?? '', 'model/model.json', new TextEncoder().encode('{}'));
    expect(await promote({ metal: 'gold', by: 'test' }, bench)).toMatchObject({ result: 'kept', version: 1 });
    expect(bench.step.notes.some((note) => note.startsWith('DAMAGED MODEL'))).toBe(true);
    expect(stages(bench)).toEqual(['Production', 'Archived']);
    await expect(promote({ metal: 'gold', model: 'drift', by: 'test' }, bench)).rejects.toMatchObject({
      code: 'ARTEFACT_CORRUPT',
    });
  });

  it('does not apply a comparison with a champion that serves no more', async () => {
    const bench = await withNaive();
    await beatNaive(bench, false);
    await promote({ metal: 'gold', model: 'moving-average', force: true, by: 'test' }, bench);
    const report = await promote({ metal: 'gold', by: 'test' }, bench);
    expect(report).toMatchObject({ result: 'kept', version: 2 });
    expect(report.reason).toMatch(/judged against version 1, but version 2 serves now: train again/);
  });

  it('has nothing to promote without a tournament', async () => {
    await expect(promote({ metal: 'gold', by: 'test' }, forecastBench())).rejects.toMatchObject({ code: 'NOT_READY' });
  });
});

/** A strong drift arrives, and drift wins. */
async function beatNaive(bench: Bench, carryOut = true) {
  bench.source.series = goldSeries(randomWalk(900, 4, 0.01));
  bench.clock.advance(60_000);
  await train({ ...trainRequest, settings: { ...trainRequest.settings, selectionOrigins: 250 } }, bench);
  return carryOut ? promote({ metal: 'gold', by: 'test' }, bench) : null;
}
