import { rmSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { makeCertificates } from '../support/certificates.ts';
import { createInstallation } from '../support/installation.ts';
import { type MadeHistory, makeHistory } from '../support/made-history.ts';
import { noPooler, startPooler } from '../support/pgbouncer.ts';
import { installedMajors, installedPostgres, startPostgresServer } from '../support/postgres-server.ts';
import { initialiseStack } from '../support/stack-secrets.ts';

let history: MadeHistory;
let replica: Replica;
const now = '2019-06-29T12:00:00Z';

beforeAll(async () => {
  history = makeHistory();
  replica = await startReplica({
    dataFolder: history.folder,
    port: 0,
    published: null,
  });
});
afterAll(async () => {
  await replica?.stop();
  rmSync(history.folder, { recursive: true, force: true });
});

/** The main job over servers, twice: what it says must be the same. */
async function runTwice(environment: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
  const installation = createInstallation({ ASSAY_CBR_URL: replica.url, ASSAY_NOW: now, ...environment });
  try {
    const outcomes: Record<string, unknown>[] = [];
    for (const round of [1, 2]) {
      const result = await installation.run(['up', '--once'], { timeoutMs: 300_000 });
      expect(result.exitCode, `round ${round}: ${result.stderr}`).toBe(0);
      const { quotes, champion, next, rows } = JSON.parse(result.stdout);
      const data = Object.fromEntries(Object.entries(rows).filter(([table]) => /^(raw|ods|dm)\./.test(table)));
      outcomes.push({ quotes, champion, next, rows: data });
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    return outcomes[0] ?? {};
  } finally {
    await installation.remove();
  }
}

async function migrateAs(owner: string): Promise<{ applied: string[]; left: string[] }> {
  const installation = createInstallation({ DATABASE_OWNER_URL: owner });
  try {
    const result = await installation.run(['migrate', '--json']);
    expect(result.exitCode, result.stderr).toBe(0);
    return JSON.parse(result.stdout);
  } finally {
    await installation.remove();
  }
}

describe.skipIf(installedMajors.length === 0)('PostgreSQL servers (skipped where none is installed)', () => {
  it.each(installedMajors)('%d: the owner lays the schema, the service role does all the work', async (major) => {
    const server = await startPostgresServer(major);
    try {
      const roles = initialiseStack(server);
      expect(await migrateAs(roles.owner)).toMatchObject({ left: [] });
      expect(await migrateAs(roles.owner)).toEqual({ applied: [], left: [] });
      const outcome = await runTwice({ DATABASE_URL: roles.app });
      expect(outcome).toMatchObject({ quotes: history.dates.length, champion: { stage: 'Production' } });
      const reader = new pg.Client({ connectionString: roles.bi });
      await reader.connect();
      const seen = await reader.query('select count(*)::int as runs from dm.pipeline_run');
      await reader.end();
      expect(seen.rows[0].runs).toBeGreaterThanOrEqual(2);
    } finally {
      await server.stop();
    }
  });
});

const canPool = installedPostgres(15) !== null && noPooler === null;
describe.skipIf(!canPool)(`encryption and a pooler${canPool ? '' : ` (skipped: ${noPooler})`}`, () => {
  it('works encrypted, and behind PgBouncer in transaction mode with the direct address beside it', async () => {
    const certificates = makeCertificates();
    const server = await startPostgresServer(15, ['ssl = on'], {
      'server.key': certificates.key,
      'server.crt': certificates.certificate,
      'pg_hba.conf': 'host all postgres 127.0.0.1/32 scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n',
    });
    const roles = initialiseStack(server);
    const pooler = await startPooler(roles.app);
    try {
      const verified = (url: string, authority = certificates.authority) =>
        `${url}?sslmode=verify-full&sslrootcert=${encodeURIComponent(authority)}`;
      await migrateAs(verified(roles.owner));
      await migrateAs(`${roles.owner}?sslmode=require`);
      const outcome = await runTwice({
        DATABASE_URL: pooler.through(roles.app),
        DATABASE_DIRECT_URL: verified(roles.app),
      });
      expect(outcome).toMatchObject({ quotes: history.dates.length });
      const refusals = [
        [{ DATABASE_URL: roles.app }, /encryption.*sslmode/s],
        [{ DATABASE_URL: verified(roles.app, certificates.stranger) }, /encryption.*sslrootcert/s],
        [{ DATABASE_URL: verified(roles.app, '/nowhere.crt') }, /cannot be read: \/nowhere.crt/],
        [{ DATABASE_URL: pooler.through(roles.app) }, /pooler.*DATABASE_DIRECT_URL/s],
      ] as const;
      for (const [environment, sentence] of refusals) {
        const installation = createInstallation({ ASSAY_CBR_URL: replica.url, ...environment });
        const result = await installation.run(['sync']);
        await installation.remove();
        expect(result.stderr).toMatch(sentence);
        expect(result.exitCode).toBe(1);
      }
    } finally {
      await pooler.stop();
      await server.stop();
    }
  });
});
