import type { Endpoint } from './endpoint.ts';
import { invalidParameter } from './mlflow-error.ts';
import { bodyFields } from './request-fields.ts';

/**
 * The four queries that MLflow's pages send to `/graphql`, answered by the endpoints that say the same. A page reads
 * from an answer what it asked for and skips the rest, so every answer is told whole, without reading which fields
 * were asked: other clients of GraphQL are not served.
 */
export function graphql(endpoints: readonly Endpoint[]): (request: unknown) => Promise<object> {
  const ask = async (method: string, path: string, input: unknown): Promise<Message> => {
    const endpoint = endpoints.find((one) => one.method === method && one.path === path);
    if (endpoint === undefined) throw invalidParameter(`${path} is not served.`);
    return (await endpoint.handle(bodyFields(input), () => '')) as Message;
  };
  const withExperiment = async (run: Message): Promise<Message> => {
    const info = run['info'] as Message;
    const filter = `run_id = '${String(info['run_id'])}'`;
    const [{ experiment }, versions] = await Promise.all([
      ask('GET', '/experiments/get', { experiment_id: info['experiment_id'] }),
      ask('GET', '/model-versions/search', { filter }),
    ]);
    return { ...run, experiment, model_versions: versions['model_versions'] ?? [] };
  };
  const answers: Readonly<Record<string, (input: unknown) => Promise<Message>>> = {
    mlflowGetRun: async (input) => {
      const { run } = await ask('GET', '/runs/get', input);
      return { run: await withExperiment(run as Message) };
    },
    mlflowGetExperiment: (input) => ask('GET', '/experiments/get', input),
    mlflowSearchRuns: async (input) => {
      const found = await ask('POST', '/runs/search', input);
      return { ...found, runs: await Promise.all(((found['runs'] ?? []) as Message[]).map(withExperiment)) };
    },
    mlflowGetMetricHistoryBulkInterval: (input) => ask('GET', '/metrics/get-history-bulk-interval', input),
  };
  return async (request) => {
    const { query, variables } = (request ?? {}) as { readonly query?: unknown; readonly variables?: Message };
    const name = /\{\s*(mlflow\w+)\s*\(\s*input:\s*\$(\w+)/.exec(String(query));
    const answer = name?.[1] !== undefined && Object.hasOwn(answers, name[1]) ? answers[name[1]] : undefined;
    if (name?.[1] === undefined || answer === undefined) {
      throw invalidParameter("Only the queries of MLflow's own pages are served here: use the REST API.");
    }
    const told = await answer(variables?.[name[2] ?? '']);
    return { data: { [name[1]]: { apiError: null, ...(asGraphql(told, '') as object) } }, errors: null };
  };
}

type Message = Readonly<Record<string, unknown>>;

/** Fields that a page may ask for and that a message leaves out when empty. */
const emptyFields: Readonly<Record<string, Message>> = {
  info: { endTime: null },
  data: { metrics: [], params: [], tags: [] },
  inputs: { datasetInputs: [], modelInputs: [] },
  outputs: { modelOutputs: [] },
  dataset: { schema: null, profile: null },
  datasetInputs: { tags: [] },
  experiment: { tags: [], effectiveTraceArchivalRetention: null },
};
/** 64-bit integers, which GraphQL has no type for: MLflow writes them as texts. */
const longs = /(?:Time|Timestamp|timestamp|step|Step)$/;

function asGraphql(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => asGraphql(item, name));
  if (typeof value === 'number' && longs.test(name)) return String(value);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, item]) => {
    const camel = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return [camel, asGraphql(item, camel)] as const;
  });
  return { ...emptyFields[name], ...Object.fromEntries(fields) };
}
