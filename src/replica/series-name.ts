import { isMetal, metalCode, metalOfCode } from '../domain/metal.ts';

/** What a value fault can be aimed at: a metal by its code, or the dollar. */
export type SeriesCode = '1' | '2' | '3' | '4' | 'usd';

export function isMetalCode(text: string): boolean {
  return metalOfCode(text) !== undefined;
}

/** `gold`, `silver`, `platinum`, `palladium` or `usd` as a code; null for another name. */
export function seriesCode(name: string): SeriesCode | null {
  if (name === 'usd') return 'usd';
  return isMetal(name) ? (metalCode(name) as SeriesCode) : null;
}
