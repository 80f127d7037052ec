"""The Python side of scripts/bench-learners.mjs: the same tasks on the same data, one thread; JSON on stdout."""

import json
import sys
import time
import warnings

import arch
import lightgbm
import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import ElasticNetCV
from sklearn.model_selection import TimeSeriesSplit

warnings.filterwarnings("ignore")
ROWS, COLUMNS, OUTPUTS, ROUNDS = 4200, 30, 14, 5

data = np.fromfile(sys.argv[1])
sizes = [ROWS * COLUMNS, ROWS, ROWS * COLUMNS, ROWS, ROWS * OUTPUTS, ROWS, ROWS]
train, target, test, truth, outputs, changes, prices = np.split(data, np.cumsum(sizes)[:-1])
x, tx = train.reshape(COLUMNS, ROWS).T.copy(), test.reshape(COLUMNS, ROWS).T.copy()
many = outputs.reshape(OUTPUTS, ROWS).T.copy()


def timed(work):
    work()
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        times.append(1000 * (time.process_time() - started))
    return sorted(times)[ROUNDS // 2]


def boost(**settings):
    return HistGradientBoostingRegressor(early_stopping=False, **settings).fit(x, target)


def light(**settings):
    return lightgbm.LGBMRegressor(num_leaves=31, min_child_samples=20, n_jobs=1, verbose=-1, **settings).fit(x, target)


def forest(y):
    return RandomForestRegressor(200, max_depth=5, min_samples_leaf=40, max_features=0.4, oob_score=True, n_jobs=1).fit(x, y)


def elastic():
    """The features and folds of the model `elastic-net`: 30 features, 16 penalties, three blocks predicted."""
    r = np.diff(np.log(prices))
    lags, first = 26, 25
    origins = np.arange(first, len(r) - OUTPUTS)
    columns = [r[origins - k] for k in range(lags)]
    for window in (10, 21):
        parts = np.lib.stride_tricks.sliding_window_view(r, window)[origins - window + 1]
        columns += [parts.mean(axis=1), parts.std(axis=1, ddof=1)]
    features = np.column_stack(columns)
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    sums = np.concatenate([[0], np.cumsum(r)])
    for h in range(1, OUTPUTS + 1):
        folds = TimeSeriesSplit(3, gap=h, test_size=len(origins) // 6)
        y = sums[origins + 1 + h] - sums[origins + 1]
        ElasticNetCV(l1_ratio=0.5, alphas=16, eps=1e-3, cv=folds, tol=1e-7).fit(features, y)


def garch(o):
    scaled = changes / np.sqrt((changes**2).mean())
    return arch.arch_model(scaled, mean="Zero", vol="GARCH", p=1, o=o, q=1, dist="t", rescale=False).fit(disp="off")


def error(model):
    return float(((model.predict(tx) - truth) ** 2).mean())


json.dump({
    "versions": f"scikit-learn {sklearn.__version__}, lightgbm {lightgbm.__version__}, arch {arch.__version__}",
    "times": {
        "boosting, 255 bins": timed(boost),
        "boosting, 64 bins": timed(lambda: boost(max_bins=64)),
        "boosting of a quantile": timed(lambda: boost(loss="quantile", quantile=0.9)),
        "forest, 1 output": timed(lambda: forest(target)),
        "forest, 14 outputs": timed(lambda: forest(many)),
        "elastic net, 14 outputs": timed(elastic),
        "GARCH, Student": timed(lambda: garch(0)),
        "GJR, Student": timed(lambda: garch(1)),
    },
    "lightgbm": {
        "boosting, 255 bins": timed(light),
        "boosting, 64 bins": timed(lambda: light(max_bin=64)),
        "boosting of a quantile": timed(lambda: light(objective="quantile", alpha=0.9)),
    },
    "errors": {"boosting, 255 bins": error(boost()), "boosting, 64 bins": error(boost(max_bins=64))},
}, sys.stdout)
