import { z } from 'zod';
import { isoDate } from '../../domain/iso-date.ts';
import { instant, moscowInstant } from '../../domain/moscow-time.ts';
import { dateSchema } from '../contract.ts';

/** A day of a query. The year 0 is one of ISO 8601 and of no calendar of ours. */
export const dayOfQuery = dateSchema.refine(
  (day) => day >= '0001',
  'a day that exists, as YYYY-MM-DD, for example 2025-06-28',
);

/** The id of a run or a vintage: printable, so that no store chokes on it. */
export const nameOfThing = z.string().regex(/^[\x21-\x7e]{1,100}$/, '1 to 100 visible ASCII characters');

/** A whole number of a query, within bounds. */
export function wholeNumber(least: number, most: number) {
  const allowed = `a whole number ${least}..${most}`;
  return z
    .string()
    .regex(/^\d{1,6}$/, allowed)
    .transform(Number)
    .refine((value) => value >= least && value <= most, allowed)
    .meta({ documented: { type: 'integer', minimum: least, maximum: most } });
}

const instantOrDay =
  'an instant with its zone (2025-06-28T12:00:00Z) or a day (2025-06-28: what was known by its end in Moscow)';

/** Nothing was known before; and an offset must not lead out of the calendar of the store. */
const firstMs = Date.UTC(1900, 0, 1);

/** `as_of`: what was known at an instant, in UTC; a day stands for its end in Moscow. */
export const asOfSchema = z
  .string()
  .refine(
    (text) => dayOfQuery.safeParse(text).success || z.iso.datetime({ offset: true }).safeParse(text).success,
    instantOrDay,
  )
  .transform((text) =>
    text.length === 10 ? moscowInstant(isoDate(text), '23:59:59.999') : instant(Math.max(firstMs, Date.parse(text))),
  )
  .meta({
    documented: {
      anyOf: [
        { type: 'string', format: 'date' },
        { type: 'string', format: 'date-time' },
      ],
    },
  })
  .optional()
  .describe(`What was known then: ${instantOrDay}`);

/** `fields`: names of columns to keep, in the order of the table. */
export function fieldsSchema(names: readonly string[]) {
  return z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .refine((wanted) => wanted.every((name) => names.includes(name)), `names of ${names.join(', ')}, joined by commas`)
    .meta({ documented: { type: 'array', items: { type: 'string', enum: names }, minItems: 1 } })
    .optional()
    .describe(`Columns to keep, joined by commas: ${names.join(', ')}`);
}
