import type { RunMetricRow, RunStore } from '../../ports/tracking-store.ts';
import { type Endpoint, nextPage, pagePrefixes } from './endpoint.ts';
import { list, metricMessage } from './messages.ts';
import { invalidParameter } from './mlflow-error.ts';
import type { RequestFields } from './request-fields.ts';
import { readRunId } from './run-id.ts';

/** Histories of metrics: of one run by pages, of several as they are or thinned out for a chart. */
export function historyEndpoints(store: RunStore): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/metrics/get-history',
      handle: async (fields) => {
        const limit = fields.optionalInteger('max_results');
        if (limit !== null && limit <= 0) {
          throw invalidParameter(
            `Invalid value ${limit} for parameter 'max_results' supplied. It must be a positive integer.`,
          );
        }
        const key = fields.requiredText('metric_key');
        const page = await store.metricHistory(readRunId(fields), key, limit, fields.text('page_token') || null);
        return { ...list('metrics', page.rows, metricMessage), ...nextPage(page.nextPageToken) };
      },
    },
    {
      method: 'GET',
      path: '/metrics/get-history-bulk',
      prefixes: pagePrefixes,
      handle: (fields) => bulk(store, fields),
    },
    { method: 'GET', path: '/metrics/get-history-bulk-interval', handle: (fields) => sampled(store, fields) },
  ];
}

const mostRuns = 100;
const mostPoints = 25_000;
const mostPointsOfRun = 2500;

async function bulk(store: RunStore, fields: RequestFields): Promise<object> {
  const runIds = fields.texts('run_id');
  if (runIds.length === 0) throw invalidParameter('GetMetricHistoryBulk request must specify at least one run_id.');
  if (runIds.length > mostRuns) {
    throw invalidParameter(
      `GetMetricHistoryBulk request cannot specify more than ${mostRuns} run_ids. Received ${runIds.length} run_ids.`,
    );
  }
  const key = fields.optionalText('metric_key');
  if (key === null) throw invalidParameter('GetMetricHistoryBulk request must specify a metric_key.');
  const limit = Math.min(Math.max(fields.optionalInteger('max_results') ?? mostPoints, 0), mostPoints);
  return { metrics: (await store.metricHistories(runIds, key, limit)).map(pointMessage) };
}

async function sampled(store: RunStore, fields: RequestFields): Promise<object> {
  const seeDocs = 'See the API docs for more information about request parameters.';
  fields.required('run_ids');
  const runIds = fields.texts('run_ids');
  if (runIds.length > mostRuns) {
    throw invalidParameter(
      `GetMetricHistoryBulkInterval request must specify at most ${mostRuns} run_ids. ` +
        `Received ${runIds.length} run_ids. ${seeDocs}`,
    );
  }
  const key = fields.requiredText('metric_key');
  const limit = fields.optionalInteger('max_results') ?? mostPointsOfRun;
  if (limit < 1 || limit > mostPointsOfRun) {
    throw invalidParameter(`max_results must be between 1 and ${mostPointsOfRun}. ${seeDocs}`);
  }
  const points = await store.sampledHistories(runIds, key, limit, readSteps(fields));
  return list('metrics', points, pointMessage);
}

function readSteps(fields: RequestFields): { readonly from: number; readonly to: number } | null {
  const from = fields.optionalInteger('start_step');
  const to = fields.optionalInteger('end_step');
  if (from === null && to === null) return null;
  if (from === null || to === null) {
    throw invalidParameter('If either start step or end step are specified, both must be specified.');
  }
  if (from > to) {
    throw invalidParameter(`end_step must be greater than start_step. Found start_step=${from} and end_step=${to}.`);
  }
  return { from, to };
}

function pointMessage({ runId, ...point }: RunMetricRow): object {
  return { ...metricMessage(point), run_id: runId };
}
