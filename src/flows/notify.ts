import { createHash } from 'node:crypto';
import { type AlertFacts, eventsOf } from '../domain/alerts/alert-events.ts';
import { messageOf } from '../domain/alerts/alert-message.ts';
import { type AlertEvent, type AlertRule, isNews } from '../domain/alerts/alert-rule.ts';
import { afterQuiet } from '../domain/alerts/quiet-hours.ts';
import { PlatformError } from '../domain/errors.ts';
import type { Metal } from '../domain/metal.ts';
import { type Instant, instant } from '../domain/moscow-time.ts';
import type { AlertStore, Delivery, Messenger } from '../ports/alerts.ts';
import type { Clock } from '../ports/clock.ts';
import type { StepContext } from '../ports/journal.ts';
import type { Tracking } from '../ports/tracking.ts';
import { registeredNameOf, tag } from './model-registry.ts';

export interface AlertPorts {
  readonly alerts: AlertStore;
  readonly messenger: Messenger;
  readonly tracking: Pick<Tracking, 'versions'>;
  /** The data's clock: what is known. */
  readonly clock: Clock;
  /** The real clock: quiet hours, pauses and leases. */
  readonly postClock: Clock;
  readonly simulated: boolean;
}

/** After so many attempts, some two days, a message is given up until a person asks again. */
export const mostAttempts = 14;
const firstPauseMs = 30_000;
const longestPauseMs = 6 * 3_600_000;
/** Longer than a delivery may take: only a message whose sender died is taken over. */
const leaseMs = 60_000;
const sendTimeoutMs = 20_000;
/** The rest waits for the next round, so that one round stays within the time of a step. */
const mostAtOnce = 50;
const roundMs = 75_000;

/**
 * Holds every rule that is on against what is known, and puts what is news into the outbox: each event of a rule once,
 * however often this runs. Returns how many messages were added.
 */
export async function findAlerts(
  ports: AlertPorts & { readonly step: StepContext },
): Promise<{ rules: number; found: number }> {
  const rules = (await ports.alerts.rules()).filter(({ isEnabled }) => isEnabled);
  const facts = new Map<Metal, Promise<AlertFacts>>();
  let found = 0;
  for (const rule of rules) {
    const known = facts.get(rule.metal) ?? readAlertFacts(rule.metal, ports);
    facts.set(rule.metal, known);
    for (const event of eventsOf(rule.condition, await known).filter((one) => isNews(one, rule))) {
      const result = await ports.alerts.enqueue(deliveryFor(rule, event, ports));
      if (result === 'exists') continue;
      found += 1;
      ports.step.note(`Rule "${rule.name}": ${messageOf(rule, event, ports.simulated).subject}`, { event: event.key });
    }
  }
  ports.step.rows(rules.length, found);
  return { rules: rules.length, found };
}

/** What is known of a metal now, with the terms of its champions. */
export async function readAlertFacts(metal: Metal, ports: AlertPorts): Promise<AlertFacts> {
  const now = ports.clock.now();
  const [facts, versions] = await Promise.all([
    ports.alerts.facts(metal, now),
    ports.tracking.versions(registeredNameOf(metal)),
  ]);
  const promotions = versions.flatMap(({ version, tags }) => {
    const at = tags[tag.servingSince];
    if (at === undefined) return [];
    return [{ version, model: tags[tag.model] ?? 'unknown', why: tags[tag.promotedWhy] ?? '', at: at as Instant }];
  });
  return { ...facts, promotions };
}

