import { PlatformError } from '../../domain/errors.ts';
import type { DatasetInput, Lifecycle, MetricRow, RunModel, RunStore } from '../../ports/tracking-store.ts';
import { type Queryable, rows, written } from '../warehouse/pool.ts';
import { firstRow, preparedRows } from './database.ts';
import { pointColumns } from './metric-lanes.ts';
import { runSql as sql } from './run-rows.ts';

/** MLflow keeps a run's name as a tag too; the two change together. */
export const runNameTag = 'mlflow.runName';

/** Everything in the batch, or an error and nothing of it. The run's stage, or null when there is no such run. */
export async function logBatch(
  db: Queryable,
  runId: string,
  { params, tags, metrics }: Parameters<RunStore['logBatch']>[1],
): Promise<Lifecycle | null> {
  const given = [runId, params.map((param) => param.key), params.map((param) => param.value)];
  try {
    const [run] = await preparedRows<{ lifecycle_stage: Lifecycle }>(db, sql['log-batch'], [
      ...given,
      tags.map((tag) => tag.key),
      tags.map((tag) => tag.value),
      tags.findLast((tag) => tag.key === runNameTag)?.value ?? null,
      ...pointColumns(metrics),
    ]);
    return run?.lifecycle_stage ?? null;
  } catch (error) {
    if (!isRefusedParam(error)) throw error;
    throw changedParams(runId, await rows<ChangedParam>(db, sql['changed-params'], given), error);
  }
}

/** The column refuses the NULL that stands for a parameter's changed value. */
function isRefusedParam(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || !('table' in error)) return false;
  return error.code === '23502' && error.table === 'param';
}

export async function logInputs(
  db: Queryable,
  runId: string,
  experimentId: string,
  datasets: readonly DatasetInput[],
): Promise<void> {
  // In one order for all, so that concurrent runs with the same data sets never wait for each other in a ring.
  const keyOf = ({ dataset }: DatasetInput) => JSON.stringify([dataset.name, dataset.digest]);
  const sorted = [...datasets].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
  const datasetIds = new Map<string, number | undefined>();
  for (const input of sorted) {
    const { name, digest, sourceType, source, schema, profile } = input.dataset;
    const stored = await firstRow<{ dataset_id: number }>(db, sql['log-datasets'], [
      experimentId,
      name,
      digest,
      sourceType,
      source,
      schema,
      profile,
    ]);
    datasetIds.set(keyOf(input), stored?.dataset_id);
  }
  for (const input of datasets) {
    await written(db, sql['log-input'], [runId, datasetIds.get(keyOf(input)), JSON.stringify(input.tags)]);
  }
}

export async function logModels(
  db: Queryable,
  runId: string,
  direction: 'input' | 'output',
  models: readonly RunModel[],
): Promise<void> {
  if (models.length === 0) return;
  await written(db, sql['log-models'], [
    runId,
    direction,
    models.map((model) => model.modelId),
    models.map((model) => model.step),
  ]);
}

function changedParams(runId: string, changed: readonly ChangedParam[], cause: unknown): PlatformError {
  const list = changed.map(
    ({ key, old_value, new_value }) => `{'key': '${key}', 'old_value': '${old_value}', 'new_value': '${new_value}'}`,
  );
  return new PlatformError(
    'INPUT_INVALID',
    `Changing param values is not allowed. Params were already logged='[${list.join(', ')}]' for run ID='${runId}'.`,
    { cause, context: { changedParams: changed, runId } },
  );
}

interface ChangedParam {
  readonly key: string;
  readonly old_value: string;
  readonly new_value: string;
}

/** A metric of a logged model that does not exist would belong to nothing. */
export async function requireModels(db: Queryable, metrics: readonly MetricRow[]): Promise<void> {
  const wanted = new Set(metrics.flatMap(({ modelId }) => (modelId ? [modelId] : [])));
  if (wanted.size === 0) return;
  for (const { model_id } of await rows<{ model_id: string }>(db, sql['known-models'], [[...wanted]])) {
    wanted.delete(model_id);
  }
  if (wanted.size === 0) return;
  throw new PlatformError('INPUT_INVALID', `Logged model with ID '${[...wanted].join("', '")}' not found.`, {
    context: { mlflowErrorCode: 'BAD_REQUEST' },
  });
}
