"""The product as a run builds it: the plan, and each part that is missing, with what it publishes.

What comes before (landing) and after (checks, the pointer to the publication) is not part of it.
"""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import duckdb

from benchmarks.region.cost import Cost, measuring
from dagster_project import straight
from dagster_project.built import find, make
from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.identity.maskers import Maskers
from dagster_project.models import Node, manifest
from dagster_project.parts import Part
from dagster_project.run import plan_parts


def parts_of(home: Home) -> list[Part]:
    """Return the parts of a generated home."""
    installation = load_installation(home)
    return plan_parts(installation, Maskers(installation))


def run(home: Home, *only: str) -> list[Cost]:
    """Build the parts that are missing, all or `only` these; return what the plan cost and each of them."""
    costs: list[Cost] = []
    manifest()
    with measuring("plan", costs):
        missing = [part for part in parts_of(home) if not find(home, part)]
    for part in missing:
        if not only or part.place in only:
            with measuring(part.place, costs):
                make(home, part)
    return costs


def run_by_model(home: Home, place: str) -> list[Cost]:
    """Build a part with one model at a time, and return what each model and test cost.

    Two at a time, as a run builds them, would each be charged with the other's work.
    """
    costs: list[Cost] = []
    run_node = straight._run_node

    def timed(connection: duckdb.DuckDBPyConnection, node: Node) -> str | None:
        with measuring(f"{node['resource_type']} {node['name']}", costs):
            return run_node(connection, node)

    (part,) = (each for each in parts_of(home) if each.place == place)
    whole: list[Cost] = []
    with (
        patch.object(straight, "_run_node", timed),
        patch.object(straight, "_THREADS", 1),
        measuring("the engine around them, and the files", whole),
    ):
        make(home, part)
    around = replace(
        whole[0], cpu_seconds=whole[0].cpu_seconds - sum(cost.cpu_seconds for cost in costs)
    )
    return [*costs, around]
