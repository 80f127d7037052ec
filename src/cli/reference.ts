import { settingDefinitions } from '../config/settings.ts';
import { type CommandNode, everyCommand, type OptionNode } from './command-tree.ts';
import { exitCodes } from './examples.ts';

/** The guide to the command line as Markdown. */
export function referenceMarkdown(root: CommandNode): string {
  const [, ...commands] = everyCommand(root);
  const leaves = commands.filter((node) => node.commands.length === 0);
  const parts = [
    '# The command line',
    'Made by `npm run docs:cli` from the program itself; edit `src/cli`.',
    'Data goes to standard output, progress and remarks to standard error. `--json` prints one JSON document, `--ndjson` one in each line. Tables fit the terminal and are whole in a file or a pipe. Colours are for terminals only and off with `NO_COLOR`. `assay completion` gives completion for bash, zsh and fish; `man docs/man/assay.1` shows this page in a terminal.',
    '![Four commands and what they print](../images/terminal.svg)',
    'The same as it went: `asciinema play docs/images/terminal.cast`. `npm run docs:terminal -- FOLDER` records it anew.',
    `Exit codes: ${exitCodes}.`,
    '## Options of every command',
    optionTable(root.options),
    '## Commands',
    ['| command | |', '| --- | --- |', ...leaves.map(overviewRow)].join('\n'),
    ...leaves.flatMap(commandSection),
  ];
  return `${parts.join('\n\n')}\n`;
}

function overviewRow({ path, summary }: CommandNode): string {
  return `| [\`${path}\`](#${path.replaceAll(' ', '-')}) | ${cell(summary)} |`;
}

function commandSection(node: CommandNode): string[] {
  const examples = node.examples.map(([line, meaning]) => (meaning === undefined ? line : `${line}    # ${meaning}`));
  return [
    `### ${node.path}`,
    `${sentence(node.summary)}`,
    `    ${node.usage}`,
    ...(node.options.length === 0 ? [] : [optionTable(node.options)]),
    ...(examples.length === 0 ? [] : [['```', ...examples, '```'].join('\n')]),
  ];
}

function optionTable(options: readonly OptionNode[]): string {
  const rows = options.map((option) => `| \`${cell(option.flags)}\` | ${cell(meaningOf(option))} |`);
  return ['| option | |', '| --- | --- |', ...rows].join('\n');
}

function meaningOf({ description, value, default: usual }: OptionNode): string {
  const choices = value !== null && value.choices.length > 0 ? ` (${value.choices.join(', ')})` : '';
  return `${description}${choices}${usual === null ? '' : `; ${usual} unless given`}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** The man page `assay.1` in the macros of man(7). */
export function referenceMan(root: CommandNode, version: string): string {
  const [, ...commands] = everyCommand(root);
  const leaves = commands.filter((node) => node.commands.length === 0);
  const lines = [
    `.TH ASSAY 1 "" "Assay ${version}" "User Commands"`,
    '.SH NAME',
    'assay \\- the official gold price of the Bank of Russia, collected, explained and forecast',
    '.SH SYNOPSIS',
    '.B assay',
    '.I command',
    '[options]',
    '.SH DESCRIPTION',
    roff(root.summary),
    'Data goes to standard output, progress to standard error.',
    '.SH OPTIONS',
    ...root.options.flatMap(manOption),
    '.SH COMMANDS',
    ...leaves.flatMap(manCommand),
    '.SH ENVIRONMENT',
    ...Object.values(settingDefinitions).flatMap(({ environment, meaning }) => [
      '.TP',
      `.B ${environment}`,
      roff(meaning),
    ]),
    '.TP',
    '.B NO_COLOR',
    'when set to anything, no colours',
    '.SH FILES',
    '.TP',
    '.I assay.json',
    roff('settings of this folder; the environment and flags stand above it'),
    '.SH EXIT STATUS',
    roff(`${exitCodes}.`),
  ];
  return `${lines.join('\n')}\n`;
}

function manCommand(node: CommandNode): string[] {
  return [
    `.SS "${node.usage.replace(/^assay /, '').replaceAll('"', '')}"`,
    roff(sentence(node.summary)),
    ...node.options.flatMap(manOption),
    ...(node.examples.length === 0 ? [] : ['.PP', '.nf', ...node.examples.map(([line]) => `    ${roff(line)}`), '.fi']),
  ];
}

function manOption(option: OptionNode): string[] {
  return ['.TP', `.B ${roff(option.flags)}`, roff(meaningOf(option))];
}

/** A dot or a quote at the start of a line, backslashes and hyphens mean something to roff. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('\u2019', "'")
    .replace(/^([.'])/, '\\&$1');
}
