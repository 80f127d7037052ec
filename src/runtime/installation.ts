import { fileURLToPath } from 'node:url';
import { dataFolders, type Settings } from '../config/settings.ts';
import { freePort } from '../embedded/port-owner.ts';

/** Made-up data never meets a server or a folder that may hold real data. */
export function simulatedSettings(settings: Settings): Settings {
  const servers = { databaseUrl: null, databaseDirectUrl: null, databaseOwnerUrl: null, clickhouseUrl: null };
  const alone = { clickhouseCluster: null, lakeUrl: null, trackingUrl: null };
  return { ...settings, ...servers, ...alone };
}

/** The lake as LAKE_URL names it, a folder or an `s3:` address; without it the data folder's own. */
export function lakeOf(settings: Settings, simulated: boolean): string {
  const { lakeUrl } = settings;
  if (lakeUrl === null) return dataFolders(settings, simulated).lake;
  return lakeUrl.startsWith('file:') ? fileURLToPath(lakeUrl) : lakeUrl;
}

/** Other processes are told the tracking address before its server exists, so "any free port" is chosen beforehand. */
export async function chooseTrackingPort(settings: Pick<Settings, 'trackingPort'>): Promise<number> {
  return settings.trackingPort === 0 ? freePort() : settings.trackingPort;
}
