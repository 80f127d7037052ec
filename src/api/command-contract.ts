import { z } from 'zod';
import { dateSchema, heldTableSchema } from './contract-values.ts';

/** At least three characters between the spaces around; no NUL, which no store of text takes. */
const nul = String.raw`\u0000`;
const reasonPattern = new RegExp(`^\\s*[^\\s${nul}][^${nul}]+[^\\s${nul}]\\s*$`);
const reasonText = z
  .string()
  .regex(reasonPattern, 'a reason of at least three characters')
  .max(500)
  .trim()
  .describe('Why, in words: kept in the journal');
/** A number of a version or a revision, as the stores count them. */
const ordinal = z.int().min(1).max(2_147_483_647);

export const startRunRequestSchema = z.strictObject({
  flow: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'a flow name: lower-case letters, digits, hyphens'),
  parameters: z.record(z.string(), z.unknown()).default({}),
});
export const startRunResponseSchema = z.object({ runId: z.string() });
export const promoteRequestSchema = z.strictObject({ version: ordinal, reason: reasonText });
export const rollbackRequestSchema = z.strictObject({ reason: reasonText });
export const heldDecisionRequestSchema = z.strictObject({
  table: heldTableSchema,
  code: z.string().regex(/^[\x21-\x7e]{1,20}$/),
  date: dateSchema,
  revision: ordinal,
  decision: z.enum(['release', 'reject']),
  reason: reasonText,
});
export const heldDecisionResponseSchema = z.object({ decision: z.enum(['release', 'reject']) });
