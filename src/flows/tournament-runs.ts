import type { FoldPlan } from '../backtest/fold-plan.ts';
import type { BacktestSettings } from '../backtest/settings.ts';
import type { IsoDate } from '../domain/iso-date.ts';
import type { Metal } from '../domain/metal.ts';
import type { PriceSeries } from '../domain/quote.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunRecord, Tracking } from '../ports/tracking.ts';
import { explainDecision, explanationPath } from './explain-decision.ts';
import { inputExample, inputExampleName, mlModelYaml, seriesInput } from './model-folder.ts';
import {
  artefactPath,
  decisionPath,
  experimentOf,
  modelFolder,
  ownForecastPath,
  sha256,
  tag,
} from './model-registry.ts';
import { foldsChart, foldsCsv, storedForecast } from './tournament-files.ts';
import { foldMetrics, scoreMetrics } from './tournament-metrics.ts';
import { reportCharts, reportJson, reportPath, type TournamentReport } from './tournament-report.ts';
import type { CandidateResult, TournamentResult } from './tournament-result.ts';

/** What makes a tournament the one it is. */
export interface TournamentIdentity {
  readonly tournamentId: string;
  readonly metal: Metal;
  readonly cutoff: IsoDate;
  readonly dataHash: string;
  readonly settingsHash: string;
  readonly codeVersion: string;
  readonly seed: number;
}

export interface TournamentRecord {
  readonly result: TournamentResult;
  readonly series: PriceSeries;
  readonly plan: FoldPlan;
  readonly settings: BacktestSettings;
  /** Who served when the decision was made. */
  readonly champion: { readonly entry: string; readonly version: number } | null;
}

/** The decision as it is stored for `promote`, beside the tournament's own run. */
export interface StoredDecision {
  readonly format: 1;
  readonly tournamentId: string;
  readonly championVersion: number | null;
  readonly judgement: TournamentResult['judgement'];
  /** Run of each entry, by its name in the tournament. */
  readonly runs: Readonly<Record<string, string>>;
}

/** The backtest of a candidate, drawn beside its run. */
export const backtestChartPath = 'charts/backtest.svg';

interface RunPorts {
  readonly tracking: Tracking;
  readonly clock: Clock;
  readonly simulated: boolean;
}

/** The runs of a tournament: its own, and by name those of its entries. */
export interface TournamentRuns {
  readonly parent: OpenRun;
  readonly childRunIds: ReadonlyMap<string, string>;
}

/**
 * Writes the tournament into tracking: one run for it, left open for `recordDecision`, and one below it for each entry.
 * Runs are found by the tournament's tag before they are made, and a finished one is left alone, so a rerun after a crash
 * adds what is missing and repeats nothing.
 */
export async function recordCandidates(
  identity: TournamentIdentity,
  record: TournamentRecord,
  ports: RunPorts,
): Promise<TournamentRuns> {
  const experiment = experimentOf(identity.metal);
  const found = await ports.tracking.searchRuns(
    experiment,
    `tags.\`${tag.tournament}\` = '${identity.tournamentId}'`,
    200,
  );
  const parent = await findOrStart(found, 'tournament', null, identity, ports);
  const childRunIds = new Map<string, string>();
  for (const candidate of record.result.candidates) {
    const name = candidate.entry.entry;
    const child = await findOrStart(found, name, parent.runId, identity, ports);
    childRunIds.set(name, child.runId);
    if (child.status === 'RUNNING') await recordCandidate(child, candidate, identity, record, ports);
  }
  return { parent, childRunIds };
}

type OpenRun = Pick<RunRecord, 'runId' | 'status' | 'startedAtMs'>;

async function findOrStart(
  found: readonly RunRecord[],
  entry: string,
  parentRunId: string | null,
  identity: TournamentIdentity,
  { tracking, clock, simulated }: RunPorts,
): Promise<OpenRun> {
  const role = parentRunId === null ? 'tournament' : 'candidate';
  const known = found.find((run) => run.tags[tag.role] === role && run.tags[tag.entry] === entry);
  if (known !== undefined) return known;
  const startedAtMs = Date.parse(clock.now());
  const runId = await tracking.startRun({
    experiment: experimentOf(identity.metal),
    name: parentRunId === null ? identity.tournamentId : `${entry} ${identity.cutoff}`,
    ...(parentRunId === null ? {} : { parentRunId }),
    startedAtMs,
    tags: {
      [tag.tournament]: identity.tournamentId,
      [tag.role]: role,
      [tag.entry]: entry,
      'assay.metal': identity.metal,
      'assay.cutoff': identity.cutoff,
      'assay.data_hash': identity.dataHash,
      'assay.code_version': identity.codeVersion,
      'mlflow.source.name': 'assay train',
      'mlflow.source.type': 'LOCAL',
      'assay.simulated': String(simulated),
    },
  });
  return { runId, status: 'RUNNING', startedAtMs };
}

