import type { Composition } from '../compose.ts';
import { type HttpServer, listen } from './http-server.ts';

/** Serves our own tracking and registry where MLflow's clients look for them. */
export function serveTracking(
  composition: Pick<Composition, 'trackingApp'>,
  address: { readonly host: string; readonly port: number },
): Promise<HttpServer> {
  return listen({
    ...address,
    fetch: composition.trackingApp().fetch,
    service: 'the tracking server',
    setting: 'ASSAY_TRACKING_PORT',
  });
}
