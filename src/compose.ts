import { createHash, randomUUID } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hono } from 'hono';
import type { Pool } from 'pg';
import { createExternalCompute } from './adapters/compute/external.ts';
import { createThreadCompute } from './adapters/compute/threads.ts';
import { createJournal } from './adapters/journal/postgres.ts';
import { createFsLake } from './adapters/lake/fs.ts';
import { openLake, probeLake } from './adapters/lake/open.ts';
import { createMessenger } from './adapters/messenger/messenger.ts';
import { createOlap } from './adapters/olap/clickhouse.ts';
import { createOlapPublisher } from './adapters/olap/publisher.ts';
import { createPictures } from './adapters/pictures/resvg.ts';
import { createCbrSource } from './adapters/price-source/cbr.ts';
import { createLbmaSource } from './adapters/price-source/lbma.ts';
import { createMoexSource } from './adapters/price-source/moex.ts';
import { createSimulatedSource } from './adapters/price-source/simulated.ts';
import { createReadModel, type ReadModel } from './adapters/read-model/postgres.ts';
import { sqlFile } from './adapters/sql-files.ts';
import { createMlflowArchive } from './adapters/tracking/mlflow-archive.ts';
import { createMlflowTracking } from './adapters/tracking/mlflow-client.ts';
import { createTrackingStore } from './adapters/tracking/postgres-store.ts';
import { openUiFolder } from './adapters/tracking/ui-folder.ts';
import { createAlertStore } from './adapters/warehouse/alert-store.ts';
import { createArchive } from './adapters/warehouse/archive.ts';
import { createExportReader } from './adapters/warehouse/export-reader.ts';
import { createFlowLock } from './adapters/warehouse/flow-lock.ts';
import { createForecastStore } from './adapters/warehouse/forecast-store.ts';
import { type LaidSchema, laySchema } from './adapters/warehouse/lay-schema.ts';
import { createMarketReader } from './adapters/warehouse/market-reader.ts';
import { ensureSchema } from './adapters/warehouse/migrate.ts';
import { createNowcastStore } from './adapters/warehouse/nowcast-store.ts';
import { createPool, rows } from './adapters/warehouse/pool.ts';
import { createRawStore } from './adapters/warehouse/raw-store.ts';
import { createSeriesReader } from './adapters/warehouse/series-reader.ts';
import { createTransformer } from './adapters/warehouse/transformer.ts';
import { createAlertsApi } from './api/alerts-api.ts';
import type { AssayApi, MetalName, ModelVersionView } from './api/contract.ts';
import { createWebApp } from './api/dashboard.ts';
import { createMlflowApi } from './api/mlflow/app.ts';
import { databaseAddress } from './config/database-address.ts';
import { packageVersion } from './config/package-root.ts';
import type { Settings } from './config/settings.ts';
import { isQuoteDate } from './domain/calendar/calendar.ts';
import { assert, PlatformError } from './domain/errors.ts';
import { instant } from './domain/moscow-time.ts';
import type { BackupPorts } from './flows/backup.ts';
import { readPair } from './flows/compare-pair.ts';
import { createModelFiles } from './flows/model-artefacts.ts';
import { movesOf, registeredNameOf, tag } from './flows/model-registry.ts';
import type { Stores } from './flows/move-store.ts';
import { pipelineFlows } from './flows/pipeline.ts';
import type { PipelinePorts } from './flows/pipeline-ports.ts';
import type { Clock } from './ports/clock.ts';
import type { Compute } from './ports/compute.ts';
import type { Journal } from './ports/journal.ts';
import type { Lake } from './ports/lake.ts';
import type { Olap } from './ports/olap.ts';
import type { PriceSource } from './ports/price-source.ts';
import type { Tracking } from './ports/tracking.ts';
import type { TrackingArchive } from './ports/tracking-archive.ts';
import type { TrackingStore } from './ports/tracking-store.ts';
import { layDurableSchema } from './runtime/durable-schema.ts';
import { observeJournal } from './runtime/observed-journal.ts';
import { memoryBelow } from './runtime/process-memory.ts';
import type { ServiceAddresses } from './runtime/service-addresses.ts';

export interface ComposeRequest {
  /** What this process is: shown by the database's list of connections. */
  readonly role: 'web' | 'worker' | 'command';
  readonly settings: Settings;
  readonly addresses: ServiceAddresses;
  /** Told a line per step and note of flows that run in this process; null where none do. */
  readonly onProgress: ((line: string) => void) | null;
}

/** Starts flows for whoever shows pages: the durable runner of this process, or a client of another's. */
export interface FlowStarter {
  start(flow: string, parameters: Readonly<Record<string, unknown>>): Promise<{ runId: string }>;
  result(runId: string): Promise<Readonly<Record<string, unknown>>>;
}

