import { compose } from '../../compose.ts';
import { listen } from '../../runtime/http-server.ts';
import { createRunClient } from '../../runtime/run-client.ts';
import { serveTracking } from '../../runtime/tracking-server.ts';
import { report, runChild } from './orders.ts';

/** The web process: dashboard, API and tracking. It never trains, so pages stay quick while models are compared. */
runChild(async ({ settings, addresses }) => {
  const composition = await compose({ role: 'web', settings, addresses, onProgress: null });
  const client = await createRunClient(addresses.directDatabaseUrl);
  const dashboard = await listen({
    fetch: composition.webApp(composition.createApi(client)).fetch,
    host: settings.host,
    port: settings.port,
    service: 'the dashboard',
    setting: 'ASSAY_PORT',
  });
  const tracking =
    settings.trackingUrl === null
      ? await serveTracking(composition, { host: settings.host, port: settings.trackingPort })
      : null;
  report({ type: 'ready', urls: { dashboard: dashboard.url, tracking: tracking?.url ?? addresses.trackingUrl } });
  return async () => {
    await Promise.all([dashboard.close(), tracking?.close()]);
    await client.close();
    await composition.close();
  };
});
