import type { Command } from 'commander';
import { type CommandContext, usage } from '../command-context.ts';
import { printLine } from '../output.ts';

/** Prints a completion script made from the program itself, so that it never lags behind it. */
export async function completion(context: CommandContext, program: Command, shell: string): Promise<void> {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    summary: command.description(),
    options: command.options.flatMap((option) => (option.long ? [option.long] : [])),
  }));
  const writers: Record<string, (list: readonly CompletedCommand[]) => string> = { bash, zsh, fish };
  const writer = writers[shell];
  if (writer === undefined)
    throw usage(
      `There is no completion for "${shell}".`,
      'Shells: bash, zsh, fish. Example: assay completion bash >> ~/.bashrc',
    );
  printLine(context.terminal, writer(commands));
}

interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly string[];
}

function bash(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ name, options }) => `    ${name}) words="${options.join(' ')}" ;;`);
  return `_assay() {
  local words="${commands.map(({ name }) => name).join(' ')}"
  [ "$COMP_CWORD" -gt 1 ] && case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _assay assay`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name, summary }) => `    '${name}:${plain(summary)}'`);
  const cases = commands.map(({ name, options }) => `    ${name}) compadd -- ${options.join(' ')} ;;`);
  return `#compdef assay
_assay() {
  local -a commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case "$words[2]" in
${cases.join('\n')}
  esac
}
compdef _assay assay`;
}

function fish(commands: readonly CompletedCommand[]): string {
  return commands
    .flatMap(({ name, summary, options }) => [
      `complete -c assay -n __fish_use_subcommand -f -a ${name} -d '${plain(summary)}'`,
      ...options.map((option) => `complete -c assay -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`),
    ])
    .join('\n');
}

/** Quotes and colons would end the shells' own quoting. */
function plain(text: string): string {
  return text.replaceAll(/['’:]/g, '');
}
