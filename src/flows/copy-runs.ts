import type { ArchivedRun, TrackingArchive } from '../ports/tracking-archive.ts';
import {
  add,
  type Copy,
  type CopyRecord,
  copiedFrom,
  copiedWhole,
  noCounts,
  renamedTags,
  type Sides,
  tagOf,
} from './copy-record.ts';

/** A run at the target that an earlier copying made. */
export type KnownRun = Pick<ArchivedRun, 'runId' | 'artifactUri' | 'isDeleted' | 'modelInputs' | 'modelOutputs'> & {
  readonly whole: string | undefined;
};

/** By the ids of their sources. */
export async function knownRuns(experimentId: string, to: TrackingArchive): Promise<Map<string, KnownRun>> {
  const known = new Map<string, KnownRun>();
  for await (const runs of to.runs(experimentId)) {
    for (const run of runs) {
      const source = tagOf(run.tags, copiedFrom);
      if (source !== undefined) known.set(source, { ...run, whole: tagOf(run.tags, copiedWhole) });
    }
  }
  return known;
}

export function isWholeRun(run: ArchivedRun, known: KnownRun | undefined): boolean {
  return known !== undefined && known.whole === wholeMark(run);
}

/** A run that still goes on has no whole copy. */
function wholeMark({ status, endTime, isDeleted, modelInputs, modelOutputs }: ArchivedRun): string | null {
  if ((status === 'RUNNING' || status === 'SCHEDULED') && !isDeleted) return null;
  const models = modelInputs.length + modelOutputs.length;
  return `${status} ${endTime ?? ''}${models === 0 ? '' : ` models ${models}`}${isDeleted ? ' deleted' : ''}`;
}

/** Creates what is missing, empty: a tag or a logged model may name a run that comes later. */
export async function createRuns(
  experimentId: string,
  target: string,
  known: ReadonlyMap<string, KnownRun>,
  record: CopyRecord,
  { from, to }: Sides,
): Promise<void> {
  for await (const runs of from.runs(experimentId)) {
    for (const run of runs) {
      const mark = { key: copiedFrom, value: run.runId };
      const old = known.get(run.runId);
      const { runId, artifactUri } = old ?? (await to.createRun(target, run, mark));
      const copy = { id: runId, artifactUri, sourceUri: run.artifactUri, isDeleted: old?.isDeleted ?? false };
      record.runs.set(run.runId, copy);
    }
  }
}

/** Writes what a run lacks, and has it deleted in the end if it is at the source; tells whether it wrote. */
export async function copyRun(
  run: ArchivedRun,
  known: KnownRun | undefined,
  record: CopyRecord,
  { from, to }: Sides,
): Promise<boolean> {
  const copy = record.runs.get(run.runId);
  if (copy === undefined) return false;
  const isWhole = isWholeRun(run, known);
  const counted = { ...noCounts(), runs: 1, deletedRuns: run.isDeleted ? 1 : 0 };
  add(counted, { params: run.params.length, tags: run.tags.length, inputs: run.inputs.length });
  if (!isWhole) {
    await reopen(copy, to);
    await to.logParams(copy.id, run.params);
    await to.setTags(copy.id, renamedTags(run.tags, record));
    await to.logInputs(copy.id, run.inputs);
    await linkModels(run, known, copy, record, to);
  }
  for (const key of run.metricKeys) {
    for await (const points of from.metricHistory(run.runId, key)) {
      counted.metricPoints += points.length;
      if (!isWhole) await to.logPoints(copy.id, points);
    }
  }
  for await (const path of from.artefacts(run.runId)) {
    counted.artefacts += 1;
    if (isWhole) continue;
    const bytes = await from.getArtefact(run.runId, path);
    counted.artefactBytes += bytes.length;
    await to.putArtefact(copy.id, path, bytes);
  }
  if (!isWhole) {
    await to.endRun(copy.id, run.status, run.endTime);
    const whole = wholeMark(run);
    if (whole !== null) await to.setTags(copy.id, [{ key: copiedWhole, value: whole }]);
    add(record.copied, counted);
  }
  add(record.found, counted);
  if (run.isDeleted && !copy.isDeleted) record.closings.push(() => to.deleteRun(copy.id));
  return !isWhole;
}

/** Nothing can be written to a deleted run. */
export async function reopen(copy: Copy, to: TrackingArchive): Promise<void> {
  if (!copy.isDeleted) return;
  await to.restoreRun(copy.id);
  copy.isDeleted = false;
}

async function linkModels(
  run: ArchivedRun,
  known: KnownRun | undefined,
  copy: Copy,
  { models }: CopyRecord,
  to: TrackingArchive,
): Promise<void> {
  const inputs = run.modelInputs
    .map((id) => models.get(id)?.id)
    .filter((id) => id !== undefined)
    .filter((id) => known?.modelInputs.includes(id) !== true);
  const outputs = run.modelOutputs
    .map(({ modelId, step }) => ({ modelId: models.get(modelId)?.id ?? '', step }))
    .filter(({ modelId }) => modelId !== '' && known?.modelOutputs.some((one) => one.modelId === modelId) !== true);
  await to.logModels(copy.id, inputs, outputs);
}
