import { type Folds, rollingOrigin } from '../../backtest/rolling-origin.ts';
import { type FitAnswer, type FitJob, type FoldJob, sameForecast } from '../../backtest/tournament-jobs.ts';
import type { Forecaster, ModelArtefact, ModelParameters } from '../../domain/forecaster.ts';
import { createModel, restoreModel } from '../../models/catalogue.ts';
import type { PanelAnswer, PanelJob, PanelOutcome } from '../../panel/panel-jobs.ts';
import { loadExternalModel } from './external-module.ts';
import { isModule } from './external-reference.ts';

/** What the compute port can run, by the names in which flows ask for it. */
export const works = { folds: evaluateFolds, fit: fitAndStore, panel: forecastPanel };

async function evaluateFolds({ model, parameters, y, season, block, options }: FoldJob): Promise<Folds> {
  return rollingOrigin(await forecasterOf(model, parameters), { y, season }, [block], options);
}

async function fitAndStore({ model, parameters, y, season, horizon, seed }: FitJob): Promise<FitAnswer> {
  const fitted = (await forecasterOf(model, parameters)).fit({ y, season }, { seed });
  const forecast = fitted.forecast(horizon);
  const artefact = JSON.stringify(fitted.artefact());
  // Its code is not stored with it, so what is stored could not forecast by itself.
  if (isModule(model)) return { artefact, forecast, reproduces: false };
  const restored = restoreModel(JSON.parse(artefact) as ModelArtefact);
  return { artefact, forecast, reproduces: sameForecast(forecast, restored.forecast(horizon)) };
}

/** A model of the catalogue, or a person's own module, loaded into this thread. */
async function forecasterOf(model: string, parameters: ModelParameters): Promise<Forecaster> {
  if (!isModule(model)) return createModel(model, parameters);
  return (await loadExternalModel(model, parameters)).create(parameters);
}

function forecastPanel({ model, parameters, series, season, horizon, seed }: PanelJob): PanelAnswer {
  const forecaster = createModel(model, parameters);
  const outcomes = series.map((y): PanelOutcome => {
    const startedMs = performance.now();
    const seconds = () => (performance.now() - startedMs) / 1000;
    try {
      const forecast = forecaster.fit({ y, season }, { seed }).forecast(horizon);
      return { ok: true, forecast, seconds: seconds() };
    } catch (error) {
      // One series that a model cannot do is an answer about that series, not the end of its neighbours.
      return { ok: false, reason: error instanceof Error ? error.message : String(error), seconds: seconds() };
    }
  });
  return { outcomes };
}
