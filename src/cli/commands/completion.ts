import type { Command } from 'commander';
import { nearestName } from '../../domain/nearest-name.ts';
import { catalogueNames } from '../../flows/catalogue-names.ts';
import { type CommandContext, usage } from '../command-context.ts';
import { type CommandNode, commandTree } from '../command-tree.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { printJson, printLine } from '../output.ts';

type Writer = (root: CommandNode, models: readonly string[]) => string;

const writers: Readonly<Record<string, Writer>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Prints a completion script made from the program itself, so that it never lags behind it. */
export async function completion(context: CommandContext, program: Command, shell: string): Promise<void> {
  const writer = writers[shell];
  if (writer === undefined) {
    const nearest = nearestName(shell, Object.keys(writers));
    throw usage(
      `There is no completion for "${shell}".`,
      `${nearest === null ? '' : `Did you mean ${nearest}? `}Shells: bash, zsh, fish. Example: assay completion bash >> ~/.bashrc`,
    );
  }
  const script = writer(commandTree(program), catalogueNames('all'));
  if (context.json) printJson(context.terminal, { shell, script });
  else printLine(context.terminal, script);
}
