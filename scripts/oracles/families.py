"""The Python side of scripts/bench-families.mjs: tasks asked for by a line on stdin, answered by a line of JSON.

    venv/bin/pip install statsforecast==2.1.1 statsmodels==0.15.0 scikit-learn==1.9.1 arch==8.0.0 lightgbm==4.7.0 prophet==1.5.0

Whatever of these is absent leaves its column empty. One thread, processor time, imports and compilation not counted.
Forecasts are asked for with one interval, since the models here give nine quantiles.
"""

import importlib
import json
import logging
import sys
import time
import warnings
from types import SimpleNamespace

import numpy as np

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
LEAST_SECONDS = 0.03

with open(sys.argv[1], encoding="utf-8") as file:
    DATA = json.load(file)
ROWS, COLUMNS, OUTPUTS = DATA["size"]["rows"], DATA["size"]["columns"], DATA["size"]["outputs"]
SETS = {name: SimpleNamespace(**{**one, "series": [np.array(y) for y in one["series"]]}) for name, one in DATA["sets"].items()}


def absent(name):
    try:
        importlib.import_module(name)
        return False
    except ImportError:
        return True


def each(name, work):
    """`work(y, season, horizon)` over the series of a set."""
    chosen = SETS[name]
    return lambda: [work(y, chosen.season, chosen.horizon) for y in chosen.series]


def of_statsforecast():
    from statsforecast import models as m
    from statsforecast.utils import ConformalIntervals

    def use(make, level=(95,)):
        return lambda y, season, h: make(season).forecast(y=y, h=h, level=list(level) if level else None)

    def plain(make):
        return lambda y, season, h: make(season).forecast(y=y, h=h)

    return {
        "naive, weekly": each("weekly", use(lambda s: m.Naive())),
        "drift, weekly": each("weekly", use(lambda s: m.RandomWalkWithDrift())),
        "average of seven, weekly": each(
            "weekly", use(lambda s: m.WindowAverage(7, prediction_intervals=ConformalIntervals(n_windows=2, h=13)))
        ),
        "seasonal naive, monthly": each("monthly", use(lambda s: m.SeasonalNaive(s))),
        "ses, weekly": each("weekly", plain(lambda s: m.SimpleExponentialSmoothingOptimized())),
        "holt, weekly": each("weekly", use(lambda s: m.Holt())),
        "holt-winters, monthly": each("monthly", use(lambda s: m.HoltWinters(s))),
        "ets AAdN, weekly": each("weekly", use(lambda s: m.AutoETS(model="AAN", damped=True))),
        "ets AAA, monthly": each("monthly", use(lambda s: m.AutoETS(s, model="AAA", damped=False))),
        "ets automatic, weekly": each("weekly", use(lambda s: m.AutoETS())),
        "ets automatic, monthly": each("monthly", use(lambda s: m.AutoETS(s))),
        "ets automatic, daily": each("daily", use(lambda s: m.AutoETS())),
        "theta, weekly": each("weekly", use(lambda s: m.Theta(s))),
        "theta, monthly": each("monthly", use(lambda s: m.Theta(s))),
        "optimised theta, weekly": each("weekly", use(lambda s: m.OptimizedTheta(s))),
        "dynamic theta, weekly": each("weekly", use(lambda s: m.DynamicOptimizedTheta(s))),
        "ces, weekly": each("weekly", use(lambda s: m.AutoCES(s))),
        "ces, monthly": each("monthly", use(lambda s: m.AutoCES(s))),
        "arima (1,1,1), daily": each("daily", use(lambda s: m.ARIMA(order=(1, 1, 1), method="ML"))),
        "arima (1,1,1), weekly": each("weekly", use(lambda s: m.ARIMA(order=(1, 1, 1), method="ML"))),
        "arima airline, monthly": each(
            "monthly",
            use(lambda s: m.ARIMA(order=(0, 1, 1), seasonal_order=(0, 1, 1), season_length=s, method="ML")),
        ),
        "arima automatic, weekly": each("weekly", use(lambda s: m.AutoARIMA())),
        "arima automatic, monthly": each("monthly", use(lambda s: m.AutoARIMA(season_length=s))),
        "arima automatic, daily": each("daily", use(lambda s: m.AutoARIMA())),
        "mstl, monthly": each("monthly", use(lambda s: m.MSTL(s))),
        "garch, normal": lambda: m.GARCH(1, 1).fit(np.array(DATA["changes"])),
    }


