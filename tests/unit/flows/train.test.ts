import { describe, expect, it } from 'vitest';
import { train } from '../../../src/flows/train.ts';
import { countingCompute, forecastBench, models, trainRequest } from '../../support/forecast-bench.ts';
import { goldSeries } from '../../support/in-memory-series-reader.ts';
import { randomWalk } from '../../support/random-walk.ts';

describe('train', () => {
  it('records a run for the tournament and one for each model, with scores by horizon and a model that can be loaded', async () => {
    const bench = forecastBench();
    const report = await train(trainRequest, bench);
    expect(report).toMatchObject({
      result: 'created',
      models: 3,
      failedModels: 0,
      outcome: 'first',
      champion: 'naive',
      quotes: 260,
    });
    const runs = [...bench.tracking.state.runs.values()];
    expect(runs.map(({ record }) => record.tags['assay.entry'])).toEqual(['tournament', ...models]);
    expect(runs.map(({ record }) => record.status)).toEqual(['FINISHED', 'FINISHED', 'FINISHED', 'FINISHED']);
    const drift = runs[2];
    expect(drift?.start.parentRunId).toBe(runs[0]?.record.runId);
    expect([...(drift?.artefacts.keys() ?? [])]).toEqual([
      'model/model.json',
      'model/forecast.json',
      'model/input_example.json',
      'model/MLmodel',
      'folds.csv',
      'charts/backtest.svg',
    ]);
    const steps = [...(drift?.history.values() ?? [])]
      .filter(({ key }) => key === 'report_mae')
      .map(({ step }) => step);
    expect(steps).toEqual([1, 2, 3, 4, 5]);
    expect(new TextDecoder().decode(drift?.artefacts.get('model/MLmodel'))).toContain(
      `  assay:\n    data: model.json\n`,
    );
  });

  it('scores every model over the same origins, naive with a skill of exactly 0', async () => {
    const bench = forecastBench();
    await train(trainRequest, bench);
    const [{ tournament, scores } = { tournament: null, scores: [] }] = bench.forecasts.state.tournaments.values();
    expect(scores).toHaveLength(3 * 2 * 5);
    expect(new Set(scores.filter(({ block }) => block === 'report').map(({ origins }) => origins))).toEqual(
      new Set([20]),
    );
    expect(scores.filter(({ model }) => model === 'naive').map(({ skillVsNaive }) => skillVsNaive)).toEqual(
      new Array(10).fill(0),
    );
    expect(tournament).toMatchObject({ origins: 80, horizon: 5, decision: { outcome: 'first', champion: 'naive' } });
  });

  it('computes and writes nothing when neither data nor settings changed', async () => {
    const { compute, counts } = countingCompute();
    const bench = forecastBench({ compute });
    const first = await train(trainRequest, bench);
    const before = { ...counts, runs: bench.tracking.state.runs.size };
    const again = await train(trainRequest, bench);
    expect(again).toMatchObject({ result: 'reused', tournamentId: first.tournamentId, champion: 'naive' });
    expect({ ...counts, runs: bench.tracking.state.runs.size }).toEqual(before);
  });

  it('computes only the new origin of each model after one new quote', async () => {
    const { compute, counts } = countingCompute();
    const values = randomWalk(262, 4);
    const bench = forecastBench({ compute, values: values.slice(0, 261) });
    await train(trainRequest, bench);
    counts.origins = 0;
    bench.source.series = goldSeries(values);
    const report = await train(trainRequest, bench);
    expect(report).toMatchObject({ result: 'created', foldsComputed: 3 });
    expect(counts.origins).toBe(3);
    const fresh = forecastBench({ values });
    await train(trainRequest, fresh);
    const scoresOf = ({ forecasts }: typeof bench) => [...forecasts.state.tournaments.values()].at(-1)?.scores;
    expect(scoresOf(bench)).toEqual(scoresOf(fresh));
  });

  it('computes again exactly what saw a revised price, and what was damaged', async () => {
    const { compute, counts } = countingCompute();
    const bench = forecastBench({ compute });
    await train(trainRequest, bench);
    counts.origins = 0;
    const revised = bench.source.series.values.slice();
    const revise = (index: number) => {
      counts.origins = 0;
      revised[index] = (revised[index] ?? 0) * 1.01;
      bench.source.series = goldSeries(revised.slice());
      return train({ ...trainRequest, models: ['drift'] }, bench);
    };
    // Origins reach 258 and the last fit was at 250: of naive and drift, whatever saw the price.
    await revise(254);
    expect(counts.origins).toBe(2 * 5);
    await revise(250);
    expect(counts.origins).toBe(2 * 9);
    for (const [key, bytes] of bench.lake.objects) {
      if (key.startsWith('cache/folds/drift/')) bytes[bytes.length - 5]! ^= 1;
    }
    counts.origins = 0;
    await train({ ...trainRequest, models: ['drift'], rules: { level: 0.01 } }, bench);
    expect(counts.origins).toBe(133);
  });

  it('counts a model that fails with its reason, and finishes without it', async () => {
    const { compute } = countingCompute((model) => {
      if (model === 'drift') throw new Error('out of luck');
    });
    const bench = forecastBench({ compute });
    const report = await train(trainRequest, bench);
    expect(report).toMatchObject({ models: 3, failedModels: 1, champion: 'naive' });
    const [{ tournament } = { tournament: null }] = bench.forecasts.state.tournaments.values();
    expect(tournament?.models.find(({ model }) => model === 'drift')).toMatchObject({
      status: 'failed',
      rank: null,
      failedFolds: 133,
      failure: '133 of 133 folds failed, the first because out of luck',
    });
    const run = [...bench.tracking.state.runs.values()].find(({ record }) => record.tags['assay.entry'] === 'drift');
    expect(run?.record.status).toBe('FAILED');
  });

  it('does not let a drift that is there go unnoticed', async () => {
    const bench = forecastBench({ values: randomWalk(900, 4, 0.01) });
    const report = await train(
      { ...trainRequest, settings: { ...trainRequest.settings, selectionOrigins: 250 } },
      bench,
    );
    expect(report).toMatchObject({ outcome: 'first', champion: 'drift' });
  });

  it('says that there is nothing to learn from', async () => {
    const bench = forecastBench({ values: new Float64Array(0) });
    await expect(train(trainRequest, bench)).rejects.toMatchObject({ code: 'NOT_READY' });
    bench.source.series = goldSeries(new Float64Array(260).fill(5));
    await expect(train(trainRequest, bench)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });
});
