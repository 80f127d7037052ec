import type { IsoDate } from '../../domain/iso-date.ts';
import type { Metal } from '../../domain/metal.ts';
import type { Instant } from '../../domain/moscow-time.ts';
import type { PromotionDecision, Tournament } from '../../ports/warehouse.ts';

/** Rows as `sql/postgres/read/{vintages,vintage-points,tournament,tournament-models,model-scores}.sql` return them. */
export interface VintageRow {
  readonly vintage_id: string;
  readonly metal: Metal;
  readonly cutoff: IsoDate;
  readonly made_at: Instant;
  readonly model_name: string;
  readonly model_version: number;
  readonly tracking_run_id: string;
  readonly data_hash: string;
  readonly simulated: boolean;
}

export interface PointRow {
  readonly horizon: number;
  readonly target_date: IsoDate;
  readonly is_provisional: boolean;
  readonly mean_rub_per_gram: number;
  readonly median_rub_per_gram: number;
  readonly quantiles_rub_per_gram: Record<string, number>;
  readonly actual_rub_per_gram: number | null;
}

/** Of `sql/postgres/read/forecast-vs-fact.sql`. */
export interface ScoredRow {
  readonly target_date: IsoDate;
  readonly horizon: number;
  readonly model_version: number;
  readonly mean_rub_per_gram: number;
  readonly naive_rub_per_gram: number;
  readonly actual_rub_per_gram: number;
  readonly inside_80: boolean;
}

export interface TournamentRow {
  readonly tournament_id: string;
  readonly metal: Metal;
  readonly started_at: Instant;
  readonly cutoff: IsoDate;
  readonly data_hash: string;
  readonly settings_hash: string;
  readonly tracking_run_id: string;
  readonly origins: number;
  readonly horizon: number;
  readonly simulated: boolean;
  readonly decision: PromotionDecision;
}

export interface TournamentModelRow {
  readonly model: string;
  readonly tracking_run_id: string;
  readonly rank: number | null;
  readonly seconds: number;
  readonly status: 'ok' | 'failed';
  readonly failure: string | null;
  readonly failed_folds: number;
}

export interface ScoreRow {
  readonly model: string;
  readonly block: 'selection' | 'report';
  readonly horizon: number;
  readonly origins: number;
  readonly mae: number;
  readonly rmse: number;
  readonly r2: number | null;
  readonly mase: number;
  readonly bias: number;
  readonly wis: number;
  readonly coverage80: number;
  readonly coverage95: number;
  readonly skill_vs_naive: number;
}

export function tournamentOf(row: TournamentRow, models: readonly TournamentModelRow[]): Tournament {
  return {
    tournamentId: row.tournament_id,
    metal: row.metal,
    startedAt: row.started_at,
    cutoff: row.cutoff,
    dataHash: row.data_hash,
    settingsHash: row.settings_hash,
    trackingRunId: row.tracking_run_id,
    origins: row.origins,
    horizon: row.horizon,
    simulated: row.simulated,
    decision: row.decision,
    models: models.map((model) => ({
      model: model.model,
      trackingRunId: model.tracking_run_id,
      rank: model.rank,
      seconds: model.seconds,
      status: model.status,
      failure: model.failure,
      failedFolds: model.failed_folds,
    })),
  };
}
