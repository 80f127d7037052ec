import type { Answer } from './exchange.ts';

/** One place where two answers to the same request disagree. */
export interface Difference {
  /** Where in the answer: `status`, `type`, `body.run.info.status`, … */
  readonly place: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** The places where answers disagree; equal answers have none. */
export function differences(ours: Answer, theirs: Answer): Difference[] {
  return within('', ours, theirs);
}

function within(place: string, ours: unknown, theirs: unknown): Difference[] {
  if (Object.is(ours, theirs)) return [];
  const kinds = [ours, theirs].map((value) => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value));
  const isList = kinds.every((kind) => kind === 'list') && (ours as unknown[]).length === (theirs as unknown[]).length;
  if (!isList && !kinds.every((kind) => kind === 'object')) {
    return JSON.stringify(ours) === JSON.stringify(theirs) ? [] : [{ place, ours, theirs }];
  }
  const [a, b] = [ours, theirs] as Record<string, unknown>[];
  const names = new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})]);
  return [...names].flatMap((name) => within(place === '' ? name : `${place}.${name}`, a?.[name], b?.[name]));
}
