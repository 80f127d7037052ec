import {
  type Accuracy,
  type Comparison,
  type FactRow,
  type MetalName,
  type MetricName,
  type ModelFigures,
  type ModelReport,
  metricNames,
  type ReportView,
  type Score,
} from '../../src/api/contract.ts';
import { PlatformError } from '../../src/domain/errors.ts';
import { normalGenerator, round } from './sample-series.ts';

/** Reports over the made-up scores of the sample API: shapes as a tournament gives them, figures that hang together. */

const levels = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975];

export function sampleReport(models: readonly string[], dates: readonly string[], champion: string): ReportView {
  const block = (cutoffs: readonly string[]) => ({
    from: cutoffs[0] ?? '2024-01-10',
    to: cutoffs.at(-1) ?? '2025-06-21',
    origins: cutoffs.length,
    cutoffs: [...cutoffs],
  });
  const set = models.map((model, index) => ({
    model,
    pValue: round(1 - index / models.length, 3),
    inSet: index < models.length - 2,
  }));
  return {
    tournamentId: 't-2025-06-22',
    startedAt: '2025-06-22T03:00:04.000Z',
    cutoff: '2025-06-21',
    horizon: 14,
    step: 1,
    champion,
    confidence: 0.9,
    resamples: 200,
    levels,
    blocks: { selection: block(dates.slice(-264, -74)), report: block(dates.slice(-74, -14)) },
    confidenceSet: { selection: set, report: set },
  };
}

/** The figures behind a made-up score. */
export function sampleFigures(score: Score): ModelFigures {
  const { model, block, horizon, origins, mae, rmse, skillVsNaive } = score;
  const isNaive = model === 'naive';
  const values: Record<MetricName, number | null> = {
    mae,
    rmse,
    r2: score.r2,
    r2OfChanges: round(skillVsNaive / 2, 4),
    mape: round(mae / 82, 3),
    smape: round(mae / 82, 3),
    mase: score.mase,
    rmsse: round(score.mase * 1.02, 3),
    bias: score.bias,
    directionalAccuracy: isNaive ? null : 0.54,
    wis: score.wis,
    crps: round(score.wis * 1.04, 2),
    coverage50: round(score.coverage80 - 0.29, 3),
    coverage80: score.coverage80,
    coverage95: score.coverage95,
    width50: round(rmse * 1.3, 2),
    width80: round(rmse * 2.5, 2),
    width95: round(rmse * 3.9, 2),
    skillVsNaive,
    wisSkillVsNaive: isNaive ? 0 : round(skillVsNaive * 0.9, 4),
  };
  const spread = (name: MetricName, value: number): number =>
    /skill/i.test(name) ? (isNaive ? 0 : 0.02) : /coverage/.test(name) ? 0.05 : Math.abs(value) * 0.1;
  const metrics = Object.fromEntries(
    metricNames.map((name) => {
      const value = values[name];
      if (value === null || block === 'selection') return [name, { value, lower: null, upper: null }];
      const margin = spread(name, value);
      return [name, { value, lower: round(value - margin, 4), upper: round(value + margin, 4) }];
    }),
  ) as ModelFigures['metrics'];
  const edges = [0, ...levels, 1];
  const pit = edges.slice(1).map((to, index) => {
    const from = edges[index]!;
    return { from, to, share: round((to - from) * (1 + 0.1 * Math.sin(index)), 4) };
  });
  return {
    model,
    block,
    horizon,
    origins,
    metrics,
    pinball: levels.map((level) => round(mae * level * (1 - level), 3)),
    pit,
    direction: isNaive ? null : { right: 32, trials: 60, pValue: 0.35 },
    dieboldMariano: isNaive ? null : { statistic: 1.4, pValue: 0.084 },
    giacominiWhite: isNaive ? null : { statistic: 3.1, pValue: 0.21, secondForetold: 0.6 },
  };
}

