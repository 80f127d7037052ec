import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createExternalCompute } from '../../../../src/adapters/compute/external.ts';
import { createInlineCompute } from '../../../../src/adapters/compute/inline.ts';
import type { Folds } from '../../../../src/backtest/rolling-origin.ts';
import { packageRoot } from '../../../../src/config/package-root.ts';
import { PlatformError } from '../../../../src/domain/errors.ts';
import { foldsWork } from '../../../../src/flows/tournament-folds.ts';
import { fitWork } from '../../../../src/flows/tournament-result.ts';
import { train } from '../../../../src/flows/train.ts';
import type { ComputeOutcome } from '../../../../src/ports/compute.ts';
import { forecastBench, smallSettings } from '../../../support/forecast-bench.ts';
import { randomWalk } from '../../../support/random-walk.ts';

const never = new AbortController().signal;
const y = randomWalk(200, 6);
const origins = [180, 181, 182, 183];
const environment = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-own-model-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the examples', () => {
  test.each(['./examples/own-model.mjs', 'exec:python3 ./examples/own_model.py'])(
    '%s gives folds',
    async (reference) => {
      const outcome = await foldsOf(await jobOf(reference, packageRoot));
      expect(outcome.failures).toEqual([]);
      expect(outcome.mean.every((value) => Number.isFinite(value))).toBe(true);
    },
  );

  test('compete in a tournament, and are not promoted', async () => {
    const compute = createExternalCompute(createInlineCompute({ nowMs: () => 0, codeVersion: 'test' }), {
      folder: packageRoot,
      environment,
    });
    const models = ['drift', './examples/own-model.mjs', 'exec:python3 ./examples/own_model.py'];
    const bench = forecastBench({ compute });
    const request = { metal: 'gold', models, settings: smallSettings, seed: 1 } as const;
    const report = await train(request, bench);
    expect(report).toMatchObject({ models: 4, failedModels: 0 });
    const [{ tournament } = { tournament: null }] = bench.forecasts.state.tournaments.values();
    expect(tournament?.models.map(({ model, status }) => [model, status])).toEqual([
      ['naive', 'ok'],
      ['drift', 'ok'],
      ['own-model.mjs', 'ok'],
      ['own_model.py', 'ok'],
    ]);
    const reasons = tournament?.decision.reasons.filter(({ model }) => model.startsWith('own'));
    expect(reasons?.map(({ passed }) => passed)).toEqual([false, false]);
    expect(await train(request, bench)).toMatchObject({ result: 'reused' });
  });
});

describe('a program that misbehaves costs its folds and no more', () => {
  const cases: readonly [string, string, RegExp, number][] = [
    ['ends at once', 'process.exit(3);', /ended \(code 3\)|not started again/, 4],
    ['never greets', 'setInterval(() => {}, 1000);', /did not answer within|not started again/, 4],
    ['greets in another language', 'console.log("hello");', /no JSON|not started again/, 4],
    ['answers NaN', serving('mean[0] = null; say({ id, mean, quantiles });'), /mean at horizon 1 is NaN/, 4],
    [
      'lets quantiles cross',
      serving('quantiles[0][1] = 1e9; say({ id, mean, quantiles });'),
      /quantile at horizon 2 .* is below the one before it/,
      4,
    ],
    ['forgets a level', serving('quantiles.pop(); say({ id, mean, quantiles });'), /9 rows of quantiles/, 4],
    ['says what is amiss', serving('say({ id, error: "no luck today" });'), /no luck today/, 4],
    [
      'crashes once',
      serving('if (y.length === 182) { console.error("boom"); process.exit(1); } say({ id, mean, quantiles });'),
      /boom/,
      1,
    ],
    ['hangs once', serving('if (y.length === 183) return; say({ id, mean, quantiles });'), /did not answer within/, 1],
    ['answers another request', serving('say({ id: id + 7, mean, quantiles });'), /answered request|not started/, 4],
  ];

  test.each(cases)('%s', async (name, source, reason, failures) => {
    const file = `${name.replaceAll(' ', '-')}.mjs`;
    await writeFile(join(folder, file), source);
    const folds = await foldsOf(await jobOf(`exec:${process.execPath} ${file}`, folder), {
      greetingMs: 2000,
      answerMs: 500,
      megabytes: 64_000_000,
    });
    expect(folds.failures).toHaveLength(failures);
    for (const failure of folds.failures) expect(failure.reason).toMatch(reason);
    expect(Array.from(folds.mean.slice(0, 5)).every(Number.isNaN)).toBe(failures === 4);
  });

  test.each([
    ['in an answer', serving('for (;;);')],
    ['before it has greeted', 'for (;;);'],
  ])(
    'is ended when the run is stopped %s',
    async (where, source) => {
      const file = `stuck-${where.replaceAll(' ', '-')}.mjs`;
      await writeFile(join(folder, file), source);
      const job = await jobOf(`exec:${process.execPath} ${file}`, folder);
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 400);
      const run = collect(foldsWork, job, { megabytes: 64_000_000 }, stop.signal);
      await expect(run).rejects.toMatchObject({ code: 'INTERRUPTED' });
    },
    10_000,
  );

  test('may not have more memory than its limit', async () => {
    const source = 'import sys\nsys.stdin.readline()\nkept = bytearray(3_000_000_000)\nprint("{}", flush=True)\n';
    await writeFile(join(folder, 'greedy.py'), source);
    const folds = await foldsOf(await jobOf('exec:python3 greedy.py', folder), { megabytes: 500 });
    expect(folds.failures[0]?.reason).toMatch(/MemoryError/);
  });
});

