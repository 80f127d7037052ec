"""The Python side of `npm run bench:m4 -- --python PATH`: statsforecast over a panel, on all cores.

    venv/bin/pip install statsforecast==2.1.1
    python m4.py TRAIN.csv HORIZON SEASON OUT.csv MODEL...

Models are named as `assay benchmark` names them. Writes `unique_id,step,MODEL,...` and prints its version, wall and
processor seconds as JSON; what is compiled or cached on first use is so before the clock starts, by two series.
Forecasts are asked for with one interval, since the models here give nine quantiles.
"""

import json
import resource
import sys
import time
import warnings

import pandas as pd
import statsforecast
from statsforecast import StatsForecast
from statsforecast import models as m

warnings.filterwarnings("ignore")

COUNTERPARTS = {
    "naive": lambda season, name: m.Naive(alias=name),
    "seasonal-naive": lambda season, name: m.SeasonalNaive(season, alias=name),
    "drift:scale=level": lambda season, name: m.RandomWalkWithDrift(alias=name),
    "holt": lambda season, name: m.Holt(alias=name),
    "damped": lambda season, name: m.AutoETS(model="AAN", damped=True, alias=name),
    "holt-winters:seasonal=additive": lambda season, name: m.HoltWinters(season, alias=name),
    "theta:scale=level": lambda season, name: m.Theta(season, alias=name),
    "optimised-theta:scale=level": lambda season, name: m.OptimizedTheta(season, alias=name),
    "dynamic-theta:scale=level": lambda season, name: m.DynamicOptimizedTheta(season, alias=name),
    "ets": lambda season, name: m.AutoETS(season, alias=name),
    "ces": lambda season, name: m.AutoCES(season, alias=name),
    "arima:scale=level": lambda season, name: m.AutoARIMA(season_length=season, alias=name),
    "mstl": lambda season, name: m.MSTL(season, alias=name),
}


def processor_seconds():
    """Of this process and of its workers that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    train, horizon, season, out = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    names = sys.argv[5:]
    panel = pd.read_csv(train)
    models = [COUNTERPARTS[name](season, name) for name in names]
    few = panel[panel.unique_id.isin(panel.unique_id.unique()[:2])]
    StatsForecast(models=models, freq=1, n_jobs=1).forecast(df=few, h=horizon, level=[95])
    started, used = time.perf_counter(), processor_seconds()
    forecasts = StatsForecast(models=models, freq=1, n_jobs=-1).forecast(df=panel, h=horizon, level=[95])
    answer = {
        "version": statsforecast.__version__,
        "wall": time.perf_counter() - started,
        "processor": processor_seconds() - used,
    }
    forecasts["step"] = forecasts.groupby("unique_id").cumcount() + 1
    forecasts[["unique_id", "step", *names]].to_csv(out, index=False)
    print(json.dumps(answer))
