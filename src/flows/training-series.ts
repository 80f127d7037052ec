import type { Metal } from '../domain/metal.ts';
import { type PriceSeries, sinceLastHole } from '../domain/quote.ts';
import type { SeriesReader } from '../ports/warehouse.ts';

/** What models of a metal learn from and are judged by: its quotes since the last hole in the history. */
export async function readTrainingSeries(metal: Metal, reader: SeriesReader): Promise<PriceSeries> {
  return sinceLastHole(await reader.readSeries(metal));
}
