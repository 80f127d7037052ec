/** Languages of the pages. */
export const languages = ['ru', 'en'] as const;
export type Lang = (typeof languages)[number];

export interface PluralForms {
  readonly one: string;
  /** Russian 2..4; languages without it leave it out. */
  readonly few?: string;
  readonly other: string;
}

/** Numbers, money, dates and plurals of one language. Dates are days and know no zone; instants are shown in Moscow time. */
export interface Format {
  readonly lang: Lang;
  number(value: number, digits?: number): string;
  /** With its sign, also when positive. */
  signed(value: number, digits?: number): string;
  money(value: number): string;
  signedMoney(value: number): string;
  percent(value: number, digits?: number): string;
  signedPercent(value: number, digits?: number): string;
  date(date: string, shape?: DateShape): string;
  month(month: string): string;
  instant(instant: string): string;
  clock(instant: string): string;
  seconds(seconds: number): string;
  /** `21 день`: the number and the word that goes with it. */
  count(value: number, forms: PluralForms): string;
}

export type DateShape = 'long' | 'weekday' | 'short' | 'dayMonth' | 'month' | 'monthYear' | 'year';

const moscow = { timeZone: 'Europe/Moscow' } as const;
const dateShapes = {
  long: { day: 'numeric', month: 'long', year: 'numeric' },
  weekday: { weekday: 'long' },
  short: { day: 'numeric', month: 'short', year: 'numeric' },
  dayMonth: { day: 'numeric', month: 'short' },
  month: { month: 'short' },
  monthYear: { month: 'short', year: 'numeric' },
  year: { year: 'numeric' },
} as const satisfies Readonly<Record<DateShape, Intl.DateTimeFormatOptions>>;

export function formatOf(lang: Lang): Format {
  return formats[lang];
}

const formats: Readonly<Record<Lang, Format>> = { ru: createFormat('ru', 'ru-RU'), en: createFormat('en', 'en-GB') };

/** In Russian digits alone cannot be misread; in English the day and the month could be taken for one another. */
function shapesOf(lang: Lang): Readonly<Record<DateShape, Intl.DateTimeFormatOptions>> {
  return lang === 'en' ? dateShapes : { ...dateShapes, short: { day: '2-digit', month: '2-digit', year: 'numeric' } };
}

function createFormat(lang: Lang, locale: string): Format {
  const shapes = shapesOf(lang);
  const plain = memoize((digits: number) => numberFormat(locale, digits, 'auto'));
  const withSign = memoize((digits: number) => numberFormat(locale, digits, 'exceptZero'));
  const dates = Object.fromEntries(
    Object.entries(shapes).map(([shape, options]) => [
      shape,
      new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }),
    ]),
  ) as Readonly<Record<DateShape, Intl.DateTimeFormat>>;
  const moment = new Intl.DateTimeFormat(locale, {
    ...moscow,
    ...shapes.short,
    hour: '2-digit',
    minute: '2-digit',
  });
  const time = new Intl.DateTimeFormat(locale, { ...moscow, hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const rules = new Intl.PluralRules(locale);
  const number = (value: number, digits = 2): string => withMinus(plain(digits).format(value));
  const signed = (value: number, digits = 2): string => withMinus(withSign(digits).format(value));
  const space = lang === 'ru' ? '\u00a0' : '';
  return {
    lang,
    number,
    signed,
    money: (value) => (lang === 'ru' ? `${number(value)}\u00a0₽` : `₽${number(value)}`),
    signedMoney: (value) => (lang === 'ru' ? `${signed(value)}\u00a0₽` : signed(value).replace(/\d/, '₽$&')),
    percent: (value, digits = 2) => `${number(value, digits)}${space}%`,
    signedPercent: (value, digits = 2) => `${signed(value, digits)}${space}%`,
    date: (date, shape = 'long') => withoutYearWord(dates[shape].format(new Date(`${date}T00:00:00Z`))),
    month: (month) => withoutYearWord(dates.monthYear.format(new Date(`${month}-01T00:00:00Z`))),
    instant: (instant) => moment.format(new Date(instant)),
    clock: (instant) => time.format(new Date(instant)),
    seconds: (seconds) => `${number(seconds, seconds < 10 ? 1 : 0)}${lang === 'ru' ? '\u00a0с' : '\u00a0s'}`,
    count: (value, forms) => `${number(value, 0)}\u00a0${wordFor(rules.select(value), forms)}`,
  };
}

function numberFormat(locale: string, digits: number, signDisplay: 'auto' | 'exceptZero'): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay });
}

function memoize(make: (digits: number) => Intl.NumberFormat): (digits: number) => Intl.NumberFormat {
  const made = new Map<number, Intl.NumberFormat>();
  return (digits) => {
    const known = made.get(digits) ?? make(digits);
    made.set(digits, known);
    return known;
  };
}

/** A real minus is as wide as the plus and never breaks from its number. */
function withMinus(text: string): string {
  return text.replace('-', '−');
}

/** Russian dates end in `г.`, whose full stop collides with the sentence's own. */
function withoutYearWord(text: string): string {
  return text.replace(/\s+г\.$/, '');
}

function wordFor(category: Intl.LDMLPluralRule, forms: PluralForms): string {
  if (category === 'one') return forms.one;
  return category === 'few' ? (forms.few ?? forms.other) : forms.other;
}
