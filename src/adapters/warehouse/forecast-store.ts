import type pg from 'pg';
import { assert, PlatformError } from '../../domain/errors.ts';
import type { IsoDate } from '../../domain/iso-date.ts';
import type { Metal } from '../../domain/metal.ts';
import type {
  ForecastPoint,
  ForecastStore,
  ForecastVintage,
  ModelScore,
  RowCounts,
  StoredReport,
  Tournament,
} from '../../ports/warehouse.ts';
import { sqlFile } from '../sql-files.ts';
import {
  type PointRow,
  type ScoredRow,
  type TournamentModelRow,
  type TournamentRow,
  tournamentOf,
  type VintageRow,
} from './forecast-rows.ts';
import { rows, transaction, written } from './pool.ts';

/** Forecasts, tournaments and scores in PostgreSQL, append-only by trigger. */
export function createForecastStore(pool: pg.Pool): ForecastStore {
  return {
    saveVintage: (vintage) => saveVintage(pool, vintage),
    latestVintage: (metal) => latestVintage(pool, metal),
    scoreVintages: () =>
      transaction(pool, async (db) => {
        const [counts] = await rows<RowCounts>(db, sqlFile('postgres/dm/forecast_vs_fact.sql'));
        assert(counts !== undefined, 'scoring returns its counts in one row');
        return counts;
      }),
    async scoredForecasts(metal, limit) {
      const found = await rows<ScoredRow>(pool, sqlFile('postgres/read/forecast-vs-fact.sql'), [
        metal,
        limit,
        null,
        null,
      ]);
      return found.map((row) => ({
        targetDate: row.target_date,
        horizon: row.horizon,
        modelVersion: row.model_version,
        mean: row.mean_rub_per_gram,
        naive: row.naive_rub_per_gram,
        actual: row.actual_rub_per_gram,
        inside80: row.inside_80,
      }));
    },
    saveTournament: (tournament, scores, report) => saveTournament(pool, tournament, scores, report),
    async findTournament(metal, dataHash, settingsHash) {
      const found = await rows<TournamentRow>(pool, sqlFile('postgres/read/tournament.sql'), [
        metal,
        dataHash,
        settingsHash,
      ]);
      if (found[0] === undefined) return null;
      const models = await rows<TournamentModelRow>(pool, sqlFile('postgres/read/tournament-models.sql'), [
        found[0].tournament_id,
      ]);
      return tournamentOf(found[0], models);
    },
  };
}

async function saveVintage(pool: pg.Pool, vintage: ForecastVintage): Promise<'created' | 'exists'> {
  refuseIncomplete(vintage);
  return transaction(pool, async (db) => {
    await refuseDaysWithoutQuotes(db, vintage);
    const created = await rows(db, sqlFile('postgres/write/vintage.sql'), [
      vintage.vintageId,
      vintage.metal,
      vintage.cutoff,
      vintage.madeAt,
      vintage.modelName,
      vintage.modelVersion,
      vintage.trackingRunId,
      vintage.dataHash,
      vintage.simulated,
      vintage.points.length,
    ]);
    if (created.length === 0) return 'exists';
    await written(db, sqlFile('postgres/write/vintage-points.sql'), [
      vintage.vintageId,
      JSON.stringify(vintage.points),
    ]);
    return 'created';
  });
}

function refuseIncomplete({ vintageId, points }: ForecastVintage): void {
  const isWhole = points.length > 0 && points.every((point, index) => point.horizon === index + 1);
  if (isWhole) return;
  throw new PlatformError('INPUT_INVALID', `The forecast ${vintageId} does not have every horizon from 1, in order.`, {
    context: { horizons: points.map((point) => point.horizon) },
    hint: 'A forecast is published complete or not at all.',
  });
}

async function refuseDaysWithoutQuotes(db: pg.PoolClient, { vintageId, points }: ForecastVintage): Promise<void> {
  const found = await rows<{ calendar_date: IsoDate; reason: string | null }>(
    db,
    sqlFile('postgres/read/not-quote-dates.sql'),
    [points.map((point) => point.targetDate)],
  );
  if (found[0] === undefined) return;
  const dates = found.map((row) => row.calendar_date).join(', ');
  throw new PlatformError('CHECK_FAILED', `The forecast ${vintageId} is for days without a quote: ${dates}.`, {
    context: { days: found },
    hint: 'Take target dates from the calendar of quote days.',
  });
}

async function latestVintage(pool: pg.Pool, metal: Metal): Promise<ForecastVintage | null> {
  const [vintage] = await rows<VintageRow>(pool, sqlFile('postgres/read/vintages.sql'), [metal, null, 1, null]);
  if (vintage === undefined) return null;
  const points = await rows<PointRow>(pool, sqlFile('postgres/read/vintage-points.sql'), [vintage.vintage_id]);
  return {
    vintageId: vintage.vintage_id,
    metal: vintage.metal,
    cutoff: vintage.cutoff,
    madeAt: vintage.made_at,
    modelName: vintage.model_name,
    modelVersion: vintage.model_version,
    trackingRunId: vintage.tracking_run_id,
    dataHash: vintage.data_hash,
    simulated: vintage.simulated,
    points: points.map(
      (point): ForecastPoint => ({
        targetDate: point.target_date,
        horizon: point.horizon,
        isProvisional: point.is_provisional,
        meanRubPerGram: point.mean_rub_per_gram,
        medianRubPerGram: point.median_rub_per_gram,
        quantilesRubPerGram: point.quantiles_rub_per_gram,
      }),
    ),
  };
}

async function saveTournament(
  pool: pg.Pool,
  tournament: Tournament,
  scores: readonly ModelScore[],
  report: StoredReport,
): Promise<'created' | 'exists'> {
  return transaction(pool, async (db) => {
    const created = await rows(db, sqlFile('postgres/write/tournament.sql'), [
      tournament.tournamentId,
      tournament.metal,
      tournament.startedAt,
      tournament.cutoff,
      tournament.dataHash,
      tournament.settingsHash,
      tournament.trackingRunId,
      tournament.origins,
      tournament.horizon,
      tournament.simulated,
      JSON.stringify(tournament.decision),
    ]);
    if (created.length === 0) return 'exists';
    const id = tournament.tournamentId;
    await written(db, sqlFile('postgres/write/tournament-models.sql'), [id, JSON.stringify(tournament.models)]);
    await written(db, sqlFile('postgres/write/model-scores.sql'), [id, tournament.metal, JSON.stringify(scores)]);
    await written(db, sqlFile('postgres/write/tournament-report.sql'), [
      id,
      JSON.stringify(report.summary),
      JSON.stringify(report.models),
      JSON.stringify(report.figures),
    ]);
    return 'created';
  });
}
