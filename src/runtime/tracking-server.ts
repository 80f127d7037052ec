import type { Composition } from '../compose.ts';
import { type HttpServer, listen } from './http-server.ts';

/** Serves our own tracking and registry where MLflow's clients look for them. */
export async function serveTracking(
  composition: Pick<Composition, 'trackingApp'>,
  address: { readonly host: string; readonly port: number },
  options?: { readonly uiFolder: string | null },
): Promise<HttpServer> {
  const app = await composition.trackingApp(options);
  return listen({
    ...address,
    fetch: app.fetch,
    service: 'the tracking server',
    setting: 'ASSAY_TRACKING_PORT',
  });
}
