import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { createInstallation, type TestInstallation } from '../support/installation.ts';
import { type MadeHistory, makeHistory } from '../support/made-history.ts';
import { installedPostgres, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { noS3Server, type S3Server, s3Credentials, startS3Server } from '../support/s3-server.ts';
import { initialiseStack, type StackRole } from '../support/stack-secrets.ts';

const absent = [
  ...(installedPostgres(15) === null ? ['PostgreSQL 15'] : []),
  ...(noS3Server === null ? [] : ['an S3 server']),
];

describe.skipIf(absent.length > 0)(
  `moving an installation${absent.length > 0 ? ` (skipped: ${absent.join(', ')} absent)` : ''}`,
  () => {
    let history: MadeHistory;
    let replica: Replica;
    let postgres: PostgresServer;
    let s3: S3Server;
    let roles: Readonly<Record<StackRole, string>>;
    let here: TestInstallation;
    let back: TestInstallation;

    beforeAll(async () => {
      history = makeHistory();
      replica = await startReplica({ dataFolder: history.folder, port: 0, published: null });
      postgres = await startPostgresServer(15);
      roles = initialiseStack(postgres);
      s3 = await startS3Server();
      await s3.bucket('lake');
      const environment = { ASSAY_CBR_URL: replica.url, ASSAY_NOW: '2019-06-29T12:00:00Z', ...s3Credentials };
      here = createInstallation(environment);
      back = createInstallation(environment);
      const filled = await here.run(['up', '--once']);
      expect(filled.exitCode, filled.stderr).toBe(0);
    });
    afterAll(async () => {
      await Promise.allSettled([here?.remove(), back?.remove(), replica?.stop(), postgres?.stop(), s3?.stop()]);
      rmSync(history.folder, { recursive: true, force: true });
    });

    const configuration = (name: string, content: object) => {
      const file = join(here.data, name);
      writeFileSync(file, JSON.stringify(content));
      return file;
    };
    const servers = () =>
      configuration('servers.json', {
        data: here.data,
        databaseUrl: roles.app,
        lakeUrl: `s3://lake/gold?endpoint=${s3.endpoint}`,
      });

    it('to servers, cut off in the middle and gone on with, then back; rows and objects are the same', async () => {
      const owner = createInstallation({ DATABASE_OWNER_URL: roles.owner });
      expect((await owner.run(['migrate'])).exitCode).toBe(0);
      await owner.remove();
      // The bucket is lost on the way: nothing of the rows may be there.
      await s3.kill();
      const lost = await here.run(['migrate-store', '--to', servers()]);
      expect(lost.exitCode).toBe(1);
      await s3.start();
      const cut = here.start(['migrate-store', '--to', servers()]);
      await cut.untilSaid(/objects of the lake copied/);
      cut.kill('SIGKILL');
      await cut.exited;

      const there = await here.run(['migrate-store', '--to', servers(), '--json']);
      expect(there.exitCode, there.stderr).toBe(0);
      const moved = JSON.parse(there.stdout);
      expect(moved.tables['dm.quote_daily'].rows).toBe(history.dates.length * 4);
      expect(moved.objects).toBeGreaterThan(5);

      const embedded = configuration('embedded.json', { data: back.data });
      const again = createInstallation({ ...s3Credentials });
      const home = await again.run([
        'migrate-store',
        '--config',
        servers(),
        '--to',
        embedded,
        '--json',
        '--data',
        again.data,
      ]);
      await again.remove();
      expect(home.exitCode, home.stderr).toBe(0);
      expect(JSON.parse(home.stdout)).toEqual(moved);
      const objects = (data: string) =>
        readdirSync(join(data, 'lake', 'raw'), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')])
          .sort();
      expect(objects(back.data)).toEqual(objects(here.data));
    });

    it('nothing is new to the moved installation, whose next run writes no row', async () => {
      const rows = async (installation: TestInstallation) => {
        const result = await installation.run(['up', '--once']);
        expect(result.exitCode, result.stderr).toBe(0);
        const { rows: counts, next } = JSON.parse(result.stdout);
        return { next, data: Object.entries(counts).filter(([table]) => /^(raw|ods|dm)\./.test(table)) };
      };
      expect(await rows(back)).toEqual(await rows(here));
    });

    it('a target with rows of its own is refused, and so is the source itself', async () => {
      const database = await postgres.createDatabase();
      const other = createInstallation({ ASSAY_CBR_URL: replica.url, DATABASE_URL: postgres.url(database) });
      expect((await other.run(['sync', '--from', '2019-06-01', '--to', '2019-06-20'])).exitCode).toBe(0);
      await other.remove();
      const file = configuration('used.json', {
        data: here.data,
        databaseUrl: postgres.url(database),
        lakeUrl: `s3://lake/other?endpoint=${s3.endpoint}`,
      });
      const refused = await here.run(['migrate-store', '--to', file]);
      expect(refused.stderr).toMatch(/not empty: raw\.\w+ has rows/);
      expect(refused.exitCode).toBe(1);
      const same = await here.run(['migrate-store', '--to', configuration('same.json', { data: here.data })]);
      expect(same.stderr).toMatch(/is the source/);
      expect(same.exitCode).toBe(2);
    });
  },
);
