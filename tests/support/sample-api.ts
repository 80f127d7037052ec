import type {
  AssayApi,
  FactRow,
  ForecastPointView,
  LiveEvent,
  MetalName,
  ModelVersionView,
  NowcastView,
  Provenance,
  Quote,
  Score,
  TournamentView,
  Vintage,
  VintageSummary,
} from '../../src/api/contract.ts';
import { PlatformError } from '../../src/domain/errors.ts';
import { readPair } from '../../src/flows/compare-pair.ts';
import { createModelFiles } from '../../src/flows/model-artefacts.ts';
import { createSampleAlerts } from './sample-alerts.ts';
import { eventsUntil } from './sample-events.ts';
import { sampleAccuracy, sampleComparison, sampleModelReport, sampleReport } from './sample-report.ts';
import {
  cachedQuotes,
  isInside,
  nextQuoteDates,
  normalGenerator,
  round,
  sampleMonths,
  samplePlace,
  sampleSummary,
} from './sample-series.ts';
import { downApi, type SampleState } from './sample-state.ts';
import { sampleRunDetail, sampleSystem } from './sample-system.ts';
import { sampleUpkeep } from './sample-upkeep.ts';

export { type SampleState, sampleStates } from './sample-state.ts';

export interface SampleApi extends AssayApi {
  /** What was asked of the commands, in order. */
  readonly commands: readonly (readonly unknown[])[];
  /** Sends an event to every open stream. */
  emit(event: LiveEvent): void;
}

/** The whole API over made-up data: for tests, and for looking at the pages. */
export function createSampleApi(state: SampleState = 'normal'): SampleApi {
  const commands: (readonly unknown[])[] = [];
  const listeners = new Set<(event: LiveEvent) => void>();
  const quotesOf = (metal: MetalName): readonly Quote[] => (state === 'empty' ? [] : cachedQuotes(metal));
  const provenance: Provenance = {
    source: state === 'simulated' ? 'SIMULATED' : 'cbr',
    simulated: state === 'simulated',
    generatedAt: state === 'stale' ? '2026-11-23T08:15:00.000Z' : '2025-06-28T09:15:00.000Z',
    lastEffectiveDate: state === 'empty' ? null : '2025-06-28',
  };
  const api: AssayApi = {
    provenance: async () => provenance,
    dataVersion: async () => ({ version: state, changedAt: '2025-06-28T08:31:04.000Z' }),
    today: async (metal) => todayOf(metal, quotesOf(metal), state),
    quotes: async ({ metal, from, to, asOf = '9999' }) =>
      quotesOf(metal).filter((quote) => isInside(quote.date, from, to) && quote.date <= asOf.slice(0, 10)),
    summary: async (query) => sampleSummary(await api.quotes(query)),
    months: async (metal, asOf = '9999') =>
      sampleMonths(quotesOf(metal).filter((quote) => quote.date <= asOf.slice(0, 10))),
    forecast: async (metal, vintageId) => forecastOf(metal, quotesOf(metal), state, vintageId),
    vintages: async (metal) => (hasForecast(state) ? summariesOf(metal, quotesOf(metal), state) : []),
    nowcast: async (metal) => (hasForecast(state) ? nowcastOf(metal, quotesOf(metal), state) : null),
    forecastVsFact: async (metal, limit, horizon, asOf = '9999') =>
      (hasForecast(state) ? factsOf(quotesOf(metal)) : [])
        .filter((fact) => horizon === undefined || fact.horizon === horizon)
        .filter((fact) => fact.targetDate <= asOf.slice(0, 10))
        .slice(0, limit),
    accuracy: async (metal) => {
      const facts = hasForecast(state) ? factsOf(quotesOf(metal)) : [];
      return sampleAccuracy(metal, reportOf(quotesOf(metal), state), allScores(state), facts);
    },
    comparison: async (metal, block, horizon) =>
      sampleComparison(metal, reportOf(quotesOf(metal), state), allScores(state), block, horizon),
    modelReport: async (metal, model) => {
      const reason = tournamentOf(state).decision.reasons.find((one) => one.model === model);
      return sampleModelReport(metal, model, reportOf(quotesOf(metal), state), allScores(state), reason);
    },
    ...createModelFiles({ modelReport: (metal: MetalName, model) => api.modelReport(metal, model) }, sampleArtefacts),
    pair: async (metal, first, second) => readPair(api, metal, first, second),
    models: async (metal) => modelsOf(metal, state),
    upkeep: async () => sampleUpkeep(state),
    system: async () => sampleSystem(provenance, state),
    run: async (runId) => sampleRunDetail(runId, provenance, state),
    alerts: createSampleAlerts(state, commands),
    startRun: async (flow, parameters) => {
      commands.push(['startRun', flow, parameters]);
      return { runId: 'run-4' };
    },
    promote: async (metal, version, reason) => {
      commands.push(['promote', metal, version, reason]);
      if (version === 4) throw new PlatformError('GATE_REFUSED', 'Version 4 does not reproduce its own forecast.');
      return { ...version3, version };
    },
    rollback: async (metal, reason) => {
      commands.push(['rollback', metal, reason]);
      return version3;
    },
    decideHeld: async (held, decision, reason) => {
      commands.push(['decideHeld', held, decision, reason]);
    },
    events: (signal) => eventsUntil(signal, listeners),
  };
  return {
    ...(state === 'down' ? downApi(api) : api),
    commands,
    emit: (event) => {
      for (const hear of listeners) hear(event);
    },
  };
}

