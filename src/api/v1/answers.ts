import type { Context } from 'hono';
import type { AssayApi, DataVersion, Provenance } from '../contract.ts';
import type { Answer, AnswerCache } from './answer-cache.ts';
import { gzipped } from './answer-cache.ts';
import { respond, tagOf } from './conditional.ts';
import { type CsvTable, writeCsv } from './csv.ts';
import type { DataVersions } from './data-versions.ts';
import type { FileWriter } from './file-writer.ts';
import { type Format, mediaTypes } from './formats.ts';
import { linksOf, type PageOf, pageOf } from './paging.ts';
import { parseParameters } from './request-parameters.ts';
import type { ReadRoute } from './routes.ts';

export interface AnswerParts {
  readonly api: AssayApi;
  readonly cache: AnswerCache;
  readonly versions: DataVersions;
  readonly writeFile: FileWriter;
}

export interface Wanted {
  readonly format: Format;
  /** Asked for as a file, by its suffix. */
  readonly asFile: boolean;
}

/** Answers a reading route: out of the cache while the data is the same, else made from the read model. */
export async function answerRead(
  context: Context,
  parts: AnswerParts,
  route: ReadRoute,
  wanted: Wanted,
): Promise<Response> {
  const make = (version: DataVersion | null) => makeAnswer(context, parts, route, wanted, version);
  if (route.isLive === true) return respond(context, await make(null));
  const version = await parts.versions.current();
  const { url } = context.req;
  const key = `${wanted.format} ${wanted.asFile} ${url.slice(url.indexOf('/', 8))}`;
  return respond(context, await parts.cache.take(key, version.version, () => make(version)));
}

async function makeAnswer(
  context: Context,
  { api, writeFile }: AnswerParts,
  route: ReadRoute,
  { format, asFile }: Wanted,
  version: DataVersion | null,
): Promise<Answer> {
  const parameters = parseParameters(route.parameters, context);
  const [provenance, found] = await Promise.all([api.provenance(), route.read(api, parameters)]);
  const page = pageOf(route.paging, parameters, found);
  const table = () => withProvenance(tableOf(route, parameters, page), provenance);
  const { generatedAt: _generatedAt, ...stable } = provenance;
  const shown = route.rows === undefined ? page.data : fieldsOf(parameters, page.data);
  const headers: Record<string, string> = {
    'content-type': contentTypes[format],
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    vary: 'Accept, Accept-Encoding',
    etag: tagOf(JSON.stringify({ format, stable, shown, links: linksOf(context, page) })),
    ...(version?.changedAt != null && { 'last-modified': new Date(version.changedAt).toUTCString() }),
    ...(provenance.simulated && { 'x-assay-simulated': 'true' }),
    ...(asFile && { 'content-disposition': `attachment; filename="${fileName(context, provenance, format)}"` }),
    ...linksOf(context, page),
  };
  const body = await bodyOf(format, { provenance, data: shown }, table, writeFile, context);
  const isPacked = format === 'xlsx' || format === 'parquet';
  return { headers, body, gzipped: isPacked ? null : await gzipped(body) };
}

const contentTypes: Readonly<Record<Format, string>> = {
  json: `${mediaTypes.json}; charset=utf-8`,
  csv: `${mediaTypes.csv}; charset=utf-8; header=present`,
  xlsx: mediaTypes.xlsx,
  parquet: mediaTypes.parquet,
};

const encoder = new TextEncoder();

async function bodyOf(
  format: Format,
  whole: { readonly provenance: Provenance; readonly data: unknown },
  table: () => CsvTable,
  writeFile: FileWriter,
  context: Context,
): Promise<Uint8Array<ArrayBuffer>> {
  if (format === 'json') return encoder.encode(JSON.stringify(whole));
  if (format === 'csv') return encoder.encode(writeCsv(table()));
  const { source, simulated, generatedAt, lastEffectiveDate } = whole.provenance;
  return writeFile({
    format,
    table: table(),
    about: [
      ['source', source],
      ['simulated', simulated ? 'SIMULATED: made up, not real prices' : 'false'],
      ['address', new URL(context.req.url).pathname],
      ['made at', generatedAt],
      ['data through', lastEffectiveDate ?? ''],
      ['units', 'prices: RUB per gram; dates: days of the calendar of the Bank of Russia; instants: UTC'],
    ],
  });
}

/** Rows with the chosen columns only. */
function fieldsOf(parameters: unknown, data: unknown): unknown {
  const { fields } = parameters as { fields?: readonly string[] };
  if (fields === undefined) return data;
  return (data as readonly Readonly<Record<string, unknown>>[]).map((row) =>
    Object.fromEntries(fields.map((name) => [name, row[name]])),
  );
}

function tableOf(route: ReadRoute, parameters: unknown, { data }: PageOf): CsvTable {
  const table = route.table(data);
  const { fields } = parameters as { fields?: readonly string[] };
  if (route.rows === undefined || fields === undefined) return table;
  const at = fields.map((name) => table.columns.indexOf(name));
  return {
    columns: fields,
    rows: table.rows.map((row) => at.map((column) => row[column] ?? null)),
    ...(table.kinds !== undefined && { kinds: at.map((column) => table.kinds?.[column] ?? 'text') }),
  };
}

/** A last column that says of each row whether it is made up: a file is soon far from the page that said so. */
function withProvenance(table: CsvTable, { simulated }: Provenance): CsvTable {
  return {
    columns: [...table.columns, 'simulated'],
    rows: table.rows.map((row) => [...row, simulated]),
    ...(table.kinds !== undefined && { kinds: [...table.kinds, 'boolean' as const] }),
  };
}

/** `assay-gold-quotes-2025-06-28.csv`; simulated data says so first. */
function fileName(context: Context, provenance: Provenance, format: Format): string {
  const path = context.req.path.replace(/^.*\/v1\//, '').replace(/\.[a-z]+$/, '');
  const subject = path
    .replace(/^metals\//, '')
    .replace(/[^\w-]+/g, '-')
    .slice(0, 80);
  const date = provenance.lastEffectiveDate ?? 'empty';
  return `${provenance.simulated ? 'SIMULATED-' : ''}assay-${subject}-${date}.${format}`;
}
