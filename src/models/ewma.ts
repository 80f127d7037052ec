import { refuse } from './define-model.ts';
import { fitEwma } from './volatility-fit.ts';
import { defineVolatilityModel, innovationsOf } from './volatility-model.ts';

/**
 * The exponentially weighted variance of RiskMetrics (J.P. Morgan & Reuters 1996): no estimate but the tail, with the
 * decay 0.94 that they give for daily data; `lambda` 0 asks for the most likely decay. The variance has no level to
 * return to, so the width grows with the root of the horizon. Student's t innovations or normal ones. No mean: see
 * `defineVolatilityModel`.
 */
export const ewma = defineVolatilityModel({
  name: 'ewma',
  defaults: { lambda: 0.94 },
  minObservations: 20,
  validate({ lambda }) {
    const decay = Number(lambda);
    if (!(decay >= 0 && decay < 1))
      refuse('ewma', 'parameter lambda must be in (0, 1), or 0 to estimate it', { lambda });
  },
  fit: (changes, parameters) => fitEwma(changes, Number(parameters['lambda']), innovationsOf('ewma', parameters)),
});
