import type { KeyValue, TrackingArchive } from '../ports/tracking-archive.ts';

export interface CopyCounts {
  experiments: number;
  /** Of the experiments, those that are deleted at the source; likewise below. */
  deletedExperiments: number;
  runs: number;
  deletedRuns: number;
  params: number;
  tags: number;
  metricPoints: number;
  inputs: number;
  artefacts: number;
  artefactBytes: number;
  loggedModels: number;
  deletedLoggedModels: number;
  registeredModels: number;
  modelVersions: number;
  aliases: number;
}

/** What copying knows while it goes on. */
export interface CopyRecord {
  readonly found: CopyCounts;
  readonly copied: CopyCounts;
  /** Copies by the id of their source. */
  readonly runs: Map<string, Copy>;
  readonly models: Map<string, Copy>;
  /** What is deleted at the source is deleted when all is copied: nothing can be written to it, nor refer to it, then. */
  readonly closings: (() => Promise<void>)[];
}

export interface Copy {
  readonly id: string;
  readonly artifactUri: string;
  readonly sourceUri: string;
  isDeleted: boolean;
}

export interface Sides {
  readonly from: TrackingArchive;
  readonly to: TrackingArchive;
}

export const copiedFrom = 'assay.copied_from';
/** What the source was when its copy was complete. */
export const copiedWhole = 'assay.copied_whole';

export function newRecord(): CopyRecord {
  return { found: noCounts(), copied: noCounts(), runs: new Map(), models: new Map(), closings: [] };
}

export function noCounts(): CopyCounts {
  return {
    ...{ experiments: 0, deletedExperiments: 0, runs: 0, deletedRuns: 0, params: 0, tags: 0, metricPoints: 0 },
    ...{ inputs: 0, artefacts: 0, artefactBytes: 0, loggedModels: 0, deletedLoggedModels: 0 },
    ...{ registeredModels: 0, modelVersions: 0, aliases: 0 },
  };
}

export function add(sum: CopyCounts, more: Partial<CopyCounts>): void {
  for (const name of Object.keys(more) as (keyof CopyCounts)[]) sum[name] += more[name] ?? 0;
}

export function tagOf(tags: readonly KeyValue[], key: string): string | undefined {
  return tags.find((tag) => tag.key === key)?.value;
}

/** Tags of a source as its copy has them: without marks of an earlier copying, and with copies where one is named. */
export function renamedTags(tags: readonly KeyValue[], { runs, models }: CopyRecord): KeyValue[] {
  return tags
    .filter(({ key }) => key !== copiedFrom && key !== copiedWhole)
    .map(({ key, value }) => ({ key, value: (runs.get(value) ?? models.get(value))?.id ?? value }));
}
