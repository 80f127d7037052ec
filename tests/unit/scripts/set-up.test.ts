import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const scripts = join(import.meta.dirname, '../../../scripts');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-set-up-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('Node’s version', () => {
  test.each([
    ['20.19.0', true],
    ['20.18.3', false],
    ['18.20.8', false],
    ['22.0.0', true],
    ['20.20.2', true],
  ])('%s is new enough: %s', async (running, expected) => {
    const { isAtLeast, oldestNode } = await load('node-version.mjs');
    expect(isAtLeast(running, oldestNode)).toBe(expected);
  });

  test('too old a Node gets one sentence with both versions', () => {
    const source = `import { refuseOldNode } from ${JSON.stringify(pathToFileURL(join(scripts, 'node-version.mjs')).href)};
      refuseOldNode('18.0.0', '20.19.0');`;
    const outcome = spawnSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8' });
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toMatch(/^Assay needs Node 20\.19\.0 or newer, and this is Node 18\.0\.0\. .*\n$/);
  });
});

describe('installed packages against the lock', () => {
  const locked = {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0', integrity: 'x' },
    'node_modules/a-win32': { version: '1.0.0', optional: true },
  };

  test.each([
    ['the same', { 'node_modules/a': { version: '1.0.0', integrity: 'x' } }, true],
    ['another version', { 'node_modules/a': { version: '1.0.1', integrity: 'x' } }, false],
    ['another content', { 'node_modules/a': { version: '1.0.0', integrity: 'y' } }, false],
    ['one missing', {}, false],
  ])('%s', async (_, installed, expected) => {
    const { installedMatchesLock } = await load('freshness.mjs');
    expect(installedMatchesLock(locked, installed)).toBe(expected);
  });
});

describe('the set-up lock', () => {
  test('lets six processes through one by one', async () => {
    const journal = join(folder, 'journal');
    const source = `
      import { appendFileSync } from 'node:fs';
      import { withSetupLock } from ${JSON.stringify(pathToFileURL(join(scripts, 'setup-lock.mjs')).href)};
      await withSetupLock(${JSON.stringify(folder)}, async () => {
        appendFileSync(${JSON.stringify(journal)}, 'in ');
        await new Promise((resolve) => setTimeout(resolve, 30));
        appendFileSync(${JSON.stringify(journal)}, 'out ');
      });`;
    const codes = await Promise.all(Array.from({ length: 6 }, () => runNode(source)));
    expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
    expect(readFileSync(journal, 'utf8')).toBe('in out '.repeat(6));
  });

  test('takes over what a dead process left', async () => {
    const { withSetupLock } = await load('setup-lock.mjs');
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(join(folder, '.setup-lock'), String(dead));
    expect(await withSetupLock(folder, () => 7)).toBe(7);
  });
});

describe('the sum over the suites', () => {
  test('adds reports up and names what was skipped', () => {
    writeReport('one', [{ status: 'passed' }, { status: 'pending', title: 'waits for a server' }]);
    writeReport('two', [{ status: 'passed' }, { status: 'passed' }]);
    const outcome = sum();
    expect(outcome.stdout).toContain('waits for a server');
    expect(outcome.stdout.trimEnd().split('\n').at(-1)).toBe('3 passed, 0 failed, 1 skipped');
    expect(outcome.status).toBe(0);
  });

  test('fails on a failed test, and when no test ran', () => {
    expect(sum().status).toBe(1);
    writeReport('one', [{ status: 'passed' }, { status: 'failed' }]);
    expect(sum()).toMatchObject({ status: 1, stdout: expect.stringContaining('1 passed, 1 failed, 0 skipped') });
  });

  function sum() {
    return spawnSync(process.execPath, [join(scripts, 'sum-tests.mjs'), folder], { encoding: 'utf8' });
  }

  function writeReport(name: string, tests: readonly { status: string; title?: string }[]) {
    const count = (status: string) => tests.filter((each) => each.status === status).length;
    const assertionResults = tests.map((each) => ({ ancestorTitles: ['suite'], title: 'works', ...each }));
    const report = {
      numPassedTests: count('passed'),
      numFailedTests: count('failed'),
      testResults: [{ name, status: count('failed') > 0 ? 'failed' : 'passed', assertionResults }],
    };
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(report));
  }
});

/** The scripts are plain JavaScript, so that they run before anything is installed. */
function load(script: string) {
  return import(pathToFileURL(join(scripts, script)).href);
}

function runNode(source: string): Promise<number | null> {
  return new Promise((resolve) => {
    spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: 'ignore' }).on('exit', resolve);
  });
}
