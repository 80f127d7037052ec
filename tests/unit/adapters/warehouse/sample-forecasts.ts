import { metricNames } from '../../../../src/api/contract.ts';
import { quantileLevels } from '../../../../src/domain/forecaster.ts';
import { isoDate } from '../../../../src/domain/iso-date.ts';
import type { Instant } from '../../../../src/domain/moscow-time.ts';
import type { ForecastVintage, ModelScore, StoredReport, Tournament } from '../../../../src/ports/warehouse.ts';

/** Two horizons after 2025-06-27: Saturday, then the Tuesday that follows it. */
export function sampleVintage(changes: Partial<ForecastVintage> = {}): ForecastVintage {
  const targets = [isoDate('2025-06-28'), isoDate('2025-07-01')];
  return {
    vintageId: 'gold-2025-06-27',
    metal: 'gold',
    cutoff: isoDate('2025-06-27'),
    madeAt: '2025-06-26T14:00:00.000Z' as Instant,
    modelName: 'theta',
    modelVersion: 3,
    trackingRunId: 'run',
    dataHash: 'data',
    simulated: false,
    points: targets.map((targetDate, index) => ({
      targetDate,
      horizon: index + 1,
      isProvisional: false,
      meanRubPerGram: 8350.125 + index,
      medianRubPerGram: 8349.1 + index,
      quantilesRubPerGram: Object.fromEntries(
        quantileLevels.map((level) => [String(level), 8349.1 + index + 200 * (level - 0.5)]),
      ),
    })),
    ...changes,
  };
}

export function sampleTournament(): Tournament {
  return {
    tournamentId: 't1',
    metal: 'gold',
    startedAt: '2025-06-26T10:00:00.000Z' as Instant,
    cutoff: isoDate('2025-06-27'),
    dataHash: 'data',
    settingsHash: 'settings',
    trackingRunId: 'tracking',
    origins: 250,
    horizon: 2,
    simulated: false,
    models: [
      { model: 'theta', trackingRunId: 'a', rank: 1, seconds: 1.5, status: 'ok', failure: null, failedFolds: 0 },
      { model: 'naive', trackingRunId: 'b', rank: 2, seconds: 0.25, status: 'ok', failure: null, failedFolds: 0 },
      { model: 'sick', trackingRunId: 'c', rank: null, seconds: 0, status: 'failed', failure: 'no', failedFolds: 9 },
    ],
    decision: {
      outcome: 'promoted',
      champion: 'theta',
      challenger: 'theta',
      reasons: [{ model: 'theta', passed: true, reason: 'It beats naive.' }],
    },
  };
}

export function sampleScores(): ModelScore[] {
  return ['theta', 'naive'].flatMap((model) =>
    (['selection', 'report'] as const).flatMap((block) =>
      [1, 2].map((horizon) => ({
        tournamentId: 't1',
        metal: 'gold' as const,
        model,
        block,
        horizon,
        origins: 250,
        mae: 50.5,
        rmse: 70.25,
        r2: horizon === 1 ? 0.99 : null,
        mase: 1.01,
        bias: -0.5,
        wis: 40,
        coverage80: 0.81,
        coverage95: 0.94,
        skillVsNaive: 0.01,
      })),
    ),
  );
}

/** Made with numbers that tell apart what they belong to. */
export function sampleStoredReport(): StoredReport {
  const block = { from: '2025-01-10', to: '2025-06-27', origins: 2, cutoffs: ['2025-01-10', '2025-06-27'] };
  const set = [
    { model: 'naive', pValue: 0.2, inSet: true },
    { model: 'theta', pValue: 1, inSet: true },
  ];
  return {
    summary: {
      confidence: 0.9,
      resamples: 200,
      levels: [...quantileLevels],
      blocks: { selection: block, report: block },
      confidenceSet: { selection: set, report: set },
    },
    models: ['theta', 'naive', 'sick'].map((model) => ({
      model,
      summary: {
        catalogueModel: model,
        parameters: { scale: 'auto' },
        calibration:
          model === 'sick' ? null : { method: 'split', scores: { split: { relativeWis: 1, coverageMiss: 0.02 } } },
        losses: { selection: [0.9, 1.1], report: [1, 1] },
      },
    })),
    figures: ['theta', 'naive'].flatMap((model) =>
      (['selection', 'report'] as const).flatMap((block) =>
        [1, 2].map((horizon) => ({
          model,
          block,
          horizon,
          figures: {
            origins: 2,
            metrics: Object.fromEntries(metricNames.map((name) => [name, { value: horizon, lower: null, upper: 2 }])),
            pinball: [0.5],
            pit: [{ from: 0, to: 1, share: 1 }],
            direction: null,
            dieboldMariano: null,
            giacominiWhite: null,
          },
        })),
      ),
    ),
  };
}
