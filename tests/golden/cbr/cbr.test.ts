import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCbrAnswer } from '../../../src/adapters/price-source/cbr-parse.ts';
import type { IsoDate } from '../../../src/domain/iso-date.ts';
import type { SourceSeries } from '../../../src/ports/price-source.ts';

/** Made answers in the Bank's shapes: `input.bin` are the bytes, `input.json` how they came and what was asked. */
const folder = import.meta.dirname;
const cases = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

interface Input {
  readonly series: SourceSeries;
  readonly from: IsoDate;
  readonly to: IsoDate;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

describe("answers in the Bank's shapes are read as expected", () => {
  it.each(cases)('%s', (name) => {
    const input = JSON.parse(readFileSync(join(folder, name, 'input.json'), 'utf8')) as Input;
    const bytes = new Uint8Array(readFileSync(join(folder, name, 'input.bin')));
    const { series, status, headers } = input;
    const result = parseCbrAnswer(series, { from: input.from, to: input.to }, { status, headers, bytes });
    const text = `${JSON.stringify(result, null, 2)}\n`;
    const expectedPath = join(folder, name, 'expected.json');
    if (!existsSync(expectedPath)) {
      expect(process.env['CI'], `${name} has no expected.json: run this test locally and look at it`).toBeUndefined();
      writeFileSync(expectedPath, text);
    }
    expect(text).toBe(readFileSync(expectedPath, 'utf8'));
    expect(result.ok).toBe(!name.startsWith('refused-'));
  });
});
