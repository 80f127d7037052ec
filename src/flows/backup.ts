import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { PlatformError } from '../domain/errors.ts';
import type { Instant } from '../domain/moscow-time.ts';
import type { Archive, ArchivedTable } from '../ports/archive.ts';
import type { Clock } from '../ports/clock.ts';
import type { Lake } from '../ports/lake.ts';

export interface BackupPorts {
  readonly archive: Archive;
  readonly lake: Lake;
  /** Where the backup is kept: a lake of its own. */
  readonly vault: Lake;
  readonly clock: Clock;
}

interface Manifest {
  readonly format: 1;
  readonly createdAt: Instant;
  readonly simulated: boolean;
  readonly tables: Readonly<Record<string, { readonly key: string; readonly rows: number; readonly sha256: string }>>;
  readonly objects: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

export interface BackupReport {
  readonly createdAt: Instant;
  readonly tables: Readonly<Record<string, number>>;
  readonly objects: number;
  readonly bytes: number;
}

const manifestKey = 'manifest.json';
/** What cannot be made again: answers, what was refused, and the artefacts of runs and models. */
export const keptPrefixes = ['raw/', 'quarantine/', 'tracking/'] as const;

/**
 * Writes the warehouse and the lake into an empty vault. The manifest comes last and names every part with its hash:
 * a backup without one is unfinished and is refused by `restore`.
 */
export async function backup(request: { readonly simulated: boolean }, ports: BackupPorts): Promise<BackupReport> {
  const { archive, lake, vault, clock } = ports;
  await refuseUsedVault(vault);
  const createdAt = clock.now();
  const tables: Record<string, Manifest['tables'][string]> = {};
  for await (const { table, lines } of archive.dump()) {
    const bytes = gzipSync(lines.join('\n'));
    const key = `tables/${table}.ndjson.gz`;
    await vault.putIfAbsent(key, bytes);
    tables[table] = { key, rows: lines.length, sha256: sha256(bytes) };
  }
  const objects: Record<string, Manifest['objects'][string]> = {};
  // After the tables: whatever a row of the snapshot points to is in the lake by now.
  for (const prefix of keptPrefixes) {
    for await (const { key } of lake.list(prefix)) {
      const bytes = await lake.get(key);
      if (bytes === null) continue;
      await vault.putIfAbsent(`lake/${key}`, bytes);
      objects[key] = { bytes: bytes.length, sha256: sha256(bytes) };
    }
  }
  const manifest: Manifest = { format: 1, createdAt, simulated: request.simulated, tables, objects };
  await vault.putIfAbsent(manifestKey, Buffer.from(JSON.stringify(manifest, null, 2)));
  return describe(manifest);
}

/**
 * Brings a backup back into an empty installation, or changes nothing: first every hash is checked, then that the
 * warehouse is empty, then the lake is filled, and the tables come at once.
 */
export async function restore(
  request: { readonly simulated: boolean },
  ports: Omit<BackupPorts, 'clock'>,
): Promise<BackupReport> {
  const { archive, lake, vault } = ports;
  const manifest = await readManifest(vault);
  if (manifest.simulated !== request.simulated) {
    throw new PlatformError(
      'CONFLICT',
      'The backup and this installation differ: one holds simulated data, the other does not.',
      {
        context: { backupSimulated: manifest.simulated },
        hint: 'Restore into a data folder of the same kind.',
      },
    );
  }
  for (const [table, part] of Object.entries(manifest.tables)) await checked(vault, part.key, part.sha256, table);
  for (const [key, part] of Object.entries(manifest.objects)) await checked(vault, `lake/${key}`, part.sha256, key);
  await archive.restore(readLakeAndTables(vault, lake, manifest));
  return describe(manifest);
}

async function refuseUsedVault(vault: Lake): Promise<void> {
  for await (const { key } of vault.list('')) {
    throw new PlatformError('CONFLICT', `The backup folder is not empty: it holds ${key}.`, {
      context: { key },
      hint: 'Name a new folder, for example one with the date of today.',
    });
  }
}

async function readManifest(vault: Lake): Promise<Manifest> {
  const bytes = await vault.get(manifestKey);
  const manifest = bytes === null ? null : (JSON.parse(Buffer.from(bytes).toString('utf8')) as Manifest);
  if (manifest?.format === 1) return manifest;
  throw new PlatformError('INPUT_INVALID', 'The folder holds no finished backup of a format this version reads.', {
    context: { manifest: manifestKey },
    hint: 'Name the folder that `assay backup` wrote.',
  });
}

async function checked(vault: Lake, key: string, expected: string, what: string): Promise<Uint8Array> {
  const bytes = await vault.get(key);
  if (bytes !== null && sha256(bytes) === expected) return bytes;
  throw new PlatformError(
    'ARTEFACT_CORRUPT',
    `The backup's ${what} is ${bytes === null ? 'missing' : 'not what was written'}.`,
    {
      context: { key },
      hint: 'Nothing was restored. Use another backup.',
    },
  );
}

/** The warehouse asks for its first table once it has found itself empty: the lake is filled then, not before. */
async function* readLakeAndTables(vault: Lake, lake: Lake, manifest: Manifest): AsyncIterable<ArchivedTable> {
  for (const [key, { sha256: expected }] of Object.entries(manifest.objects)) {
    const bytes = await checked(vault, `lake/${key}`, expected, key);
    const isImmutable = key.startsWith('raw/') || key.startsWith('quarantine/');
    if (isImmutable) await lake.putIfAbsent(key, bytes);
    else await lake.replace(key, bytes);
  }
  for (const [table, { key, sha256: expected }] of Object.entries(manifest.tables)) {
    const text = gunzipSync(await checked(vault, key, expected, table)).toString('utf8');
    yield { table, lines: text === '' ? [] : text.split('\n') };
  }
}

function describe(manifest: Manifest): BackupReport {
  const sizes = Object.values(manifest.objects).map(({ bytes }) => bytes);
  return {
    createdAt: manifest.createdAt,
    tables: Object.fromEntries(Object.entries(manifest.tables).map(([table, { rows }]) => [table, rows])),
    objects: sizes.length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
