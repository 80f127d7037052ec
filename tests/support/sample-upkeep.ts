import type { Upkeep } from '../../src/api/contract.ts';
import type { SampleState } from './sample-state.ts';

/** Made-up figures of upkeep. */
export function sampleUpkeep(state: SampleState): Upkeep {
  const isEmpty = state === 'empty';
  const isFailed = state === 'failed-run';
  const at = '2025-06-28T08:31:04.000Z';
  return {
    freshness: [
      { kind: 'source', name: 'cbr metals', newestDate: null, renewedAt: isEmpty ? null : at },
      {
        kind: 'layer',
        name: 'ods.metal_quote',
        newestDate: isEmpty ? null : '2025-06-28',
        renewedAt: isEmpty ? null : at,
      },
      { kind: 'step', name: 'publish', newestDate: null, renewedAt: isEmpty ? null : at },
    ],
    balances: [
      balance('source', 'raw.record', isEmpty ? 0 : 25_190, isEmpty ? 0 : 24_596, isEmpty ? 0 : 594, 0),
      balance(
        'ods.metal_quote',
        'ods.metal_quote_current',
        isEmpty ? 0 : 16_792,
        isEmpty ? 0 : 16_790,
        0,
        isEmpty ? 0 : 2,
      ),
      {
        ...balance('ods.metal_quote_current', 'dm.quote_daily', 16_790, isFailed ? 16_788 : 16_790, 0, 0),
        lost: isFailed ? 2 : 0,
      },
    ],
    revisions: isEmpty
      ? []
      : [
          {
            table: 'ods.metal_quote',
            code: 'gold',
            date: '2025-06-27',
            revision: 2,
            former: '8261.18',
            value: '82.6118',
            knownAt: at,
          },
        ],
    decisions: isEmpty
      ? []
      : [
          {
            table: 'ods.fx_rate',
            code: 'USD',
            date: '2025-06-20',
            revision: 1,
            decision: 'reject',
            reason: 'a slip <of the finger>',
            by: 'dashboard',
            at,
          },
        ],
    storage: [
      { place: 'warehouse raw', bytes: 12_582_912, files: null },
      { place: 'lake raw', bytes: 2_411_724, files: 16 },
    ],
    memory: isEmpty ? [] : [{ process: 'PostgreSQL', bytes: 62_914_560, count: 9 }],
  };
}

function balance(from: string, to: string, rowsIn: number, rowsOut: number, knownAlready: number, setAside: number) {
  return { from, to, rowsIn, rowsOut, knownAlready, setAside, superseded: 0, lost: 0 };
}
