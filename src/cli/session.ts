import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssayApi } from '../api/contract.ts';
import { type Composition, compose } from '../compose.ts';
import type { Settings } from '../config/settings.ts';
import type { FlowParameters } from '../flows/flow.ts';
import { launchDurableRunner } from '../runtime/durable-runner.ts';
import { startEngines } from '../runtime/engines.ts';
import { executorId } from '../runtime/executor-id.ts';
import { askHolder } from '../runtime/folder-lock.ts';
import { chooseTrackingPort, lakeFolderOf, simulatedSettings } from '../runtime/installation.ts';
import { createRunClient } from '../runtime/run-client.ts';
import { readAddresses, type ServiceAddresses } from '../runtime/service-addresses.ts';
import { holdFolder } from '../runtime/supervisor.ts';
import { serveTracking } from '../runtime/tracking-server.ts';
import type { CommandContext } from './command-context.ts';
import { paint, say } from './output.ts';

/** The services a command works with: those of a running Assay, or its own for as long as it needs them. */
export interface Session {
  readonly composition: Composition;
  readonly api: AssayApi;
  readonly addresses: ServiceAddresses;
  /** Runs a flow to its end; throws the PlatformError it failed with. */
  run(flow: string, parameters: FlowParameters): Promise<{ runId: string; result: Readonly<Record<string, unknown>> }>;
  close(): Promise<void>;
}

/** Attaches to the Assay that holds the data folder, or takes the folder and starts what is needed. */
export async function openSession(
  context: CommandContext,
  request: { readonly command: string; readonly simulated: boolean },
): Promise<Session> {
  const { settings } = context.settings();
  await mkdir(settings.data, { recursive: true });
  const holder = await askHolder(settings.data);
  return holder !== null && (holder.command === 'up' || holder.command === 'demo')
    ? attach(context, settings)
    : own(context, settings, request);
}

async function attach(context: CommandContext, settings: Settings): Promise<Session> {
  const addresses = await readAddresses(join(settings.data, 'run'));
  const composition = await compose({ settings, addresses, onProgress: null });
  const client = await createRunClient(addresses.databaseUrl);
  say(context.terminal, paint(context.terminal, 'dim', 'Working with the Assay that is running on this data folder.'));
  return {
    composition,
    addresses,
    api: composition.createApi(client),
    run: async (flow, parameters) => {
      const { runId } = await client.start(flow, parameters);
      return { runId, result: await client.result(runId) };
    },
    close: async () => {
      await client.close();
      await composition.close();
    },
  };
}

async function own(
  context: CommandContext,
  asked: Settings,
  request: { readonly command: string; readonly simulated: boolean },
): Promise<Session> {
  const tell = (line: string) => say(context.terminal, paint(context.terminal, 'dim', line));
  const settings = request.simulated ? simulatedSettings(asked) : asked;
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const lock = await holdFolder(settings.data, request.command, tell);
    closers.push(() => lock.release());
    const engines = await startEngines(
      settings,
      request.simulated,
      { postgres: 0, olap: 0 },
      {
        onCrash: (engine, restarted, reason) =>
          tell(`${engine} stopped (${reason})${restarted ? ' and runs again' : ''}.`),
      },
    );
    closers.push(() => engines.stop());
    const trackingPort = await chooseTrackingPort({ trackingPort: 0 });
    const addresses: ServiceAddresses = {
      databaseUrl: engines.databaseUrl,
      olap: await engines.olap,
      trackingUrl: settings.trackingUrl ?? `http://127.0.0.1:${trackingPort}`,
      trackingToken: null,
      lakeFolder: lakeFolderOf(settings, request.simulated),
      simulated: request.simulated,
    };
    const composition = await compose({ settings, addresses, onProgress: (message) => tell(`  ${message}`) });
    closers.push(() => composition.close());
    if (settings.trackingUrl === null) {
      const tracking = await serveTracking(composition, { host: '127.0.0.1', port: trackingPort });
      closers.push(() => tracking.close());
    }
    const runner = await launchDurableRunner({
      databaseUrl: addresses.databaseUrl,
      executorId: executorId(settings),
      flows: composition.flows,
      ports: composition.ports,
      journal: composition.journal,
      exclusively: composition.exclusively,
      schedules: [],
      onWarning: tell,
    });
    closers.push(() => runner.stop());
    return {
      composition,
      addresses,
      api: composition.createApi(runner),
      run: async (flow, parameters) => {
        const { runId } = await runner.start(flow, parameters);
        return { runId, result: await runner.result(runId) };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
