import { defineThetaModel } from './theta-model.ts';

/**
 * The optimised Theta model, OTM (Fiorucci et al. 2016): theta and the smoothing are estimated together, the line is that
 * of the whole series. See `defineThetaModel`.
 */
export const optimisedTheta = defineThetaModel('optimised-theta', false);
