"""DAGs of Assay, by layer, built from what `assay manifest --json` says: nothing about a flow is written here twice.

Settings of this module, by the environment of Airflow:

AIRFLOW_ASSAY_COMMAND   how the command is called (default: assay)
AIRFLOW_ASSAY_MANIFEST  a file that holds the manifest; without it the command is asked each time this file is read
AIRFLOW_ASSAY_IMAGE     an image of Assay: tasks run in containers of it (Docker) in place of the worker's own shell
AIRFLOW_ASSAY_METALS    metals that are compared and forecast (default: all four)
AIRFLOW_ASSAY_MODELS    models that tournaments compare, as `assay train --models` takes them (default: all)
AIRFLOW_ASSAY_SHARDS    in how many parts a tournament is shared out (default: 8)
AIRFLOW_ASSAY_DEADLINES "off" leaves the deadline alerts out: `airflow dags test` of Airflow 3.3.2 ends with an error at them
"""

from __future__ import annotations

import json
import logging
import os
import re
import shlex
import subprocess
from datetime import datetime, timedelta, timezone

from airflow.sdk import (
    DAG,
    Asset,
    AssetAny,
    AssetOrTimeSchedule,
    DeadlineAlert,
    DeadlineReference,
    MultipleCronTriggerTimetable,
    Param,
    SyncCallback,
    task,
)

log = logging.getLogger(__name__)

COMMAND = os.environ.get("AIRFLOW_ASSAY_COMMAND", "assay")
IMAGE = os.environ.get("AIRFLOW_ASSAY_IMAGE")
# Flows of one warehouse run one at a time anyway; waiting in a pool costs no worker. Shards run side by side.
FLOW_POOL, SHARD_POOL = "assay_flows", "assay_shards"
# What a command ends with where data or a champion is still missing: that metal is skipped, and the others go on.
NOT_READY = 6
SOME = "none_failed_min_one_success"
SLOT = "{{ slot(dag_run, triggering_asset_events) }}"
RULES = {
    "owner": "assay",
    # For what the command itself cannot cure: a worker that was killed, a server that is away for long.
    "retries": 3,
    "retry_delay": timedelta(seconds=10),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=10),
}


