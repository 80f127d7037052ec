import type pg from 'pg';
import type { AssayApi, MetalName, ModelVersionView, System, Upkeep } from '../../api/contract.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Lake } from '../../ports/lake.ts';
import { createEventFeed } from './event-feed.ts';
import { createForecastReads } from './forecast-reads.ts';
import { createQuoteReads } from './quote-reads.ts';
import { createReportReads } from './report-reads.ts';
import { createSystemReads } from './system-reads.ts';
import { createUpkeepReads } from './upkeep-reads.ts';

export interface ReadModelOptions {
  readonly pool: pg.Pool;
  /** Connections without a pooler between, for notifications; by default those of `pool`. */
  readonly directPool?: pg.Pool;
  readonly clock: Clock;
  readonly lake: Pick<Lake, 'list' | 'get'>;
  /** Version of the package. */
  readonly version: string;
  /** What to name as the source, and whether it is simulated, while nothing is loaded yet. */
  readonly source: { readonly id: string; readonly simulated: boolean };
  /** Versions of the metal's registered model, newest first: the registry is not in the warehouse. */
  readonly versions: (metal: MetalName) => Promise<ModelVersionView[]>;
  /** Memory of the processes of this installation, where somebody can tell. */
  readonly memory?: () => Promise<Upkeep['memory']>;
  /** Health of the parts, as compose knows them. */
  readonly components: () => Promise<System['components']>;
}

/** What the API reads, and the decision about held values; starting runs and moving versions are not reads, and files and tests of models come from elsewhere. */
export type ReadModel = Omit<
  AssayApi,
  'alerts' | 'artefact' | 'artefacts' | 'pair' | 'startRun' | 'promote' | 'rollback'
>;

/** The read side of the API over the tables of dm, ods and ops. */
export function createReadModel(options: ReadModelOptions): ReadModel {
  return {
    ...createQuoteReads(options),
    ...createForecastReads(options),
    ...createReportReads(options),
    ...createSystemReads(options),
    ...createUpkeepReads(options),
    events: createEventFeed(options.directPool ?? options.pool),
  };
}
