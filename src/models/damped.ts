import { defineSmoothing } from './smoothing-model.ts';

/**
 * Holt's method with a slope that dies out, ETS(A,Ad,N), of the seasonally adjusted series (Gardner & McKenzie 1985). See
 * `defineSmoothing`.
 */
export const damped = defineSmoothing('damped', 'AAdN', 8);