export function sampleComparison(
  metal: MetalName,
  report: ReportView | null,
  scores: readonly Score[],
  block: 'selection' | 'report',
  horizon: number,
): Comparison {
  const own = scores.filter((score) => score.block === block && score.horizon === horizon);
  return { metal, report, rows: report === null ? [] : own.map(sampleFigures) };
}

export function sampleModelReport(
  metal: MetalName,
  model: string,
  report: ReportView | null,
  scores: readonly Score[],
  reason: { readonly passed: boolean; readonly reason: string } | undefined,
): ModelReport | null {
  if (report === null) return null;
  const failed = model === 'sarima';
  const own = scores.filter((score) => score.model === model);
  if (own.length === 0 && !failed) {
    throw new PlatformError('NOT_FOUND', `No model "${model}" took part in the newest comparison of ${metal}.`, {
      context: { parameter: 'name', value: model },
    });
  }
  const random = normalGenerator(40 + [...model].reduce((sum, letter) => sum + letter.charCodeAt(0), 0));
  const losses = (count: number) =>
    failed ? [] : Array.from({ length: count }, () => round(Math.exp(0.4 * random()), 4));
  return {
    metal,
    model,
    catalogueModel: model,
    parameters: model === 'theta' ? { deseasonalise: 'auto', scale: 'auto' } : {},
    rank: failed ? null : 1,
    seconds: 1.7,
    failure: failed ? 'the optimiser did not converge in 31 of 250 folds' : null,
    failedFolds: failed ? 31 : 0,
    trackingRunId: `run-${model}`,
    reason: reason?.reason ?? null,
    passed: reason?.passed ?? false,
    calibration: failed
      ? null
      : {
          method: 'agaci',
          scores: {
            split: { relativeWis: 0.99, coverageMiss: 0.021 },
            agaci: { relativeWis: 0.985, coverageMiss: 0.014 },
          },
        },
    figures: own.map(sampleFigures),
    losses: { selection: losses(report.blocks.selection.origins), report: losses(report.blocks.report.origins) },
    report,
  };
}

export function sampleAccuracy(
  metal: MetalName,
  report: ReportView | null,
  scores: readonly Score[],
  facts: readonly FactRow[],
): Accuracy {
  const held = scores.filter((score) => score.model === report?.champion && score.block === 'report');
  const horizons = [...new Set(facts.map((fact) => fact.horizon))].sort((a, b) => a - b);
  return {
    metal,
    report,
    figures: report === null ? [] : held.map(sampleFigures),
    live: horizons.map((horizon) => {
      const own = facts.filter((fact) => fact.horizon === horizon);
      const mean = (of: (fact: FactRow) => number) => own.reduce((sum, fact) => sum + of(fact), 0) / own.length;
      return {
        horizon,
        forecasts: own.length,
        maeRub: mean((fact) => Math.abs(fact.errorRub)),
        naiveMaeRub: mean((fact) => Math.abs(fact.naiveRubPerGram - fact.actualRubPerGram)),
        coverage80: mean((fact) => Number(fact.inside80)),
        coverage95: mean((fact) => Number(fact.inside95)),
      };
    }),
    worst: [...facts].sort((a, b) => Math.abs(b.errorRub) - Math.abs(a.errorRub)).slice(0, 10),
    champions:
      facts.length === 0
        ? []
        : [
            {
              modelName: 'theta',
              modelVersion: 3,
              firstCutoff: '2025-06-24',
              lastCutoff: '2025-06-28',
              forecasts: 4,
              scoredPoints: 6,
              maeRub: 61.2,
              naiveMaeRub: 62.9,
            },
            {
              modelName: 'naive',
              modelVersion: 2,
              firstCutoff: '2025-05-30',
              lastCutoff: '2025-06-21',
              forecasts: 15,
              scoredPoints: 0,
              maeRub: null,
              naiveMaeRub: null,
            },
          ],
  };
}
