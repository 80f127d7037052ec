import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { PlatformError } from '../domain/errors.ts';
import { commandLine, errorCode } from './processes.ts';

export interface PortOwner {
  readonly pid: number;
  /** The command line, null where the system hides it. */
  readonly command: string | null;
}

/** The process that listens on a TCP port of this machine, null where none does or the system does not tell. */
export async function findPortOwner(port: number): Promise<PortOwner | null> {
  const sockets = await listeningSockets(port);
  if (sockets.size === 0) return null;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (sockets.has(target)) return { pid: Number(pid), command: await commandLine(Number(pid)) };
    }
  }
  return null;
}

/** The PORT_TAKEN error for a port: names the owner and how to choose another. `setting` says which setting moves it. */
export async function portTaken(service: string, port: number, setting: string): Promise<PlatformError> {
  const owner = await findPortOwner(port);
  const who = owner === null ? 'another process' : `process ${owner.pid}${owner.command ? ` (${owner.command})` : ''}`;
  return new PlatformError('PORT_TAKEN', `Port ${port}, meant for ${service}, is taken by ${who}.`, {
    context: { service, port, pid: owner?.pid ?? null, command: owner?.command ?? null },
    hint: `Stop that process, or choose another port: ${setting} (0 takes a free one).`,
  });
}

/** A free loopback port. Another process may take it before it is used: try again then. */
export async function freePort(): Promise<number> {
  const port = await tryListen(0);
  if (port === null) {
    throw new PlatformError('PORT_TAKEN', 'This machine has no free loopback port.', {
      hint: 'Close programs that hold many connections, then try again.',
    });
  }
  return port;
}

/** True when nothing listens on the loopback port. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await tryListen(port)) !== null;
}

function tryListen(port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (errorCode(error) === 'EADDRINUSE' || errorCode(error) === 'EACCES') resolve(null);
      else reject(error);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}

/** `socket:[inode]` of every socket that listens on the port, from the kernel's tables. */
async function listeningSockets(port: number): Promise<ReadonlySet<string>> {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  const listening = '0A';
  const sockets = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const lines = (await readFile(table, 'utf8').catch(() => '')).split('\n').slice(1);
    for (const line of lines) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (local?.endsWith(`:${wanted}`) && state === listening) sockets.add(`socket:[${inode}]`);
    }
  }
  return sockets;
}
