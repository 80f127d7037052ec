import type { z } from 'zod';
import { type AssayApi, alertRequestSchema, metalSchema } from '../src/api/contract.ts';

type Fields = Readonly<Record<string, string>>;
type Accept = (path: string, act: (fields: Fields) => Promise<string>) => void;
type Parse = <Value>(result: z.ZodSafeParseResult<Value>) => Value;

/** Fields of the form that say what a rule waits for; the only ones that an address may hold. */
export const alertFields: readonly string[] = [
  'kind',
  'level',
  'direction',
  'percent',
  'quotes',
  'interval',
  'horizon',
  'side',
  'days',
  'hours',
];

/** Forms of the Alerts page. The preview changes nothing: it leads to the page's own address, without the target. */
export function addAlertForms(accept: Accept, parse: Parse, api: AssayApi): void {
  accept('/alerts/add', async (fields) => {
    const { kind, name, channel, target, quietFrom, quietTo, lang } = fields;
    const hasQuiet = Boolean(quietFrom) || Boolean(quietTo);
    const request = parse(
      alertRequestSchema.safeParse({
        name: name?.trim() || kind,
        metal: fields['metal'],
        condition: conditionOf(fields),
        channel,
        target,
        quiet: hasQuiet ? { from: quietFrom ?? '', to: quietTo ?? '' } : null,
        ...((lang === 'ru' || lang === 'en') && { lang }),
      }),
    );
    await api.alerts.add(request);
    return addressOf(fields, { done: 'added' });
  });
  accept('/alerts/preview', async (fields) => {
    const kept = Object.entries(fields).filter(([name, value]) => alertFields.includes(name) && value !== '');
    return `${addressOf(fields, { ...Object.fromEntries(kept), preview: 'yes' })}#new`;
  });
  accept('/alerts/change', async (fields) => {
    const rule = fields['rule'] ?? '';
    switch (fields['act']) {
      case 'test':
        await api.alerts.test(rule);
        return addressOf(fields, { done: 'tested' });
      case 'remove':
        await api.alerts.remove(rule);
        return addressOf(fields, { done: 'removed' });
      default:
        await api.alerts.set(rule, fields['act'] === 'on');
        return addressOf(fields, { done: 'changed' });
    }
  });
  accept('/alerts/retry', async (fields) => {
    await api.alerts.retry(fields['delivery'] ?? '');
    return addressOf(fields, { done: 'retried' });
  });
}

/** Fields as the condition's schema names them; empty ones take its defaults. */
export function conditionOf(fields: Fields): Readonly<Record<string, unknown>> {
  const number = (name: string) => Number((fields[name] ?? '').replaceAll(/\s/g, '').replace(',', '.'));
  const given = (name: string, field: string, value: unknown) => (fields[name] ? { [field]: value } : {});
  const parts: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    'price-crosses': {
      ...given('level', 'levelRubPerGram', number('level')),
      ...given('direction', 'direction', fields['direction']),
    },
    'change-exceeds': {
      ...given('percent', 'percent', number('percent')),
      ...given('quotes', 'quotes', number('quotes')),
    },
    'interval-breach': {
      ...given('interval', 'level', number('interval')),
      ...given('horizon', 'horizon', number('horizon')),
    },
    'new-record': { ...given('side', 'side', fields['side']), ...given('days', 'days', number('days')) },
    'stale-data': given('hours', 'hours', number('hours')),
  };
  const kind = fields['kind'] ?? '';
  return { kind, ...(Object.hasOwn(parts, kind) ? parts[kind] : {}) };
}

function addressOf({ metal, lang }: Fields, more: Fields): string {
  const isMetal = metalSchema.safeParse(metal).success;
  const query = new URLSearchParams({
    ...(isMetal && metal !== 'gold' && metal !== undefined && { metal }),
    ...((lang === 'ru' || lang === 'en') && { lang }),
    ...more,
  });
  return `/alerts?${query.toString()}`;
}
