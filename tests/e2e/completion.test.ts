import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandTree } from '../../src/cli/command-tree.ts';
import { bashCompletion } from '../../src/cli/completion/bash.ts';
import { fishCompletion } from '../../src/cli/completion/fish.ts';
import { zshCompletion } from '../../src/cli/completion/zsh.ts';
import { createProgram } from '../../src/cli/program.ts';
import { createTestTerminal } from '../support/terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-completion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tree = commandTree(createProgram(createTestTerminal()));
const models = ['naive', 'theta', 'theta-best', 'ets'];

/** Line typed so far, and words that must, and must not, be offered. */
const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['assay tr', ['train', 'transform'], ['up']],
  ['assay sync --fr', ['--from'], ['--metal']],
  ['assay forecast --metal p', ['platinum', 'palladium'], ['gold']],
  ['assay train --models th', ['theta', 'theta-best'], ['ets']],
  ['assay compare n', ['naive'], ['theta']],
  ['assay export m', ['months'], ['quotes']],
  ['assay show ', ['gold', 'silver'], ['train']],
  ['assay completion f', ['fish'], ['bash']],
  ['assay export quotes --format nd', ['ndjson'], ['csv']],
];

function isThere(shell: string): boolean {
  return spawnSync(shell, ['--version']).status === 0;
}

describe('completion in bash', () => {
  const script = join(folder, 'assay.bash');
  writeFileSync(script, bashCompletion(tree, models));

  /** What the completion function answers to a line, with its words split as bash splits them. */
  function offered(line: string): string[] {
    const words = line.split(/ |(?<==)|(?==)/).map((word) => `'${word}'`);
    const ask = `source ${script}; COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _assay; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const answer = spawnSync('bash', ['--norc', '-c', ask]);
    expect(answer.stderr.toString()).toBe('');
    return answer.stdout.toString().trim().split('\n');
  }

  it.each(cases)('%j', (line, wanted, unwanted) => {
    const words = offered(line);
    expect(words).toEqual(expect.arrayContaining([...wanted]));
    expect(words.filter((word) => unwanted.includes(word))).toEqual([]);
  });

  it('goes on after options with values, equals signs and commas', () => {
    expect(offered('assay --data x --lang ru tr')).toContain('train');
    expect(offered('assay forecast --metal=g')).toEqual(['gold']);
    expect(offered('assay forecast --metal=')).toContain('silver');
    expect(offered('assay train --models naive,e')).toEqual(['naive,ets']);
    expect(offered('assay sync --da')).toContain('--data');
  });
});

describe('completion in fish', () => {
  it.skipIf(!isThere('fish')).each(cases)('%j (fish)', (line, wanted, unwanted) => {
    const script = join(folder, 'assay.fish');
    writeFileSync(script, fishCompletion(tree, models));
    const answer = spawnSync('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`], {
      env: { ...process.env, HOME: folder },
    });
    expect(answer.stderr.toString()).toBe('');
    const words = answer.stdout
      .toString()
      .split('\n')
      .map((row) => row.split('\t')[0] ?? '');
    expect(words).toEqual(expect.arrayContaining([...wanted]));
    expect(words.filter((word) => unwanted.includes(word))).toEqual([]);
  });
});

describe('completion in zsh', () => {
  it.skipIf(!isThere('zsh')).each(cases)('%j (zsh)', (line, wanted, unwanted) => {
    const script = join(folder, '_assay');
    writeFileSync(script, zshCompletion(tree, models));
    const words = zshOffers(line);
    expect(words).toEqual(expect.arrayContaining([...wanted]));
    expect(words.filter((word) => unwanted.includes(word))).toEqual([]);
  });
});

/** Types the line into an interactive zsh inside a pseudo-terminal, asks for the list, and reads the words it shows. */
function zshOffers(line: string): string[] {
  const driver = join(folder, 'driver.zsh');
  writeFileSync(
    driver,
    `zmodload zsh/zpty
TERM=dumb COLUMNS=200
zpty z zsh -f -i
zpty -w z "PS1=; unset zle_bracketed_paste; fpath=(${folder} \\$fpath); autoload -Uz compinit; compinit -u -D; setopt auto_list no_list_ambiguous no_beep; stty columns 200; print READY"
zpty -r -m z out '*READY*READY*'
zpty -w -n z "$1"$'\\t'
out=""
for i in {1..15}; do sleep 0.1; while zpty -r -t z more; do out+="$more"; done; done
print -r -- "$out"
zpty -d z
`,
  );
  const answer = spawnSync('zsh', ['-f', driver, line], { timeout: 15_000 });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's own commands are made of them
  const text = answer.stdout.toString().replaceAll(/\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0009\u000b-\u001f]/g, ' ');
  return text.split(/[\s=]+/);
}
