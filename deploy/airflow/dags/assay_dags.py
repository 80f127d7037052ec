"""DAGs of Assay, by layer, built from what `assay manifest --json` says: nothing about a flow is written here twice.

Settings of this module, by the environment of Airflow:

AIRFLOW_ASSAY_COMMAND   how the command is called (default: assay)
AIRFLOW_ASSAY_MANIFEST  a file that holds the manifest; without it the command is asked each time this file is read
AIRFLOW_ASSAY_RUNS_IN   shell (the worker's own), docker or kubernetes (default: shell, or docker where there is an image)
AIRFLOW_ASSAY_IMAGE     the image of Assay that docker and kubernetes run
AIRFLOW_ASSAY_NETWORK   the network of Docker from which containers reach the servers (default: its own)
AIRFLOW_ASSAY_POD       a file with what else kubernetes is to know of a pod (default: pod.yaml above this folder)
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
from pathlib import Path

from assay_airflow import DAG, EVENTS, AssetAny, BashOperator, Param, asset_of, clocks_of, either, task, told_late

log = logging.getLogger(__name__)

COMMAND = os.environ.get("AIRFLOW_ASSAY_COMMAND", "assay")
IMAGE = os.environ.get("AIRFLOW_ASSAY_IMAGE")
RUNS_IN = os.environ.get("AIRFLOW_ASSAY_RUNS_IN") or ("docker" if IMAGE else "shell")
NETWORK = os.environ.get("AIRFLOW_ASSAY_NETWORK")
POD = Path(os.environ.get("AIRFLOW_ASSAY_POD") or Path(__file__).parent.parent / "pod.yaml")
# Flows of one warehouse run one at a time anyway; waiting in a pool costs no worker. Shards run side by side, and so do
# joins of different metals.
FLOW_POOL, SHARD_POOL = "assay_flows", "assay_shards"
# What a command ends with where data or a champion is still missing: that metal is skipped, and the others go on.
NOT_READY = 6
# Settings of Assay that are not called ASSAY_… or, of the lake's store, AWS_….
SETTINGS = ("DATABASE_URL", "DATABASE_DIRECT_URL", "CLICKHOUSE_URL", "CLICKHOUSE_CLUSTER", "LAKE_URL", "MLFLOW_TRACKING_URI")
SOME = "none_failed_min_one_success"
SLOT = f"{{{{ slot(dag_run, {EVENTS}) }}}}"
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
MADE = {name: asset_of(name) for name in FLOWS}


def build() -> dict[str, DAG]:
    """One DAG for each layer, and one for each flow that has hours of its own."""
    apart = {schedule["flow"] for schedule in MANIFEST["schedules"]}
    groups: dict[str, list[dict]] = {}
    for flow in (flow for flow in FLOWS.values() if flow["layer"]):
        groups.setdefault(flow["name"] if flow["name"] in apart else flow["layer"], []).append(flow)
    return {dag.dag_id: dag for name, flows in groups.items() for dag in build_dags(f"assay_{name}", flows)}


def build_dags(dag_id: str, flows: list[dict]) -> list[DAG]:
    first, *further = schedules_of(flows[0])
    rest = [build_dag(f"{dag_id}_{place}", flows, schedule) for place, schedule in enumerate(further, 2)]
    return [build_dag(dag_id, flows, first), *rest]


def build_dag(dag_id: str, flows: list[dict], schedule) -> DAG:
    limit = timedelta(seconds=sum(limit_of(flow) for flow in flows))
    # Half of what every try of every step may take: whoever looks at Airflow's log hears of it while it still runs.
    late, late_task = told_late(limit / 2, report_late)
    with DAG(
        dag_id,
        description=" ".join(flow["summary"] for flow in flows),
        schedule=schedule,
        start_date=datetime(2024, 1, 1, tzinfo=timezone.utc),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=limit,
        default_args=RULES,
        params=params_of(flows),
        tags=["assay", flows[0]["layer"]],
        user_defined_macros={"slot": slot_of, "flags": flags_of},
        on_failure_callback=report_failure,
        **late,
    ) as dag:
        before = None
        for flow in flows:
            made = tournament() if "plan" in {parameter["name"] for parameter in flow["parameters"]} else run(flow)
            if before is not None:
                before >> made[0]
            told = {"task_id": f"announce_{flow['name']}", "outlets": [MADE[flow["name"]]], "trigger_rule": SOME}
            if flow is flows[-1]:
                told |= late_task
            before = announce.override(**told)(flow["name"], SLOT)
            made[-1] >> before
    return dag


def schedules_of(flow: dict) -> list:
    """By the clock where the manifest says so, after the flows it follows, or by hand; one for each DAG."""
    crons = [one["cron"] for one in MANIFEST["schedules"] if flow["name"] in (one["flow"], one.get("begins"))]
    assets = AssetAny(*(MADE[name] for name in flow["after"])) if flow["after"] else None
    first, *further = clocks_of(crons, MANIFEST["timeZone"]) or [None]
    return [either(first, assets) if first and assets else first or assets, *further]


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
    """What runs a command, unmapped, with the name of its field that takes `script`."""
    rules = {"task_id": task_id, "pool": pool, "skip_on_exit_code": NOT_READY, **rules}
    match RUNS_IN:
        case "shell":
            # The worker's own environment holds the settings: secrets stay out of Airflow's database.
            return BashOperator.partial(append_env=True, **rules), "bash_command"
        case "docker":
            return container(rules), "command"
        case "kubernetes":
            return pod(rules), "arguments"
    raise ValueError(f"AIRFLOW_ASSAY_RUNS_IN is {RUNS_IN}, and can be shell, docker or kubernetes.")


def script(command: str) -> str | list[str]:
    """As the field of the operator takes it: a container's bash gets all of it as one word."""
    return command if RUNS_IN == "shell" else [command]


