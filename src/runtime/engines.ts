import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { dataFolders, type Settings } from '../config/settings.ts';
import { type EmbeddedOlap, startOlap } from '../embedded/olap.ts';
import { type EmbeddedPostgres, startPostgres } from '../embedded/postgres.ts';
import type { OlapAddress } from './service-addresses.ts';

/** The engines of one data folder, embedded or elsewhere. */
export interface Engines {
  readonly databaseUrl: string;
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
  /** An embedded engine ended without being asked to; it has been started again when `restarted`. */
  onCrash(engine: 'PostgreSQL' | 'ClickHouse', restarted: boolean, reason: string): void;
}

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
    return {
      databaseUrl: database?.url ?? (settings.databaseUrl as string),
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
  let stopping = false;
  let engine: EmbeddedPostgres = await startPostgres({ dataFolder: folder, port });
  const { url, adopted } = engine;
  const watch = async () => {
    await engine.exited;
    if (stopping) return;
    try {
      // stop() gives back the claim on the folder even though the server is gone.
      await engine.stop();
      engine = await startPostgres({ dataFolder: folder, port: engine.port });
      events.onCrash('PostgreSQL', true, 'its process ended');
      void watch();
    } catch (error) {
      events.onCrash('PostgreSQL', false, (error as Error).message);
    }
  };
  void watch();
  return {
    url,
    adopted,
    stop: async () => {
      stopping = true;
      await engine.stop();
    },
  };
}

function keepOlap(folder: string, port: number, events: EngineEvents) {
  let stopping = false;
  let engine: EmbeddedOlap | null = null;
  const start = async (onPort: number): Promise<OlapAddress> => {
    engine = await startOlap({ dataFolder: folder, port: onPort });
    void watch(engine);
    return { url: engine.url, username: engine.user, password: engine.password, database: engine.database };
  };
  const watch = async (watched: EmbeddedOlap) => {
    await watched.exited;
    if (stopping) return;
    try {
      await watched.stop();
      await start(watched.port);
      events.onCrash('ClickHouse', true, 'its process ended');
    } catch (error) {
      events.onCrash('ClickHouse', false, (error as Error).message);
    }
  };
  const address = start(port);
  return {
    address,
    stop: async () => {
      stopping = true;
      await address.catch(() => undefined);
      await engine?.stop();
    },
  };
}
