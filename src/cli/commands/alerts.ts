import type { z } from 'zod';
import {
  type AlertDeliveryView,
  type AlertRuleView,
  alertPreviewRequestSchema,
  alertRequestSchema,
} from '../../api/contract.ts';
import { type CommandContext, usage } from '../command-context.ts';
import type { Options } from '../define-command.ts';
import { printJson, printJsonLine, printLine, printTable, say } from '../output.ts';
import { openSession, type Session } from '../session.ts';

export async function listAlerts(context: CommandContext): Promise<void> {
  const { terminal } = context;
  const view = await asking(context, ({ api }) => api.alerts.view());
  const { rules, channels } = view;
  if (context.ndjson) for (const rule of rules) printJsonLine(terminal, rule);
  else if (context.json) printJson(terminal, { rules, channels });
  else {
    printTable(terminal, ['rule', 'name', 'metal', 'waits for', 'to', 'quiet', 'state'], rules.map(ruleRow));
    if (rules.length === 0) say(terminal, 'No rules yet: assay alerts add --help');
    for (const { channel, isReady, needs } of channels) {
      if (!isReady && rules.some((rule) => rule.channel === channel))
        say(terminal, `${channel} needs ${needs} in the environment.`);
    }
  }
}

/** Makes a rule; says which setting its channel still lacks. */
export async function addAlert(context: CommandContext, options: Options, kind: string): Promise<void> {
  const target = String(options['to']);
  const request = checked(alertRequestSchema, {
    name: options['name'] ?? kind,
    metal: options['metal'],
    condition: conditionOf(kind, options),
    channel: channelOf(target),
    target,
    quiet: quietOf(options['quiet']),
    ...(options['lang'] === undefined ? {} : { lang: options['lang'] }),
  });
  const { rule, channels } = await asking(context, async ({ api }) => ({
    rule: await api.alerts.add(request),
    channels: (await api.alerts.view()).channels,
  }));
  if (context.json) printJson(context.terminal, rule);
  else printLine(context.terminal, rule.ruleId);
  const channel = channels.find((one) => one.channel === rule.channel);
  if (channel?.isReady === false)
    say(context.terminal, `Nothing is sent until ${channel.needs} is set in the environment of assay up.`);
  else say(context.terminal, `See whether it arrives: assay alerts test ${rule.ruleId}`);
}

export async function previewAlert(context: CommandContext, options: Options, kind: string): Promise<void> {
  const request = checked(alertPreviewRequestSchema, {
    metal: options['metal'],
    condition: conditionOf(kind, options),
    days: Number(options['last']),
    ...(options['lang'] === undefined ? {} : { lang: options['lang'] }),
  });
  const preview = await asking(context, ({ api }) => api.alerts.preview(request));
  if (context.json) {
    printJson(context.terminal, preview);
    return;
  }
  printTable(
    context.terminal,
    ['known at', 'message'],
    preview.events.map(({ at, subject }) => [at, subject]),
  );
  say(context.terminal, `${preview.events.length} in the last ${preview.days} days.`);
}

export type RuleCommand = 'test' | 'off' | 'on' | 'remove';

export async function changeAlert(context: CommandContext, act: RuleCommand, ruleId: string): Promise<void> {
  const delivery = await asking(context, async ({ api: { alerts } }): Promise<AlertDeliveryView | null> => {
    if (act === 'test') return alerts.test(ruleId);
    await (act === 'remove' ? alerts.remove(ruleId) : alerts.set(ruleId, act === 'on'));
    return null;
  });
  if (context.json) printJson(context.terminal, delivery ?? { ruleId, done: act });
  else if (delivery === null) printLine(context.terminal, `${ruleId}: ${act === 'remove' ? 'removed' : act}`);
  else printLine(context.terminal, `${delivery.state}: ${delivery.detail ?? ''}`);
  if (delivery !== null && delivery.state !== 'sent') process.exitCode = 1;
}

