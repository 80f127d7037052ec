import { PlatformError } from '../../domain/errors.ts';
import type { RunModel, RunStore, TrackedRunStatus } from '../../ports/tracking-store.ts';
import { type Endpoint, nextPage, readEnumeration, readSearch, readView, wrongEnumeration } from './endpoint.ts';
import { historyEndpoints } from './history-endpoints.ts';
import { list, newRunMessage, runInfoMessage, runMessage } from './messages.ts';
import { invalidParameter } from './mlflow-error.ts';
import { logModel } from './model-record.ts';
import type { RequestFields } from './request-fields.ts';
import { readRunId } from './run-id.ts';
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
  return [...lifeEndpoints(store), ...loggingEndpoints(store), ...readingEndpoints(store), ...historyEndpoints(store)];
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
      sayingOneParam(() => store.logBatch(runId, { ...nothing, params: [readParam(fields)] })),
    ),
    logging('/runs/log-model', (runId, fields) => logModel(store, runId, fields)),
    logging('/runs/set-tag', (runId, fields) => store.logBatch(runId, { ...nothing, tags: [readTag(fields, 'run')] })),
    logging('/runs/log-batch', (runId, fields) => store.logBatch(requireRunId(runId), readBatch(fields))),
    logging('/runs/delete-tag', (runId, fields) => store.deleteTag(runId, fields.requiredText('key'))),
    logging('/runs/log-inputs', (runId, fields) =>
      store.logInputs(runId, fields.messages('datasets').map(readDatasetInput), readModels(fields)),
    ),
    logging('/runs/outputs', (runId, fields) => {
      fields.required('models');
      return store.logOutputs(runId, readModels(fields));
    }),
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
  ];
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
  return { run: newRunMessage(run) };
}

/** One parameter's refused change in MLflow's words for one. */
async function sayingOneParam(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const changed = error instanceof PlatformError ? error.context['changedParams'] : undefined;
    const [one] = (changed ?? []) as readonly { key: string; old_value: string; new_value: string }[];
    if (!(error instanceof PlatformError) || one === undefined) throw error;
    throw invalidParameter(
      `Changing param values is not allowed. Param with key='${one.key}' was already logged with ` +
        `value='${one.old_value}' for run ID='${error.context['runId']}'. Attempted logging new value '${one.new_value}'.`,
    );
  }
}

const statuses: readonly TrackedRunStatus[] = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];

function readStatus(fields: RequestFields): TrackedRunStatus | null {
  const text = readEnumeration(fields, 'status');
  if (text === null) return null;
  // Protobuf counts the statuses from 1.
  const status = statuses.find((one, index) => one === text || String(index + 1) === text);
  if (status === undefined) throw wrongEnumeration(fields, 'status');
  return status;
}

function readModels(fields: RequestFields): RunModel[] {
  return fields
    .messages('models')
    .map((model) => ({ modelId: model.requiredText('model_id'), step: model.optionalInteger('step') ?? 0 }));
}
