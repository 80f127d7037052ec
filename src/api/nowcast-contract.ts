import { z } from 'zod';
import { dateSchema, instantSchema, metalSchema, money } from './contract-values.ts';

/** What is known of the next price at one instant. */
export const nowcastSchema = z.object({
  nowcastId: z.string(),
  metal: metalSchema,
  madeAt: instantSchema,
  cutoff: dateSchema.describe('Effective date of the last price known'),
  lastRubPerGram: money,
  targetDate: dateSchema,
  priceExpectedAt: instantSchema.describe('When the Bank is expected to publish the next price'),
  model: z.string().describe("parity, or the champion's model where no driver is collected"),
  drivers: z.array(z.string()).describe('Drivers with values: london, exchange'),
  rule: z.object({
    regime: z.enum(['A', 'B']).nullable().describe("Which London price makes the Bank's price"),
    holds: z.boolean(),
    unexplained: z.number().int().describe('Newest official prices in a row that no rule reproduces'),
    checked: dateSchema.nullable(),
  }),
  alarm: z.string().nullable().describe('Why the formula is not to be trusted; null while it holds'),
  gold: z.object({
    state: z.enum(['fixed', 'newest', 'unknown']),
    usdPerOunce: z.number().nullable(),
    date: dateSchema.nullable(),
    auction: z.enum(['morning', 'evening']).nullable(),
    knownAt: instantSchema.nullable(),
    expectedAt: instantSchema.nullable(),
  }),
  rouble: z.object({
    state: z.enum(['fixed', 'last', 'unknown']),
    rubPerUsd: z.number().nullable(),
    date: dateSchema.nullable(),
    knownAt: instantSchema.nullable(),
    expectedAt: instantSchema.nullable(),
  }),
  isFixed: z.boolean().describe('Both legs are known: the price is certain'),
  meanRubPerGram: money,
  medianRubPerGram: money,
  quantilesRubPerGram: z.record(z.string(), money).describe('Keys 0.025 .. 0.975'),
  simulated: z.boolean(),
});
