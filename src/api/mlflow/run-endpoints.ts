import type { RunModel, RunStore, TrackedRunStatus } from '../../ports/tracking-store.ts';
import { type Endpoint, nextPage, readEnumeration, readSearch, readView } from './endpoint.ts';
import { list, metricMessage, runInfoMessage, runMessage } from './messages.ts';
import { invalidParameter } from './mlflow-error.ts';
import type { RequestFields } from './request-fields.ts';
import { runVocabulary } from './search-terms.ts';
import {
  readBatch,
  readDatasetInput,
  readMetric,
  readParam,
  readTag,
  readTags,
  requireExperimentId,
  requireRunId,
} from './validation.ts';

export function runEndpoints(store: RunStore): Endpoint[] {
  return [...lifeEndpoints(store), ...loggingEndpoints(store), ...readingEndpoints(store)];
}

function lifeEndpoints(store: RunStore): Endpoint[] {
  return [
    { method: 'POST', path: '/runs/create', handle: (fields) => createRun(store, fields) },
    {
      method: 'POST',
      path: '/runs/update',
      handle: async (fields) => {
        const status = readStatus(fields);
        const endTime = fields.optionalInteger('end_time');
        const name = fields.optionalText('run_name');
        const info = await store.updateRun(readRunId(fields), {
          ...(status === null ? {} : { status }),
          ...(endTime === null ? {} : { endTime }),
          ...(name === null ? {} : { name }),
        });
        return { run_info: runInfoMessage(info) };
      },
    },
    {
      method: 'POST',
      path: '/runs/delete',
      handle: async (fields) => {
        await store.markRun(readRunId(fields), 'deleted');
        return {};
      },
    },
    {
      method: 'POST',
      path: '/runs/restore',
      handle: async (fields) => {
        await store.markRun(readRunId(fields), 'active');
        return {};
      },
    },
  ];
}

function loggingEndpoints(store: RunStore): Endpoint[] {
  const nothing = { metrics: [], params: [], tags: [] };
  const logging = (path: string, log: (runId: string, fields: RequestFields) => Promise<void>): Endpoint => ({
    method: 'POST',
    path,
    handle: async (fields) => {
      await log(readRunId(fields), fields);
      return {};
    },
  });
  return [
    logging('/runs/log-metric', (runId, fields) =>
      store.logBatch(runId, { ...nothing, metrics: [readMetric(fields)] }),
    ),
    logging('/runs/log-parameter', (runId, fields) =>
      store.logBatch(runId, { ...nothing, params: [readParam(fields)] }),
    ),
    logging('/runs/set-tag', (runId, fields) => store.logBatch(runId, { ...nothing, tags: [readTag(fields, 'run')] })),
    logging('/runs/log-batch', (runId, fields) => store.logBatch(requireRunId(runId), readBatch(fields))),
    logging('/runs/delete-tag', (runId, fields) => store.deleteTag(runId, fields.requiredText('key'))),
    logging('/runs/log-inputs', (runId, fields) =>
      store.logInputs(runId, fields.messages('datasets').map(readDatasetInput), readModels(fields)),
    ),
    logging('/runs/outputs', (runId, fields) => store.logOutputs(runId, readModels(fields))),
  ];
}

function readingEndpoints(store: RunStore): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/runs/get',
      handle: async (fields) => ({ run: runMessage(await store.run(readRunId(fields))) }),
    },
    {
      method: 'POST',
      path: '/runs/search',
      handle: async (fields) => {
        const search = readSearch(fields, runVocabulary, { default: 1000, most: 50_000 });
        const experimentIds = fields.texts('experiment_ids').map(requireExperimentId);
        const page = await store.searchRuns(experimentIds, search, readView(fields, 'run_view_type'));
        return { ...list('runs', page.rows, runMessage), ...nextPage(page.nextPageToken) };
      },
    },
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
  ];
}

/** Old clients say `run_uuid`. */
export function readRunId(fields: RequestFields): string {
  const runId = fields.text('run_id');
  return runId === '' && fields.has('run_uuid') ? fields.requiredText('run_uuid') : fields.requiredText('run_id');
}

async function createRun(store: RunStore, fields: RequestFields): Promise<object> {
  const tags = readTags(fields, 'run');
  const name = fields.text('run_name');
  const tagged = tags.find((tag) => tag.key === 'mlflow.runName')?.value ?? '';
  if (name !== '' && tagged !== '' && name !== tagged) {
    throw invalidParameter(
      "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values " +
        `(run_name='${name}', mlflow.runName='${tagged}').`,
    );
  }
  const run = await store.createRun({
    // Experiment 0 is where runs go that name none.
    experimentId: requireExperimentId(fields.text('experiment_id') || '0'),
    name: name || tagged || null,
    userId: fields.text('user_id'),
    startTime: fields.optionalInteger('start_time') ?? 0,
    tags,
  });
  return { run: runMessage(run) };
}

const statuses: readonly TrackedRunStatus[] = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];

function readStatus(fields: RequestFields): TrackedRunStatus | null {
  const text = readEnumeration(fields, 'status');
  if (text === null) return null;
  // Protobuf counts the statuses from 1.
  const status = statuses.find((one, index) => one === text || String(index + 1) === text);
  if (status === undefined) throw invalidParameter(`Invalid value "${text}" for parameter 'status' supplied.`);
  return status;
}

function readModels(fields: RequestFields): RunModel[] {
  return fields
    .messages('models')
    .map((model) => ({ modelId: model.requiredText('model_id'), step: model.optionalInteger('step') ?? 0 }));
}