/** The row of the outbox for an event: its id is made of rule and event, and receivers see it. */
export function deliveryFor(
  rule: AlertRule,
  event: AlertEvent,
  { postClock, simulated }: Pick<AlertPorts, 'postClock' | 'simulated'>,
): Parameters<AlertStore['enqueue']>[0] {
  const now = postClock.now();
  const { figures, date } = event;
  return {
    deliveryId: createHash('sha256').update(`${rule.ruleId}\n${event.key}`).digest('hex').slice(0, 32),
    ruleId: rule.ruleId,
    eventKey: event.key,
    eventAt: event.at,
    payload: {
      ...messageOf(rule, event, simulated),
      kind: rule.condition.kind,
      metal: rule.metal,
      date,
      figures,
      simulated,
    },
    channel: rule.channel,
    target: rule.target,
    notBefore: afterQuiet(now, rule.quiet),
    createdAt: now,
  };
}

export interface DeliveryReport {
  readonly sent: number;
  /** To be tried again later. */
  readonly delayed: number;
  /** Given up. */
  readonly failed: number;
}

/**
 * Delivers what is due. A message is claimed for a while, sent, and marked: whoever dies in between loses the claim, and
 * the message is sent again under the same id. A receiver that fails is tried again after growing pauses; none of it
 * fails the caller, since it is all in the log.
 */
export async function deliverAlerts(
  ports: Pick<AlertPorts, 'alerts' | 'messenger' | 'postClock'>,
  signal: AbortSignal,
): Promise<DeliveryReport> {
  const report = { sent: 0, delayed: 0, failed: 0 };
  const endMs = Date.parse(ports.postClock.now()) + roundMs;
  for (let count = 0; count < mostAtOnce && !signal.aborted; count += 1) {
    const now = ports.postClock.now();
    if (Date.parse(now) > endMs) break;
    const delivery = await ports.alerts.claim(now, later(now, leaseMs));
    if (delivery === null) break;
    const state = await deliverOne(delivery, ports, signal);
    report[state === 'pending' ? 'delayed' : state] += 1;
  }
  return report;
}

/** Sends a claimed message and settles it. */
export async function deliverOne(
  delivery: Delivery,
  { alerts, messenger, postClock }: Pick<AlertPorts, 'alerts' | 'messenger' | 'postClock'>,
  signal: AbortSignal,
): Promise<'sent' | 'failed' | 'pending'> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(sendTimeoutMs)]);
  try {
    const detail = await messenger.send(delivery, limit);
    await alerts.settle(delivery, { state: 'sent', at: postClock.now(), detail });
    return 'sent';
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'DELIVERY_FAILED') throw error;
    const at = postClock.now();
    const detail = [error.message, error.hint].filter(Boolean).join(' ');
    if (delivery.attempts >= mostAttempts) {
      await alerts.settle(delivery, { state: 'failed', at, detail });
      return 'failed';
    }
    const retryAt = afterQuiet(later(at, pauseMs(delivery)), delivery.quiet);
    await alerts.settle(delivery, { state: 'pending', at, detail, retryAt });
    return 'pending';
  }
}

/** Doubles with each attempt, up to six hours; spread by the message's own id, so that many do not come at once. */
export function pauseMs({ deliveryId, attempts }: Pick<Delivery, 'deliveryId' | 'attempts'>): number {
  const digest = createHash('sha256').update(`${deliveryId} ${attempts}`).digest();
  const share = digest.readUInt32BE(0) / 2 ** 32;
  return Math.round(Math.min(longestPauseMs, firstPauseMs * 2 ** (attempts - 1)) * (0.75 + 0.5 * share));
}

/** What a rule would have said about the last days, newest first. */
export async function previewAlerts(
  rule: Pick<AlertRule, 'name' | 'metal' | 'condition' | 'lang'>,
  days: number,
  ports: AlertPorts,
): Promise<{ at: Instant; date: AlertEvent['date']; subject: string }[]> {
  const facts = await readAlertFacts(rule.metal, ports);
  const from = later(facts.now, -days * 86_400_000);
  return eventsOf(rule.condition, facts)
    .filter(({ at }) => at > from)
    .map((event) => ({ at: event.at, date: event.date, subject: messageOf(rule, event, ports.simulated).subject }))
    .reverse();
}

function later(at: Instant, ms: number): Instant {
  return instant(Date.parse(at) + ms);
}