export interface PartHealth {
  readonly name: 'warehouse' | 'olap' | 'lake' | 'tracking' | 'source' | 'worker';
  readonly state: 'ok' | 'degraded' | 'down' | 'unknown';
  readonly detail: string;
}

/** Every port joined to its adapter: the only place that knows both. */
export interface Composition {
  readonly ports: PipelinePorts;
  readonly flows: typeof pipelineFlows;
  readonly journal: Journal;
  readonly exclusively: ReturnType<typeof createFlowLock>;
  createApi(starter: FlowStarter): AssayApi;
  webApp(api: AssayApi): Hono;
  /** With the folder of an installed MLflow, its pages are at the root. */
  trackingApp(options?: { readonly uiFolder: string | null }): Promise<Hono>;
  /** The warehouse and the lake as stores to be copied whole. */
  readonly stores: Stores;
  backupPorts(folder: string): Promise<BackupPorts>;
  describeData(): Promise<{ rows: number; last: string | null }>;
  examine(): Promise<readonly PartHealth[]>;
  close(): Promise<void>;
}

/** Work on all cores alone, for what needs no data folder and no service. */
export function composeCompute(): Compute {
  return createThreadCompute();
}

/** A tracking server by its address, to copy from or to; needs no other service. */
export function composeArchive(options: {
  readonly url: string;
  readonly token?: string | undefined;
}): TrackingArchive {
  return createMlflowArchive(options);
}

/** Lays the whole schema of a PostgreSQL server as its owner. */
export function composeSchema(ownerUrl: string): Promise<LaidSchema> {
  return laySchema(databaseAddress(ownerUrl), layDurableSchema);
}

export { databaseAnswers, refuseUnusableServices } from './adapters/usable-services.ts';
export { letReaderIn } from './adapters/warehouse/reader-role.ts';

/** Joins every port to its adapter over services that run. Lays or renews the warehouse's schema first. */
export async function compose(request: ComposeRequest): Promise<Composition> {
  const { settings, addresses } = request;
  await ensureSchema(addresses.directDatabaseUrl);
  const systemClock: Clock = { now: () => instant(Date.now()) };
  const stopped = settings.now === null ? null : instant(Date.parse(settings.now));
  const clock: Clock = stopped === null ? systemClock : { now: () => stopped };
  const pools = openPools(addresses, `assay ${request.role}`);
  const { pool, directPool } = pools;
  const lake = openLake(addresses.lake);
  const olap = createOlap({ ...addresses.olap, user: addresses.olap.username, cluster: settings.clickhouseCluster });
  const store = createTrackingStore({ databaseUrl: addresses.directDatabaseUrl, clock: systemClock });
  // What ran is told in real time, even where the data's own clock is stopped.
  const journal = createJournal(pool, systemClock);
  const ports = createPorts({ pool, lake, olap, settings, addresses, systemClock }, clock, request.role);
  const parts = { pool, directPool, lake, olap, store, ports, settings, addresses, systemClock };
  return {
    ports,
    flows: pipelineFlows,
    journal: request.onProgress === null ? journal : observeJournal(journal, request.onProgress),
    exclusively: createFlowLock(directPool),
    createApi: (starter) => createApi(parts, starter),
    webApp: (api) =>
      createWebApp({
        api,
        version: packageVersion,
        defaultLang: settings.lang,
        guardOptions: { token: settings.token ?? undefined, allowedHosts: allowedHosts(settings) },
        // Forms stay good over a restart: the secret is made of one that the installation keeps anyway.
        secret: createHash('sha256').update(`forms ${addresses.databaseUrl}`).digest(),
        newId: randomUUID,
        onBug: (error) => console.error(error),
      }),
    trackingApp: async (options) =>
      createMlflowApi({
        store,
        lake,
        pages: options?.uiFolder ? await openUiFolder(options.uiFolder) : undefined,
        token: settings.token ?? undefined,
        allowedHosts: allowedHosts(settings),
        onError: (error, path) => console.error(path, error),
      }),
    stores: { archive: createArchive(directPool), lake },
    backupPorts: async (folder) => {
      const vault = createFsLake({ folder: resolve(folder) });
      return { archive: createArchive(directPool), lake, vault, clock: systemClock };
    },
    describeData: async () => {
      const { quotes, lastDate } = await createReads(parts).summary({ metal: 'gold' });
      return { rows: quotes, last: lastDate };
    },
    examine: () => examineParts(parts),
    close: async () => {
      await Promise.all([olap.close(), store.close(), pools.end()]);
    },
  };
}

