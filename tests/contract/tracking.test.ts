import { afterAll } from 'vitest';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';
import { trackingContract } from './tracking.contract.ts';

let server: TrackingServer | undefined;

trackingContract('our own server', async () => {
  server = await openTrackingServer();
  return server.tracking;
});

afterAll(() => server?.close());
