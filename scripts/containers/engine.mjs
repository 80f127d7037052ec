// Docker's own engine, as Debian packages it, in a folder and at a socket of its own: an engine of the machine's is not touched.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const cache = process.env.ASSAY_CACHE ?? join(homedir(), '.cache', 'assay');
export const folder = join(cache, 'containers');
export const program = (name) => join(cache, 'bin', name);
const socket = `unix://${join(folder, 'engine.sock')}`;

/** Why no engine can run here, in a sentence; null where one can. */
export function whyNoEngine() {
  if (process.platform !== 'linux' || process.getuid() !== 0) return "Docker's engine needs Linux and root.";
  if (!existsSync('/usr/sbin/dockerd')) return 'there is no /usr/sbin/dockerd: scripts/install-container-engine.sh';
  if (!existsSync(program('docker-compose'))) return 'there is no Docker Compose: scripts/install-compose.sh';
  return null;
}

/** Starts the engine, or takes the one that `--keep` left. */
export async function startEngine() {
  mkdirSync(folder, { recursive: true });
  if (docker(['version']).status === 0) return running(Number(readFileSync(join(folder, 'engine.pid'), 'utf8')));
  const log = join(folder, 'engine.log');
  const out = openSync(log, 'w');
  const words = {
    '--host': socket,
    '--data-root': join(folder, 'engine'),
    '--exec-root': join(folder, 'run'),
    '--pidfile': join(folder, 'engine.pid'),
    // Only networks that are asked for.
    '--bridge': 'none',
    '--default-ulimit': 'nofile=1024:4096',
  };
  const child = spawn('/usr/sbin/dockerd', Object.entries(words).flat(), {
    detached: true,
    stdio: ['ignore', out, out],
  });
  for (let tries = 0; tries < 120 && child.exitCode === null; tries += 1) {
    if (docker(['version']).status === 0) {
      child.unref();
      return running(child.pid);
    }
    await sleep(250);
  }
  throw new TypeError(`Docker's engine did not start: ${readFileSync(log, 'utf8').split('\n').slice(-4).join('\n')}`);
}

const running = (pid) => ({ pid, socket, version: told(['version', '--format', '{{.Server.Version}}']) });

export async function stopEngine({ pid }) {
  process.kill(pid, 'SIGTERM');
  for (let tries = 0; tries < 120 && existsSync(`/proc/${pid}`); tries += 1) await sleep(250);
}

const environment = () => ({ ...process.env, DOCKER_HOST: socket, DOCKER_BUILDKIT: '1' });

/** Docker's own command. Debian's, not another of PATH: it builds with BuildKit without a plugin. */
export function docker(words, options = {}) {
  return spawnSync('/usr/bin/docker', words, { encoding: 'utf8', maxBuffer: 2 ** 26, env: environment(), ...options });
}

/** What a command of Docker's prints; throws what it said when it failed. */
export function told(words, options) {
  const { status, stdout, stderr } = docker(words, options);
  if (status !== 0) throw new TypeError(`docker ${words.join(' ')}: ${(stderr || stdout).trim().slice(-2_000)}`);
  return stdout.trim();
}

/** Docker's events from now on, as its own command tells them: it keeps the newest 256 alone. `seen()` ends it. */
export function watchEvents(words) {
  const child = spawn('/usr/bin/docker', ['events', ...words], { env: environment() });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  return {
    async seen() {
      // What was told while a command held this process.
      await sleep(500);
      child.kill();
      return text.trim().split('\n');
    },
  };
}

/** Docker Compose's own program over the project of a trial. */
export function compose({ project, files }, words, options = {}) {
  const chosen = files.flatMap((file) => ['--file', file]);
  return spawnSync(program('docker-compose'), ['--project-directory', project, ...chosen, ...words], {
    ...{ encoding: 'utf8', maxBuffer: 2 ** 26, env: environment(), cwd: project },
    ...options,
  });
}
