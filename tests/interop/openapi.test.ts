import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config/package-root.ts';
import { type SampleServer, startSampleServer } from '../support/sample-server.ts';

const run = promisify(execFile);
const bin = join(process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay'), 'openapi', 'bin');
const isInstalled = existsSync(join(bin, 'schemathesis'));
const title = `the OpenAPI document${isInstalled ? '' : ' (checkers absent: run scripts/interop-openapi.sh)'}`;

describe.skipIf(!isInstalled)(title, () => {
  let server: SampleServer;
  beforeAll(async () => {
    server = await startSampleServer('normal', '');
  });
  afterAll(() => server?.close());

  it('is valid by the specification of OpenAPI 3.1', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'assay-openapi-')), 'openapi.json');
    writeFileSync(file, await (await fetch(`${server.url}/api/v1/openapi.json`)).text());
    const { stdout } = await run(join(bin, 'openapi-spec-validator'), [file]);
    expect(stdout).toMatch(/: OK\s*$/);
  });

  it('holds against requests made from it: schemathesis finds no failure', async () => {
    const { stdout } = await run(
      join(bin, 'schemathesis'),
      [
        ...['--config-file', join(packageRoot, 'tests', 'interop', 'schemathesis.toml')],
        ...['run', `${server.url}/api/v1/openapi.json`, '--no-color', '--seed', '20080702', '--max-examples', '3'],
        // A stream of events does not end by itself.
        ...['--exclude-path', '/events', '--request-timeout', '20', '--generation-deterministic'],
      ],
      { maxBuffer: 64 * 1024 * 1024, cwd: mkdtempSync(join(tmpdir(), 'assay-schemathesis-')) },
    ).catch((failure: { stdout?: string }) => ({ stdout: failure.stdout ?? String(failure) }));
    const summary = stdout.slice(stdout.lastIndexOf('SUMMARY')).trim();
    console.log(summary);
    const [, generated, passed] = /(\d+) generated, (\d+) passed/.exec(summary) ?? [];
    expect([generated, /❌/.test(summary)], stdout.slice(0, 4_000)).toEqual([passed, false]);
    expect(Number(generated)).toBeGreaterThan(500);
  }, 600_000);
});
