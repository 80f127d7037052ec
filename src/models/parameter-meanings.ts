/** What a parameter is, for people: where several models have one of the same name it means the same unless said. */
const meanings: Readonly<Record<string, string>> = {
  scale: '`log` works on logarithms (every value must be positive), `level` never does, `auto` does where it can',
  deseasonalise: 'take the season off first: `auto` where a test finds one, or `none`, `additive`, `multiplicative`',
  horizons: 'steps ahead for which it is fitted; beyond them the centre goes on at the mean change',
  lags: 'how many last changes are features',
  shortWindow: 'observations in the shorter window of mean and deviation',
  longWindow: 'observations in the longer window of mean and deviation',
  foldHorizon: 'how far the forecasts from past origins reach',
  folds: 'past origins from which members are judged',
  best: 'how many of the best members are combined',
  sharpness: 'power of the inverse error by which members weigh',
  members: 'models that take part, with commas',
  paths: 'simulated sums of changes that give the shape of the distribution',
  innovations: '`student` or `normal`',
  lambda: 'decay of the variance in (0, 1); 0 estimates it',
  period: 'observations in a season; 0 is the data’s own',
  secondPeriod: 'observations in a second, longer season; 0 for none',
  waves: 'harmonics of the season',
  secondWaves: 'harmonics of the second season',
  halfLife: 'observations after which an error weighs half',
  ridge: 'penalty of the regression on standardised columns',
  difference: 'lag at which the series is differenced; 0 for not at all',
  window: 'last observations that count',
  trees: 'trees of the forest',
  maxDepth: 'splits from the root to a leaf at most',
  minLeaf: 'observations in a leaf at least',
  featureShare: 'share of features tried at a split',
  rounds: 'trees for each target at most',
  learningRate: 'how much of each tree is added',
  maxLeaves: 'leaves of a tree at most',
  l2: 'penalty on the values of leaves',
  patience: 'rounds without gain on held-back observations before it stops',
  penalty: 'ridge penalty on standardised features',
  maxOrder: 'p and q at most',
  seasonal: 'whether seasonal orders are tried',
  seasonality: 'kind of season: `auto` by AICc, or `none`, `simple`, `partial`, `full`',
  regressors: 'use the data’s regressors, where known ahead',
  seasonLength: 'observations in a season; 0 is the data’s own',
  periods: 'lengths of the seasons, with commas; `auto` is the data’s own',
  inner: 'the model of what the season leaves over',
  form: 'error, trend and season by letters, as AAdN; `auto` chooses by AICc',
  damped: 'whether the slope dies out',
  constant: 'whether there is a constant',
  p: 'autoregressive order',
  d: 'order of differencing',
  q: 'moving average order',
  P: 'seasonal autoregressive order',
  D: 'order of seasonal differencing',
  Q: 'seasonal moving average order',
  changepoints: 'places where the slope may change',
  changepointScale: 'how easily it does: the scale of its prior',
  fourierOrder: 'harmonics of the season',
};

/** Where a name means something of its own in one model, keyed `model.parameter`. */
const ownMeanings: Readonly<Record<string, string>> = {
  'autoregression.lags': 'the lags that are regressed on, with commas',
  'parity.window': 'last origins from which the rouble leg’s regressions are fitted',
  'parity.memory': 'last errors that make the intervals',
  'parity.horizons': 'steps ahead for which intervals are measured',
  'seasonally-adjusted.memory': 'half-life of the season, in periods',
  'holt-winters.seasonal': 'kind of season: `auto`, `additive` or `multiplicative`',
};

/** What a parameter of a model is, in a phrase; null where nobody said. */
export function meaningOf(model: string, parameter: string): string | null {
  const own = ownMeanings[`${model}.${parameter}`];
  if (own !== undefined) return own;
  return Object.hasOwn(meanings, parameter) ? (meanings[parameter] ?? null) : null;
}
