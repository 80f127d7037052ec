import { defineThetaModel } from './theta-model.ts';

/**
 * The dynamic optimised Theta model, DOTM (Fiorucci et al. 2016): as OTM, with the line of the observations so far, so that
 * it follows a trend that turns. See `defineThetaModel`.
 */
export const dynamicTheta = defineThetaModel('dynamic-theta', true);
