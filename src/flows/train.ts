import { type FoldPlan, planFolds } from '../backtest/fold-plan.ts';
import { defaultRules, type PromotionRules } from '../backtest/promotion.ts';
import { type BacktestSettings, backtestSettings } from '../backtest/settings.ts';
import { PlatformError } from '../domain/errors.ts';
import type { IsoDate } from '../domain/iso-date.ts';
import type { Metal } from '../domain/metal.ts';
import { instant } from '../domain/moscow-time.ts';
import type { PriceSeries } from '../domain/quote.ts';
import type { Clock } from '../ports/clock.ts';
import type { Compute } from '../ports/compute.ts';
import type { StepContext } from '../ports/journal.ts';
import type { Lake } from '../ports/lake.ts';
import type { Tracking } from '../ports/tracking.ts';
import type { ForecastStore, MarketReader, ModelScore, SeriesReader, Tournament } from '../ports/warehouse.ts';
import { bothOf } from './both-of.ts';
import { driversOf, servingVersion, sha256, tag } from './model-registry.ts';
import { calibrateEntries, figureEntries } from './tournament-calibration.ts';
import { driverEntries, readDrivers, type TournamentDrivers } from './tournament-drivers.ts';
import { entriesOf } from './tournament-entries.ts';
import { type Entry, evaluateFolds } from './tournament-folds.ts';
import { storedReport, tournamentReport } from './tournament-report.ts';
import { fitEntries, judgeEntries, type TournamentResult } from './tournament-result.ts';
import { recordCandidates, recordDecision, type TournamentIdentity, type TournamentRuns } from './tournament-runs.ts';
import { readTrainingSeries } from './training-series.ts';

export interface TrainRequest {
  readonly metal: Metal;
  /** Names or references (`entriesOf`); the whole catalogue by default. Naive and the champion always take part. */
  readonly models?: readonly string[];
  readonly settings?: Partial<BacktestSettings>;
  readonly rules?: Partial<PromotionRules>;
  readonly seed: number;
}

export interface TrainPorts {
  readonly series: SeriesReader;
  /** Where drivers are looked for; they are optional. */
  readonly market: MarketReader;
  readonly forecasts: ForecastStore;
  readonly tracking: Tracking;
  readonly lake: Lake;
  readonly compute: Compute;
  readonly clock: Clock;
  readonly step: StepContext;
  readonly simulated: boolean;
}

/** What a tournament came to; JSON, for the journal. */
export interface TrainReport {
  readonly metal: Metal;
  readonly tournamentId: string;
  /** `reused`: the same data and settings were judged before, and nothing was written. */
  readonly result: 'created' | 'reused';
  readonly cutoff: IsoDate;
  readonly quotes: number;
  readonly models: number;
  readonly failedModels: number;
  readonly foldsComputed: number;
  readonly foldsReused: number;
  readonly outcome: Tournament['decision']['outcome'];
  readonly champion: string | null;
  readonly challenger: string | null;
  /** The tournament's run in tracking, which keeps `report.json`, `explanation.txt` and the charts; `drawCharts` adds pictures. */
  readonly trackingRunId: string;
}

/**
 * Compares the catalogue over past quotes and decides who should serve; `promote` carries the decision out.
 * Equal data and settings are one tournament: a rerun finds it, or finishes the one that was cut off.
 */
