import { hideSecret, type SettingName, settingDefinitions } from '../../config/settings.ts';
import { PlatformError } from '../../domain/errors.ts';
import { askHolder } from '../../runtime/folder-lock.ts';
import type { CommandContext } from '../command-context.ts';
import { paint, printJson, printLine, printTable } from '../output.ts';
import { openSession } from '../session.ts';

interface Health {
  readonly name: string;
  readonly state: string;
  readonly detail: string;
}

/** Prints each setting, where it came from, and the health of each part; fails when a part is down. */
export async function doctor(context: CommandContext): Promise<void> {
  const { settings, origins, file } = context.settings();
  const rows = (Object.keys(settingDefinitions) as SettingName[]).map((name) => ({
    setting: settingDefinitions[name].environment,
    value: hideSecret(name, settings[name]),
    from: origins[name] === 'file' ? `file ${file}` : origins[name],
    meaning: settingDefinitions[name].meaning,
  }));
  const holder = await askHolder(settings.data).catch(() => null);
  const health = await examine(context);
  const down = health.filter((part) => part.state === 'down');
  if (context.json) {
    printJson(context.terminal, { node: process.version, settings: rows, holder, health });
  } else {
    const { terminal } = context;
    printTable(
      terminal,
      ['setting', 'value', 'from', 'meaning'],
      rows.map((row) => [
        row.setting,
        row.value || (row.setting.startsWith('ASSAY_') ? '(not set)' : '(embedded)'),
        row.from,
        row.meaning,
      ]),
    );
    printLine(terminal);
    printLine(
      terminal,
      `Node ${process.version}. ${holder === null ? 'No Assay runs on the data folder.' : `"assay ${holder.command}" runs on it: process ${holder.pid}${holder.url === null ? '' : `, ${holder.url}`}.`}`,
    );
    printLine(terminal);
    for (const part of health) {
      const colour = part.state === 'ok' ? 'green' : part.state === 'down' ? 'red' : 'yellow';
      printLine(terminal, `${paint(terminal, colour, part.state.padEnd(8))} ${part.name.padEnd(10)} ${part.detail}`);
    }
  }
  if (down.length > 0) {
    throw new PlatformError('CHECK_FAILED', `Not healthy: ${down.map((part) => part.name).join(', ')}.`, {
      hint: 'The details above say what each part reported.',
    });
  }
}

/** Starts what is not running, asks every part, and stops it again. */
async function examine(context: CommandContext): Promise<readonly Health[]> {
  try {
    const session = await openSession(context, { command: 'doctor', simulated: false });
    try {
      return await session.composition.examine();
    } finally {
      await session.close();
    }
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return [{ name: 'services', state: 'down', detail: [error.message, error.hint].filter(Boolean).join(' ') }];
  }
}
