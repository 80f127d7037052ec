import { afterAll, describe, it } from 'vitest';
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

const url = process.env['ASSAY_TEST_MLFLOW_URL'];

if (url === undefined || url === '') {
  describe('copying between our server and a real MLflow', () => {
    it.skip('skipped: ASSAY_TEST_MLFLOW_URL names no MLflow server', () => undefined);
  });
} else {
  trackingCopyContract('from our server to MLflow', async () => ({ from: await openOurs(), to: url }));
  trackingCopyContract('from MLflow to our server', async () => ({ from: url, to: await openOurs() }));
}
