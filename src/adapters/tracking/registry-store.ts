import { PlatformError } from '../../domain/errors.ts';
import type { KeyValue, RegistryStore } from '../../ports/tracking-store.ts';
import { type Queryable, rows, written } from '../warehouse/pool.ts';
import { type Database, firstRow, isTaken } from './database.ts';
import { loadModel, loadModels, loadVersion, loadVersions, registrySql as sql } from './registry-rows.ts';
import { modelScope, searchIds, versionScope } from './search.ts';

export function createRegistryStore(database: Database, nowMs: () => number): RegistryStore {
  return { ...modelMethods(database, nowMs), ...versionMethods(database, nowMs), ...aliasMethods(database) };
}

type ModelMethods =
  | 'createRegisteredModel'
  | 'registeredModel'
  | 'describeRegisteredModel'
  | 'renameRegisteredModel'
  | 'deleteRegisteredModel'
  | 'setRegisteredModelTag'
  | 'deleteRegisteredModelTag'
  | 'searchRegisteredModels';

type AliasMethods = 'setAlias' | 'deleteAlias' | 'versionByAlias';

function modelMethods({ pool, inTransaction }: Database, nowMs: () => number): Pick<RegistryStore, ModelMethods> {
  return {
    createRegisteredModel: (name, description, tags) =>
      refusingTaken(`Registered Model (name=${name}) already exists.`, () =>
        inTransaction(async (db) => {
          await written(db, sql['create-model'], [name, description, nowMs()]);
          await setModelTags(db, name, tags);
          return loadModel(db, name);
        }),
      ),
    registeredModel: (name) => loadModel(pool, name),
    describeRegisteredModel: (name, description) =>
      withModel(inTransaction, name, async (db) => {
        await written(db, sql['describe-model'], [name, description, nowMs()]);
        return loadModel(db, name);
      }),
    renameRegisteredModel: (name, newName) =>
      refusingTaken(`Registered Model (name=${newName}) already exists.`, () =>
        withModel(inTransaction, name, async (db) => {
          await written(db, sql['rename-model'], [name, newName, nowMs()]);
          await written(db, sql['touch-versions'], [newName, nowMs()]);
          return loadModel(db, newName);
        }),
      ),
    deleteRegisteredModel: (name) =>
      withModel(inTransaction, name, async (db) => void (await written(db, sql['delete-model'], [name]))),
    setRegisteredModelTag: (name, tag) => withModel(inTransaction, name, (db) => setModelTags(db, name, [tag])),
    deleteRegisteredModelTag: (name, key) =>
      withModel(inTransaction, name, async (db) => void (await written(db, sql['delete-model-tag'], [name, key]))),
    searchRegisteredModels: async (search) => {
      const page = await searchIds<{ id: string }>(pool, modelScope, [], search);
      return {
        rows: await loadModels(
          pool,
          page.rows.map((row) => row.id),
        ),
        nextPageToken: page.nextPageToken,
      };
    },
  };
}

function versionMethods(
  { pool, inTransaction }: Database,
  nowMs: () => number,
): Omit<RegistryStore, ModelMethods | AliasMethods> {
  return {
    createModelVersion: (version) =>
      withModel(inTransaction, version.name, async (db) => {
        const created = await firstRow<{ version: number }>(db, sql['create-version'], [
          version.name,
          version.source,
          version.storageLocation,
          version.runId,
          version.runLink,
          version.modelId,
          version.description,
          nowMs(),
        ]);
        const number = created?.version ?? 0;
        await setVersionTags(db, version.name, number, version.tags);
        await written(db, sql['touch-model'], [version.name, nowMs()]);
        return loadVersion(db, version.name, number);
      }),
    modelVersion: (name, version) => loadVersion(pool, name, version),
    describeModelVersion: async (name, version, description) => {
      await written(pool, sql['describe-version'], [name, version, description, nowMs()]);
      return loadVersion(pool, name, version);
    },
    deleteModelVersion: (name, version) =>
      withVersion(inTransaction, name, version, async (db) => {
        await written(db, sql['delete-version-aliases'], [name, version]);
        await written(db, sql['delete-version'], [name, version, nowMs()]);
        await written(db, sql['touch-model'], [name, nowMs()]);
      }),
    transitionModelVersion: (name, version, stage, archiveOthers) =>
      withVersion(inTransaction, name, version, async (db) => {
        await rows(db, sql.transition, [name, version, stage, archiveOthers, nowMs()]);
        await written(db, sql['touch-model'], [name, nowMs()]);
        return loadVersion(db, name, version);
      }),
    setModelVersionTag: (name, version, tag) =>
      withVersion(inTransaction, name, version, (db) => setVersionTags(db, name, version, [tag])),
    deleteModelVersionTag: (name, version, key) =>
      withVersion(
        inTransaction,
        name,
        version,
        async (db) => void (await written(db, sql['delete-version-tag'], [name, version, key])),
      ),
    searchModelVersions: async (search) => {
      const page = await searchIds<{ id: string; version: number }>(pool, versionScope, [], search);
      return {
        rows: await loadVersions(
          pool,
          page.rows.map((row) => ({ name: row.id, version: row.version })),
        ),
        nextPageToken: page.nextPageToken,
      };
    },
  };
}

function aliasMethods({ pool, inTransaction }: Database): Pick<RegistryStore, AliasMethods> {
  return {
    setAlias: (name, alias, version) =>
      withVersion(
        inTransaction,
        name,
        version,
        async (db) => void (await written(db, sql['set-alias'], [name, alias, version])),
      ),
    deleteAlias: (name, alias) =>
      withModel(inTransaction, name, async (db) => void (await written(db, sql['delete-alias'], [name, alias]))),
    versionByAlias: async (name, alias) => {
      await loadModel(pool, name);
      const found = await firstRow<{ version: number }>(pool, sql['version-by-alias'], [name, alias]);
      return found === undefined ? null : loadVersion(pool, name, found.version);
    },
  };
}

/** Runs `work` while holding the model: one change of a model at a time, so that numbers and stages stay single. */
function withModel<Result>(
  inTransaction: Database['inTransaction'],
  name: string,
  work: (db: Queryable) => Promise<Result>,
): Promise<Result> {
  return inTransaction(async (db) => {
    if ((await firstRow(db, sql['lock-model'], [name])) === undefined) {
      throw new PlatformError('NOT_FOUND', `Registered Model with name=${name} not found`);
    }
    return work(db);
  });
}

function withVersion<Result>(
  inTransaction: Database['inTransaction'],
  name: string,
  version: number,
  work: (db: Queryable) => Promise<Result>,
): Promise<Result> {
  return inTransaction(async (db) => {
    // An unknown model is answered as an unknown version, which is what MLflow says.
    await firstRow(db, sql['lock-model'], [name]);
    await loadVersion(db, name, version);
    return work(db);
  });
}

async function setModelTags(db: Queryable, name: string, tags: readonly KeyValue[]): Promise<void> {
  if (tags.length === 0) return;
  await written(db, sql['set-model-tags'], [name, tags.map((tag) => tag.key), tags.map((tag) => tag.value)]);
}

async function setVersionTags(db: Queryable, name: string, version: number, tags: readonly KeyValue[]): Promise<void> {
  if (tags.length === 0) return;
  const values = tags.map((tag) => tag.value);
  await written(db, sql['set-version-tags'], [name, version, tags.map((tag) => tag.key), values]);
}

async function refusingTaken<Result>(message: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new PlatformError('CONFLICT', message, { cause: error });
  }
}
