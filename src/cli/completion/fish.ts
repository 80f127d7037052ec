import { type CommandNode, everyCommand, type OptionNode, type ValueNode } from '../command-tree.ts';

/** Completion for fish, with what each word means. */
export function fishCompletion(root: CommandNode, models: readonly string[]): string {
  const nodes = everyCommand(root);
  const lines = nodes.flatMap((node) => {
    const here = node === root ? null : seen(node);
    const inner = node.commands.map(
      ({ name, summary }) => `complete -c assay -n '${ready(node, root)}' -f -a ${name} -d '${plain(summary)}'`,
    );
    const options = node.options.map((option) => optionLine(option, here, models));
    const values =
      node.commands.length > 0 ? [] : node.arguments.slice(0, 1).map((one) => argumentLine(one, here, models));
    return [...inner, ...options, ...values];
  });
  return ['# Completion of assay for fish. Made by: assay completion fish', 'complete -c assay -f', ...lines].join(
    '\n',
  );
}

/** True once the words of the command stand on the line. */
function seen({ path }: CommandNode): string {
  return path
    .split(' ')
    .slice(1)
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join('; and ');
}

/** True where one of its commands may come next. */
function ready(node: CommandNode, root: CommandNode): string {
  const none = `not __fish_seen_subcommand_from ${node.commands.map(({ name }) => name).join(' ')}`;
  return node === root ? none : `${seen(node)}; and ${none}`;
}

function optionLine(
  { long, description, value, flags }: OptionNode,
  here: string | null,
  models: readonly string[],
): string {
  const where = here === null ? '' : ` -n '${here}'`;
  const takes = value === null || flags.includes('[') ? '' : ` -x${candidates(value, models)}`;
  return `complete -c assay${where} -l ${long.replace(/^--/, '')}${takes} -d '${plain(description)}'`;
}

function argumentLine(value: ValueNode, here: string | null, models: readonly string[]): string {
  return `complete -c assay -n '${here ?? ''}' -f${candidates(value, models)}`;
}

function candidates({ kind, choices, name }: ValueNode, models: readonly string[]): string {
  if (kind === 'choice') return ` -a '${choices.join(' ')}'`;
  if (kind === 'file') return " -a '(__fish_complete_path)'";
  if (kind === 'folder') return " -a '(__fish_complete_directories)'";
  if (kind !== 'models') return '';
  const words = name === 'models' ? models : ['all', 'quick', ...models];
  return name === 'models' ? ` -a '${words.join(' ')}'` : ` -a '(__fish_append , ${words.join(' ')})'`;
}

function plain(text: string): string {
  return text.replaceAll(/['’\\]/g, '');
}