async function recordCandidate(
  run: OpenRun,
  candidate: CandidateResult,
  identity: TournamentIdentity,
  record: TournamentRecord,
  { tracking, clock }: RunPorts,
): Promise<void> {
  const { entry, fit, calibrated, failure } = candidate;
  const verdict = record.result.judgement.verdicts.find(({ model }) => model === entry.entry);
  await tracking.logBatch(run.runId, {
    params: {
      ...stringified({ model: entry.model, ...entry.parameters }),
      ...protocolParams(record.settings, identity.seed),
    },
    metrics: [...scoreMetrics(candidate, record.result, run.startedAtMs), ...foldMetrics(candidate, record.series)],
    tags: {
      [tag.model]: entry.model,
      [tag.parameters]: JSON.stringify(entry.parameters),
      ...(entry.drivers === undefined ? {} : { [tag.drivers]: entry.drivers }),
      [tag.gate]: verdict?.passed === true ? 'passed' : 'failed',
      [tag.gateReason]: (verdict?.reason ?? '').slice(0, 4000),
      'assay.intervals': candidate.calibration?.method ?? '',
      ...(fit === null ? {} : { [tag.artefactSha256]: sha256(fit.artefact) }),
    },
  });
  await tracking.logInput(run.runId, seriesInput(record.series, identity.dataHash));
  if (fit !== null && calibrated !== null) {
    const origin = { ...run, ...identity, horizon: record.settings.horizon };
    const { artefact } = fit;
    await putFiles(tracking, run.runId, {
      [artefactPath]: artefact,
      [ownForecastPath]: storedForecast(fit.forecast),
      [`${modelFolder}/${inputExampleName}`]: inputExample(record.series),
      [`${modelFolder}/MLmodel`]: mlModelYaml(origin, entry, sha256(artefact), Buffer.byteLength(artefact)),
      'folds.csv': foldsCsv(calibrated, record.series, record.plan),
      [backtestChartPath]: foldsChart(entry.entry, calibrated, record.series, record.plan),
    });
  }
  await tracking.finishRun(run.runId, failure === null ? 'FINISHED' : 'FAILED', Date.parse(clock.now()));
}

async function putFiles(tracking: Tracking, runId: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await tracking.putArtefact(runId, path, new TextEncoder().encode(content));
  }
}

/** Completes the tournament's own run, unless that was done before. */
export async function recordDecision(
  { parent: run, childRunIds }: TournamentRuns,
  report: TournamentReport,
  { result, champion, settings, series }: TournamentRecord,
  identity: TournamentIdentity,
  { tracking, clock }: RunPorts,
): Promise<void> {
  if (run.status !== 'RUNNING') return;
  const { judgement, candidates } = result;
  const decision: StoredDecision = {
    format: 1,
    tournamentId: identity.tournamentId,
    championVersion: champion?.version ?? null,
    judgement,
    runs: Object.fromEntries(childRunIds),
  };
  await tracking.logBatch(run.runId, {
    params: protocolParams(settings, identity.seed),
    metrics: [
      { key: 'models', value: candidates.length },
      { key: 'failed_models', value: candidates.filter(({ failure }) => failure !== null).length },
      { key: 'seconds', value: candidates.reduce((sum, { seconds }) => sum + seconds, 0) },
    ].map((metric) => ({ ...metric, step: 0, timestampMs: run.startedAtMs })),
    tags: {
      'assay.outcome': judgement.outcome,
      'assay.statement': judgement.statement.slice(0, 4000),
      'assay.settings_hash': identity.settingsHash,
      'assay.data_from': series.dates[0] ?? '',
    },
  });
  const files = {
    [reportPath]: reportJson(report),
    ...reportCharts(report),
    [explanationPath]: explainDecision(judgement),
    [decisionPath]: JSON.stringify(decision),
  };
  await tracking.logInput(run.runId, seriesInput(series, identity.dataHash));
  await putFiles(tracking, run.runId, files);
  await tracking.finishRun(run.runId, 'FINISHED', Date.parse(clock.now()));
}

/** Prefixed, because a model may have a `window` or a `horizon` of its own. */
function protocolParams(settings: BacktestSettings, seed: number): Record<string, string> {
  const prefixed = Object.entries({ ...settings, seed }).map(([key, value]) => [`backtest.${key}`, value]);
  return stringified(Object.fromEntries(prefixed) as Record<string, unknown>);
}

function stringified(values: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}
