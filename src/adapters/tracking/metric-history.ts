import type { MetricRow, Page, RunMetricRow, RunStore } from '../../ports/tracking-store.ts';
import { type Queryable, rows } from '../warehouse/pool.ts';
import { invalid, marksOf, pageTokenOf } from './page-token.ts';
import { runSql as sql } from './run-rows.ts';

/** Points of one metric from a mark on; the mark is a point's timestamp, step and value. */
export async function metricHistory(
  db: Queryable,
  runId: string,
  key: string,
  limit: number | null,
  pageToken: string | null,
): Promise<Page<MetricRow>> {
  const marks = pageToken === null ? [null, null, null] : historyMarks(pageToken);
  const found = await rows<MetricRecord>(db, sql['metric-history'], [
    runId,
    key,
    ...marks,
    limit === null ? null : limit + 1,
  ]);
  const shown = limit === null ? found : found.slice(0, limit);
  const last = shown.at(-1);
  const isMore = shown.length < found.length && last !== undefined;
  return {
    rows: shown.map(metricOf),
    nextPageToken: isMore ? pageTokenOf([String(last.timestamp), String(last.step), String(last.value)]) : null,
  };
}

/** Several runs' points of one metric, from the first on. */
export async function metricHistories(
  db: Queryable,
  runIds: readonly string[],
  key: string,
  limit: number,
): Promise<RunMetricRow[]> {
  const found = await rows<PointRecord & { readonly run_id: string; readonly key: string }>(
    db,
    sql['metric-histories'],
    [runIds, key, limit],
  );
  return found.map(({ run_id, value, timestamp, step }) => ({ runId: run_id, key, value, timestamp, step }));
}

export async function sampledHistories(
  db: Queryable,
  runIds: readonly string[],
  key: string,
  limit: number,
  steps: Parameters<RunStore['sampledHistories']>[3],
): Promise<RunMetricRow[]> {
  const points: RunMetricRow[] = [];
  for (const runId of runIds) {
    const given = [runId, key, limit, steps?.from ?? null, steps?.to ?? null];
    const found = await rows<PointRecord>(db, sql['sampled-history'], given);
    for (const { value, timestamp, step } of found) points.push({ runId, key, value, timestamp, step });
  }
  return points;
}

interface PointRecord {
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}

interface MetricRecord {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
  readonly model_id: string | null;
  readonly dataset_name: string | null;
  readonly dataset_digest: string | null;
}

function historyMarks(token: string): readonly (string | null)[] {
  const marks = marksOf(token, 3);
  const [timestamp, step, value] = marks;
  const isPoint = [timestamp, step].every((mark) => mark !== null && /^-?\d{1,18}$/.test(mark ?? ''));
  if (!isPoint || (value !== 'NaN' && Number.isNaN(Number(value ?? 'x')))) throw invalid(token);
  return marks;
}

function metricOf(record: MetricRecord): MetricRow {
  return {
    key: record.key,
    value: record.value,
    timestamp: record.timestamp,
    step: record.step,
    modelId: record.model_id,
    datasetName: record.dataset_name,
    datasetDigest: record.dataset_digest,
  };
}
