import type { Lifecycle, MetricRow } from '../../ports/tracking-store.ts';
import type { Queryable } from '../warehouse/pool.ts';
import { plainArray, preparedRows } from './database.ts';
import { runSql as sql } from './run-rows.ts';

interface Waiting {
  readonly runId: string;
  readonly metrics: readonly MetricRow[];
  readonly resolve: (lifecycle: Lifecycle | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Statements under way at a time, and points in one. */
const lanes = 2;
const mostPoints = 5000;

/**
 * Logs metrics of many requests in few statements: what arrives while statements are under way waits for the next one,
 * which takes all of it, so that a commit to disk is shared. A batch is never divided, and each caller hears of its own
 * run once its points are durable: the run's stage, or null when there is no such run.
 */
export function createMetricLanes(
  db: Queryable,
): (runId: string, metrics: readonly MetricRow[]) => Promise<Lifecycle | null> {
  const queue: Waiting[] = [];
  let underWay = 0;
  const next = () => {
    while (underWay < lanes && queue.length > 0) {
      underWay += 1;
      void log(db, takeGroup(queue)).finally(() => {
        underWay -= 1;
        next();
      });
    }
  };
  return (runId, metrics) =>
    new Promise((resolve, reject) => {
      queue.push({ runId, metrics, resolve, reject });
      next();
    });
}

function takeGroup(queue: Waiting[]): Waiting[] {
  let points = 0;
  let count = 0;
  for (const { metrics } of queue) {
    points += metrics.length;
    if (count > 0 && points > mostPoints) break;
    count += 1;
  }
  return queue.splice(0, count);
}

async function log(db: Queryable, group: readonly Waiting[]): Promise<void> {
  try {
    const stages = await logPoints(db, group);
    for (const { runId, resolve } of group) resolve(stages.get(runId) ?? null);
  } catch (error) {
    // Nothing of a failed statement is kept. Each is tried by itself: nobody pays for what another one sent.
    if (group.length === 1) group[0]?.reject(error);
    else for (const one of group) await log(db, [one]);
  }
}

async function logPoints(db: Queryable, group: readonly Waiting[]): Promise<ReadonlyMap<string, Lifecycle>> {
  const points = group.flatMap(({ metrics }) => metrics);
  const runs = await preparedRows<{ run_id: string; lifecycle_stage: Lifecycle }>(db, sql['log-metrics'], [
    [...new Set(group.map(({ runId }) => runId))],
    group.flatMap(({ runId, metrics }) => metrics.map(() => runId)),
    ...pointColumns(points),
  ]);
  return new Map(runs.map((run) => [run.run_id, run.lifecycle_stage]));
}

/** Points as the arrays that the statements unnest: key, value, timestamp, step, model, data set and its digest. */
export function pointColumns(points: readonly MetricRow[]): unknown[] {
  const texts = (of: (point: MetricRow) => string | null | undefined) =>
    points.some((point) => (of(point) ?? null) !== null) ? points.map((point) => of(point) ?? null) : [];
  return [
    points.map((point) => point.key),
    plainArray(points.map((point) => point.value)),
    plainArray(points.map((point) => point.timestamp)),
    plainArray(points.map((point) => point.step)),
    // unnest fills a shorter list with NULL.
    texts((point) => point.modelId),
    texts((point) => point.datasetName),
    texts((point) => point.datasetDigest),
  ];
}
