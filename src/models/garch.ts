import { fitGarch } from './volatility-fit.ts';
import { defineVolatilityModel, innovationsOf } from './volatility-model.ts';

/**
 * GARCH(1,1) (Bollerslev 1986): the variance of the next change is a constant, plus a share of the last squared change,
 * plus a share of the last variance; Student's t innovations (Bollerslev 1987) or normal ones, by maximum likelihood.
 * No mean: see `defineVolatilityModel`.
 */
export const garch = defineVolatilityModel({
  name: 'garch',
  defaults: {},
  minObservations: 50,
  fit: (changes, parameters) =>
    fitGarch(changes, { asymmetric: false, innovations: innovationsOf('garch', parameters) }),
});
