"""The real MLflow Python client against a tracking server, method by method.

Usage: python mlflow_client.py URL. Prints one JSON line: the client's version, each method tried with "ok" or what
went wrong, how many parts of an upload went by themselves. Exits 1 when any method failed. Everything it makes has a name of its own, so a server can be used again.
"""

import json
import math
import os
import sys
import tempfile
import time

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

import mlflow  # noqa: E402
from mlflow import MlflowClient  # noqa: E402
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402

url = sys.argv[1]
mlflow.set_tracking_uri(url)
client = MlflowClient(url)
unique = f"{os.getpid()}-{time.time_ns()}"
tried = {}


def check(name):
    """Runs the function at once and records how it went."""

    def run(function):
        try:
            function()
            tried[name] = "ok"
        except Exception as error:  # noqa: BLE001 - every failure is a finding
            tried[name] = f"{type(error).__name__}: {error}"[:500]
        return function

    return run


def refused(code, function):
    try:
        function()
    except MlflowException as error:
        assert error.error_code == code, f"{error.error_code} instead of {code}: {error}"
        return
    raise AssertionError(f"not refused with {code}")


experiment_id = client.create_experiment(f"interop {unique}", tags={"kind": "interop"})
run = client.create_run(experiment_id, start_time=1000, tags={"who": "python"}, run_name="first")
run_id = run.info.run_id


@check("create_experiment, get_experiment, get_experiment_by_name")
def _():
    by_id = client.get_experiment(experiment_id)
    by_name = client.get_experiment_by_name(f"interop {unique}")
    assert by_id.name == by_name.name and by_id.tags["kind"] == "interop"
    assert by_id.lifecycle_stage == "active" and by_id.creation_time > 0
    assert client.get_experiment_by_name("no such experiment") is None
    refused("RESOURCE_ALREADY_EXISTS", lambda: client.create_experiment(f"interop {unique}"))
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_experiment("987654321"))


@check("set_experiment_tag, rename, delete and restore an experiment")
def _():
    other = client.create_experiment(f"other {unique}")
    client.set_experiment_tag(other, "colour", "золото")
    client.rename_experiment(other, f"renamed {unique}")
    client.delete_experiment(other)
    assert client.get_experiment(other).lifecycle_stage == "deleted"
    client.restore_experiment(other)
    restored = client.get_experiment(other)
    assert restored.lifecycle_stage == "active" and restored.name == f"renamed {unique}"
    assert restored.tags["colour"] == "золото"


@check("search_experiments")
def _():
    found = client.search_experiments(filter_string=f"name LIKE '%{unique}'", order_by=["name ASC"])
    assert [e.name for e in found] == [f"interop {unique}", f"renamed {unique}"], found
    page = client.search_experiments(filter_string=f"name LIKE '%{unique}'", max_results=1)
    assert len(page) == 1 and page.token
    rest = client.search_experiments(filter_string=f"name LIKE '%{unique}'", max_results=1, page_token=page.token)
    assert len(rest) == 1 and not rest.token and rest[0].name != page[0].name
    assert len(client.search_experiments(filter_string=f"tags.kind = 'interop' AND name LIKE '%{unique}'")) == 1


@check("create_run, get_run, update_run, set_terminated")
def _():
    got = client.get_run(run_id)
    assert got.info.run_name == "first" and got.info.start_time == 1000 and got.info.status == "RUNNING"
    assert got.data.tags["who"] == "python" and got.info.artifact_uri.startswith("mlflow-artifacts:/")
    client.update_run(run_id, status="SCHEDULED", name="renamed")
    assert client.get_run(run_id).info.run_name == "renamed"
    client.set_terminated(run_id, status="FINISHED", end_time=2000)
    ended = client.get_run(run_id)
    assert ended.info.status == "FINISHED" and ended.info.end_time == 2000
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_run("0" * 32))


