import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/config/package-root.ts';
import type { SupersetServer } from './superset.ts';

export interface SavedChart {
  readonly id: number;
  readonly uuid: string;
  /** Its file in the bundle, such as `last-price`. */
  readonly key: string;
  readonly language: 'en' | 'ru';
  readonly title: string;
}

/** What a chart shows before its page arranges it: rows by column, and the SQL they come from. */
export interface ChartData {
  readonly sql: string;
  readonly database: 'postgresql' | 'clickhouse';
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

interface DataAnswer {
  readonly result?: readonly {
    readonly error: string | null;
    readonly rowcount: number;
    readonly query: string;
    readonly colnames: readonly string[];
    readonly data: readonly Readonly<Record<string, unknown>>[];
  }[];
}

type Look<Seen> = (chart: SavedChart, seen: Seen) => Promise<readonly string[]>;

export interface SupersetCharts {
  readonly all: readonly SavedChart[];
  /** Each chart's data as its saved query asks for it; what the looks find amiss. */
  eachSaved(look: Look<{ status: number; body: DataAnswer }>): Promise<string[]>;
  /** Each chart of a language, its rows before they are pivoted for drawing. */
  eachAsked(language: 'en' | 'ru', look: Look<ChartData>): Promise<string[]>;
  /** One chart with the metal that the filter of its dashboard would choose. */
  data(key: string, language: 'en' | 'ru', metal?: string): Promise<ChartData>;
  /** Runs SQL in SQL Lab; what Superset says when it refuses. */
  sqlLab(database: 'postgresql' | 'clickhouse', sql: string): Promise<string>;
}

export async function createSupersetCharts(superset: SupersetServer): Promise<SupersetCharts> {
  const listed = [await chartPage(superset, 0), await chartPage(superset, 1)].flat();
  const files = chartFiles();
  const all = listed
    .map(({ id, uuid, slice_name: title }) => ({ id, uuid, title, ...(files.get(uuid) ?? unknown(title)) }))
    .sort((one, other) => one.id - other.id);
  const ask = async (chart: SavedChart, metal?: string): Promise<ChartData> => {
    const saved = await superset.ask<{ result: { query_context: string } }>(`/api/v1/chart/${chart.id}`);
    const context = JSON.parse(saved.body.result.query_context);
    context.queries[0].post_processing = [];
    if (metal !== undefined) context.queries[0].filters.push({ col: 'metal_name', op: 'IN', val: [metal] });
    const { body } = await superset.ask<DataAnswer>('/api/v1/chart/data', context);
    const result = body.result?.[0];
    if (result === undefined || result.error !== null) throw new Error(`${chart.title}: ${JSON.stringify(body)}`);
    const database = /\bdm\./.test(result.query) ? 'postgresql' : 'clickhouse';
    return { sql: result.query, database, columns: result.colnames, rows: result.data };
  };
  return {
    all,
    eachSaved: (look) =>
      eachOf(all, async (chart) => look(chart, await superset.ask(`/api/v1/chart/${chart.id}/data/`))),
    eachAsked: (language, look) =>
      eachOf(
        all.filter((chart) => chart.language === language),
        async (chart) => look(chart, await ask(chart)),
      ),
    data: (key, language, metal) => {
      const chart = all.find((each) => each.key === key && each.language === language);
      if (chart === undefined) throw new Error(`There is no chart ${key} in ${language}.`);
      return ask(chart, metal);
    },
    sqlLab: async (database, sql) => {
      const known = await superset.ask<{ result: { id: number; backend: string }[] }>(
        '/api/v1/database/?q=(columns:!(id,backend))',
      );
      const backend = database === 'postgresql' ? 'postgresql' : 'clickhousedb';
      const id = known.body.result.find((each) => each.backend === backend)?.id;
      const answer = await superset.ask('/api/v1/sqllab/execute/', { database_id: id, sql, runAsync: false });
      return answer.status < 400 ? `done: ${answer.status}` : JSON.stringify(answer.body);
    },
  };
}

/** Rows in an order of their own, so that two sets can be compared; numbers to ten digits, dates as instants. */
export function normalRows(rows: readonly (readonly unknown[])[]): string[] {
  return rows.map((row) => JSON.stringify(row.map(plain))).sort();
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return plain(value.getTime());
  if (typeof value === 'bigint') return plain(Number(value));
  if (typeof value === 'number') return Number(value.toPrecision(10));
  if (typeof value !== 'string') return value ?? null;
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value)) return plain(Number(value));
  const instant = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d+)?))?$/.exec(value);
  return instant === null ? value : plain(Date.parse(`${instant[1]}T${instant[2] ?? '00:00:00'}Z`));
}

/** Superset gives a hundred at most at a time. */
async function chartPage(superset: SupersetServer, page: number): Promise<Listed[]> {
  const columns = 'columns:!(id,uuid,slice_name)';
  const answer = await superset.ask<{ result: Listed[] }>(`/api/v1/chart/?q=(page:${page},page_size:100,${columns})`);
  return answer.body.result;
}

interface Listed {
  readonly id: number;
  readonly uuid: string;
  readonly slice_name: string;
}

function chartFiles(): Map<string, { key: string; language: 'en' | 'ru' }> {
  const files = new Map<string, { key: string; language: 'en' | 'ru' }>();
  for (const language of ['en', 'ru'] as const) {
    const folder = join(packageRoot, 'deploy', 'superset', 'assets', 'charts', language);
    for (const file of readdirSync(folder)) {
      const uuid = /^uuid: "?([0-9a-f-]{36})/m.exec(readFileSync(join(folder, file), 'utf8'))?.[1] ?? '';
      files.set(uuid, { key: file.replace('.yaml', '').replaceAll('_', '-'), language });
    }
  }
  return files;
}

function unknown(title: string): never {
  throw new Error(`The chart ${title} is not of the bundle.`);
}

/** Four at a time: Superset has as many threads. */
async function eachOf(
  charts: readonly SavedChart[],
  look: (chart: SavedChart) => Promise<readonly string[]>,
): Promise<string[]> {
  const waiting = [...charts];
  const found: string[] = [];
  const worker = async (): Promise<void> => {
    for (let chart = waiting.shift(); chart !== undefined; chart = waiting.shift()) found.push(...(await look(chart)));
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return found;
}
