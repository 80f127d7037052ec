import { fileURLToPath } from 'node:url';
import { PlatformError } from '../../domain/errors.ts';
import type { ModelParameters } from '../../domain/forecaster.ts';
import type { CatalogueEntry } from '../../models/define-model.ts';
import { externalModel } from '../../models/external-model.ts';

/**
 * A person's own module, loaded into the thread that calls. `model` is its file URL; its content's hash, in the
 * parameters, makes a changed file another module. Throws INPUT_INVALID when it does not load or exports no model.
 */
export async function loadExternalModel(model: string, parameters: ModelParameters): Promise<CatalogueEntry> {
  const url = new URL(model);
  url.searchParams.set('sha256', String(parameters['sha256'] ?? ''));
  let loaded: { readonly model?: unknown };
  try {
    loaded = (await import(/* @vite-ignore */ url.href)) as { readonly model?: unknown };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlatformError('INPUT_INVALID', `${fileURLToPath(model)} does not load: ${reason}`, {
      cause,
      context: { model },
      hint: 'Run it with node by itself to see what is amiss.',
    });
  }
  return externalModel(model, loaded.model);
}
