import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { refuseUnusableServices } from '../compose.ts';
import { dataFolders, type Settings } from '../config/settings.ts';
import { type ErrorCode, PlatformError } from '../domain/errors.ts';
import { findPortOwner, freePort, isPortFree, portTaken } from '../embedded/port-owner.ts';
import { type ChildReport, type KeptChild, keepChild } from './child-process.ts';
import { type EngineName, type Engines, programPath, startEngines } from './engines.ts';
import { askHolder, type FolderLock, takeFolder } from './folder-lock.ts';
import { chooseTrackingPort, lakeOf, simulatedSettings } from './installation.ts';
import { forgetAddresses, type ServiceAddresses, writeAddresses } from './service-addresses.ts';
import { type StopRequest, stopRequest } from './stop-request.ts';

export interface SuperviseRequest {
  readonly settings: Settings;
  /** True for a demo: made-up data in a folder of its own. */
  readonly simulated: boolean;
  readonly command: 'up' | 'demo';
  /** A line for the person at the terminal. */
  readonly tell: (line: string) => void;
  /** Called once with the addresses when the pages answer. */
  readonly announce: (addresses: Readonly<Record<string, string>>) => void;
  /** How often a source that does not answer is asked again; by default every minute. */
  readonly retrySourceMs?: number;
}

const retrySourceMs = 60_000;
/** A web process whose supervisor was killed lets go of its ports within moments. */
const orphanTimeoutMs = 4_000;

/** Why an installation stopped: a signal, or a source that went missing before any data, or that came back. */
type Ending = NodeJS.Signals | 'no-source' | 'source-is-back';

/**
 * Holds the data folder, runs the services over it, and stops them in order when asked to.
 * With no data and no source it goes on with SIMULATED data in a folder of its own until the source answers.
 * Throws ALREADY_RUNNING, PORT_TAKEN and whatever keeps the engines from starting.
 */
export async function superviseUntilStopped(request: SuperviseRequest): Promise<NodeJS.Signals> {
  const { data } = request.settings;
  await mkdir(join(data, 'run'), { recursive: true });
  const lock = await holdFolder(data, request.command, request.tell);
  const stop = stopRequest();
  try {
    const settled = { ...request, settings: await choosePorts(request.settings) };
    let simulated = request.simulated;
    for (;;) {
      const ending = await runInstallation(settled, simulated, lock, stop);
      if (ending !== 'no-source' && ending !== 'source-is-back') return ending;
      simulated = ending === 'no-source';
    }
  } finally {
    await lock.release();
  }
}

/** Takes the data folder; waits for a one-shot command to end, refuses beside another `up`. */
export async function holdFolder(folder: string, command: string, tell: (line: string) => void): Promise<FolderLock> {
  for (let waited = false; ; waited = true) {
    const outcome = await takeFolder(folder, command);
    if (outcome.held) return outcome.lock;
    const { pid, command: theirs, url } = outcome.holder;
    if (theirs === 'up' || theirs === 'demo') {
      throw new PlatformError(
        'ALREADY_RUNNING',
        `Assay already runs on ${folder}: process ${pid}${url === null ? '' : `, ${url}`}.`,
        {
          context: { folder, pid, url },
          hint: 'Open that address, or stop that process first; set ASSAY_DATA to run a second one on another folder.',
        },
      );
    }
    if (!waited) tell(`Waiting for "assay ${theirs}" (process ${pid}) to finish with ${folder} …`);
    while ((await askHolder(folder)) !== null) await sleep(200);
  }
}

async function runInstallation(
  request: SuperviseRequest,
  simulated: boolean,
  lock: FolderLock,
  stop: StopRequest,
): Promise<Ending> {
  const asked = simulated ? simulatedSettings(request.settings) : request.settings;
  const { tell } = request;
  await refuseTakenPorts(asked);
  await refuseUnusableServices(asked, lakeOf(asked, simulated));
  const settings = { ...asked, trackingPort: await chooseTrackingPort(asked) };
  const started = performance.now();
  const engines = await startEngines(
    settings,
    simulated,
    { postgres: settings.postgresPort, olap: settings.olapPort },
    { onCrash: (engine, failure) => tell(crashLine(engine, failure)) },
  );
  const children: KeptChild[] = [];
  try {
    for (const remark of engines.remarks) tell(remark);
    const addresses = await addressesOf(settings, simulated, engines);
    await writeAddresses(join(request.settings.data, 'run'), addresses);
    const endings = listenToWorker(tell);
    const catchUp = { startId: randomUUID(), retryAfterMs: request.retrySourceMs ?? retrySourceMs };
    const keep = (program: string, lowPriority: boolean) =>
      keepChild({
        program: `cli/processes/${program}`,
        orders: { settings, addresses, catchUp },
        lowPriority,
        onReport: endings.hear,
        onRestart: (reason) => tell(`The ${program} process ended (${reason}) and is started again.`),
      });
    const web = keep('web', false);
    children.push(web);
    const urls = await firstReady(web, stop);
    if (urls !== null) {
      lock.describe({ command: request.command, url: urls['dashboard'] ?? null });
      welcome(request, simulated, urls, performance.now() - started);
      children.push(keep('worker', true));
    }
    return await Promise.race([
      stop.asked,
      endings.noSource,
      ...(simulated && !request.simulated ? [sourceReturns(request, stop)] : []),
    ]);
  } finally {
    // The worker first, then the web process, whose tracking server it writes to, and the engines last: a step that
    // lost what it works with would end as failed instead of resuming at the next start.
    for (const child of children.toReversed()) await child.stop();
    await engines.stop();
    await forgetAddresses(join(request.settings.data, 'run'));
  }
}