export async function logAlerts(context: CommandContext): Promise<void> {
  const { terminal } = context;
  const { deliveries } = await asking(context, ({ api }) => api.alerts.view());
  if (context.ndjson) for (const delivery of deliveries) printJsonLine(terminal, delivery);
  else if (context.json) printJson(terminal, deliveries);
  else {
    printTable(
      terminal,
      ['made', 'rule', 'channel', 'state', 'tries', 'message', 'what was said', 'id'],
      deliveries.map(({ createdAt, ruleName, channel, state, attempts, subject, detail, deliveryId }) => [
        ...[createdAt, ruleName, channel, state, attempts, subject, detail, deliveryId],
      ]),
    );
  }
}

export async function retryAlert(context: CommandContext, deliveryId: string): Promise<void> {
  await asking(context, ({ api }) => api.alerts.retry(deliveryId));
  if (context.json) printJson(context.terminal, { deliveryId, done: 'retry' });
  else printLine(context.terminal, `${deliveryId}: in the outbox again`);
}

async function asking<Value>(context: CommandContext, ask: (session: Session) => Promise<Value>): Promise<Value> {
  const session = await openSession(context, { command: 'alerts', simulated: false });
  try {
    return await ask(session);
  } finally {
    await session.close();
  }
}

/** Options as the condition's schema names them; those not given take its defaults. */
function conditionOf(kind: string, options: Options): Readonly<Record<string, unknown>> {
  const numbers: Readonly<Record<string, string>> = {
    level: 'levelRubPerGram',
    percent: 'percent',
    quotes: 'quotes',
    interval: 'level',
    horizon: 'horizon',
    days: 'days',
    hours: 'hours',
  };
  const condition: Record<string, unknown> = { kind };
  for (const [option, field] of Object.entries(numbers)) {
    if (options[option] !== undefined) condition[field] = Number(options[option]);
  }
  for (const option of ['direction', 'side']) {
    if (options[option] !== undefined) condition[option] = options[option];
  }
  return condition;
}

/** The shape of a target tells its channel. */
function channelOf(target: string): 'webhook' | 'telegram' | 'email' {
  if (/^[a-z]+:\/\//i.test(target)) return 'webhook';
  return /^[^@\s]+@/.test(target) ? 'email' : 'telegram';
}

function quietOf(text: string | boolean | undefined): { from: string; to: string } | null {
  if (typeof text !== 'string') return null;
  const [from = '', to = ''] = text.split('-');
  return { from, to };
}

/** Throws USAGE with the option, in place of the schema's own words for it. */
function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.filter((part) => part !== 'condition').join('.') ?? '';
  const said = (text = '') => text.replace(/^Invalid input: /, '').replace('received undefined', 'and it is missing');
  const fault =
    issue?.code === 'unrecognized_keys'
      ? `${issue.keys.map(optionOf).join(', ')} has no place in this kind of rule`
      : `${place === '' ? 'the rule' : optionOf(place)}: ${said(issue?.message)}`;
  throw usage(`Refused: ${fault}.`, 'See: assay alerts add --help');
}

/** The option that gives a field of the rule. */
function optionOf(field: string): string {
  if (field.startsWith('quiet')) return '--quiet';
  return `--${({ levelRubPerGram: 'level', level: 'interval', target: 'to' } as Record<string, string>)[field] ?? field}`;
}

function ruleRow({ ruleId, name, metal, condition, target, quiet, isEnabled }: AlertRuleView): string[] {
  const { kind, ...rest } = condition;
  const figures = Object.entries(rest).map(([field, value]) => `${field} ${value ?? 'all'}`);
  return [
    ruleId,
    name,
    metal,
    [kind, ...figures].join(', '),
    target,
    quiet === null ? '' : `${quiet.from}-${quiet.to}`,
    isEnabled ? 'on' : 'off',
  ];
}
