import type { ArchivedLoggedModel, LoggedModelPoint, TrackingArchive } from '../ports/tracking-archive.ts';
import {
  add,
  type CopyRecord,
  copiedFrom,
  copiedWhole,
  noCounts,
  renamedTags,
  type Sides,
  tagOf,
} from './copy-record.ts';
import { reopen } from './copy-runs.ts';

export type SourceModel = ArchivedLoggedModel & { readonly isDeleted: boolean };

/** Active ones, and those deleted ones that a run of the experiment still names: no search finds others. */
export async function loggedModelsOf(experimentId: string, archive: TrackingArchive): Promise<SourceModel[]> {
  const found: SourceModel[] = [];
  for await (const models of archive.loggedModels(experimentId)) {
    found.push(...models.map((model) => ({ ...model, isDeleted: false })));
  }
  const seen = new Set(found.map(({ modelId }) => modelId));
  for await (const runs of archive.runs(experimentId)) {
    const named = runs.flatMap((run) => [...run.modelOutputs.map(({ modelId }) => modelId), ...run.modelInputs]);
    for (const modelId of named) {
      if (seen.has(modelId)) continue;
      seen.add(modelId);
      const deleted = await archive.deletedLoggedModel(modelId);
      if (deleted?.experimentId === experimentId) found.push({ ...deleted, isDeleted: true });
    }
  }
  return found;
}

/** Those at the target that an earlier copying made, by the ids of their sources. */
export async function knownModels(experimentId: string, to: TrackingArchive): Promise<Map<string, SourceModel>> {
  const known = new Map<string, SourceModel>();
  for (const model of await loggedModelsOf(experimentId, to)) {
    const source = tagOf(model.tags, copiedFrom);
    if (source !== undefined) known.set(source, model);
  }
  return known;
}

export function isWholeModel(model: SourceModel, known: SourceModel | undefined): boolean {
  // Nothing brings a deleted one back.
  return known !== undefined && (known.isDeleted || tagOf(known.tags, copiedWhole) === wholeMark(model));
}

function wholeMark({ status, metrics, isDeleted }: SourceModel): string | null {
  if (/PENDING$/.test(status) && !isDeleted) return null;
  return `${status} ${metrics.length}${isDeleted ? ' deleted' : ''}`;
}

/**
 * Writes what a logged model lacks; its runs must have copies by then. A server before MLflow 3 takes none: then it is
 * found and not copied. Tells whether it wrote.
 */
export async function copyLoggedModel(
  model: SourceModel,
  target: string,
  known: SourceModel | undefined,
  record: CopyRecord,
  { from, to }: Sides,
): Promise<boolean> {
  const counted = { ...noCounts(), loggedModels: 1, deletedLoggedModels: model.isDeleted ? 1 : 0 };
  add(record.found, counted);
  const mark = { key: copiedFrom, value: model.modelId };
  const sourceRunId = record.runs.get(model.sourceRunId)?.id ?? '';
  const made = known ?? (await to.createLoggedModel(target, { ...model, sourceRunId }, mark));
  if (made === null) return false;
  const { modelId: id, artifactUri } = made;
  const isDeleted = known?.isDeleted ?? false;
  record.models.set(model.modelId, { id, artifactUri, sourceUri: model.artifactUri, isDeleted });
  if (model.isDeleted && !isDeleted) record.closings.push(() => to.deleteLoggedModel(id));
  if (isWholeModel(model, known)) return false;
  await to.setLoggedModelTags(id, renamedTags(model.tags, record));
  await to.logModelPoints(id, await newPoints(model, known, record, to));
  for await (const path of from.filesAt(model.artifactUri)) {
    const bytes = await from.getFileAt(model.artifactUri, path);
    add(counted, { artefacts: 1, artefactBytes: bytes.length });
    await to.putFileAt(artifactUri, path, bytes);
  }
  if (!/PENDING$/.test(model.status)) await to.endLoggedModel(id, model.status);
  const whole = wholeMark(model);
  if (whole !== null) await to.setLoggedModelTags(id, [{ key: copiedWhole, value: whole }]);
  add(record.copied, counted);
  return true;
}

/** Points of runs that have a copy, without those that are there already: some servers refuse them. */
async function newPoints(
  model: SourceModel,
  known: SourceModel | undefined,
  { runs }: CopyRecord,
  to: TrackingArchive,
): Promise<LoggedModelPoint[]> {
  const placeOf = ({ key, step, timestamp, runId }: LoggedModelPoint) => JSON.stringify([key, step, timestamp, runId]);
  const present = new Set((known?.metrics ?? []).map(placeOf));
  const missing: LoggedModelPoint[] = [];
  for (const point of model.metrics) {
    const run = runs.get(point.runId);
    if (run === undefined || present.has(placeOf({ ...point, runId: run.id }))) continue;
    await reopen(run, to);
    missing.push({ ...point, runId: run.id });
  }
  return missing;
}
