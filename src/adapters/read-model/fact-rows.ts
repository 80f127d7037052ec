import type { FactRow } from '../../api/contract.ts';

export function factOf(row: FactRowRow): FactRow {
  return {
    vintageId: row.vintage_id,
    cutoff: row.cutoff,
    targetDate: row.target_date,
    horizon: row.horizon,
    modelName: row.model_name,
    modelVersion: row.model_version,
    meanRubPerGram: row.mean_rub_per_gram,
    naiveRubPerGram: row.naive_rub_per_gram,
    actualRubPerGram: row.actual_rub_per_gram,
    errorRub: row.error_rub,
    inside80: row.inside_80,
    inside95: row.inside_95,
    lower80RubPerGram: row.lower_80,
    upper80RubPerGram: row.upper_80,
  };
}

/** Of `sql/postgres/read/{forecast-vs-fact,worst-misses}.sql`. */
export interface FactRowRow {
  readonly vintage_id: string;
  readonly cutoff: string;
  readonly target_date: string;
  readonly horizon: number;
  readonly model_name: string;
  readonly model_version: number;
  readonly mean_rub_per_gram: number;
  readonly naive_rub_per_gram: number;
  readonly actual_rub_per_gram: number;
  readonly error_rub: number;
  readonly inside_80: boolean;
  readonly inside_95: boolean;
  readonly lower_80: number | null;
  readonly upper_80: number | null;
}
