import type { ArchivedModel, ArchivedVersion, KeyValue, TrackingArchive } from '../ports/tracking-archive.ts';
import { add, type CopyRecord, copiedFrom, noCounts, type Sides, tagOf } from './copy-record.ts';

const filler = 'assay.filler';

/** A registered model with its versions, stages and aliases; tells how many versions it created. */
export async function copyModel(model: ArchivedModel, record: CopyRecord, { from, to }: Sides): Promise<number> {
  const { found, copied } = record;
  const { name, aliases } = model;
  await to.putModel(model);
  const numbers = new Map<number, number>();
  let created = 0;
  for (const version of await from.versions(name)) {
    const present = await withoutFillers(name, to);
    const mark = { key: copiedFrom, value: `${name}/${version.version}` };
    const known = present.find(({ tags }) => tagOf(tags, copiedFrom) === mark.value);
    const number = known?.version ?? (await createCopy(name, version, present, mark, record, to));
    if (known === undefined) created += 1;
    if ((known?.stage ?? 'None') !== version.stage) await to.setStage(name, number, version.stage);
    if (known !== undefined) await to.setVersionTags(name, number, newTags(version, known));
    numbers.set(version.version, number);
  }
  for (const { alias, version } of aliases) {
    const number = numbers.get(version);
    if (number !== undefined) await to.setAlias(name, alias, number);
  }
  add(found, { ...noCounts(), registeredModels: 1, modelVersions: numbers.size, aliases: aliases.length });
  if (created > 0) add(copied, { ...noCounts(), registeredModels: 1, modelVersions: created, aliases: aliases.length });
  return created;
}

/** A copying that was cut off may have left one; it stands for a number only. */
async function withoutFillers(name: string, to: TrackingArchive): Promise<ArchivedVersion[]> {
  const present = await to.versions(name);
  const isFiller = ({ tags }: ArchivedVersion) => tagOf(tags, filler) !== undefined;
  for (const { version } of present.filter(isFiller)) await to.deleteVersion(name, version);
  return present.filter((version) => !isFiller(version));
}

/** The next number is the one wanted, unless versions were deleted at the source: their numbers are used up first. */
async function createCopy(
  name: string,
  version: ArchivedVersion,
  present: readonly ArchivedVersion[],
  mark: KeyValue,
  record: CopyRecord,
  to: TrackingArchive,
): Promise<number> {
  const content = { ...originOf(version, record), description: version.description };
  let next = Math.max(0, ...present.map((one) => one.version)) + 1;
  while (next < version.version) {
    const used = await to.createVersion(name, { ...content, tags: [{ key: filler, value: 'true' }] });
    await to.deleteVersion(name, used);
    next = used + 1;
  }
  return to.createVersion(name, { ...content, tags: [...version.tags, mark] });
}

/** Run, logged model and place of the files at the target, where they were copied. */
function originOf({ runId, modelId, source }: ArchivedVersion, { runs, models }: CopyRecord) {
  const [run, model] = [runs.get(runId), models.get(modelId)];
  const moved = (begin: string, end: string) => `${end.replace(/\/+$/, '')}${source.slice(begin.length)}`;
  const origin = { runId: run?.id ?? '', modelId: model?.id ?? '', source };
  const ofModel = `models:/${modelId}`;
  if (model !== undefined && source.startsWith(ofModel))
    return { ...origin, source: moved(ofModel, `models:/${model.id}`) };
  for (const copy of [model, run]) {
    if (copy !== undefined && source.startsWith(copy.sourceUri)) {
      return { ...origin, source: moved(copy.sourceUri, copy.artifactUri) };
    }
  }
  return origin;
}

function newTags(version: ArchivedVersion, known: ArchivedVersion): KeyValue[] {
  return version.tags.filter(({ key, value }) => key !== copiedFrom && tagOf(known.tags, key) !== value);
}
