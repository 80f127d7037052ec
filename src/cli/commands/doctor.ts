import { hideSecret, type SettingName, settingDefinitions } from '../../config/settings.ts';
import { PlatformError } from '../../domain/errors.ts';
import { askHolder, type FolderHolder } from '../../runtime/folder-lock.ts';
import { examineMachine, type Finding } from '../../runtime/machine-findings.ts';
import type { CommandContext } from '../command-context.ts';
import { paint, printJson, printLine, printTable, type Style } from '../output.ts';
import { openSession } from '../session.ts';

interface Health {
  readonly name: string;
  readonly state: string;
  readonly detail: string;
}

const colours: Readonly<Record<string, Style>> = { ok: 'green', fail: 'red', down: 'red' };

/** What to do about a part that does not answer. */
const cures: Readonly<Record<string, string>> = {
  warehouse: 'Start it with: assay up; with DATABASE_URL set, check that the server runs and lets you in.',
  olap: 'Start it with: assay up; its data is derived: assay publish makes it again. With CLICKHOUSE_URL, check the server.',
  lake: 'Check the disk, the rights of the folder, and LAKE_URL.',
  tracking: 'Start it with: assay up; with MLFLOW_TRACKING_URI set, check that the server answers there.',
  source: 'The last request to the source failed: assay runs shows why. What is stored stays.',
  services: 'Mend what is told, then run assay doctor again.',
};

/** Prints each setting, where it came from, what the machine is like and how each part is, with what to do next. */
export async function doctor(context: CommandContext): Promise<void> {
  const { settings, origins, file } = context.settings();
  const rows = (Object.keys(settingDefinitions) as SettingName[]).map((name) => ({
    setting: settingDefinitions[name].environment,
    value: hideSecret(name, settings[name]),
    from: origins[name] === 'file' ? `file ${file}` : origins[name],
    meaning: settingDefinitions[name].meaning,
  }));
  const holder = await askHolder(settings.data).catch(() => null);
  const checks = await examineMachine(settings, holder);
  const health = await examine(context);
  const failed = [
    ...checks.filter(({ state }) => state === 'fail').map(({ check }) => check as string),
    ...health.filter(({ state }) => state === 'down').map(({ name }) => name),
  ];
  if (context.json) {
    const parts = health.map((part) => ({ ...part, advice: adviceOf(part) }));
    printJson(context.terminal, { node: process.version, settings: rows, holder, checks, health: parts });
  } else print(context, rows, holder, checks, health);
  if (failed.length > 0) {
    throw new PlatformError('CHECK_FAILED', `Not healthy: ${failed.join(', ')}.`, {
      context: { failed },
      hint: 'The lines above say for each what to do.',
    });
  }
}

interface SettingRow {
  readonly setting: string;
  readonly value: string;
  readonly from: string;
  readonly meaning: string;
}

function print(
  { terminal }: CommandContext,
  rows: readonly SettingRow[],
  holder: FolderHolder | null,
  checks: readonly Finding[],
  health: readonly Health[],
): void {
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
  const line = (state: string, name: string, text: string, advice: string | null) => {
    printLine(terminal, `${paint(terminal, colours[state] ?? 'yellow', state.padEnd(8))} ${name.padEnd(10)} ${text}`);
    if (advice !== null) printLine(terminal, `${' '.repeat(20)}${paint(terminal, 'bold', '→')} ${advice}`);
  };
  printLine(terminal);
  for (const { check, state, found, advice } of checks) line(state, check, found, advice);
  printLine(terminal);
  printLine(terminal, holderLine(holder));
  for (const part of health) line(part.state, part.name, part.detail, adviceOf(part));
}

function holderLine(holder: FolderHolder | null): string {
  if (holder === null) return 'No Assay runs on the data folder; its parts were started for a look:';
  const at = holder.url === null ? '' : `, ${holder.url}`;
  return `"assay ${holder.command}" runs on the data folder: process ${holder.pid}${at}:`;
}

function adviceOf({ name, state }: Health): string | null {
  return state === 'down' || state === 'degraded' ? (cures[name] ?? null) : null;
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
