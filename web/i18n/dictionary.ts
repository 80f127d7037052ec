import { en } from './en.ts';
import { type Format, formatOf, type Lang } from './format.ts';
import { type Dictionary, ru } from './ru.ts';

export type { Dictionary };

/** What a page needs to speak a language. */
export interface Speech {
  readonly t: Dictionary;
  readonly f: Format;
}

export function speechOf(lang: Lang): Speech {
  return { t: lang === 'ru' ? ru : en, f: formatOf(lang) };
}