const sampleArtefacts = {
  getArtefact: async (runId: string, path: string) => new TextEncoder().encode(`${runId} ${path}`),
};

function hasForecast(state: SampleState): boolean {
  return state !== 'empty' && state !== 'no-champion';
}

function todayOf(
  metal: MetalName,
  quotes: readonly Quote[],
  state: SampleState,
): Awaited<ReturnType<AssayApi['today']>> {
  const last = quotes.at(-1) ?? null;
  const year = quotes.filter((quote) => quote.date > '2024-06-28').map((quote) => quote.buyRubPerGram);
  const highest = quotes.reduce<Quote | null>(
    (best, quote) => (best === null || quote.buyRubPerGram > best.buyRubPerGram ? quote : best),
    null,
  );
  return {
    metal,
    last,
    previous: quotes.at(-2) ?? null,
    ageDays: last === null ? null : state === 'stale' ? 513 : 0,
    nextQuoteDate: last === null ? null : nextQuoteDates(last.date, 1)[0]!,
    nextExpectedAt: last === null ? null : '2025-06-30T13:30:00.000Z',
    yearLow: year.length === 0 ? null : Math.min(...year),
    yearHigh: year.length === 0 ? null : Math.max(...year),
    allTimeHigh: highest?.buyRubPerGram ?? null,
    allTimeHighDate: highest?.date ?? null,
    place: last === null ? null : samplePlace(quotes, last),
    recent: quotes.slice(-60),
  };
}

function forecastOf(
  metal: MetalName,
  quotes: readonly Quote[],
  state: SampleState,
  vintageId?: string,
): Awaited<ReturnType<AssayApi['forecast']>> {
  const lastQuote = quotes.at(-1) ?? null;
  if (!hasForecast(state)) return { vintage: null, lastQuote, championScores: [] };
  const vintages = cutoffs(quotes).map((back) => vintageOf(metal, quotes, back, state));
  const vintage = vintageId === undefined ? vintages[0] : vintages.find((one) => one.vintageId === vintageId);
  if (vintage === undefined) {
    throw new PlatformError('NOT_FOUND', `There is no forecast with the id "${vintageId}".`, {
      context: { parameter: 'vintage', value: vintageId },
    });
  }
  const champion = state === 'naive' ? 'naive' : 'theta';
  return { vintage, lastQuote, championScores: scoresOf(champion, state).filter((score) => score.block === 'report') };
}

function cutoffs(quotes: readonly Quote[]): number[] {
  return quotes.length === 0 ? [] : [0, 1, 5, 10, 20];
}

function summariesOf(metal: MetalName, quotes: readonly Quote[], state: SampleState): VintageSummary[] {
  return cutoffs(quotes).map((back) => {
    const { points: _points, ...summary } = vintageOf(metal, quotes, back, state);
    return summary;
  });
}

const deviates: Readonly<Record<string, number>> = {
  '0.025': -1.96,
  '0.05': -1.645,
  '0.1': -1.282,
  '0.25': -0.674,
  '0.5': 0,
  '0.75': 0.674,
  '0.9': 1.282,
  '0.95': 1.645,
  '0.975': 1.96,
};

