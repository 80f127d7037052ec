import { afterAll, describe, it } from 'vitest';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';
import { trackingFlowsContract } from './tracking-flows.contract.ts';

let server: TrackingServer | undefined;

trackingFlowsContract('our own server', async () => {
  server = await openTrackingServer();
  return server.url;
});

afterAll(() => server?.close());

const url = process.env['ASSAY_TEST_MLFLOW_URL'];

if (url === undefined || url === '') {
  describe('the flows over a real MLflow server', () => {
    it.skip('skipped: ASSAY_TEST_MLFLOW_URL names no MLflow server', () => undefined);
  });
} else {
  trackingFlowsContract(`the MLflow server at ${url}`, async () => url);
}