@check("log_param")
def _():
    client.log_param(run_id, "alpha", 0.5)
    client.log_param(run_id, "alpha", 0.5)
    refused("INVALID_PARAMETER_VALUE", lambda: client.log_param(run_id, "alpha", 0.6))
    client.log_param(run_id, "long", "x" * 6001)
    assert client.get_run(run_id).data.params["long"] == "x" * 6000
    refused("INVALID_PARAMETER_VALUE", lambda: client.log_param(run_id, "k" * 251, "v"))
    assert client.get_run(run_id).data.params["alpha"] == "0.5"


@check("log_metric, get_metric_history")
def _():
    client.log_metric(run_id, "mae", 3.5, timestamp=10, step=1)
    client.log_metric(run_id, "mae", 2.5, timestamp=10, step=2)
    client.log_metric(run_id, "mae", 9.5, timestamp=99, step=-7)
    history = client.get_metric_history(run_id, "mae")
    assert [(m.value, m.step) for m in history] == [(3.5, 1), (2.5, 2), (9.5, -7)], history
    assert client.get_run(run_id).data.metrics["mae"] == 2.5
    client.log_metric(run_id, "nan", math.nan, timestamp=1)
    client.log_metric(run_id, "inf", -math.inf, timestamp=1)
    metrics = client.get_run(run_id).data.metrics
    assert math.isnan(metrics["nan"]) and metrics["inf"] < -1e300, metrics
    refused("INVALID_PARAMETER_VALUE", lambda: client.log_metric(run_id, "a\\b", 1))
    refused("INVALID_PARAMETER_VALUE", lambda: client.log_metric(run_id, "../x", 1))


@check("log_batch")
def _():
    metrics = [Metric("batch", value / 2, 5, value) for value in range(900)]
    client.log_batch(run_id, metrics=metrics, params=[Param("p", "q")], tags=[RunTag("t", "u")])
    assert len(client.get_metric_history(run_id, "batch")) == 900
    changed = [Param("p", "other"), Param("fresh", "1")]
    refused("INVALID_PARAMETER_VALUE", lambda: client.log_batch(run_id, params=changed))
    assert "fresh" not in client.get_run(run_id).data.params


@check("set_tag, delete_tag")
def _():
    client.set_tag(run_id, "note", "первый")
    assert client.get_run(run_id).data.tags["note"] == "первый"
    client.delete_tag(run_id, "note")
    assert "note" not in client.get_run(run_id).data.tags
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.delete_tag(run_id, "note"))


@check("delete_run, restore_run")
def _():
    client.delete_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    refused("INVALID_PARAMETER_VALUE", lambda: client.log_metric(run_id, "late", 1))
    client.restore_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "active"


