import type { z } from 'zod';
import * as contract from './alerts-contract.ts';

type Operation = Readonly<Record<string, unknown>>;
type Command = (
  operationId: string,
  summary: string,
  request: z.ZodType | null,
  status: number,
  response: z.ZodType,
  parameters: readonly object[],
) => Operation;

export const alertSchemas: Readonly<Record<string, z.ZodType>> = {
  AlertCondition: contract.alertConditionSchema,
  AlertRequest: contract.alertRequestSchema,
  AlertPreviewRequest: contract.alertPreviewRequestSchema,
  AlertRule: contract.alertRuleSchema,
  AlertDelivery: contract.alertDeliverySchema,
  Alerts: contract.alertsSchema,
  AlertPreview: contract.alertPreviewSchema,
};

/** Commands of the alerts in the OpenAPI document. */
export function alertPaths(command: Command): Readonly<Record<string, { readonly post: Operation }>> {
  const id = [{ name: 'id', in: 'path', required: true, schema: { type: 'string', minLength: 1, maxLength: 100 } }];
  const { alertDoneSchema: done } = contract;
  return {
    '/alerts': {
      post: command('addAlert', 'Make a rule', contract.alertRequestSchema, 201, contract.alertRuleSchema, []),
    },
    '/alerts/preview': {
      post: command(
        'previewAlert',
        'What a condition would have found in the last days',
        contract.alertPreviewRequestSchema,
        200,
        contract.alertPreviewSchema,
        [],
      ),
    },
    '/alerts/{id}/test': {
      post: command('testAlert', 'Send a test message of a rule now', null, 200, contract.alertDeliverySchema, id),
    },
    '/alerts/{id}/on': { post: command('turnAlertOn', 'Turn a rule on', null, 200, done, id) },
    '/alerts/{id}/off': { post: command('turnAlertOff', 'Turn a rule off', null, 200, done, id) },
    '/alerts/{id}/remove': { post: command('removeAlert', 'Take a rule away', null, 200, done, id) },
    '/alerts/{id}/retry': {
      post: command('retryAlert', 'Try a message that was given up again', null, 200, done, id),
    },
  };
}
