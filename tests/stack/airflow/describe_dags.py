"""Says, in lines that begin with RESULT, what the DAGs are made of, and what each task asks Docker or Kubernetes for.

No engine, no cluster and no database is asked: the request to Docker is caught where its client would send it, and the pod
is the one that Airflow would ask Kubernetes for.
"""

import json
import logging
import os
import re
import sys
from datetime import datetime, timezone
from types import SimpleNamespace

from airflow import __version__

sys.path.append(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
IS_2 = __version__.startswith("2.")
if IS_2:
    from airflow.models import DagBag
    from airflow.serialization.serialized_objects import SerializedDAG as DagSerialization
else:
    from airflow.dag_processing.dagbag import DagBag
    from airflow.serialization.serialized_objects import DagSerialization

COMMAND = "assay of --this 'task' | cat"
FIELDS = {"shell": "bash_command", "docker": "command", "kubernetes": "arguments"}


def say(result: dict) -> None:
    print("\nRESULT " + json.dumps(result, default=str), flush=True)


def description_of(dag) -> dict:
    timetable = json.dumps(DagSerialization.to_dict(dag)["dag"]["timetable"])
    return {
        "crons": sorted(re.findall(r'"((?:[\d*/,-]+ ){4}[\d*/,-]+)"', timetable)),
        "after": sorted(set(re.findall(r"assay://(\w+)", timetable))),
        "seconds": dag.dagrun_timeout.total_seconds(),
        "late_after": late_after(dag),
        "params": {name: dag.params.get_param(name).schema for name in dag.params},
        "refused": [value for value in GIVEN if is_refused(dag, value)],
        "tasks": {task.task_id: task_of(task) for task in dag.tasks},
    }


def task_of(task) -> dict:
    limit = task.execution_timeout
    return {"retries": task.retries, "seconds": limit and limit.total_seconds(), "pool": task.pool, "mapped": is_mapped(task)}


def is_mapped(task) -> bool:
    return hasattr(task, "expand_input")


GIVEN = [
    {"from": "yesterday"},
    {"from": "2024-01-31"},
    {"metals": ["tin"]},
    {"metals": []},
    {"metals": ["gold"]},
    {"horizon": 0},
    {"horizon": 15},
    {"horizon": 14},
    {"shards": 0},
    {"shards": 64},
]


def is_refused(dag, given: dict) -> bool:
    """Whether the form of the DAG, or whoever starts it by Airflow's API, is told that the value is wrong."""
    ((name, value),) = given.items()
    if name not in dag.params:
        return False
    try:
        dag.params.get_param(name).resolve(value=value)
    except Exception as error:  # Each release has a class of its own for it.
        assert type(error).__name__ == "ParamValidationError", error
        return True
    return False


def late_after(dag) -> float:
    if IS_2:
        (last,) = [task.sla.total_seconds() for task in dag.tasks if task.sla]
        return last
    (alert,) = dag.deadline
    return alert.interval.total_seconds()


class Heard(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def told_by_callbacks(dag) -> list[str]:
    """What the callbacks write, called as Airflow calls them."""
    import assay_dags

    heard = Heard()
    for name in list(logging.root.manager.loggerDict):
        if "assay_dags" in name:
            logging.getLogger(name).addHandler(heard)
            logging.getLogger(name).disabled = False
    dag.on_failure_callback({"dag_run": SimpleNamespace(dag_id=dag.dag_id, run_id="scheduled__1")})
    if IS_2:
        dag.sla_miss_callback(dag, "announce", "", [], [])
    else:
        (alert,) = dag.deadline
        assert alert.callback.path == "assay_dags.report_late"
        assay_dags.report_late({"dag_run": {"dag_id": dag.dag_id}})
    return heard.lines


def slots() -> list[str]:
    from assay_dags import slot_of

    due = SimpleNamespace(logical_date=datetime(2026, 1, 2, 13, 30, tzinfo=timezone.utc), run_id="scheduled__1")
    by_hand = SimpleNamespace(logical_date=due.logical_date, run_id="manual__2026-01-02T13:30:01+00:00")
    events = {"assay://sync": [SimpleNamespace(extra={"flow": "sync", "slot": "2026-01-02T13:30:00Z"})]}
    return [slot_of(due, {}), slot_of(by_hand, {}), slot_of(due, events)]


# --- what tasks ask for ----------------------------------------------------------------------------------------------


def asked_by(operator, mode: str) -> dict:
    if mode == "docker":
        return docker_request(operator)
    if mode == "kubernetes":
        return operator.build_pod_request_obj().to_dict()
    return {"command": operator.bash_command, "environment": operator.env}


def docker_request(operator) -> dict:
    from airflow.providers.docker.hooks.docker import DockerHook
    from docker import APIClient

    class Caught(Exception):
        """In place of a container."""

    class Client(APIClient):
        def create_container_from_config(self, config, *_args, **_kwargs):
            raise Caught(config)

    client = Client(base_url="tcp://127.0.0.1:9", version="1.41")
    client.images = lambda *_args, **_kwargs: [{"RepoTags": [operator.image]}]
    DockerHook.api_client = property(lambda _hook: client)
    try:
        operator.execute({})
    except Caught as caught:
        return caught.args[0]
    raise SystemExit(f"{operator.task_id} started no container.")


for mode, field in FIELDS.items():
    os.environ["AIRFLOW_ASSAY_RUNS_IN"] = mode
    bag = DagBag()
    asks = {}
    for dag in bag.dags.values():
        for task in dag.tasks:
            if is_mapped(task) and field in task.expand_input.value:
                operator = task.unmap({field: COMMAND if mode == "shell" else [COMMAND]})
                asked = {"skips": list(operator.skip_on_exit_code), "keeps": operator.do_xcom_push}
                asks[f"{dag.dag_id}.{task.task_id}"] = asked | {"asks": asked_by(operator, mode)}
    kept = json.dumps([DagSerialization.to_dict(dag) for dag in bag.dags.values()], default=str)
    say({"mode": mode, "errors": bag.import_errors, "asks": asks, "is_secret_kept": os.environ["SECRET"] in kept})
    if mode == "shell":
        dags = {name: description_of(dag) for name, dag in bag.dags.items()}
        say({"dags": dags, "told": told_by_callbacks(bag.dags["assay_train"]), "slots": slots()})
