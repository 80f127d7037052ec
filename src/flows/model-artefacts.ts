import { createHash } from 'node:crypto';
import { PlatformError } from '../domain/errors.ts';
import type { Tracking } from '../ports/tracking.ts';
import { artefactPath } from './model-registry.ts';

/** What is kept of a model beside its run, by the name under which it is given away. */
const artefactPaths = {
  'model.json': artefactPath,
  MLmodel: 'model/MLmodel',
  'folds.csv': 'folds.csv',
} as const;
type ArtefactFile = keyof typeof artefactPaths;
const artefactFiles = Object.keys(artefactPaths) as ArtefactFile[];

export interface StoredArtefact {
  readonly file: ArtefactFile;
  /** Below the artefacts of the run. */
  readonly path: string;
  readonly sha256: string;
  readonly content: Uint8Array;
}

interface ModelRun {
  readonly model: string;
  readonly trackingRunId: string;
}

/** The same by metal and name of a model, as the API asks. */
export function createModelFiles<Metal>(
  reads: { modelReport(metal: Metal, model: string): Promise<ModelRun | null> },
  tracking: Pick<Tracking, 'getArtefact'>,
) {
  return {
    artefacts: async (metal: Metal, model: string) => {
      const run = await reads.modelReport(metal, model);
      const kept = run === null ? [] : await readArtefacts(run, tracking);
      return kept.map(({ content, ...about }) => ({ ...about, bytes: content.length }));
    },
    artefact: async (metal: Metal, model: string, file: string) => {
      const run = await reads.modelReport(metal, model);
      return readArtefact(run ?? { model, trackingRunId: '' }, file, tracking);
    },
  };
}

/** The artefacts of a model's run that are kept; none for a model that failed. */
export async function readArtefacts(run: ModelRun, tracking: Pick<Tracking, 'getArtefact'>): Promise<StoredArtefact[]> {
  const found = await Promise.all(artefactFiles.map((file) => find(run, file, tracking)));
  return found.filter((one) => one !== null);
}

/** One of them. Rejects with NOT_FOUND where it is not kept. */
export async function readArtefact(
  run: ModelRun,
  file: string,
  tracking: Pick<Tracking, 'getArtefact'>,
): Promise<StoredArtefact> {
  const known = artefactFiles.find((one) => one === file);
  const found = known === undefined || run.trackingRunId === '' ? null : await find(run, known, tracking);
  if (found !== null) return found;
  throw new PlatformError('NOT_FOUND', `Of ${run.model} no "${file}" is kept.`, {
    context: { parameter: 'file', value: file },
    hint: `Kept are ${artefactFiles.join(', ')}; of a model that failed, nothing.`,
  });
}

async function find(
  { trackingRunId }: ModelRun,
  file: ArtefactFile,
  tracking: Pick<Tracking, 'getArtefact'>,
): Promise<StoredArtefact | null> {
  const path = artefactPaths[file];
  try {
    const content = await tracking.getArtefact(trackingRunId, path);
    return { file, path, content, sha256: createHash('sha256').update(content).digest('hex') };
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}
