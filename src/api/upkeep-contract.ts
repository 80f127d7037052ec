import { z } from 'zod';
import { dateSchema, heldTableSchema, instantSchema } from './contract-values.ts';

const bytes = z.number().int().describe('Bytes');
const rows = z.number().int();

/** How well the installation keeps: freshness, balances, what was changed or decided, space and memory. */
export const upkeepSchema = z.object({
  freshness: z.array(
    z.object({
      kind: z.enum(['source', 'layer', 'step']),
      name: z.string(),
      newestDate: dateSchema.nullable().describe('Newest day it holds; null where it holds none, or no days'),
      renewedAt: instantSchema.nullable().describe('When it was last renewed; null where that is not recorded'),
    }),
  ),
  balances: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      rowsIn: rows,
      rowsOut: rows,
      knownAlready: rows.describe('Came again unchanged'),
      setAside: rows.describe('Held and not released, or rejected'),
      superseded: rows.describe('Former revisions'),
      lost: rows.describe('0 while every row is accounted for'),
    }),
  ),
  revisions: z
    .array(
      z.object({
        table: heldTableSchema,
        code: z.string(),
        date: dateSchema,
        revision: rows,
        former: z.string().nullable(),
        value: z.string().nullable(),
        knownAt: instantSchema,
      }),
    )
    .describe('Values changed after they were published, newest first'),
  decisions: z
    .array(
      z.object({
        table: heldTableSchema,
        code: z.string(),
        date: dateSchema,
        revision: rows,
        decision: z.enum(['release', 'reject']),
        reason: z.string(),
        by: z.string(),
        at: instantSchema,
      }),
    )
    .describe('What people decided about held values, newest first'),
  storage: z.array(
    z.object({ place: z.string().describe('warehouse <schema>, lake <folder>'), bytes, files: rows.nullable() }),
  ),
  memory: z
    .array(z.object({ process: z.string(), bytes, count: rows }))
    .describe('Resident memory by kind of process, shared pages counted once; empty where the system does not tell'),
});

export type Upkeep = z.infer<typeof upkeepSchema>;
