import { PlatformError } from '../../domain/errors.ts';
import type { DatasetInput, KeyValue, Lifecycle, MetricRow, RunModel, RunStore } from '../../ports/tracking-store.ts';
import { type Queryable, rows, written } from '../warehouse/pool.ts';
import { firstRow, plainArray, preparedRows } from './database.ts';
import { runSql as sql } from './run-rows.ts';

/** MLflow keeps a run's name as a tag too; the two change together. */
export const runNameTag = 'mlflow.runName';

/** Within a transaction that holds the run: everything in the batch, or an error before anything is kept. */
export async function logBatch(
  db: Queryable,
  runId: string,
  batch: Parameters<RunStore['logBatch']>[1],
): Promise<void> {
  await logParams(db, runId, batch.params);
  if (batch.metrics.length > 0) await logMetrics(db, runId, batch.metrics);
  await setTags(db, runId, batch.tags);
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

async function logParams(db: Queryable, runId: string, params: readonly KeyValue[]): Promise<void> {
  if (params.length === 0) return;
  const given = [runId, params.map((param) => param.key), params.map((param) => param.value)];
  if ((await written(db, sql['log-params'], given)) === params.length) return;
  const changed = await rows<ChangedParam>(db, sql['changed-params'], given);
  if (changed.length === 0) return;
  const list = changed.map(
    ({ key, old_value, new_value }) => `{'key': '${key}', 'old_value': '${old_value}', 'new_value': '${new_value}'}`,
  );
  throw new PlatformError(
    'INPUT_INVALID',
    `Changing param values is not allowed. Params were already logged='[${list.join(', ')}]' for run ID='${runId}'.`,
    { context: { changedParams: changed, runId } },
  );
}

interface ChangedParam {
  readonly key: string;
  readonly old_value: string;
  readonly new_value: string;
}

/** Null when there is no such run; nothing is written unless it is active. */
export async function logMetrics(
  db: Queryable,
  runId: string,
  metrics: readonly MetricRow[],
): Promise<Lifecycle | null> {
  const texts = (of: (point: MetricRow) => string | null | undefined) =>
    metrics.some((point) => (of(point) ?? null) !== null) ? metrics.map((point) => of(point) ?? null) : [];
  const [run] = await preparedRows<{ lifecycle_stage: Lifecycle }>(db, sql['log-metrics'], [
    runId,
    metrics.map((point) => point.key),
    plainArray(metrics.map((point) => point.value)),
    plainArray(metrics.map((point) => point.timestamp)),
    plainArray(metrics.map((point) => point.step)),
    // unnest fills a shorter list with NULL.
    texts((point) => point.modelId),
    texts((point) => point.datasetName),
    texts((point) => point.datasetDigest),
  ]);
  return run?.lifecycle_stage ?? null;
}

async function setTags(db: Queryable, runId: string, tags: readonly KeyValue[]): Promise<void> {
  if (tags.length === 0) return;
  await written(db, sql['set-tags'], [runId, tags.map((tag) => tag.key), tags.map((tag) => tag.value)]);
  const name = tags.findLast((tag) => tag.key === runNameTag)?.value;
  if (name !== undefined) await written(db, sql.update, [runId, null, null, name]);
}
