"""How the dbt project is laid out: the order of its folders, and what stands where."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath

import yaml

from dagster_project.config.paths import DBT_PROJECT
from dagster_project.models import manifest, parents
from dagster_project.reference import SEEDS


def test_no_folder_reads_one_that_comes_after_it() -> None:
    readme = (DBT_PROJECT / "README.md").read_text(encoding="utf-8")
    order = re.findall(r"(?m)^\| `([\w/]+)` \|", readme)
    models = {
        name: node for name, node in manifest()["nodes"].items() if node["resource_type"] == "model"
    }
    folder = {name: str(PurePosixPath(node["path"]).parent) for name, node in models.items()}
    assert set(folder.values()) == set(order)
    backwards = [
        f"{folder[name]}/{node['name']} reads {folder[read]}/{models[read]['name']}"
        for name, node in models.items()
        for read in parents(node, models)
        if order.index(folder[read]) > order.index(folder[name])
    ]
    assert backwards == []


def test_what_a_model_says_of_itself_stands_beside_it() -> None:
    models = DBT_PROJECT / "models"
    lacking = [
        file.stem
        for file in models.rglob("*.sql")
        if not file.with_suffix(".yml").exists() and not _is_row_of_a_record(file.stem)
    ]
    assert lacking == []


def _is_row_of_a_record(model: str) -> bool:
    """Return whether the model is the row model of a record type, told of by its staging model."""
    thing = re.fullmatch(r"int_(\w+)__row", model)
    staging = DBT_PROJECT / "models" / "staging"
    return thing is not None and (staging / f"stg_{thing[1]}.yml").exists()


def test_no_description_of_a_column_is_written_twice() -> None:
    """A sentence of several tables is a block of `models/columns.md`; a word or two is none."""
    files = [*(DBT_PROJECT / "models").rglob("*.yml"), SEEDS / "_seeds.yml"]
    said = Counter(
        column["description"]
        for file in files
        for kind in ("models", "seeds")
        for table in yaml.safe_load(file.read_text(encoding="utf-8")).get(kind, ())
        for column in table.get("columns", ())
        if len(column.get("description", "")) > 20 and "doc(" not in column["description"]
    )
    assert [sentence for sentence, times in said.items() if times > 1] == []