def container(rules: dict):
    from airflow.providers.docker.operators.docker import DockerOperator

    class Container(DockerOperator):
        """Takes the settings from the worker when it runs: given before, they would lie in Airflow's database."""

        def execute(self, context):
            self._private_environment = worker_settings()
            return super().execute(context)

    if not IMAGE:
        raise ValueError("Tasks in containers of Docker need AIRFLOW_ASSAY_IMAGE, the name of an image of Assay.")
    rules = {"image": IMAGE, "entrypoint": ["bash", "-c"], "network_mode": NETWORK, **rules}
    return Container.partial(mount_tmp_dir=False, auto_remove="force", **rules)


def worker_settings() -> dict[str, str]:
    """Assay's settings in the worker's environment; what a file of the worker's holds is read, for a container has it not."""
    settings = {}
    for name, value in os.environ.items():
        setting = name.removesuffix("_FILE")
        if name.startswith("AWS_"):
            settings[name] = value
        elif setting in SETTINGS or (setting.startswith("ASSAY_") and setting != "ASSAY_DATA"):
            settings[setting] = value if setting == name else Path(value).read_text(encoding="utf-8").strip()
    return settings


def pod(rules: dict):
    """The settings are in Kubernetes alone: the file names the secret that holds them."""
    import yaml
    from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator

    return KubernetesPodOperator.partial(
        image=IMAGE,
        cmds=["bash", "-c"],
        name=f"assay-{rules['task_id']}",
        pod_template_dict=yaml.safe_load(POD.read_text(encoding="utf-8")),
        # A pod's output is no result: what a plan says comes back by a file, which a container beside it hands out.
        do_xcom_push=rules["task_id"] == "plan",
        **rules,
    )


def run(flow: dict) -> list:
    """A flow as a task, one for each metal where it takes one."""
    name = flow["name"]
    partial, field = operator(name, execution_timeout=timedelta(seconds=flow["timeoutSeconds"]))
    call = f"{command_of(flow['command'])} --trigger airflow --run-id {name}-{SLOT}"
    flags = f"{{{{ flags('{name}', params) }}}}"
    if not any(parameter["type"] == "metal" for parameter in flow["parameters"]):
        return [partial.expand(**{field: [script(f"{call} {flags}")]})]
    commands = for_each_metal.override(task_id=f"{name}_commands")(f"{call}-METAL --metal METAL {flags}")
    return [commands, partial.expand(**{field: commands})]


def command_of(words: list[str]) -> str:
    return shlex.join([*shlex.split(COMMAND if RUNS_IN == "shell" else "assay"), *words[1:]])


def tournament() -> list:
    """Plan for each metal, shards of all metals side by side on whatever workers there are, and a join for each metal."""
    calls = {name: command_of(words) for name, words in MANIFEST["tournament"].items()}
    limit = timedelta(seconds=FLOWS["train"]["timeoutSeconds"])
    lay_out = f"{calls['plan']} --metal METAL --shards {{{{ params.shards }}}} {{{{ flags('train', params) }}}}"
    # Airflow keeps the last line that a command prints, so it is one line, after all that went to stderr; of a pod, a file.
    kept = " | tee /airflow/xcom/return.json" if RUNS_IN == "kubernetes" else ""
    laid = f"exec 2>&1; laid=$({lay_out}) || exit; printf %s \"$laid\" | tr -d '\\n'{kept}"
    commands = for_each_metal.override(task_id="plan_commands")(laid)
    partial, field = operator("plan", pool=SHARD_POOL, execution_timeout=limit)
    plans = partial.expand(**{field: commands})
    partial, field = operator("shard", pool=SHARD_POOL, execution_timeout=limit, trigger_rule=SOME)
    shards = partial.expand(**{field: shard_commands(plans.output, calls["shard"])})
    partial, field = operator("join", pool=SHARD_POOL, execution_timeout=limit, trigger_rule=SOME)
    join = f"{calls['join']} --trigger airflow --run-id train-{SLOT}"
    joined = partial.expand(**{field: join_commands(plans.output, join)})
    shards >> joined
    return [commands, joined]


@task
def for_each_metal(command: str, params: dict | None = None) -> list:
    return [script(command.replace("METAL", metal)) for metal in (params or {})["metals"]]


@task(trigger_rule=SOME)
def shard_commands(plans: list, call: str) -> list:
    laid = [read_plan(plan) for plan in plans]
    return [script(f"{call} --plan {plan['plan']} --shard {shard}") for plan in laid for shard in plan["shards"]]


@task(trigger_rule=SOME)
def join_commands(plans: list, call: str) -> list:
    return [script(f"{call}-{plan['metal']} --plan {plan['plan']}") for plan in map(read_plan, plans)]


def read_plan(plan: str | dict) -> dict:
    """A line of a command's, or a file of a pod's that Airflow has read already."""
    return json.loads(plan) if isinstance(plan, str) else plan


@task
def announce(flow: str, slot: str, *, outlet_events=None) -> None:
    """Tells the DAGs that follow, and in whose slot they run."""
    outlet_events[MADE[flow]].extra = {"flow": flow, "slot": slot}


# --- callbacks -------------------------------------------------------------------------------------------------------


def report_failure(context) -> None:
    run = context["dag_run"]
    log.error("%s failed: %s. What ran: assay runs; then clear the failed tasks.", run.dag_id, run.run_id)


def report_late(context=None, **_kwargs) -> None:
    run = (context or {}).get("dag_run")
    log.warning("%s takes more than half of its time limit.", run if run is None else run.get("dag_id"))


globals().update(build())
