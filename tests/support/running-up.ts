import { eventually } from './eventually.ts';
import type { RunningCommand, TestInstallation } from './installation.ts';
import { processesOf } from './processes-of.ts';

/** `assay up` that answers. */
export interface RunningUp {
  readonly command: RunningCommand;
  readonly dashboard: string;
  readonly tracking: string;
  /** Everything it told the person at the terminal. */
  told(): string;
  /** Process id of one of its parts, once it runs. */
  pidOf(part: keyof typeof parts): Promise<number>;
}

const parts = {
  web: 'cli/processes/web',
  worker: 'cli/processes/worker',
  olap: 'embedded/olap-server',
  postgres: '/postgres -D',
} as const;

/** Starts `up` (or `demo`) and waits for its addresses. */
export async function startUp(installation: TestInstallation, args: readonly string[] = ['up']): Promise<RunningUp> {
  const command = installation.start([...args, '--json']);
  const said = await command.untilSaid(/"dashboard":"[^"]+"[^\n]*\n/);
  const line = said.split('\n').find((text) => text.startsWith('{"dashboard"')) ?? '{}';
  const { dashboard = '', tracking = '' } = JSON.parse(line) as Record<string, string>;
  return {
    ...{ command, dashboard, tracking },
    told: () => command.stderr(),
    pidOf: (part) =>
      eventually(
        () => processesOf(installation.data).find((each) => each.command.includes(parts[part]))?.pid ?? null,
        `a process of ${part}`,
      ),
  };
}
