import type { CalibrationChoice } from '../backtest/calibration.ts';
import { defaultFigureOptions, type HorizonFigures } from '../backtest/figures.ts';
import { type Judgement, relativeLosses } from '../backtest/promotion.ts';
import { type ChartModel, coverageChart, pitChart, skillChart } from '../backtest/report-charts.ts';
import type { BacktestSettings } from '../backtest/settings.ts';
import type { BlockFigures } from '../backtest/tournament-jobs.ts';
import type { ModelParameters } from '../domain/forecaster.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import type { IsoDate } from '../domain/iso-date.ts';
import type { PriceSeries } from '../domain/quote.ts';
import type { StoredReport } from '../ports/warehouse.ts';
import { overlapBlockLength } from '../stats/bootstrap.ts';
import { modelConfidenceSet } from '../stats/model-confidence-set.ts';
import type { CandidateResult, TournamentResult } from './tournament-result.ts';

const blocks = ['selection', 'report'] as const;
type BlockName = (typeof blocks)[number];

/** Everything a tournament found, for pages and programs: `report.json` beside the tournament's run. */
export interface TournamentReport {
  readonly format: 1;
  readonly tournamentId: string;
  readonly metal: string;
  readonly cutoff: IsoDate;
  readonly settings: BacktestSettings;
  /** Levels of `pinball`. */
  readonly levels: readonly number[];
  /** Coverage of the intervals around figures, and how many resamples they rest on. */
  readonly confidence: number;
  readonly resamples: number;
  /** First and last cutoff of the origins of each block. */
  readonly blocks: Readonly<Record<BlockName, ReportBlock>>;
  readonly judgement: Judgement;
  /** Models that cannot be told from the best by WIS over all horizons have `inSet`; in order of p-value, best last. */
  readonly confidenceSet: Readonly<
    Record<BlockName, readonly { readonly model: string; readonly pValue: number; readonly inSet: boolean }[]>
  >;
  readonly models: readonly ReportedModel[];
}

export interface ReportBlock {
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly origins: number;
  /** The cutoff of each origin, oldest first. */
  readonly cutoffs: readonly IsoDate[];
}

export interface ReportedModel {
  readonly model: string;
  /** Its name in the catalogue, or where it came from. */
  readonly catalogueModel: string;
  readonly parameters: ModelParameters;
  readonly failure: string | null;
  readonly failedFolds: number;
  readonly seconds: number;
  readonly calibration: Omit<CalibrationChoice, 'calibrated'> | null;
  /** By horizon; empty for a model that failed. */
  readonly figures: Readonly<Record<BlockName, readonly HorizonFigures[]>>;
  /** By origin: WIS relative to naive's mean, averaged over horizons; empty for a model that failed. */
  readonly losses: Readonly<Record<BlockName, readonly number[]>>;
}

/** Names by which the report and its charts are kept beside the tournament's run. */
export const reportPath = 'report.json';
export const chartPaths = {
  skill: 'charts/skill.svg',
  coverage: 'charts/coverage.svg',
  pit: 'charts/pit.svg',
} as const;

