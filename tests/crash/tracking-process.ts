import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { createFsLake } from '../../src/adapters/lake/fs.ts';
import { createTrackingStore } from '../../src/adapters/tracking/postgres-store.ts';
import { createMlflowApi } from '../../src/api/mlflow/app.ts';
import { instant } from '../../src/domain/moscow-time.ts';

/** Our tracking server as a process to be killed; says its port when it listens. */
const [, , databaseUrl = '', folder = ''] = process.argv;
const clock = { now: () => instant(Date.now()) };
const store = createTrackingStore({ databaseUrl, clock });
const app = createMlflowApi({ store, lake: createFsLake({ folder }) });
const listener = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
listener.once('listening', () => process.stdout.write(`${(listener.address() as AddressInfo).port}\n`));
