import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isoDate } from '../../src/domain/iso-date.ts';
import { type Instant, moscowInstant } from '../../src/domain/moscow-time.ts';
import type { BacktestReport } from '../../src/flows/backtest.ts';
import type { NowcastReport } from '../../src/flows/nowcast.ts';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { builtCli, createInstallation, type TestInstallation } from '../support/installation.ts';
import { madeMarket } from '../support/made-market.ts';
import { writeMarketFolder } from '../support/made-market-folder.ts';

const history = madeMarket({ from: isoDate('2022-07-12'), to: isoDate('2024-06-01') });
const folder = writeMarketFolder(history);

let replica: Replica;
let installation: TestInstallation;
beforeAll(async () => {
  expect(existsSync(builtCli), 'npm run test:slow builds first').toBe(true);
  replica = await startReplica({ dataFolder: folder, port: 0, published: null });
});
afterAll(async () => {
  await installation?.remove();
  await replica?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The command line at an instant, with the replica's clock at the same one. */
async function runAt(at: Instant, args: readonly string[]): Promise<string> {
  replica.setPublished(at);
  const drivers = { ASSAY_LBMA_URL: replica.url, ASSAY_MOEX_URL: replica.url };
  const environment = { ASSAY_CBR_URL: replica.url, ...drivers, ASSAY_NOW: at };
  installation ??= createInstallation(environment);
  const command = await installation.run([...args, '--now', at]);
  expect(command.exitCode, command.stderr).toBe(0);
  return command.stdout;
}

describe('with drivers, through the replica and the command line', () => {
  test('the nowcast learns leg by leg, and ends at the price itself', async () => {
    const nowcastAt = async (day: string, clock: string) =>
      JSON.parse(await runAt(moscowInstant(isoDate(day), clock), ['nowcast', '--json'])) as NowcastReport;
    const early = await nowcastAt('2024-05-23', '16:45');
    expect(early).toMatchObject({ cutoff: '2024-05-24', gold: { state: 'newest' }, rouble: { state: 'last' } });
    const evening = await nowcastAt('2024-05-23', '18:15');
    expect(evening).toMatchObject({ cutoff: '2024-05-24', gold: { state: 'fixed' }, rouble: { state: 'last' } });
    const certain = await nowcastAt('2024-05-24', '16:05');
    expect(certain).toMatchObject({ cutoff: '2024-05-24', isFixed: true, targetDate: '2024-05-25' });
    expect(certain.meanRubPerGram).toBe(history.quotes.find(({ date }) => date === '2024-05-25')?.value);
    expect(certain.rule).toMatchObject({ regime: 'B', holds: true, checked: '2024-05-24' });
    expect(certain.alarm).toBeNull();
  });

  test('a backtest writes its columns, and with both legs known is never a kopeck off', async () => {
    const file = join(folder, 'backtest.csv');
    const at = moscowInstant(isoDate('2024-05-31'), '23:55');
    await runAt(at, ['sync']);
    await runAt(at, ['transform']);
    const args = ['backtest', '--metal', 'gold', '--from', '2024-05-02', '--to', '2024-05-30', '--at', '16:05'];
    const out = await runAt(at, [...args, '--horizon', '2', '--models', 'parity', '--out', file, '--json']);
    const report = JSON.parse(out) as BacktestReport;
    expect(report.models[0]?.horizons[0]).toMatchObject({ rmse: 0, coverage95: 1 });
    const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
    expect(header).toBe(
      'model,origin_known_at,cutoff,target_date,horizon,mean,median,q0.025,q0.05,q0.1,q0.25,q0.75,q0.9,q0.95,q0.975,actual',
    );
    expect(lines).toHaveLength(2 * report.origins);
    for (const line of lines.filter((text) => text.split(',')[4] === '1')) {
      const cells = line.split(',');
      expect(cells[5]).toBe(cells.at(-1));
    }
  });
});
