import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createInlineCompute } from '../../../src/adapters/compute/inline.ts';
import { works } from '../../../src/adapters/compute/works.ts';
import { PlatformError } from '../../../src/domain/errors.ts';
import {
  type BenchmarkReport,
  type BenchmarkRequest,
  benchmark,
  benchmarkModels,
} from '../../../src/flows/benchmark.ts';
import type { Panel } from '../../../src/panel/panel.ts';
import type { PanelAnswer, PanelJob } from '../../../src/panel/panel-jobs.ts';
import { createPanelReader } from '../../../src/panel/panel-reader.ts';

const panel = readPanel(rowsOf('up', 1, [10, 11, 12, 13]) + rowsOf('flat', 5, [7, 7, 7]));
const future = readPanel(rowsOf('flat', 8, [7, 7]) + rowsOf('up', 5, [13, 15, 99]), 1);

test('forecasts every series in its own spacing and scores it against what came', async () => {
  const report = await run({ test: future, models: ['naive'] });
  expect(report.forecasts.map(({ id, ds, forecast }) => [id, ds, Array.from(forecast.mean)])).toEqual([
    ['up', ['5', '6'], [13, 13]],
    ['flat', ['8', '9'], [7, 7]],
  ]);
  const scores = report.models[0]?.scores;
  // up: |13-13|, |15-13|; flat is exact, and has no scale: MASE is that of `up` alone, whose naive errors are 1.
  expect(scores?.smape).toBeCloseTo(((200 * 2) / 28 / 2 + 0) / 2, 12);
  expect(scores?.mase).toBeCloseTo(1, 12);
  expect(scores?.owa).toBeCloseTo(1, 12);
  expect(report.observations).toBe(7);
});

test('without a test part there are forecasts and no scores', async () => {
  const report = await run({ models: ['naive', 'drift'] });
  expect(report.models.map(({ model, scores, forecast }) => [model, scores, forecast])).toEqual([
    ['naive', null, 2],
    ['drift', null, 2],
  ]);
});

test('a model that refuses a series is counted with its reason and stops nothing', async () => {
  const report = await run({ test: future, models: ['ets', 'naive'] });
  expect(report.models.map(({ forecast, failed }) => [forecast, failed])).toEqual([
    [0, 2],
    [2, 0],
  ]);
  expect(report.failures.map(({ id, model }) => `${model} ${id}`)).toEqual(['ets up', 'ets flat']);
  expect(report.failures[0]?.reason).toContain('too short');
});

test('what a lost chunk held is tried alone, so that one series cannot harm its neighbours', async () => {
  const poisoned = (job: PanelJob): PanelAnswer => {
    if (job.series.some((y) => y.length === 3)) throw new RangeError('out of memory');
    return works.panel(job);
  };
  const report = await run({ models: ['naive'] }, { ...works, panel: poisoned });
  expect(report.models[0]).toMatchObject({ forecast: 1, failed: 1 });
  expect(report.failures).toEqual([{ id: 'flat', model: 'naive', reason: 'out of memory' }]);
});

test('NaN and crossing quantiles are failures, not forecasts', async () => {
  for (const spoil of [(row: Float64Array) => row.fill(Number.NaN), (row: Float64Array) => row.fill(1e9)]) {
    const spoiled = (job: PanelJob): PanelAnswer => {
      const answer = works.panel(job);
      for (const outcome of answer.outcomes) if (outcome.ok) spoil(outcome.forecast.quantiles[2] ?? new Float64Array());
      return answer;
    };
    const report = await run({ models: ['naive'] }, { ...works, panel: spoiled });
    expect(report.models[0]).toMatchObject({ forecast: 0, failed: 2 });
    expect(report.failures[0]?.reason).toMatch(/quantile/);
  }
});

test.each<[string, string]>([
  [rowsOf('up', 5, [1, 1]), 'it has no rows of it'],
  [rowsOf('up', 5, [1]) + rowsOf('flat', 8, [1, 1]), 'it has 1 rows and the horizon is 2'],
  [rowsOf('up', 4, [1, 1]) + rowsOf('flat', 8, [1, 1]), 'it starts before the panel ends'],
  ['up,2020-01-01,1\nup,2020-01-02,1\nflat,8,1\nflat,9,1\n', 'its ds are of another kind'],
])('a test part that does not continue the panel is refused: %#', async (rows, reason) => {
  await expect(run({ test: readPanel(rows, 1), models: ['naive'] })).rejects.toThrow(reason);
});

test('models are named, all, or one chosen by itself; an unknown one names the nearest', () => {
  expect(benchmarkModels('auto')).toEqual(['auto']);
  expect(benchmarkModels('naive, theta,naive')).toEqual(['naive', 'theta']);
  expect(benchmarkModels('all')).toContain('auto');
  expect(() => benchmarkModels('naive,thetta')).toThrow(PlatformError);
  expect(benchmarkModels('theta:scale=level,theta')).toEqual(['theta:scale=level', 'theta']);
});

test.each(['theta:scale=wide', 'theta:scale', 'theta:width=3', 'linear:lags=many', 'holt-winters:damped=maybe'])(
  'a parameter that a model does not take is refused: %s',
  (model) => {
    expect(() => benchmarkModels(model)).toThrow(PlatformError);
  },
);

test('a model runs with the parameters after its name, beside itself with its defaults', async () => {
  const report = await run({ models: ['moving-average:window=2:scale=level', 'moving-average:window=1', 'naive'] });
  const first = report.forecasts
    .filter(({ id }) => id === 'up')
    .map(({ model, forecast }) => [model, forecast.mean[0]]);
  expect(first).toEqual([
    ['moving-average:window=2:scale=level', 12.5],
    ['moving-average:window=1', expect.closeTo(13, 9)],
    ['naive', 13],
  ]);
});

const m4 = join(import.meta.dirname, '../../../../shared/data/m4');
describe.skipIf(!existsSync(m4))(`M4 panels (absent when skipped: ${m4})`, () => {
  test.each([
    ['weekly', 13, 1, 9.537, 2.915],
    ['hourly', 48, 24, 18.224, 2.432],
  ])('Naive2 on %s scores what the competition says', async (name, horizon, season, smape, mase) => {
    const file = (part: string) =>
      readFileSync(join(m4, `${name}_${part}.csv`), 'utf8')
        .split('\n')
        .slice(1)
        .join('\n');
    const report = await run({
      panel: readPanel(file('train')),
      test: readPanel(file('test')),
      models: ['naive'],
      horizon,
      season,
    });
    expect(report.models[0]?.scores?.naive2.smape).toBeCloseTo(smape, 3);
    expect(report.models[0]?.scores?.naive2.mase).toBeCloseTo(mase, 3);
  });
});

function run(
  request: Partial<BenchmarkRequest>,
  table?: Record<string, (input: never) => unknown>,
): Promise<BenchmarkReport> {
  const compute = createInlineCompute({ codeVersion: 'test', ...(table === undefined ? {} : { works: table }) });
  return benchmark(
    { panel, test: null, models: ['naive'], horizon: 2, season: 1, seed: 1, seriesLimitMs: 10_000, ...request },
    { compute, signal: new AbortController().signal, onProgress: () => undefined, elapsedSeconds: () => 0 },
  );
}

function rowsOf(id: string, first: number, y: readonly number[]): string {
  return y.map((value, t) => `${id},${first + t},${value}\n`).join('');
}

function readPanel(rows: string, fewest?: number): Panel {
  const reader = createPanelReader('panel.csv', fewest);
  reader.push(`unique_id,ds,y\n${rows}`);
  return reader.end();
}
