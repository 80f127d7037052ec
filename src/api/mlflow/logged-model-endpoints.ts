import type { LoggedModelStatus, LoggedModelStore } from '../../ports/tracking-store.ts';
import { type Endpoint, nextPage, readEnumeration, readSearch } from './endpoint.ts';
import { list, loggedModelMessage } from './messages.ts';
import { invalidParameter } from './mlflow-error.ts';
import type { RequestFields } from './request-fields.ts';
import { loggedModelVocabulary, readOrderTerm } from './search-terms.ts';
import { readParam, readTags, requireExperimentId, requireTagKey } from './validation.ts';

/** Models logged to an experiment: what MLflow 3's `log_model` makes before anything is registered. */
export function loggedModelEndpoints(store: LoggedModelStore): Endpoint[] {
  return [
    {
      method: 'POST',
      path: '/logged-models',
      handle: async (fields) => ({ model: loggedModelMessage(await createModel(store, fields)) }),
    },
    { method: 'POST', path: '/logged-models/search', handle: (fields) => search(store, fields) },
    {
      method: 'GET',
      path: '/logged-models/:model_id',
      handle: async (_, segment) => ({ model: loggedModelMessage(await store.loggedModel(segment('model_id'))) }),
    },
    {
      method: 'PATCH',
      path: '/logged-models/:model_id',
      handle: async (fields, segment) => ({
        model: loggedModelMessage(await store.finalizeLoggedModel(segment('model_id'), readStatus(fields))),
      }),
    },
    {
      method: 'DELETE',
      path: '/logged-models/:model_id',
      handle: async (_, segment) => {
        await store.deleteLoggedModel(segment('model_id'));
        return {};
      },
    },
    {
      method: 'POST',
      path: '/logged-models/:model_id/params',
      handle: async (fields, segment) => {
        await store.logLoggedModelParams(segment('model_id'), readParams(fields));
        return {};
      },
    },
    {
      method: 'PATCH',
      path: '/logged-models/:model_id/tags',
      handle: async (fields, segment) => {
        await store.setLoggedModelTags(segment('model_id'), readTags(fields, 'run'));
        return {};
      },
    },
    {
      method: 'DELETE',
      path: '/logged-models/:model_id/tags/:tag_key',
      handle: async (_, segment) => {
        await store.deleteLoggedModelTag(segment('model_id'), requireTagKey(segment('tag_key')));
        return {};
      },
    },
  ];
}

function createModel(store: LoggedModelStore, fields: RequestFields) {
  const name = fields.text('name');
  if (/[/:.%"']/.test(name)) {
    throw invalidParameter(
      `Invalid model name ('${name}') provided. Model name must be a non-empty string and cannot contain the ` +
        `following characters: ('/', ':', '.', '%', '"', "'")`,
    );
  }
  return store.createLoggedModel({
    experimentId: requireExperimentId(fields.requiredText('experiment_id')),
    name: name || null,
    modelType: fields.text('model_type') || null,
    sourceRunId: fields.text('source_run_id') || null,
    params: readParams(fields),
    tags: readTags(fields, 'run'),
  });
}

async function search(store: LoggedModelStore, fields: RequestFields): Promise<object> {
  if (fields.messages('datasets').length > 0) {
    throw invalidParameter('This server does not restrict logged models by data set: leave datasets out.');
  }
  const terms = fields.messages('order_by').map((term) => ({
    ...readOrderTerm(term.requiredText('field_name'), loggedModelVocabulary),
    ascending: term.has('ascending') ? term.flag('ascending') : true,
  }));
  const ids = fields.texts('experiment_ids').map(requireExperimentId);
  const filter = readSearch(fields, loggedModelVocabulary, { default: 100, most: 1000 }, terms);
  const page = await store.searchLoggedModels(ids, filter);
  return { ...list('models', page.rows, loggedModelMessage), ...nextPage(page.nextPageToken) };
}

function readParams(fields: RequestFields) {
  return fields.messages('params').map((param, index) => readParam(param, `params[${index}].`));
}

/** Protobuf counts them from 1, in this order. */
const statuses: readonly LoggedModelStatus[] = ['PENDING', 'READY', 'UPLOAD_FAILED'];

function readStatus(fields: RequestFields): LoggedModelStatus {
  const text = readEnumeration(fields, 'status') ?? '';
  const found = statuses.find((status, index) => text === `LOGGED_MODEL_${status}` || text === String(index + 1));
  if (found === undefined) throw invalidParameter(`Invalid value "${text}" for parameter 'status' supplied.`);
  return found;
}