async function addressesOf(settings: Settings, simulated: boolean, engines: Engines): Promise<ServiceAddresses> {
  return {
    databaseUrl: engines.databaseUrl,
    directDatabaseUrl: engines.directDatabaseUrl,
    olap: await engines.olap,
    trackingUrl: settings.trackingUrl ?? `http://127.0.0.1:${settings.trackingPort}`,
    trackingToken: settings.trackingUrl === null ? settings.token : null,
    lake: lakeOf(settings, simulated),
    simulated,
  };
}

/**
 * "Any free port" is chosen once: other processes are told the tracking address before the server exists, and a web
 * process that is started again must be found where the former was.
 */
async function choosePorts(settings: Settings): Promise<Settings> {
  return {
    ...settings,
    port: settings.port === 0 ? await freePort() : settings.port,
    trackingPort: await chooseTrackingPort(settings),
  };
}

/** Our own two ports are looked at before anything is started; the engines look at theirs themselves. */
async function refuseTakenPorts(settings: Settings): Promise<void> {
  await refuseTakenPort('the dashboard', settings.port, 'ASSAY_PORT');
  if (settings.trackingUrl !== null) return;
  await refuseTakenPort('the tracking server', settings.trackingPort, 'ASSAY_TRACKING_PORT');
}

async function refuseTakenPort(service: string, port: number, setting: string): Promise<void> {
  const deadline = performance.now() + orphanTimeoutMs;
  while (!(await isPortFree(port))) {
    const owner = await findPortOwner(port);
    const isOurs = owner?.command?.includes(programPath('cli/processes/web')) ?? owner === null;
    if (!isOurs || performance.now() > deadline) throw await portTaken(service, port, setting);
    await sleep(50);
  }
}

async function firstReady(child: KeptChild, stop: StopRequest): Promise<Readonly<Record<string, string>> | null> {
  try {
    return await Promise.race([child.ready, stop.asked.then(() => null)]);
  } catch (report) {
    const { code, message, hint } = report as Extract<ChildReport, { type: 'failed' }>;
    throw new PlatformError(code as ErrorCode, message, hint === null ? {} : { hint });
  }
}

/** Turns the worker's reports into lines for the terminal, and into an ending where there is nothing to serve. */
function listenToWorker(tell: (line: string) => void) {
  let endNow: (ending: Ending) => void = () => undefined;
  const noSource = new Promise<Ending>((resolve) => {
    endNow = resolve;
  });
  const hear = (report: ChildReport) => {
    if (report.type === 'progress') tell(`  ${report.message}`);
    if (report.type === 'run-ended') tell(report.message);
    if (report.type === 'failed') tell([report.message, report.hint].filter(Boolean).join(' '));
    if (report.type === 'no-source') {
      tell(report.message);
      endNow('no-source');
    }
  };
  return { hear, noSource };
}

/** Asks the real source now and then while made-up data is shown; resolves when it answers. */
async function sourceReturns(request: SuperviseRequest, stop: StopRequest): Promise<Ending> {
  const { cbrUrl } = request.settings;
  for (;;) {
    await sleep(request.retrySourceMs ?? retrySourceMs, undefined, { ref: false });
    if (stop.isAsked()) return stop.asked;
    if (await answers(cbrUrl)) {
      request.tell(`${cbrUrl} answers: the simulation gives way to real data.`);
      return 'source-is-back';
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(5_000), redirect: 'manual' });
    return response.status < 500;
  } catch {
    // Unreachable is the expected answer here.
    return false;
  }
}

function crashLine(engine: EngineName, failure: Error | null): string {
  return failure === null
    ? `${engine} stopped by itself and runs again; what was acknowledged is kept.`
    : `${engine} stopped and cannot be started: ${failure.message} It is tried again until it works; pages keep showing what they can.`;
}

function welcome(
  request: SuperviseRequest,
  simulated: boolean,
  urls: Readonly<Record<string, string>>,
  ms: number,
): void {
  const { tell, settings } = request;
  if (simulated) {
    tell('SIMULATED data: nothing here is a price of the Bank of Russia.');
    if (!request.simulated) tell(`It is replaced by real data as soon as ${settings.cbrUrl} answers.`);
  }
  tell(`Assay is up after ${(ms / 1000).toFixed(1)} s.`);
  tell(`  Dashboard  ${urls['dashboard']}`);
  tell(`  API        ${urls['dashboard']}/api/v1/openapi.json`);
  if (urls['tracking'] !== undefined) tell(`  Tracking   ${urls['tracking']}   (MLFLOW_TRACKING_URI)`);
  tell(`  Data       ${dataFolders(settings, simulated).root}, from ${simulated ? 'a simulation' : settings.cbrUrl}`);
  tell('  Try next   npx assay runs | npx assay compare | npx assay doctor      Ctrl-C stops');
  request.announce(urls);
}
