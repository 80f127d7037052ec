import { describe, expect, it } from 'vitest';
import { drawCharts } from '../../../src/flows/draw-charts.ts';
import { train } from '../../../src/flows/train.ts';
import { countingCompute, forecastBench, trainRequest } from '../../support/forecast-bench.ts';

describe('drawing the charts of a tournament', () => {
  it('puts a PNG beside each SVG of its runs, and a second time nothing', async () => {
    const bench = forecastBench();
    const { tournamentId, trackingRunId } = await train(trainRequest, bench);
    const request = { metal: 'gold', tournamentId } as const;
    expect(await drawCharts(request, bench)).toEqual({ pictures: 6 });
    const pictures = [...bench.tracking.state.runs.values()].map(({ artefacts }) =>
      [...artefacts.keys()].filter((path) => path.endsWith('.png')),
    );
    const own = ['charts/skill.png', 'charts/coverage.png', 'charts/pit.png'];
    expect(pictures).toEqual([own, ...new Array(3).fill(['charts/backtest.png'])]);
    const { artefacts } = bench.tracking.state.runs.get(trackingRunId)!;
    const skill = new TextDecoder().decode(artefacts.get('charts/skill.svg'));
    expect(new TextDecoder().decode(artefacts.get('charts/skill.png'))).toBe(`PNG of ${skill.length}`);
    expect(await drawCharts(request, bench)).toEqual({ pictures: 0 });
  });

  it('goes on at the run where it was cut off', async () => {
    const bench = forecastBench();
    const { tournamentId } = await train(trainRequest, bench);
    let left = 4;
    const failing = {
      png: async (svg: string) => {
        if (left === 0) throw new Error('cut off');
        left -= 1;
        return bench.pictures.png(svg);
      },
    };
    const request = { metal: 'gold', tournamentId } as const;
    await expect(drawCharts(request, { ...bench, pictures: failing })).rejects.toThrow('cut off');
    expect(await drawCharts(request, bench)).toEqual({ pictures: 3 });
  });

  it('passes by a model that failed and has no chart', async () => {
    const { compute } = countingCompute((model) => {
      if (model === 'drift') throw new Error('spoilt');
    });
    const bench = forecastBench({ compute });
    const { tournamentId, failedModels } = await train(trainRequest, bench);
    expect(failedModels).toBe(1);
    expect(await drawCharts({ metal: 'gold', tournamentId }, bench)).toEqual({ pictures: 5 });
  });
});
