"""Imports the DAGs, then runs `airflow dags test` for each one given, in one process: to start Airflow takes the longest.

Says what came of it in lines that begin with RESULT. An argument is a DAG, or a DAG=conf.
"""

import json
import os
import sys
import warnings

from airflow import __version__
from airflow.cli import cli_parser
from airflow.utils import db
from airflow.utils.session import create_session
from sqlalchemy import text


def say(result: dict) -> None:
    print("\nRESULT " + json.dumps(result), flush=True)


db.upgradedb()
for pool in ("assay_flows", "assay_shards"):
    arguments = cli_parser.get_parser().parse_args(["pools", "set", pool, "4", "of Assay"])
    arguments.func(arguments)

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    # Where services of Airflow look for modules; commands of Airflow 3 add it later.
    sys.path.append(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    if __version__.startswith("2."):
        from airflow.models import DagBag
    else:
        from airflow.dag_processing.dagbag import DagBag

    bag = DagBag()
ours = [str(one.message) for one in caught if "assay_" in one.filename]
say({"errors": bag.import_errors, "warnings": ours, "dags": sorted(bag.dag_ids)})

for asked in sys.argv[1:]:
    dag_id, _, conf = asked.partition("=")
    arguments = cli_parser.get_parser().parse_args(["dags", "test", dag_id, *(["--conf", conf] if conf else [])])
    arguments.func(arguments)
    with create_session() as session:
        query = text("select task_id, state from task_instance where dag_id = :dag and state <> 'success' order by 1")
        others = [list(row) for row in session.execute(query, {"dag": dag_id})]
    say({"ran": dag_id, "unlike_success": others})

with create_session() as session:
    table = "dataset_event" if __version__.startswith("2.") else "asset_event"
    told = [extra if isinstance(extra, dict) else json.loads(extra) for (extra,) in session.execute(text(f"select extra from {table}"))]
say({"told": sorted(f"{one.get('flow')} {one.get('slot', '')[:8]}" for one in told)})
