import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOlap } from '../../src/adapters/olap/clickhouse.ts';
import {
  type ClickhouseServer,
  clickhousePassword,
  noClickhouseServer,
  startClickhouseServer,
} from '../support/clickhouse-server.ts';
import { createInstallation } from '../support/installation.ts';

/** The only server that can be had here is of 2018: too old for our SQL, and real in all that surrounds it. */
describe.skipIf(noClickhouseServer !== null)(
  `a real ClickHouse server, 18.16${noClickhouseServer === null ? '' : ` (skipped: ${noClickhouseServer})`}`,
  () => {
    let server: ClickhouseServer;
    beforeAll(async () => {
      server = await startClickhouseServer();
    });
    afterAll(() => server?.stop());

    const refused = async (words: readonly string[], url: string): Promise<string> => {
      const installation = createInstallation({ ASSAY_CBR_URL: 'http://127.0.0.1:9', CLICKHOUSE_URL: url });
      try {
        const { exitCode, stderr, stdout } = await installation.run(words, { timeoutMs: 60_000 });
        expect(exitCode, stderr).toBe(1);
        expect(stderr).not.toMatch(/\n\s+at |Error:|e\.what/);
        expect(stdout).toBe('');
        for (const begun of ['lake', 'postgres', 'olap'])
          expect(existsSync(join(installation.data, begun))).toBe(false);
        return stderr;
      } finally {
        await installation.remove();
      }
    };
    const tooOld = /ClickHouse 18\.16\.1 is too old\.\s+Name a server of 23\.8 or newer in CLICKHOUSE_URL/;

    it.each([['up', '--once'], ['publish']])(
      'is too old for assay %s, with the setting to change',
      async (...words) => {
        expect(await refused(words, server.as('assay_app', clickhousePassword))).toMatch(tooOld);
        expect((await server.ask('assay_app', 'SHOW DATABASES')).said.split('\n')).not.toContain('assay');
      },
    );

    it.each([
      ['wrong password', 'assay_app', /Wrong password for user assay_app/],
      ['unknown user', 'nobody', /Unknown user nobody/],
      ['user without a password, whom users.xml takes away', 'default', /Unknown user default/],
    ])('%s', async (_, user, says) => {
      const said = await refused(['publish'], server.as(user, 'x'));
      expect(said).toMatch(says);
      expect(said).toMatch(/Check the user and the password in CLICKHOUSE_URL/);
    });

    it('takes the services and readers of users.xml: by hashes, readers without the right to change', async () => {
      expect(await server.ask('assay_app', 'SELECT 1')).toEqual({ status: 200, said: '1\n' });
      expect(await server.ask('assay_app', 'CREATE TABLE default.mine (x Int8) ENGINE = Memory')).toMatchObject({
        status: 200,
      });
      expect((await server.ask('assay_bi', 'SELECT count() FROM default.mine')).said).toBe('0\n');
      for (const statement of ['INSERT INTO default.mine VALUES (1)', 'DROP TABLE default.mine']) {
        expect((await server.ask('assay_bi', statement)).said).toMatch(/readonly mode/);
      }
      expect((await server.ask('assay_bi', 'SELECT number FROM system.numbers LIMIT 1000001')).said).toMatch(
        /max.*1000000|Limit for/,
      );
    });

    it('that is killed is one that does not answer, and answers again when it is back', async () => {
      const olap = createOlap({ url: server.as('assay_app', clickhousePassword, 'default') });
      try {
        const long = olap.rows(
          'SELECT sum(sleepEachRow(0.2)) AS nothing FROM (SELECT number FROM system.numbers LIMIT 100) SETTINGS max_block_size = 1',
        );
        const failed = expect(long).rejects.toMatchObject({
          code: 'STORE_UNAVAILABLE',
          hint: expect.stringContaining('CLICKHOUSE_URL'),
        });
        await sleep(500);
        await server.kill();
        await failed;
        expect(await refused(['publish'], server.as('assay_app', clickhousePassword))).toMatch(
          /does not answer.*CLICKHOUSE_URL/s,
        );
        await server.start();
        expect(await olap.rows('SELECT version() AS version')).toEqual([{ version: '18.16.1' }]);
      } finally {
        await olap.close();
      }
    });
  },
);
