import type { AddressInfo } from 'node:net';
import { type ServerType, serve } from '@hono/node-server';
import { portTaken } from '../embedded/port-owner.ts';

export interface HttpServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens and waits until it does; throws PORT_TAKEN naming the owner and the setting that moves the port. */
export function listen(options: {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly host: string;
  readonly port: number;
  readonly service: string;
  readonly setting: string;
}): Promise<HttpServer> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: options.fetch, hostname: options.host, port: options.port }, (info: AddressInfo) => {
      const host = options.host.includes(':') ? `[${options.host}]` : options.host;
      resolve({ url: `http://${host}:${info.port}`, close: () => close(server) });
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') portTaken(options.service, options.port, options.setting).then(reject, reject);
      else reject(error);
    });
  });
}

function close(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Open event streams would hold the server for as long as somebody watches.
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}
