/** What an answer can be written as, and the media type of each. */
export const mediaTypes = {
  json: 'application/json',
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  parquet: 'application/vnd.apache.parquet',
} as const;

export type Format = keyof typeof mediaTypes;
export const formats = Object.keys(mediaTypes) as readonly Format[];

/** The best of our formats for an Accept header (RFC 9110, 12.5.1); null when it takes none of them. */
export function acceptedFormat(accept: string | undefined): Format | null {
  if (accept === undefined || accept.trim() === '' || accept === '*/*') return 'json';
  const ranges = accept.split(',').map(readRange);
  let best: { readonly format: Format; readonly rank: readonly [number, number] } | null = null;
  for (const format of formats) {
    const rank = rankOf(mediaTypes[format], ranges);
    if (rank[0] === 0) continue;
    if (best === null || rank[0] > best.rank[0] || (rank[0] === best.rank[0] && rank[1] > best.rank[1])) {
      best = { format, rank };
    }
  }
  return best?.format ?? null;
}

interface Range {
  readonly type: string;
  readonly weight: number;
}

function readRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((part) => part.startsWith('q='))?.slice(2);
  return { type, weight: weight === undefined ? 1 : Math.min(1, Number(weight) || 0) };
}

/** The weight of the most particular range that fits, and how particular it is. */
function rankOf(type: string, ranges: readonly Range[]): readonly [number, number] {
  const [family] = type.split('/');
  const fitting = (wanted: string) => ranges.find((range) => range.type === wanted);
  const exact = fitting(type);
  if (exact !== undefined) return [exact.weight, 2];
  const wide = fitting(`${family}/*`);
  if (wide !== undefined) return [wide.weight, 1];
  return [fitting('*/*')?.weight ?? 0, 0];
}
