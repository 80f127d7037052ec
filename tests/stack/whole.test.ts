import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedOlap, startOlap } from '../../src/embedded/olap.ts';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { installedMlflow, type RealMlflow, startRealMlflow } from '../interop/side-by-side/real-mlflow.ts';
import { buildEntry } from '../support/build.ts';
import { type CommandResult, createInstallation } from '../support/installation.ts';
import { type MadeHistory, makeHistory } from '../support/made-history.ts';
import { installedPostgres, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { noS3Server, type S3Server, s3Credentials, startS3Server } from '../support/s3-server.ts';
import { settledPort } from '../support/settled-port.ts';
import { initialiseStack, type StackRole } from '../support/stack-secrets.ts';

const absent = [
  ...(installedPostgres(15) === null ? ['PostgreSQL 15'] : []),
  ...(noS3Server === null ? [] : ['an S3 server']),
  ...(installedMlflow('3') === null ? ['MLflow 3'] : []),
];
const now = '2019-06-29T12:00:00Z';

/** What a run of the main job leaves that must not depend on where it is kept. */
interface Outcome {
  readonly quotes: number;
  readonly months: number;
  readonly champion: object;
  readonly next: object;
  readonly rows: Readonly<Record<string, number>>;
}

describe.skipIf(absent.length > 0)(
  `the whole stack${absent.length > 0 ? ` (skipped: ${absent.join(', ')} absent)` : ''}`,
  () => {
    let history: MadeHistory;
    let replica: Replica;
    let postgres: PostgresServer;
    let s3: S3Server;
    let mlflow: RealMlflow;
    let olap: EmbeddedOlap;
    let olapFolder: string;
    let roles: Readonly<Record<StackRole, string>>;
    let alone: Outcome;
    let buckets = 0;

    beforeAll(async () => {
      history = makeHistory();
      replica = await startReplica({ dataFolder: history.folder, port: 0, published: null });
      postgres = await startPostgresServer(15);
      roles = initialiseStack(postgres);
      s3 = await startS3Server();
      mlflow = await startRealMlflow('3', { database: roles.mlflow });
      olapFolder = mkdtempSync(join(tmpdir(), 'assay-stack-olap-'));
      await startClickHouse(await settledPort());
      alone = outcomeOf(await once({}));
    });
    afterAll(async () => {
      await Promise.allSettled([replica?.stop(), postgres?.stop(), s3?.stop(), mlflow?.stop(), olap?.stop()]);
      for (const folder of [history.folder, olapFolder]) rmSync(folder, { recursive: true, force: true });
    });

    async function startClickHouse(port: number): Promise<void> {
      const serverEntry = await buildEntry('src/embedded/olap-server.ts');
      olap = await startOlap({ dataFolder: olapFolder, port, serverEntry });
    }

    /** Servers with nothing of an earlier test in them: a database, a bucket, a database of ClickHouse. */
    async function freshServers(): Promise<Readonly<Record<string, string>>> {
      buckets += 1;
      await s3.bucket(`lake-${buckets}`);
      const database = await postgres.createDatabase('assay_owner');
      const as = (role: StackRole) => roles[role].replace(/\/assay$/, `/${database}`);
      const migrating = createInstallation({ DATABASE_OWNER_URL: as('owner') });
      const migrated = await migrating.run(['migrate']);
      await migrating.remove();
      expect(migrated.exitCode, migrated.stderr).toBe(0);
      return {
        DATABASE_URL: as('app'),
        CLICKHOUSE_URL: `http://${olap.user}:${olap.password}@127.0.0.1:${olap.port}/stack_${buckets}`,
        LAKE_URL: `s3://lake-${buckets}/lake?endpoint=${s3.endpoint}`,
        ...s3Credentials,
      };
    }

    async function once(environment: Readonly<Record<string, string>>): Promise<CommandResult> {
      const installation = createInstallation({ ASSAY_CBR_URL: replica.url, ASSAY_NOW: now, ...environment });
      try {
        return await installation.run(['up', '--once'], { timeoutMs: 300_000 });
      } finally {
        await installation.remove();
      }
    }

    it('gives on PostgreSQL, S3, ClickHouse and MLflow what one machine gives by itself, row for row', async () => {
      const servers = await freshServers();
      const first = outcomeOf(await once({ ...servers, MLFLOW_TRACKING_URI: mlflow.url }));
      expect(first).toEqual(alone);
      expect(outcomeOf(await once({ ...servers, MLFLOW_TRACKING_URI: mlflow.url }))).toEqual(alone);
      const runs = await fetch(`${mlflow.url}/api/2.0/mlflow/registered-models/search`).then((answer) => answer.json());
      expect(JSON.stringify(runs)).toContain('gold');
    });

    /** Servers by name: how each is lost and comes back, and the step during which it is. */
    const losses = [
      ['PostgreSQL', /transform: done/, () => postgres.kill(), () => postgres.start()],
      ['S3', /load: done/, () => s3.kill(), () => s3.start()],
      ['ClickHouse', /score: done|forecast gold: done/, loseClickHouse, () => startClickHouse(olap.port)],
    ] as const;

    async function loseClickHouse(): Promise<void> {
      process.kill(olap.pid, 'SIGKILL');
      await olap.exited;
      await olap.stop();
    }

    it.each(losses)(
      '%s goes away in the middle and comes back: the next run completes, no row is double',
      async (name, moment, lose, comeBack) => {
        const servers = await freshServers();
        const installation = createInstallation({ ASSAY_CBR_URL: replica.url, ASSAY_NOW: now, ...servers });
        try {
          const command = installation.start(['up', '--once']);
          await command.untilSaid(moment);
          await lose();
          await sleep(1_500);
          await comeBack();
          const result = await command.exited;
          // Either the step's own retries outlasted it, or the run failed by the step's name.
          if (result.exitCode !== 0) {
            expect(result.exitCode, result.stderr).toBe(1);
            expect(result.stderr).toMatch(/failed \(attempt \d\)/);
          }
          const again = await installation.run(['up', '--once'], { timeoutMs: 300_000 });
          expect(outcomeOf(again), name).toEqual(alone);
        } finally {
          await installation.remove();
        }
      },
    );

    /** Servers that stay away: the step that fails, and the setting that the last word names. */
    const absences = [
      [
        'PostgreSQL',
        /load: done/,
        () => postgres.kill(),
        () => postgres.start(),
        /(?:transform|publish|does not answer)/,
        /DATABASE_URL/,
      ],
      ['S3', /transform: done/, () => s3.kill(), () => s3.start(), /publish: failed \(attempt 3\)/, /LAKE_URL/],
      [
        'ClickHouse',
        /load: done/,
        loseClickHouse,
        () => startClickHouse(olap.port),
        /publish: failed \(attempt 3\).*does not answer/,
        /CLICKHOUSE_URL/,
      ],
    ] as const;

    it.each(absences)(
      '%s stays away: the step is tried again, then fails by its name and with the setting',
      async (_, moment, lose, comeBack, says, setting) => {
        const servers = await freshServers();
        const installation = createInstallation({ ASSAY_CBR_URL: replica.url, ASSAY_NOW: now, ...servers });
        try {
          const command = installation.start(['up', '--once']);
          await command.untilSaid(moment);
          await lose();
          const result = await command.exited;
          expect(result.exitCode, result.stderr).toBe(1);
          expect(result.stderr).toMatch(says);
          expect(result.stderr).toMatch(setting);
          await comeBack();
          const again = await installation.run(['up', '--once'], { timeoutMs: 300_000 });
          expect(outcomeOf(again)).toEqual(alone);
        } finally {
          await installation.remove();
        }
      },
    );

    it('MLflow goes away in the middle of a tournament and comes back: the next run completes', async () => {
      const database = roles.mlflow.replace(/mlflow$/, await postgres.createDatabase('mlflow'));
      let own = await startRealMlflow('3', { database });
      const servers = await freshServers();
      const installation = createInstallation({
        ...{ ASSAY_CBR_URL: replica.url, ASSAY_NOW: now, MLFLOW_TRACKING_URI: own.url },
        ...servers,
      });
      try {
        const command = installation.start(['up', '--once']);
        await command.untilSaid(/choose metals: done/);
        await own.stop();
        const result = await command.exited;
        expect(result.exitCode, result.stderr).toBe(1);
        expect(result.stderr).toMatch(/train gold: failed \(attempt \d\): The tracking server at/);
        expect(result.stderr).toMatch(/MLFLOW_TRACKING_URI/);
        own = await startRealMlflow('3', { database });
        expect(outcomeOf(await once({ ...servers, MLFLOW_TRACKING_URI: own.url }))).toEqual(alone);
      } finally {
        await own.stop();
        await installation.remove();
      }
    });
  },
);

function outcomeOf(result: CommandResult): Outcome {
  expect(result.exitCode, result.stderr).toBe(0);
  const { quotes, months, champion, next, rows } = JSON.parse(result.stdout);
  const data = Object.entries(rows as Record<string, number>).filter(([table]) => /^(raw|ods|dm)\./.test(table));
  return { quotes, months, champion, next, rows: Object.fromEntries(data) };
}
