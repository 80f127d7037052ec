import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { createInstallation, type TestInstallation } from '../support/installation.ts';
import { type MadeHistory, makeHistory } from '../support/made-history.ts';

let history: MadeHistory;
let replica: Replica;
let installation: TestInstallation;
const folder = mkdtempSync(join(tmpdir(), 'assay-backup-'));
const environment = () => ({ ASSAY_CBR_URL: replica.url, ASSAY_NOW: '2019-06-29T12:00:00Z' });

beforeAll(async () => {
  history = makeHistory();
  replica = await startReplica({ dataFolder: history.folder, port: 0, published: null });
  installation = createInstallation(environment());
  await summaryOf(installation);
});

afterAll(async () => {
  await installation?.remove();
  await replica?.stop();
  rmSync(history.folder, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

async function summaryOf(where: TestInstallation): Promise<{ rows: Record<string, number>; next: unknown }> {
  const result = await where.run(['up', '--once']);
  expect(result.exitCode, result.stderr).toBe(0);
  return JSON.parse(result.stdout);
}

/** Rows of the data layers: what ran is recorded by every run and is no data. */
function dataRows(rows: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(rows).filter(([table]) => /^(raw|ods|dm)\./.test(table)));
}

describe('with --json', () => {
  it.each([
    [['sync'], 0],
    [['sync', '--load-only'], 0],
    [['sync', '--from', '2018-01-01', '--to', '2018-02-01'], 0],
    [['transform', '--from', '2018-01-01'], 0],
    [['publish'], 0],
    [['forecast'], 0],
    [['score'], 0],
    [['runs'], 0],
    [['compare'], 0],
    [['manifest'], 0],
    [['doctor'], 0],
    [['export', 'quotes'], 0],
    [['export', 'months'], 0],
    [['export', 'forecast'], 0],
    [['export', 'facts'], 0],
    [['show'], 0],
    [['show', 'gold', '--from', '2019-01-01'], 0],
    [['nowcast'], 0],
    [['completion', 'bash'], 0],
    [['notify'], 0],
    [['alerts', 'list'], 0],
    [['alerts', 'log'], 0],
    [['alerts', 'preview', 'change-exceeds', '--percent', '1'], 0],
    [['alerts', 'add', 'new-record', '--to', 'me@example.org'], 0],
  ] as const)('%j prints one JSON document on stdout and nothing else', async (args, exitCode) => {
    const result = await installation.run([...args, '--json']);
    expect(result.exitCode, result.stderr).toBe(exitCode);
    expect(() => JSON.parse(result.stdout)).not.toThrow();
    expect(result.stderr).not.toContain('Warning');
    expect(result.stderr).not.toContain('\u001b[');
  });

  it.each([
    [['export', 'quotes', '--format', 'ndjson']],
    [['show', 'gold', '--ndjson']],
    [['runs', '--ndjson']],
    [['compare', '--ndjson']],
  ] as const)('%j prints one JSON document in each line', async (args) => {
    const { stdout, stderr, exitCode } = await installation.run(args);
    expect(exitCode, stderr).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
  });

  it.each([
    [['transform', '--from', 'yesterday'], 1, 'INPUT_INVALID'],
    [['export', 'nothing'], 2, 'USAGE'],
    [['completion', 'tcsh'], 2, 'USAGE'],
    [['tranform'], 2, 'USAGE'],
    [['forecast', '--metal', 'glod'], 2, 'USAGE'],
    [['alerts', 'remove', 'nothing'], 1, 'NOT_FOUND'],
    [['alerts', 'add', 'promotion', '--to', 'file:///etc/passwd'], 2, 'USAGE'],
    [['rollback'], 1, 'NOT_FOUND'],
    [['promote', '99'], 1, 'NOT_FOUND'],
    [['restore', join(tmpdir(), 'assay-no-such-backup')], 1, 'INPUT_INVALID'],
  ] as const)('%j ends with %i and tells %s on stderr, with an empty stdout', async (args, exitCode, code) => {
    const result = await installation.run([...args, '--json']);
    expect(result.stdout).toBe('');
    const line = result.stderr.split('\n').find((text) => text.startsWith('{"error"')) ?? result.stderr;
    expect(line).toContain(`"code":"${code}"`);
    expect(result.exitCode, result.stderr).toBe(exitCode);
  });
});

describe('the command line', () => {
  it.each([
    [['nonsense'], 2],
    [['sync', '--nonsense'], 2],
    [['forecast', '--metal', 'lead'], 2],
    [['--help'], 0],
    [['sync', '--help'], 0],
    [['--version'], 0],
  ] as const)('%j ends with %i', async (args, exitCode) => {
    const result = await installation.run(args);
    expect(result.exitCode, result.stderr).toBe(exitCode);
    if (exitCode === 0) expect(result.stdout).not.toBe('');
    else expect([result.stdout, result.stderr === '']).toEqual(['', false]);
  });

  it('refuses an unknown setting and names the nearest', async () => {
    const strange = createInstallation({ ASSAY_PRT: '1' });
    const result = await strange.run(['doctor']);
    await strange.remove();
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('ASSAY_PORT');
  });

  it('shows examples and exit codes in its help, and no colours into a pipe', async () => {
    const { stdout } = await installation.run(['--help']);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('Exit codes:');
    const table = await installation.run(['runs']);
    expect(table.stdout).toContain('daily');
    expect(table.stdout + table.stderr).not.toContain('\u001b[');
  });

  it('prints completions that bash can read', async () => {
    const { stdout, exitCode } = await installation.run(['completion', 'bash']);
    expect(exitCode).toBe(0);
    const script = join(folder, 'completion.bash');
    writeFileSync(script, stdout);
    expect(spawnSync('bash', ['-n', script]).stderr.toString()).toBe('');
    const words = spawnSync('bash', [
      '-c',
      `source ${script}; COMP_WORDS=(assay tr); COMP_CWORD=1; _assay; echo "\${COMPREPLY[@]}"`,
    ]);
    expect(words.stdout.toString().split(/\s+/)).toContain('transform');
    for (const shell of ['zsh', 'fish'])
      expect((await installation.run(['completion', shell])).stdout).toContain('transform');
  });
});

describe('in an empty folder', () => {
  it.each([
    [['show'], 1, 'NOT_FOUND', 'assay up --once'],
    [['show', 'gold'], 1, 'NOT_FOUND', 'assay up --once'],
    [['compare'], 1, 'NOT_FOUND', 'assay train'],
    [['train'], 6, 'NOT_READY', 'assay sync'],
    [['forecast'], 6, 'NOT_READY', 'assay sync'],
    [['promote'], 6, 'NOT_READY', 'assay'],
    [['rollback'], 1, 'NOT_FOUND', 'assay'],
  ] as const)('%j says what is missing and what to do', async (args, exitCode, code, next) => {
    const empty = createInstallation(environment());
    try {
      const result = await empty.run([...args, '--json']);
      expect(result.stdout).toBe('');
      expect(result.exitCode, result.stderr).toBe(exitCode);
      const said = JSON.parse(result.stderr.split('\n').find((line) => line.startsWith('{"error"')) ?? '{}');
      expect(said.error.code).toBe(code);
      expect(`${said.error.message} ${said.error.hint}`).toContain(next);
    } finally {
      await empty.remove();
    }
  });

  it.each([['runs'], ['score'], ['transform'], ['doctor'], ['manifest'], ['export quotes']])(
    '%s has nothing to tell, and is no failure',
    async (line) => {
      const empty = createInstallation(environment());
      try {
        const result = await empty.run([...line.split(' '), '--json']);
        expect(result.exitCode, result.stderr).toBe(0);
        expect(() => JSON.parse(result.stdout)).not.toThrow();
      } finally {
        await empty.remove();
      }
    },
  );
});

describe('assay init', () => {
  it('writes what differs from the defaults, and never over a file unless told', async () => {
    const there = mkdtempSync(join(tmpdir(), 'assay-init-'));
    const file = join(there, 'assay.json');
    const init = (args: readonly string[]) => installation.run(['init', '--config', file, ...args]);
    try {
      expect((await init(['--yes', '--lang', 'en', '--port', '9000'])).exitCode).toBe(0);
      const written = JSON.parse(readFileSync(file, 'utf8'));
      expect(written).toMatchObject({ lang: 'en', port: 9000 });
      const refused = await init(['--json']);
      expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
      expect(refused.stderr).toContain('CONFLICT');
      expect((await init(['--yes', '--port', '70000', '--force'])).exitCode).toBe(2);
      expect((await init(['--yes', '--host', '0.0.0.0', '--force'])).stderr).toContain('ASSAY_TOKEN');
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(written);
      expect((await init(['--yes', '--force'])).exitCode).toBe(0);
      expect(JSON.parse(readFileSync(file, 'utf8')).port).toBeUndefined();
    } finally {
      rmSync(there, { recursive: true, force: true });
    }
  });
});

describe('a backup', () => {
  const vault = join(folder, 'vault');

  it('brings everything back into a new folder, where the next run writes no new row', async () => {
    // The commands above asked for ranges of their own, which is recorded too.
    const before = await summaryOf(installation);
    const written = await installation.run(['backup', vault, '--json']);
    expect(written.exitCode, written.stderr).toBe(0);
    const copy = createInstallation(environment());
    try {
      const restored = await copy.run(['restore', vault, '--json']);
      expect(restored.exitCode, restored.stderr).toBe(0);
      expect(JSON.parse(restored.stdout)).toEqual(JSON.parse(written.stdout));
      const after = await summaryOf(copy);
      expect(dataRows(after.rows)).toEqual(dataRows(before.rows));
      expect(after.next).toEqual(before.next);
      const again = await copy.run(['restore', vault, '--json']);
      expect([again.exitCode, again.stdout]).toEqual([1, '']);
      expect(again.stderr).toContain('CONFLICT');
    } finally {
      await copy.remove();
    }
  });

  it('that is damaged is refused, and nothing is restored', async () => {
    const damaged = join(folder, 'damaged');
    cpSync(vault, damaged, { recursive: true });
    const objects = readdirSync(join(damaged, 'lake'), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const last = objects.at(-1) ?? expect.fail('the backup holds no object');
    writeFileSync(join(last.parentPath, last.name), 'not what was written');
    const copy = createInstallation(environment());
    try {
      const refused = await copy.run(['restore', damaged, '--json']);
      expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
      expect(refused.stderr).toContain('ARTEFACT_CORRUPT');
      expect(existsSync(join(copy.data, 'lake', 'raw'))).toBe(false);
      const runs = await copy.run(['runs', '--json']);
      expect(JSON.parse(runs.stdout)).toEqual([]);
    } finally {
      await copy.remove();
    }
  });
});
