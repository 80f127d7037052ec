import type { ModelVersionRow, RegistryStage, TrackingStore } from '../../ports/tracking-store.ts';
import { type Endpoint, nextPage, readSearch } from './endpoint.ts';
import { list, modelMessage, versionMessage } from './messages.ts';
import { invalidParameter } from './mlflow-error.ts';
import { requireVersionSource } from './model-source.ts';
import type { RequestFields } from './request-fields.ts';
import { modelVocabulary, versionVocabulary } from './search-terms.ts';
import {
  readTag,
  readTags,
  refuseReservedAlias,
  requireAlias,
  requireModelName,
  requireTagKey,
  requireVersion,
} from './validation.ts';

export function registryEndpoints(store: TrackingStore): Endpoint[] {
  return [...modelEndpoints(store), ...versionEndpoints(store), ...tagEndpoints(store), ...aliasEndpoints(store)];
}

function modelEndpoints(store: TrackingStore): Endpoint[] {
  const latest = async (fields: RequestFields) => {
    const model = await store.registeredModel(readName(fields));
    const stages = fields.texts('stages').map(requireStage);
    const versions = model.latestVersions.filter(({ stage }) => stages.length === 0 || stages.includes(stage));
    return list('model_versions', versions, versionMessage);
  };
  return [
    {
      method: 'POST',
      path: '/registered-models/create',
      handle: async (fields) => {
        const description = fields.text('description') || null;
        const tags = readTags(fields, 'registry');
        const model = await store.createRegisteredModel(readName(fields), description, tags);
        return { registered_model: modelMessage(model) };
      },
    },
    {
      method: 'GET',
      path: '/registered-models/get',
      handle: async (fields) => ({ registered_model: modelMessage(await store.registeredModel(readName(fields))) }),
    },
    {
      method: 'POST',
      path: '/registered-models/rename',
      handle: async (fields) => {
        const newName = requireModelName(fields.requiredText('new_name'), 'new_name');
        return { registered_model: modelMessage(await store.renameRegisteredModel(readName(fields), newName)) };
      },
    },
    {
      method: 'PATCH',
      path: '/registered-models/update',
      handle: async (fields) => {
        const model = await store.describeRegisteredModel(readName(fields), fields.text('description'));
        return { registered_model: modelMessage(model) };
      },
    },
    {
      method: 'DELETE',
      path: '/registered-models/delete',
      handle: async (fields) => {
        await store.deleteRegisteredModel(readName(fields));
        return {};
      },
    },
    {
      method: 'GET',
      path: '/registered-models/search',
      handle: async (fields) => {
        const search = readSearch(fields, modelVocabulary, { default: 100, most: 1000 });
        const page = await store.searchRegisteredModels(search);
        return { ...list('registered_models', page.rows, modelMessage), ...nextPage(page.nextPageToken) };
      },
    },
    { method: 'GET', path: '/registered-models/get-latest-versions', handle: latest },
    { method: 'POST', path: '/registered-models/get-latest-versions', handle: latest },
  ];
}

function versionEndpoints(store: TrackingStore): Endpoint[] {
  const version = async (work: Promise<ModelVersionRow>) => ({ model_version: versionMessage(await work) });
  return [
    { method: 'POST', path: '/model-versions/create', handle: (fields) => version(createVersion(store, fields)) },
    {
      method: 'GET',
      path: '/model-versions/get',
      handle: (fields) => version(store.modelVersion(...readVersion(fields))),
    },
    {
      method: 'PATCH',
      path: '/model-versions/update',
      handle: (fields) =>
        version(store.describeModelVersion(...readVersion(fields), fields.optionalText('description'))),
    },
    {
      method: 'DELETE',
      path: '/model-versions/delete',
      handle: async (fields) => {
        await store.deleteModelVersion(...readVersion(fields));
        return {};
      },
    },
    {
      method: 'POST',
      path: '/model-versions/transition-stage',
      handle: (fields) => version(transition(store, fields)),
    },
    {
      method: 'GET',
      path: '/model-versions/get-download-uri',
      handle: async (fields) => ({
        artifact_uri: (await store.modelVersion(...readVersion(fields))).storageLocation,
      }),
    },
    {
      method: 'GET',
      path: '/model-versions/search',
      handle: async (fields) => {
        const asked = readSearch(fields, versionVocabulary, { default: 10_000, most: 200_000 });
        const page = await store.searchModelVersions({
          ...asked,
          order: asked.order.length === 0 ? newestChangeFirst : asked.order,
        });
        return { ...list('model_versions', page.rows, versionMessage), ...nextPage(page.nextPageToken) };
      },
    },
  ];
}

