import { expect, it } from 'vitest';
import { forecast } from '../../../src/flows/forecast.ts';
import { sha256 } from '../../../src/flows/model-registry.ts';
import { promote } from '../../../src/flows/promote.ts';
import { rollback } from '../../../src/flows/rollback.ts';
import { train } from '../../../src/flows/train.ts';
import { Crash, onPowerLine, type PowerLine } from '../../support/crashing-ports.ts';
import { forecastBench, forecastRequest, trainRequest } from '../../support/forecast-bench.ts';

type Bench = ReturnType<typeof forecastBench>;
const request = { ...trainRequest, models: ['naive', 'drift'] };

const scenes: readonly {
  name: string;
  before: (bench: Bench) => Promise<unknown>;
  act: (bench: Bench) => Promise<unknown>;
}[] = [
  { name: 'train', before: async () => undefined, act: (bench) => train(request, bench) },
  {
    name: 'promote the first champion',
    before: (bench) => train(request, bench),
    act: (bench) => promote({ metal: 'gold', by: 'test' }, bench),
  },
  {
    name: 'promote another champion',
    before: (bench) => firstChampion(bench),
    act: (bench) => promote({ metal: 'gold', model: 'drift', force: true, by: 'test' }, bench),
  },
  {
    name: 'rollback',
    before: async (bench) => {
      await firstChampion(bench);
      await promote({ metal: 'gold', model: 'drift', force: true, by: 'test' }, bench);
    },
    act: (bench) => rollback({ metal: 'gold', reason: 'wrong', by: 'test' }, bench),
  },
  { name: 'forecast', before: (bench) => firstChampion(bench), act: (bench) => forecast(forecastRequest, bench) },
];

it.each(scenes)(
  '$name, cut off after any effect and repeated, ends as if never cut off',
  async ({ before, act }) => {
    const calm = await play(before, act, 0);
    expect(calm.effects).toBeGreaterThan(0);
    for (let cutAfter = 1; cutAfter <= calm.effects; cutAfter += 1) {
      const { state } = await play(before, act, cutAfter);
      expect(state, `cut after effect ${cutAfter} of ${calm.effects}`).toEqual(calm.state);
    }
  },
  60_000,
);

/** One act with the power cut after the given effect, then the act again; what is left, and how many effects it took. */
async function play(
  before: (bench: Bench) => Promise<unknown>,
  act: (bench: Bench) => Promise<unknown>,
  cutAfter: number,
) {
  const bench = forecastBench();
  await before(bench);
  const line: PowerLine = { count: 0, cutAfter, onEffect: () => expectOneChampionAtMost(bench) };
  const fragile = {
    ...bench,
    tracking: onPowerLine(bench.tracking, line),
    forecasts: onPowerLine(bench.forecasts, line),
    lake: onPowerLine(bench.lake, line),
  };
  if (cutAfter > 0) await expect(act(fragile)).rejects.toBeInstanceOf(Crash);
  else await act(fragile);
  if (cutAfter > 0) await act(bench);
  return { effects: line.count, state: stateOf(bench) };
}

function expectOneChampionAtMost({ tracking }: Bench): void {
  const versions = tracking.state.versions.get('assay-gold') ?? [];
  expect(versions.filter(({ stage }) => stage === 'Production').length).toBeLessThanOrEqual(1);
}

/** Everything kept, bytes as their hashes: comparing a thousand arrays byte by byte would take longer than the crashes. */
function stateOf({ tracking, forecasts, lake }: Bench) {
  const hashed = (objects: Iterable<[string, Uint8Array]>) =>
    [...objects].map(([key, bytes]) => `${key} ${sha256(bytes)}`).sort();
  const runs = [...tracking.state.runs.values()].map(({ start, record, history, artefacts }) => ({
    start,
    record,
    history: sha256([...history.keys()].join('\n')),
    artefacts: hashed(artefacts),
  }));
  const { versions, aliases } = tracking.state;
  return { runs, versions, aliases, forecasts: forecasts.state, lake: hashed(lake.objects) };
}

async function firstChampion(bench: Bench): Promise<void> {
  await train(request, bench);
  await promote({ metal: 'gold', by: 'test' }, bench);
}
