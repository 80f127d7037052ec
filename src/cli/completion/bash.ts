import type { CommandNode, OptionNode, ValueNode } from '../command-tree.ts';
import { everyCommand } from '../command-tree.ts';

/** Completion for bash 4 and newer: commands, options, and the values of both. */
export function bashCompletion(root: CommandNode, models: readonly string[]): string {
  const nodes = everyCommand(root);
  const taking = [...new Set(nodes.flatMap(({ options }) => options.filter(takesValue).map(({ long }) => long)))];
  return `# Completion of assay for bash. Made by: assay completion bash
_assay() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path="assay" word i
  COMPREPLY=()
  # bash takes --metal=gold apart at the equals sign.
  if [ "$cur" = "=" ]; then cur=""; elif [ "$prev" = "=" ]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in
      ${taking.join('|')}) ((i++)); [ "\${COMP_WORDS[i]}" = "=" ] && ((i++)) ;;
      *) case "$path $word" in
${nodes
  .filter(({ commands }) => commands.length > 0)
  .flatMap(({ commands }) => commands)
  .map(({ path }) => `        "${path}") path="${path}" ;;`)
  .join('\n')}
      esac ;;
    esac
  done
  case "$path $prev" in
${nodes
  .flatMap((node) =>
    [...node.options, ...inherited(root, node)]
      .filter(takesValue)
      .map(({ long, value }) => `    "${node.path} ${long}") ${reply(value, models)}; return ;;`),
  )
  .join('\n')}
  esac
  case "$cur" in
    -*) case "$path" in
${nodes
  .map(
    (node) =>
      `      "${node.path}") COMPREPLY=($(compgen -W "${[...node.options, ...inherited(root, node)].map(({ long }) => long).join(' ')} --help" -- "$cur")) ;;`,
  )
  .join('\n')}
      esac
      return ;;
  esac
  case "$path" in
${nodes.map((node) => `    "${node.path}") ${ownWords(node, models)} ;;`).join('\n')}
  esac
}
complete -o bashdefault -F _assay assay`;
}

/** Options of the program may follow any command. */
export function inherited(root: CommandNode, node: CommandNode): readonly OptionNode[] {
  const own = new Set(node.options.map(({ long }) => long));
  return node === root ? [] : root.options.filter(({ long }) => !own.has(long) && long !== '--version');
}

function takesValue(option: OptionNode): option is OptionNode & { value: ValueNode } {
  return option.value !== null && !option.flags.includes('[');
}

function ownWords(node: CommandNode, models: readonly string[]): string {
  if (node.commands.length > 0) {
    return `COMPREPLY=($(compgen -W "${node.commands.map(({ name }) => name).join(' ')}" -- "$cur"))`;
  }
  const [argument] = node.arguments;
  return argument === undefined ? ':' : reply(argument, models);
}

function reply({ kind, choices, name }: ValueNode, models: readonly string[]): string {
  switch (kind) {
    case 'choice':
      return `COMPREPLY=($(compgen -W "${choices.join(' ')}" -- "$cur"))`;
    case 'file':
      return 'COMPREPLY=($(compgen -f -- "$cur"))';
    case 'folder':
      return 'COMPREPLY=($(compgen -d -- "$cur"))';
    case 'models':
      // One model of a list with commas is completed behind the last comma; arguments are one model each.
      return name === 'models'
        ? `COMPREPLY=($(compgen -W "${models.join(' ')}" -- "$cur"))`
        : `local list=""; case "$cur" in *,*) list="\${cur%,*}," ;; esac; COMPREPLY=($(compgen -P "$list" -W "all quick ${models.join(' ')}" -- "\${cur##*,}"))`;
    case 'free':
      return ':';
  }
}
