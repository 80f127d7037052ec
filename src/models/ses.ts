import { defineSmoothing } from './smoothing-model.ts';

/**
 * Simple exponential smoothing, ETS(A,N,N), of the seasonally adjusted series (Brown 1959): a level that follows the
 * series, drawn on flat. See `defineSmoothing`.
 */
export const ses = defineSmoothing('ses', 'ANN', 5);
