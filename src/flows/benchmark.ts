import { PlatformError } from '../domain/errors.ts';
import type { Forecast, ModelParameters } from '../domain/forecaster.ts';
import { catalogue, createModel } from '../models/catalogue.ts';
import type { PanelScores, ScoredForecast } from '../panel/m4-scores.ts';
import { scorePanel } from '../panel/m4-scores.ts';
import type { Panel, PanelSeries } from '../panel/panel.ts';
import { forecastFault, type PanelAnswer, type PanelJob, type PanelOutcome } from '../panel/panel-jobs.ts';
import { continueStamps } from '../panel/time-stamps.ts';
import type { Compute, ComputeJob, Work } from '../ports/compute.ts';

export interface BenchmarkRequest {
  readonly panel: Panel;
  /** What came after the panel; null when nobody knows yet. */
  readonly test: Panel | null;
  /** As `benchmarkModels` gives them. */
  readonly models: readonly string[];
  readonly horizon: number;
  readonly season: number;
  readonly seed: number;
  /** One model on one series may take this long. */
  readonly seriesLimitMs: number;
}

export interface BenchmarkPorts {
  readonly compute: Compute;
  readonly signal: AbortSignal;
  /** Told how many of all fits are done; for progress only. */
  readonly onProgress: (done: number, all: number) => void;
  /** Seconds on a clock that never goes back, for the wall time in the report. */
  readonly elapsedSeconds: () => number;
}

/** One forecast series, in the order of the panel. */
export interface SeriesForecast {
  readonly id: string;
  readonly model: string;
  /** The stamps of horizons 1..H, in the panel's own spacing. */
  readonly ds: readonly string[];
  readonly forecast: Forecast;
}

export interface BenchmarkFailure {
  readonly id: string;
  readonly model: string;
  readonly reason: string;
}

export interface ModelReport {
  readonly model: string;
  readonly forecast: number;
  readonly failed: number;
  /** Time passed in fits and forecasts, summed over series and so over threads. */
  readonly seconds: number;
  /** Null without a test part. */
  readonly scores: PanelScores | null;
}

export interface BenchmarkReport {
  readonly series: number;
  readonly observations: number;
  readonly horizon: number;
  readonly season: number;
  readonly wallSeconds: number;
  readonly models: readonly ModelReport[];
  readonly failures: readonly BenchmarkFailure[];
  readonly forecasts: readonly SeriesForecast[];
}

export const panelWork: Work<PanelJob, PanelAnswer> = { name: 'panel' };

/** Series of one message to a thread: few enough to keep all threads busy to the end. */
const CHUNK = 8;

/**
 * Every model over every series of a panel, on all cores; scored when the values that came are known. A model that
 * fails on a series, stops in time or returns no distribution is counted with its reason and stops nothing.
 * INPUT_INVALID when a test part does not continue the panel.
 */
export async function benchmark(request: BenchmarkRequest, ports: BenchmarkPorts): Promise<BenchmarkReport> {
  const { panel, models, horizon, season } = request;
  const actuals = request.test === null ? null : matchTest(panel, request.test, horizon);
  const started = ports.elapsedSeconds();
  const outcomes = await runAll(request, ports);
  const wallSeconds = ports.elapsedSeconds() - started;
  const failures: BenchmarkFailure[] = [];
  const forecasts: SeriesForecast[] = [];
  const stamps = panel.series.map(({ stamps, kind }) => continueStamps(stamps, kind, horizon));
  const reports = models.map((model): ModelReport => {
    const scored: ScoredForecast[] = [];
    let failed = 0;
    let seconds = 0;
    for (const [index, series] of panel.series.entries()) {
      const outcome = checked(outcomes.get(keyOf(model, index)), horizon);
      seconds += outcome.seconds;
      if (!outcome.ok) {
        failures.push({ id: series.id, model, reason: outcome.reason });
        failed += 1;
        continue;
      }
      const { forecast } = outcome;
      forecasts.push({ id: series.id, model, ds: stamps[index] ?? [], forecast });
      const actual = actuals?.[index];
      if (actual !== undefined) scored.push({ training: series.y, actual, ...forecast });
    }
    const scores = actuals === null ? null : scorePanel(scored, season);
    return { model, forecast: panel.series.length - failed, failed, seconds, scores };
  });
  return {
    series: panel.series.length,
    observations: panel.rows,
    horizon,
    season,
    wallSeconds,
    models: reports,
    failures,
    forecasts,
  };
}

/**
 * Models from `auto`, `all` (without formulas, which need drivers) or a list with commas, each once. Parameters other than
 * the defaults follow the name: `theta:scale=level`, `holt-winters:seasonal=additive:damped=true`. INPUT_INVALID, naming
 * the nearest, for an unknown name, and with the reason for a parameter the model does not take.
 */
export function benchmarkModels(text: string): readonly string[] {
  if (text === 'all') return catalogue.filter(({ family }) => family !== 'formula').map(({ name }) => name);
  const models = [...new Set(text.split(',').map((model) => model.trim()))];
  for (const model of models) {
    const { name, parameters } = readModel(model);
    createModel(name, parameters);
  }
  return models;
}