/** Behind a pooler a connection is nobody's for long: what needs one of its own goes past it. */
function openPools({ databaseUrl, directDatabaseUrl }: ServiceAddresses, applicationName: string) {
  const isPooled = databaseUrl !== directDatabaseUrl;
  const pool = createPool(databaseUrl, { maxConnections: 8, applicationName, isPooled });
  const directPool = isPooled ? createPool(directDatabaseUrl, { maxConnections: 2, applicationName }) : pool;
  return { pool, directPool, end: () => Promise.all([pool.end(), ...(isPooled ? [directPool.end()] : [])]) };
}

interface Parts {
  readonly pool: Pool;
  readonly directPool: Pool;
  readonly lake: Lake;
  readonly olap: Olap;
  readonly store: TrackingStore;
  readonly ports: PipelinePorts;
  readonly settings: Settings;
  readonly addresses: ServiceAddresses;
  readonly systemClock: Clock;
}

function createPorts(
  parts: Omit<Parts, 'ports' | 'store' | 'directPool'>,
  clock: Clock,
  role: ComposeRequest['role'],
): PipelinePorts {
  const { pool, lake, olap, settings, addresses, systemClock } = parts;
  return {
    source: createSource(settings, addresses, clock),
    drivers: createDrivers(settings, addresses, { clock, paceClock: systemClock }),
    lake,
    raw: createRawStore(pool),
    transformer: createTransformer(pool),
    series: createSeriesReader(pool),
    market: createMarketReader(pool),
    nowcasts: createNowcastStore(pool),
    forecasts: createForecastStore(pool),
    exporter: createExportReader(pool),
    tracking: createMlflowTracking({
      url: addresses.trackingUrl,
      clock: systemClock,
      ...(addresses.trackingToken === null ? {} : { token: addresses.trackingToken }),
    }),
    compute: createCompute(role, settings),
    pictures: createPictures(),
    publisher: createOlapPublisher(olap, settings.clickhouseCluster),
    clock,
    alerts: createAlertStore(pool),
    messenger: createMessenger({
      secret: settings.alertSecret,
      telegramUrl: settings.telegramUrl,
      smtpUrl: settings.smtpUrl,
      from: settings.alertFrom,
      userAgent: `Assay/${packageVersion}`,
      clock: systemClock,
    }),
    postClock: systemClock,
    simulated: addresses.simulated,
  };
}

/**
 * Programs and modules of a person's own run only in the command that this person gave: whoever may start runs of a
 * service over HTTP must not thereby start programs on its machine.
 */
function createCompute(role: ComposeRequest['role'], settings: Settings): Compute {
  const threads = createThreadCompute(settings.threads === 0 ? {} : { threads: settings.threads });
  if (role !== 'command') return threads;
  const { PATH = '/usr/local/bin:/usr/bin:/bin', HOME = '/' } = process.env;
  return createExternalCompute(threads, { folder: process.cwd(), environment: { PATH, HOME } });
}

function createSource(settings: Settings, addresses: ServiceAddresses, clock: Clock): PriceSource {
  if (addresses.simulated) return createSimulatedSource({ seed: 1, clock, isQuoteDate });
  return createCbrSource({ baseUrl: settings.cbrUrl, clock, userAgent: `Assay/${packageVersion}` });
}

/** Optional sources, off until their address is set; simulated prices have no London behind them. */
function createDrivers(
  settings: Settings,
  addresses: ServiceAddresses,
  clocks: { readonly clock: Clock; readonly paceClock: Clock },
): PriceSource[] {
  if (addresses.simulated) return [];
  const userAgent = `Assay/${packageVersion}`;
  return [
    ...(settings.lbmaUrl === null ? [] : [createLbmaSource({ baseUrl: settings.lbmaUrl, userAgent, ...clocks })]),
    ...(settings.moexUrl === null ? [] : [createMoexSource({ baseUrl: settings.moexUrl, userAgent, ...clocks })]),
  ];
}

function createReads(parts: Parts): ReadModel {
  const { pool, directPool, lake, ports } = parts;
  return createReadModel({
    pool,
    directPool,
    lake,
    clock: ports.clock,
    version: packageVersion,
    source: ports.source,
    versions: (metal) => readVersions(ports.tracking, metal),
    components: () => examineParts(parts),
    // The web process is a child of the supervisor, as are all the others.
    memory: () => memoryBelow(process.ppid),
  });
}

