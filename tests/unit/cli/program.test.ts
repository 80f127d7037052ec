import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandTree, everyCommand } from '../../../src/cli/command-tree.ts';
import { documents } from '../../../src/cli/documents.ts';
import { examples } from '../../../src/cli/examples.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { packageRoot } from '../../../src/config/package-root.ts';
import { PlatformError } from '../../../src/domain/errors.ts';
import { createTestTerminal } from '../../support/terminal.ts';

const tree = commandTree(createProgram(createTestTerminal()));
const leaves = everyCommand(tree).filter(({ commands }) => commands.length === 0);

/** What the program says to words it refuses. */
async function refusalOf(words: readonly string[]): Promise<PlatformError> {
  const terminal = createTestTerminal();
  const failure = await createProgram(terminal)
    .parseAsync(words, { from: 'user' })
    .then(
      () => expect.fail('it was accepted'),
      (error: unknown) => error,
    );
  expect(failure).toBeInstanceOf(PlatformError);
  expect([terminal.stdout(), terminal.stderr()]).toEqual(['', '']);
  return failure as PlatformError;
}

describe('the command line', () => {
  it('has every command the design names', () => {
    const named =
      'up sync transform publish train compare promote rollback forecast nowcast score benchmark serve export backup restore doctor manifest replica demo init show runs completion';
    expect(tree.commands.map(({ name }) => name)).toEqual(expect.arrayContaining(named.split(' ')));
  });

  it('gives every command a summary, --json and an example that begins with its words', () => {
    for (const node of leaves) {
      expect(node.summary, node.path).not.toBe('');
      expect(
        node.options.map(({ long }) => long),
        node.path,
      ).toContain('--json');
      expect(node.examples.length, `${node.path} has no example`).toBeGreaterThan(0);
      for (const [line] of node.examples) expect(line.startsWith(node.path), line).toBe(true);
    }
    const paths = everyCommand(tree).map(({ path }) => path);
    expect(Object.keys(examples).filter((path) => !paths.includes(path))).toEqual([]);
  });

  it('shows only options that its commands know in the examples', () => {
    const global = tree.options.map(({ long }) => long);
    for (const node of leaves) {
      const known = [...node.options.map(({ long }) => long), ...global, '-r'];
      for (const [line] of node.examples) {
        const used = [...(line.split(' | ')[0] ?? '').matchAll(/(?<= )--[a-z-]+/g)].map(([option]) => option);
        expect(
          used.filter((option) => !known.includes(option)),
          line,
        ).toEqual([]);
      }
    }
  });

  it.each([
    [['tranform'], "Unknown command 'tranform'.", 'Did you mean transform?'],
    [['sync', '--form', '2020-01-01'], "Unknown option '--form'.", 'Did you mean --from?'],
    [['forecast', '--metal', 'glod'], "Option '--metal <metal>' argument 'glod' is invalid", 'Did you mean gold?'],
    [['show', 'sliver'], '"sliver" is not a metal', 'Did you mean silver?'],
    [['show', 'gold', '--height', '2'], '--height is "2"', '5..200'],
    [['show', '--from', '2020-02-01', '--to', '2020-01-01'], 'runs backwards', 'Swap'],
    [['completion', 'bsh'], 'no completion for "bsh"', 'Did you mean bash?'],
    [['export'], "Missing required argument 'table'.", 'assay export --help'],
    [['runs', '--watch', '0'], '--watch is "0"', '1..86400'],
  ])('%j is refused with what was probably meant', async (words, message, hint) => {
    const failure = await refusalOf(words);
    expect(failure.code).toBe('USAGE');
    expect(failure.message).toContain(message);
    expect(failure.hint).toContain(hint);
  });

  it('is described by documents that are up to date', () => {
    for (const [file, text] of Object.entries(documents())) {
      expect(readFileSync(join(packageRoot, file), 'utf8') === text, `${file} is stale: npm run docs:cli`).toBe(true);
    }
  });

  it('has a man page that man can show', (context) => {
    const page = join(packageRoot, 'docs', 'man', 'assay.1');
    try {
      execFileSync('man', ['--version'], { stdio: 'pipe' });
    } catch {
      context.skip('man is not installed here');
    }
    const shown = execFileSync('man', ['-l', page], { env: { ...process.env, MANWIDTH: '100' }, stdio: 'pipe' });
    expect(shown.toString()).toContain('EXIT STATUS');
  });
});
