import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline/promises';
import { checkSetting, type SettingName, settingDefinitions } from '../../config/settings.ts';
import { PlatformError } from '../../domain/errors.ts';
import { type CommandContext, usage } from '../command-context.ts';
import type { Options } from '../define-command.ts';
import { printJson, printLine, say } from '../output.ts';

/** What is asked for, in this order; whatever else there is can be added to the file by hand. */
const questions: readonly {
  readonly name: SettingName;
  readonly flag: string;
  readonly ask: string;
  readonly default: string;
}[] = [
  { name: 'data', flag: 'data', ask: 'Folder for the data', default: '.assay' },
  { name: 'lang', flag: 'lang', ask: 'Language of the pages (ru, en)', default: 'ru' },
  { name: 'host', flag: 'host', ask: 'Address to listen on', default: '127.0.0.1' },
  { name: 'port', flag: 'port', ask: 'Port of the dashboard (0: any free one)', default: '8501' },
  { name: 'cbrUrl', flag: 'cbrUrl', ask: "The Bank's service, or a replica", default: 'https://www.cbr.ru' },
  {
    name: 'lbmaUrl',
    flag: 'lbmaUrl',
    ask: "London's prices, such as https://prices.lbma.org.uk (their terms are yours to accept; empty: off)",
    default: '',
  },
  {
    name: 'moexUrl',
    flag: 'moexUrl',
    ask: 'The Moscow Exchange, such as https://iss.moex.com (its terms are yours to accept; empty: off)',
    default: '',
  },
];

type Answers = Partial<Record<SettingName, string | number>>;

/** Asks at a terminal, or takes flags and defaults, and writes the configuration file. A file that is there stays unless told. */
export async function init(context: CommandContext, options: Options): Promise<void> {
  const path = resolve(typeof options['config'] === 'string' ? options['config'] : 'assay.json');
  const mayAsk = options['yes'] !== true && !context.json && process.stdin.isTTY === true;
  const dialogue = mayAsk ? createInterface({ input: process.stdin, output: process.stderr }) : null;
  try {
    await refuseOrReplace(path, options['force'] === true, dialogue);
    const answers = readAnswers(dialogue === null ? flagsOf(options) : await ask(context, dialogue, options));
    await write(path, answers);
    report(context, path, answers);
  } finally {
    dialogue?.close();
  }
}

async function refuseOrReplace(path: string, isForced: boolean, dialogue: Interface | null): Promise<void> {
  if (!existsSync(path) || isForced) return;
  const answer = await dialogue?.question(`${path} is there already. Replace it? [y/N] `);
  if (answer !== undefined && /^(y|yes|д|да)$/i.test(answer.trim())) return;
  throw new PlatformError('CONFLICT', `${path} is there already, and stays as it is.`, {
    context: { path },
    hint: 'Replace it with --force, or write another file with --config FILE.',
  });
}

function flagsOf(options: Options): Readonly<Record<string, string>> {
  return Object.fromEntries(
    questions.flatMap(({ name, flag }) => (typeof options[flag] === 'string' ? [[name, options[flag]]] : [])),
  );
}

/** An answer that is refused is asked for again, with the reason. */
async function ask(
  { terminal }: CommandContext,
  dialogue: Interface,
  options: Options,
): Promise<Readonly<Record<string, string>>> {
  say(terminal, 'Press Enter to take what stands in brackets.');
  const given = flagsOf(options);
  const answers: Record<string, string> = {};
  for (const question of questions) {
    const offered = given[question.name] ?? question.default;
    for (;;) {
      const typed = (await dialogue.question(`${question.ask} [${offered}]: `)).trim();
      const text = typed === '' ? offered : typed;
      const fault = text === '' ? null : faultOf(question.name, text);
      if (fault === null) {
        answers[question.name] = text;
        break;
      }
      say(terminal, `  ${fault}`);
    }
  }
  return answers;
}

function faultOf(name: SettingName, text: string): string | null {
  try {
    checkSetting(name, text);
    return null;
  } catch (error) {
    if (error instanceof PlatformError) return error.message;
    throw error;
  }
}

/** Only what differs from the default is written: the rest may change with a newer version. */
function readAnswers(given: Readonly<Record<string, string>>): Answers {
  const answers: Answers = {};
  for (const { name, default: usual } of questions) {
    const text = given[name];
    if (text === undefined || text === '' || text === usual) continue;
    answers[name] = checkSetting(name, text) as string | number;
  }
  if (
    answers.host !== undefined &&
    !['localhost', '::1'].includes(String(answers.host)) &&
    !process.env['ASSAY_TOKEN']
  ) {
    throw usage(
      `${settingDefinitions.host.environment} ${String(answers.host)} can be reached by other machines, and no token is set.`,
      'Set ASSAY_TOKEN in the environment to a secret of at least 16 characters first, or leave 127.0.0.1.',
    );
  }
  return answers;
}

async function write(path: string, answers: Answers): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  try {
    await writeFile(temporary, `${JSON.stringify(answers, null, 2)}\n`, { mode: 0o600 });
    await rename(temporary, path);
  } catch (cause) {
    throw new PlatformError('INPUT_INVALID', `${path} cannot be written: ${(cause as Error).message}`, {
      cause,
      context: { path },
      hint: 'Go to a folder that you may write into, or name another file with --config.',
    });
  }
}

function report({ terminal, json }: CommandContext, path: string, settings: Answers): void {
  if (json) {
    printJson(terminal, { path, settings });
    return;
  }
  printLine(terminal, path);
  say(terminal, 'Secrets (ASSAY_TOKEN and the like) come by the environment only. Next: assay doctor, then assay up.');
}
