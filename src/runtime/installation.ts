import { fileURLToPath } from 'node:url';
import { dataFolders, type Settings } from '../config/settings.ts';
import { freePort } from '../embedded/port-owner.ts';

/** Made-up data never meets a server or a folder that may hold real data. */
export function simulatedSettings(settings: Settings): Settings {
  return { ...settings, databaseUrl: null, clickhouseUrl: null, lakeUrl: null, trackingUrl: null };
}

/** Folder of the lake: the one named by LAKE_URL, or the data folder's own. */
export function lakeFolderOf(settings: Settings, simulated: boolean): string {
  return settings.lakeUrl === null ? dataFolders(settings, simulated).lake : fileURLToPath(settings.lakeUrl);
}

/** Other processes are told the tracking address before its server exists, so "any free port" is chosen beforehand. */
export async function chooseTrackingPort(settings: Pick<Settings, 'trackingPort'>): Promise<number> {
  return settings.trackingPort === 0 ? freePort() : settings.trackingPort;
}
