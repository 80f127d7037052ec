import { type CommandNode, everyCommand, type OptionNode, type ValueNode } from '../command-tree.ts';
import { inherited } from './bash.ts';

/** Completion for zsh, with what each word means. */
export function zshCompletion(root: CommandNode, models: readonly string[]): string {
  const nodes = everyCommand(root);
  return `#compdef assay
# Completion of assay for zsh. Made by: assay completion zsh
_assay_models() { local -a models=(${models.join(' ')}); compadd -a models }
_assay_model_list() { _values -s , model all quick ${models.join(' ')} }
${nodes.map((node) => define(root, node)).join('\n')}
if [ "$funcstack[1]" = "_assay" ]; then _assay "$@"; else compdef _assay assay; fi`;
}

function define(root: CommandNode, node: CommandNode): string {
  const options = [...node.options, ...inherited(root, node)].map(optionSpec);
  const lines = ["'(-h --help)'{-h,--help}'[show help]'", ...options];
  if (node.commands.length === 0) {
    const places = node.arguments.map(
      (argument) => `'${argument.name === 'models' ? '*' : ''}:${argument.name}:${action(argument)}'`,
    );
    return `${functionOf(node)}() {\n  _arguments -s \\\n    ${[...lines, ...places].join(' \\\n    ')}\n}`;
  }
  const summaries = node.commands.map(({ name, summary }) => `      '${name}:${plain(summary)}'`).join('\n');
  const cases = node.commands.map((inner) => `        ${inner.name}) ${functionOf(inner)} ;;`).join('\n');
  return `${functionOf(node)}() {
  local curcontext="$curcontext" state line
  _arguments -C -s \\
    ${[...lines, "'1: :->command'", "'*:: :->rest'"].join(' \\\n    ')}
  case $state in
    command)
      local -a commands=(
${summaries}
      )
      _describe command commands ;;
    rest)
      case $line[1] in
${cases}
      esac ;;
  esac
}`;
}

function functionOf(node: CommandNode): string {
  return `_${node.path.replaceAll(/[ -]/g, '_')}`;
}

function optionSpec({ long, description, value, flags }: OptionNode): string {
  const meaning = `[${plain(description)}]`;
  if (value === null) return `'${long}${meaning}'`;
  const colon = flags.includes('[') ? '::' : ':';
  return `'${long}=${meaning}${colon}${plain(value.name)}:${action(value)}'`;
}

function action({ kind, choices, name }: ValueNode): string {
  if (kind === 'choice') return `(${choices.join(' ')})`;
  if (kind === 'file') return '_files';
  if (kind === 'folder') return '_files -/';
  if (kind === 'models') return name === 'models' ? '_assay_models' : '_assay_model_list';
  return ' ';
}

/** Quotes, colons and brackets would end the shell's own quoting. */
function plain(text: string): string {
  return text.replaceAll(/['’:[\]"`$\\]/g, '');
}
