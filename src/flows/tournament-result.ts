import { type CalibrationChoice, chooseCalibration } from '../backtest/calibration.ts';
import { residualScale } from '../backtest/conformal.ts';
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
import { blockLimitMs, type Entry, type EntryFolds } from './tournament-folds.ts';

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
  /** The model fitted on the whole series, as it will be stored. */
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

export interface JudgeRequest {
  readonly folds: readonly EntryFolds[];
  readonly fits: EntryFits;
  readonly y: Float64Array;
  readonly plan: FoldPlan;
  readonly settings: BacktestSettings;
  readonly rules: PromotionRules;
  /** Name of the standing champion among the entries. */
  readonly champion: string | null;
}

export const fitWork: Work<FitJob, FitAnswer> = { name: 'fit' };

/** Every entry fitted on the whole series, stored and restored, so that the gate can see it reproduce. */
export async function fitEntries(
  entries: readonly Entry[],
  { y, settings, seed }: { readonly y: Float64Array; readonly settings: BacktestSettings; readonly seed: number },
  { compute, step }: { readonly compute: Compute; readonly step: StepContext },
): Promise<EntryFits> {
  const { horizon, season } = settings;
  const jobs = entries.map(({ entry, model, parameters }) => {
    const input: FitJob = { model, parameters, y, season, horizon, seed };
    return { id: entry, input, timeLimitMs: blockLimitMs };
  });
  const fits = new Map<string, FitAnswer | { readonly failure: string }>();
  for await (const outcome of compute.run(fitWork, jobs.reverse(), step.signal)) {
    fits.set(
      outcome.id,
      outcome.ok ? outcome.output : { failure: `the fit on the whole series failed: ${outcome.reason}` },
    );
  }
  return fits;
}

/** Calibrates, scores and judges. Pure. */
export function judgeEntries(request: JudgeRequest): TournamentResult {
  const { y, plan, settings, fits } = request;
  const scale = residualScale(y, settings.residualScale);
  const options = { scale: settings.residualScale, memory: settings.residualMemory };
  const choosing = [...plan.calibration, ...plan.selection];
  const prepared = request.folds.map((one) => {
    const fit = fits.get(one.entry.entry);
    const failure =
      one.failure ?? (fit === undefined || 'failure' in fit ? (fit?.failure ?? 'it was not fitted') : null);
    const sound = failure === null ? one.folds : null;
    const choice = sound === null ? null : chooseCalibration(sound, y, scale, choosing, options);
    return {
      one,
      failure,
      fit: fit === undefined || 'failure' in fit ? null : fit,
      calibration: choice === null ? null : { method: choice.method, scores: choice.scores },
      calibrated: choice?.calibrated ?? null,
    };
  });
  const tables = (origins: readonly number[]) =>
    new Map(
      prepared.flatMap(({ one, calibrated }) =>
        calibrated === null ? [] : [[one.entry.entry, lossTable(calibrated, y, origins)] as const],
      ),
    );
  const selection = tables(plan.selection);
  const report = tables(plan.report);
  const judgement = judge(
    prepared.map(({ one, failure, fit }) => ({
      model: one.entry.entry,
      losses: selection.get(one.entry.entry) ?? null,
      failure,
      reproduces: fit?.reproduces ?? false,
    })),
    request.champion,
    request.rules,
    settings.step,
  );
  const candidates = prepared.map(({ one, failure, fit, calibration, calibrated }) => ({
    entry: one.entry,
    failure,
    failedFolds: one.failedFolds,
    seconds: one.seconds,
    calibration,
    calibrated,
    fit,
    scores: {
      selection: scoresIn(selection, one.entry.entry, y, plan.selection),
      report: scoresIn(report, one.entry.entry, y, plan.report),
    },
  }));
  return { judgement, candidates, plan, settings };
}

function scoresIn(
  tables: ReadonlyMap<string, LossTable>,
  entry: string,
  y: Float64Array,
  origins: readonly number[],
): HorizonScore[] {
  const own = tables.get(entry);
  const naive = tables.get('naive');
  const first = origins[0];
  if (own === undefined || naive === undefined || first === undefined) return [];
  const changeScale = absoluteNaiveScale(y.subarray(0, first + 1), 1);
  if (changeScale > 0) return scoreBlock(own, naive, changeScale);
  throw new PlatformError('INPUT_INVALID', 'The series never changed before the origins, so nothing can be compared.', {
    context: { observations: y.length, firstOrigin: first },
    hint: 'Check that the right series was loaded.',
  });
}
