import { quantileLevels } from '../domain/forecaster.ts';
import type { PriceSeries } from '../domain/quote.ts';
import type { RunInput } from '../ports/tracking.ts';
import type { Entry } from './tournament-folds.ts';

/** Name of the example within the model's folder. */
export const inputExampleName = 'input_example.json';

const exampleRows = 5;

/** What the description of a model's folder tells of where it came from. */
export interface ModelOrigin {
  readonly runId: string;
  readonly startedAtMs: number;
  readonly codeVersion: string;
  readonly cutoff: string;
  readonly dataHash: string;
  readonly horizon: number;
}

/**
 * The model folder's description in MLflow's format: flavor, signature and input example. The flavor is ours, and its
 * model is JSON, never a pickle; MLflow's clients read the rest.
 */
export function mlModelYaml(origin: ModelOrigin, entry: Entry, artefactSha256: string, artefactBytes: number): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const { inputs, outputs, params } = signature(origin.horizon);
  return [
    'artifact_path: model',
    'flavors:',
    '  assay:',
    '    data: model.json',
    '    format: 1',
    `    model: ${quoted(entry.model)}`,
    `    parameters: ${quoted(JSON.stringify(entry.parameters))}`,
    `    sha256: ${artefactSha256}`,
    `    code_version: ${quoted(origin.codeVersion)}`,
    `    cutoff: ${quoted(origin.cutoff)}`,
    `    data_hash: ${origin.dataHash}`,
    `model_size_bytes: ${artefactBytes}`,
    `run_id: ${origin.runId}`,
    'saved_input_example_info:',
    `  artifact_path: ${inputExampleName}`,
    '  pandas_orient: split',
    '  type: dataframe',
    'signature:',
    `  inputs: ${quoted(JSON.stringify(inputs))}`,
    `  outputs: ${quoted(JSON.stringify(outputs))}`,
    `  params: ${quoted(JSON.stringify(params))}`,
    `utc_time_created: ${quoted(new Date(origin.startedAtMs).toISOString().replace('T', ' ').replace('Z', ''))}`,
    '',
  ].join('\n');
}

/** The newest rows of what the model learned from, in the shape that pandas calls `split`. */
export function inputExample({ dates, values }: PriceSeries): string {
  const first = Math.max(0, dates.length - exampleRows);
  const rows = dates.slice(first).map((date, index) => [date, values[first + index]]);
  return JSON.stringify({ columns: inputColumns.map(({ name }) => name), data: rows });
}

/** The training series as an input of a run: its range and whole hash are in the profile. */
export function seriesInput({ metal, dates, values }: PriceSeries, dataHash: string): RunInput {
  const [from, to] = [dates[0] ?? '', dates.at(-1) ?? ''];
  return {
    name: `${metal} ${from}..${to}`,
    // MLflow holds digests of at most 36 characters.
    digest: dataHash.slice(0, 32),
    source: JSON.stringify({
      tags: { 'mlflow.source.type': 'assay', 'mlflow.source.name': 'dm.quote_daily', metal, from, to },
    }),
    schema: JSON.stringify({ mlflow_colspec: inputColumns }),
    profile: JSON.stringify({ num_rows: values.length, from, to, sha256: dataHash }),
    context: 'training',
  };
}

const inputColumns = [
  { type: 'string', name: 'date', required: true },
  { type: 'double', name: 'priceRubPerGram', required: true },
] as const;

/** Quotes in, a distribution for each horizon out; how many horizons is a parameter. */
function signature(horizon: number) {
  const double = (name: string) => ({ type: 'double', name, required: true });
  return {
    inputs: inputColumns,
    outputs: [
      { type: 'long', name: 'horizon', required: true },
      double('mean'),
      ...quantileLevels.map((level) => double(`q${level}`)),
    ],
    params: [{ name: 'horizon', type: 'long', default: horizon, shape: null }],
  };
}
