import { assert, PlatformError } from '../../domain/errors.ts';
import type {
  KeyValue,
  Lifecycle,
  LoggedModelRow,
  LoggedModelStatus,
  LoggedModelStore,
} from '../../ports/tracking-store.ts';
import { type Queryable, rows, written } from '../warehouse/pool.ts';
import { type Database, firstRow, groupRows, together } from './database.ts';
import { loadExperiment, requireActive } from './experiment-store.ts';
import { namedQueries } from './named-queries.ts';
import { loggedModelScope, searchIds } from './search.ts';

const sql = namedQueries('postgres/tracking/logged-models.sql', [
  'create',
  'by-ids',
  'params',
  'tags',
  'metrics',
  'lock',
  'finalize',
  'delete',
  'log-params',
  'set-tags',
  'delete-tag',
]);

export function createLoggedModelStore({ pool, inTransaction }: Database, nowMs: () => number): LoggedModelStore {
  const withEven = <Result>(
    states: readonly Lifecycle[],
    modelId: string,
    work: (db: Queryable, state: Lifecycle) => Promise<Result>,
  ) =>
    inTransaction(async (db) => {
      const found = await firstRow<{ lifecycle_stage: Lifecycle }>(db, sql.lock, [modelId]);
      if (found === undefined || !states.includes(found.lifecycle_stage)) throw noModel(modelId);
      return work(db, found.lifecycle_stage);
    });
  const withModel = <Result>(modelId: string, work: (db: Queryable) => Promise<Result>) =>
    withEven(['active'], modelId, work);
  const withAny = <Result>(modelId: string, work: (db: Queryable, state: Lifecycle) => Promise<Result>) =>
    withEven(['active', 'deleted'], modelId, work);
  return {
    createLoggedModel: (model) =>
      inTransaction(async (db) => {
        requireActive(model.experimentId, (await loadExperiment(db, model.experimentId)).lifecycle);
        const { experimentId, name, modelType, sourceRunId } = model;
        const given = [experimentId, name, modelType, sourceRunId, nowMs()];
        const created = await firstRow<{ model_id: string }>(db, sql.create, given);
        assert(created !== undefined, 'the experiment that was just read is still there');
        await written(db, sql['log-params'], [created.model_id, ...columns(model.params)]);
        await written(db, sql['set-tags'], [created.model_id, ...columns(model.tags)]);
        return oneModel(db, created.model_id);
      }),
    loggedModel: (modelId, options) =>
      oneModel(pool, modelId, options?.evenDeleted ? ['active', 'deleted'] : ['active']),
    finalizeLoggedModel: (modelId, status) =>
      withModel(modelId, async (db) => {
        await written(db, sql.finalize, [modelId, status, nowMs()]);
        return oneModel(db, modelId);
      }),
    deleteLoggedModel: (modelId) =>
      withAny(modelId, async (db, state) => {
        if (state === 'active') await written(db, sql.delete, [modelId, nowMs()]);
      }),
    logLoggedModelParams: (modelId, params) =>
      withModel(modelId, async (db) => void (await written(db, sql['log-params'], [modelId, ...columns(params)]))),
    setLoggedModelTags: (modelId, tags) =>
      withAny(modelId, async (db) => void (await written(db, sql['set-tags'], [modelId, ...columns(tags)]))),
    deleteLoggedModelTag: (modelId, key) =>
      withModel(modelId, async (db) => {
        if ((await written(db, sql['delete-tag'], [modelId, key])) > 0) return;
        throw new PlatformError('NOT_FOUND', `No tag with key '${key}' found for model with ID '${modelId}'.`);
      }),
    searchLoggedModels: async (experimentIds, search, datasets) => {
      const page = await searchIds<{ id: string }>(pool, loggedModelScope, [experimentIds], search, datasets);
      const ids = page.rows.map((row) => row.id);
      return { rows: await loadLoggedModels(pool, ids), nextPageToken: page.nextPageToken };
    },
  };
}

async function oneModel(
  db: Queryable,
  modelId: string,
  states: readonly Lifecycle[] = ['active'],
): Promise<LoggedModelRow> {
  const [model] = await loadLoggedModels(db, [modelId], states);
  if (model === undefined) throw noModel(modelId);
  return model;
}

/** Models in the order of the ids; those in another state or unknown are left out. */
async function loadLoggedModels(
  db: Queryable,
  ids: readonly string[],
  states: readonly Lifecycle[] = ['active'],
): Promise<LoggedModelRow[]> {
  if (ids.length === 0) return [];
  const [models, params, tags, metrics] = await together(db, [
    () => rows<ModelRecord>(db, sql['by-ids'], [ids]),
    () => rows<KeyValue & { model_id: string }>(db, sql.params, [ids]),
    () => rows<KeyValue & { model_id: string }>(db, sql.tags, [ids]),
    () => rows<MetricRecord>(db, sql.metrics, [ids]),
  ]);
  const byModel = (record: { readonly model_id: string }) => record.model_id;
  const modelOf = groupRows(models, byModel);
  const paramsOf = groupRows(params, byModel);
  const tagsOf = groupRows(tags, byModel);
  const metricsOf = groupRows(metrics, byModel);
  return ids.flatMap((id) =>
    modelOf(id)
      .filter((model) => states.includes(model.lifecycle_stage))
      .map((model) => ({
        modelId: id,
        experimentId: String(model.experiment_id),
        name: model.name,
        modelType: model.model_type,
        sourceRunId: model.source_run_id,
        artifactLocation: model.artifact_location,
        status: model.status,
        creationTime: model.creation_time,
        lastUpdatedTime: model.last_updated_time,
        params: paramsOf(id).map(({ key, value }) => ({ key, value })),
        tags: tagsOf(id).map(({ key, value }) => ({ key, value })),
        metrics: metricsOf(id).map(metricOf),
      })),
  );
}

interface ModelRecord {
  readonly model_id: string;
  readonly experiment_id: number;
  readonly name: string;
  readonly model_type: string | null;
  readonly source_run_id: string | null;
  readonly artifact_location: string;
  readonly status: LoggedModelStatus;
  readonly lifecycle_stage: Lifecycle;
  readonly creation_time: number;
  readonly last_updated_time: number;
}

interface MetricRecord {
  readonly model_id: string;
  readonly run_id: string;
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
  readonly dataset_name: string | null;
  readonly dataset_digest: string | null;
}

function metricOf(record: MetricRecord): LoggedModelRow['metrics'][number] {
  const { key, value, timestamp, step } = record;
  return {
    key,
    value,
    timestamp,
    step,
    modelId: record.model_id,
    datasetName: record.dataset_name,
    datasetDigest: record.dataset_digest,
    runId: record.run_id,
  };
}

function columns(pairs: readonly KeyValue[]): [keys: string[], values: string[]] {
  return [pairs.map((pair) => pair.key), pairs.map((pair) => pair.value)];
}

function noModel(modelId: string): PlatformError {
  return new PlatformError('NOT_FOUND', `Logged model with ID '${modelId}' not found.`);
}