@check("log_inputs")
def _():
    dataset = Dataset(name="gold", digest="abc123", source_type="local", source="cbr", schema="{}", profile="{}")
    client.log_inputs(run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
    inputs = client.get_run(run_id).inputs.dataset_inputs
    assert len(inputs) == 1 and inputs[0].dataset.name == "gold" and inputs[0].tags[0].value == "training"
    assert len(client.search_runs([experiment_id], "dataset.name = 'gold'")) == 1
    assert len(client.search_runs([experiment_id], "dataset.context = 'testing'")) == 0


@check("search_runs: filters, order, pages, view types")
def _():
    ids = {}
    for index, error in enumerate([5.0, 1.0, 3.0, math.nan]):
        name = f"search-{index}"
        ids[name] = client.create_run(experiment_id, start_time=5000 + index, run_name=name).info.run_id
        client.log_metric(ids[name], "error", error)
        client.log_param(ids[name], "kind", f"k{index % 2}")
        client.set_tag(ids[name], "group name", "searched")
    bare = client.create_run(experiment_id, start_time=6000, run_name="search-bare").info.run_id
    client.set_tag(bare, "group name", "searched")
    base = "tags.`group name` = 'searched'"

    def names(filter_string=base, order=None, **more):
        found = client.search_runs([experiment_id], filter_string, order_by=order, **more)
        return [r.info.run_name for r in found]

    assert names() == ["search-bare", "search-3", "search-2", "search-1", "search-0"], names()
    assert names(f"{base} and metrics.error < 4") == ["search-2", "search-1"]
    assert names(f"{base} AND metrics.error >= 3 AND params.kind = 'k0'") == ["search-2", "search-0"]
    assert names(f"{base} AND metrics.error != 3") == ["search-3", "search-1", "search-0"]
    assert names(f"{base} AND attributes.run_name ILIKE 'SEARCH-B%'") == ["search-bare"]
    assert names(f"{base} AND start_time > 5002") == ["search-bare", "search-3"]
    assert names(f"{base} AND run_id IN ('{ids['search-0']}', '{ids['search-1']}')") == ["search-1", "search-0"]
    ordered = ["search-1", "search-2", "search-0", "search-3", "search-bare"]
    assert names(order=["metrics.error ASC"]) == ordered, names(order=["metrics.error ASC"])
    descending = ["search-0", "search-2", "search-1", "search-3", "search-bare"]
    assert names(order=["metrics.error DESC"]) == descending, names(order=["metrics.error DESC"])
    by_kind = names(order=["params.kind DESC", "attributes.start_time ASC"])
    assert by_kind == ["search-1", "search-3", "search-0", "search-2", "search-bare"], by_kind
    paged, token = [], None
    while True:
        page = client.search_runs([experiment_id], base, max_results=2, order_by=["metrics.error"], page_token=token)
        paged += [r.info.run_name for r in page]
        token = page.token
        if not token:
            break
    assert paged == ordered, paged
    client.delete_run(bare)
    assert "search-bare" not in names()
    assert names(run_view_type=ViewType.DELETED_ONLY) == ["search-bare"]
    for wrong in ["metrics.error >", "foo.x = 1", "metrics.error = 'a'", "a = 1 OR b = 2", "params.kind > 'a'"]:
        refused("INVALID_PARAMETER_VALUE", lambda wrong=wrong: client.search_runs([experiment_id], wrong))


@check("artefacts: log, list, download, log_text, log_dict")
def _():
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(os.path.join(folder, "out", "inner"))
        with open(os.path.join(folder, "out", "inner", "data.bin"), "wb") as file:
            file.write(bytes(range(256)) * 100)
        with open(os.path.join(folder, "out", "прогноз 1.txt"), "w", encoding="utf8") as file:
            file.write("да")
        client.log_artifacts(run_id, os.path.join(folder, "out"), "files")
        client.log_text(run_id, "hello", "notes/readme.txt")
        client.log_dict(run_id, {"a": 1}, "notes/data.json")
        assert sorted(f.path for f in client.list_artifacts(run_id)) == ["files", "notes"]
        inner = client.list_artifacts(run_id, "files/inner")
        assert [(f.path, f.is_dir, f.file_size) for f in inner] == [("files/inner/data.bin", False, 25600)], inner
        target = client.download_artifacts(run_id, "files", folder)
        with open(os.path.join(target, "inner", "data.bin"), "rb") as file:
            assert file.read() == bytes(range(256)) * 100
        with open(os.path.join(target, "прогноз 1.txt"), encoding="utf8") as file:
            assert file.read() == "да"
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/readme.txt") == "hello"
    try:
        client.list_artifacts(run_id, "../..")
    except Exception as error:  # noqa: BLE001 - the client passes the HTTP error on
        assert "400" in str(error) or "Invalid path" in str(error), error
    else:
        raise AssertionError("a path out of the run was listed")


sent_parts = []


@check("upload in parts")
def _():
    from mlflow.store.artifact.http_artifact_repo import HttpArtifactRepository

    upload_part = HttpArtifactRepository._upload_part

    def counted(*given, **named):
        sent_parts.append(1)
        return upload_part(*given, **named)

    HttpArtifactRepository._upload_part = staticmethod(counted)
    settings = {
        "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true",
        "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": str(6 * 1024 * 1024),
        "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(5 * 1024 * 1024),
    }
    os.environ.update(settings)
    content = bytes(range(251)) * 50_000
    try:
        with tempfile.TemporaryDirectory() as folder:
            with open(f"{folder}/large.bin", "wb") as file:
                file.write(content)
            client.log_artifact(run_id, f"{folder}/large.bin", "parts")
            with open(client.download_artifacts(run_id, "parts/large.bin", folder), "rb") as file:
                assert file.read() == content
    finally:
        HttpArtifactRepository._upload_part = staticmethod(upload_part)
        for name in settings:
            del os.environ[name]
    assert [f.file_size for f in client.list_artifacts(run_id, "parts")] == [len(content)]


@check("delete artefacts")
def _():
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    repository = get_artifact_repository(run.info.artifact_uri)
    repository.delete_artifacts("notes/data.json")
    assert [f.path for f in client.list_artifacts(run_id, "notes")] == ["notes/readme.txt"]


model = f"gold {unique}"


@check("create_registered_model, get, update, tags, search")
def _():
    client.create_registered_model(model, tags={"metal": "gold"}, description="one")
    refused("RESOURCE_ALREADY_EXISTS", lambda: client.create_registered_model(model))
    client.update_registered_model(model, description="two")
    client.set_registered_model_tag(model, "colour", "yellow")
    client.delete_registered_model_tag(model, "metal")
    got = client.get_registered_model(model)
    assert got.description == "two" and got.tags == {"colour": "yellow"}, got
    assert [m.name for m in client.search_registered_models(f"name = '{model}'")] == [model]
    assert [m.name for m in client.search_registered_models(f"tags.colour = 'yellow' AND name LIKE '%{unique}'")] == [model]
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_registered_model("none"))
    refused("INVALID_PARAMETER_VALUE", lambda: client.create_registered_model("a/b"))


