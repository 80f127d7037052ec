import { type Folds, rollingOrigin } from '../../backtest/rolling-origin.ts';
import { type FitAnswer, type FitJob, type FoldJob, sameForecast } from '../../backtest/tournament-jobs.ts';
import type { ModelArtefact } from '../../domain/forecaster.ts';
import { createModel, restoreModel } from '../../models/catalogue.ts';
import type { PanelAnswer, PanelJob, PanelOutcome } from '../../panel/panel-jobs.ts';

/** What the compute port can run, by the names in which flows ask for it. */
export const works = { folds: evaluateFolds, fit: fitAndStore, panel: forecastPanel };

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
