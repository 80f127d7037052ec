/** A request told without any server's own ids: `{name}` stands for what an earlier answer called it. */
export interface Step {
  /** Method and path; a path that names no prefix lies below `/api/2.0/mlflow`. */
  readonly call: string;
  readonly query?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly body?: unknown;
  /** A body as it is, for what is no JSON. */
  readonly raw?: { readonly text: string; readonly type: string };
  /** What to remember of the answer: a name, and where it stands, as in `run.info.run_id`. */
  readonly save?: Readonly<Record<string, string>>;
}

/** One server and what it called things. */
export interface Side {
  readonly name: string;
  readonly url: string;
  readonly known: Map<string, string>;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}

export function newSide(name: string, url: string): Side {
  return { name, url, known: new Map() };
}

/** Sends a step to a side and gives the answer in the sequence's own names. */
export async function exchange(side: Side, step: Step): Promise<Answer> {
  const [method = 'GET', path = ''] = step.call.split(' ', 2);
  const known = <Value>(value: Value): Value => JSON.parse(withIds(JSON.stringify(value), side.known)) as Value;
  const url = new URL(
    `${path.match(/^\/(?:api|ajax-api|get-artifact|model-versions\/get-art|version|health|graphql)/) ? '' : '/api/2.0/mlflow'}${known(path)}`,
    side.url,
  );
  for (const [key, value] of Object.entries(known(step.query ?? {}))) {
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(key, String(one));
  }
  const type = step.raw?.type ?? (step.body === undefined ? null : 'application/json');
  const body =
    step.raw === undefined ? (step.body === undefined ? null : JSON.stringify(known(step.body))) : known(step.raw.text);
  const response = await fetch(url, {
    method,
    body,
    redirect: 'manual',
    headers: type === null ? {} : { 'content-type': type },
  });
  const text = await response.text();
  const answer = parsed(text);
  for (const [name, place] of Object.entries(step.save ?? {})) {
    const value = at(answer, place);
    if (typeof value === 'string' || typeof value === 'number') side.known.set(name, String(value));
  }
  return {
    status: response.status,
    type: (response.headers.get('content-type') ?? '').split(';', 1)[0] ?? '',
    body: normalised(answer, side.known),
  };
}

function withIds(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = known.get(name);
    return value === undefined ? whole : JSON.stringify(value).slice(1, -1);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function at(answer: unknown, place: string): unknown {
  let value = answer;
  for (const key of place.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value;
}

const times =
  /^(?:creation_time|last_update_time|creation_timestamp|last_updated_timestamp|creation_timestamp_ms|last_updated_timestamp_ms)$/;
/** Fields whose order neither server promises. */
const unordered = new Set(
  'tags params metrics aliases model_inputs model_outputs latest_versions dataset_inputs dataset_summaries'.split(' '),
);

/** An answer without what differs between two installations: ids, instants of their clocks, words of page tokens. */
function normalised(value: unknown, known: ReadonlyMap<string, string>, key = ''): unknown {
  if (typeof value === 'number' && times.test(key)) return '<time>';
  if (typeof value === 'string') return key === 'next_page_token' ? '<token>' : withNames(value, known, key);
  if (Array.isArray(value)) {
    const items = value.map((item) => normalised(item, known, key));
    if (!unordered.has(key)) return items;
    return items
      .map((item) => [orderKey(item), item] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, item]) => item);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, normalised(item, known, name)]),
  );
}

function orderKey(item: unknown): string {
  const { key, version, step } = (item ?? {}) as {
    readonly key?: unknown;
    readonly version?: unknown;
    readonly step?: unknown;
  };
  return version === undefined ? `${key} ${step} ${JSON.stringify(item)}` : String(version).padStart(9, '0');
}

/** Long ids are replaced wherever they stand; short ones, experiments' numbers, only where only an id can stand. */
function withNames(text: string, known: ReadonlyMap<string, string>, key: string): string {
  let named = text;
  for (const [name, id] of known) {
    if (id.length >= 8) named = named.replaceAll(id, `{${name}}`);
    else if (/experiment_id/.test(key) && named === id) named = `{${name}}`;
    else {
      const escaped = id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      named = named.replace(
        new RegExp(`(mlflow-artifacts:/|[Ee]xperiment (?:with )?(?:id[= ])?|id=)${escaped}(?![\\w])`, 'g'),
        `$1{${name}}`,
      );
    }
  }
  return named;
}
