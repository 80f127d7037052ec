import type { RunStore } from '../../ports/tracking-store.ts';
import { invalidParameter } from './mlflow-error.ts';
import type { RequestFields } from './request-fields.ts';

const historyTag = 'mlflow.log-model.history';
const needed = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'];
const longest = 8000;

/** What MLflow 2 keeps of a model that a run logged: its description at the end of a list in a tag of the run. */
export async function logModel(store: RunStore, runId: string, fields: RequestFields): Promise<void> {
  const text = fields.requiredText('model_json');
  const model = readModel(text);
  const missing = needed.filter((name) => !Object.hasOwn(model, name));
  if (missing.length > 0) {
    throw invalidParameter(
      `Model json is missing mandatory fields: {${missing.map((name) => `'${name}'`).join(', ')}}`,
    );
  }
  const entry = {
    run_id: model['run_id'],
    artifact_path: model['artifact_path'],
    utc_time_created: model['utc_time_created'],
    model_uuid: model['model_uuid'] ?? null,
    flavors: withoutConfigs(model['flavors']),
  };
  await store.changeTag(runId, historyTag, (value) => {
    const changed = pythonJson([...(value === null ? [] : (JSON.parse(value) as unknown[])), entry]);
    if (changed.length > longest) throw invalidParameter(`'${historyTag}' would exceed ${longest} characters.`);
    return changed;
  });
}

function readModel(text: string): Readonly<Record<string, unknown>> {
  const malformed = () => invalidParameter(`Malformed model info. \n ${text} \n is not a valid JSON.`);
  let model: unknown;
  try {
    model = JSON.parse(text);
  } catch {
    throw malformed();
  }
  if (typeof model !== 'object' || model === null) throw malformed();
  return model as Readonly<Record<string, unknown>>;
}

function withoutConfigs(flavors: unknown): unknown {
  if (typeof flavors !== 'object' || flavors === null) return flavors;
  return Object.fromEntries(
    Object.entries(flavors).map(([name, flavor]) => {
      if (typeof flavor !== 'object' || flavor === null) return [name, flavor];
      const { config: _left, ...rest } = flavor as Record<string, unknown>;
      return [name, rest];
    }),
  );
}

/** JSON as Python writes it, with a space after commas and colons: clients compare the text. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item)}`)
    .join(', ')}}`;
}
