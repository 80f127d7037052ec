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
import { calibrateEntries, figureEntries } from './tournament-calibration.ts';
import { evaluateFolds } from './tournament-folds.ts';
import { type ProtocolRequest, readProtocol, withChampion } from './tournament-protocol.ts';
import { storedReport, tournamentReport } from './tournament-report.ts';
import { fitEntries, judgeEntries, type TournamentResult } from './tournament-result.ts';
import { recordCandidates, recordDecision, type TournamentIdentity, type TournamentRuns } from './tournament-runs.ts';
import { joinShards } from './tournament-shards.ts';

export interface TrainRequest extends ProtocolRequest {
  /** Id of a shared plan whose shards are joined, in place of computing the folds here: see `tournament-shards.ts`. */
  readonly plan?: string;
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
  const protocol = await readProtocol(request, ports);
  const { identity, series, drivers, settings, plan } = protocol;
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
  const { models } = request;
  const folds =
    request.plan === undefined
      ? await evaluateFolds(entries, work, ports)
      : await joinShards(request.plan, { protocol, models, entries, champion, work }, ports);
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
