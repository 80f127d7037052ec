#!/usr/bin/env python3
"""A model of your own in any language: `npx assay train --models naive,exec:./examples/own_model.py`.

One JSON object a line: a greeting, then a request for each fold. Anything for people goes to stderr.
"""

import json
import math
import sys


def forecast(y, horizon, levels):
    """Today's price, with the spread of the last year's changes."""
    changes = sorted(math.log(b / a) for a, b in zip(y[-251:-1], y[-250:]))
    centre = sum(changes) / len(changes)
    quantiles = []
    for level in levels:
        change = changes[round(level * (len(changes) - 1))] - centre
        quantiles.append([y[-1] * math.exp(change * math.sqrt(h)) for h in range(1, horizon + 1)])
    return {"mean": [y[-1]] * horizon, "quantiles": quantiles}


levels = []
for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "hello":
        levels = message["quantileLevels"]
        answer = {"type": "hello", "protocol": 1, "minObservations": 50}
    else:
        answer = {"id": message["id"], **forecast(message["y"], message["horizon"], levels)}
    print(json.dumps(answer), flush=True)
