import { mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerType, serve } from '@hono/node-server';
import { createWebApp } from '../../src/api/dashboard.ts';
import { packageRoot } from '../../src/config/package-root.ts';
import { createSampleApi, type SampleApi, type SampleState } from './sample-api.ts';

export interface SampleServer {
  readonly url: string;
  readonly api: SampleApi;
  close(): Promise<void>;
  /** Answers again, at the same address. */
  reopen(): Promise<void>;
}

/** The whole web application over made-up data, on a free port of the loopback. */
export async function startSampleServer(state: SampleState, clientScriptPath: string): Promise<SampleServer> {
  const api = createSampleApi(state);
  let count = 0;
  const app = createWebApp({
    api,
    version: '0.1.0',
    guardOptions: {},
    secret: 'only for tests: forms of the sample server',
    newId: () => {
      count += 1;
      return `visitor-${String(count).padStart(8, '0')}`;
    },
    clientScriptPath,
    onBug: (error) => {
      throw error;
    },
  });
  let { server, port } = await listen(app.fetch, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    api,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
    reopen: async () => {
      ({ server, port } = await listen(app.fetch, port));
    },
  };
}

function listen(
  fetch: Parameters<typeof serve>[0]['fetch'],
  port: number,
): Promise<{ readonly server: ServerType; readonly port: number }> {
  return new Promise((resolve) => {
    const server = serve({ fetch, port, hostname: '127.0.0.1' }, (address: AddressInfo) =>
      resolve({ server, port: address.port }),
    );
  });
}

/** Bundles the scripts of the pages into a temporary folder; the path of the first one. */
export async function buildClientScript(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-client-'));
  const { bundleClient } = (await import(join(packageRoot, 'scripts', 'bundle-client.mjs'))) as BundleClient;
  await bundleClient(packageRoot, folder);
  return join(folder, 'live.js');
}

interface BundleClient {
  bundleClient(packageFolder: string, folder: string): Promise<void>;
}
