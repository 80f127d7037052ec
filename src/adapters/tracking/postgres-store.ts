import type { Clock } from '../../ports/clock.ts';
import type { TrackingStore } from '../../ports/tracking-store.ts';
import { createPool, rows } from '../warehouse/pool.ts';
import { createDatabase } from './database.ts';
import { createExperimentStore } from './experiment-store.ts';
import { createLoggedModelStore } from './logged-model-store.ts';
import { createRegistryStore } from './registry-store.ts';
import { createRunStore } from './run-store.ts';

export interface PostgresTrackingOptions {
  readonly databaseUrl: string;
  readonly clock: Clock;
  /** Connections of this store alone; 16 when not said. */
  readonly maxConnections?: number;
}

/** The tracking store in PostgreSQL's schema `tracking`, which the warehouse's migrations lay. */
export function createTrackingStore(options: PostgresTrackingOptions): TrackingStore {
  const pool = createPool(options.databaseUrl, {
    applicationName: 'assay tracking',
    maxConnections: options.maxConnections ?? 16,
  });
  const database = createDatabase(pool);
  const nowMs = () => Date.parse(options.clock.now());
  return {
    ...createExperimentStore(database, nowMs),
    ...createRunStore(database, nowMs),
    ...createLoggedModelStore(database, nowMs),
    ...createRegistryStore(database, nowMs),
    ping: async () => void (await rows(pool, 'SELECT 1')),
    close: () => pool.end(),
  };
}
