import type { AssayApi, MetalName, Problem, Provenance } from '../src/api/contract.ts';
import { metalSchema } from '../src/api/contract.ts';
import { isDate } from './charts/days.ts';
import { type Speech, speechOf } from './i18n/dictionary.ts';
import { type Lang, languages } from './i18n/format.ts';

export const themes = ['dark', 'light'] as const;
export type Theme = (typeof themes)[number];

/** How a page reads one parameter of its address. */
export interface Parameter {
  readonly allowed: string;
  accepts(text: string): boolean;
}
export type Parameters = Readonly<Record<string, Parameter>>;

export interface Ignored {
  readonly name: string;
  readonly value: string;
  readonly allowed: string;
}

/** One request for a page, understood: who asks, what for, in which language, and what of it made no sense. */
export interface Visit extends Speech {
  readonly api: AssayApi;
  readonly provenance: Provenance;
  readonly lang: Lang;
  readonly theme: Theme | null;
  readonly metal: MetalName;
  readonly path: string;
  /** Of this site, for addresses that are taken away. */
  readonly origin: string;
  /** Accepted parameters of this page. */
  readonly values: Readonly<Record<string, string>>;
  readonly ignored: readonly Ignored[];
  /** Token for the forms of this page. */
  readonly formToken: string;
  problemOf(error: unknown): Problem;
  /** An address on this site that keeps language and metal. */
  link(path: string, values?: Readonly<Record<string, string>>): string;
  /** This page with some parameters changed; an empty string takes one away. */
  here(changes: Readonly<Record<string, string>>): string;
}

export interface Asked {
  readonly url: URL;
  readonly cookie: (name: string) => string | undefined;
  readonly acceptLanguage: string;
  /** Where neither address, cookie nor browser says. */
  readonly defaultLang: Lang;
}

export const dateParameter: Parameter = { allowed: 'YYYY-MM-DD', accepts: isDate };

export function oneOf(values: readonly string[]): Parameter {
  return { allowed: values.join(', '), accepts: (text) => values.includes(text) };
}

/** A number as people write it: a comma or a point before the fraction, spaces between thousands. */
export function numberParameter(least: number, most: number): Parameter {
  return {
    allowed: `${least} … ${most}`,
    accepts: (text) => {
      if (!/^\d[\d\s]{0,14}(?:[.,]\d{1,6})?$/.test(text)) return false;
      const value = Number(text.replaceAll(/\s/g, '').replace(',', '.'));
      return value >= least && value <= most;
    },
  };
}

export const pageParameter: Parameter = { allowed: '1, 2, 3 …', accepts: (text) => /^[1-9]\d{0,4}$/.test(text) };

const common: Parameters = {
  lang: oneOf(languages),
  metal: oneOf(metalSchema.options),
  theme: oneOf(themes),
};

export function understand(asked: Asked, parameters: Parameters): ReadAddress {
  const known: Parameters = { ...common, ...parameters };
  const values: Record<string, string> = {};
  const ignored: Ignored[] = [];
  for (const [name, value] of asked.url.searchParams) {
    const parameter = Object.hasOwn(known, name) ? known[name] : undefined;
    if (value === '' && parameter !== undefined) continue;
    if (parameter === undefined || name in values || !parameter.accepts(value)) {
      ignored.push({
        name: clip(name),
        value: clip(value),
        allowed: parameter?.allowed ?? Object.keys(known).join(', '),
      });
    } else values[name] = value;
  }
  const { from, to } = values as { from?: string; to?: string };
  if (from !== undefined && to !== undefined && from > to) {
    ignored.push({ name: 'from', value: from, allowed: `≤ ${to}` });
    delete values['from'];
  }
  return { values, ignored, lang: languageOf(asked, values['lang']), ...rest(asked, values) };
}

export interface ReadAddress {
  readonly values: Readonly<Record<string, string>>;
  readonly ignored: readonly Ignored[];
  readonly lang: Lang;
  readonly theme: Theme | null;
  readonly metal: MetalName;
}

export interface VisitParts {
  readonly api: AssayApi;
  readonly provenance: Provenance;
  readonly path: string;
  readonly origin: string;
  readonly formToken: string;
  problemOf(error: unknown): Problem;
}

export function createVisit(address: ReadAddress, parts: VisitParts): Visit {
  const kept: Record<string, string> = {
    ...(address.metal !== 'gold' && { metal: address.metal }),
    ...(address.values['lang'] !== undefined && { lang: address.lang }),
  };
  return {
    ...parts,
    ...address,
    ...speechOf(address.lang),
    link: (path, values = {}) => addressOf(path, { ...kept, ...values }),
    here: (changes) => {
      const { theme: _theme, ...values } = address.values;
      return addressOf(parts.path, { ...values, ...changes });
    },
  };
}

function rest(asked: Asked, values: Readonly<Record<string, string>>): Pick<ReadAddress, 'theme' | 'metal'> {
  const theme = values['theme'] ?? asked.cookie('assay_theme');
  const metal = metalSchema.safeParse(values['metal']);
  return {
    theme: themes.find((candidate) => candidate === theme) ?? null,
    metal: metal.success ? metal.data : 'gold',
  };
}

/** The address first, then what was chosen before, then the browser's list. */
function languageOf(asked: Asked, inAddress: string | undefined): Lang {
  const chosen = inAddress ?? asked.cookie('assay_lang');
  const known = languages.find((lang) => lang === chosen);
  if (known !== undefined) return known;
  const wanted = asked.acceptLanguage
    .split(',')
    .map((part) => part.trim().slice(0, 2).toLowerCase())
    .find((part): part is Lang => part === 'ru' || part === 'en');
  return wanted ?? asked.defaultLang;
}

function addressOf(path: string, values: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== '')).toString();
  return query === '' ? path : `${path}?${query}`;
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
