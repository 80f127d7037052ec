import { createInlineCompute } from '../../src/adapters/compute/inline.ts';
import { works } from '../../src/adapters/compute/works.ts';
import type { BacktestSettings } from '../../src/backtest/settings.ts';
import type { MarketHistory } from '../../src/domain/market.ts';
import type { Compute } from '../../src/ports/compute.ts';
import type { Pictures } from '../../src/ports/pictures.ts';
import { frozenClock } from './frozen-clock.ts';
import { createInMemoryForecastStore } from './in-memory-forecast-store.ts';
import { createInMemorySeriesReader, goldSeries } from './in-memory-series-reader.ts';
import { createInMemoryTracking } from './in-memory-tracking.ts';
import { createMemoryLake } from './memory-lake.ts';
import { randomWalk } from './random-walk.ts';
import { recordedStep } from './step-context.ts';

/** A protocol small enough to run in tens of milliseconds. */
export const smallSettings: Partial<BacktestSettings> = {
  horizon: 5,
  calibrationOrigins: 45,
  selectionOrigins: 60,
  reportOrigins: 20,
  refitEvery: 50,
  minObservations: 60,
};

/** Every port of the forecast flows in memory, over a random walk unless another series is given. */
export function forecastBench(options: { values?: Float64Array; compute?: Compute } = {}) {
  const source = { series: goldSeries(options.values ?? randomWalk(260, 4)), market: noMarket };
  return {
    source,
    series: createInMemorySeriesReader(source),
    market: { readMarket: async () => source.market },
    forecasts: createInMemoryForecastStore(),
    tracking: createInMemoryTracking(),
    lake: createMemoryLake(),
    compute: options.compute ?? createInlineCompute({ nowMs: () => 0, codeVersion: 'test' }),
    pictures: namedPictures,
    clock: frozenClock(),
    step: recordedStep(),
    simulated: false,
  };
}

/** A metal of which nothing but its price is known. */
const noMarket: MarketHistory = {
  quotes: [],
  usd: [],
  londonMorning: [],
  londonEvening: [],
  exchangeCloses: [],
};

/** Pictures that only say that they are: drawing is the adapter's matter. */
const namedPictures: Pictures = { png: async (svg) => new TextEncoder().encode(`PNG of ${svg.length}`) };

/** Inline compute that counts the origins it is asked for, and may be told to spoil the work of some models. */
export function countingCompute(spoil: (model: string) => void = () => undefined) {
  const counts = { origins: 0, fits: 0 };
  const compute = createInlineCompute({
    nowMs: () => 0,
    codeVersion: 'test',
    works: {
      ...works,
      folds: (job: Parameters<typeof works.folds>[0]) => {
        spoil(job.model);
        counts.origins += job.block.origins.length;
        return works.folds(job);
      },
      fit: (job: Parameters<typeof works.fit>[0]) => {
        counts.fits += 1;
        return works.fit(job);
      },
    },
  });
  return { compute, counts };
}

export const models = ['naive', 'drift', 'moving-average'];
export const trainRequest = { metal: 'gold', models, settings: smallSettings, seed: 1 } as const;
export const forecastRequest = { metal: 'gold', horizon: 5, settings: smallSettings, seed: 1 } as const;
