// A model of your own in 30 lines: `npx assay train --models naive,./examples/own-model.mjs`.
// The price goes back a little to the mean of the last weeks; errors of the past give the quantiles.
const weeks = 20;
const pull = 0.05;

export const model = {
  name: 'own-model',
  minObservations: 60,

  // Estimate whatever is to be estimated. The answer must survive JSON.
  fit({ y }) {
    const errors = [];
    for (let t = weeks; t < y.length; t += 1) errors.push(Math.log(y[t] / centre(y.subarray(0, t), 1)));
    return { errors: errors.sort((a, b) => a - b), tail: Array.from(y.slice(-weeks)) };
  },

  // Move to the end of newer data, estimates unchanged. Without `update` the model is fitted at every quote.
  update: (state, { y }) => ({ ...state, tail: Array.from(y.slice(-weeks)) }),

  // `mean[h - 1]`, and `quantiles[level][h - 1]` for each of the nine levels.
  forecast({ errors, tail }, horizon, levels) {
    const steps = Array.from({ length: horizon }, (_, i) => i + 1);
    const mean = steps.map((h) => centre(tail, h));
    const at = (level) => errors[Math.round(level * (errors.length - 1))];
    return { mean, quantiles: levels.map((level) => mean.map((m, i) => m * Math.exp(at(level) * Math.sqrt(i + 1)))) };
  },
};

function centre(y, h) {
  const average = y.slice(-weeks).reduce((sum, value) => sum + value, 0) / weeks;
  return average + (y[y.length - 1] - average) * (1 - pull) ** h;
}