export async function train(request: TrainRequest, ports: TrainPorts): Promise<TrainReport> {
  const series = await readTrainingSeries(request.metal, ports.series);
  const drivers = await readDrivers(series, ports.market);
  const competitors = await competitorsOf(request.models, drivers, ports);
  const protocol = protocolOf(request, series, competitors, drivers, ports.compute.codeVersion);
  const { identity, settings, plan } = protocol;
  const known = await ports.forecasts.findTournament(request.metal, identity.dataHash, identity.settingsHash);
  if (known !== null) {
    ports.step.note(`Nothing new to compare: ${known.tournamentId} had the same data and settings`);
    ports.step.rows(series.values.length, 0);
    return { ...reportOf(known, series), result: 'reused', foldsComputed: 0, foldsReused: 0 };
  }
  const { entries, champion } = await withChampion(protocol.entries, request.metal, ports.tracking);
  ports.step.note(`Comparing ${entries.length} models over ${series.values.length} quotes`);
  const { values: y } = series;
  const work = { y, drivers: drivers.columns, plan, settings, seed: request.seed };
  const folds = await evaluateFolds(entries, work, ports);
  const fits = await fitEntries(folds, work, ports);
  const calibrations = await calibrateEntries(folds, work, ports);
  const { rules } = protocol;
  const result = judgeEntries({
    folds,
    fits,
    calibrations,
    y,
    plan,
    settings,
    rules,
    champion: champion?.entry ?? null,
  });
  ports.step.note(result.judgement.statement);
  const record = { result, series, plan, settings, champion };
  // Figures are made on a thread while this one writes the candidates' runs, which takes as long.
  const [figures, runs] = await bothOf(figureEntries(result, y, ports), recordCandidates(identity, record, ports));
  const report = tournamentReport(identity, result, series, figures);
  await recordDecision(runs, report, record, identity, ports);
  const tournament = tournamentOf(identity, result, runs, ports.simulated);
  await ports.forecasts.saveTournament(tournament, scoresOf(tournament, result), storedReport(report));
  const computed = folds.reduce((sum, one) => sum + one.computed, 0);
  ports.step.rows(series.values.length, result.candidates.length);
  return {
    ...reportOf(tournament, series),
    result: 'created',
    foldsComputed: computed,
    foldsReused: folds.reduce((sum, one) => sum + one.reused, 0),
  };
}

/** Entries asked for, those that read drivers too where there are any. */
async function competitorsOf(
  models: readonly string[] | undefined,
  drivers: TournamentDrivers,
  { compute, step }: TrainPorts,
): Promise<readonly Entry[]> {
  const isWhole = models === undefined || models.includes('all');
  const readers = driverEntries().filter(({ entry }) => isWhole || models.includes(entry));
  const others = models?.filter((name) => !readers.some(({ entry }) => entry === name));
  const entries = await entriesOf(others, compute);
  if (drivers.columns !== null) return [...entries, ...readers];
  if (readers.length > 0) step.note(`Models that read drivers are left out: ${drivers.reason}`);
  return entries;
}

/** SHA-256 over dates and values: what a model saw, in one word. */
export function dataHashOf(series: PriceSeries): string {
  return sha256(series.dates.map((date, index) => `${date},${series.values[index]}\n`).join(''));
}

/** The last date of a series; throws NOT_FOUND when it is empty. */
export function cutoffOf(series: PriceSeries): IsoDate {
  const cutoff = series.dates.at(-1);
  if (cutoff !== undefined) return cutoff;
  throw new PlatformError('NOT_FOUND', `There are no quotes of ${series.metal} yet.`, {
    context: { metal: series.metal },
    hint: 'Run `assay sync` and `assay transform` first.',
  });
}

interface Protocol {
  readonly identity: TournamentIdentity;
  readonly settings: BacktestSettings;
  readonly rules: PromotionRules;
  readonly plan: FoldPlan;
  readonly entries: readonly Entry[];
}

function protocolOf(
  request: TrainRequest,
  series: PriceSeries,
  entries: readonly Entry[],
  drivers: TournamentDrivers,
  codeVersion: string,
): Protocol {
  const settings = backtestSettings(request.settings);
  const rules = { ...defaultRules, ...request.rules };
  const cutoff = cutoffOf(series);
  const plan = planFolds(series.values.length, settings);
  const dataHash = dataHashOf(series);
  const driversSeen = drivers.columns === null ? {} : { drivers: drivers.hash };
  const told = { settings, rules, entries, seed: request.seed, codeVersion, ...driversSeen };
  const settingsHash = sha256(JSON.stringify(told));
  const tournamentId = `${request.metal}-${cutoff}-${sha256(dataHash + settingsHash).slice(0, 12)}`;
  const metal = request.metal;
  const identity = { tournamentId, metal, cutoff, dataHash, settingsHash, codeVersion, seed: request.seed };
  return { identity, settings, rules, plan, entries };
}

