import type { Metal } from '../metal.ts';
import type { AlertEvent, AlertRule } from './alert-rule.ts';

/** A message for a person. */
export interface AlertMessage {
  /** One line, without the rule's name. */
  readonly subject: string;
  readonly text: string;
}

type Figures = AlertEvent['figures'];
type Words = Readonly<Record<AlertRule['condition']['kind'], (metal: string, event: AlertEvent) => string>>;

/** What happened, in the rule's language; made-up data says so first. */
export function messageOf(
  rule: Pick<AlertRule, 'name' | 'metal' | 'condition' | 'lang'>,
  event: AlertEvent,
  simulated: boolean,
): AlertMessage {
  const { lang, condition } = rule;
  const sentence = words[lang][condition.kind](metalNames[lang][rule.metal], event);
  const subject = `${simulated ? 'SIMULATED: ' : ''}${sentence}`;
  const closing = lang === 'ru' ? `Правило «${rule.name}».` : `Rule “${rule.name}”.`;
  return { subject, text: `${subject}\n\n${closing}\n${disclaimers[lang]}` };
}

/** The message that a person sends to see whether it arrives. */
export function testMessage({ name, lang }: Pick<AlertRule, 'name' | 'lang'>): AlertMessage {
  const subject = lang === 'ru' ? `Проверка правила «${name}»` : `Test of the rule “${name}”`;
  const text = lang === 'ru' ? 'Если вы это читаете, сообщения доходят.' : 'If you read this, messages arrive.';
  return { subject, text: `${subject}\n\n${text}` };
}

const metalNames: Readonly<Record<AlertRule['lang'], Readonly<Record<Metal, string>>>> = {
  ru: { gold: 'Золото', silver: 'Серебро', platinum: 'Платина', palladium: 'Палладий' },
  en: { gold: 'Gold', silver: 'Silver', platinum: 'Platinum', palladium: 'Palladium' },
};

const disclaimers = {
  ru: 'Учётная цена Банка России, рублей за грамм; не совет.',
  en: 'Accounting price of the Bank of Russia, roubles per gram; not advice.',
} as const;

const words: Readonly<Record<AlertRule['lang'], Words>> = {
  ru: {
    'price-crosses': (metal, { date, figures }) =>
      `${metal} на ${date}: ${money(figures, 'price')}, ${figures['passed'] === 'up' ? 'выше' : 'ниже'} уровня ${money(figures, 'level')} (было ${money(figures, 'before')})`,
    'change-exceeds': (metal, { date, figures }) =>
      `${metal} на ${date}: ${money(figures, 'price')}, ${percent(figures)} за ${figures['quotes']} ${plural(figures, ['котировку', 'котировки', 'котировок'])}`,
    'interval-breach': (metal, { date, figures }) =>
      `${metal} на ${date}: ${money(figures, 'price')} вне диапазона ${figures['level']}% (${money(figures, 'low')}–${money(figures, 'high')}), который дала модель ${figures['model']}`,
    'new-record': (metal, { date, figures }) =>
      `${metal} на ${date}: ${money(figures, 'price')}, ${figures['side'] === 'high' ? 'новый максимум' : 'новый минимум'} ${figures['days'] === null ? 'за всю историю' : `за ${figures['days']} дн.`} (прежний ${money(figures, 'former')})`,
    'stale-data': (metal, { date, figures }) =>
      `${metal}: нет цены на ${date}, опоздание ${figures['lateHours']} ч; последняя цена на ${figures['lastDate']}`,
    promotion: (metal, { figures }) =>
      `${metal}: теперь прогнозирует ${figures['model']}, версия ${figures['version']}. ${figures['why']}`,
    'formula-alarm': (metal, { figures }) =>
      `${metal}: формула Банка перестала воспроизводить цену. ${figures['alarm']}`,
  },
  en: {
    'price-crosses': (metal, { date, figures }) =>
      `${metal} for ${date}: ${money(figures, 'price')}, ${figures['passed'] === 'up' ? 'above' : 'below'} ${money(figures, 'level')} (before: ${money(figures, 'before')})`,
    'change-exceeds': (metal, { date, figures }) =>
      `${metal} for ${date}: ${money(figures, 'price')}, ${percent(figures)} over ${figures['quotes']} quote${figures['quotes'] === 1 ? '' : 's'}`,
    'interval-breach': (metal, { date, figures }) =>
      `${metal} for ${date}: ${money(figures, 'price')} is outside the ${figures['level']}% range (${money(figures, 'low')}–${money(figures, 'high')}) that ${figures['model']} gave`,
    'new-record': (metal, { date, figures }) =>
      `${metal} for ${date}: ${money(figures, 'price')}, a new ${figures['side']} ${figures['days'] === null ? 'of all history' : `of ${figures['days']} days`} (the former: ${money(figures, 'former')})`,
    'stale-data': (metal, { date, figures }) =>
      `${metal}: the price for ${date} is missing, ${figures['lateHours']} h late; the last one is for ${figures['lastDate']}`,
    promotion: (metal, { figures }) =>
      `${metal}: ${figures['model']} forecasts now, version ${figures['version']}. ${figures['why']}`,
    'formula-alarm': (metal, { figures }) =>
      `${metal}: the Bank's formula stopped reproducing the price. ${figures['alarm']}`,
  },
};

function money(figures: Figures, name: string): string {
  return Number(figures[name]).toFixed(2);
}

function percent(figures: Figures): string {
  const value = Number(figures['changePercent']);
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(2)}%`;
}

/** Russian has three forms: for 1, for 2..4, and for the rest. */
function plural(figures: Figures, [one, few, many]: readonly [string, string, string]): string {
  const count = Number(figures['quotes']);
  const [tens, units] = [count % 100, count % 10];
  if (units === 1 && tens !== 11) return one;
  return units >= 2 && units <= 4 && (tens < 12 || tens > 14) ? few : many;
}
