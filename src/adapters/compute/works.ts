import { type CalibrationChoice, chooseCalibration } from '../../backtest/calibration.ts';
import { defaultFigureOptions, drawResamples, figuresOf } from '../../backtest/figures.ts';
import { rollingOrigin, visibleAt } from '../../backtest/rolling-origin.ts';
import {
  type BlockFigures,
  type CalibrationJob,
  type FiguresJob,
  type FitAnswer,
  type FitJob,
  type FoldAnswer,
  type FoldJob,
  sameForecast,
} from '../../backtest/tournament-jobs.ts';
import type {
  FittedForecaster,
  Forecaster,
  ModelArtefact,
  ModelParameters,
  TrainingData,
} from '../../domain/forecaster.ts';
import { createModel, restoreModel } from '../../models/catalogue.ts';
import type { PanelAnswer, PanelJob, PanelOutcome } from '../../panel/panel-jobs.ts';
import { loadExternalModel } from './external-module.ts';
import { isModule } from './external-reference.ts';

/** What the compute port can run, by the names in which flows ask for it. */
export const works = { folds: evaluateFolds, fit: fitAndStore, calibrate, figures, panel: forecastPanel };

async function evaluateFolds(job: FoldJob): Promise<FoldAnswer> {
  const { model, parameters, block, options, keptFit } = job;
  const forecaster = await forecasterOf(model, parameters);
  const fits: FittedForecaster[] = [];
  const watched: Forecaster = {
    ...forecaster,
    fit(data, fitOptions) {
      const fitted = typeof keptFit === 'object' ? restored(keptFit.text) : forecaster.fit(data, fitOptions);
      fits.push(fitted);
      return fitted;
    },
  };
  const folds = rollingOrigin(watched, dataOf(job), [block], options);
  // A module's code is not stored with it, so what it knows could not be restored.
  const [fitted] = keptFit === 'wanted' && !isModule(model) ? fits : [];
  return { ...folds, fit: fitted === undefined ? null : JSON.stringify(fitted.artefact()) };
}

async function fitAndStore(job: FitJob): Promise<FitAnswer> {
  const { model, parameters, y, fitOrigin, keptFit, options } = job;
  const forecaster = await forecasterOf(model, parameters);
  const data = dataOf(job);
  const start =
    keptFit === null ? forecaster.fit(visibleAt(data, fitOrigin, options), { seed: options.seed }) : restored(keptFit);
  const last = y.length - 1;
  const fitted = fitOrigin === last ? start : start.update(visibleAt(data, last, options));
  const forecast = fitted.forecast(options.horizon);
  const artefact = JSON.stringify(fitted.artefact());
  // Its code is not stored with it, so what is stored could not forecast by itself.
  if (isModule(model)) return { artefact, forecast, reproduces: false };
  return { artefact, forecast, reproduces: sameForecast(forecast, restored(artefact).forecast(options.horizon)) };
}

function dataOf({ y, season, regressors }: FoldJob | FitJob): TrainingData {
  return regressors === undefined ? { y, season } : { y, season, regressors };
}

function calibrate({ folds, y, scale, choosing, options }: CalibrationJob): CalibrationChoice {
  return chooseCalibration(folds, y, scale, choosing, options);
}

function figures({ folds, naive, y, selection, report, step }: FiguresJob): BlockFigures[] {
  const options = { ...defaultFigureOptions, step };
  const resamples = drawResamples(report.length, naive.horizon, options);
  return folds.map((own) => ({
    selection: figuresOf(own, naive, y, selection, options, []),
    report: figuresOf(own, naive, y, report, options, resamples),
  }));
}

function restored(text: string): FittedForecaster {
  return restoreModel(JSON.parse(text) as ModelArtefact);
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
