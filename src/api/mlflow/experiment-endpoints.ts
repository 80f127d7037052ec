import type { ExperimentStore, RunStore } from '../../ports/tracking-store.ts';
import { artefactLocation } from './artefact-path.ts';
import { type Endpoint, nextPage, pagePrefixes, readSearch, readView } from './endpoint.ts';
import { experimentMessage, list, optional } from './messages.ts';
import { invalidParameter } from './mlflow-error.ts';
import type { RequestFields } from './request-fields.ts';
import { experimentVocabulary } from './search-terms.ts';
import { readTag, readTags, requireExperimentId, requireExperimentName, requireTagKey } from './validation.ts';

export function experimentEndpoints(store: ExperimentStore & RunStore): Endpoint[] {
  return [...readingEndpoints(store), ...changingEndpoints(store)];
}

function readingEndpoints(store: ExperimentStore & RunStore): Endpoint[] {
  const search = async (fields: RequestFields) => {
    const asked = readSearch(fields, experimentVocabulary, { default: 0, most: 50_000, refusal: 'range' });
    const order = asked.order.length === 0 ? newestFirst : asked.order;
    const page = await store.searchExperiments({ ...asked, order }, readView(fields, 'view_type'));
    return { ...list('experiments', page.rows, experimentMessage), ...nextPage(page.nextPageToken) };
  };
  return [
    {
      method: 'GET',
      path: '/experiments/get',
      handle: async (fields) => ({ experiment: experimentMessage(await store.experiment(idOf(fields))) }),
    },
    {
      method: 'GET',
      path: '/experiments/get-by-name',
      handle: async (fields) => ({
        experiment: experimentMessage(await store.experimentByName(fields.requiredText('experiment_name'))),
      }),
    },
    { method: 'GET', path: '/experiments/search', handle: search },
    { method: 'POST', path: '/experiments/search', handle: search },
    {
      method: 'POST',
      path: '/experiments/search-datasets',
      prefixes: pagePrefixes,
      handle: (fields) => searchDatasets(store, fields),
    },
  ];
}

function changingEndpoints(store: ExperimentStore): Endpoint[] {
  return [
    {
      method: 'POST',
      path: '/experiments/create',
      handle: async (fields) => {
        const name = requireExperimentName(fields.requiredText('name'));
        const location = artefactLocation(fields.text('artifact_location'));
        return { experiment_id: await store.createExperiment(name, location, readTags(fields, 'experiment')) };
      },
    },
    {
      method: 'POST',
      path: '/experiments/update',
      handle: async (fields) => {
        await store.renameExperiment(idOf(fields), requireExperimentName(fields.requiredText('new_name')));
        return {};
      },
    },
    {
      method: 'POST',
      path: '/experiments/delete',
      handle: async (fields) => {
        await store.markExperiment(idOf(fields), 'deleted');
        return {};
      },
    },
    {
      method: 'POST',
      path: '/experiments/restore',
      handle: async (fields) => {
        await store.markExperiment(idOf(fields), 'active');
        return {};
      },
    },
    {
      method: 'POST',
      path: '/experiments/set-experiment-tag',
      handle: async (fields) => {
        await store.setExperimentTag(idOf(fields), readTag(fields, 'experiment'));
        return {};
      },
    },
    {
      method: 'POST',
      path: '/experiments/delete-experiment-tag',
      handle: async (fields) => {
        await store.deleteExperimentTag(idOf(fields), requireTagKey(fields.requiredText('key')));
        return {};
      },
    },
  ];
}

async function searchDatasets(store: RunStore, fields: RequestFields): Promise<object> {
  const ids = fields.texts('experiment_ids');
  if (ids.length === 0) throw invalidParameter('SearchDatasets request must specify at least one experiment_id.');
  if (ids.length > 20) {
    throw invalidParameter(
      `SearchDatasets request cannot specify more than 20 experiment_ids. Received ${ids.length} experiment_ids.`,
    );
  }
  const found = await store.datasetSummaries(ids.map(requireExperimentId));
  return list('dataset_summaries', found, ({ experimentId, name, digest, context }) => ({
    experiment_id: experimentId,
    name,
    digest,
    ...optional('context', context),
  }));
}

function idOf(fields: RequestFields): string {
  return requireExperimentId(fields.requiredText('experiment_id'));
}

const newestFirst = [
  { entity: 'attribute', key: 'creation_time', ascending: false },
  { entity: 'attribute', key: 'experiment_id', ascending: true },
] as const;
