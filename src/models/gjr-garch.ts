import { fitGarch } from './volatility-fit.ts';
import { defineVolatilityModel, innovationsOf } from './volatility-model.ts';

/**
 * GARCH(1,1) whose variance answers to falls otherwise than to rises (Glosten, Jagannathan & Runkle 1993): for gold
 * fear often comes with a rise. Student's t innovations or normal ones, by maximum likelihood. No mean: see
 * `defineVolatilityModel`.
 */
export const gjrGarch = defineVolatilityModel({
  name: 'gjr-garch',
  defaults: {},
  minObservations: 50,
  fit: (changes, parameters) =>
    fitGarch(changes, { asymmetric: true, innovations: innovationsOf('gjr-garch', parameters) }),
});
