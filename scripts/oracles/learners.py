"""Reference numbers for tests/oracle/learners.test.ts and volatility.test.ts, from other people's software on made data.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 arch==8.0.0 numpy==2.4.6 pandas==3.1.1 scipy==1.17.1
    venv/bin/python scripts/oracles/learners.py > tests/oracle/learners.json

Data is made here by a linear congruential generator that the tests repeat, so none is stored.
"""

import json
import platform
import sys
import warnings

import arch
import numpy as np
import pandas as pd
import scipy
import sklearn
from arch import arch_model
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import ElasticNet, LinearRegression, Ridge
from sklearn.metrics import mean_pinball_loss
from sklearn.preprocessing import StandardScaler

warnings.filterwarnings("ignore")


def uniforms(seed, count):
    state, out = seed, []
    for _ in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        out.append((state + 0.5) / 2**32)
    return np.array(out)


def noise(seed, count):
    return uniforms(seed, 12 * count).reshape(count, 12).sum(axis=1) - 6.0


def heavy(seed, count):
    """Near Student's t with 5 degrees of freedom, variance 1."""
    z = noise(seed, 6 * count).reshape(count, 6)
    return z[:, 0] / np.sqrt((z[:, 1:] ** 2).mean(axis=1)) * np.sqrt(3 / 5)


def garch_path(z, omega, alpha, gamma, beta):
    variance, out = omega / (1 - alpha - gamma / 2 - beta), []
    for shock in z:
        change = np.sqrt(variance) * shock
        out.append(change)
        variance = omega + (alpha + (gamma if change < 0 else 0)) * change**2 + beta * variance
    return np.array(out)


def volatility():
    out = []
    for k in range(52):
        seed, count = 100 + k, (300, 600, 1200)[k % 3]
        student, asymmetric = k % 2 == 1, k % 4 >= 2
        z = heavy(seed, count) if student else noise(seed, count)
        alpha, beta, gamma = 0.04 + 0.02 * (k % 5), 0.86 - 0.03 * (k % 4), 0.06 if asymmetric else 0.0
        path = garch_path(z, 0.02 * (1 + k % 7), alpha, gamma, beta)
        model = arch_model(path, mean="Zero", vol="GARCH", p=1, o=int(asymmetric), q=1,
                           dist="t" if student else "normal", rescale=False)
        fit = model.fit(disp="off", tol=1e-13, options={"maxiter": 2000})
        again = model.fit(disp="off", tol=1e-13, starting_values=fit.params.values, options={"maxiter": 2000})
        fit = again if again.loglikelihood >= fit.loglikelihood else fit
        p = fit.params
        out.append({"seed": seed, "count": count, "student": student, "asymmetric": asymmetric,
                    "path": [0.02 * (1 + k % 7), alpha, gamma, beta], "omega": p["omega"], "alpha": p["alpha[1]"],
                    "gamma": p.get("gamma[1]", 0.0), "beta": p["beta[1]"], "degrees": p.get("nu", 0.0),
                    "logLikelihood": fit.loglikelihood,
                    "variance": list(fit.forecast(horizon=14).variance.iloc[-1])})
    return out


def ewma():
    from arch.univariate import EWMAVariance, StudentsT, ZeroMean
    out = []
    for seed in (201, 202, 203):
        path = garch_path(heavy(seed, 800), 0.05, 0.06, 0.0, 0.9)
        fit = ZeroMean(path, volatility=EWMAVariance(0.94), distribution=StudentsT()).fit(disp="off", tol=1e-12)
        out.append({"seed": seed, "logLikelihood": fit.loglikelihood, "degrees": fit.params["nu"],
                    "next": float(fit.forecast(horizon=1).variance.iloc[-1, 0])})
    return out


def regression():
    """Correlated columns of very different size; targets near, far and enormous."""
    out = []
    for k in range(54):
        rows, columns = (40, 120, 400)[k % 3], 3 + k % 5
        x = noise(300 + k, rows * columns).reshape(columns, rows).T
        x[:, 1:] += 0.7 * x[:, :1]
        x *= np.power(10.0, np.arange(columns) % 4 - 1)
        y = (x @ (np.arange(columns) - 1.5) + noise(400 + k, rows)) * (1.0, 1e-6, 1e6)[k % 3] + (0.0, 5.0)[k % 2]
        scaled = StandardScaler().fit_transform(x)
        scale = float(np.std(y))
        penalty = (0.01, 0.1, 1.0)[(k // 3) % 3]
        def own(model):
            model.fit(scaled, y)
            weights = model.coef_ / x.std(axis=0)
            return [float(model.intercept_ - weights @ x.mean(axis=0)), *map(float, weights)]
        out.append({"rows": rows, "columns": columns, "seed": k, "penalty": penalty, "targetDeviation": scale,
                    "least": own(LinearRegression()), "ridge": own(Ridge(alpha=penalty * rows)),
                    "elasticNet": own(ElasticNet(alpha=penalty * scale, l1_ratio=0.5, tol=1e-15, max_iter=1_000_000))})
    return out


def friedman(seed, rows):
    """Friedman (1991), equation 61, with three features that say nothing."""
    x = uniforms(seed, 8 * rows).reshape(rows, 8)
    truth = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
    return x, truth + 2 * noise(seed + 50_000, rows)


def trees():
    out = []
    for seed in (501, 502, 503, 504):
        x, y = friedman(seed, 1500)
        tx, ty = friedman(seed + 100, 1500)
        boost = lambda **loss: HistGradientBoostingRegressor(early_stopping=False, **loss).fit(x, y).predict(tx)
        forests = [RandomForestRegressor(200, min_samples_leaf=5, max_features=3, max_depth=12, random_state=s)
                   .fit(x, y).predict(tx) for s in (1, 2)]
        out.append({"seed": seed, "boosting": float(((boost() - ty) ** 2).mean()),
                    "pinball": {str(q): float(mean_pinball_loss(ty, boost(loss="quantile", quantile=q), alpha=q))
                                for q in (0.1, 0.9)},
                    "forest": float(np.mean([((f - ty) ** 2).mean() for f in forests]))})
    return out


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.16g}")
    return value


json.dump(rounded({
    "command": "python scripts/oracles/learners.py > tests/oracle/learners.json",
    "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__,
                 "pandas": pd.__version__, "scikit-learn": sklearn.__version__, "arch": arch.__version__},
    "volatility": volatility(), "ewma": ewma(), "regression": regression(), "trees": trees(),
}), sys.stdout, separators=(",", ":"))
