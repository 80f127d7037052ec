import { describe, expect, it } from 'vitest';
import { createPictures } from '../../../../src/adapters/pictures/resvg.ts';
import { backtestChart } from '../../../../src/backtest/backtest-chart.ts';

const data = {
  dates: ['2025-01-01', '2025-01-02', '2025-01-03'],
  actual: [100, 102, Number.NaN],
  median: [101, 101.5, 103],
  lower80: [99, 99, 100],
  upper80: [103, 104, 106],
};

describe('pictures of charts', () => {
  it('are PNG of the size of the chart, with its words', async () => {
    const pictures = createPictures();
    const svg = backtestChart(data, 'gold, drift: facts & forecasts');
    expect(svg).toContain('facts &amp; forecasts');
    expect(svg).not.toContain('NaN');
    const png = Buffer.from(await pictures.png(svg));
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([720, 360]);
    const wordless = await pictures.png(svg.replace(/<text.*?<\/text>/g, ''));
    expect(png.length).toBeGreaterThan(wordless.length + 1000);
    expect(Buffer.from(await pictures.png(svg)).equals(png)).toBe(true);
  });

  it('are refused of what is no chart', async () => {
    await expect(createPictures().png('no chart')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('are drawn of no points at all', () => {
    const empty = { dates: [], actual: [], median: [], lower80: [], upper80: [] };
    expect(backtestChart(empty, 'none')).not.toContain('NaN');
  });
});
