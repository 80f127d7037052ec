import { z } from 'zod';
import { dateSchema, instantSchema, metalSchema } from './contract-values.ts';

/** Rules that wait for events of the price, and the messages they sent. */

const clockSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day as HH:MM');

export const alertConditionSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('price-crosses'),
    levelRubPerGram: z.number().positive().max(1e9),
    direction: z.enum(['up', 'down', 'either']).default('either'),
  }),
  z.strictObject({
    kind: z.literal('change-exceeds'),
    percent: z.number().positive().max(1000),
    quotes: z.int().min(1).max(250).default(1).describe('Over so many quotes'),
  }),
  z.strictObject({
    kind: z.literal('interval-breach'),
    level: z.union([z.literal(80), z.literal(95)]).default(95),
    horizon: z.int().min(1).max(14).default(1),
  }),
  z.strictObject({
    kind: z.literal('new-record'),
    side: z.enum(['high', 'low', 'either']).default('either'),
    days: z
      .int()
      .min(2)
      .max(36_600)
      .nullable()
      .default(null)
      .describe('Within so many calendar days; null: all history'),
  }),
  z.strictObject({
    kind: z.literal('stale-data'),
    hours: z.number().min(1).max(1000).default(24).describe('After the next price was expected'),
  }),
  z.strictObject({ kind: z.literal('promotion') }),
  z.strictObject({ kind: z.literal('formula-alarm') }),
]);

export const alertChannelSchema = z.enum(['webhook', 'telegram', 'email']);
export const quietHoursSchema = z.strictObject({ from: clockSchema, to: clockSchema }).describe("On Moscow's clock");

export const alertRequestSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(80),
    metal: metalSchema.default('gold'),
    condition: alertConditionSchema,
    channel: alertChannelSchema,
    target: z.string().trim().min(1).max(500).describe('Address, chat or mailbox, by the channel'),
    quiet: quietHoursSchema.nullable().default(null),
    lang: z.enum(['ru', 'en']).optional(),
  })
  .superRefine(({ channel, target }, context) => {
    const fault = faultOfTarget(channel, target);
    if (fault !== null) context.addIssue({ code: 'custom', path: ['target'], message: fault });
  });

export const alertPreviewRequestSchema = z.strictObject({
  metal: metalSchema.default('gold'),
  condition: alertConditionSchema,
  days: z.int().min(1).max(3660).default(90),
  lang: z.enum(['ru', 'en']).optional(),
});

export const alertRuleSchema = z.object({
  ruleId: z.string(),
  name: z.string(),
  metal: metalSchema,
  condition: alertConditionSchema,
  channel: alertChannelSchema,
  target: z.string().describe('Shortened: the path of a webhook may be a secret'),
  quiet: quietHoursSchema.nullable(),
  lang: z.enum(['ru', 'en']),
  isEnabled: z.boolean(),
  watchedFrom: instantSchema,
});

export const alertDeliverySchema = z.object({
  deliveryId: z.string(),
  ruleId: z.string(),
  ruleName: z.string(),
  eventAt: instantSchema,
  date: dateSchema.nullable(),
  kind: z.string(),
  subject: z.string(),
  channel: alertChannelSchema,
  state: z.enum(['pending', 'sending', 'sent', 'failed', 'cancelled']),
  attempts: z.number().int(),
  notBefore: instantSchema,
  createdAt: instantSchema,
  endedAt: instantSchema.nullable(),
  detail: z.string().nullable().describe('What the receiver said, or why it failed last'),
});

export const alertsSchema = z.object({
  rules: z.array(alertRuleSchema),
  deliveries: z.array(alertDeliverySchema).describe('Newest first'),
  channels: z.array(
    z.object({ channel: alertChannelSchema, isReady: z.boolean(), needs: z.string().describe('Settings it needs') }),
  ),
});

export const alertPreviewSchema = z.object({
  days: z.number().int(),
  events: z.array(z.object({ at: instantSchema, date: dateSchema.nullable(), subject: z.string() })),
});

export const alertDoneSchema = z.object({ ruleId: z.string() });

export type AlertConditionView = z.infer<typeof alertConditionSchema>;
export type AlertRequest = z.infer<typeof alertRequestSchema>;
export type AlertPreviewRequest = z.infer<typeof alertPreviewRequestSchema>;
export type AlertRuleView = z.infer<typeof alertRuleSchema>;
export type AlertDeliveryView = z.infer<typeof alertDeliverySchema>;
export type AlertsView = z.infer<typeof alertsSchema>;
export type AlertPreview = z.infer<typeof alertPreviewSchema>;

/** Alerts as the pages, the JSON API and the command line see them. */
export interface AlertsApi {
  view(): Promise<AlertsView>;
  add(request: AlertRequest): Promise<AlertRuleView>;
  set(ruleId: string, isEnabled: boolean): Promise<void>;
  remove(ruleId: string): Promise<void>;
  /** What the condition would have found in the last days. */
  preview(request: AlertPreviewRequest): Promise<AlertPreview>;
  /** Sends a message now, whatever the hour, and tells how it went. */
  test(ruleId: string): Promise<AlertDeliveryView>;
  /** Puts a message that was given up back into the outbox. */
  retry(deliveryId: string): Promise<void>;
}

/** Why a target cannot be used, or null. Webhooks are the operator's own choice; only what is no web address is refused. */
function faultOfTarget(channel: z.infer<typeof alertChannelSchema>, target: string): string | null {
  if (channel === 'telegram') {
    return /^(-?\d{1,20}|@\w{4,64})$/.test(target) ? null : 'a chat id such as -1001234567890, or @name of a channel';
  }
  if (channel === 'email') {
    return /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;"]+$/.test(target) ? null : 'one e-mail address';
  }
  const url = URL.canParse(target) ? new URL(target) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return 'an http:// or https:// address';
  }
  return url.username === '' && url.password === '' ? null : 'an address without user and password: they would be kept';
}
