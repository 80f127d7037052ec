import { catalogue, createModel } from '../models/catalogue.ts';

/** Models as a person names them: `all`, or names with commas. Throws INPUT_INVALID for a name nobody has. */
export function catalogueNames(text: string): string[] {
  if (text === 'all') return catalogue.map(({ name }) => name);
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  for (const name of names) createModel(name);
  return names;
}
