import { chooseCalibration } from '../backtest/calibration.ts';
import { calibrateForecast, residualScale } from '../backtest/conformal.ts';
import { type FoldPlan, planFolds } from '../backtest/fold-plan.ts';
import type { Folds } from '../backtest/rolling-origin.ts';
import { type BacktestSettings, backtestSettings } from '../backtest/settings.ts';
import { nextQuoteDates } from '../domain/calendar/calendar.ts';
import { assert, PlatformError } from '../domain/errors.ts';
import { type Forecast, type ModelArtefact, quantileLevels } from '../domain/forecaster.ts';
import type { IsoDate } from '../domain/iso-date.ts';
import type { Metal } from '../domain/metal.ts';
import type { PriceSeries } from '../domain/quote.ts';
import type { Clock } from '../ports/clock.ts';
import type { Compute } from '../ports/compute.ts';
import type { StepContext } from '../ports/journal.ts';
import type { Lake } from '../ports/lake.ts';
import type { ModelVersion, Tracking } from '../ports/tracking.ts';
import type { ForecastPoint, ForecastStore, ForecastVintage, MarketReader, SeriesReader } from '../ports/warehouse.ts';
import {
  driversOf,
  formerVersions,
  isCorrupt,
  loadArtefact,
  registeredNameOf,
  servingVersion,
  sha256,
  tag,
} from './model-registry.ts';
import { readDrivers } from './tournament-drivers.ts';
import {
  blockLimitMs,
  type Entry,
  evaluateFolds,
  type FoldRequest,
  regressorsOf,
  rollingOptions,
} from './tournament-folds.ts';
import { cutoffOf, dataHashOf } from './tournament-protocol.ts';
import { fitWork } from './tournament-result.ts';
import { readTrainingSeries } from './training-series.ts';

export interface ForecastRequest {
  readonly metal: Metal;
  /** Quotes ahead. */
  readonly horizon: number;
  readonly seed: number;
  readonly settings?: Partial<BacktestSettings>;
}

export interface ForecastPorts {
  readonly series: SeriesReader;
  /** Where the drivers of a champion that reads them are found. */
  readonly market: MarketReader;
  readonly forecasts: ForecastStore;
  readonly tracking: Tracking;
  readonly lake: Lake;
  readonly compute: Compute;
  readonly clock: Clock;
  readonly step: StepContext;
  readonly simulated: boolean;
}

export interface ForecastReport {
  readonly metal: Metal;
  readonly vintageId: string;
  readonly result: 'created' | 'exists';
  readonly cutoff: IsoDate;
  readonly model: string;
  readonly version: number;
  /** Versions that should have served but whose stored model was damaged: someone must look. */
  readonly damagedVersions: readonly number[];
  /** The first quote ahead. */
  readonly next: ForecastPoint;
}

/**
 * Publishes one forecast of the champion: its model with its parameters, refitted on everything up to the cutoff, with
 * intervals from all its past errors known by now. The vintage's name is made of what went into it, so the same inputs
 * make it once. Throws NOT_READY without a champion, ARTEFACT_CORRUPT when no version has a sound stored model.
 */
export async function forecast(request: ForecastRequest, ports: ForecastPorts): Promise<ForecastReport> {
  const { metal, horizon } = request;
  const series = await readTrainingSeries(metal, ports.series);
  const cutoff = cutoffOf(series);
  const { version, artefact, damagedVersions } = await soundChampion(metal, ports);
  const { drivers, dataHash } = await seenBy(version, series, ports.market);
  const vintageId = vintageIdOf(request, cutoff, dataHash, version);
  const report = { metal, vintageId, cutoff, model: artefact.model, version: version.version, damagedVersions };
  ports.step.rows(series.values.length, horizon);
  const latest = await ports.forecasts.latestVintage(metal);
  if (latest?.vintageId === vintageId) return { ...report, result: 'exists', next: firstOf(latest.points) };
  const champion = { entry: artefact.model, model: artefact.model, parameters: artefact.parameters };
  const work = { y: series.values, drivers, seed: request.seed };
  const calibrated = await calibratedForecast({ ...champion, ...driversOf(version) }, work, request, ports);
  const points = pointsOf(calibrated, cutoff);
  const vintage: ForecastVintage = {
    vintageId,
    metal,
    cutoff,
    madeAt: ports.clock.now(),
    modelName: artefact.model,
    modelVersion: version.version,
    trackingRunId: version.runId,
    dataHash,
    simulated: ports.simulated,
    points,
  };
  const result = await ports.forecasts.saveVintage(vintage);
  ports.step.note(`${metal} from ${cutoff} by ${artefact.model} v${version.version}: ${result}`);
  return { ...report, result, next: firstOf(points) };
}

/**
 * The term of the version is part of the name: a champion that came back by rollback publishes again, so that the
 * newest vintage is always one of the champion that serves.
 */
function vintageIdOf(request: ForecastRequest, cutoff: IsoDate, dataHash: string, version: ModelVersion): string {
  const inputs = sha256(`${dataHash} ${version.tags[tag.servingSince] ?? ''}`).slice(0, 12);
  return `${request.metal}-${cutoff}-h${request.horizon}-v${version.version}-${inputs}`;
}

