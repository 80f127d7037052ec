// An installation of its own for a script: `assay up` over a replica of a folder of history, in a temporary data folder.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, startCommand, startReplica, stop } from './child-commands.mjs';

/** The morning of the last quote of the shared history, so that nothing looks late. */
export const now = '2025-06-28T07:00:00Z';

/** Starts both; `startUp` begins the work of `up` and tells when, so that it can be timed from its spawn. */
export async function startInstallation(folder) {
  const data = mkdtempSync(join(tmpdir(), 'assay-own-'));
  // Where the program runs as root its database runs as another user, who must reach the folder.
  chmodSync(data, 0o755);
  const children = [];
  const close = async () => {
    for (const child of children.toReversed()) await stop(child);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    const replica = await startReplica(folder);
    children.push(replica.child);
    const environment = { ...freePorts, ASSAY_DATA: data, ASSAY_CBR_URL: replica.url, ASSAY_NOW: now };
    return {
      environment,
      close,
      /** The addresses of the services, once they answer. */
      async startUp() {
        const up = startCommand(['up', '--json'], environment);
        children.push(up.child);
        const isReady = up.said(/Up to date: silver/);
        // Heard by whoever waits for it.
        isReady.catch(() => undefined);
        const line = /^\{.*\}$/m;
        return { services: JSON.parse(line.exec(await up.said(line))[0]), isReady };
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
