import type { FullRun, KeyValue, Lifecycle, MetricRow, TrackedRunStatus } from '../../ports/tracking-store.ts';
import { type Queryable, rows } from '../warehouse/pool.ts';
import { groupRows, together } from './database.ts';
import { namedQueries } from './named-queries.ts';

/** Every statement on runs. */
export const runSql = namedQueries('postgres/tracking/runs.sql', [
  'create',
  'by-ids',
  'params',
  'tags',
  'latest-metrics',
  'inputs',
  'models',
  'lock-shared',
  'lock-exclusive',
  'update',
  'mark',
  'log-metrics',
  'log-params',
  'changed-params',
  'set-tags',
  'delete-tag',
  'log-datasets',
  'log-input',
  'log-models',
  'metric-history',
]);

/** Runs with all that was logged to them, in the order of the ids; those that do not exist are left out. */
export async function loadRuns(db: Queryable, ids: readonly string[]): Promise<FullRun[]> {
  if (ids.length === 0) return [];
  const ofRuns = <Row extends { run_id: string }>(query: string) => rows<Row & { run_id: string }>(db, query, [ids]);
  const byRun = (record: { readonly run_id: string }) => record.run_id;
  const [runs, params, tags, metrics, inputs, models] = await together(db, [
    () => ofRuns<RunRecord>(runSql['by-ids']),
    () => ofRuns<PairRecord>(runSql.params),
    () => ofRuns<PairRecord>(runSql.tags),
    () => ofRuns<MetricRecord>(runSql['latest-metrics']),
    () => ofRuns<InputRecord>(runSql.inputs),
    () => ofRuns<ModelRecord>(runSql.models),
  ]);
  const runOf = groupRows(runs, byRun);
  const paramsOf = groupRows(params, byRun);
  const tagsOf = groupRows(tags, byRun);
  const metricsOf = groupRows(metrics, byRun);
  const inputsOf = groupRows(inputs, byRun);
  const modelsOf = groupRows(models, byRun);
  return ids.flatMap((id) =>
    runOf(id).map((run) => ({
      info: infoOf(run),
      params: paramsOf(id).map(pairOf),
      tags: tagsOf(id).map(pairOf),
      metrics: metricsOf(id).map(({ key, value, timestamp, step }): MetricRow => ({ key, value, timestamp, step })),
      datasets: inputsOf(id).map(inputOf),
      modelInputs: modelsIn(modelsOf(id), 'input'),
      modelOutputs: modelsIn(modelsOf(id), 'output'),
    })),
  );
}

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
}

interface PairRecord {
  readonly run_id: string;
  readonly key: string;
  readonly value: string;
}

interface MetricRecord {
  readonly run_id: string;
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}

interface InputRecord {
  readonly run_id: string;
  readonly tags: readonly KeyValue[];
  readonly name: string;
  readonly digest: string;
  readonly source_type: string;
  readonly source: string;
  readonly schema: string | null;
  readonly profile: string | null;
}

interface ModelRecord {
  readonly run_id: string;
  readonly direction: 'input' | 'output';
  readonly model_id: string;
  readonly step: number;
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

function pairOf({ key, value }: KeyValue): KeyValue {
  return { key, value };
}

function inputOf(input: InputRecord): FullRun['datasets'][number] {
  const { name, digest, source, schema, profile, tags } = input;
  return { dataset: { name, digest, sourceType: input.source_type, source, schema, profile }, tags };
}

function modelsIn(models: readonly ModelRecord[], direction: ModelRecord['direction']): FullRun['modelInputs'] {
  return models
    .filter((model) => model.direction === direction)
    .map((model) => ({ modelId: model.model_id, step: model.step }));
}
