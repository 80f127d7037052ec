import type { CalibrationChoice } from '../backtest/calibration.ts';
import type { FoldPlan } from '../backtest/fold-plan.ts';
import { type LossTable, lossTable } from '../backtest/losses.ts';
import { type Judgement, judge, type PromotionRules } from '../backtest/promotion.ts';
import type { Folds } from '../backtest/rolling-origin.ts';
import { type HorizonScore, scoreBlock } from '../backtest/scoring.ts';
import type { BacktestSettings } from '../backtest/settings.ts';
import type { FitAnswer, FitJob } from '../backtest/tournament-jobs.ts';
import { PlatformError } from '../domain/errors.ts';
import type { Compute, Work } from '../ports/compute.ts';
import type { StepContext } from '../ports/journal.ts';
import { absoluteNaiveScale } from '../stats/metrics.ts';
import {
  blockLimitMs,
  type Entry,
  type EntryFolds,
  type FoldRequest,
  regressorsOf,
  rollingOptions,
} from './tournament-folds.ts';

/** One entry after the tournament. A failed one has no scores, no folds and no fit. */
export interface CandidateResult {
  readonly entry: Entry;
  readonly failure: string | null;
  readonly failedFolds: number;
  readonly seconds: number;
  readonly scores: { readonly selection: readonly HorizonScore[]; readonly report: readonly HorizonScore[] };
  /** How its intervals are made, chosen by score on calibration and selection. */
  readonly calibration: Omit<CalibrationChoice, 'calibrated'> | null;
  /** Folds with conformal quantiles. */
  readonly calibrated: Folds | null;
  /** What those lost in each block; null for a failed entry. */
  readonly losses: { readonly selection: LossTable; readonly report: LossTable } | null;
  /** The model as it will be stored: estimates of its newest folds, state at the end of the series. */
  readonly fit: FitAnswer | null;
}

export interface TournamentResult {
  readonly judgement: Judgement;
  readonly candidates: readonly CandidateResult[];
  readonly plan: FoldPlan;
  readonly settings: BacktestSettings;
}

/** Fits by entry; a sentence in place of one that failed. */
export type EntryFits = ReadonlyMap<string, FitAnswer | { readonly failure: string }>;

/** Calibrations by entry; a sentence in place of one that failed. */
export type EntryCalibrations = ReadonlyMap<string, CalibrationChoice | { readonly failure: string }>;

export interface JudgeRequest {
  readonly folds: readonly EntryFolds[];
  readonly fits: EntryFits;
  readonly calibrations: EntryCalibrations;
  readonly y: Float64Array;
  readonly plan: FoldPlan;
  readonly settings: BacktestSettings;
  readonly rules: PromotionRules;
  /** Name of the standing champion among the entries. */
  readonly champion: string | null;
}

export const fitWork: Work<FitJob, FitAnswer> = { name: 'fit' };

/**
 * Every entry as its newest folds had it, carried to the end of the series, stored and restored, so that the gate can
 * see it reproduce. Entries whose folds failed are left out. Whoever serves is fitted again on everything before it
 * forecasts.
 */
export async function fitEntries(
  folds: readonly EntryFolds[],
  request: FoldRequest,
  { compute, step }: { readonly compute: Compute; readonly step: StepContext },
): Promise<EntryFits> {
  const { y, settings, plan } = request;
  const fitOrigin = plan.blocks.at(-1)?.fitOrigin ?? y.length - 1;
  const options = rollingOptions(request);
  const sound = folds.filter(({ failure }) => failure === null);
  const jobs = sound.map(({ entry, newestFit: keptFit }) => {
    const { model, parameters } = entry;
    const own = { model, parameters, y, ...regressorsOf(entry, request.drivers, y.length - 1) };
    const input: FitJob = { ...own, season: settings.season, fitOrigin, keptFit, options };
    return { id: entry.entry, input, timeLimitMs: blockLimitMs };
  });
  const fits = new Map<string, FitAnswer | { readonly failure: string }>();
  for await (const outcome of compute.run(fitWork, jobs.reverse(), step.signal)) {
    fits.set(
      outcome.id,
      outcome.ok ? outcome.output : { failure: `it could not be carried to the end of the series: ${outcome.reason}` },
    );
  }
  return fits;
}

/** Scores and judges. Pure. */
export function judgeEntries(request: JudgeRequest): TournamentResult {
  const { y, plan, settings, fits, calibrations } = request;
  const prepared = request.folds.map((one) => {
    const fit = fits.get(one.entry.entry) ?? { failure: 'it was not fitted' };
    const choice = calibrations.get(one.entry.entry) ?? { failure: 'it was not calibrated' };
    const failure =
      one.failure ?? ('failure' in fit ? fit.failure : null) ?? ('failure' in choice ? choice.failure : null);
    const sound = failure === null && !('failure' in choice) ? choice : null;
    return {
      one,
      failure,
      fit: 'failure' in fit ? null : fit,
      calibration: sound === null ? null : { method: sound.method, scores: sound.scores },
      calibrated: sound?.calibrated ?? null,
      losses: sound === null ? null : lossesOf(sound.calibrated, y, plan),
    };
  });
  const judgement = judge(
    prepared.map(({ one, failure, fit, losses }) => ({
      model: one.entry.entry,
      losses: losses?.selection ?? null,
      failure,
      reproduces: fit?.reproduces ?? false,
    })),
    request.champion,
    request.rules,
    settings.step,
  );
  const naive = prepared.find(({ one }) => one.entry.entry === 'naive')?.losses ?? null;
  const candidates = prepared.map(({ one, failure, fit, calibration, calibrated, losses }) => ({
    entry: one.entry,
    failure,
    failedFolds: one.failedFolds,
    seconds: one.seconds,
    calibration,
    calibrated,
    losses,
    fit,
    scores: {
      selection: scoresIn(losses?.selection, naive?.selection, y),
      report: scoresIn(losses?.report, naive?.report, y),
    },
  }));
  return { judgement, candidates, plan, settings };
}

function lossesOf(calibrated: Folds, y: Float64Array, { selection, report }: FoldPlan) {
  return { selection: lossTable(calibrated, y, selection), report: lossTable(calibrated, y, report) };
}

function scoresIn(own: LossTable | undefined, naive: LossTable | undefined, y: Float64Array): HorizonScore[] {
  const first = own?.origins[0];
  if (own === undefined || naive === undefined || first === undefined) return [];
  const changeScale = absoluteNaiveScale(y.subarray(0, first + 1), 1);
  if (changeScale > 0) return scoreBlock(own, naive, changeScale);
  throw new PlatformError('INPUT_INVALID', 'The series never changed before the origins, so nothing can be compared.', {
    context: { observations: y.length, firstOrigin: first },
    hint: 'Check that the right series was loaded.',
  });
}
