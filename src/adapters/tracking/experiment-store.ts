import { PlatformError } from '../../domain/errors.ts';
import type { ExperimentRow, ExperimentStore, KeyValue, Lifecycle } from '../../ports/tracking-store.ts';
import { type Queryable, rows, written } from '../warehouse/pool.ts';
import { type Database, firstRow, groupRows, isTaken, together } from './database.ts';
import { namedQueries } from './named-queries.ts';
import { experimentScope, searchIds } from './search.ts';

const sql = namedQueries('postgres/tracking/experiments.sql', [
  'create',
  'by-ids',
  'id-by-name',
  'tags',
  'lock',
  'rename',
  'mark',
  'mark-runs',
  'set-tags',
  'delete-tag',
]);

export function createExperimentStore(database: Database, nowMs: () => number): ExperimentStore {
  const { pool, inTransaction } = database;
  return {
    createExperiment: (name, artifactLocation, tags) =>
      refusingTaken(name, 'RESOURCE_ALREADY_EXISTS', () =>
        inTransaction(async (db) => {
          const [created] = await rows<{ experiment_id: number }>(db, sql.create, [name, artifactLocation, nowMs()]);
          const experimentId = String(created?.experiment_id);
          await setTags(db, experimentId, tags);
          return experimentId;
        }),
      ),
    experiment: (experimentId) => loadExperiment(pool, experimentId),
    experimentByName: async (name) => {
      const found = await firstRow<{ experiment_id: number }>(pool, sql['id-by-name'], [name]);
      if (found === undefined) {
        throw new PlatformError('NOT_FOUND', `Could not find experiment with name '${name}'`);
      }
      return loadExperiment(pool, String(found.experiment_id));
    },
    renameExperiment: (experimentId, name) =>
      // MLflow's code for it is another one than on creation.
      refusingTaken(name, 'BAD_REQUEST', () =>
        inTransaction(async (db) => {
          if ((await lock(db, experimentId)) !== 'active') {
            throw new PlatformError('CONFLICT', 'Cannot rename a non-active experiment.', {
              context: { mlflowErrorCode: 'INVALID_STATE' },
            });
          }
          await written(db, sql.rename, [experimentId, name, nowMs()]);
        }),
      ),
    markExperiment: (experimentId, lifecycle) =>
      inTransaction(async (db) => {
        if ((await lock(db, experimentId)) === lifecycle) throw noExperiment(experimentId);
        await written(db, sql.mark, [experimentId, lifecycle, nowMs()]);
        await written(db, sql['mark-runs'], [experimentId, lifecycle, nowMs()]);
      }),
    setExperimentTag: (experimentId, tag) =>
      inTransaction(async (db) => {
        requireActive(experimentId, await lock(db, experimentId));
        await setTags(db, experimentId, [tag]);
      }),
    deleteExperimentTag: (experimentId, key) =>
      inTransaction(async (db) => {
        requireActive(experimentId, await lock(db, experimentId));
        if ((await written(db, sql['delete-tag'], [experimentId, key])) === 0) {
          throw new PlatformError('NOT_FOUND', `No tag with name: ${key} in experiment with id ${experimentId}`);
        }
      }),
    searchExperiments: async (search, lifecycles) => {
      const page = await searchIds<{ id: number }>(pool, experimentScope, [lifecycles], search);
      return {
        rows: await loadExperiments(
          pool,
          page.rows.map((row) => String(row.id)),
        ),
        nextPageToken: page.nextPageToken,
      };
    },
  };
}

/** Refuses, as MLflow does, to log to an experiment that is deleted. */
export function requireActive(experimentId: string, lifecycle: Lifecycle): void {
  if (lifecycle === 'active') return;
  throw new PlatformError(
    'INPUT_INVALID',
    `The experiment ${experimentId} must be in the 'active' state. Current state is ${lifecycle}.`,
  );
}

export async function loadExperiment(db: Queryable, experimentId: string): Promise<ExperimentRow> {
  const [experiment] = await loadExperiments(db, [experimentId]);
  if (experiment === undefined) throw noExperiment(experimentId);
  return experiment;
}

interface ExperimentRecord {
  readonly experiment_id: number;
  readonly name: string;
  readonly artifact_location: string;
  readonly lifecycle_stage: Lifecycle;
  readonly creation_time: number;
  readonly last_update_time: number;
}

/** Experiments in the order of the ids; those that do not exist are left out. */
async function loadExperiments(db: Queryable, ids: readonly string[]): Promise<ExperimentRow[]> {
  if (ids.length === 0) return [];
  const [records, tags] = await together(db, [
    () => rows<ExperimentRecord>(db, sql['by-ids'], [ids]),
    () => rows<{ experiment_id: number; key: string; value: string }>(db, sql.tags, [ids]),
  ]);
  const recordOf = groupRows(records, (record) => String(record.experiment_id));
  const tagsOf = groupRows(tags, (tag) => String(tag.experiment_id));
  return ids.flatMap((id) =>
    recordOf(id).map((record) => ({
      experimentId: id,
      name: record.name,
      artifactLocation: record.artifact_location,
      lifecycle: record.lifecycle_stage,
      creationTime: record.creation_time,
      lastUpdateTime: record.last_update_time,
      tags: tagsOf(id).map(({ key, value }) => ({ key, value })),
    })),
  );
}

async function lock(db: Queryable, experimentId: string): Promise<Lifecycle> {
  const found = await firstRow<{ lifecycle_stage: Lifecycle }>(db, sql.lock, [experimentId]);
  if (found === undefined) throw noExperiment(experimentId);
  return found.lifecycle_stage;
}

async function setTags(db: Queryable, experimentId: string, tags: readonly KeyValue[]): Promise<void> {
  if (tags.length === 0) return;
  const unique = [...new Map(tags.map((tag) => [tag.key, tag.value]))];
  await written(db, sql['set-tags'], [experimentId, unique.map(([key]) => key), unique.map(([, value]) => value)]);
}

async function refusingTaken<Result>(
  name: string,
  mlflowErrorCode: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new PlatformError('CONFLICT', `Experiment(name=${name}) already exists.`, {
      cause: error,
      context: { mlflowErrorCode },
    });
  }
}

/** MLflow's refusal of an unknown experiment. */
export function noExperiment(experimentId: string): PlatformError {
  return new PlatformError('NOT_FOUND', `No Experiment with id=${experimentId} exists`);
}
