import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/config/package-root.ts';
import type { Step } from './exchange.ts';

export type SequenceName =
  | 'experiments'
  | 'runs'
  | 'histories'
  | 'run-searches'
  | 'run-orders'
  | 'logged-models'
  | 'registered-models'
  | 'artefacts';

/**
 * Requests of tests/interop/sequences, one a line. `{tag}` makes names a sequence's own, `{x*251}` is a text of 251 x,
 * and `{pairs*101}`, `{points*1001}`, `{long*0..900}`, `{ids*101}`, `{numbers*21}` are lists of that many.
 */
export function sequence(name: SequenceName, tag: string): Step[] {
  const file = join(packageRoot, 'tests', 'interop', 'sequences', `${name}.jsonl`);
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => expanded(JSON.parse(line.replaceAll('{tag}', tag))) as Step);
}

/** Seeded filters and orders over the runs of `run-searches`: well-formed parts put together at random. */
export function madeSearches(tag: string, random: () => number, count: number): Step[] {
  const population = sequence('run-searches', tag);
  const first = population.findIndex(({ call }) => call === 'POST /runs/search');
  return [...population.slice(0, first), ...Array.from({ length: count }, () => madeSearch(random))];
}

const lists: Readonly<Record<string, (from: number, to: number) => unknown[]>> = {
  pairs: (from, to) => counted(from, to, (index) => ({ key: `k${index}`, value: String(index) })),
  points: (from, to) => counted(from, to, (step) => ({ key: 'm', value: step / 4, timestamp: step, step })),
  long: (from, to) => counted(from, to, (step) => ({ key: 'long', value: step, timestamp: step, step })),
  ids: (from, to) => counted(from, to, (index) => `r${index}`),
  numbers: (from, to) => counted(from, to, String),
};

function counted<Item>(from: number, to: number, item: (index: number) => Item): Item[] {
  return Array.from({ length: to - from }, (_, index) => item(from + index));
}

function expanded(value: unknown): unknown {
  if (typeof value === 'string') {
    const [, name = '', from, to] = /^\{(\w+)\*(?:(\d+)\.\.)?(\d+)\}$/.exec(value) ?? [];
    const make = Object.hasOwn(lists, name) ? lists[name] : undefined;
    if (make !== undefined) return make(Number(from ?? 0), Number(to));
    return value.replace(/\{(.)\*(\d+)\}/gu, (_, letter: string, times: string) => letter.repeat(Number(times)));
  }
  if (Array.isArray(value)) return value.map(expanded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expanded(item)]));
}

function madeSearch(random: () => number): Step {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const numeric = () => pick(['<', '<=', '>', '>=', '=', '!=']);
  const textual = (values: readonly string[]) => `${pick(['=', '!=', 'LIKE', 'ILIKE'])} '${pick(values)}'`;
  const tested = (values: readonly string[]) => pick([textual(values), textual(values), 'IS NULL', 'IS NOT NULL']);
  const run = () => `'{r${Math.floor(random() * 8)}}'`;
  const clause = pick([
    () =>
      `${pick(['metrics', 'metric', '`metrics`'])}.${pick(['error', '`two words`', '`a.b/c-d`', 'none', '"error"'])} ${numeric()} ${pick(['1', '3', '-2', '0.5', '1e3', '5'])}`,
    () =>
      `${pick(['params', 'param', 'parameter'])}.${pick(['kind', 'under_score', 'none'])} ${tested(['k0', 'k1', 'K%', 'a_b', '%', '_1'])}`,
    () =>
      `${pick(['tags', 'tag'])}.${pick(['`group name`', 'percent', '"mlflow.runName"', 'none'])} ${tested(['Left', 'l%', '50%', 'run-3', '%t', 'RUN-_'])}`,
    () =>
      `${pick(['', 'attributes.', 'attr.', 'run.'])}${pick(['status', 'run_name', 'user_id'])} ${textual(['FINISHED', 'run-1', 'anna', 'R%', '%'])}`,
    () => `${pick(['start_time', 'end_time', 'created'])} ${numeric()} ${pick(['5012', '5000', '8998', '9000', '0'])}`,
    () =>
      `dataset.${pick(['name', 'digest', 'context'])} ${pick([textual(['gold', 'd0', 'training', 'G%', '%']), "IN ('gold', 'd3')", "NOT IN ('testing', 'silver')"])}`,
    () => `run_id ${pick(['IN', 'NOT IN'])} (${run()}, ${run()})`,
  ]);
  const more =
    random() < 0.6 ? `${pick([' AND ', ' and ', '  And '])}metrics.error ${numeric()} ${pick(['1', '3', '5'])}` : '';
  const fields = ['metrics.error', 'params.kind', 'tags.percent', 'end_time', 'run_name', 'status', 'params.none'];
  const order = [`${pick(fields)}${pick(['', ' ASC', ' DESC'])}`, 'start_time ASC'];
  const view = pick(['ALL', 'ACTIVE_ONLY']);
  return {
    call: 'POST /runs/search',
    body: { experiment_ids: ['{e1}', '{e2}'], filter: `${clause()}${more}`, order_by: order, run_view_type: view },
  };
}
