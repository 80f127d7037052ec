// The tasks of `npm run bench:families` as this project does them. Each forecasts with its whole distribution.
import { size } from './data.mjs';

/** Task name to work; names are those of scripts/oracles/families.py and families.R. */
export function tasksHere(modules, data) {
  const { createModel, fitGarch, fitBooster, binFeatures, fitForest } = modules;
  const { sets, train, outputs, changes } = data;
  const model = (name, parameters, set) => () => {
    const { series, season, horizon } = sets[set];
    for (const y of series) createModel(name, parameters).fit({ y, season }, { seed: 1 }).forecast(horizon);
  };
  const level = { scale: 'level' };
  const plain = { scale: 'level', deseasonalise: 'none' };
  const airline = { p: 0, d: 1, q: 1, P: 0, D: 1, Q: 1, seasonLength: 12, ...level };
  const short = { p: 1, d: 1, q: 1, P: 0, D: 0, Q: 0, seasonLength: 1, ...level };
  const week = { p: 1, d: 1, q: 1, P: 1, D: 1, Q: 1, seasonLength: 7, ...level };
  const boost = (given, bins) => () => {
    const features = binFeatures(train.features, size.rows, size.columns, bins);
    return fitBooster({ features, target: train.target }, { ...boosting, ...given });
  };
  const forest = (target, outputCount) => () =>
    fitForest(
      { features: train.features, featureCount: size.columns, outputs: target, outputCount, rows: size.rows },
      growing,
    );
  const unit = Math.sqrt(changes.reduce((sum, change) => sum + change * change, 0) / changes.length);
  const scaled = changes.map((change) => change / unit);
  const garch = (asymmetric, innovations) => () => fitGarch(scaled, { asymmetric, innovations });
  return {
    'naive, weekly': model('naive', level, 'weekly'),
    'drift, weekly': model('drift', level, 'weekly'),
    'average of seven, weekly': model('moving-average', level, 'weekly'),
    'seasonal naive, monthly': model('seasonal-naive', level, 'monthly'),
    'ses, weekly': model('ses', plain, 'weekly'),
    'holt, weekly': model('holt', plain, 'weekly'),
    'holt-winters, monthly': model('holt-winters', { seasonal: 'additive' }, 'monthly'),
    'ets AAdN, weekly': model('ets', { form: 'AAdN' }, 'weekly'),
    'ets AAA, monthly': model('ets', { form: 'AAA' }, 'monthly'),
    'ets automatic, weekly': model('ets', {}, 'weekly'),
    'ets automatic, monthly': model('ets', {}, 'monthly'),
    'ets automatic, daily': model('ets', {}, 'daily'),
    'theta, weekly': model('theta', plain, 'weekly'),
    'theta, monthly': model('theta', level, 'monthly'),
    'optimised theta, weekly': model('optimised-theta', plain, 'weekly'),
    'dynamic theta, weekly': model('dynamic-theta', plain, 'weekly'),
    'ces, weekly': model('ces', {}, 'weekly'),
    'ces, monthly': model('ces', {}, 'monthly'),
    'arima (1,1,1), daily': model('sarima', short, 'daily'),
    'arima (1,1,1), weekly': model('sarima', short, 'weekly'),
    'arima airline, monthly': model('sarima', airline, 'monthly'),
    'arima (1,1,1)(1,1,1)7, weekly': model('sarima', week, 'weekly'),
    'arima automatic, weekly': model('arima', level, 'weekly'),
    'arima automatic, monthly': model('arima', level, 'monthly'),
    'arima automatic, daily': model('arima', level, 'daily'),
    'mstl, monthly': model('mstl', {}, 'monthly'),
    'additive, weekly': model('additive', {}, 'weekly'),
    'linear, 14 horizons': model('linear', { lags: 26, penalty: 0 }, 'daily'),
    'ridge, 14 horizons': model('ridge', { lags: 26 }, 'daily'),
    'elastic net, 14 horizons': model('elastic-net', { lags: 26 }, 'daily'),
    'forest, 1 output': forest(train.target, 1),
    'forest, 14 outputs': forest(outputs, size.outputs),
    'boosting, 255 bins': boost({}, 255),
    'boosting, 64 bins': boost({}, 64),
    'boosting of a quantile': boost({ loss: { quantile: 0.9 } }, 255),
    'garch, normal': garch(false, 'normal'),
    'garch, Student': garch(false, 'student'),
    'gjr, Student': garch(true, 'student'),
  };
}

/** Mean squared distance of boosting from the curve on rows not seen. */
export function testError(modules, { test }, booster) {
  let squares = 0;
  for (let i = 0; i < size.rows; i++) {
    const row = Float64Array.from({ length: size.columns }, (_, f) => test.features[f * size.rows + i]);
    squares += (modules.predictBooster(booster, row) - test.truth[i]) ** 2;
  }
  return squares / size.rows;
}

const boosting = { rounds: 100, learningRate: 0.1, maxLeaves: 31, minLeaf: 20, l2: 0, patience: 1, loss: 'squared' };
const growing = { trees: 200, maxDepth: 5, minLeaf: 40, featureShare: 0.4, maxBins: 64, blockLength: 28, seed: 1 };
