import { afterAll } from 'vitest';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';
import { trackingFlowsContract } from './tracking-flows.contract.ts';

let server: TrackingServer | undefined;

trackingFlowsContract('our own server', async () => {
  server = await openTrackingServer();
  return server.url;
});

afterAll(() => server?.close());
