"""Reference numbers for tests/oracle, from other people's software on made series.

    python3 -m venv venv && venv/bin/pip install statsmodels==0.15.0 scikit-learn==1.9.1 statsforecast==2.1.1 scipy==1.17.1
    venv/bin/python scripts/oracles/reference.py > tests/oracle/reference.json

The series are made here by a linear congruential generator that the tests repeat, so no data is stored.
"""

import json
import platform
import sys
import warnings

import numpy as np
import pandas as pd
import scipy
import scipy.stats as st
import sklearn
import statsforecast
import statsmodels
from scipy.stats import norm
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from statsforecast.arima import ndiffs
from statsforecast.models import AutoARIMA
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel
from statsmodels.tsa.holtwinters import SimpleExpSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.stattools import acf, kpss

warnings.filterwarnings("ignore")


def uniforms(seed, count):
    state, out = seed, []
    for _ in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        out.append((state + 0.5) / 2**32)
    return np.array(out)


def noise(seed, count):
    """Sums of twelve uniforms less six: near normal, and exact to repeat in any language."""
    return uniforms(seed, 12 * count).reshape(count, 12).sum(axis=1) - 6.0


def arma(seed, count, phi, theta):
    e = noise(seed, count)
    w = np.zeros(count)
    for t in range(count):
        w[t] = e[t] + (phi * w[t - 1] + theta * e[t - 1] if t > 0 else 0.0)
    return w


def walk(seed, count, start, phi=0.0, theta=0.0, drift=0.0):
    return start + np.cumsum(arma(seed, count, phi, theta) + drift)


def smooth_series(seed, count):
    """An ETS(A,A,N) process: alpha 0.4, beta 0.1."""
    e, level, slope, out = noise(seed, count), 300.0, 0.3, []
    for t in range(count):
        out.append(level + slope + e[t])
        level, slope = level + slope + 0.4 * e[t], slope + 0.1 * e[t]
    return np.array(out)


def ets():
    forms = {"ANN": ("add", None, False), "AAN": ("add", "add", False), "AAdN": ("add", "add", True),
             "MNN": ("mul", None, False), "MAN": ("mul", "add", False), "MAdN": ("mul", "add", True)}
    out = []
    for name, y in {"walk": walk(11, 300, 200.0), "trend": smooth_series(12, 300)}.items():
        for form, (error, trend, damped) in forms.items():
            fit = ETSModel(pd.Series(y), error=error, trend=trend, damped_trend=damped).fit(disp=False, maxiter=2000)
            out.append({"series": name, "form": form, "logLikelihood": fit.llf, "alpha": fit.alpha,
                        "forecast": list(fit.forecast(14)),
                        "variance": list(fit.get_prediction(300, 313).forecast_variance) if error == "add" else None,
                        "sigma2": fit.scale})
    return out


def arima():
    out = []
    cases = [("arma11", walk(21, 400, 50.0, 0.6, 0.3), (1, 1, 1), (0, 0, 0, 0), False),
             ("ar1", arma(22, 400, 0.7, 0.0) + 10.0, (1, 0, 0), (0, 0, 0, 0), True),
             ("ma1drift", walk(23, 300, 80.0, 0.0, 0.5, 0.2), (0, 1, 1), (0, 0, 0, 0), True),
             ("short", walk(25, 30, 20.0, 0.5, 0.0), (1, 1, 1), (0, 0, 0, 0), False),
             ("seasonal", walk(24, 300, 50.0, 0.3, 0.2) + 5 * np.sin(2 * np.pi * np.arange(300) / 7), (1, 1, 1), (1, 1, 1, 7), False)]
    for name, y, order, seasonal, constant in cases:
        model = SARIMAX(y, order=order, seasonal_order=seasonal, trend=None, simple_differencing=True,
                        concentrate_scale=True) if not constant else None
        if constant:
            # The constant of ours is the mean of the differenced series, so the same is asked for here.
            w = np.diff(y, n=order[1]) if order[1] else y
            model = SARIMAX(w, order=(order[0], 0, order[2]), exog=np.ones(len(w)), concentrate_scale=True)
        fit = model.fit(disp=False, maxiter=1000)
        # One polish from the optimum: the default stops early on flat likelihoods.
        fit = model.fit(start_params=fit.params, method="nm", disp=False, maxiter=4000)
        entry = {"series": name, "order": list(order), "seasonal": list(seasonal), "constant": constant,
                 "logLikelihood": fit.llf, "params": dict(zip(model.param_names, map(float, fit.params)))}
        if constant:
            steps = fit.get_forecast(14, exog=np.ones(14))
            path = steps.predicted_mean
            entry["forecast"] = list(y[-1] + np.cumsum(path)) if order[1] else list(path)
            entry["variance"] = None if order[1] else list(steps.var_pred_mean)
        else:
            full = SARIMAX(y, order=order, seasonal_order=seasonal, concentrate_scale=True)
            steps = full.smooth(fit.params).get_forecast(14)
            entry["forecast"], entry["variance"] = list(steps.predicted_mean), list(steps.var_pred_mean)
            entry["sigma2"] = float(fit.scale)
        out.append(entry)
    return out


def auto_arima():
    out = []
    for name, y in {"arma11": walk(21, 400, 50.0, 0.6, 0.3), "ar1": arma(22, 400, 0.7, 0.0) + 10.0,
                    "walk": walk(11, 300, 200.0)}.items():
        model = AutoARIMA(season_length=1, approximation=False).fit(y)
        p, q, _, _, _, d, _ = model.model_["arma"]
        out.append({"series": name, "order": [int(p), int(d), int(q)], "aicc": float(model.model_["aicc"]),
                    "d": int(ndiffs(y)), "forecast": list(map(float, model.predict(14)["mean"]))})
    return out


