import { describe, expect, it } from 'vitest';
import { works } from '../../../src/adapters/compute/works.ts';
import { driverClock, driverColumns } from '../../../src/backtest/driver-columns.ts';
import { originInstant } from '../../../src/backtest/market-origins.ts';
import type { FitJob } from '../../../src/backtest/tournament-jobs.ts';
import { isoDate } from '../../../src/domain/iso-date.ts';
import { createMarket, type KnownValue, type MarketHistory } from '../../../src/domain/market.ts';
import { forecast } from '../../../src/flows/forecast.ts';
import { promote } from '../../../src/flows/promote.ts';
import { driverEntries } from '../../../src/flows/tournament-drivers.ts';
import { regressorsOf } from '../../../src/flows/tournament-folds.ts';
import { train } from '../../../src/flows/train.ts';
import type { Compute } from '../../../src/ports/compute.ts';
import { forecastBench, forecastRequest, trainRequest } from '../../support/forecast-bench.ts';
import { madeMarket } from '../../support/made-market.ts';

const history = madeMarket({ from: isoDate('2022-08-01'), to: isoDate('2024-06-01') });
const series = seriesOf(history);
const cut = 300;
const cutoff = series.dates[cut]!;
const entries = driverEntries().map(({ entry }) => entry);

describe('drivers in a tournament', () => {
  it('are as known at each origin: what came later, prices or drivers, moves no forecast by a bit', async () => {
    const [before, after] = [history, changedAfter(history, originInstant(cutoff, driverClock))].map((own) => {
      const { dates, values } = seriesOf(own);
      return { y: values, columns: driverColumns(dates, values, createMarket(own)) };
    });
    for (const entry of driverEntries()) {
      const [one, other] = await Promise.all(
        [before!, after!].map(({ y, columns }) => {
          // All of it is handed over, what comes after the origins too.
          const regressors = regressorsOf(entry, columns, y.length - 1);
          const options = { horizon: 4, window: 'expanding', windowLength: 100, seed: 3 } as const;
          const block = { fitOrigin: cut - 5, origins: [cut - 5, cut - 1, cut] };
          return works.folds({ ...entry, y, ...regressors, season: 5, block, options, keptFit: 'wanted' });
        }),
      );
      expect(one!.failures).toEqual([]);
      expect(bits(other!.mean)).toBe(bits(one!.mean));
      expect(bits(other!.quantiles)).toBe(bits(one!.quantiles));
      expect(other!.fit).toBe(one!.fit);
    }
    for (const kind of ['legs', 'moves'] as const) {
      const upTo = ({ columns }: NonNullable<typeof before>, last: number) =>
        columns[kind].columns.map((column) => bits(column.slice(0, last + 1)));
      expect(upTo(after!, cut)).toEqual(upTo(before!, cut));
      expect(upTo(after!, cut + 3)).not.toEqual(upTo(before!, cut + 3));
    }
  }, 60_000);

  it('make the formula compete, and the champion that reads them forecasts from the very same', async () => {
    const jobs: FitJob[] = [];
    const bench = drivenBench(jobs);
    const report = await train({ ...trainRequest, models: ['parity-drivers'] }, bench);
    expect(report).toMatchObject({ models: 2, failedModels: 0 });
    const trained = jobs.find(({ model }) => model === 'parity');
    const reason = 'to see it forecast';
    await promote({ metal: 'gold', model: 'parity-drivers', force: true, reason, by: 'test' }, bench);
    jobs.length = 0;
    const made = await forecast(forecastRequest, bench);
    expect(made).toMatchObject({ result: 'created', model: 'parity' });
    expect(jobs[0]?.regressors).toEqual(trained?.regressors);
    expect(jobs[0]?.regressors?.columns[0]).toHaveLength(series.values.length);
    const known = await forecast(forecastRequest, bench);
    expect(known).toMatchObject({ result: 'exists', vintageId: made.vintageId });
    bench.source.market = { ...history, londonMorning: [], londonEvening: [] };
    await expect(forecast(forecastRequest, bench)).rejects.toMatchObject({ code: 'CHECK_FAILED' });
    const without = await train({ ...trainRequest, models: ['drift'] }, bench);
    expect(without).toMatchObject({ models: 3, failedModels: 1 });
  }, 60_000);

  it('are left out with the reason where none are collected, and change nothing else', async () => {
    const bench = forecastBench();
    const plain = await train(trainRequest, bench);
    const again = await train({ ...trainRequest, models: [...trainRequest.models, ...entries] }, bench);
    expect(again).toMatchObject({ result: 'reused', tournamentId: plain.tournamentId });
    expect(bench.step.notes).toContain('Models that read drivers are left out: no London prices of gold are collected');
  });
});

function drivenBench(jobs: FitJob[]) {
  const bench = forecastBench();
  const compute: Compute = {
    ...bench.compute,
    run(work, given, signal) {
      if (work.name === 'fit') jobs.push(...given.map(({ input }) => input as FitJob));
      return bench.compute.run(work, given, signal);
    },
  };
  bench.source.series = series;
  bench.source.market = history;
  return { ...bench, compute };
}

function seriesOf({ quotes }: MarketHistory) {
  const sorted = quotes.toSorted((a, b) => (a.date < b.date ? -1 : 1));
  return {
    metal: 'gold' as const,
    dates: sorted.map(({ date }) => date),
    values: Float64Array.from(sorted, ({ value }) => value),
  };
}

/** Another history from an instant on: every value that became known later is different. */
function changedAfter(given: MarketHistory, at: string): MarketHistory {
  const change = (values: readonly KnownValue[]) =>
    values.map((one, place) => (one.knownAt > at ? { ...one, value: one.value * (1.1 + 0.01 * (place % 7)) } : one));
  return {
    quotes: change(given.quotes),
    usd: change(given.usd),
    londonMorning: change(given.londonMorning),
    londonEvening: change(given.londonEvening),
    exchangeCloses: change(given.exchangeCloses),
  };
}

function bits(values: Float64Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');
}
