import type { Lifecycle, MetricRow } from '../../ports/tracking-store.ts';
import type { Queryable } from '../warehouse/pool.ts';
import { plainArray, preparedRows, quotedArray, sqlState } from './database.ts';
import { runSql as sql } from './run-rows.ts';
import { createLanes } from './statement-lanes.ts';

interface RunPoints {
  readonly runId: string;
  readonly metrics: readonly MetricRow[];
}

/** A run of a statement: its place among them from 1, and the greatest point of each key. */
interface LoggedRun {
  readonly place: number;
  readonly latest: Map<string, MetricRow>;
}

/**
 * Logs metrics of many requests in few statements. A batch is never divided, and each caller hears of its own run once
 * its points are durable: the run's stage, or null when there is no such run.
 */
export function createMetricLanes(
  db: Queryable,
): (runId: string, metrics: readonly MetricRow[]) => Promise<Lifecycle | null> {
  const log = createLanes<RunPoints, Lifecycle | null>({
    write: async (group) => {
      const stages = await logPoints(db, [...group].sort(byFirstPoint));
      return group.map(({ runId }) => stages.get(runId) ?? null);
    },
    sizeOf: ({ metrics }) => metrics.length,
    mostRows: 5000,
  });
  return (runId, metrics) => log({ runId, metrics });
}

/** In one order for all, so that a request and its repetition in another group seldom wait for each other in a ring. */
function byFirstPoint(a: RunPoints, b: RunPoints): number {
  if (a.runId !== b.runId) return a.runId < b.runId ? -1 : 1;
  const [one, other] = [a.metrics[0], b.metrics[0]];
  if (one === undefined || other === undefined || one.key === other.key) {
    return (one?.timestamp ?? 0) - (other?.timestamp ?? 0) || (one?.step ?? 0) - (other?.step ?? 0);
  }
  return one.key < other.key ? -1 : 1;
}

/** Two points of one key: a unique violation; or two writers of them waiting for each other. */
const refusals = new Set(['23505', '40P01']);

async function logPoints(db: Queryable, group: readonly RunPoints[]): Promise<ReadonlyMap<string, Lifecycle>> {
  const runs = new Map<string, LoggedRun>();
  const places: number[] = [];
  const points: MetricRow[] = [];
  for (const { runId, metrics } of group) {
    const run = runs.get(runId) ?? { place: runs.size + 1, latest: new Map<string, MetricRow>() };
    runs.set(runId, run);
    for (const point of metrics) {
      places.push(run.place);
      points.push(point);
      const known = run.latest.get(point.key);
      if (known === undefined || isGreater(point, known)) run.latest.set(point.key, point);
    }
  }
  const parameters = [
    [...runs.keys()],
    plainArray(places),
    ...pointColumns(points),
    ...latestColumns([...runs.values()]),
  ];
  const log = async (statement: string) => {
    const found = await preparedRows<{ run_id: string; lifecycle_stage: Lifecycle }>(db, statement, parameters);
    return new Map(found.map((run) => [run.run_id, run.lifecycle_stage]));
  };
  try {
    return await log(sql['log-new-metrics']);
  } catch (error) {
    // Points that are there already, as of a client that sends them again, are rare, and looking for them costs the
    // most of all: only a statement that met one is made again in the way that passes over them.
    if (!refusals.has(sqlState(error) ?? '')) throw error;
    return log(sql['log-metrics']);
  }
}

/** Points as the arrays that the statements unnest: key, value, timestamp, step, model, data set and its digest. */
export function pointColumns(points: readonly MetricRow[]): unknown[] {
  const texts = (of: (point: MetricRow) => string | null | undefined) =>
    points.some((point) => (of(point) ?? null) !== null) ? points.map((point) => of(point) ?? null) : [];
  return [
    quotedArray(points.map((point) => point.key)),
    plainArray(points.map((point) => point.value)),
    plainArray(points.map((point) => point.timestamp)),
    plainArray(points.map((point) => point.step)),
    // unnest fills a shorter list with NULL.
    texts((point) => point.modelId),
    texts((point) => point.datasetName),
    texts((point) => point.datasetDigest),
  ];
}

/** The greatest point of each run and key: place of the run, key, value, timestamp, step. */
function latestColumns(runs: readonly LoggedRun[]): string[] {
  const latest = runs.flatMap((run) => [...run.latest.values()]);
  return [
    plainArray(runs.flatMap((run) => [...run.latest.keys()].map(() => run.place))),
    quotedArray(latest.map((point) => point.key)),
    plainArray(latest.map((point) => point.value)),
    plainArray(latest.map((point) => point.timestamp)),
    plainArray(latest.map((point) => point.step)),
  ];
}

/** By step, then time, then value, where NaN is greater than any other, as PostgreSQL has it. */
function isGreater(a: MetricRow, b: MetricRow): boolean {
  if (a.step !== b.step) return a.step > b.step;
  if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp;
  return Number.isNaN(a.value) ? !Number.isNaN(b.value) : a.value > b.value;
}
