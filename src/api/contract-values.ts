import { z } from 'zod';

/** Values that every part of the contract speaks of. */
export const metalSchema = z.enum(['gold', 'silver', 'platinum', 'palladium']);
export const dateSchema = z.iso.date();
export const instantSchema = z.iso.datetime();

export const money = z.number().describe('RUB per gram');

/** Tables whose doubtful values are held for a person. */
export const heldTableSchema = z.enum(['ods.metal_quote', 'ods.fx_rate']);