@check("register_model, get_model_version, search_model_versions, download URI")
def _():
    client.log_text(run_id, "flavors:\n  python_function: {}\nmodel_uuid: x\n", "model/MLmodel")
    client.log_dict(run_id, {"name": "naive"}, "model/model.json")
    version = mlflow.register_model(f"runs:/{run_id}/model", model)
    assert int(version.version) == 1, version
    second = client.create_model_version(model, f"{run.info.artifact_uri}/model", run_id, tags={"n": "2"})
    assert int(second.version) == 2 and second.current_stage == "None" and second.tags == {"n": "2"}
    assert client.get_model_version(model, "1").run_id == run_id
    found = client.search_model_versions(f"name = '{model}'", order_by=["version_number ASC"])
    assert [int(v.version) for v in found] == [1, 2], found
    assert len(client.search_model_versions(f"run_id = '{run_id}'")) == 2
    assert client.get_model_version_download_uri(model, "2") == f"{run.info.artifact_uri}/model"
    client.update_model_version(model, "2", description="better")
    client.set_model_version_tag(model, "2", "reason", "test")
    client.delete_model_version_tag(model, "2", "n")
    changed = client.get_model_version(model, "2")
    assert changed.description == "better" and changed.tags == {"reason": "test"}, changed
    for source in ["file:///etc/passwd", "/etc/passwd", "mlflow-artifacts:/../../etc", "mlflow-artifacts:/%2e%2e/etc"]:
        refused("INVALID_PARAMETER_VALUE", lambda s=source: client.create_model_version(model, s, run_id))


@check("transition_model_version_stage, get_latest_versions")
def _():
    client.transition_model_version_stage(model, "1", "production", archive_existing_versions=True)
    client.transition_model_version_stage(model, "2", "Production", archive_existing_versions=True)
    assert client.get_model_version(model, "1").current_stage == "Archived"
    latest = client.get_latest_versions(model, stages=["Production"])
    assert [int(v.version) for v in latest] == [2], latest
    refused("INVALID_PARAMETER_VALUE", lambda: client.transition_model_version_stage(model, "1", "Best"))


@check("aliases")
def _():
    client.set_registered_model_alias(model, "champion", "2")
    assert int(client.get_model_version_by_alias(model, "champion").version) == 2
    assert client.get_registered_model(model).aliases in ({"champion": "2"}, {"champion": 2})
    client.delete_registered_model_alias(model, "champion")
    refused("INVALID_PARAMETER_VALUE", lambda: client.get_model_version_by_alias(model, "champion"))
    refused("INVALID_PARAMETER_VALUE", lambda: client.set_registered_model_alias(model, "latest", "2"))
    client.set_registered_model_alias(model, "champion", "2")