function tagEndpoints(store: TrackingStore): Endpoint[] {
  const done = async (work: Promise<void>) => {
    await work;
    return {};
  };
  const keyOf = (fields: RequestFields) => requireTagKey(fields.requiredText('key'));
  return [
    {
      method: 'POST',
      path: '/registered-models/set-tag',
      handle: (fields) => done(store.setRegisteredModelTag(readName(fields), readTag(fields, 'registry'))),
    },
    {
      method: 'DELETE',
      path: '/registered-models/delete-tag',
      handle: (fields) => done(store.deleteRegisteredModelTag(readName(fields), keyOf(fields))),
    },
    {
      method: 'POST',
      path: '/model-versions/set-tag',
      handle: (fields) => done(store.setModelVersionTag(...readVersion(fields), readTag(fields, 'registry'))),
    },
    {
      method: 'DELETE',
      path: '/model-versions/delete-tag',
      handle: (fields) => done(store.deleteModelVersionTag(...readVersion(fields), keyOf(fields))),
    },
  ];
}

function aliasEndpoints(store: TrackingStore): Endpoint[] {
  return [
    {
      method: 'POST',
      path: '/registered-models/alias',
      handle: async (fields) => {
        const alias = requireAlias(fields.requiredText('alias'));
        refuseReservedAlias(alias);
        const [name, version] = readVersion(fields);
        await store.setAlias(name, alias, version);
        return {};
      },
    },
    {
      method: 'DELETE',
      path: '/registered-models/alias',
      handle: async (fields) => {
        await store.deleteAlias(readName(fields), requireAlias(fields.requiredText('alias')));
        return {};
      },
    },
    {
      method: 'GET',
      path: '/registered-models/alias',
      handle: async (fields) => {
        const name = readName(fields);
        const alias = requireAlias(fields.requiredText('alias'));
        const version =
          alias.toLowerCase() === 'latest' ? await latestVersion(store, name) : await store.versionByAlias(name, alias);
        if (version === null) throw invalidParameter(`Registered model alias ${alias} not found.`);
        return { model_version: versionMessage(version) };
      },
    },
  ];
}

const newestChangeFirst = [
  { entity: 'attribute', key: 'last_updated_timestamp', ascending: false },
  { entity: 'attribute', key: 'name', ascending: true },
  { entity: 'attribute', key: 'version_number', ascending: false },
] as const;

async function createVersion(store: TrackingStore, fields: RequestFields): Promise<ModelVersionRow> {
  const name = readName(fields);
  const tags = readTags(fields, 'registry');
  const claim = { runId: fields.text('run_id') || null, modelId: fields.text('model_id') || null };
  const origin = await requireVersionSource(fields.requiredText('source'), claim, store);
  return store.createModelVersion({
    name,
    ...origin,
    runLink: fields.text('run_link') || null,
    description: fields.text('description'),
    tags,
  });
}

async function transition(store: TrackingStore, fields: RequestFields): Promise<ModelVersionRow> {
  const [name, version] = readVersion(fields);
  const stage = requireStage(fields.requiredText('stage'));
  const archiveOthers = fields.flag('archive_existing_versions');
  if (archiveOthers && stage !== 'Staging' && stage !== 'Production') {
    throw invalidParameter(
      `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage. ` +
        "Valid stages are ['Staging', 'Production']",
    );
  }
  return store.transitionModelVersion(name, version, stage, archiveOthers);
}

async function latestVersion(store: TrackingStore, name: string): Promise<ModelVersionRow | null> {
  const { latestVersions } = await store.registeredModel(name);
  return [...latestVersions].sort((a, b) => b.version - a.version)[0] ?? null;
}

function readName(fields: RequestFields): string {
  return requireModelName(fields.requiredText('name'));
}

function readVersion(fields: RequestFields): readonly [name: string, version: number] {
  return [readName(fields), requireVersion(fields.requiredText('version'))];
}

const stages: readonly RegistryStage[] = ['None', 'Staging', 'Production', 'Archived'];

function requireStage(text: string): RegistryStage {
  const stage = stages.find((one) => one.toLowerCase() === text.toLowerCase());
  if (stage === undefined) {
    throw invalidParameter(`Invalid Model Version stage: ${text}. Value must be one of ${stages.join(', ')}.`);
  }
  return stage;
}
