"""Reference numbers of scoringrules, properscoring and MAPIE for tests/oracle: scores and split conformal intervals.

    python3 -m venv venv && venv/bin/pip install scoringrules==0.10.0 properscoring==0.1 mapie==1.6.0 scikit-learn==1.9.1
    venv/bin/python scripts/oracles/scores.py > tests/oracle/scores.json

The forecasts and residuals are made by a linear congruential generator that the tests repeat, so no data is stored.
"""

import importlib.metadata
import json
import sys
import warnings

import numpy as np
import properscoring
import scoringrules
from mapie.regression import SplitConformalRegressor
from sklearn.base import BaseEstimator, RegressorMixin

warnings.filterwarnings("ignore")
LEVELS = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975]
COVERAGES = [0.5, 0.8, 0.9, 0.95]


def noise(seed, count):
    state, out = seed, []
    for _ in range(12 * count):
        state = (1664525 * state + 1013904223) % 2**32
        out.append((state + 0.5) / 2**32)
    return np.array(out).reshape(count, 12).sum(axis=1) - 6.0


def scored(k):
    """Nine sorted numbers as quantiles, fifty as samples, and an outcome; at several sizes, below zero too."""
    size = 10.0 ** (k % 7 - 3)
    values = size * (noise(501 + k, 60) + (k % 3 - 1) * 2)
    quantiles, samples, actual = np.sort(values[:9]), values[9:59], float(values[59])
    alphas = np.array([2 * level for level in LEVELS[:4]])
    lower, upper = quantiles[:4], quantiles[:4:-1]
    return {
        "seed": 501 + k,
        "pinball": [float(scoringrules.quantile_score(actual, q, level)) for q, level in zip(quantiles, LEVELS)],
        "interval": [float(scoringrules.interval_score(actual, a, b, alpha)) for a, b, alpha in zip(lower, upper, alphas)],
        # scoringrules 0.10.0 adds the median itself where the definition has its distance, so it is given the distance.
        "wis": float(scoringrules.weighted_interval_score(np.array(actual), abs(actual - quantiles[4]), lower, upper, alphas)),
        "crps": float(scoringrules.crps_ensemble(actual, samples, estimator="nrg")),
        "crpsProper": float(properscoring.crps_ensemble(actual, samples)),
    }


class Zero(RegressorMixin, BaseEstimator):
    """Forecasts nothing, so that MAPIE's scores are the absolute residuals themselves."""

    def fit(self, x, y):
        self.fitted_ = True
        return self

    def predict(self, x):
        return np.zeros(len(x))


def conformal(k):
    count = 40 + 5 * k
    residuals = noise(701 + k, count)
    x = np.zeros((count, 1))
    model = SplitConformalRegressor(Zero().fit(x, residuals), confidence_level=COVERAGES, prefit=True)
    _, intervals = model.conformalize(x, residuals).predict_interval(x[:1])
    return {"seed": 701 + k, "count": count, "halfWidths": [float(value) for value in intervals[0, 1]]}


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value


json.dump(rounded({
    "command": "python scripts/oracles/scores.py > tests/oracle/scores.json",
    "versions": {name: importlib.metadata.version(name) for name in ("scoringrules", "properscoring", "mapie", "numpy")},
    "scores": [scored(k) for k in range(54)],
    "conformal": [conformal(k) for k in range(54)],
}), sys.stdout, separators=(",", ":"))
