import type { CalibrationChoice } from '../backtest/calibration.ts';
import { residualScale } from '../backtest/conformal.ts';
import type { BlockFigures, CalibrationJob, FiguresJob } from '../backtest/tournament-jobs.ts';
import { PlatformError } from '../domain/errors.ts';
import type { Compute, Work } from '../ports/compute.ts';
import type { StepContext } from '../ports/journal.ts';
import { blockLimitMs, type EntryFolds, type FoldRequest } from './tournament-folds.ts';
import type { EntryCalibrations, TournamentResult } from './tournament-result.ts';

export const calibrateWork: Work<CalibrationJob, CalibrationChoice> = { name: 'calibrate' };
export const figuresWork: Work<FiguresJob, BlockFigures[]> = { name: 'figures' };

/**
 * Entries that are put into figures by one job. A thread spends as much on getting ready for the first few as on all the
 * others, and the calling thread has runs to write meanwhile, so that a catalogue goes to one.
 */
const entriesOfJob = 40;

interface ComputePorts {
  readonly compute: Compute;
  readonly step: StepContext;
}

/** The intervals of every entry whose folds are sound, made in every way, and the way chosen; side by side. */
export async function calibrateEntries(
  folds: readonly EntryFolds[],
  { y, plan, settings }: FoldRequest,
  { compute, step }: ComputePorts,
): Promise<EntryCalibrations> {
  const choosing = [...plan.calibration, ...plan.selection];
  const options = { scale: settings.residualScale, memory: settings.residualMemory };
  const scale = residualScale(y, options.scale);
  const jobs = folds.flatMap(({ entry, folds: own, failure }) =>
    own === null || failure !== null
      ? []
      : [{ id: entry.entry, input: { folds: own, y, scale, choosing, options }, timeLimitMs: blockLimitMs }],
  );
  const calibrations = new Map<string, CalibrationChoice | { readonly failure: string }>();
  for await (const outcome of compute.run(calibrateWork, jobs, step.signal)) {
    const answer = outcome.ok ? outcome.output : { failure: `its intervals could not be made: ${outcome.reason}` };
    calibrations.set(outcome.id, answer);
  }
  return calibrations;
}

/** Figures of every entry that was judged, by its name. */
export async function figureEntries(
  { candidates, plan, settings }: TournamentResult,
  y: Float64Array,
  { compute, step }: ComputePorts,
): Promise<ReadonlyMap<string, BlockFigures>> {
  const naive = candidates.find(({ entry }) => entry.entry === 'naive')?.calibrated ?? null;
  const figures = new Map<string, BlockFigures>();
  if (naive === null) return figures;
  const judged = candidates.flatMap(({ entry, calibrated }) =>
    calibrated === null ? [] : [{ entry: entry.entry, folds: calibrated }],
  );
  const { selection, report } = plan;
  const jobs = Array.from({ length: Math.ceil(judged.length / entriesOfJob) }, (_, index) => {
    const folds = judged.slice(index * entriesOfJob, (index + 1) * entriesOfJob).map((one) => one.folds);
    const input: FiguresJob = { folds, naive, y, selection, report, step: settings.step };
    return { id: String(index), input, timeLimitMs: blockLimitMs };
  });
  for await (const outcome of compute.run(figuresWork, jobs, step.signal)) {
    if (!outcome.ok) throw withoutFigures(outcome.reason);
    const first = Number(outcome.id) * entriesOfJob;
    for (const [place, own] of outcome.output.entries()) figures.set(judged[first + place]?.entry ?? '', own);
  }
  return figures;
}

/** A model that was judged has figures; a machine too slow to make them must not look like models without any. */
function withoutFigures(reason: string): PlatformError {
  return new PlatformError('ENGINE_FAILED', `The figures of the models could not be made: ${reason}.`, {
    hint: 'Run `assay train` again: what is computed already is kept.',
  });
}
