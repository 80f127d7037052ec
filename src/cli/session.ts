import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssayApi } from '../api/contract.ts';
import { type Composition, compose, refuseUnusableServices } from '../compose.ts';
import { databaseAddress } from '../config/database-address.ts';
import type { Settings } from '../config/settings.ts';
import { PlatformError } from '../domain/errors.ts';
import type { FlowParameters } from '../flows/flow.ts';
import { type DurableRunner, launchDurableRunner } from '../runtime/durable-runner.ts';
import { type EngineEvents, serverAddress, startEngines } from '../runtime/engines.ts';
import { executorId, slotExecutorId } from '../runtime/executor-id.ts';
import { askHolder } from '../runtime/folder-lock.ts';
import { chooseTrackingPort, lakeOf, simulatedSettings } from '../runtime/installation.ts';
import { createRunClient, type RunClient } from '../runtime/run-client.ts';
import { runOnce, type SlotOutcome } from '../runtime/run-once.ts';
import { readAddresses, type ServiceAddresses } from '../runtime/service-addresses.ts';
import { stopRequest } from '../runtime/stop-request.ts';
import { holdFolder } from '../runtime/supervisor.ts';
import { serveTracking } from '../runtime/tracking-server.ts';
import type { CommandContext } from './command-context.ts';
import { whenDatabaseIsLost } from './lost-database.ts';
import { paintRemark, say } from './output.ts';
import { createStatusLine, type StatusLine } from './status-line.ts';

/** The services a command works with: those of a running Assay, or its own for as long as it needs them. */
export interface Session {
  readonly composition: Composition;
  readonly api: AssayApi;
  readonly addresses: ServiceAddresses;
  /** Runs a flow to its end; throws the PlatformError it failed with. */
  run(flow: string, parameters: FlowParameters, origin?: RunOrigin): Promise<SlotOutcome>;
  close(): Promise<void>;
}

/** Which run it is, and who asks; without a slot it is a run of its own. */
export interface RunOrigin {
  readonly slot?: string | undefined;
  readonly trigger?: string | undefined;
}

/** Attaches to the Assay that holds the data folder, or takes the folder and starts what is needed. */
export async function openSession(context: CommandContext, request: OwnRequest): Promise<Session> {
  const { settings } = context.settings();
  await mkdir(settings.data, { recursive: true });
  const holder = await askHolder(settings.data);
  return holder !== null && (holder.command === 'up' || holder.command === 'demo')
    ? attach(context, settings)
    : openOwn(context, settings, request);
}

/**
 * The ports alone, for a command that runs no flow. Where the warehouse is a server the data folder is not taken, so
 * that any number of these work side by side.
 */
export async function openReading(
  context: CommandContext,
  command: string,
): Promise<Pick<Session, 'composition' | 'close'>> {
  const { settings } = context.settings();
  const holder = settings.databaseUrl === null || !existsSync(settings.data) ? null : await askHolder(settings.data);
  if (settings.databaseUrl === null || holder?.command === 'up') {
    return openSession(context, { command, simulated: false });
  }
  await mkdir(settings.data, { recursive: true });
  const lake = lakeOf(settings, false);
  await refuseUnusableServices(settings, lake);
  const trackingPort = settings.trackingUrl === null ? await chooseTrackingPort({ trackingPort: 0 }) : 0;
  const addresses: ServiceAddresses = {
    databaseUrl: databaseAddress(settings.databaseUrl),
    directDatabaseUrl: databaseAddress(settings.databaseDirectUrl ?? settings.databaseUrl),
    // Never asked: publishing is a flow.
    olap: serverAddress(settings.clickhouseUrl ?? 'http://127.0.0.1'),
    trackingUrl: settings.trackingUrl ?? `http://127.0.0.1:${trackingPort}`,
    trackingToken: settings.trackingUrl === null ? settings.token : null,
    lake,
    simulated: false,
  };
  const composition = await compose({ role: 'command', settings, addresses, onProgress: null });
  const address = { host: '127.0.0.1', port: trackingPort };
  const tracking = settings.trackingUrl === null ? await serveTracking(composition, address) : null;
  return {
    composition,
    close: async () => {
      await tracking?.close();
      await composition.close();
    },
  };
}

function openOwn(context: CommandContext, settings: Settings, request: OwnRequest): Promise<Session> {
  const status = createStatusLine(context.terminal);
  return status.during(request.command, () => own(settings, request, status));
}

interface OwnRequest {
  readonly command: string;
  /** The slot whose run may have been cut off and is gone on with. */
  readonly slot?: string | undefined;
  readonly simulated: boolean;
}

async function attach(context: CommandContext, settings: Settings): Promise<Session> {
  const addresses = await readAddresses(join(settings.data, 'run'));
  const composition = await compose({ role: 'command', settings, addresses, onProgress: null });
  const client = await createRunClient(addresses.directDatabaseUrl);
  say(
    context.terminal,
    paintRemark(context.terminal, 'dim', 'Working with the Assay that is running on this data folder.'),
  );
  return {
    composition,
    addresses,
    api: composition.createApi(client),
    run: (flow, parameters, origin) =>
      createStatusLine(context.terminal).during(flow, () => runToEnd(client, flow, parameters, origin)),
    close: async () => {
      await client.close();
      await composition.close();
    },
  };
}

