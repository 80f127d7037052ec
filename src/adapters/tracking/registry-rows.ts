import { PlatformError } from '../../domain/errors.ts';
import type { ModelVersionRow, RegisteredModelRow, RegistryStage } from '../../ports/tracking-store.ts';
import { type Queryable, rows } from '../warehouse/pool.ts';
import { groupRows, together } from './database.ts';
import { namedQueries } from './named-queries.ts';

/** Every statement on the registry. */
export const registrySql = namedQueries('postgres/tracking/registry.sql', [
  'create-model',
  'models-by-names',
  'model-tags',
  'aliases',
  'latest-versions',
  'lock-model',
  'touch-model',
  'describe-model',
  'rename-model',
  'touch-versions',
  'delete-model',
  'set-model-tags',
  'delete-model-tag',
  'create-version',
  'versions-by-keys',
  'version-tags',
  'describe-version',
  'delete-version',
  'delete-version-aliases',
  'transition',
  'set-version-tags',
  'delete-version-tag',
  'set-alias',
  'delete-alias',
  'version-by-alias',
]);

export interface VersionKey {
  readonly name: string;
  readonly version: number;
}

export async function loadModel(db: Queryable, name: string): Promise<RegisteredModelRow> {
  const [model] = await loadModels(db, [name]);
  if (model === undefined) throw new PlatformError('NOT_FOUND', `Registered Model with name=${name} not found`);
  return model;
}

/** Models in the order of the names; those that do not exist are left out. */
export async function loadModels(db: Queryable, names: readonly string[]): Promise<RegisteredModelRow[]> {
  if (names.length === 0) return [];
  const [models, tags, aliases, latest] = await together(db, [
    () => rows<ModelRecord>(db, registrySql['models-by-names'], [names]),
    () => rows<TagRecord>(db, registrySql['model-tags'], [names]),
    () => rows<AliasRecord>(db, registrySql.aliases, [names]),
    () => rows<{ name: string; version: number }>(db, registrySql['latest-versions'], [names]),
  ]);
  const versions = await loadVersions(db, latest);
  const byName = (record: { readonly name: string }) => record.name;
  const modelOf = groupRows(models, byName);
  const tagsOf = groupRows(tags, byName);
  const aliasesOf = groupRows(aliases, byName);
  const versionsOf = groupRows(versions, byName);
  return names.flatMap((name) =>
    modelOf(name).map((model) => ({
      name,
      description: model.description,
      creationTime: model.creation_time,
      lastUpdatedTime: model.last_updated_time,
      tags: tagsOf(name).map(({ key, value }) => ({ key, value })),
      aliases: aliasesOf(name).map(({ alias, version }) => ({ alias, version })),
      latestVersions: versionsOf(name),
    })),
  );
}

export async function loadVersion(db: Queryable, name: string, version: number): Promise<ModelVersionRow> {
  const [found] = await loadVersions(db, [{ name, version }]);
  if (found === undefined) {
    throw new PlatformError('NOT_FOUND', `Model Version (name=${name}, version=${version}) not found`);
  }
  return found;
}

/** Versions in the order of the keys; those deleted or unknown are left out. */
export async function loadVersions(db: Queryable, keys: readonly VersionKey[]): Promise<ModelVersionRow[]> {
  if (keys.length === 0) return [];
  const names = keys.map((key) => key.name);
  const numbers = keys.map((key) => key.version);
  const [versions, tags, aliases] = await together(db, [
    () => rows<VersionRecord>(db, registrySql['versions-by-keys'], [names, numbers]),
    () => rows<TagRecord & VersionKey>(db, registrySql['version-tags'], [names, numbers]),
    () => rows<AliasRecord>(db, registrySql.aliases, [[...new Set(names)]]),
  ]);
  const text = (key: VersionKey) => `${key.version} ${key.name}`;
  const versionOf = groupRows(versions, text);
  const tagsOf = groupRows(tags, text);
  const aliasesOf = groupRows(aliases, text);
  return keys.flatMap((key) =>
    versionOf(text(key)).map((version) => ({
      name: version.name,
      version: version.version,
      stage: version.current_stage,
      description: version.description,
      source: version.source,
      storageLocation: version.storage_location,
      runId: version.run_id,
      runLink: version.run_link,
      modelId: version.model_id,
      creationTime: version.creation_time,
      lastUpdatedTime: version.last_updated_time,
      tags: tagsOf(text(key)).map(({ key: name, value }) => ({ key: name, value })),
      aliases: aliasesOf(text(key)).map((record) => record.alias),
    })),
  );
}

interface ModelRecord {
  readonly name: string;
  readonly description: string | null;
  readonly creation_time: number;
  readonly last_updated_time: number;
}

interface TagRecord {
  readonly name: string;
  readonly key: string;
  readonly value: string;
}

interface AliasRecord {
  readonly name: string;
  readonly alias: string;
  readonly version: number;
}

interface VersionRecord {
  readonly name: string;
  readonly version: number;
  readonly current_stage: RegistryStage;
  readonly description: string | null;
  readonly source: string;
  readonly storage_location: string;
  readonly run_id: string | null;
  readonly run_link: string | null;
  readonly model_id: string | null;
  readonly creation_time: number;
  readonly last_updated_time: number;
}
