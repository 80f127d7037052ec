// An installation of its own for a script: `assay up` over a replica of a folder of history, in a temporary data folder.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const cli = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url));
/** The morning of the last quote of the shared history, so that nothing looks late. */
export const now = '2025-06-28T07:00:00Z';
const ports = { ASSAY_PORT: '0', ASSAY_TRACKING_PORT: '0', ASSAY_POSTGRES_PORT: '0', ASSAY_OLAP_PORT: '0' };

/** Starts both; `startUp` begins the work of `up` and tells when, so that it can be timed from its spawn. */
export async function startInstallation(folder) {
  const data = mkdtempSync(join(tmpdir(), 'assay-own-'));
  // Where the program runs as root its database runs as another user, who must reach the folder.
  chmodSync(data, 0o755);
  const replica = start(['replica', '--data', folder, '--port', '0', '--json'], {});
  const children = [replica];
  const close = async () => {
    for (const child of children.toReversed()) await ended(child);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    const { url } = JSON.parse(await firstLine(replica.stdout));
    const environment = { ...ports, ASSAY_DATA: data, ASSAY_CBR_URL: url, ASSAY_NOW: now };
    return {
      environment,
      close,
      /** The addresses of the services, once they answer. */
      async startUp() {
        const up = start(['up', '--json'], environment);
        children.push(up);
        const isReady = said(up.stderr, 'Up to date: silver');
        // Heard by whoever waits for it.
        isReady.catch(() => undefined);
        return { services: JSON.parse(await firstLine(up.stdout)), isReady };
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function start(args, environment) {
  return spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function firstLine(stream) {
  return said(stream, '\n').then((text) => text.split('\n')[0]);
}

/** Everything a stream said up to and with the wanted text. */
function said(stream, wanted) {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.on('data', (chunk) => {
      text += chunk;
      if (text.includes(wanted)) resolve(text);
    });
    stream.on('end', () => reject(new TypeError(`It ended before it said "${wanted}":\n${text}`)));
  });
}

function ended(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}
