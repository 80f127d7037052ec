import { PlatformError } from '../domain/errors.ts';
import { catalogue, createModel } from '../models/catalogue.ts';
import type { Compute } from '../ports/compute.ts';
import type { Entry } from './tournament-folds.ts';

/**
 * Who takes part: naive always, then the models named (the whole catalogue by default, also as `all`). A path of a .js
 * or .mjs file and `exec:` with a command are people's own models, found through the compute port.
 * Throws INPUT_INVALID for a name nobody has, and where outside models may not run.
 */
export async function entriesOf(models: readonly string[] | undefined, compute: Compute): Promise<Entry[]> {
  const names = (models ?? ['all']).flatMap((name) => (name === 'all' ? catalogue.map((known) => known.name) : [name]));
  const entries = new Map<string, Entry>();
  for (const name of ['naive', ...names]) {
    const entry = isExternal(name) ? await externalEntry(name, compute) : catalogueEntry(name);
    const same = entries.get(entry.entry);
    if (same !== undefined && same.model !== entry.model) throw twice(entry.entry);
    entries.set(entry.entry, entry);
  }
  return [...entries.values()];
}

function isExternal(name: string): boolean {
  return /^(exec|file):/.test(name) || /\.[cm]?js$/.test(name);
}

function catalogueEntry(name: string): Entry {
  const { parameters } = createModel(name);
  return { entry: name, model: name, parameters };
}

async function externalEntry(name: string, compute: Compute): Promise<Entry> {
  if (compute.resolveExternal !== undefined) return compute.resolveExternal(name);
  throw new PlatformError('INPUT_INVALID', `Models of your own cannot run here: ${name}.`, {
    context: { name },
    hint: 'A running Assay starts no programs for anyone. Stop it, and give the same command by itself.',
  });
}

function twice(entry: string): PlatformError {
  return new PlatformError('INPUT_INVALID', `Two models are named ${entry}.`, {
    context: { entry },
    hint: 'Rename one of the files: a tournament tells its models apart by the names of their files.',
  });
}
