// Commands of the built program as child processes of a script, and what Linux tells of a process.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const cli = fileURLToPath(new URL('../dist/src/cli/main.js', import.meta.url));
/** Any free ones. */
export const freePorts = {
  ...{ ASSAY_PORT: '0', ASSAY_TRACKING_PORT: '0', ASSAY_POSTGRES_PORT: '0', ASSAY_OLAP_PORT: '0' },
};

/** `said` waits for a pattern in what the command writes on either stream, and gives everything written so far. */
export function startCommand(args, environment = {}) {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const looks = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
      for (const look of looks) look();
    });
  }
  const said = (wanted) =>
    new Promise((resolve, reject) => {
      const look = () => {
        if (!wanted.test(text)) return;
        looks.delete(look);
        resolve(text);
      };
      looks.add(look);
      look();
      child.once('exit', (code) => reject(new RangeError(`assay ${args[0]} ended with ${code}:\n${text}`)));
    });
  return { child, said };
}

/** A replica of the Bank over a folder of history, and its address. */
export async function startReplica(folder) {
  const { child, said } = startCommand(['replica', '--data', folder, '--port', '0']);
  const [url] = (await said(/http:\/\/\S+/)).match(/http:\/\/[^\s"]+/) ?? [];
  return { child, url };
}

export function stop(child) {
  if (child.exitCode !== null) return Promise.resolve();
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  return gone;
}

/** Fields of /proc/<pid>/stat after the name: state, parent, ...; empty for a process that is gone. */
export function statOf(pid) {
  const text = readIfThere(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

export function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
