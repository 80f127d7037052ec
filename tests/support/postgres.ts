import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of the run's PostgreSQL, its `assay` database empty. */
    postgresUrl: string;
  }
}

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const templateLock = 4_106_230;

/**
 * A database of the caller's own on the run's PostgreSQL: empty, or, with `migrate`, cloned from a template that the
 * first caller of the run migrates.
 */
export async function createTestDatabase(options: { migrate?: boolean } = {}): Promise<TestDatabase> {
  const server = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = options.migrate ? await migratedTemplate(server) : 'template0';
  await onServer(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  return {
    url: databaseUrl(server, name),
    drop: () => onServer(server, async (client) => void (await client.query(`DROP DATABASE ${name} WITH (FORCE)`))),
  };
}

/** Workers take turns: the lock lives as long as the session that makes the template. */
async function migratedTemplate(server: string): Promise<string> {
  const name = 'assay_template';
  return onServer(server, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [templateLock]);
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate', [name]);
    if (found.rowCount === 1) return name;
    // A template that failed halfway is made anew.
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    await migrateDatabase(databaseUrl(server, name));
    await client.query(`ALTER DATABASE ${name} IS_TEMPLATE true`);
    return name;
  });
}

async function migrateDatabase(url: string): Promise<void> {
  const module = '../../src/adapters/warehouse/migrate.ts';
  const { migrate } = (await import(module)) as { migrate(url: string): Promise<unknown> };
  await migrate(url);
}

async function onServer<Result>(server: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
