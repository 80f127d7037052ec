import type { Command } from 'commander';
import { packageVersion } from '../../config/package-root.ts';
import { metals } from '../../domain/metal.ts';
import type { ParameterDefinition } from '../../flows/flow.ts';
import { pipelineFlows } from '../../flows/pipeline.ts';
import { schedules } from '../../flows/schedules.ts';
import type { CommandContext } from '../command-context.ts';
import { type CommandNode, commandTree, everyCommand } from '../command-tree.ts';
import { printJson } from '../output.ts';

/**
 * The flows as the runner has them, the commands that call them, and when they run: what another scheduler needs.
 * Always JSON.
 */
export async function manifest(context: CommandContext, program: Command): Promise<void> {
  const commands = new Map(everyCommand(commandTree(program)).map((node) => [node.path, node]));
  printJson(context.terminal, {
    version: packageVersion,
    timeZone: 'Europe/Moscow',
    metals,
    flows: pipelineFlows.map(({ name, summary, layer, after, parameters, steps }) => ({
      name,
      summary,
      layer,
      after,
      command: ['assay', name, '--json'],
      parameters: Object.entries(parameters).map(([parameter, definition]) =>
        described(parameter, definition, commands.get(`assay ${name}`)),
      ),
      steps: steps.map((step) => ({ name: step.name, attempts: step.attempts, timeoutSeconds: step.timeoutMs / 1000 })),
      // Every try of every step, for one metal.
      timeoutSeconds: steps.reduce((sum, { attempts, timeoutMs }) => sum + (attempts * timeoutMs) / 1000, 0),
    })),
    tournament: {
      plan: ['assay', 'tournament', 'plan', '--json'],
      shard: ['assay', 'tournament', 'shard', '--json'],
      join: ['assay', 'tournament', 'join', '--json'],
    },
    schedules,
  });
}

/** A parameter with the flag that gives it on the command line, where there is one. */
function described(name: string, definition: ParameterDefinition, command: CommandNode | undefined) {
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const has = command?.options.some(({ long }) => long === flag) === true;
  const choices = definition.type === 'metal' || definition.type === 'metals' ? metals : definition.choices;
  return { name, ...definition, ...(choices === undefined ? {} : { choices }), flag: has ? flag : null };
}
