import { randomUUID } from 'node:crypto';
import type { FullRun, KeyValue, Lifecycle, NewRun } from '../../ports/tracking-store.ts';
import type { Queryable } from '../warehouse/pool.ts';
import { preparedRows } from './database.ts';
import { noExperiment, requireActive } from './experiment-store.ts';
import { runNameTag } from './run-logging.ts';
import { runSql as sql } from './run-rows.ts';
import { createLanes } from './statement-lanes.ts';

interface Draft {
  readonly run: NewRun;
  readonly runId: string;
  readonly name: string;
  readonly tags: readonly KeyValue[];
}

interface Home {
  readonly experiment_id: number;
  readonly location: string;
  readonly lifecycle_stage: Lifecycle;
}

/** Creates runs, those that are asked for together in one statement; each is there, durably, once its caller hears. */
export function createRunLanes(db: Queryable): (run: NewRun) => Promise<FullRun> {
  const create = createLanes<Draft, Home | null>({
    write: (group) => createAll(db, group),
    sizeOf: ({ tags }) => 1 + tags.length,
    mostRows: 5000,
  });
  return async (run) => {
    const draft = draftOf(run);
    const home = await create(draft);
    if (home === null) throw noExperiment(run.experimentId);
    requireActive(run.experimentId, home.lifecycle_stage);
    return createdRun(draft, home);
  };
}

/** A run without a name is called after its id, and its name is a tag as well. Of one key given twice the last counts. */
function draftOf(run: NewRun): Draft {
  const runId = randomUUID().replaceAll('-', '');
  const name = run.name ?? `run-${runId.slice(0, 8)}`;
  const values = new Map([...run.tags, { key: runNameTag, value: name }].map(({ key, value }) => [key, value]));
  const tags = [...values].map(([key, value]) => ({ key, value })).sort((a, b) => (a.key < b.key ? -1 : 1));
  return { run, runId, name, tags };
}

/** The experiment of each, or null where there is none. */
async function createAll(db: Queryable, group: readonly Draft[]): Promise<(Home | null)[]> {
  const tags = group.flatMap(({ runId, tags }) => tags.map((tag) => ({ runId, ...tag })));
  const homes = await preparedRows<Home>(db, sql.create, [
    group.map(({ runId }) => runId),
    group.map(({ run }) => run.experimentId),
    group.map(({ name }) => name),
    group.map(({ run }) => run.userId),
    group.map(({ run }) => run.startTime),
    tags.map(({ runId }) => runId),
    tags.map(({ key }) => key),
    tags.map(({ value }) => value),
  ]);
  // Compared as numbers: a client may write an id with zeros before it.
  const byId = new Map(homes.map((home) => [BigInt(home.experiment_id), home]));
  return group.map(({ run }) => byId.get(BigInt(run.experimentId)) ?? null);
}

function createdRun({ run, runId, name, tags }: Draft, { location }: Home): FullRun {
  const { experimentId, userId, startTime } = run;
  return {
    info: {
      ...{ runId, experimentId, name, userId, startTime, artifactUri: `${location}/${runId}/artifacts` },
      ...{ status: 'RUNNING', endTime: null, lifecycle: 'active' },
    },
    ...{ tags, params: [], metrics: [], datasets: [], modelInputs: [], modelOutputs: [] },
  };
}