/** The champion defends its place with the parameters it was promoted with, whatever the catalogue says today. */
async function withChampion(
  entries: readonly Entry[],
  metal: Metal,
  tracking: Tracking,
): Promise<{ entries: readonly Entry[]; champion: { entry: string; version: number } | null }> {
  const version = await servingVersion(tracking, metal);
  if (version === null) return { entries, champion: null };
  const model = version.tags[tag.model] ?? '';
  const parameters = version.tags[tag.parameters] ?? '{}';
  const reads = driversOf(version);
  const same = entries.find(
    (entry) => entry.model === model && entry.drivers === reads.drivers && sameParameters(entry.parameters, parameters),
  );
  if (same !== undefined) return { entries, champion: { entry: same.entry, version: version.version } };
  const own: Entry = {
    entry: `${model}-v${version.version}`,
    model,
    parameters: JSON.parse(parameters) as Entry['parameters'],
    ...reads,
  };
  return { entries: [...entries, own], champion: { entry: own.entry, version: version.version } };
}

function sameParameters(parameters: Entry['parameters'], text: string): boolean {
  const sorted = (given: object) => JSON.stringify(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(parameters) === sorted(JSON.parse(text) as object);
}

function tournamentOf(
  identity: TournamentIdentity,
  { judgement, candidates, plan, settings }: TournamentResult,
  { parent, childRunIds }: TournamentRuns,
  simulated: boolean,
): Tournament {
  const rankOf = new Map(judgement.verdicts.map((verdict) => [verdict.model, verdict.rank]));
  return {
    tournamentId: identity.tournamentId,
    metal: identity.metal,
    startedAt: instant(parent.startedAtMs),
    cutoff: identity.cutoff,
    dataHash: identity.dataHash,
    settingsHash: identity.settingsHash,
    trackingRunId: parent.runId,
    origins: plan.selection.length + plan.report.length,
    horizon: settings.horizon,
    simulated,
    models: candidates.map(({ entry, seconds, failure, failedFolds }) => ({
      model: entry.entry,
      trackingRunId: childRunIds.get(entry.entry) ?? '',
      rank: rankOf.get(entry.entry) ?? null,
      seconds,
      status: failure === null ? 'ok' : 'failed',
      failure,
      failedFolds,
    })),
    decision: {
      outcome: judgement.outcome,
      champion: judgement.champion,
      challenger: judgement.challenger,
      reasons: judgement.verdicts.map(({ model, passed, reason, code, faults, figures }) => ({
        model,
        passed,
        reason,
        code,
        faults,
        figures: { ...figures },
      })),
    },
  };
}

function scoresOf({ tournamentId, metal }: Tournament, { candidates }: TournamentResult): ModelScore[] {
  return candidates.flatMap(({ entry, scores }) =>
    (['selection', 'report'] as const).flatMap((block) =>
      scores[block].map((score) => ({ tournamentId, metal, model: entry.entry, block, ...score })),
    ),
  );
}

function reportOf(tournament: Tournament, series: PriceSeries) {
  return {
    metal: tournament.metal,
    tournamentId: tournament.tournamentId,
    cutoff: tournament.cutoff,
    quotes: series.values.length,
    models: tournament.models.length,
    failedModels: tournament.models.filter((model) => model.status === 'failed').length,
    outcome: tournament.decision.outcome,
    champion: tournament.decision.champion,
    challenger: tournament.decision.challenger,
    trackingRunId: tournament.trackingRunId,
  };
}
