import { createHash } from 'node:crypto';
import { PlatformError } from '../domain/errors.ts';
import type { Archive } from '../ports/archive.ts';
import type { Lake } from '../ports/lake.ts';
import { keptPrefixes } from './backup.ts';

/** The stores of one installation. */
export interface Stores {
  readonly archive: Archive;
  readonly lake: Lake;
}

export interface MoveRequest {
  /** Both installations keep their lake in one place: it is compared with itself, and nothing is copied. */
  readonly hasOneLake: boolean;
}

export interface MovePorts {
  readonly from: Stores;
  readonly to: Stores;
  readonly onProgress: (line: string) => void;
}

/** What is now in both, compared row for row and byte for byte. */
export interface MoveReport {
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly sha256: string }>>;
  readonly objects: number;
  readonly bytes: number;
}

/**
 * Copies the warehouse and what cannot be made again of the lake into empty stores, and compares them afterwards. The
 * objects go first, each whole and skipped where it is there already; then all rows in one transaction: a move that was
 * cut off goes on when it is asked for again. Throws CONFLICT for a target that holds anything else, and CHECK_FAILED
 * where the copies differ.
 */
export async function moveStore(request: MoveRequest, ports: MovePorts): Promise<MoveReport> {
  const { from, to, onProgress } = ports;
  const wanted = await fingerprints(from.archive);
  const there = await fingerprints(to.archive);
  const isEmpty = Object.entries(there).every(([table, { rows }]) => rows === 0 || isSeeded(table));
  if (!isEmpty && differences(wanted, there).length > 0) throw notEmpty(there);
  if (!request.hasOneLake) await copyObjects(from.lake, to.lake, onProgress);
  if (differences(wanted, there).length > 0) {
    onProgress('copying the rows of the warehouse, all or none …');
    await to.archive.restore(from.archive.dump());
  }
  onProgress('comparing …');
  const differing = differences(wanted, await fingerprints(to.archive));
  if (differing.length > 0) throw unequal(differing);
  return { tables: wanted, ...(await compareObjects(from.lake, to.lake)) };
}

type Fingerprints = Record<string, { readonly rows: number; readonly sha256: string }>;

/** Every table by its rows, which a dump gives in an order of their own values. */
async function fingerprints(archive: Archive): Promise<Fingerprints> {
  const found: Fingerprints = {};
  for await (const { table, lines } of archive.dump()) {
    const hash = createHash('sha256');
    // The order of a dump follows the server's collation; that of the bytes is the same everywhere.
    for (const line of [...lines].sort()) hash.update(line).update('\n');
    found[table] = { rows: lines.length, sha256: hash.digest('hex') };
  }
  return found;
}

function differences(wanted: Fingerprints, there: Fingerprints): string[] {
  const tables = new Set([...Object.keys(wanted), ...Object.keys(there)]);
  return [...tables].filter((table) => wanted[table]?.sha256 !== there[table]?.sha256);
}

/** Rows that the schema itself, or the look that is being taken, writes. */
function isSeeded(table: string): boolean {
  return table.startsWith('tracking.') || table.startsWith('ops.');
}

async function copyObjects(from: Lake, to: Lake, onProgress: (line: string) => void): Promise<void> {
  const copied = new Map<string, number>();
  for (const prefix of keptPrefixes) for await (const { key, bytes } of to.list(prefix)) copied.set(key, bytes);
  let count = 0;
  for (const prefix of keptPrefixes) {
    for await (const { key, bytes: size } of from.list(prefix)) {
      const isThere = copied.get(key) === size;
      copied.delete(key);
      if (isThere) continue;
      const bytes = await from.get(key);
      if (bytes === null) continue;
      if (prefix === 'tracking/') await to.replace(key, bytes);
      else await to.putIfAbsent(key, bytes);
      count += 1;
      if (count % 200 === 0) onProgress(`${count} objects of the lake copied …`);
    }
  }
  const [stranger] = copied.keys();
  if (stranger !== undefined) throw strangeObject(stranger);
  onProgress(`${count} objects of the lake copied`);
}

async function compareObjects(from: Lake, to: Lake): Promise<{ objects: number; bytes: number }> {
  let [objects, bytes] = [0, 0];
  for (const prefix of keptPrefixes) {
    for await (const { key } of from.list(prefix)) {
      const [one, other] = await Promise.all([from.get(key), to.get(key)]);
      if (one === null) continue;
      if (other === null || Buffer.compare(one, other) !== 0) throw unequal([key]);
      objects += 1;
      bytes += one.length;
    }
  }
  return { objects, bytes };
}

function notEmpty(there: Fingerprints): PlatformError {
  const [table] = Object.entries(there).find(([name, { rows }]) => rows > 0 && !isSeeded(name)) ?? ['the warehouse'];
  return new PlatformError('CONFLICT', `The target is not empty: ${table} has rows that are not those of the source.`, {
    context: { table },
    hint: 'Name a database and a lake that hold nothing yet; the source was not touched.',
  });
}

function strangeObject(key: string): PlatformError {
  return new PlatformError('CONFLICT', `The target's lake is not empty: it holds ${key}, which the source does not.`, {
    context: { key },
    hint: 'Name a lake of its own for the target, such as another prefix of the bucket.',
  });
}

function unequal(what: readonly string[]): PlatformError {
  return new PlatformError('CHECK_FAILED', `After the copy the two differ in: ${what.join(', ')}.`, {
    context: { what },
    hint: 'See that nothing writes to either of them meanwhile, then start again with an empty target.',
  });
}
