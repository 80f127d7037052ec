import type { Command, Option } from 'commander';
import { metals } from '../domain/metal.ts';
import { pathOf } from './define-command.ts';
import { type Example, examples } from './examples.ts';

/** The command line as data: what completion, the man page and the reference are made of. */
export interface CommandNode {
  /** The words that name it, the program's included. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly arguments: readonly ValueNode[];
  readonly options: readonly OptionNode[];
  readonly examples: readonly Example[];
  readonly commands: readonly CommandNode[];
}

export interface OptionNode {
  readonly flags: string;
  readonly long: string;
  readonly description: string;
  readonly default: string | null;
  /** Null for a switch. */
  readonly value: ValueNode | null;
}

/** What may stand in a place. */
export interface ValueNode {
  readonly name: string;
  readonly kind: 'choice' | 'file' | 'folder' | 'models' | 'free';
  readonly choices: readonly string[];
}

/** The command and everything below it, hidden options left out. */
export function commandTree(command: Command): CommandNode {
  return {
    path: pathOf(command),
    name: command.name(),
    summary: command.description(),
    usage: `${pathOf(command)} ${command.usage()}`.trim(),
    arguments: command.registeredArguments.map((one) => value(one.name(), one.argChoices)),
    options: command.options.filter((option) => !option.hidden).map(optionNode),
    examples: examples[pathOf(command)] ?? [],
    commands: command.commands.map(commandTree),
  };
}

/** A command and all below it, outer before inner. */
export function everyCommand(node: CommandNode): CommandNode[] {
  return [node, ...node.commands.flatMap(everyCommand)];
}

function optionNode(option: Option): OptionNode {
  const name = /[<[](.+?)[>\]]/.exec(option.flags)?.[1];
  const shown = option.defaultValue === undefined || option.defaultValue === false ? null : String(option.defaultValue);
  return {
    flags: option.flags,
    long: option.long ?? option.flags,
    description: option.description,
    default: shown,
    value: name === undefined ? null : value(name, option.argChoices, option.long ?? ''),
  };
}

/** Places whose values are known without being asked of Commander. */
const known: Readonly<Record<string, readonly string[]>> = {
  table: ['quotes', 'months', 'forecast', 'facts'],
  shell: ['bash', 'zsh', 'fish'],
  metal: metals,
};

function value(name: string, choices: readonly string[] | undefined, long = ''): ValueNode {
  const listed = choices ?? known[name];
  if (listed !== undefined) return { name, kind: 'choice', choices: listed };
  const kind = /^(file)$/.test(name)
    ? 'file'
    : /^(folder)$/.test(name)
      ? 'folder'
      : name === 'models' || long === '--models'
        ? 'models'
        : 'free';
  return { name, kind, choices: [] };
}
