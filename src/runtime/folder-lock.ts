import { createHash } from 'node:crypto';
import { realpathSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlatformError } from '../domain/errors.ts';

/** Who holds a data folder. No secrets: any process of this machine may ask. */
export interface FolderHolder {
  readonly pid: number;
  /** `up`, or the one-shot command that holds it for a moment. */
  readonly command: string;
  /** Dashboard address, once it listens. */
  readonly url: string | null;
}

export interface FolderLock {
  /** Changes what other processes are told. */
  describe(holder: Omit<FolderHolder, 'pid'>): void;
  release(): Promise<void>;
}

export type LockOutcome =
  | { readonly held: true; readonly lock: FolderLock }
  | { readonly held: false; readonly holder: FolderHolder };

const answerTimeoutMs = 800;

/**
 * Takes a data folder for this process, or says who has it. The lock is a listening socket named after the
 * folder, so the kernel frees it when the holder dies, however it dies, and the holder answers for itself.
 * On Linux the name is abstract (nothing on disk); elsewhere a socket file, removed when nobody answers on it.
 */
export async function takeFolder(folder: string, command: string): Promise<LockOutcome> {
  const path = socketPath(folder);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const outcome = await listen(path, { pid: process.pid, command, url: null });
    if (outcome !== null) return { held: true, lock: outcome };
    const holder = await askHolder(folder);
    if (holder !== null) return { held: false, holder };
    if (!path.startsWith('\0')) rmSync(path, { force: true });
  }
  throw new PlatformError('ALREADY_RUNNING', `The data folder ${folder} is held by a process that does not answer.`, {
    context: { folder },
    hint: 'Look for a stopped or hanging "assay" process, end it, and try again; or set ASSAY_DATA to another folder.',
  });
}

/** The holder of a data folder, or null when nobody has it. */
export function askHolder(folder: string): Promise<FolderHolder | null> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath(folder));
    let text = '';
    const finish = (holder: FolderHolder | null) => {
      socket.destroy();
      resolve(holder);
    };
    socket.setTimeout(answerTimeoutMs, () => finish(null));
    socket.on('error', () => finish(null));
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
    });
    socket.on('end', () => finish(readHolder(text)));
  });
}

function readHolder(text: string): FolderHolder | null {
  try {
    return JSON.parse(text) as FolderHolder;
  } catch {
    // Cut off while its process ended: the same as nobody.
    return null;
  }
}

function listen(path: string, first: FolderHolder): Promise<FolderLock | null> {
  let told = first;
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(JSON.stringify(told));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else
        reject(
          new PlatformError('ENGINE_FAILED', `The data folder cannot be locked: ${error.message}`, { cause: error }),
        );
    });
    server.listen(path, () => {
      server.unref();
      resolve({
        describe: (holder) => {
          told = { pid: first.pid, ...holder };
        },
        release: () => close(server),
      });
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function socketPath(folder: string): string {
  const user = process.getuid?.() ?? 0;
  const key = createHash('sha256')
    .update(`${user}:${realpathSync(folder)}`)
    .digest('hex')
    .slice(0, 32);
  if (process.platform === 'linux') return `\0assay-${key}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\assay-${key}`;
  return join(tmpdir(), `assay-${key}.sock`);
}
