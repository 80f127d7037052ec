import { testMessage } from '../domain/alerts/alert-message.ts';
import type { AlertCondition, AlertRule } from '../domain/alerts/alert-rule.ts';
import { PlatformError } from '../domain/errors.ts';
import type { Metal } from '../domain/metal.ts';
import { instant } from '../domain/moscow-time.ts';
import { type AlertPorts, deliverOne, previewAlerts } from '../flows/notify.ts';
import type { Delivery } from '../ports/alerts.ts';
import type { AlertDeliveryView, AlertRuleView, AlertsApi } from './alerts-contract.ts';

export interface AlertsApiOptions extends AlertPorts {
  readonly newId: () => string;
  readonly defaultLang: 'ru' | 'en';
}

const shownDeliveries = 100;
const testLeaseMs = 60_000;

/** Alerts over the store and the messenger. */
export function createAlertsApi(options: AlertsApiOptions): AlertsApi {
  const { alerts, messenger, clock, postClock, newId } = options;
  /** What is known now is no news. */
  const watch = async (metal: Metal) => {
    const now = clock.now();
    const { quotes } = await alerts.facts(metal, now);
    return { watchedFrom: now, afterDate: quotes.at(-1)?.date ?? null };
  };
  return {
    async view() {
      const [rules, deliveries] = await Promise.all([alerts.rules(), alerts.deliveries(shownDeliveries)]);
      return {
        rules: rules.map(ruleView),
        deliveries: deliveries.map(deliveryView),
        channels: messenger.channels.map((one) => ({ ...one })),
      };
    },
    async add({ name, metal, condition, channel, target, quiet, lang }) {
      const rule: AlertRule = {
        ruleId: newId().slice(0, 8),
        ...{ name, metal, condition: condition as AlertCondition, channel, target, quiet },
        lang: lang ?? options.defaultLang,
        isEnabled: true,
        ...(await watch(metal)),
      };
      await alerts.addRule(rule);
      return ruleView(rule);
    },
    async set(ruleId, isEnabled) {
      const rule = await ruleOf(ruleId, options);
      await alerts.setRule(ruleId, isEnabled, await watch(rule.metal));
    },
    async remove(ruleId) {
      if (!(await alerts.removeRule(ruleId, postClock.now()))) throw noRule(ruleId);
    },
    async preview({ metal, condition, days, lang }) {
      const rule = { name: '', metal, condition: condition as AlertCondition, lang: lang ?? options.defaultLang };
      return { days, events: await previewAlerts(rule, days, options) };
    },
    test: async (ruleId) => deliveryView(await sendTest(await ruleOf(ruleId, options), options)),
    async retry(deliveryId) {
      if (await alerts.retry(deliveryId, postClock.now())) return;
      throw new PlatformError('NOT_FOUND', `There is no message "${deliveryId}" that was given up.`, {
        context: { parameter: 'id', value: deliveryId },
        hint: 'assay alerts log lists the messages with their states.',
      });
    },
  };
}

async function ruleOf(ruleId: string, { alerts }: AlertsApiOptions): Promise<AlertRule> {
  const rule = (await alerts.rules()).find((known) => known.ruleId === ruleId);
  if (rule === undefined) throw noRule(ruleId);
  return rule;
}

function noRule(ruleId: string): PlatformError {
  return new PlatformError('NOT_FOUND', `There is no alert rule "${ruleId}".`, {
    context: { parameter: 'id', value: ruleId },
    hint: 'assay alerts list, or the Alerts page, shows the rules with their ids.',
  });
}

/** Through the same outbox as everything else, at once: its attempts are in the log. */
async function sendTest(rule: AlertRule, options: AlertsApiOptions): Promise<Delivery> {
  const { alerts, postClock, simulated } = options;
  const now = postClock.now();
  const deliveryId = options.newId().replaceAll('-', '');
  const { ruleId, metal, channel, target } = rule;
  await alerts.enqueue({
    ...{ deliveryId, ruleId, channel, target },
    eventKey: `test ${deliveryId}`,
    eventAt: now,
    payload: { ...testMessage(rule), kind: 'test', metal, date: null, figures: {}, simulated },
    notBefore: now,
    createdAt: now,
  });
  const claimed = await alerts.claim(now, instant(Date.parse(now) + testLeaseMs), deliveryId);
  if (claimed !== null) await deliverOne(claimed, options, new AbortController().signal);
  const found = (await alerts.deliveries(shownDeliveries)).find((one) => one.deliveryId === deliveryId);
  if (found === undefined) throw noRule(ruleId);
  return found;
}

function ruleView({
  ruleId,
  name,
  metal,
  condition,
  channel,
  target,
  quiet,
  lang,
  isEnabled,
  watchedFrom,
}: AlertRule): AlertRuleView {
  return {
    ruleId,
    name,
    metal,
    condition,
    channel,
    target: shortened(channel, target),
    quiet,
    lang,
    isEnabled,
    watchedFrom,
  };
}

function shortened(channel: AlertRule['channel'], target: string): string {
  if (channel !== 'webhook') return target;
  const { origin, pathname, search } = new URL(target);
  return pathname.length + search.length <= 1 ? origin : `${origin}/…${`${pathname}${search}`.slice(-4)}`;
}

function deliveryView(delivery: Delivery): AlertDeliveryView {
  const { deliveryId, ruleId, ruleName, eventAt, payload, channel, state } = delivery;
  const { attempts, notBefore, createdAt, endedAt, detail } = delivery;
  const { date, kind, subject } = payload;
  return {
    ...{ deliveryId, ruleId, ruleName, eventAt, date, kind, subject, channel, state },
    ...{ attempts, notBefore, createdAt, endedAt, detail },
  };
}
