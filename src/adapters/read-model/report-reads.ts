import type pg from 'pg';
import type {
  Accuracy,
  AssayApi,
  LiveAccuracy,
  MetalName,
  ModelFigures,
  ModelReport,
  Reign,
  ReportView,
} from '../../api/contract.ts';
import { PlatformError } from '../../domain/errors.ts';
import { sqlFile } from '../sql-files.ts';
import type { TournamentModelRow } from '../warehouse/forecast-rows.ts';
import { rows } from '../warehouse/pool.ts';
import { type FactRowRow, factOf } from './fact-rows.ts';

type ReportReads = Pick<AssayApi, 'accuracy' | 'comparison' | 'modelReport'>;
const worstShown = 10;

/** The report of the newest tournament, and how published forecasts did. */
export function createReportReads({ pool }: { readonly pool: pg.Pool }): ReportReads {
  return {
    async accuracy(metal) {
      const report = await readReport(pool, metal);
      const champion = report?.champion ?? null;
      const [figures, live, worst, champions] = await Promise.all([
        report === null || champion === null ? [] : readFigures(pool, report.tournamentId, champion, 'report', null),
        rows<LiveRow>(pool, sqlFile('postgres/read/live-accuracy.sql'), [metal]),
        rows<FactRowRow>(pool, sqlFile('postgres/read/worst-misses.sql'), [metal, worstShown]),
        rows<ReignRow>(pool, sqlFile('postgres/read/reigns.sql'), [metal]),
      ]);
      return {
        metal,
        report,
        figures,
        live: live.map(liveOf),
        worst: worst.map(factOf),
        champions: champions.map(reignOf),
      } satisfies Accuracy;
    },
    async comparison(metal, block, horizon) {
      const report = await readReport(pool, metal);
      const found = report === null ? [] : await readFigures(pool, report.tournamentId, null, block, horizon);
      return { metal, report, rows: found };
    },
    async modelReport(metal, model) {
      const report = await readReport(pool, metal);
      if (report === null) return null;
      const { tournamentId } = report;
      const [[found], figures] = await Promise.all([
        rows<ModelRow>(pool, sqlFile('postgres/read/model-report.sql'), [tournamentId, model]),
        readFigures(pool, tournamentId, model, null, null),
      ]);
      if (found === undefined) throw unknownModel(metal, model);
      return modelOf(metal, report, found, figures);
    },
  };
}

async function readReport(pool: pg.Pool, metal: MetalName): Promise<ReportView | null> {
  const [found] = await rows<ReportRow>(pool, sqlFile('postgres/read/tournament-report.sql'), [metal]);
  if (found === undefined) return null;
  const { confidence, resamples, levels, blocks, confidenceSet, settings } = found.summary;
  return {
    tournamentId: found.tournament_id,
    startedAt: found.started_at,
    cutoff: found.cutoff,
    horizon: found.horizon,
    step: settings?.step ?? 1,
    champion: found.champion,
    confidence,
    resamples,
    levels,
    blocks,
    confidenceSet,
  };
}

async function readFigures(
  pool: pg.Pool,
  tournamentId: string,
  model: string | null,
  block: 'selection' | 'report' | null,
  horizon: number | null,
): Promise<ModelFigures[]> {
  const sql = sqlFile('postgres/read/model-figures.sql');
  const found = await rows<FiguresRow>(pool, sql, [tournamentId, model, block, horizon]);
  return found.map(({ figures, ...place }) => ({ ...place, ...figures }));
}

function modelOf(metal: MetalName, report: ReportView, row: ModelRow, figures: ModelFigures[]): ModelReport {
  const { catalogueModel, parameters, calibration, losses } = row.summary;
  return {
    metal,
    model: row.model,
    catalogueModel,
    parameters,
    rank: row.rank,
    seconds: row.seconds,
    failure: row.failure,
    failedFolds: row.failed_folds,
    trackingRunId: row.tracking_run_id,
    reason: row.reason,
    passed: row.passed ?? false,
    calibration,
    figures,
    losses,
    report,
  };
}

function unknownModel(metal: MetalName, model: string): PlatformError {
  return new PlatformError('NOT_FOUND', `No model "${model}" took part in the newest comparison of ${metal}.`, {
    context: { parameter: 'name', value: model },
    hint: 'Take a name from the table of models.',
  });
}

function liveOf(row: LiveRow): LiveAccuracy {
  const { mae, naive_mae, ...rest } = row;
  return { ...rest, maeRub: mae, naiveMaeRub: naive_mae };
}

function reignOf(row: ReignRow): Reign {
  return {
    modelName: row.model_name,
    modelVersion: row.model_version,
    firstCutoff: row.first_cutoff,
    lastCutoff: row.last_cutoff,
    forecasts: row.forecasts,
    scoredPoints: row.scored,
    maeRub: row.mae,
    naiveMaeRub: row.naive_mae,
  };
}

interface ReportRow {
  readonly tournament_id: string;
  readonly started_at: string;
  readonly cutoff: string;
  readonly horizon: number;
  readonly champion: string | null;
  readonly summary: Pick<ReportView, 'confidence' | 'resamples' | 'levels' | 'blocks' | 'confidenceSet'> & {
    readonly settings?: { readonly step: number };
  };
}

interface FiguresRow {
  readonly model: string;
  readonly block: 'selection' | 'report';
  readonly horizon: number;
  readonly figures: Omit<ModelFigures, 'model' | 'block' | 'horizon'>;
}

interface ModelRow extends TournamentModelRow {
  readonly summary: Pick<ModelReport, 'catalogueModel' | 'parameters' | 'calibration' | 'losses'>;
  readonly reason: string | null;
  readonly passed: boolean | null;
}

interface LiveRow {
  readonly horizon: number;
  readonly forecasts: number;
  readonly mae: number;
  readonly naive_mae: number;
  readonly coverage80: number;
  readonly coverage95: number;
}

interface ReignRow {
  readonly model_name: string;
  readonly model_version: number;
  readonly first_cutoff: string;
  readonly last_cutoff: string;
  readonly forecasts: number;
  readonly scored: number;
  readonly mae: number | null;
  readonly naive_mae: number | null;
}
