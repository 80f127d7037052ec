import type { FullRun, KeyValue, Lifecycle, TrackedRunStatus } from '../../ports/tracking-store.ts';
import type { Queryable } from '../warehouse/pool.ts';
import { preparedRows } from './database.ts';
import { namedQueries } from './named-queries.ts';

/** Every statement on runs. */
export const runSql = namedQueries('postgres/tracking/runs.sql', [
  'create',
  'by-ids',
  'lock-shared',
  'lock-exclusive',
  'update',
  'mark',
  'log-metrics',
  'log-new-metrics',
  'log-batch',
  'changed-params',
  'set-tags',
  'delete-tag',
  'log-datasets',
  'log-input',
  'log-models',
  'metric-history',
  'metric-histories',
  'sampled-history',
  'dataset-summaries',
  'known-models',
  'tag',
]);

/** Runs with all that was logged to them, in the order of the ids; those that do not exist are left out. */
export async function loadRuns(db: Queryable, ids: readonly string[]): Promise<FullRun[]> {
  if (ids.length === 0) return [];
  const records = await preparedRows<RunRecord>(db, runSql['by-ids'], [ids]);
  const byId = new Map(records.map((record) => [record.run_id, record]));
  return ids.flatMap((id) => {
    const record = byId.get(id);
    return record === undefined ? [] : [fullRunOf(record)];
  });
}

/** JSON writes NaN and the infinities as texts. */
type JsonNumber = number | string;

interface RunRecord {
  readonly run_id: string;
  readonly experiment_id: number;
  readonly name: string;
  readonly user_id: string;
  readonly status: TrackedRunStatus;
  readonly start_time: number;
  readonly end_time: number | null;
  readonly lifecycle_stage: Lifecycle;
  readonly artifact_uri: string;
  readonly params: readonly (readonly [key: string, value: string])[] | null;
  readonly tags: readonly (readonly [key: string, value: string])[] | null;
  readonly metrics: readonly (readonly [key: string, value: JsonNumber, timestamp: number, step: number])[] | null;
  readonly inputs:
    | readonly (readonly [
        name: string,
        digest: string,
        sourceType: string,
        source: string,
        schema: string | null,
        profile: string | null,
        tags: readonly KeyValue[],
      ])[]
    | null;
  readonly models: readonly (readonly [direction: 'input' | 'output', modelId: string, step: number])[] | null;
}

function fullRunOf(record: RunRecord): FullRun {
  const { params, tags, metrics, inputs, models } = record;
  const modelsIn = (direction: 'input' | 'output') =>
    (models ?? []).filter(([way]) => way === direction).map(([, modelId, step]) => ({ modelId, step }));
  return {
    info: infoOf(record),
    params: (params ?? []).map(([key, value]) => ({ key, value })),
    tags: (tags ?? []).map(([key, value]) => ({ key, value })),
    metrics: (metrics ?? []).map(([key, value, timestamp, step]) => ({ key, value: Number(value), timestamp, step })),
    datasets: (inputs ?? []).map(([name, digest, sourceType, source, schema, profile, inputTags]) => ({
      dataset: { name, digest, sourceType, source, schema, profile },
      tags: inputTags,
    })),
    modelInputs: modelsIn('input'),
    modelOutputs: modelsIn('output'),
  };
}

function infoOf(run: RunRecord): FullRun['info'] {
  return {
    runId: run.run_id,
    experimentId: String(run.experiment_id),
    name: run.name,
    userId: run.user_id,
    status: run.status,
    startTime: run.start_time,
    endTime: run.end_time,
    lifecycle: run.lifecycle_stage,
    artifactUri: run.artifact_uri,
  };
}
