"""Every endpoint of the installed MLflow's server, from its own routing tables, as JSON lines on standard output:
{"method", "path"}, a path's parameters as {name}. Usage: <venv>/bin/python scripts/mlflow-endpoints.py
"""

import json
import os
import re
import sys

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

import mlflow  # noqa: E402
from mlflow.server import app  # noqa: E402

found = set()
for rule in app.url_map.iter_rules():
    path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
    for method in rule.methods - {"HEAD", "OPTIONS"}:
        found.add((path, method))


def walk(routes, prefix=""):
    for route in routes:
        methods = getattr(route, "methods", None)
        path = getattr(route, "path", None)
        if methods and path:
            for method in methods - {"HEAD", "OPTIONS"}:
                found.add((re.sub(r"{(\w+):\w+}", r"{\1}", prefix + path), method))
        elif getattr(route, "routes", None) and path is not None:
            walk(route.routes, prefix + path)


try:
    from mlflow.server.fastapi_app import app as outer
except ImportError:
    # MLflow 2 serves everything with Flask.
    outer = None
if outer is not None:
    walk(outer.routes)

print(json.dumps({"mlflow": mlflow.__version__}), file=sys.stdout)
for path, method in sorted(found):
    print(json.dumps({"method": method, "path": path}))
