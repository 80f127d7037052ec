"""MLflow's command line, a command for each line of standard input: its words as JSON in, its exit code and what it said out.

It is the function that the program `mlflow` itself calls; only Python is started once instead of for every command.
"""

import io
import json
import sys
import traceback
from contextlib import redirect_stdout

from mlflow.cli import cli

for line in sys.stdin:
    said = io.StringIO()
    with redirect_stdout(said):
        try:
            code = cli.main(json.loads(line), prog_name="mlflow")
        except SystemExit as end:
            code = end.code
        except Exception:
            code = 1
            traceback.print_exc()
    print(json.dumps({"code": code or 0, "stdout": said.getvalue()}), flush=True)
