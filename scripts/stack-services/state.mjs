// What runs, kept in stack.json of the stack's folder: each service with its process group, its address and its log.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const cache = process.env.ASSAY_CACHE ?? join(homedir(), '.cache', 'assay');
export const folder = process.env.ASSAY_STACK ?? join(cache, 'stack');
const file = join(folder, 'stack.json');
/** Where PostgreSQL keeps its own when this is root's: its account may not enter root's home. */
export const postgresHome = join(
  '/var/tmp',
  `assay-stack-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`,
);

/** The services that were started, the first first; dead ones included. */
export function readServices() {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

export function writeServices(services) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(services, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Whether a service still runs. A process that ended stays in the table until its parent asks for it, and its number may
 * go to another later: both would take a signal, and neither is the service. */
export function isAlive({ pid, startedAt }) {
  const process = processAt(pid);
  return process !== null && (startedAt === undefined || process.startedAt === startedAt);
}

/** Ends what a service that died left of its process group, such as workers that still hold its port. */
export function endRemains({ pid }) {
  // The number stays taken while anything of the group runs; if it is another process's, the group is gone.
  if (processAt(pid) !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** `{ startedAt }` in ticks since the machine started; null where no process of that number works any more. */
function processAt(pid) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return null;
  const text = readFileSync(file, 'utf8');
  const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? null : { startedAt: Number(fields[18]) };
}

/** Starts a service in a process group of its own, writes it down, and waits until it answers. */
export async function keep({ name, url = null, port, program, words = [], environment = {}, answers, ...more }) {
  const former = readServices().find((service) => service.name === name);
  if (former !== undefined && isAlive(former)) return former;
  if (former !== undefined) endRemains(former);
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const log = join(folder, 'logs', `${name}.log`);
  const out = openSync(log, 'a');
  const child = spawn(program, words, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', out, out],
    env: { PATH: process.env.PATH, HOME: join(folder, 'home'), LANG: 'C.UTF-8', ...environment },
    ...more,
  });
  let failure = null;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure = `it ended with ${signal ?? `code ${code}`}`;
  });
  const service = { name, pid: child.pid, startedAt: processAt(child.pid)?.startedAt, port, url, log };
  writeServices([...readServices().filter((one) => one.name !== name), service]);
  const started = performance.now();
  while (!(await answers())) {
    if (failure !== null || performance.now() - started > 300_000) {
      throw new TypeError(`${name} did not start (${failure ?? 'no answer within 5 minutes'}); its log: ${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  child.unref();
  console.error(`${name.padEnd(18)} ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return service;
}

/** A free port, and from then on always the same: others have the address written down. */
export async function portOf(name) {
  const written = join(folder, 'ports.json');
  const known = existsSync(written) ? JSON.parse(readFileSync(written, 'utf8')) : {};
  if (known[name] !== undefined) return known[name];
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  mkdirSync(folder, { recursive: true });
  writeFileSync(written, JSON.stringify({ ...known, [name]: port }));
  return port;
}

/** True when an address answers with success. */
export async function answersAt(url, headers = {}) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(3_000), headers }).catch(() => null);
  return answer?.ok === true;
}
