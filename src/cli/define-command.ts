import { type Command, type CommanderError, Option } from 'commander';
import { loadSettings, type SettingName } from '../config/settings.ts';
import { PlatformError } from '../domain/errors.ts';
import { metals } from '../domain/metal.ts';
import { nearestName } from '../domain/nearest-name.ts';
import type { CommandContext } from './command-context.ts';
import type { Terminal } from './output.ts';

export type Options = Readonly<Record<string, string | boolean | undefined>>;

/** What a command does with its context, its options and its first argument. */
export type Action = (context: CommandContext, options: Options, argument?: string | string[]) => Promise<void>;

/** Flags that set a setting, on the program or on a command. */
const settingFlags: Readonly<Record<string, SettingName>> = {
  data: 'data',
  cbrUrl: 'cbrUrl',
  host: 'host',
  port: 'port',
  trackingPort: 'trackingPort',
  lang: 'lang',
  now: 'now',
};

/** Adds a command to the program, or to a command that groups others. */
export function on(parent: Command, terminal: Terminal, usage: string, summary: string, action: Action): Command {
  const command = tame(parent.command(usage).description(summary), terminal);
  command.option('--json', 'print JSON');
  command.action(async (...received: unknown[]) => {
    const own = command.optsWithGlobals() as Options;
    const argument = received.length > 2 ? (received[0] as string | string[] | undefined) : undefined;
    await action(createContext(terminal, command.name() === 'replica' ? withoutData(own) : own), own, argument);
  });
  return command;
}

/** Adds a command that only groups others, such as `assay alerts list`. */
export function group(parent: Command, terminal: Terminal, name: string, summary: string): Command {
  return tame(parent.command(name).description(summary), terminal);
}

export function metalOption(command: Command): Command {
  return command.addOption(new Option('--metal <metal>', 'which metal').choices([...metals]).default('gold'));
}

/** Options of commands that run a flow, for whoever calls them by the clock. */
export function slotOptions(command: Command): Command {
  return command
    .option('--run-id <id>', 'name of the run: one of this name that succeeded is not repeated')
    .addOption(new Option('--trigger <who>', 'who asks, for the record').choices(['manual', 'schedule', 'airflow']));
}

/** The option of commands whose rows stream: one JSON document in each line. */
export function rowsOption(command: Command): Command {
  return command.option('--ndjson', 'print one JSON document in each line');
}

/** The option of commands that can be shown again and again. */
export function watchOption(command: Command): Command {
  return command.option('--watch [seconds]', 'show it again and again until interrupted');
}

/** Writes where the terminal says, and turns Commander's refusals into failures like all others. */
export function tame(command: Command, terminal: Terminal): Command {
  return command
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
      // Told once, by the edge, like every other failure.
      outputError: () => undefined,
      getOutHasColors: () => terminal.colour,
      getErrHasColors: () => terminal.errColour,
    })
    .exitOverride((error) => refuse(error, command));
}

/** Commander ends the process by throwing; help and version are no failures. */
function refuse(error: CommanderError, command: Command): never {
  if (error.exitCode === 0) process.exit(0);
  // A group without its subcommand has shown its help.
  if (error.code === 'commander.help') process.exit(2);
  throw refusal(error, command);
}

/** What was typed and what was probably meant. */
export function refusal(error: Pick<CommanderError, 'message'>, command: Command): PlatformError {
  const [first = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const wrong = /argument '([^']*)' is invalid. Allowed choices are (.+)\.$/.exec(first);
  const nearest = wrong === null ? null : nearestName(wrong[1] ?? '', (wrong[2] ?? '').split(', '));
  const meant = suggestion?.replace(/^\((.*)\)$/, '$1') ?? (nearest === null ? null : `Did you mean ${nearest}?`);
  const help = `See: ${pathOf(command)} --help`;
  const message = `${first.charAt(0).toUpperCase()}${first.slice(1)}${first.endsWith('.') ? '' : '.'}`;
  return new PlatformError('USAGE', message, { hint: meant === null ? help : `${meant} ${help}` });
}

/** The words that name a command, the program's included. */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** `assay replica --data DIR` names the folder to serve, not the data folder of an installation. */
function withoutData(options: Options): Options {
  const { data: _served, ...rest } = options;
  return rest;
}

function createContext(terminal: Terminal, options: Options): CommandContext {
  return {
    terminal,
    json: options['json'] === true,
    ndjson: options['ndjson'] === true,
    settings: () => {
      const flags: Partial<Record<SettingName, string>> = {};
      for (const [flag, name] of Object.entries(settingFlags)) {
        const value = options[flag];
        if (typeof value === 'string') flags[name] = value;
      }
      const configFile = options['config'];
      return loadSettings({
        workingFolder: process.cwd(),
        environment: process.env,
        flags,
        configFile: typeof configFile === 'string' ? configFile : undefined,
      });
    },
  };
}
