import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../../..');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-zones-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  compile();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the host’s time zone changes no byte of the calendar or of Moscow’s clock', () => {
  const answers = ['UTC', 'Asia/Kamchatka', 'America/Los_Angeles', 'Pacific/Kiritimati'].map(answerIn);
  expect(answers[0]!.length).toBeGreaterThan(100_000);
  expect(new Set(answers).size).toBe(1);
});

/** Everything that depends on days or clocks, said by a process of its own that lives in the zone. */
function answerIn(zone: string): string {
  const source = `
    import { calendarDays, nextQuoteDates } from './domain/calendar/calendar.js';
    import { isoDate } from './domain/iso-date.js';
    import { moscowClock, moscowDate, moscowInstant } from './domain/moscow-time.js';
    const days = calendarDays({ from: isoDate('2008-07-02'), to: isoDate('2030-12-31') });
    const times = days.map((day) => moscowInstant(day.date, '00:30'));
    console.log(JSON.stringify([days, nextQuoteDates(isoDate('2025-12-30'), 60), times]));
    console.log(JSON.stringify(times.map((at) => [moscowDate(at), moscowClock(at)])));
    if (new Date(0).getTimezoneOffset() === 0 && ${JSON.stringify(zone)} !== 'UTC') process.exit(9);`;
  writeFileSync(join(folder, 'say.mjs'), source);
  const environment = { ...process.env, TZ: zone };
  return execFileSync(process.execPath, ['say.mjs'], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
}

function compile(): void {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const options = '--module nodenext --target es2023 --rewriteRelativeImportExtensions --skipLibCheck --types node';
  const sources = ['calendar/calendar.ts', 'moscow-time.ts'].map((file) => join(root, 'src/domain', file));
  const output = ['--rootDir', join(root, 'src'), '--outDir', folder, '--ignoreConfig'];
  execFileSync(process.execPath, [compiler, ...options.split(' '), ...output, ...sources], { cwd: root });
}