def theta():
    out = []
    for name, y in {"walk": walk(11, 300, 200.0), "trend": smooth_series(12, 300)}.items():
        fit = ThetaModel(y, deseasonalize=False).fit(use_mle=False)
        ses = SimpleExpSmoothing(y, initialization_method="estimated").fit()
        out.append({"series": name, "b0": float(fit.params["b0"]), "alpha": float(fit.params["alpha"]),
                    "forecast": list(map(float, fit.forecast(14))), "sesAlpha": float(ses.params["smoothing_level"]),
                    "sesLevel": float(ses.forecast(1)[0]), "sesSse": float(ses.sse)})
    return out


def linear():
    """Ordinary least squares of the cumulative log return on features made as src/models/lag-features.ts says."""
    y = np.exp(walk(31, 400, 0.0, 0.3, 0.0) * 0.01) * 100
    r = np.diff(np.log(y))
    lags, windows, horizons = 5, (10, 21), 14
    first = 20
    def row(t):
        past = [r[t - k] for k in range(lags)]
        for window in windows:
            part = r[t - window + 1:t + 1]
            past += [part.mean(), part.std(ddof=1)]
        return past
    origins = range(first, len(r) - horizons)
    x = np.array([row(t) for t in origins])
    centre = []
    for h in range(1, horizons + 1):
        target = [r[t + 1:t + 1 + h].sum() for t in origins]
        centre.append(float(LinearRegression().fit(x, target).predict([row(len(r) - 1)])[0]))
    return {"centre": centre, "last": float(y[-1])}


def tests_of_accuracy():
    first, second = noise(41, 120) ** 2, (0.9 * noise(42, 120)) ** 2
    out = []
    for h in (1, 3, 7):
        d = first - second
        n, m = len(d), d.mean()
        gamma = [((d[k:] - m) * (d[:n - k] - m)).sum() / n for k in range(h)]
        variance = (gamma[0] + 2 * sum(gamma[1:])) / n
        statistic = m / np.sqrt(variance) * np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
        out.append({"horizon": h, "statistic": float(statistic), "pValue": float(2 * st.t.cdf(-abs(statistic), n - 1))})
    return out


def scores():
    levels = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975]
    out = []
    for actual, mu, sd in [(1.3, 1.0, 0.5), (-2.0, 0.0, 1.0), (0.1, 0.0, 2.0)]:
        q = norm.ppf(levels, mu, sd)
        # The definition of Bracher et al. (2021) itself: interval scores and the median.
        total = 0.5 * abs(actual - q[4])
        for k in range(4):
            alpha, low, high = 2 * levels[k], q[k], q[8 - k]
            score = (high - low) + 2 / alpha * max(0, low - actual) + 2 / alpha * max(0, actual - high)
            total += alpha / 2 * score
        z = (actual - mu) / sd
        crps = sd * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))
        out.append({"actual": actual, "mean": mu, "sd": sd, "wis": float(total / 4.5), "crpsNormal": float(crps)})
    return out


def distributions():
    ps = [1e-12, 1e-6, 0.001, 0.025, 0.1, 0.4, 0.5, 0.77, 0.975, 0.999999]
    xs = [-30.0, -8.0, -5.0, -2.5, -1.0, -0.3, 0.0, 0.2, 1.0, 3.0, 6.0]
    return {
        "normalQuantile": [[p, float(norm.ppf(p))] for p in ps],
        "normalCdf": [[x, float(norm.cdf(x))] for x in xs],
        "studentCdf": [[t, v, float(st.t.cdf(t, v))] for t in (-6.0, -2.0, -0.1, 0.5, 1.96, 12.0) for v in (1, 3, 29.5, 400)],
        "studentQuantile": [[p, v, float(st.t.ppf(p, v))] for p in (0.001, 0.025, 0.3, 0.9, 0.995) for v in (2, 7, 119)],
        "chiSquaredTail": [[x, k, float(st.chi2.sf(x, k))] for x in (0.1, 3.0, 18.0, 80.0) for k in (1, 5, 20)],
    }


def dependence():
    x = arma(22, 400, 0.7, 0.0)
    test = acorr_ljungbox(x, lags=[10])
    lags = int(3 * np.sqrt(400) / 13)
    return {"acf": list(map(float, acf(x, nlags=5)[1:])), "ljungBox": float(test["lb_stat"].iloc[0]),
            "ljungBoxP": float(test["lb_pvalue"].iloc[0]), "kpss": float(kpss(x, "c", nlags=lags)[0]),
            "quantiles": [[p, float(np.quantile(x, p))] for p in (0.0, 0.1, 0.333, 0.5, 0.975, 1.0)],
            "r2": float(r2_score(x[1:], 0.7 * x[:-1]))}


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.12g}")
    return value


json.dump(rounded({
    "command": "python scripts/oracles/reference.py > tests/oracle/reference.json",
    "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__,
                 "statsmodels": statsmodels.__version__, "scikit-learn": sklearn.__version__,
                 "statsforecast": statsforecast.__version__},
    "noise": list(noise(1, 3)), "ets": ets(), "arima": arima(), "autoArima": auto_arima(), "theta": theta(),
    "linear": linear(), "dieboldMariano": tests_of_accuracy(), "scores": scores(), "distributions": distributions(),
    "dependence": dependence(),
}), sys.stdout, separators=(",", ":"))