function vintageOf(metal: MetalName, quotes: readonly Quote[], back: number, state: SampleState): Vintage {
  const cut = quotes.length - 1 - back;
  const { date, buyRubPerGram } = quotes[cut]!;
  const future = quotes.slice(cut + 1);
  const dates = [...future.map((quote) => quote.date), ...nextQuoteDates('2025-06-28', 14)].slice(0, 14);
  const points = dates.map((targetDate, index): ForecastPointView => {
    const horizon = index + 1;
    const middle = buyRubPerGram * Math.exp(0.0004 * horizon);
    const spread = buyRubPerGram * 0.0105 * Math.sqrt(horizon);
    const quantiles = Object.entries(deviates).map(([level, z]) => [level, round(middle + z * spread, 2)] as const);
    return {
      targetDate,
      horizon,
      isProvisional: targetDate > '2025-12-31',
      meanRubPerGram: round(middle * 1.0001, 2),
      medianRubPerGram: round(middle, 2),
      quantilesRubPerGram: Object.fromEntries(quantiles),
      actualRubPerGram: future[index]?.buyRubPerGram ?? null,
    };
  });
  return {
    vintageId: `v-${metal}-${date}`,
    metal,
    cutoff: date,
    madeAt: `${date}T13:42:10.000Z`,
    modelName: 'theta',
    modelVersion: 3,
    simulated: state === 'simulated',
    points,
  };
}

function nowcastOf(metal: MetalName, quotes: readonly Quote[], state: SampleState): NowcastView {
  const vintage = vintageOf(metal, quotes, 0, state);
  const { meanRubPerGram, medianRubPerGram, quantilesRubPerGram, targetDate } = vintage.points[0]!;
  const madeAt = `${vintage.cutoff}T15:15:00.000Z`;
  const known = { date: vintage.cutoff, knownAt: madeAt };
  return {
    nowcastId: `n-${metal}-${vintage.cutoff}`,
    metal,
    madeAt,
    cutoff: vintage.cutoff,
    lastRubPerGram: quotes.at(-1)!.buyRubPerGram,
    targetDate,
    priceExpectedAt: `${targetDate}T13:30:00.000Z`,
    model: 'parity',
    drivers: ['london'],
    rule: { regime: 'B', holds: true, unexplained: 0, checked: vintage.cutoff },
    alarm: null,
    gold: { state: 'fixed', usdPerOunce: 3271.75, auction: 'evening', expectedAt: null, ...known },
    rouble: { state: 'last', rubPerUsd: 78.4685, expectedAt: `${targetDate}T13:00:00.000Z`, ...known },
    isFixed: false,
    meanRubPerGram,
    medianRubPerGram,
    quantilesRubPerGram,
    simulated: vintage.simulated,
  };
}

function factsOf(quotes: readonly Quote[]): FactRow[] {
  const facts: FactRow[] = [];
  for (const back of [20, 10, 5, 1]) {
    const vintage = vintageOf('gold', quotes, back, 'normal');
    const naive = quotes[quotes.length - 1 - back]!.buyRubPerGram;
    for (const point of vintage.points) {
      if (point.actualRubPerGram === null) continue;
      const quantiles = point.quantilesRubPerGram;
      const inside = (low: string, high: string): boolean =>
        point.actualRubPerGram! >= quantiles[low]! && point.actualRubPerGram! <= quantiles[high]!;
      facts.push({
        vintageId: vintage.vintageId,
        cutoff: vintage.cutoff,
        targetDate: point.targetDate,
        horizon: point.horizon,
        modelName: vintage.modelName,
        modelVersion: vintage.modelVersion,
        meanRubPerGram: point.meanRubPerGram,
        naiveRubPerGram: naive,
        actualRubPerGram: point.actualRubPerGram,
        errorRub: round(point.actualRubPerGram - point.meanRubPerGram, 2),
        inside80: inside('0.1', '0.9'),
        inside95: inside('0.025', '0.975'),
        lower80RubPerGram: quantiles['0.1'] ?? null,
        upper80RubPerGram: quantiles['0.9'] ?? null,
      });
    }
  }
  return facts.sort((a, b) => b.targetDate.localeCompare(a.targetDate) || a.horizon - b.horizon);
}

const modelNames = ['theta', 'ets', 'arima', 'linear', 'drift', 'naive', 'moving-average', 'random-forest'] as const;
const skills = [0.031, 0.024, 0.012, -0.008, 0.006, 0, -0.62, -0.094];

