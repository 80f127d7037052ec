import type pg from 'pg';
import type { AlertChannel, AlertCondition, AlertRule, QuietHours } from '../../domain/alerts/alert-rule.ts';
import type { IsoDate } from '../../domain/iso-date.ts';
import type { Metal } from '../../domain/metal.ts';
import type { Instant } from '../../domain/moscow-time.ts';
import type { AlertPayload, AlertStore, Delivery, DeliveryState } from '../../ports/alerts.ts';
import { sqlFile } from '../sql-files.ts';
import { rows, written } from './pool.ts';

/** Alert rules and their outbox in PostgreSQL. */
export function createAlertStore(pool: pg.Pool): AlertStore {
  const sql = (name: string) => sqlFile(`postgres/alerts/${name}.sql`);
  return {
    rules: async () => (await rows<RuleRow>(pool, sql('rules'))).map(ruleOf),
    async addRule(rule) {
      await written(pool, sql('add-rule'), [
        rule.ruleId,
        rule.name,
        rule.metal,
        JSON.stringify(rule.condition),
        rule.channel,
        rule.target,
        rule.quiet === null ? null : JSON.stringify(rule.quiet),
        rule.lang,
        rule.isEnabled,
        rule.watchedFrom,
        rule.afterDate,
      ]);
    },
    setRule: async (ruleId, isEnabled, { watchedFrom, afterDate }) =>
      (await written(pool, sql('set-rule'), [ruleId, isEnabled, watchedFrom, afterDate])) === 1,
    removeRule: async (ruleId, now) => (await rows(pool, sql('remove-rule'), [ruleId, now])).length === 1,
    facts: (metal, now) => readFacts(pool, metal, now),
    async enqueue(one) {
      const created = await rows(pool, sql('enqueue'), [
        one.deliveryId,
        one.ruleId,
        one.eventKey,
        one.eventAt,
        JSON.stringify(one.payload),
        one.channel,
        one.target,
        one.notBefore,
        one.createdAt,
      ]);
      return created.length === 0 ? 'exists' : 'created';
    },
    async claim(now, leaseUntil, deliveryId) {
      const [row] = await rows<DeliveryRow>(pool, sql('claim'), [now, leaseUntil, deliveryId ?? null]);
      return row === undefined ? null : deliveryOf(row);
    },
    async settle({ deliveryId, attempts }, { state, at, detail, retryAt }) {
      await written(pool, sql('settle'), [deliveryId, attempts, state, at, detail.slice(0, 1000), retryAt ?? null]);
    },
    retry: async (deliveryId, now) => (await written(pool, sql('retry'), [deliveryId, now])) === 1,
    deliveries: async (limit) => (await rows<DeliveryRow>(pool, sql('deliveries'), [limit])).map(deliveryOf),
  };
}

async function readFacts(pool: pg.Pool, metal: Metal, now: Instant): ReturnType<AlertStore['facts']> {
  const ask = <Row extends pg.QueryResultRow>(name: string) =>
    rows<Row>(pool, sqlFile(`postgres/alerts/${name}.sql`), [metal, now]);
  const [quotes, scored, formula] = await Promise.all([
    ask<QuoteRow>('quotes'),
    ask<ScoredRow>('scored'),
    ask<{ made_at: Instant; alarm: string | null }>('formula'),
  ]);
  return {
    now,
    quotes: quotes.map((row) => ({ date: row.effective_date, price: row.buy_rub_per_gram, knownAt: row.known_at })),
    scored: scored.map((row) => ({
      targetDate: row.target_date,
      horizon: row.horizon,
      modelName: row.model_name,
      mean: row.mean_rub_per_gram,
      actual: row.actual_rub_per_gram,
      interval80: [row.q100_rub_per_gram, row.q900_rub_per_gram],
      interval95: [row.q025_rub_per_gram, row.q975_rub_per_gram],
      knownAt: row.known_at,
    })),
    formula: formula.map((row) => ({ at: row.made_at, alarm: row.alarm })),
  };
}

function ruleOf(row: RuleRow): AlertRule {
  return {
    ruleId: row.rule_id,
    name: row.name,
    metal: row.metal,
    condition: row.condition,
    channel: row.channel,
    target: row.target,
    quiet: row.quiet,
    lang: row.lang,
    isEnabled: row.is_enabled,
    watchedFrom: row.watched_from,
    afterDate: row.after_date,
  };
}

function deliveryOf(row: DeliveryRow): Delivery {
  return {
    deliveryId: row.delivery_id,
    ruleId: row.rule_id,
    ruleName: row.rule_name,
    eventKey: row.event_key,
    eventAt: row.event_at,
    payload: row.payload,
    channel: row.channel,
    target: row.target,
    quiet: row.quiet,
    state: row.state,
    attempts: row.attempts,
    notBefore: row.not_before,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    detail: row.detail,
  };
}

interface RuleRow {
  readonly rule_id: string;
  readonly name: string;
  readonly metal: Metal;
  readonly condition: AlertCondition;
  readonly channel: AlertChannel;
  readonly target: string;
  readonly quiet: QuietHours | null;
  readonly lang: 'ru' | 'en';
  readonly is_enabled: boolean;
  readonly watched_from: Instant;
  readonly after_date: IsoDate | null;
}

interface DeliveryRow {
  readonly delivery_id: string;
  readonly rule_id: string;
  readonly rule_name: string;
  readonly event_key: string;
  readonly event_at: Instant;
  readonly payload: AlertPayload;
  readonly channel: AlertChannel;
  readonly target: string;
  readonly quiet: QuietHours | null;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly not_before: Instant;
  readonly created_at: Instant;
  readonly ended_at: Instant | null;
  readonly detail: string | null;
}

interface QuoteRow {
  readonly effective_date: IsoDate;
  readonly buy_rub_per_gram: number;
  readonly known_at: Instant;
}

interface ScoredRow {
  readonly target_date: IsoDate;
  readonly horizon: number;
  readonly model_name: string;
  readonly mean_rub_per_gram: number;
  readonly actual_rub_per_gram: number;
  readonly q025_rub_per_gram: number;
  readonly q100_rub_per_gram: number;
  readonly q900_rub_per_gram: number;
  readonly q975_rub_per_gram: number;
  readonly known_at: Instant;
}
