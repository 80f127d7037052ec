import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../../src/embedded/postgres.ts';

/** Rows of a query on the warehouse of a data folder that nobody uses at the moment. */
export async function askDatabase<Row extends pg.QueryResultRow>(data: string, sql: string): Promise<Row[]> {
  const server = await startPostgres({ dataFolder: join(data, 'postgres') });
  const client = new pg.Client({ connectionString: server.url });
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
    await server.stop();
  }
}
