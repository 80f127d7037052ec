import { packageVersion } from '../../config/package-root.ts';
import { pipelineFlows } from '../../flows/pipeline.ts';
import { schedules } from '../../flows/schedules.ts';
import type { CommandContext } from '../command-context.ts';
import { printJson } from '../output.ts';

/** The flows, what they take, and when they run: what another scheduler needs to call us. Always JSON. */
export async function manifest(context: CommandContext): Promise<void> {
  printJson(context.terminal, {
    version: packageVersion,
    timeZone: 'Europe/Moscow',
    flows: pipelineFlows.map(({ name, summary, parameters }) => ({
      name,
      summary,
      parameters,
      command: ['assay', name, '--json'],
    })),
    schedules,
  });
}