/** `name:key=value:key=value`; a value is read as its default is: a number, yes or no, or text. */
function readModel(text: string): { readonly name: string; readonly parameters: ModelParameters } {
  const [name = '', ...settings] = text.split(':');
  const defaults = catalogue.find((entry) => entry.name === name)?.defaults ?? {};
  const pairs = settings.map((setting): [string, number | string | boolean] => {
    const at = setting.indexOf('=');
    const [key, value] = at < 0 ? [setting, ''] : [setting.slice(0, at), setting.slice(at + 1)];
    const usual = defaults[key];
    if (typeof usual === 'number' && value.trim() !== '') return [key, Number(value)];
    if (typeof usual === 'boolean' && /^(true|false)$/.test(value)) return [key, value === 'true'];
    return [key, value];
  });
  return { name, parameters: Object.fromEntries(pairs) };
}

/** `actuals[series][h - 1]` in the panel's order. Each series of the panel needs the next `horizon` values. */
function matchTest(panel: Panel, test: Panel, horizon: number): readonly Float64Array[] {
  const byId = new Map(test.series.map((series) => [series.id, series]));
  return panel.series.map((series) => {
    const after = byId.get(series.id);
    const refuse = (reason: string) =>
      new PlatformError('INPUT_INVALID', `The test part does not continue ${series.id}: ${reason}.`, {
        context: { id: series.id, horizon },
        hint: `Give the ${horizon} values after the panel for each of its series, or a shorter horizon.`,
      });
    if (after === undefined) throw refuse('it has no rows of it');
    if (after.y.length < horizon) throw refuse(`it has ${after.y.length} rows and the horizon is ${horizon}`);
    if (after.kind !== series.kind) throw refuse('its ds are of another kind');
    if (series.kind !== 'label' && (after.stamps[0] ?? 0) <= lastStamp(series)) {
      throw refuse('it starts before the panel ends');
    }
    return after.y.slice(0, horizon);
  });
}

function lastStamp({ stamps }: PanelSeries): number {
  return stamps[stamps.length - 1] ?? Number.NEGATIVE_INFINITY;
}

/** Runs all in chunks; what a lost or late chunk held is run again, each series alone, so that one cannot harm others. */
async function runAll(request: BenchmarkRequest, ports: BenchmarkPorts): Promise<Map<string, PanelOutcome>> {
  const outcomes = new Map<string, PanelOutcome>();
  const all = request.models.length * request.panel.series.length;
  const places = request.panel.series.map((_, index) => index);
  const chunks = request.models.flatMap((model) => chunksOf(places, CHUNK).map((indices) => ({ model, indices })));
  const lost = await runChunks(request, ports, chunks, (key, outcome) => {
    outcomes.set(key, outcome);
    ports.onProgress(outcomes.size, all);
  });
  const alone = lost.flatMap(({ model, indices }) => indices.map((index) => ({ model, indices: [index] })));
  const failed = await runChunks(request, ports, alone, (key, outcome) => outcomes.set(key, outcome));
  for (const { model, indices, reason, seconds } of failed) {
    for (const index of indices) outcomes.set(keyOf(model, index), { ok: false, reason, seconds });
  }
  return outcomes;
}

interface Chunk {
  readonly model: string;
  readonly indices: readonly number[];
}

async function runChunks(
  request: BenchmarkRequest,
  ports: BenchmarkPorts,
  chunks: readonly Chunk[],
  onOutcome: (key: string, outcome: PanelOutcome) => void,
): Promise<readonly (Chunk & { readonly reason: string; readonly seconds: number })[]> {
  if (chunks.length === 0) return [];
  const byId = new Map(chunks.map((chunk) => [keyOf(chunk.model, chunk.indices[0] ?? -1), chunk]));
  const jobs = [...byId].map(([id, chunk]) => jobOf(request, id, chunk));
  const lost: (Chunk & { reason: string; seconds: number })[] = [];
  for await (const answer of ports.compute.run(panelWork, jobs, ports.signal)) {
    const chunk = byId.get(answer.id);
    if (chunk === undefined) continue;
    if (!answer.ok) {
      lost.push({ ...chunk, reason: answer.reason, seconds: answer.seconds });
      continue;
    }
    for (const [place, outcome] of answer.output.outcomes.entries()) {
      onOutcome(keyOf(chunk.model, chunk.indices[place] ?? -1), outcome);
    }
  }
  return lost;
}

function jobOf(request: BenchmarkRequest, id: string, { model, indices }: Chunk): ComputeJob<PanelJob> {
  const { panel, season, horizon, seed, seriesLimitMs } = request;
  const series = indices.map((index) => panel.series[index]?.y ?? new Float64Array());
  return {
    id,
    input: { ...jobModel(model, horizon), series, season, horizon, seed },
    timeLimitMs: seriesLimitMs * indices.length,
  };
}

/** Combinations learn at the horizon that is asked for; all else keeps its defaults unless told otherwise. */
function jobModel(text: string, horizon: number): Pick<PanelJob, 'model' | 'parameters'> {
  const { name, parameters } = readModel(text);
  const defaults = catalogue.find((entry) => entry.name === name)?.defaults ?? {};
  return { model: name, parameters: 'foldHorizon' in defaults ? { foldHorizon: horizon, ...parameters } : parameters };
}

function checked(outcome: PanelOutcome | undefined, horizon: number): PanelOutcome {
  if (outcome === undefined) return { ok: false, reason: 'it was never answered', seconds: 0 };
  const fault = outcome.ok ? forecastFault(outcome.forecast, horizon) : null;
  return fault === null ? outcome : { ok: false, reason: fault, seconds: outcome.seconds };
}

function chunksOf(places: readonly number[], size: number): number[][] {
  const chunks: number[][] = [];
  for (let from = 0; from < places.length; from += size) chunks.push(places.slice(from, from + size));
  return chunks;
}

function keyOf(model: string, index: number): string {
  return `${index}/${model}`;
}