describe('a module that misbehaves', () => {
  const cases: readonly [string, string, RegExp][] = [
    ['does not parse', 'export const model = {', /does not load/],
    ['exports nothing', 'export const other = 1;', /no `model` with the functions fit and forecast/],
    ['answers crossing quantiles', moduleOf('levels.map((l) => [1 - l])'), /not a finite distribution/],
    ['answers NaN', moduleOf('levels.map(() => [NaN])'), /not a finite distribution/],
    ['answers too few levels', moduleOf('[[1]]'), /9 rows of quantiles/],
  ];

  test.each(cases)('%s', async (name, source, reason) => {
    await writeFile(join(folder, `${name.replaceAll(' ', '-')}.mjs`), source);
    const { model, parameters } = await external().resolveExternal!(`./${name.replaceAll(' ', '-')}.mjs`);
    const options = { horizon: 1, window: 'expanding', windowLength: 100, seed: 1 } as const;
    const job = { model, parameters, y, season: 5, fitOrigin: y.length - 1, keptFit: null, options };
    const [outcome] = await collect(fitWork, job);
    expect(outcome).toMatchObject({ ok: false, kind: 'threw' });
    expect(outcome?.ok === false && outcome.reason).toMatch(reason);
  });

  test('another content is another model; no file is a refusal', async () => {
    await writeFile(join(folder, 'changing.mjs'), moduleOf('levels.map(() => [1])'));
    const first = await external().resolveExternal!('changing.mjs');
    await writeFile(join(folder, 'changing.mjs'), moduleOf('levels.map(() => [2])'));
    const second = await external().resolveExternal!('changing.mjs');
    expect(second.model).toBe(first.model);
    expect(second.parameters).not.toEqual(first.parameters);
    for (const absent of ['absent.mjs', 'exec:./absent.py', 'exec:python3', 'exec:']) {
      await expect(external().resolveExternal!(absent)).rejects.toBeInstanceOf(PlatformError);
    }
  });
});

function external(limits = {}, at = folder) {
  return createExternalCompute(createInlineCompute({ codeVersion: 'test' }), { folder: at, environment, limits });
}

async function jobOf(reference: string, at: string) {
  const { model, parameters } = await external({}, at).resolveExternal!(reference);
  const options = { horizon: 5, window: 'expanding', windowLength: 100, seed: 3 } as const;
  return { model, parameters, y, season: 5, block: { fitOrigin: 180, origins }, options, keptFit: 'wanted' as const };
}

async function foldsOf(job: Awaited<ReturnType<typeof jobOf>>, limits = {}): Promise<Folds> {
  const [outcome] = await collect(foldsWork, job, limits);
  if (outcome?.ok !== true) return expect.unreachable(JSON.stringify(outcome));
  return outcome.output;
}

async function collect<Input, Output>(
  work: { name: string; signature?: (input: Input) => Output },
  input: Input,
  limits = {},
  signal = never,
) {
  const outcomes: ComputeOutcome<Output>[] = [];
  const jobs = [{ id: 'one', input, timeLimitMs: 20_000 }];
  for await (const outcome of external(limits).run<Input, Output>(work, jobs, signal)) outcomes.push(outcome);
  return outcomes;
}

/** A program in JavaScript that greets well and answers each request by `body`. */
function serving(body: string): string {
  return `import { createInterface } from 'node:readline';
const say = (message) => console.log(JSON.stringify(message));
createInterface({ input: process.stdin }).on('line', (line) => {
  const { type, id, y, horizon } = JSON.parse(line);
  if (type === 'hello') return say({ type, protocol: 1 });
  const mean = Array(horizon).fill(y.at(-1));
  const quantiles = Array.from({ length: 9 }, () => [...mean]);
  ${body}
});
`;
}

function moduleOf(quantiles: string): string {
  return `export const model = { name: 'm', minObservations: 1, fit: () => ({}),
  forecast: (state, horizon, levels) => ({ mean: [1], quantiles: ${quantiles} }) };`;
}
