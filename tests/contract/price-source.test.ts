import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCbrSource } from '../../src/adapters/price-source/cbr.ts';
import { createSimulatedSource } from '../../src/adapters/price-source/simulated.ts';
import { isoDate } from '../../src/domain/iso-date.ts';
import { startReplica } from '../../src/replica/server.ts';
import { frozenClock } from '../support/frozen-clock.ts';
import { makeDataFolder } from '../support/replica-data.ts';
import { priceSourceContract } from './price-source.contract.ts';

const range = { from: isoDate('2025-06-01'), to: isoDate('2025-06-30') };
const part = { from: isoDate('2025-06-25'), to: isoDate('2025-06-27') };
const sleep = async () => {};

priceSourceContract('the Bank, through the replica', async () => {
  const replica = await startReplica({ dataFolder: await makeDataFolder(), port: 0, published: null });
  const source = createCbrSource({ baseUrl: replica.url, clock: frozenClock(), sleep });
  return { source, range, part, close: () => replica.stop() };
});

priceSourceContract('simulated', async () => ({
  source: createSimulatedSource({ seed: 1, clock: frozenClock() }),
  range,
  part,
  close: async () => {},
}));

const history = resolve(import.meta.dirname, '../../../shared/data');
describe.skipIf(!existsSync(history))(
  'recorded history (skipped where the folder of recorded history is absent)',
  () => {
    it('comes whole through the replica in one request per series', async () => {
      const replica = await startReplica({ dataFolder: history, port: 0, published: null });
      const source = createCbrSource({ baseUrl: replica.url, clock: frozenClock(), sleep });
      const read = async (series: 'metals' | 'usd') => {
        const whole = { from: source.firstDate(series), to: isoDate('2025-07-14') };
        const parsed = source.parse(series, whole, await source.fetch(series, whole, new AbortController().signal));
        return parsed.ok ? parsed.records : [];
      };
      const metals = await read('metals');
      const gold = metals.filter((record) => record.code === '1');
      expect(gold).toHaveLength(4198);
      expect(gold.at(-1)).toEqual({ code: '1', date: '2025-06-28', fields: { Buy: '8372,48', Sell: '8372,48' } });
      expect((await read('usd'))[0]).toMatchObject({ date: '1998-01-01', fields: { Value: '5,9600' } });
      expect(replica.requests()).toEqual({ '/scripts/xml_metall.asp': 1, '/scripts/XML_dynamic.asp': 1 });
      await replica.stop();
    });
  },
);
