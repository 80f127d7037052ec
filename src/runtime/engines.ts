import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { databaseAddress } from '../config/database-address.ts';
import { dataFolders, type Settings } from '../config/settings.ts';
import { type EmbeddedOlap, startOlap } from '../embedded/olap.ts';
import { type EmbeddedPostgres, startPostgres } from '../embedded/postgres.ts';
import { namingDiskFull } from './disk-full.ts';
import type { OlapAddress } from './service-addresses.ts';

export type EngineName = 'PostgreSQL' | 'ClickHouse';

/** The engines of one data folder, embedded or elsewhere. */
export interface Engines {
  readonly databaseUrl: string;
  /** The same, without a pooler between. */
  readonly directDatabaseUrl: string;
  /** Resolves once the analytical engine answers: nothing needs it before publishing. */
  readonly olap: Promise<OlapAddress>;
  /** Lines for people: what was started, adopted or made anew. */
  readonly remarks: readonly string[];
  stop(): Promise<void>;
}

export interface EnginePorts {
  readonly postgres: number;
  readonly olap: number;
}

export interface EngineEvents {
  /**
   * An embedded engine ended without being asked to. Told once with what keeps it from starting again, which is
   * then tried on and on, and once with null when it runs again.
   */
  onCrash(engine: EngineName, failure: Error | null): void;
}

const longestPauseMs = 8_000;

/**
 * Starts what is not reached by a URL. Engines that die are started again on the same port, so that pools of
 * other processes find them without being told.
 */
export async function startEngines(
  settings: Settings,
  simulated: boolean,
  ports: EnginePorts,
  events: EngineEvents,
): Promise<Engines> {
  const folders = dataFolders(settings, simulated);
  await mkdir(folders.run, { recursive: true });
  const olap = settings.clickhouseUrl === null ? keepOlap(folders.olap, ports.olap, events) : null;
  // A failure is seen by whoever awaits the address; until then it must not end the process.
  olap?.address.catch(() => undefined);
  try {
    const database =
      settings.databaseUrl === null ? await keepPostgres(folders.postgres, ports.postgres, events) : null;
    const databaseUrl = database?.url ?? databaseAddress(settings.databaseUrl as string);
    return {
      databaseUrl,
      directDatabaseUrl:
        settings.databaseDirectUrl === null ? databaseUrl : databaseAddress(settings.databaseDirectUrl),
      olap: olap?.address ?? Promise.resolve(serverAddress(settings.clickhouseUrl as string)),
      remarks: database?.adopted ? ['PostgreSQL was left running by an earlier process and was taken over.'] : [],
      stop: async () => {
        await Promise.all([database?.stop(), olap?.stop()]);
      },
    };
  } catch (error) {
    await olap?.stop();
    throw error;
  }
}

/** A server's address with its user and password taken out of the URL. */
export function serverAddress(text: string): OlapAddress {
  const url = new URL(text);
  const address = {
    username: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
    database: url.pathname.replace(/^\//, '') || 'assay',
  };
  return { url: url.origin, ...address };
}

/** The account programs under `dist/` or `src/` are started with: the same extension as this module. */
export function programPath(relative: string): string {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`../${relative}${extension}`, import.meta.url));
}

async function keepPostgres(folder: string, port: number, events: EngineEvents) {
  const life = { stopping: false };
  let engine: EmbeddedPostgres = await startPostgres({ dataFolder: folder, port });
  const { url, adopted, port: usedPort } = engine;
  const watch = async (watched: EmbeddedPostgres): Promise<void> => {
    await watched.exited;
    // stop() gives back the claim on the folder even though the server is gone.
    if (!life.stopping) await watched.stop();
    await restart('PostgreSQL', life, events, async () => {
      engine = await startPostgres({ dataFolder: folder, port: usedPort });
      void watch(engine);
      return engine;
    });
  };
  void watch(engine);
  return {
    url,
    adopted,
    stop: async () => {
      life.stopping = true;
      await engine.stop();
    },
  };
}

function keepOlap(folder: string, port: number, events: EngineEvents) {
  const life = { stopping: false };
  let engine: EmbeddedOlap | null = null;
  const start = async (onPort: number): Promise<EmbeddedOlap> => {
    engine = await startOlap({ dataFolder: folder, port: onPort });
    void watch(engine);
    return engine;
  };
  const watch = async (watched: EmbeddedOlap): Promise<void> => {
    await watched.exited;
    if (!life.stopping) await watched.stop();
    await restart('ClickHouse', life, events, () => start(watched.port));
  };
  const address = start(port).then(({ url, user, password, database }) => ({
    url,
    username: user,
    password,
    database,
  }));
  return {
    address,
    stop: async () => {
      life.stopping = true;
      await address.catch(() => undefined);
      await engine?.stop();
    },
  };
}

/**
 * Starts an engine that died, for as long as it takes: a full disk is emptied some day, a port is let go. One that
 * was started while everything stops is stopped as well.
 */
async function restart(
  name: EngineName,
  life: { readonly stopping: boolean },
  events: EngineEvents,
  start: () => Promise<{ stop(): Promise<void> }>,
): Promise<void> {
  let isTold = false;
  for (let pauseMs = 250; !life.stopping; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      const engine = await start();
      if (life.stopping) await engine.stop();
      else events.onCrash(name, null);
      return;
    } catch (error) {
      if (!isTold && !life.stopping) events.onCrash(name, namingDiskFull(error) as Error);
      isTold = true;
      await sleep(pauseMs, undefined, { ref: false });
    }
  }
}