@check("load back by alias and by stage")
def _():
    for uri in [f"models:/{model}@champion", f"models:/{model}/Production", f"models:/{model}/2"]:
        path = mlflow.artifacts.download_artifacts(artifact_uri=f"{uri}/model.json")
        with open(path, encoding="utf8") as file:
            assert json.load(file) == {"name": "naive"}


@check("log_model and load_model of a Python function")
def _():
    class Naive(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input: list[str]) -> list[str]:
            return model_input

    named = f"function {unique}"
    mlflow.set_experiment(experiment_id=experiment_id)
    argument = "name" if mlflow.__version__.startswith("3.") else "artifact_path"
    with mlflow.start_run(run_name="function"):
        info = mlflow.pyfunc.log_model(
            **{argument: "naive"}, python_model=Naive(), registered_model_name=named, pip_requirements=[]
        )
    assert mlflow.pyfunc.load_model(info.model_uri).predict(["a"]) == ["a"]
    assert mlflow.pyfunc.load_model(f"models:/{named}/1").predict(["b"]) == ["b"]
    if argument == "name":
        found = client.search_logged_models([experiment_id], filter_string="name = 'naive'")
        assert [m.model_id for m in found] == [info.model_id] and str(found[0].status) == "READY", found
        client.set_logged_model_tags(info.model_id, {"a": "b"})
        assert client.get_logged_model(info.model_id).tags["a"] == "b"
        client.delete_logged_model(info.model_id)
        assert client.search_logged_models([experiment_id], filter_string="name = 'naive'") == []


@check("copy_model_version")
def _():
    copied = f"copy {unique}"
    version = client.copy_model_version(f"models:/{model}/2", copied)
    assert (version.name, int(version.version)) == (copied, 1), version
    path = mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{copied}/1/model.json")
    with open(path, encoding="utf8") as file:
        assert json.load(file) == {"name": "naive"}
    client.delete_registered_model(copied)


@check("log_artifacts of a folder, get_parent_run")
def _():
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/deep")
        for name in ["a.txt", "deep/b.txt"]:
            with open(f"{folder}/{name}", "w", encoding="utf8") as file:
                file.write(name)
        client.log_artifacts(run_id, folder, "folder")
    assert sorted(f.path for f in client.list_artifacts(run_id, "folder")) == ["folder/a.txt", "folder/deep"]
    child = client.create_run(experiment_id, tags={"mlflow.parentRunId": run_id})
    assert client.get_parent_run(child.info.run_id).info.run_id == run_id


@check("rename, delete version, delete model")
def _():
    renamed = f"renamed {model}"
    client.rename_registered_model(model, renamed)
    assert int(client.get_model_version_by_alias(renamed, "champion").version) == 2
    client.delete_model_version(renamed, "2")
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_model_version(renamed, "2"))
    third = client.create_model_version(renamed, f"{run.info.artifact_uri}/model", run_id)
    assert int(third.version) == 3, third
    client.delete_registered_model(renamed)
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_registered_model(renamed))


@check("fluent: set_experiment, start_run, nested runs, log_metrics, search_runs as a table")
def _():
    mlflow.set_experiment(f"interop {unique}")
    with mlflow.start_run(run_name="parent") as parent:
        mlflow.log_params({"a": 1, "b": "two"})
        mlflow.log_metrics({"m1": 1.0, "m2": 2.0}, step=3)
        with mlflow.start_run(run_name="child", nested=True):
            mlflow.set_tags({"x": "y"})
            mlflow.log_metric("m1", 5.0)
    children = mlflow.search_runs(
        [experiment_id], f"tags.mlflow.parentRunId = '{parent.info.run_id}'", output_format="list"
    )
    assert [c.info.run_name for c in children] == ["child"] and children[0].info.status == "FINISHED"


failed = {name: how for name, how in tried.items() if how != "ok"}
report = {"mlflow": mlflow.__version__, "tried": tried, "sent_parts": len(sent_parts)}
print(json.dumps(report, ensure_ascii=False))
sys.exit(1 if failed else 0)