/** Starts what a command needs in this process. Runs are taken only by commands that start one. */
async function own(asked: Settings, request: OwnRequest, status: StatusLine): Promise<Session> {
  const { tell } = status;
  const settings = request.simulated ? simulatedSettings(asked) : asked;
  const trouble = watchTrouble(tell);
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const lock = await trouble.orElse(holdFolder(settings.data, request.command, tell));
    closers.push(() => lock.release());
    await trouble.orElse(refuseUnusableServices(settings, lakeOf(settings, request.simulated)));
    const engines = await startEngines(settings, request.simulated, { postgres: 0, olap: 0 }, trouble);
    closers.push(() => engines.stop());
    if (settings.databaseUrl !== null) closers.push(whenDatabaseIsLost(engines.directDatabaseUrl, trouble.fail));
    const trackingPort = await chooseTrackingPort({ trackingPort: 0 });
    const addresses: ServiceAddresses = {
      databaseUrl: engines.databaseUrl,
      directDatabaseUrl: engines.directDatabaseUrl,
      olap: await trouble.orElse(engines.olap),
      trackingUrl: settings.trackingUrl ?? `http://127.0.0.1:${trackingPort}`,
      trackingToken: settings.trackingUrl === null ? settings.token : null,
      lake: lakeOf(settings, request.simulated),
      simulated: request.simulated,
    };
    const composition = await trouble.orElse(
      compose({ role: 'command', settings, addresses, onProgress: (message) => tell(`  ${message}`) }),
    );
    closers.push(() => trouble.unless(() => composition.close()));
    if (settings.trackingUrl === null) {
      const tracking = await serveTracking(composition, { host: '127.0.0.1', port: trackingPort });
      closers.push(() => tracking.close());
    }
    const runner = once(async () => {
      const executor = request.slot === undefined ? executorId(settings) : slotExecutorId(request.slot);
      const launched = await launchRunner(executor, addresses, composition, trouble.warn);
      closers.push(() => trouble.unless(() => launched.stop()));
      for (const runId of launched.leftover) tell(`Finishing ${runId}, which was cut off …`);
      for (const runId of launched.leftover) await launched.result(runId).catch(() => undefined);
      return launched;
    });
    return {
      composition,
      addresses,
      api: composition.createApi({
        start: async (flow, parameters) => (await runner()).start(flow, parameters),
        result: async (runId) => (await runner()).result(runId),
      }),
      run: (flow, parameters, origin) =>
        status.during(flow, () =>
          trouble.orElse(runner().then((launched) => runToEnd(launched, flow, parameters, origin))),
        ),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function runToEnd(
  runs: Pick<RunClient, 'start' | 'hasEnded' | 'result'>,
  flow: string,
  parameters: FlowParameters,
  { slot = `${flow}-${randomUUID()}`, trigger = 'manual' }: RunOrigin = {},
): Promise<SlotOutcome> {
  return runOnce(runs, { flow, parameters, slot, trigger });
}

function launchRunner(
  executor: string,
  { directDatabaseUrl: databaseUrl }: ServiceAddresses,
  composition: Composition,
  onWarning: (message: string) => void,
): Promise<DurableRunner> {
  const { flows, ports, journal, exclusively } = composition;
  return launchDurableRunner({
    databaseUrl,
    executorId: executor,
    ...{ flows, ports, journal, exclusively },
    schedules: 'unchanged',
    onWarning,
  });
}

/** The same promise for every caller. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}

/**
 * What ends a command before its work does: a signal, an engine that cannot be started again, or a disk so full that
 * the scheduler itself waits for space. An `up` sits such things out; a one-shot command says so and ends.
 */
function watchTrouble(tell: (line: string) => void): EngineEvents & Trouble {
  let end: (error: Error) => void = () => undefined;
  let isOver = false;
  const over = new Promise<never>((_, reject) => {
    end = (error) => {
      isOver = true;
      reject(error);
    };
  });
  over.catch(() => undefined);
  void stopRequest().asked.then((signal) => {
    const hint = 'What was done is kept; the next run goes on where this one stopped.';
    end(new PlatformError('INTERRUPTED', `Stopped by ${signal}.`, { hint }));
  });
  return {
    orElse: (work) => Promise.race([work, over]),
    fail: (failure) => end(failure),
    unless: (work) => (isOver ? Promise.resolve() : work()),
    warn: (message) => {
      // Engines that are being stopped break connections: no news.
      if (isOver) return;
      tell(message);
      if (!/No space left on device/i.test(message)) return;
      const hint = 'Free some space, then run it again: it goes on where it stopped, and nothing stored is lost.';
      end(new PlatformError('DISK_FULL', 'The disk of the warehouse is full.', { hint }));
    },
    onCrash: (engine, failure) => {
      if (failure === null) tell(`${engine} stopped by itself and runs again.`);
      else end(failure);
    },
  };
}

interface Trouble {
  /** The work's outcome, or the trouble that came first. */
  orElse<Value>(work: Promise<Value>): Promise<Value>;
  /** Does the work only while all is well: a flow that was cut off would keep its connections open. */
  unless(work: () => Promise<void>): Promise<void>;
  warn(message: string): void;
  /** Ends the command with a failure found beside its work. */
  fail(failure: Error): void;
}
