import type { AlertDeliveryView, AlertRuleView, AlertsApi } from '../../src/api/contract.ts';
import { PlatformError } from '../../src/domain/errors.ts';
import type { SampleState } from './sample-state.ts';

const rules: readonly AlertRuleView[] = [
  {
    ruleId: 'r1',
    name: 'Above 9000',
    metal: 'gold',
    condition: { kind: 'price-crosses', levelRubPerGram: 9000, direction: 'up' },
    channel: 'telegram',
    target: '-1001234567890',
    quiet: { from: '22:00', to: '08:00' },
    lang: 'ru',
    isEnabled: true,
    watchedFrom: '2025-05-01T09:00:00.000Z',
  },
  {
    ruleId: 'r2',
    name: 'Data late',
    metal: 'gold',
    condition: { kind: 'stale-data', hours: 24 },
    channel: 'webhook',
    target: 'https://hooks.example.org/…9f2c',
    quiet: null,
    lang: 'en',
    isEnabled: false,
    watchedFrom: '2025-05-01T09:00:00.000Z',
  },
];

function delivery(changes: Partial<AlertDeliveryView>): AlertDeliveryView {
  return {
    deliveryId: 'd1',
    ruleId: 'r1',
    ruleName: 'Above 9000',
    eventAt: '2025-06-20T13:30:00.000Z',
    date: '2025-06-21',
    kind: 'price-crosses',
    subject: 'Gold for 2025-06-21: 9012.40, above 9000.00 (before: 8975.11)',
    channel: 'telegram',
    state: 'sent',
    attempts: 1,
    notBefore: '2025-06-20T13:30:00.000Z',
    createdAt: '2025-06-20T13:31:02.000Z',
    endedAt: '2025-06-20T13:31:03.000Z',
    detail: 'message 4711',
    ...changes,
  };
}

/** Alerts over made-up rules; `commands` records what was asked. */
export function createSampleAlerts(state: SampleState, commands: (readonly unknown[])[]): AlertsApi {
  const isEmpty = state === 'empty';
  return {
    view: async () => ({
      rules: isEmpty ? [] : [...rules],
      deliveries: isEmpty
        ? []
        : [
            delivery({
              deliveryId: 'd2',
              ruleId: 'r2',
              ruleName: 'Data late',
              channel: 'webhook',
              state: 'failed',
              attempts: 14,
              detail: 'https://hooks.example.org did not take the message: 500',
            }),
            delivery({}),
          ],
      channels: [
        { channel: 'webhook', isReady: false, needs: 'ASSAY_ALERT_SECRET' },
        { channel: 'telegram', isReady: true, needs: 'ASSAY_TELEGRAM_URL' },
        { channel: 'email', isReady: false, needs: 'ASSAY_SMTP_URL, ASSAY_ALERT_FROM' },
      ],
    }),
    add: async (request) => {
      commands.push(['addAlert', request]);
      return rules[0]!;
    },
    set: async (ruleId, isEnabled) => {
      commands.push(['setAlert', ruleId, isEnabled]);
    },
    remove: async (ruleId) => {
      commands.push(['removeAlert', ruleId]);
      if (ruleId === 'r9') throw new PlatformError('NOT_FOUND', 'There is no alert rule "r9".');
    },
    preview: async ({ days }) => ({
      days,
      events: isEmpty
        ? []
        : [{ at: '2025-06-20T13:30:00.000Z', date: '2025-06-21', subject: 'Gold for 2025-06-21: 9012.40' }],
    }),
    test: async (ruleId) => {
      commands.push(['testAlert', ruleId]);
      return delivery({ kind: 'test', ruleId });
    },
    retry: async (deliveryId) => {
      commands.push(['retryAlert', deliveryId]);
    },
  };
}
