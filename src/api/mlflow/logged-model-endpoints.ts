import type { DatasetReference, LoggedModelStatus, LoggedModelStore, SearchOrder } from '../../ports/tracking-store.ts';
import { type Endpoint, nextPage, readEnumeration, readSearch, wrongEnumeration } from './endpoint.ts';
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
      handle: async (fields, segment) => ({
        model: loggedModelMessage(
          await store.loggedModel(segment('model_id'), {
            evenDeleted: fields.text('allow_deleted').toLowerCase() === 'true',
          }),
        ),
      }),
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
  fields.required('experiment_ids');
  const ids = fields.texts('experiment_ids').map(requireExperimentId);
  const datasets = fields.messages('datasets').map(readDataset);
  const order = fields.messages('order_by').map(readOrder);
  const filter = readSearch(fields, loggedModelVocabulary, { default: 100, most: 50_000, nought: 'default' }, order);
  const page = await store.searchLoggedModels(ids, filter, datasets);
  return { ...list('models', page.rows, loggedModelMessage), ...nextPage(page.nextPageToken) };
}

function readDataset(fields: RequestFields): DatasetReference {
  const name = fields.text('dataset_name');
  if (name === '') throw invalidParameter('`dataset_name` in the `datasets` clause must be specified.');
  return { name, digest: fields.text('dataset_digest') || null };
}

function readOrder(fields: RequestFields): SearchOrder {
  const name = fields.requiredText('field_name');
  const ascending = fields.has('ascending') ? fields.flag('ascending') : true;
  const dataset = { name: fields.text('dataset_name') || null, digest: fields.text('dataset_digest') || null };
  if (name.startsWith('metrics.')) return { entity: 'metric', key: name.slice('metrics.'.length), ascending, dataset };
  if (name.includes('.')) {
    throw invalidParameter(`Invalid order by field name: ${name}. Only metrics are supported.`);
  }
  return { ...readOrderTerm(`\`${name.replaceAll('`', '``')}\``, loggedModelVocabulary), ascending };
}

function readParams(fields: RequestFields) {
  return fields.messages('params').map((param, index) => readParam(param, `params[${index}].`));
}

/** Protobuf counts them from 1, in this order. */
const statuses: readonly LoggedModelStatus[] = ['PENDING', 'READY', 'UPLOAD_FAILED'];

function readStatus(fields: RequestFields): LoggedModelStatus {
  fields.required('status');
  const text = readEnumeration(fields, 'status');
  const found = statuses.find((status, index) => text === `LOGGED_MODEL_${status}` || text === String(index + 1));
  if (found === undefined) throw wrongEnumeration(fields, 'status');
  return found;
}
