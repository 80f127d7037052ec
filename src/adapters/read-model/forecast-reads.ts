import type pg from 'pg';
import type {
  AssayApi,
  MetalName,
  ModelVersionView,
  Quote,
  Score,
  TournamentView,
  Vintage,
  VintageSummary,
} from '../../api/contract.ts';
import { PlatformError } from '../../domain/errors.ts';
import { sqlFile } from '../sql-files.ts';
import {
  type PointRow,
  type ScoreRow,
  type TournamentModelRow,
  type TournamentRow,
  tournamentOf,
  type VintageRow,
} from '../warehouse/forecast-rows.ts';
import { readNowcast } from '../warehouse/nowcast-store.ts';
import { rows } from '../warehouse/pool.ts';
import { type FactRowRow, factOf } from './fact-rows.ts';
import { newestQuotes, quotesAsOf } from './quote-reads.ts';

export interface ForecastReadsOptions {
  readonly pool: pg.Pool;
  readonly versions: (metal: MetalName) => Promise<ModelVersionView[]>;
}

type ForecastReads = Pick<AssayApi, 'forecast' | 'vintages' | 'nowcast' | 'forecastVsFact' | 'models'>;

/** Published forecasts, how they did, and the newest comparison of models. */
export function createForecastReads({ pool, versions }: ForecastReadsOptions): ForecastReads {
  return {
    async forecast(metal, vintageId, asOf) {
      const [found, quotes] = await Promise.all([
        readVintage(pool, metal, vintageId, asOf),
        asOf === undefined ? newestQuotes(pool, metal, 1) : quotesAsOf(pool, { metal, asOf }),
      ]);
      const vintage = found === null || asOf === undefined ? found : withFactsOf(found, quotes);
      const scores =
        vintage === null
          ? []
          : await rows<ScoreRow>(pool, sqlFile('postgres/read/champion-scores.sql'), [
              metal,
              vintage.modelName,
              asOf ?? null,
            ]);
      return { vintage, lastQuote: quotes.at(-1) ?? null, championScores: scores.map(scoreOf) };
    },
    async vintages(metal, asOf) {
      const wanted = [metal, null, 1_000, asOf ?? null];
      const found = await rows<VintageRow>(pool, sqlFile('postgres/read/vintages.sql'), wanted);
      return found.map(summaryOf);
    },
    async nowcast(metal, asOf) {
      const found = await readNowcast(pool, metal, asOf ?? null);
      return found === null ? null : { ...found, drivers: [...found.drivers] };
    },
    async forecastVsFact(metal, limit, horizon, asOf) {
      const sql = sqlFile('postgres/read/forecast-vs-fact.sql');
      const found = await rows<FactRowRow>(pool, sql, [metal, limit, horizon ?? null, asOf ?? null]);
      return found.map(factOf);
    },
    async models(metal) {
      const [tournament, registered] = await Promise.all([readTournament(pool, metal), versions(metal)]);
      return { metal, tournament, versions: registered };
    },
  };
}

/** A vintage beside the facts that had arrived by then. */
function withFactsOf(vintage: Vintage, quotes: readonly Quote[]): Vintage {
  const facts = new Map(quotes.map((quote) => [quote.date, quote.buyRubPerGram]));
  const points = vintage.points.map((point) => ({ ...point, actualRubPerGram: facts.get(point.targetDate) ?? null }));
  return { ...vintage, points };
}

async function readVintage(
  pool: pg.Pool,
  metal: MetalName,
  vintageId: string | undefined,
  asOf: string | undefined,
): Promise<Vintage | null> {
  const wanted = [metal, vintageId ?? null, 1, asOf ?? null];
  const [found] = await rows<VintageRow>(pool, sqlFile('postgres/read/vintages.sql'), wanted);
  if (found === undefined) {
    if (vintageId === undefined) return null;
    throw new PlatformError('NOT_FOUND', `There is no forecast "${vintageId}" of ${metal}.`, {
      context: { metal, vintageId },
      hint: 'Take one from the list of vintages.',
    });
  }
  const points = await rows<PointRow>(pool, sqlFile('postgres/read/vintage-points.sql'), [found.vintage_id]);
  return {
    ...summaryOf(found),
    points: points.map((point) => ({
      targetDate: point.target_date,
      horizon: point.horizon,
      isProvisional: point.is_provisional,
      meanRubPerGram: point.mean_rub_per_gram,
      medianRubPerGram: point.median_rub_per_gram,
      quantilesRubPerGram: point.quantiles_rub_per_gram,
      actualRubPerGram: point.actual_rub_per_gram,
    })),
  };
}

async function readTournament(pool: pg.Pool, metal: MetalName): Promise<TournamentView | null> {
  const [found] = await rows<TournamentRow>(pool, sqlFile('postgres/read/tournament.sql'), [metal, null, null]);
  if (found === undefined) return null;
  const [models, scores] = await Promise.all([
    rows<TournamentModelRow>(pool, sqlFile('postgres/read/tournament-models.sql'), [found.tournament_id]),
    rows<ScoreRow>(pool, sqlFile('postgres/read/model-scores.sql'), [found.tournament_id, null]),
  ]);
  const tournament = tournamentOf(found, models);
  const { outcome, champion, challenger, reasons } = tournament.decision;
  return {
    tournamentId: tournament.tournamentId,
    startedAt: tournament.startedAt,
    cutoff: tournament.cutoff,
    origins: tournament.origins,
    horizon: tournament.horizon,
    trackingRunId: tournament.trackingRunId,
    models: [...tournament.models],
    scores: scores.map(scoreOf),
    decision: { outcome, champion, challenger, reasons: [...reasons] },
  };
}

function summaryOf(row: VintageRow): VintageSummary {
  return {
    vintageId: row.vintage_id,
    metal: row.metal,
    cutoff: row.cutoff,
    madeAt: row.made_at,
    modelName: row.model_name,
    modelVersion: row.model_version,
    simulated: row.simulated,
  };
}

function scoreOf({ skill_vs_naive: skillVsNaive, ...score }: ScoreRow): Score {
  return { ...score, skillVsNaive };
}
