import { describe, expect, it } from 'vitest';
import { nextQuoteDates } from '../../../src/domain/calendar/calendar.ts';
import { quantileLevels } from '../../../src/domain/forecaster.ts';
import { forecast } from '../../../src/flows/forecast.ts';
import { promote } from '../../../src/flows/promote.ts';
import { train } from '../../../src/flows/train.ts';
import { forecastBench, forecastRequest, models, trainRequest } from '../../support/forecast-bench.ts';
import { goldSeries } from '../../support/in-memory-series-reader.ts';
import { randomWalk } from '../../support/random-walk.ts';

async function withChampion(model = 'naive') {
  const bench = forecastBench();
  await train(trainRequest, bench);
  await promote({ metal: 'gold', model, force: true, by: 'test' }, bench);
  return bench;
}

describe('forecast', () => {
  it('publishes the next quote dates with nested intervals around the last price', async () => {
    const bench = await withChampion();
    const report = await forecast(forecastRequest, bench);
    const cutoff = bench.source.series.dates.at(-1);
    const last = bench.source.series.values.at(-1) ?? 0;
    expect(report).toMatchObject({ result: 'created', cutoff, model: 'naive', version: 1, damagedVersions: [] });
    const [vintage] = bench.forecasts.state.vintages.values();
    expect(vintage?.points.map(({ targetDate }) => targetDate)).toEqual(
      nextQuoteDates(report.cutoff, 5).map(({ date }) => date),
    );
    for (const point of vintage?.points ?? []) {
      expect(point.meanRubPerGram).toBe(last);
      const spread = quantileLevels.map((level) => point.quantilesRubPerGram[String(level)] ?? Number.NaN);
      expect(spread).toEqual([...spread].sort((a, b) => a - b));
      expect(spread[0]).toBeGreaterThan(0);
      expect(spread[4]).toBe(point.medianRubPerGram);
    }
    const width = (index: number) => {
      const quantiles = vintage?.points[index]?.quantilesRubPerGram ?? {};
      return (quantiles['0.975'] ?? 0) - (quantiles['0.025'] ?? 0);
    };
    expect(width(4)).toBeGreaterThan(width(0));
  });

  it('creates nothing from the same inputs', async () => {
    const bench = await withChampion();
    const first = await forecast(forecastRequest, bench);
    bench.clock.advance(3_600_000);
    expect(await forecast(forecastRequest, bench)).toEqual({ ...first, result: 'exists' });
    expect(bench.forecasts.state.vintages.size).toBe(1);
  });

  it('refits on all data: a new quote moves the forecast of the same version', async () => {
    const bench = await withChampion('drift');
    await forecast(forecastRequest, bench);
    const values = randomWalk(261, 4);
    values[260] = 2000;
    bench.source.series = goldSeries(values);
    const report = await forecast(forecastRequest, bench);
    expect(report).toMatchObject({ result: 'created', version: 1 });
    expect(report.next.meanRubPerGram).toBeGreaterThan(1990);
    expect(bench.forecasts.state.vintages.size).toBe(2);
  });

  it('gives the same vintage from a cold cache as from a warm one', async () => {
    const warm = await withChampion('drift');
    const cold = await withChampion('drift');
    cold.lake.objects.clear();
    await forecast(forecastRequest, warm);
    await forecast(forecastRequest, cold);
    expect([...cold.forecasts.state.vintages.values()]).toEqual([...warm.forecasts.state.vintages.values()]);
  });

  it('tells loudly of a damaged champion and falls back to the version before it', async () => {
    const bench = await withChampion('naive');
    await promote({ metal: 'gold', model: 'drift', force: true, by: 'test' }, bench);
    const [champion] = await bench.tracking.versions('assay-gold');
    await bench.tracking.putArtefact(
      champion?.runId ?? '',
      'model/model.json',
      new TextEncoder().encode('{"format":1}'),
    );
    const report = await forecast(forecastRequest, bench);
    expect(report).toMatchObject({ version: 1, model: 'naive', damagedVersions: [2] });
    expect(bench.step.notes.some((note) => note.startsWith('DAMAGED MODEL: The stored model of assay-gold v2'))).toBe(
      true,
    );
  });

  it('falls back as well when the stored model is gone', async () => {
    const bench = await withChampion('naive');
    await promote({ metal: 'gold', model: 'drift', force: true, by: 'test' }, bench);
    const [champion] = await bench.tracking.versions('assay-gold');
    const run = bench.tracking.state.runs.get(champion?.runId ?? '');
    if (run !== undefined) bench.tracking.state.runs.set(run.record.runId, { ...run, artefacts: new Map() });
    expect(await forecast(forecastRequest, bench)).toMatchObject({ version: 1, damagedVersions: [2] });
  });

  it('refuses to forecast when no stored model is sound', async () => {
    const bench = await withChampion();
    const [champion] = await bench.tracking.versions('assay-gold');
    await bench.tracking.putArtefact(champion?.runId ?? '', 'model/model.json', new Uint8Array());
    await expect(forecast(forecastRequest, bench)).rejects.toMatchObject({ code: 'ARTEFACT_CORRUPT' });
    expect(bench.forecasts.state.vintages.size).toBe(0);
  });

  it('needs a champion', async () => {
    await expect(forecast(forecastRequest, forecastBench())).rejects.toMatchObject({ code: 'NOT_READY' });
  });

  it('serves every model of the small catalogue', async () => {
    for (const model of models) {
      const bench = await withChampion(model);
      expect((await forecast(forecastRequest, bench)).model).toBe(model);
    }
  });
});
