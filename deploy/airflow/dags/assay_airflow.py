"""What the DAGs of Assay take of Airflow, by the same names whichever release runs: 3, or 2.10."""

from __future__ import annotations

import os
from datetime import timedelta

from airflow import __version__

if __version__.startswith("2."):
    from airflow import DAG
    from airflow.datasets import Dataset
    from airflow.datasets import DatasetAny as AssetAny
    from airflow.decorators import task
    from airflow.models.param import Param
    from airflow.operators.bash import BashOperator
    from airflow.timetables.datasets import DatasetOrTimeSchedule
    from airflow.timetables.trigger import CronTriggerTimetable

    EVENTS = "triggering_dataset_events"

    def asset_of(flow: str):
        return Dataset(f"assay://{flow}")

    def clocks_of(crons: list[str], zone: str) -> list:
        """One for each DAG: here a DAG has one hour, so further hours are for DAGs of their own."""
        return [CronTriggerTimetable(cron, timezone=zone) for cron in crons]

    def either(clock, assets):
        return DatasetOrTimeSchedule(timetable=clock, datasets=assets)

    def told_late(limit: timedelta, report) -> tuple[dict, dict]:
        """What tells of a late run: settings of its DAG, and of its last task. Looks at runs by the clock alone."""
        return {"sla_miss_callback": lambda dag, *_: report({"dag_run": {"dag_id": dag.dag_id}})}, {"sla": limit}

else:
    from airflow.providers.standard.operators.bash import BashOperator
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

    EVENTS = "triggering_asset_events"

    def asset_of(flow: str):
        return Asset(name=f"assay_{flow}", uri=f"assay://{flow}")

    def clocks_of(crons: list[str], zone: str) -> list:
        """One for each DAG."""
        return [MultipleCronTriggerTimetable(*crons, timezone=zone)] if crons else []

    def either(clock, assets):
        return AssetOrTimeSchedule(timetable=clock, assets=assets)

    def told_late(limit: timedelta, report) -> tuple[dict, dict]:
        """What tells of a late run: settings of its DAG, and of its last task."""
        if os.environ.get("AIRFLOW_ASSAY_DEADLINES") == "off":
            return {}, {}
        # By its path: Airflow gives modules of DAGs other names, under which nothing is found later.
        callback = SyncCallback(f"assay_dags.{report.__name__}")
        return {"deadline": DeadlineAlert(DeadlineReference.DAGRUN_QUEUED_AT, limit, callback)}, {}


__all__ = ["DAG", "EVENTS", "AssetAny", "BashOperator", "Param", "asset_of", "clocks_of", "either", "task", "told_late"]
