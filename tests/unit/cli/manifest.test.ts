import { expect, it } from 'vitest';
import { commandTree, everyCommand } from '../../../src/cli/command-tree.ts';
import { manifest } from '../../../src/cli/commands/manifest.ts';
import type { Terminal } from '../../../src/cli/output.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { pipelineFlows } from '../../../src/flows/pipeline.ts';
import { schedules } from '../../../src/flows/schedules.ts';
import { steps } from '../../../src/flows/steps.ts';

it('describes every flow by what runs it: layer, order, steps with tries and times, parameters with types and flags', async () => {
  const described = await printed();
  expect(described.flows.map(({ name }) => name)).toEqual(pipelineFlows.map(({ name }) => name));
  const sync = described.flows[0];
  expect(sync).toMatchObject({ layer: 'ingest', after: [], command: ['assay', 'sync', '--json'] });
  expect(sync?.steps[0]).toEqual({ name: 'extract', attempts: 4, timeoutSeconds: 180 });
  const parametersOf = (flow: string) => described.flows.find(({ name }) => name === flow)?.parameters ?? [];
  expect(parametersOf('sync').map(({ name, type, flag }) => [name, type, flag])).toEqual([
    ['from', 'date', '--from'],
    ['to', 'date', '--to'],
    ['loadOnly', 'switch', '--load-only'],
  ]);
  expect(parametersOf('forecast')).toMatchObject([
    { name: 'metal', choices: ['gold', 'silver', 'platinum', 'palladium'], flag: '--metal' },
    { name: 'horizon', type: 'integer', least: 1, most: 14, flag: '--horizon' },
  ]);
  // The version stands in the command without a flag, and who asks is known.
  expect(parametersOf('promote').map(({ flag }) => flag)).toEqual(['--metal', null, '--reason', null]);
});

it('knows no flow, schedule or step that is not there, and leaves none out', async () => {
  const { flows } = await printed();
  const names = flows.map(({ name }) => name);
  for (const { after } of flows) expect(names).toEqual(expect.arrayContaining([...after]));
  for (const { flow, begins = flow } of schedules) expect(names).toEqual(expect.arrayContaining([flow, begins]));
  const declared = new Set(pipelineFlows.flatMap((flow) => flow.steps));
  expect(Object.values(steps).filter((step) => !declared.has(step))).toEqual([]);
});

it('names only commands that take the id of a run and who asks', async () => {
  const { flows } = await printed();
  const known = new Map(everyCommand(commandTree(createProgram(silent))).map((node) => [node.path, node]));
  for (const { command } of flows) {
    const options = known.get(command.slice(0, 2).join(' '))?.options.map(({ long }) => long);
    expect(options, command.join(' ')).toEqual(expect.arrayContaining(['--json', '--run-id', '--trigger']));
  }
});

interface Manifest {
  readonly flows: readonly {
    readonly name: string;
    readonly after: readonly string[];
    readonly command: readonly string[];
    readonly steps: readonly unknown[];
    readonly parameters: readonly { readonly name: string; readonly type: string; readonly flag: string | null }[];
  }[];
}

const silent = { out: { write: () => true }, err: { write: () => true } } as unknown as Terminal;

async function printed(): Promise<Manifest> {
  let text = '';
  const out = { write: (part: string) => (text += part) };
  const terminal = { out, err: out, colour: false, errColour: false } as unknown as Terminal;
  await manifest({ terminal, json: true } as Parameters<typeof manifest>[0], createProgram(terminal));
  return JSON.parse(text) as Manifest;
}