/** Reads come from the warehouse; whatever changes something is a run, so that it is recorded and never raced. */
function createApi(parts: Parts, starter: FlowStarter): AssayApi {
  const reads = createReads(parts);
  const act = async (flow: string, metal: MetalName, parameters: Readonly<Record<string, unknown>>) => {
    const { runId } = await starter.start(flow, { metal, by: 'dashboard', ...parameters });
    await starter.result(runId);
    const version = (await readVersions(parts.ports.tracking, metal)).find(({ stage }) => stage === 'Production');
    assert(version !== undefined, 'a promotion or rollback that succeeded leaves a version in Production');
    return version;
  };
  return {
    ...reads,
    ...createModelFiles(reads, parts.ports.tracking),
    pair: (metal, first, second) => readPair(reads, metal, first, second),
    alerts: createAlertsApi({ ...parts.ports, newId: randomUUID, defaultLang: parts.settings.lang }),
    startRun: (flow, parameters) => starter.start(flow, parameters),
    promote: (metal, version, reason) => act('promote', metal, { version, reason }),
    rollback: (metal, reason) => act('rollback', metal, { reason }),
    decideHeld: async (held, decision, reason) => {
      await reads.decideHeld(held, decision, reason);
      await starter.start('transform', {});
    },
  };
}

async function readVersions(tracking: Tracking, metal: MetalName): Promise<ModelVersionView[]> {
  const versions = await tracking.versions(registeredNameOf(metal));
  return versions.map((one) => ({
    name: one.name,
    version: one.version,
    stage: one.stage,
    runId: one.runId,
    model: one.tags[tag.model] ?? 'unknown',
    createdAt: instant(one.createdAtMs),
    moves: movesOf(one),
  }));
}

/** Asks every part whether it answers, all at once, none for longer than a moment. */
async function examineParts(parts: Parts): Promise<PartHealth[]> {
  const { pool, olap, addresses, settings, ports } = parts;
  const origin = (url: string | null, embedded: string) => (url === null ? embedded : 'server');
  return Promise.all([
    part('warehouse', `PostgreSQL, ${origin(settings.databaseUrl, 'embedded')}`, () => pool.query('select 1')),
    part('olap', `ClickHouse, ${origin(settings.clickhouseUrl, 'embedded')}`, () => olap.ping()),
    part('tracking', addresses.trackingUrl, () => ports.tracking.versions(registeredNameOf('gold'))),
    ...recordedParts(parts),
  ]);
}

/**
 * The lake, the source and the worker are judged by what they left in the database as well: a lake is missing only
 * where something was fetched, and asking the Bank for a look would be rude.
 */
function recordedParts({ pool, ports, settings, addresses }: Parts): Promise<PartHealth>[] {
  // Without the database nothing is known of them; that it is down is told by its own part.
  const recorded = rows<RecordedHealth>(pool, sqlFile('postgres/read/part-health.sql')).catch(() => []);
  const address = ports.source.simulated ? 'simulated' : settings.cbrUrl;
  const source = async (): Promise<PartHealth> => {
    const last = (await recorded)[0]?.last_extract ?? null;
    if (last === null) return { name: 'source', state: 'unknown', detail: `${address}: not asked yet` };
    const state = last.status === 'failed' ? 'degraded' : 'ok';
    return { name: 'source', state, detail: [address, last.error?.split('\n')[0]].filter(Boolean).join(': ') };
  };
  const lake = async (): Promise<PartHealth> => {
    const found = await part('lake', addresses.lake, () => probeLake(addresses.lake));
    const isNew = found.state === 'down' && (await recorded)[0]?.last_extract === null;
    return isNew ? { name: 'lake', state: 'unknown', detail: `${addresses.lake}: nothing kept yet` } : found;
  };
  const worker = async (): Promise<PartHealth> => {
    const connected = ((await recorded)[0]?.workers ?? 0) > 0;
    return { name: 'worker', state: connected ? 'ok' : 'unknown', detail: connected ? 'connected' : 'not running' };
  };
  return [lake(), source(), worker()];
}

interface RecordedHealth {
  readonly last_extract: { readonly status: string; readonly error: string | null } | null;
  readonly workers: number;
}

async function part(name: PartHealth['name'], detail: string, ask: () => Promise<unknown>): Promise<PartHealth> {
  const late = new AbortController();
  try {
    await Promise.race([
      ask(),
      sleep(3_000, undefined, { signal: late.signal, ref: false }).then(() => {
        throw new PlatformError('TIMEOUT', 'It did not answer within 3 s.');
      }),
    ]);
    return { name, state: 'ok', detail };
  } catch (error) {
    return { name, state: 'down', detail: `${detail}: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    late.abort();
  }
}

/** Names, besides loopback, under which a server that listens further is asked: whoever comes needs the token. */
function allowedHosts(settings: Settings): readonly string[] {
  return ['0.0.0.0', '::'].includes(settings.host) ? [hostname(), ...addressesOfThisMachine()] : [settings.host];
}

function addressesOfThisMachine(): string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}