function scoresOf(model: string, state: SampleState): Score[] {
  const skill = state === 'weak' ? -0.014 : skills[modelNames.indexOf(model as (typeof modelNames)[number])]!;
  const random = normalGenerator(modelNames.indexOf(model as (typeof modelNames)[number]) + 100);
  return (['selection', 'report'] as const).flatMap((block) =>
    Array.from({ length: 14 }, (_, index): Score => {
      const horizon = index + 1;
      const skillVsNaive = model === 'naive' ? 0 : round(skill * Math.sqrt(horizon) * 0.6 + random() * 0.004, 4);
      const mae = round(57 * Math.sqrt(horizon) * (1 - skillVsNaive), 2);
      return {
        model,
        block,
        horizon,
        origins: block === 'report' ? 60 : 190,
        mae,
        rmse: round(mae * 1.31, 2),
        r2: round(1 - 0.02 * horizon * (1 - skillVsNaive), 3),
        mase: round(mae / 55, 3),
        bias: round(random() * 4, 2),
        wis: round(mae * 0.71, 2),
        coverage80: round(0.78 + random() * 0.02, 3),
        coverage95: round(0.945 + random() * 0.01, 3),
        skillVsNaive,
      };
    }),
  );
}

function allScores(state: SampleState): Score[] {
  return modelNames.flatMap((model) => scoresOf(model, state));
}

function reportOf(quotes: readonly Quote[], state: SampleState) {
  if (!hasForecast(state)) return null;
  const dates = quotes.map(({ date }) => date);
  return sampleReport(modelNames, dates, state === 'naive' ? 'naive' : 'theta');
}

const decided = {
  ...{ at: '2025-06-22T03:01:41.000Z', by: 'schedule', runId: 'daily-1' },
  reason: 'theta: relative WIS 0.962, p = 0.004',
};
const version3: ModelVersionView = {
  name: 'assay-gold',
  version: 3,
  stage: 'Production',
  model: 'theta',
  runId: '9f2c1e7ab4d84f0a',
  createdAt: '2025-06-22T03:01:40.000Z',
  moves: [
    { ...decided, from: 'None', to: 'Staging' },
    { ...decided, from: 'Staging', to: 'Production' },
  ],
};

function modelsOf(metal: MetalName, state: SampleState): Awaited<ReturnType<AssayApi['models']>> {
  if (!hasForecast(state)) return { metal, tournament: null, versions: [] };
  const versions: ModelVersionView[] = [
    { ...version3, version: 4, stage: 'Staging', model: 'ets', moves: [], createdAt: '2025-06-28T13:40:02.000Z' },
    version3,
    { ...version3, version: 2, stage: 'Archived', model: 'naive', moves: [], createdAt: '2025-06-15T03:01:31.000Z' },
    { ...version3, version: 1, stage: 'Archived', model: 'drift', moves: [], createdAt: '2025-06-08T03:01:29.000Z' },
  ];
  return { metal, tournament: tournamentOf(state), versions };
}

function tournamentOf(state: SampleState): TournamentView {
  return {
    tournamentId: 't-2025-06-22',
    startedAt: '2025-06-22T03:00:04.000Z',
    cutoff: '2025-06-21',
    origins: 250,
    horizon: 14,
    trackingRunId: '51ab',
    models: [
      ...modelNames.map((model, index) => ({
        model,
        trackingRunId: `run-${model}`,
        rank: index + 1,
        seconds: round(0.4 + index * 1.7, 2),
        status: 'ok' as const,
        failure: null,
        failedFolds: model === 'random-forest' ? 2 : 0,
      })),
      {
        model: 'sarima',
        trackingRunId: 'run-sarima',
        rank: null,
        seconds: 12.4,
        status: 'failed',
        failure: 'the optimiser did not converge in 31 of 250 folds',
        failedFolds: 31,
      },
    ],
    scores: allScores(state),
    decision: {
      outcome: 'promoted',
      champion: 'theta',
      challenger: 'theta',
      reasons: [
        {
          model: 'theta',
          passed: true,
          reason: 'MAE is 3.1% below naive over 190 origins (Diebold-Mariano p = 0.021).',
        },
        {
          model: 'ets',
          passed: false,
          reason: 'Better than naive by 2.4%, but the difference is not certain (p = 0.11).',
        },
        { model: 'random-forest', passed: false, reason: 'Worse than naive by 9.4%.' },
      ],
    },
  };
}