def of_statsmodels():
    import pandas as pd
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel
    from statsmodels.tsa.forecasting.theta import ThetaModel
    from statsmodels.tsa.holtwinters import ExponentialSmoothing, Holt, SimpleExpSmoothing
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    def ets(**form):
        def work(y, season, h):
            seasonal = {"seasonal_periods": season} if form.get("seasonal") else {}
            fit = ETSModel(pd.Series(y), error="add", **form, **seasonal).fit(disp=False)
            return fit.get_prediction(len(y), len(y) + h - 1).pred_int(0.05)

        return work

    def sarimax(order, seasonal=(0, 0, 0, 0)):
        return lambda y, s, h: SARIMAX(y, order=order, seasonal_order=seasonal).fit(disp=False).get_forecast(h).conf_int()

    def winters(y, season, h):
        form = {"trend": "add", "seasonal": "add", "seasonal_periods": season, "initialization_method": "estimated"}
        return ExponentialSmoothing(y, **form).fit().forecast(h)

    def theta(y, season, h):
        fit = ThetaModel(y, period=season, deseasonalize=season > 1).fit()
        return fit.forecast(h), fit.prediction_intervals(h)

    return {
        "ses, weekly": each("weekly", lambda y, s, h: SimpleExpSmoothing(y, initialization_method="estimated").fit().forecast(h)),
        "holt, weekly": each("weekly", lambda y, s, h: Holt(y, initialization_method="estimated").fit().forecast(h)),
        "holt-winters, monthly": each("monthly", winters),
        "ets AAdN, weekly": each("weekly", ets(trend="add", damped_trend=True)),
        "ets AAA, monthly": each("monthly", ets(trend="add", seasonal="add")),
        "theta, weekly": each("weekly", theta),
        "theta, monthly": each("monthly", theta),
        "arima (1,1,1), daily": each("daily", sarimax((1, 1, 1))),
        "arima (1,1,1), weekly": each("weekly", sarimax((1, 1, 1))),
        "arima airline, monthly": each("monthly", sarimax((0, 1, 1), (0, 1, 1, 12))),
        "arima (1,1,1)(1,1,1)7, weekly": each("weekly", sarimax((1, 1, 1), (1, 1, 1, 7))),
    }


def regression_rows():
    part = DATA["train"]
    x = np.array(part["features"]).reshape(COLUMNS, ROWS).T.copy()
    return x, np.array(part["target"]), np.array(DATA["outputs"]).reshape(OUTPUTS, ROWS).T.copy()


def lagged():
    """The features of the linear models: 26 lags, means and deviations of two windows; all horizons of the target."""
    r = np.diff(np.log(SETS["daily"].series[0]))
    lags = 26
    origins = np.arange(lags - 1, len(r) - OUTPUTS)
    columns = [r[origins - k] for k in range(lags)]
    for window in (10, 21):
        parts = np.lib.stride_tricks.sliding_window_view(r, window)[origins - window + 1]
        columns += [parts.mean(axis=1), parts.std(axis=1, ddof=1)]
    features = np.column_stack(columns)
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    sums = np.concatenate([[0], np.cumsum(r)])
    targets = [sums[origins + 1 + h] - sums[origins + 1] for h in range(1, OUTPUTS + 1)]
    return features, targets, len(origins)


