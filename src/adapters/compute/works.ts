import { type Folds, rollingOrigin } from '../../backtest/rolling-origin.ts';
import { type FitAnswer, type FitJob, type FoldJob, sameForecast } from '../../backtest/tournament-jobs.ts';
import type { ModelArtefact } from '../../domain/forecaster.ts';
import { createModel, restoreModel } from '../../models/catalogue.ts';

/** What the compute port can run, by the names in which flows ask for it. */
export const works = { folds: evaluateFolds, fit: fitAndStore };

function evaluateFolds({ model, parameters, y, season, block, options }: FoldJob): Folds {
  return rollingOrigin(createModel(model, parameters), { y, season }, [block], options);
}

function fitAndStore({ model, parameters, y, season, horizon, seed }: FitJob): FitAnswer {
  const fitted = createModel(model, parameters).fit({ y, season }, { seed });
  const forecast = fitted.forecast(horizon);
  const artefact = JSON.stringify(fitted.artefact());
  const restored = restoreModel(JSON.parse(artefact) as ModelArtefact);
  return { artefact, forecast, reproduces: sameForecast(forecast, restored.forecast(horizon)) };
}
