import { afterAll } from 'vitest';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';
import { trackingCopyContract } from './tracking-copy.contract.ts';

const opened: TrackingServer[] = [];

async function openOurs(): Promise<string> {
  const server = await openTrackingServer();
  opened.push(server);
  return server.url;
}

afterAll(async () => {
  for (const server of opened) await server.close();
});

trackingCopyContract('from our server to another', async () => ({ from: await openOurs(), to: await openOurs() }));