def of_scikit_learn():
    from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
    from sklearn.linear_model import ElasticNetCV, LinearRegression, RidgeCV
    from sklearn.model_selection import TimeSeriesSplit

    x, target, many = regression_rows()

    def boost(**settings):
        return lambda: HistGradientBoostingRegressor(early_stopping=False, **settings).fit(x, target)

    def forest(y):
        settings = {"max_depth": 5, "min_samples_leaf": 40, "max_features": 0.4, "oob_score": True, "n_jobs": 1}
        return lambda: RandomForestRegressor(200, **settings).fit(x, y)

    def direct(make):
        def work():
            features, targets, count = lagged()
            for h, y in enumerate(targets, start=1):
                make(TimeSeriesSplit(3, gap=h, test_size=count // 6)).fit(features, y).predict(features)

        return work

    return {
        "linear, 14 horizons": direct(lambda folds: LinearRegression()),
        "ridge, 14 horizons": direct(lambda folds: RidgeCV(np.geomspace(1e-3, 1e3, 16), cv=folds)),
        "elastic net, 14 horizons": direct(lambda folds: ElasticNetCV(l1_ratio=0.5, alphas=16, eps=1e-3, cv=folds, tol=1e-7)),
        "forest, 1 output": forest(target),
        "forest, 14 outputs": forest(many),
        "boosting, 255 bins": boost(),
        "boosting, 64 bins": boost(max_bins=64),
        "boosting of a quantile": boost(loss="quantile", quantile=0.9),
    }


def of_lightgbm():
    import lightgbm

    x, target, _ = regression_rows()

    def light(**settings):
        return lambda: lightgbm.LGBMRegressor(num_leaves=31, min_child_samples=20, n_jobs=1, verbose=-1, **settings).fit(x, target)

    return {
        "boosting, 255 bins": light(),
        "boosting, 64 bins": light(max_bin=64),
        "boosting of a quantile": light(objective="quantile", alpha=0.9),
    }


def of_arch():
    import arch

    changes = np.array(DATA["changes"])
    scaled = changes / np.sqrt((changes**2).mean())

    def garch(o, dist):
        model = {"mean": "Zero", "vol": "GARCH", "p": 1, "o": o, "q": 1, "dist": dist, "rescale": False}
        return lambda: arch.arch_model(scaled, **model).fit(disp="off")

    return {"garch, normal": garch(0, "normal"), "garch, Student": garch(0, "t"), "gjr, Student": garch(1, "t")}


def of_prophet():
    import pandas as pd
    from prophet import Prophet

    def work(y, season, h):
        frame = pd.DataFrame({"ds": pd.date_range("2000-01-02", periods=len(y), freq="W"), "y": y})
        fit = Prophet(weekly_seasonality=False, daily_seasonality=False).fit(frame)
        return fit.predict(fit.make_future_dataframe(h, freq="W", include_history=False))

    return {"additive, weekly": each("weekly", work)}


MAKERS = {
    "statsforecast": of_statsforecast,
    "statsmodels": of_statsmodels,
    "scikit-learn": of_scikit_learn,
    "LightGBM": of_lightgbm,
    "arch": of_arch,
    "Prophet": of_prophet,
}
MODULES = {"scikit-learn": "sklearn", "LightGBM": "lightgbm", "Prophet": "prophet"}
present = {name: make for name, make in MAKERS.items() if not absent(MODULES.get(name, name))}
tasks = {name: make() for name, make in present.items()}
versions = {name: importlib.import_module(MODULES.get(name, name)).__version__ for name in present}
warm = set()


def timed(software, task):
    work = tasks[software][task]
    if (software, task) not in warm:
        work()
        warm.add((software, task))
    count, spent = 0, 0.0
    while spent < LEAST_SECONDS:
        started = time.process_time()
        work()
        spent += time.process_time() - started
        count += 1
    return 1000 * spent / count


def test_errors():
    part = DATA["test"]
    x, truth = np.array(part["features"]).reshape(COLUMNS, ROWS).T, np.array(part["truth"])
    names = ("boosting, 255 bins", "boosting, 64 bins")
    return {name: float(((tasks["scikit-learn"][name]().predict(x) - truth) ** 2).mean()) for name in names}


print(json.dumps({"versions": versions, "tasks": {name: list(own) for name, own in tasks.items()}}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if request.get("errors"):
        answer = test_errors() if "scikit-learn" in tasks else {}
    else:
        try:
            answer = {"ms": timed(request["software"], request["task"])}
        except Exception as error:  # A package that refuses a task leaves its cell empty, with the reason.
            answer = {"reason": str(error)[:200]}
    print(json.dumps(answer), flush=True)
