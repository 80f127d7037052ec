import { access } from 'node:fs/promises';
import { databaseAddress } from '../config/database-address.ts';
import type { Settings } from '../config/settings.ts';
import { PlatformError } from '../domain/errors.ts';
import { isBucket } from './lake/open.ts';
import { createS3Lake } from './lake/s3.ts';
import { probeOlap } from './olap/olap-probe.ts';
import { probeMlflow } from './tracking/mlflow-probe.ts';
import { refuseUnfitServer } from './warehouse/server-fitness.ts';

/**
 * Looks at every service that is reached by an address, before anything is started or written. Throws the first
 * failure with the setting to change; embedded engines are not looked at.
 */
export async function refuseUnusableServices(settings: Settings, lake: string): Promise<void> {
  await refuseMissingCertificates(settings);
  const { databaseUrl, databaseDirectUrl, clickhouseUrl, trackingUrl } = settings;
  if (databaseUrl !== null) {
    if (databaseDirectUrl !== null) {
      await refuseUnfitServer(databaseAddress(databaseDirectUrl), { setting: 'DATABASE_DIRECT_URL', isPooled: false });
    }
    const isPooled = databaseDirectUrl !== null;
    await refuseUnfitServer(databaseAddress(databaseUrl), { setting: 'DATABASE_URL', isPooled });
  }
  if (isBucket(lake)) await createS3Lake(lake).refuseUnfit();
  if (clickhouseUrl !== null) await probeOlap(clickhouseUrl, settings.clickhouseCluster);
  if (trackingUrl !== null) await probeMlflow(trackingUrl);
}

/** Whether a PostgreSQL server answers at all. */
export function databaseAnswers(url: string): Promise<boolean> {
  return refuseUnfitServer(url, { setting: 'DATABASE_URL', isPooled: false }).then(
    () => true,
    () => false,
  );
}

/** The driver would read the certificates in the middle of the first connection. */
async function refuseMissingCertificates(settings: Settings): Promise<void> {
  for (const [setting, url] of [
    ['DATABASE_URL', settings.databaseUrl],
    ['DATABASE_DIRECT_URL', settings.databaseDirectUrl],
  ] as const) {
    const parameters = new URLSearchParams(url?.split('?', 2)[1] ?? '');
    for (const name of ['sslrootcert', 'sslcert', 'sslkey']) {
      const file = parameters.get(name);
      if (file === null) continue;
      await access(file).catch((cause: unknown) => {
        throw new PlatformError('STORE_UNAVAILABLE', `${setting} names a file that cannot be read: ${file}.`, {
          cause,
          context: { setting, file },
          hint: `Correct ${name} in ${setting}.`,
        });
      });
    }
  }
}
