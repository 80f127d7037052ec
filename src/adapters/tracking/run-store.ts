import { PlatformError } from '../../domain/errors.ts';
import type { FullRun, Lifecycle, RunStore } from '../../ports/tracking-store.ts';
import { type Queryable, rows, written } from '../warehouse/pool.ts';
import { type Database, firstRow } from './database.ts';
import { metricHistories, metricHistory, sampledHistories } from './metric-history.ts';
import { createMetricLanes } from './metric-lanes.ts';
import { createRunLanes } from './run-lanes.ts';
import { logBatch, logInputs, logModels, requireModels, runNameTag } from './run-logging.ts';
import { loadRuns, runSql as sql } from './run-rows.ts';
import { runScope, searchIds } from './search.ts';

export function createRunStore(database: Database, nowMs: () => number): RunStore {
  const { pool, inTransaction } = database;
  const logMetrics = createMetricLanes(pool);
  return {
    createRun: createRunLanes(pool),
    run: (runId) => oneRun(pool, runId),
    updateRun: (runId, change) =>
      inTransaction(async (db) => {
        await lockActive(db, runId, 'lock-exclusive');
        const name = change.name === '' ? null : (change.name ?? null);
        await written(db, sql.update, [runId, change.status ?? null, change.endTime ?? null, name]);
        if (name !== null) await written(db, sql['set-tags'], [runId, [runNameTag], [name]]);
        return (await oneRun(db, runId)).info;
      }),
    markRun: async (runId, lifecycle) => {
      if ((await written(pool, sql.mark, [runId, lifecycle, nowMs()])) === 0) throw noRun(runId);
    },
    logBatch: async (runId, batch) => {
      const { params, tags, metrics } = batch;
      await requireModels(pool, metrics);
      const isMetricsAlone = params.length + tags.length === 0;
      const lifecycle = isMetricsAlone ? await logMetrics(runId, metrics) : await logBatch(pool, runId, batch);
      requireActiveRun(runId, lifecycle);
    },
    deleteTag: (runId, key) =>
      inTransaction(async (db) => {
        await lockActive(db, runId, 'lock-shared');
        if ((await written(db, sql['delete-tag'], [runId, key])) === 0) {
          throw new PlatformError('NOT_FOUND', `No tag with name: ${key} in run with id ${runId}`);
        }
      }),
    logInputs: (runId, datasets, models) =>
      inTransaction(async (db) => {
        const experimentId = await lockActive(db, runId, 'lock-shared');
        await logInputs(db, runId, experimentId, datasets);
        await logModels(db, runId, 'input', models);
      }),
    logOutputs: (runId, models) =>
      inTransaction(async (db) => {
        await lockActive(db, runId, 'lock-shared');
        await logModels(db, runId, 'output', models);
      }),
    changeTag: (runId, key, change) =>
      inTransaction(async (db) => {
        await lockActive(db, runId, 'lock-exclusive');
        const found = await firstRow<{ value: string }>(db, sql.tag, [runId, key]);
        await written(db, sql['set-tags'], [runId, [key], [change(found?.value ?? null)]]);
      }),
    ...readingMethods(database),
  };
}

type ReadingMethods = 'datasetSummaries' | 'metricHistories' | 'sampledHistories' | 'metricHistory' | 'searchRuns';

function readingMethods({ pool }: Database): Pick<RunStore, ReadingMethods> {
  return {
    datasetSummaries: async (experimentIds) =>
      (await rows<SummaryRecord>(pool, sql['dataset-summaries'], [experimentIds])).map((found) => ({
        experimentId: String(found.experiment_id),
        name: found.name,
        digest: found.digest,
        context: found.context,
      })),
    metricHistories: (runIds, key, limit) => metricHistories(pool, runIds, key, limit),
    sampledHistories: (runIds, key, limit, steps) => sampledHistories(pool, runIds, key, limit, steps),
    metricHistory: async (runId, key, limit, pageToken) => {
      // MLflow answers an unknown run as one without the metric.
      return metricHistory(pool, runId, key, limit, pageToken);
    },
    searchRuns: async (experimentIds, search, lifecycles) => {
      const page = await searchIds<{ id: string }>(pool, runScope, [experimentIds, lifecycles], search);
      return {
        rows: await loadRuns(
          pool,
          page.rows.map((row) => row.id),
        ),
        nextPageToken: page.nextPageToken,
      };
    },
  };
}

interface SummaryRecord {
  readonly experiment_id: number;
  readonly name: string;
  readonly digest: string;
  readonly context: string | null;
}

async function oneRun(db: Queryable, runId: string): Promise<FullRun> {
  const [run] = await loadRuns(db, [runId]);
  if (run === undefined) throw noRun(runId);
  return run;
}

/** Holds the run in its state until the transaction ends, and tells its experiment. */
async function lockActive(db: Queryable, runId: string, strength: 'lock-shared' | 'lock-exclusive'): Promise<string> {
  const [run] = await rows<{ experiment_id: number; lifecycle_stage: Lifecycle }>(db, sql[strength], [runId]);
  if (run === undefined) throw noRun(runId);
  requireActiveRun(runId, run.lifecycle_stage);
  return String(run.experiment_id);
}

function requireActiveRun(runId: string, lifecycle: Lifecycle | null): void {
  if (lifecycle === null) throw noRun(runId);
  if (lifecycle === 'active') return;
  throw new PlatformError(
    'INPUT_INVALID',
    `The run ${runId} must be in the 'active' state. Current state is ${lifecycle}.`,
  );
}

function noRun(runId: string): PlatformError {
  return new PlatformError('NOT_FOUND', `Run with id=${runId} not found`);
}
