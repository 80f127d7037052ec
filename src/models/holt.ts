import { defineSmoothing } from './smoothing-model.ts';

/**
 * Holt's linear method, ETS(A,A,N), of the seasonally adjusted series (Holt 1957): level and slope, drawn on as a line.
 * See `defineSmoothing`.
 */
export const holt = defineSmoothing('holt', 'AAN', 8);