/** Figures of every model over both blocks; `figures` by entry, as `figureEntries` makes them. Pure. */
export function tournamentReport(
  identity: { readonly tournamentId: string; readonly cutoff: IsoDate },
  result: TournamentResult,
  series: PriceSeries,
  figures: ReadonlyMap<string, BlockFigures>,
): TournamentReport {
  const { settings, plan, candidates, judgement } = result;
  const options = { ...defaultFigureOptions, step: settings.step };
  const of = <Value>(make: (origins: readonly number[]) => Value) => ({
    selection: make(plan.selection),
    report: make(plan.report),
  });
  const dateAt = (origin: number | undefined) => series.dates[origin ?? -1] ?? identity.cutoff;
  const losses = {
    selection: relativeLossesIn(candidates, 'selection'),
    report: relativeLossesIn(candidates, 'report'),
  };
  const lossesBy = (entry: string, block: BlockName) => [...(losses[block].get(entry) ?? [])];
  return {
    format: 1,
    tournamentId: identity.tournamentId,
    metal: series.metal,
    cutoff: identity.cutoff,
    settings,
    levels: quantileLevels,
    confidence: options.confidence,
    resamples: options.resamples,
    blocks: of((origins) => ({
      from: dateAt(origins[0]),
      to: dateAt(origins.at(-1)),
      origins: origins.length,
      cutoffs: origins.map(dateAt),
    })),
    judgement,
    confidenceSet: {
      selection: confidenceSetOf(losses.selection, settings),
      report: confidenceSetOf(losses.report, settings),
    },
    models: candidates.map((candidate) => ({
      model: candidate.entry.entry,
      catalogueModel: candidate.entry.model,
      parameters: candidate.entry.parameters,
      failure: candidate.failure,
      failedFolds: candidate.failedFolds,
      seconds: candidate.seconds,
      calibration: candidate.calibration,
      figures: figures.get(candidate.entry.entry) ?? { selection: [], report: [] },
      losses: {
        selection: lossesBy(candidate.entry.entry, 'selection'),
        report: lossesBy(candidate.entry.entry, 'report'),
      },
    })),
  };
}

/** The report as it is stored: numbers to six digits, which is more than any of them is worth. */
export function reportJson(report: TournamentReport): string {
  return JSON.stringify(report, (_, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value,
  );
}

/** The same for the warehouse, where pages read it; the judgement is kept there with the tournament's decision. */
export function storedReport(report: TournamentReport): StoredReport {
  const { models, judgement: _judgement, ...summary } = JSON.parse(reportJson(report)) as TournamentReport;
  return {
    summary: { ...summary },
    models: models.map(({ model, figures: _figures, ...own }) => ({ model, summary: own })),
    figures: models.flatMap(({ model, figures }) =>
      blocks.flatMap((block) =>
        figures[block].map(({ horizon, ...own }) => ({ model, block, horizon, figures: { ...own } })),
      ),
    ),
  };
}

/** The charts of a report by path, drawn over the report block: nobody chose by it. */
export function reportCharts(report: TournamentReport): Readonly<Record<string, string>> {
  const shown = chartedModels(report);
  const title = `${report.metal} ${report.blocks.report.from} .. ${report.blocks.report.to}`;
  return {
    [chartPaths.skill]: skillChart(shown, title),
    [chartPaths.coverage]: coverageChart(shown, title),
    [chartPaths.pit]: pitChart(shown, title),
  };
}

/** A chart holds four lines before it is a knot: who serves, who challenged, naive, and the best others by rank. */
function chartedModels({ judgement, models }: TournamentReport): ChartModel[] {
  const ranked = judgement.verdicts.filter(({ rank }) => rank !== null).map(({ model }) => model);
  const first = [judgement.champion, judgement.challenger, 'naive'].filter((name) => name !== null);
  const names = [...new Set([...first, ...ranked])].slice(0, 4);
  return names.flatMap((name) => {
    const figures = models.find(({ model }) => model === name)?.figures.report ?? [];
    return figures.length === 0 ? [] : [{ name, figures }];
  });
}

/** Relative to naive's, of every entry that has any, by its name. */
function relativeLossesIn(candidates: readonly CandidateResult[], block: BlockName): ReadonlyMap<string, Float64Array> {
  const naive = candidates.find(({ entry }) => entry.entry === 'naive')?.losses?.[block];
  return new Map(
    candidates.flatMap(({ entry, losses }) =>
      losses === null || naive === undefined ? [] : [[entry.entry, relativeLosses(losses[block], naive)] as const],
    ),
  );
}

function confidenceSetOf(losses: ReadonlyMap<string, Float64Array>, { horizon, step }: BacktestSettings) {
  const names = [...losses.keys()];
  const [first] = losses.values();
  if (first === undefined) return [];
  const blockLength = overlapBlockLength(first.length, Math.ceil(horizon / step));
  const seed = defaultFigureOptions.seed;
  return modelConfidenceSet([...losses.values()], { blockLength, resamples: 500, seed }).map(({ model, pValue }) => ({
    model: names[model] ?? '',
    pValue,
    inSet: pValue >= 0.1,
  }));
}