def read_manifest() -> dict:
    path = os.environ.get("AIRFLOW_ASSAY_MANIFEST")
    if path:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    command = [*shlex.split(COMMAND), "manifest", "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)


MANIFEST = read_manifest()
FLOWS = {flow["name"]: flow for flow in MANIFEST["flows"]}
METALS = os.environ.get("AIRFLOW_ASSAY_METALS", ",".join(MANIFEST["metals"])).split(",")
MODELS = os.environ.get("AIRFLOW_ASSAY_MODELS")
SHARDS = int(os.environ.get("AIRFLOW_ASSAY_SHARDS", "8"))
MADE = {name: Asset(name=f"assay_{name}", uri=f"assay://{name}") for name in FLOWS}


def build() -> dict[str, DAG]:
    """One DAG for each layer, and one for each flow that has hours of its own."""
    apart = {schedule["flow"] for schedule in MANIFEST["schedules"]}
    layers: dict[str, list[dict]] = {}
    for flow in FLOWS.values():
        if flow["layer"] and flow["name"] not in apart:
            layers.setdefault(flow["layer"], []).append(flow)
    dags = {f"assay_{layer}": build_dag(f"assay_{layer}", flows) for layer, flows in layers.items()}
    alone = [FLOWS[name] for name in sorted(apart) if FLOWS[name]["layer"]]
    return dags | {f"assay_{flow['name']}": build_dag(f"assay_{flow['name']}", [flow]) for flow in alone}


def build_dag(dag_id: str, flows: list[dict]) -> DAG:
    limit = timedelta(seconds=sum(limit_of(flow) for flow in flows))
    with DAG(
        dag_id,
        description=" ".join(flow["summary"] for flow in flows),
        schedule=schedule_of(flows[0]),
        start_date=datetime(2024, 1, 1, tzinfo=timezone.utc),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=limit,
        deadline=deadline_of(limit),
        default_args=RULES,
        params=params_of(flows),
        tags=["assay", flows[0]["layer"]],
        user_defined_macros={"slot": slot_of, "flags": flags_of},
        on_failure_callback=report_failure,
    ) as dag:
        before = None
        for flow in flows:
            made = tournament() if "plan" in {parameter["name"] for parameter in flow["parameters"]} else run(flow)
            if before is not None:
                before >> made[0]
            told = {"task_id": f"announce_{flow['name']}", "outlets": [MADE[flow["name"]]], "trigger_rule": SOME}
            before = announce.override(**told)(flow["name"], SLOT)
            made[-1] >> before
    return dag


def schedule_of(flow: dict):
    """By the clock where the manifest says so, after the flows it follows, or by hand."""
    crons = [one["cron"] for one in MANIFEST["schedules"] if flow["name"] in (one["flow"], one.get("begins"))]
    assets = [MADE[name] for name in flow["after"]]
    clock = MultipleCronTriggerTimetable(*crons, timezone=MANIFEST["timeZone"]) if crons else None
    if clock and assets:
        return AssetOrTimeSchedule(timetable=clock, assets=AssetAny(*assets))
    return clock or (AssetAny(*assets) if assets else None)


def deadline_of(limit: timedelta) -> DeadlineAlert | None:
    """Half of what every try of every step may take: whoever looks at Airflow's log hears of it while it still runs."""
    if os.environ.get("AIRFLOW_ASSAY_DEADLINES") == "off":
        return None
    # By its path: Airflow gives modules of DAGs other names, under which nothing is found later.
    callback = SyncCallback("assay_dags.report_late")
    return DeadlineAlert(reference=DeadlineReference.DAGRUN_QUEUED_AT, interval=limit / 2, callback=callback)


def limit_of(flow: dict) -> float:
    """Seconds in which every try of every step has ended, for all metals."""
    takes_metals = any(parameter["type"] == "metal" for parameter in flow["parameters"])
    return flow["timeoutSeconds"] * (len(METALS) if takes_metals else 1)


# --- parameters ------------------------------------------------------------------------------------------------------


def params_of(flows: list[dict]) -> dict[str, Param]:
    """The parameters of the flows as typed fields of Airflow's form; metals become a list, one task for each."""
    params = {}
    for parameter in (one for flow in flows for one in flow["parameters"] if one["flag"]):
        if parameter["type"] == "metal":
            items = {"type": "string", "enum": MANIFEST["metals"]}
            about = "Metals, one task for each."
            params["metals"] = Param(METALS, type="array", items=items, minItems=1, description=about)
        elif parameter["name"] != "plan":
            params[parameter["name"]] = param_of(parameter)
    if any(flow["name"] == "train" for flow in flows):
        about = "In how many parts each tournament is shared out."
        params["shards"] = Param(SHARDS, type="integer", minimum=1, maximum=1000, description=about)
    return params


def param_of(parameter: dict) -> Param:
    about = parameter["meaning"]
    match parameter["type"]:
        case "models":
            return Param(MODELS or parameter.get("default"), type=["null", "string"], description=about)
        case "date":
            return Param(None, type=["null", "string"], format="date", description=about)
        case "switch":
            return Param(False, type="boolean", description=about)
        case "integer":
            bounds = {"minimum": parameter.get("least", 1), "maximum": parameter.get("most", 2**31)}
            return Param(parameter.get("default"), type=["null", "integer"], description=about, **bounds)
        case _:
            choices = {"enum": [None, *parameter["choices"]]} if parameter.get("choices") else {}
            return Param(parameter.get("default"), type=["null", "string"], description=about, **choices)


def flags_of(flow: str, params: dict) -> str:
    """The given parameters as flags of the flow's command, safe in a shell."""
    words: list[str] = []
    for parameter in FLOWS[flow]["parameters"]:
        value = params.get(parameter["name"])
        if parameter["flag"] is None or parameter["type"] == "metal" or value in (None, "", False):
            continue
        words += [parameter["flag"]] if value is True else [parameter["flag"], str(value)]
    return shlex.join(words)


def slot_of(dag_run, events) -> str:
    """
    What tells this run from all others, the same on every try: the hour it was due; the slot of the flow it follows; the
    run of Airflow where a person started it.
    """
    told = [event.extra for of_asset in (events or {}).values() for event in of_asset]
    slots = sorted(f"{extra['flow']}-{extra['slot']}" for extra in told if extra and "slot" in extra)
    if slots:
        return slots[-1]
    due = dag_run.logical_date
    if due is not None and not dag_run.run_id.startswith("manual"):
        return due.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return re.sub(r"[^A-Za-z0-9._:-]", "-", dag_run.run_id)


# --- tasks -----------------------------------------------------------------------------------------------------------


def operator(task_id: str, pool: str = FLOW_POOL, **rules):
    """What runs a command: the worker's shell, or a container; unmapped, with the name of the field for the command."""
    rules = {"pool": pool, "skip_on_exit_code": NOT_READY, **rules}
    if IMAGE:
        from airflow.providers.docker.operators.docker import DockerOperator

        class Container(DockerOperator):
            """Takes the settings from the worker when it runs: given before, they would lie in Airflow's database."""

            def execute(self, context):
                self._private_environment = {name: os.environ[name] for name in os.environ if is_setting(name)}
                return super().execute(context)

        return Container.partial(
            task_id=task_id,
            image=IMAGE,
            entrypoint=["bash", "-c"],
            mount_tmp_dir=False,
            auto_remove="success",
            **rules,
        ), "command"
    from airflow.providers.standard.operators.bash import BashOperator

    # The worker's own environment holds the settings: secrets stay out of Airflow's database.
    return BashOperator.partial(task_id=task_id, append_env=True, **rules), "bash_command"


def is_setting(name: str) -> bool:
    named = {"DATABASE_URL", "DATABASE_DIRECT_URL", "CLICKHOUSE_URL", "CLICKHOUSE_CLUSTER", "LAKE_URL", "MLFLOW_TRACKING_URI"}
    return name in named or name.startswith(("ASSAY_", "AWS_"))


def run(flow: dict) -> list:
    """A flow as a task, one for each metal where it takes one."""
    name = flow["name"]
    partial, field = operator(name, execution_timeout=timedelta(seconds=flow["timeoutSeconds"]))
    call = f"{command_of(flow['command'])} --trigger airflow --run-id {name}-{SLOT}"
    flags = f"{{{{ flags('{name}', params) }}}}"
    if not any(parameter["type"] == "metal" for parameter in flow["parameters"]):
        return [partial.expand(**{field: [f"{call} {flags}"]})]
    commands = for_each_metal.override(task_id=f"{name}_commands")(f"{call}-METAL --metal METAL {flags}")
    return [commands, partial.expand(**{field: commands})]


def command_of(words: list[str]) -> str:
    return shlex.join([*shlex.split(COMMAND if IMAGE is None else "assay"), *words[1:]])


def tournament() -> list:
    """Plan for each metal, shards of all metals side by side on whatever workers there are, and a join for each metal."""
    calls = {name: command_of(words) for name, words in MANIFEST["tournament"].items()}
    limit = timedelta(seconds=FLOWS["train"]["timeoutSeconds"])
    lay_out = f"{calls['plan']} --metal METAL --shards {{{{ params.shards }}}} {{{{ flags('train', params) }}}}"
    # One line, because Airflow keeps the last line that a command prints.
    commands = for_each_metal.override(task_id="plan_commands")(f"set -o pipefail; {lay_out} | tr -d '\\n'")
    partial, field = operator("plan", pool=SHARD_POOL, execution_timeout=limit)
    plans = partial.expand(**{field: commands})
    partial, field = operator("shard", pool=SHARD_POOL, execution_timeout=limit, trigger_rule=SOME)
    shards = partial.expand(**{field: shard_commands(plans.output, calls["shard"])})
    partial, field = operator("join", execution_timeout=limit, trigger_rule=SOME)
    join = f"{calls['join']} --trigger airflow --run-id train-{SLOT}"
    joined = partial.expand(**{field: join_commands(plans.output, join)})
    shards >> joined
    return [commands, joined]


@task
def for_each_metal(command: str, params: dict | None = None) -> list[str]:
    return [command.replace("METAL", metal) for metal in (params or {})["metals"]]


@task(trigger_rule=SOME)
def shard_commands(plans: list[str], call: str) -> list[str]:
    laid = [json.loads(plan) for plan in plans]
    return [f"{call} --plan {plan['plan']} --shard {shard}" for plan in laid for shard in plan["shards"]]


@task(trigger_rule=SOME)
def join_commands(plans: list[str], call: str) -> list[str]:
    return [f"{call}-{plan['metal']} --plan {plan['plan']}" for plan in map(json.loads, plans)]


@task
def announce(flow: str, slot: str, *, outlet_events=None) -> None:
    """Tells the DAGs that follow, and in whose slot they run."""
    for asset in outlet_events:
        outlet_events[asset].extra = {"flow": flow, "slot": slot}


# --- callbacks -------------------------------------------------------------------------------------------------------


def report_failure(context) -> None:
    run = context["dag_run"]
    log.error("%s failed: %s. What ran: assay runs; then clear the failed tasks.", run.dag_id, run.run_id)


def report_late(context=None, **_kwargs) -> None:
    run = (context or {}).get("dag_run")
    log.warning("%s takes more than half of its time limit.", run if run is None else run.get("dag_id"))


globals().update(build())
