import { createRequire } from 'node:module';
import { PlatformError } from '../domain/errors.ts';

/** What the engine tells of a statement. Counts it does not know are absent. */
export interface ChdbResult {
  readonly bytes?: Uint8Array;
  readonly elapsed: number;
  readonly rowsRead?: number;
  readonly bytesRead?: number;
  readonly rowsWritten?: number;
  readonly bytesWritten?: number;
}

/** An opaque connection: its own settings, current database and temporary tables over the process's one engine. */
export type ChdbConnection = object & { readonly __brand?: 'chdb connection' };

/**
 * The native module of chdb. Its JavaScript layer is passed over: it formats parameters from JavaScript values, while
 * ours arrive in ClickHouse's own escaped form.
 */
export interface ChdbAddon {
  CreateConnection(folder: string, args: readonly string[]): ChdbConnection | null;
  /** Never while a statement runs on the connection: that aborts the engine. */
  CloseConnection(connection: ChdbConnection): void;
  QueryAsyncConnection(
    connection: ChdbConnection,
    sql: string,
    format: string,
    parameters?: Readonly<Record<string, string>>,
  ): Promise<ChdbResult>;
}

const platformPackages: Readonly<Record<string, string>> = {
  'darwin-arm64': '@chdb/lib-darwin-arm64',
  'darwin-x64': '@chdb/lib-darwin-x64',
  'linux-arm64': '@chdb/lib-linux-arm64-gnu',
  'linux-x64': '@chdb/lib-linux-x64-gnu',
};

const needed = ['CreateConnection', 'CloseConnection', 'QueryAsyncConnection'] as const;

/** Loads the native module of the installed chdb (0.3 s, 150 MB resident). Throws ENGINE_FAILED when there is none. */
export function loadChdb(): ChdbAddon {
  const platform = `${process.platform}-${process.arch}`;
  const name = platformPackages[platform];
  const hint =
    'Set CLICKHOUSE_URL to a ClickHouse server, or reinstall the packages (npm ci, without --omit=optional).';
  if (name === undefined) {
    throw new PlatformError('ENGINE_FAILED', `chdb has no build for ${platform}.`, { context: { platform }, hint });
  }
  let addon: Partial<ChdbAddon>;
  try {
    const fromHere = createRequire(import.meta.url);
    addon = createRequire(fromHere.resolve('chdb'))(name) as Partial<ChdbAddon>;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new PlatformError('ENGINE_FAILED', `chdb could not be loaded: ${said}`, { cause, context: { name }, hint });
  }
  const missing = needed.filter((entry) => typeof addon[entry] !== 'function');
  if (missing.length > 0) {
    throw new PlatformError('ENGINE_FAILED', `This version of chdb lacks ${missing.join(', ')}.`, {
      context: { name },
      hint,
    });
  }
  return addon as ChdbAddon;
}
