"""Reference numbers of statsforecast for tests/oracle, on the made panel of tests/oracle/made-panel.ts.

    python3 -m venv venv && venv/bin/pip install statsforecast==2.1.1
    venv/bin/python scripts/oracles/classical.py > tests/oracle/classical-statsforecast.json
"""

import json
import sys
import warnings

import numpy as np
import statsforecast
from statsforecast.ces import auto_ces, forecast_ces
from statsforecast.models import DynamicOptimizedTheta, OptimizedTheta

warnings.filterwarnings("ignore")


def noise(seed, count):
    state, out = seed, []
    for _ in range(12 * count):
        state = (1664525 * state + 1013904223) % 2**32
        out.append((state + 0.5) / 2**32)
    return np.array(out).reshape(count, 12).sum(axis=1) - 6.0


def regressed(e):
    out, last = [], 0.0
    for value in e:
        last = 0.7 * last + value
        out.append(last)
    return np.array(out)


MAKERS = [
    ("walk", 120, 1, lambda e, t: 100 + np.cumsum(e)),
    ("short", 24, 1, lambda e, t: 50 + 0.5 * np.cumsum(e)),
    ("trend", 100, 1, lambda e, t: 200 + 0.8 * t + 3 * e),
    ("additive", 96, 12, lambda e, t: 300 + 0.5 * t + 20 * np.sin(2 * np.pi * t / 12) + 4 * e),
    ("multiplied", 64, 4, lambda e, t: (100 + t) * (1 + 0.2 * np.sin(2 * np.pi * t / 4 + 1)) + 2 * e),
    ("huge", 120, 1, lambda e, t: 1e9 * (100 + np.cumsum(e))),
    ("tiny", 120, 1, lambda e, t: 1e-6 * (20 + regressed(e))),
    ("negative", 120, 1, lambda e, t: -50 + regressed(e)),
    ("gapped", 120, 1, lambda e, t: (100 + np.cumsum(e))[(t < 40) | (t >= 55)]),
]
FORMS = {"N": "none", "S": "simple", "P": "partial", "F": "full"}


def ces_of(y, m, letter):
    fit = auto_ces(y, m, model=letter)
    return {"form": FORMS[letter], "squares": float(np.sum(np.asarray(fit["residuals"]) ** 2)),
            "forecast": list(map(float, forecast_ces(fit, 8)["mean"]))}


def theta_of(model, y):
    return list(map(float, model(season_length=1).forecast(y=y, h=8)["mean"]))


def member(i):
    kind, count, m, make = MAKERS[i % 9]
    y = make(noise(101 + i, count), np.arange(count))
    return {"name": f"{kind}{i // 9 + 1}", "last": float(y[-1]),
            "ces": [ces_of(y, m, letter) for letter in ("NSPF" if m > 1 else "N")],
            "optimisedTheta": theta_of(OptimizedTheta, y), "dynamicTheta": theta_of(DynamicOptimizedTheta, y)}


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.10g}") if isinstance(value, float) else value


json.dump(rounded({
    "command": "python scripts/oracles/classical.py > tests/oracle/classical-statsforecast.json",
    "versions": {"statsforecast": statsforecast.__version__, "numpy": np.__version__},
    "series": [member(i) for i in range(54)],
}), sys.stdout, separators=(",", ":"))
