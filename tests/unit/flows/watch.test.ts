import { describe, expect, it } from 'vitest';
import type { IsoDate } from '../../../src/domain/iso-date.ts';
import { forecast } from '../../../src/flows/forecast.ts';
import { promote } from '../../../src/flows/promote.ts';
import { score } from '../../../src/flows/score.ts';
import { train } from '../../../src/flows/train.ts';
import { watch } from '../../../src/flows/watch.ts';
import { forecastBench, forecastRequest, trainRequest } from '../../support/forecast-bench.ts';
import { createInMemoryForecastStore } from '../../support/in-memory-forecast-store.ts';

describe('watch', () => {
  it('has nothing to watch while nobody serves', async () => {
    expect(await watch({ metal: 'gold' }, forecastBench())).toMatchObject({ version: null, days: 0, alarm: null });
  });

  it('finds a champion whose intervals fail, once, until a tournament has answered', async () => {
    const { bench, forecasts } = await servedBench(() => 3000);
    const ports = { ...bench, forecasts };
    const report = await watch({ metal: 'gold' }, ports);
    expect(report).toMatchObject({ version: 1, coverage80: 0, alarm: { code: 'misses-intervals' } });
    expect(bench.step.notes.at(-1)).toMatch(/The champion of gold degrades: its 80% intervals miss/);
    // A tournament over data up to the newest fact has seen what the alarm speaks of.
    const tournament = [...bench.tracking.state.runs.values()][0]!;
    const tags = { ...tournament.record.tags, 'assay.cutoff': '2999-01-01' };
    Object.assign(tournament, { record: { ...tournament.record, tags } });
    expect(await watch({ metal: 'gold' }, ports)).toMatchObject({ alarm: null });
  });

  it('is calm while facts come as foretold', async () => {
    const { bench, forecasts } = await servedBench((median) => median);
    expect(await watch({ metal: 'gold' }, { ...bench, forecasts })).toMatchObject({
      version: 1,
      days: 64,
      relativeLoss: 0,
      coverage80: 1,
      alarm: null,
    });
    expect(bench.step.notes.at(-1)).toMatch(/0\.0% over 64 days with facts; no alarm/);
  });
});

/** Naive in service, with sixty published vintages whose facts are what `fact` makes of their medians. */
async function servedBench(fact: (median: number) => number) {
  const bench = forecastBench();
  await train(trainRequest, bench);
  await promote({ metal: 'gold', by: 'test' }, bench);
  await forecast(forecastRequest, bench);
  const [vintage] = bench.forecasts.state.vintages.values();
  const day = (at: number) => new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10) as IsoDate;
  const median = vintage!.points[0]!.medianRubPerGram;
  const forecasts = createInMemoryForecastStore((_, date) => (date.startsWith('2026') ? fact(median) : median));
  for (let at = 0; at < 60; at += 1) {
    const points = vintage!.points.map((point) => ({ ...point, targetDate: day(at + point.horizon - 1) }));
    await forecasts.saveVintage({ ...vintage!, vintageId: `vintage ${at}`, points });
  }
  await score({}, { forecasts, step: bench.step });
  return { bench, forecasts };
}
