import type { PriceSeries } from '../domain/quote.ts';
import type { MetricPoint } from '../ports/tracking.ts';
import type { CandidateResult, TournamentResult } from './tournament-result.ts';

/** Scores with the horizon as the step, so that tracking draws them as curves; all at the run's own start time. */
export function scoreMetrics(
  candidate: CandidateResult,
  { judgement }: TournamentResult,
  timestampMs: number,
): MetricPoint[] {
  const points: MetricPoint[] = [];
  const add = (key: string, value: number | null, step: number) => {
    if (value !== null && Number.isFinite(value)) points.push({ key, value, step, timestampMs });
  };
  for (const [block, scores] of Object.entries(candidate.scores)) {
    for (const { horizon, mae, rmse, r2, mase, bias, wis, coverage80, coverage95, skillVsNaive } of scores) {
      const figures = { mae, rmse, r2, mase, bias, wis, coverage80, coverage95, skill_vs_naive: skillVsNaive };
      for (const [key, value] of Object.entries(figures)) add(`${block}_${key}`, value, horizon);
    }
  }
  const verdict = judgement.verdicts.find(({ model }) => model === candidate.entry.entry);
  add('relative_score', verdict?.relativeScore ?? null, 0);
  add('p_against_naive', verdict?.pAgainstNaive ?? null, 0);
  add('p_against_champion', verdict?.pAgainstChampion ?? null, 0);
  add('failed_folds', candidate.failedFolds, 0);
  add('seconds', candidate.seconds, 0);
  return points;
}

/**
 * The weighted interval score (RUB per gram) of each fold of the selection and report blocks: a metric for each
 * horizon, its history over folds. The step counts folds, oldest first; the time is the day of the fold's cutoff.
 */
export function foldMetrics({ losses }: CandidateResult, { dates }: PriceSeries): MetricPoint[] {
  if (losses === null) return [];
  const points: MetricPoint[] = [];
  const { horizon } = losses.report;
  const width = String(horizon).length;
  const keys = Array.from({ length: horizon }, (_, index) => `fold_wis_h${String(index + 1).padStart(width, '0')}`);
  let step = 0;
  for (const { origins, wis } of [losses.selection, losses.report]) {
    for (const [row, origin] of origins.entries()) {
      const timestampMs = Date.parse(dates[origin] ?? '');
      for (const [index, key] of keys.entries()) {
        const value = wis[row * horizon + index] ?? Number.NaN;
        if (Number.isFinite(value)) points.push({ key, value, step, timestampMs });
      }
      step += 1;
    }
  }
  return points;
}
