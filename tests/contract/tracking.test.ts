import { afterAll, describe, it } from 'vitest';
import { createMlflowTracking } from '../../src/adapters/tracking/mlflow-client.ts';
import { instant } from '../../src/domain/moscow-time.ts';
import { openTrackingServer, type TrackingServer } from '../support/tracking-server.ts';
import { trackingContract } from './tracking.contract.ts';

const clock = { now: () => instant(1_750_000_000_000) };
let server: TrackingServer | undefined;

trackingContract('our own server', async () => {
  server = await openTrackingServer();
  return server.tracking;
});

afterAll(() => server?.close());

const url = process.env['ASSAY_TEST_MLFLOW_URL'];

if (url === undefined || url === '') {
  describe('Tracking over a real MLflow server', () => {
    it.skip('skipped: ASSAY_TEST_MLFLOW_URL names no MLflow server', () => undefined);
  });
} else {
  trackingContract(`the MLflow server at ${url}`, async () => createMlflowTracking({ url, clock }));
}
