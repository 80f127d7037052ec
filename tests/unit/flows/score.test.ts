import { describe, expect, it } from 'vitest';
import { forecast } from '../../../src/flows/forecast.ts';
import { promote } from '../../../src/flows/promote.ts';
import { score } from '../../../src/flows/score.ts';
import { train } from '../../../src/flows/train.ts';
import { forecastBench, forecastRequest, trainRequest } from '../../support/forecast-bench.ts';
import { createInMemoryForecastStore } from '../../support/in-memory-forecast-store.ts';

describe('score', () => {
  it('meets each forecast with its fact once, when the fact is there', async () => {
    const bench = forecastBench();
    await train(trainRequest, bench);
    await promote({ metal: 'gold', by: 'test' }, bench);
    await forecast(forecastRequest, bench);
    const [vintage] = bench.forecasts.state.vintages.values();
    const published = new Set(vintage?.points.slice(0, 2).map(({ targetDate }) => targetDate));
    const forecasts = createInMemoryForecastStore((_, date) => (published.has(date) ? 1000 : undefined));
    if (vintage !== undefined) await forecasts.saveVintage(vintage);
    expect(await score({}, { forecasts, step: bench.step })).toMatchObject({ read: 5, inserted: 2 });
    expect(await score({}, { forecasts, step: bench.step })).toMatchObject({ inserted: 0 });
  });
});
