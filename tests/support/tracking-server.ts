import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';
import { createFsLake } from '../../src/adapters/lake/fs.ts';
import { createMlflowTracking } from '../../src/adapters/tracking/mlflow-client.ts';
import { createTrackingStore } from '../../src/adapters/tracking/postgres-store.ts';
import { openUiFolder } from '../../src/adapters/tracking/ui-folder.ts';
import { createMlflowApi } from '../../src/api/mlflow/app.ts';
import { instant } from '../../src/domain/moscow-time.ts';
import type { Tracking } from '../../src/ports/tracking.ts';
import type { TrackingStore } from '../../src/ports/tracking-store.ts';
import { createTestDatabase } from './postgres.ts';

export interface TrackingServer {
  readonly app: Hono;
  readonly store: TrackingStore;
  readonly tracking: Tracking;
  readonly url: string;
  readonly databaseUrl: string;
  readonly lakeFolder: string;
  close(): Promise<void>;
}

export interface TrackingServerOptions {
  readonly token?: string;
  readonly writingThread?: string;
  /** Folder of MLflow's own pages. */
  readonly uiFolder?: string;
}

/** Our tracking server on a database, a lake and a port of its own. The clock gains a millisecond at each look. */
export async function openTrackingServer(options: TrackingServerOptions = {}): Promise<TrackingServer> {
  const database = await createTestDatabase({ migrate: true });
  const lakeFolder = await mkdtemp(join(tmpdir(), 'assay-tracking-'));
  let nowMs = 1_750_000_000_000;
  const clock = { now: () => instant(nowMs++) };
  const store = createTrackingStore({ databaseUrl: database.url, clock });
  const errors: unknown[] = [];
  const app = createMlflowApi({
    store,
    lake: createFsLake({
      folder: lakeFolder,
      ...(options.writingThread === undefined ? {} : { writingThread: options.writingThread }),
    }),
    token: options.token,
    pages: options.uiFolder === undefined ? undefined : await openUiFolder(options.uiFolder),
    onError: (error) => errors.push(error),
  });
  const listener = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise<void>((resolve) => listener.once('listening', () => resolve()));
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return {
    app,
    store,
    tracking: createMlflowTracking({ url, token: options.token, clock, retryDelayMs: 1 }),
    url,
    databaseUrl: database.url,
    lakeFolder,
    close: async () => {
      await new Promise((resolve) => listener.close(resolve));
      await store.close();
      await database.drop();
      await rm(lakeFolder, { recursive: true });
      // A bug of ours never hides behind an expected refusal.
      if (errors.length > 0) throw errors[0];
    },
  };
}