/** The serving version, or the newest one before it whose stored model is what was judged. */
async function soundChampion(
  metal: Metal,
  { tracking, step }: ForecastPorts,
): Promise<{ version: ModelVersion; artefact: ModelArtefact; damagedVersions: number[] }> {
  const serving = await servingVersion(tracking, metal);
  if (serving === null) {
    throw new PlatformError('NOT_READY', `There is no champion for ${metal} to forecast with.`, {
      context: { metal },
      hint: 'Run `assay train` and `assay promote` first.',
    });
  }
  const versions = await tracking.versions(registeredNameOf(metal));
  const numbers = [serving.version, ...formerVersions(serving).reverse()];
  const damagedVersions: number[] = [];
  let failure: PlatformError | null = null;
  for (const number of new Set(numbers)) {
    const version = number === serving.version ? serving : versions.find((known) => known.version === number);
    if (version === undefined) continue;
    try {
      const { artefact } = await loadArtefact(tracking, version);
      return { version, artefact, damagedVersions };
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      failure ??= error;
      damagedVersions.push(number);
      step.note(`DAMAGED MODEL: ${error.message} ${error.hint ?? ''}`, { code: error.code, ...error.context });
    }
  }
  assert(failure !== null, 'a champion that is not sound failed for a reason');
  throw failure;
}

/** The drivers that the model reads, as tournaments see them, and one word for all that the forecast rests on. */
async function seenBy(version: ModelVersion, series: PriceSeries, market: MarketReader) {
  const dataHash = dataHashOf(series);
  const kind = driversOf(version).drivers;
  if (kind === undefined) return { drivers: null, dataHash };
  const drivers = await readDrivers(series, market);
  if (drivers.columns !== null) return { drivers: drivers.columns, dataHash: sha256(`${dataHash} ${drivers.hash}`) };
  throw new PlatformError('CHECK_FAILED', `The champion reads drivers, and ${drivers.reason}.`, {
    context: { metal: series.metal, version: version.version, drivers: kind },
    hint: 'Configure the drivers again, or train again without them.',
  });
}

type Work = Pick<FoldRequest, 'y' | 'drivers' | 'seed'>;

async function calibratedForecast(
  entry: Entry,
  { y, drivers, seed }: Work,
  { horizon, settings: given }: ForecastRequest,
  ports: ForecastPorts,
): Promise<Forecast> {
  const settings = backtestSettings({ ...given, horizon });
  const { model } = entry;
  const plan = planFolds(y.length, settings);
  const work = { y, drivers, plan, settings, seed };
  const [evaluated] = await evaluateFolds([entry], work, ports);
  const fitted = await refit(entry, work, ports);
  assert(evaluated !== undefined, 'a plan has folds');
  const calibrated = evaluated.folds === null ? null : withIntervals(fitted, evaluated.folds, y, plan, settings);
  if (calibrated !== null) return calibrated;
  throw new PlatformError('CHECK_FAILED', `${model} has too few past errors for honest intervals.`, {
    context: { model, failure: evaluated.failure, failedFolds: evaluated.failedFolds },
    hint: 'Roll back to a former version, or train again.',
  });
}

/** Intervals made in the way that scored best outside the report block, from all past errors known by now. */
function withIntervals(
  fitted: Forecast,
  folds: Folds,
  y: Float64Array,
  plan: FoldPlan,
  settings: BacktestSettings,
): Forecast | null {
  const scale = residualScale(y, settings.residualScale);
  const options = { scale: settings.residualScale, memory: settings.residualMemory };
  const { method } = chooseCalibration(folds, y, scale, [...plan.calibration, ...plan.selection], options);
  return calibrateForecast(fitted, folds, y, scale, { ...options, method });
}

async function refit(entry: Entry, request: FoldRequest, { compute, step }: ForecastPorts): Promise<Forecast> {
  const { y, drivers, settings } = request;
  const { model, parameters } = entry;
  const last = y.length - 1;
  const own = { model, parameters, y, ...regressorsOf(entry, drivers, last), season: settings.season };
  const input = { ...own, fitOrigin: last, keptFit: null, options: rollingOptions(request) };
  for await (const outcome of compute.run(fitWork, [{ id: model, input, timeLimitMs: blockLimitMs }], step.signal)) {
    if (outcome.ok) return outcome.output.forecast;
    throw new PlatformError('CHECK_FAILED', `The champion ${model} could not be refitted: ${outcome.reason}.`, {
      context: { model, parameters, observations: y.length },
      hint: 'Roll back to a former version, or train again.',
    });
  }
  throw new PlatformError('ENGINE_FAILED', 'The computation ended without an outcome.', { context: { model } });
}

function pointsOf({ mean, quantiles }: Forecast, cutoff: IsoDate): ForecastPoint[] {
  const figure = (values: Float64Array | undefined, index: number) => {
    const value = values?.[index];
    assert(value !== undefined && Number.isFinite(value), 'a published figure is finite');
    return value;
  };
  return nextQuoteDates(cutoff, mean.length).map(({ date, isProvisional }, index) => ({
    targetDate: date,
    horizon: index + 1,
    isProvisional,
    meanRubPerGram: figure(mean, index),
    medianRubPerGram: figure(quantiles[quantileLevels.indexOf(0.5)], index),
    quantilesRubPerGram: Object.fromEntries(
      quantileLevels.map((level, row) => [String(level), figure(quantiles[row], index)]),
    ),
  }));
}

function firstOf(points: readonly ForecastPoint[]): ForecastPoint {
  const first = points[0];
  assert(first !== undefined, 'a vintage has points');
  return first;
}
