import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the services of one installation are reached: what a process needs to take part. Holds secrets. */
export interface ServiceAddresses {
  readonly databaseUrl: string;
  /** The same database without a pooler between: for locks, notifications and what else belongs to a connection. */
  readonly directDatabaseUrl: string;
  readonly olap: OlapAddress;
  readonly trackingUrl: string;
  readonly trackingToken: string | null;
  /** A folder, or an `s3:` address. */
  readonly lake: string;
  readonly simulated: boolean;
}

export interface OlapAddress {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

const fileName = 'services.json';

/** Leaves the addresses for other commands of the same user: mode 0600, replaced whole. */
export async function writeAddresses(runFolder: string, addresses: ServiceAddresses): Promise<void> {
  const path = join(runFolder, fileName);
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(addresses), { mode: 0o600 });
  await rename(temporary, path);
}

export async function readAddresses(runFolder: string): Promise<ServiceAddresses> {
  return JSON.parse(await readFile(join(runFolder, fileName), 'utf8')) as ServiceAddresses;
}

export async function forgetAddresses(runFolder: string): Promise<void> {
  await rm(join(runFolder, fileName), { force: true });
}
