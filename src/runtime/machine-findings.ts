import { access, constants, readFile, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { findPortOwner, isPortFree } from '../embedded/port-owner.ts';
import type { FolderHolder } from './folder-lock.ts';

/** Something about this machine that a person may have to act on. */
export interface Finding {
  readonly check: 'node' | 'folder' | 'disk' | 'memory' | 'port' | 'clock' | 'source';
  readonly state: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** What to do next; null where nothing is. */
  readonly advice: string | null;
}

const gigabyte = 1_000_000_000;
/** A whole history with its tables, engines and one tournament takes some 400 MB. */
const scarceBytes = 2 * gigabyte;
const fewestBytes = 0.2 * gigabyte;
/** All processes together, working: the budget of the idle ones is 0.9 GB. */
const scarceMemoryBytes = 1.5 * gigabyte;
const skewWarnMs = 120_000;
const answerTimeoutMs = 5_000;

/** Looks at the machine around an installation, all at once; asks each source for one answer without a body. */
export async function examineMachine(settings: Settings, holder: FolderHolder | null): Promise<Finding[]> {
  const found = await Promise.all([
    Promise.resolve(nodeFinding(process.versions.node)),
    folderFinding(settings.data),
    diskFinding(settings.data),
    memoryFinding(),
    ...portFindings(settings, holder),
    ...sourceFindings(settings),
  ]);
  return found.flat();
}

/** Whether this version of Node runs everything. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > 20 || (major === 20 && minor >= 19);
  return {
    check: 'node',
    state: isEnough ? 'ok' : 'fail',
    found: `Node ${version}`,
    advice: isEnough ? null : 'Install Node 20.19 or newer: https://nodejs.org',
  };
}

async function folderFinding(folder: string): Promise<Finding> {
  const there = await nearestFolder(folder);
  const isThere = there === folder;
  const mayWrite = await access(there, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  const found = isThere ? folder : `${folder} (not there yet; it is made inside ${there})`;
  if (mayWrite) return { check: 'folder', state: 'ok', found, advice: null };
  const advice = `You may not write into ${there}. Run: chown -R "$(id -un)" "${there}", or choose another folder with ASSAY_DATA.`;
  return { check: 'folder', state: 'fail', found, advice };
}

async function diskFinding(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearestFolder(folder));
  return spaceFinding(bavail * bsize, folder);
}

/** Whether the free space of the data folder's disk is enough. */
export function spaceFinding(freeBytes: number, folder: string): Finding {
  const found = `${(freeBytes / gigabyte).toFixed(1)} GB free for ${folder}`;
  if (freeBytes >= scarceBytes) return { check: 'disk', state: 'ok', found, advice: null };
  const advice = 'Free some space, or move the data folder to another disk with ASSAY_DATA; nothing stored is lost.';
  return { check: 'disk', state: freeBytes < fewestBytes ? 'fail' : 'warn', found, advice };
}

/** Linux tells what can be had without swapping; elsewhere nothing is found. */
async function memoryFinding(): Promise<Finding[]> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const available = Number(/^MemAvailable:\s+(\d+) kB/m.exec(text)?.[1] ?? Number.NaN) * 1024;
  if (Number.isNaN(available)) return [];
  const isEnough = available >= scarceMemoryBytes;
  const found = `${(available / gigabyte).toFixed(1)} GB of memory available`;
  const advice = isEnough ? null : 'Close other programs, or use servers by DATABASE_URL and CLICKHOUSE_URL.';
  return [{ check: 'memory', state: isEnough ? 'ok' : 'warn', found, advice }];
}

function portFindings(settings: Settings, holder: FolderHolder | null): Promise<Finding>[] {
  const ports: [string, number, string, boolean][] = [
    ['dashboard', settings.port, 'ASSAY_PORT', true],
    ['tracking', settings.trackingPort, 'ASSAY_TRACKING_PORT', settings.trackingUrl === null],
    ['PostgreSQL', settings.postgresPort, 'ASSAY_POSTGRES_PORT', settings.databaseUrl === null],
    ['ClickHouse', settings.olapPort, 'ASSAY_OLAP_PORT', settings.clickhouseUrl === null],
  ];
  return ports
    .filter(([, , , isNeeded]) => isNeeded)
    .map(([service, port, setting]) => portFinding(service, port, setting, holder));
}

async function portFinding(
  service: string,
  port: number,
  setting: string,
  holder: FolderHolder | null,
): Promise<Finding> {
  if (port === 0) return { check: 'port', state: 'ok', found: `${service}: any free port`, advice: null };
  if (await isPortFree(port)) return { check: 'port', state: 'ok', found: `${service}: ${port} is free`, advice: null };
  if (holder !== null && (holder.command === 'up' || holder.command === 'demo' || holder.command === 'serve')) {
    const found = `${service}: ${port} is in use, by this installation (process ${holder.pid})`;
    return { check: 'port', state: 'ok', found, advice: null };
  }
  const owner = await findPortOwner(port);
  const who = owner === null ? 'a process of another user' : `process ${owner.pid}: ${owner.command ?? 'hidden'}`;
  return {
    check: 'port',
    state: 'warn',
    found: `${service}: ${port} is taken by ${who}`,
    advice: `Stop that process, or set ${setting} to another port (0 takes a free one).`,
  };
}

function sourceFindings(settings: Settings): Promise<Finding[]>[] {
  const named = [settings.cbrUrl, settings.lbmaUrl, settings.moexUrl].filter((url) => url !== null);
  return named.map((url, index) => sourceFinding(url, index === 0 && settings.now === null));
}

/** Whether a source answers at all, and by its `Date` header whether our clock is right. */
async function sourceFinding(url: string, judgesClock: boolean): Promise<Finding[]> {
  try {
    const started = performance.now();
    const response = await fetch(url, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    const ms = Math.round(performance.now() - started);
    const found: Finding = { check: 'source', state: 'ok', found: `${url} answers in ${ms} ms`, advice: null };
    const told = Date.parse(response.headers.get('date') ?? '');
    return Number.isNaN(told) || !judgesClock ? [found] : [found, clockFinding(Date.now(), told)];
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const advice =
      'Check the network and a proxy; from outside Russia the Bank may be out of reach. Meanwhile: assay replica --data FOLDER serves a history of yours, assay demo made-up data.';
    return [{ check: 'source', state: 'warn', found: `${url} does not answer: ${reason}`, advice }];
  }
}

/** Our clock against the one of the source, both in milliseconds since 1970. */
export function clockFinding(oursMs: number, theirsMs: number): Finding {
  const skewMs = oursMs - theirsMs;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (Math.abs(skewMs) < skewWarnMs) {
    return {
      check: 'clock',
      state: 'ok',
      found: `the clock agrees with the source's within ${seconds} s`,
      advice: null,
    };
  }
  return {
    check: 'clock',
    state: 'warn',
    found: `the clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the source's`,
    advice: 'Turn on time synchronisation (timedatectl set-ntp true): what was known when depends on the clock.',
  };
}

/** The folder, or the nearest one above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  for (let place = folder; ; place = dirname(place)) {
    const isThere = await access(place).then(
      () => true,
      () => false,
    );
    if (isThere || dirname(place) === place) return place;
  }
}
