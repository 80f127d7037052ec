import type { Provenance, Run, RunDetail, Step, System } from '../../src/api/contract.ts';
import { PlatformError } from '../../src/domain/errors.ts';
import type { SampleState } from './sample-state.ts';

const stepNames = [
  'extract',
  'load',
  'transform',
  'check',
  'publish',
  'train',
  'promote',
  'forecast',
  'score',
] as const;
const seconds = [1.2, 0.4, 1.9, 0.6, 1.1, 21.4, 0.3, 0.5, 0.2];
const rowsOut = [4198, 4198, 25190, 0, 4411, 250, 1, 14, 37];

export function sampleSystem(provenance: Provenance, state: SampleState): System {
  const isEmpty = state === 'empty';
  return {
    provenance,
    version: '0.1.0',
    components: [
      { name: 'warehouse', state: 'ok', detail: 'PostgreSQL 18.4, embedded, 62 MB' },
      {
        name: 'olap',
        state: state === 'failed-run' ? 'down' : 'ok',
        detail: 'ClickHouse 26.1 (chdb), 313 MB resident',
      },
      { name: 'lake', state: 'ok', detail: 'local folder, 128 objects, 3.1 MB' },
      { name: 'tracking', state: 'ok', detail: 'MLflow REST, embedded' },
      {
        name: 'source',
        state: state === 'stale' ? 'down' : 'ok',
        detail: state === 'stale' ? 'the Bank has not answered since 2025-06-28' : 'the Bank answered in 0.8 s',
      },
      { name: 'worker', state: isEmpty ? 'ok' : 'unknown', detail: isEmpty ? 'running the first run' : 'idle' },
    ],
    rows: isEmpty ? { 'raw.record': 0 } : layerRows,
    runs: isEmpty ? [firstRun()] : [4, 3, 2, 1].map((number) => runOf(number, state)),
    ...(state === 'held' ? suspects : { held: [], quarantined: [] }),
    checks: isEmpty
      ? []
      : [
          {
            check: 'ods-quote-grain',
            purpose: 'One row per metal, date and revision',
            offendingCount: 0,
            at: '2025-06-28T08:31:00.000Z',
          },
          {
            check: 'olap-equals-dm',
            purpose: 'The two engines agree to the kopeck',
            offendingCount: state === 'failed-run' ? 3 : 0,
            at: '2025-06-28T08:31:02.000Z',
          },
          {
            check: 'row-balance',
            purpose: 'Every raw record is in ods, held or quarantined',
            offendingCount: 0,
            at: '2025-06-28T08:31:03.000Z',
          },
        ],
  };
}

export function sampleRunDetail(runId: string, provenance: Provenance, state: SampleState): RunDetail {
  const run = sampleSystem(provenance, state).runs.find((one) => one.runId === runId);
  if (run === undefined) throw new PlatformError('NOT_FOUND', `There is no run "${runId}".`);
  return {
    ...run,
    log: run.steps.map((step) => ({
      at: step.startedAt,
      step: step.step,
      level: step.status === 'failed' ? 'error' : 'info',
      message: step.error ?? `${step.rowsIn ?? 0} rows in, ${step.rowsOut ?? 0} out <done>`,
    })),
  };
}

const suspects: Pick<System, 'held' | 'quarantined'> = {
  held: [
    {
      table: 'ods.metal_quote',
      code: '1',
      date: '2025-06-27',
      revision: 2,
      value: '82,6118',
      reason: 'A hundred times below the day before: 8261.18 → 82.61.',
    },
    {
      table: 'ods.fx_rate',
      code: 'R01235',
      date: '2025-06-27',
      revision: 1,
      value: '785.10',
      reason: 'The jump of 900% is outside the allowed 25%.',
    },
  ],
  quarantined: [
    {
      key: 'quarantine/cbr/gold/2025-06-01_2025-06-28/9c1f.html',
      kind: 'challenge-page',
      reason: 'The answer is HTML, not XML: <title>DDoS-Guard</title>.',
      at: '2025-06-27T13:30:04.000Z',
    },
  ],
};

const layerRows: Readonly<Record<string, number>> = {
  'raw.record': 24_596,
  'ods.metal_quote': 16_792,
  'ods.fx_rate': 7_802,
  'dm.quote_daily': 16_790,
  'dm.monthly': 820,
  'dm.yearly': 72,
  'dm.forecast_vintage': 5,
  'dm.forecast_point': 70,
  'dm.forecast_vs_fact': 36,
  'dm.model_score': 224,
  'olap.quote_daily': 16_790,
};

function runOf(number: number, state: SampleState): Run {
  const isFailed = state === 'failed-run' && number === 4;
  const start = Date.parse(`2025-06-${24 + number}T13:30:00.000Z`);
  const steps = stepNames.slice(0, isFailed ? 5 : stepNames.length).map((step, position) => {
    const failed = isFailed && position === 4;
    return stepOf(step, position, start, failed ? 'failed' : 'succeeded');
  });
  return {
    runId: `run-${number}`,
    flow: 'daily',
    trigger: number === 1 ? 'manual' : 'schedule',
    status: isFailed ? 'failed' : 'succeeded',
    startedAt: new Date(start).toISOString(),
    endedAt: steps.at(-1)?.endedAt ?? null,
    error: isFailed ? 'publish: the analytical engine closed the connection' : null,
    steps,
  };
}

function firstRun(): Run {
  const start = Date.parse('2025-06-28T09:14:50.000Z');
  return {
    runId: 'run-1',
    flow: 'daily',
    trigger: 'first-start',
    status: 'running',
    startedAt: new Date(start).toISOString(),
    endedAt: null,
    error: null,
    steps: stepNames
      .slice(0, 3)
      .map((step, position) => stepOf(step, position, start, position === 2 ? 'running' : 'succeeded')),
  };
}

function stepOf(step: string, position: number, start: number, status: Step['status']): Step {
  const before = seconds.slice(0, position).reduce((sum, value) => sum + value, 0);
  const isDone = status === 'succeeded';
  return {
    step,
    position,
    attempt: step === 'extract' ? 2 : 1,
    status,
    startedAt: new Date(start + before * 1000).toISOString(),
    endedAt: status === 'running' ? null : new Date(start + (before + (seconds[position] ?? 0)) * 1000).toISOString(),
    rowsIn: isDone ? (rowsOut[position - 1] ?? rowsOut[0] ?? null) : null,
    rowsOut: isDone ? (rowsOut[position] ?? null) : null,
    error: status === 'failed' ? 'ENGINE_FAILED: the analytical engine closed the connection' : null,
  };
}
