"""dbt's own unit tests, and what every model must say of itself."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from typing import Any

import duckdb
import pytest

from dagster_project import models
from dagster_project.config.paths import DBT_PROJECT, PROJECT
from dagster_project.contract import RECORD_TYPES
from dagster_project.reference import SEEDS
from docs import generate
from docs.generated import examples, glossary
from tests.support.small_home import SmallHome, as_csv, coordinator, run_dbt


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> SmallHome:
    """A built home: dbt's unit tests read the types of the columns from it."""
    made = SmallHome(tmp_path_factory.mktemp("dbt") / "home").source("epj", "koordinator")
    made.deliver("epj", "20240131", as_csv([coordinator("A-1", 1, "2021-01-01")]))
    made.build(tests=False).close()
    return made


@pytest.fixture(scope="module")
def manifest() -> Mapping[str, Any]:
    return models.manifest()


def test_unit_tests_of_the_models(home: SmallHome) -> None:
    run_dbt(home.home, "test", "--select", "test_type:unit")
    results = json.loads((home.home.dbt_target / "run_results.json").read_text(encoding="utf-8"))
    assert len(results["results"]) >= 25


def test_every_example_of_the_methods_page_is_a_unit_test_that_dbt_runs(
    manifest: Mapping[str, Any],
) -> None:
    run = {
        test["name"]: test["config"]["meta"]
        for test in manifest["unit_tests"].values()
        if test["config"]["enabled"]
    }
    shown = {example.name: example.meta for example in examples.read(DBT_PROJECT / "models")}
    assert shown == {name: meta for name, meta in run.items() if meta}


def test_every_model_has_a_description_its_grain_and_a_key(manifest: Mapping[str, Any]) -> None:
    tested = {
        node
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test" and test.get("test_metadata")
        if test["test_metadata"]["name"] in ("unique", "unique_together")
        for node in test["depends_on"]["nodes"]
    }
    wrong = []
    for unique_id, model in manifest["nodes"].items():
        if model["resource_type"] != "model":
            continue
        meta = model["config"]["meta"]
        grain = "Grain - " in model["description"] and meta.get("grain")
        # What has no key says so in words: several alike rows of it mean several things.
        keyed = unique_id in tested or meta.get("no_key")
        if not (grain and keyed):
            wrong.append(model["name"])
    assert wrong == []


def test_marts_never_read_staging_and_are_under_contract(manifest: Mapping[str, Any]) -> None:
    for model in manifest["nodes"].values():
        if model["resource_type"] == "model" and model["schema"] == "marts":
            assert model["config"]["contract"]["enforced"], model["name"]
            parents = [manifest["nodes"].get(node, {}) for node in model["depends_on"]["nodes"]]
            staged = [p["name"] for p in parents if p.get("schema") == "staging"]
            assert staged == [], f"{model['name']} reads {staged}"


def test_every_seed_is_described(manifest: Mapping[str, Any]) -> None:
    seeds = {n["name"]: n for n in manifest["nodes"].values() if n["resource_type"] == "seed"}
    assert {file.stem for file in SEEDS.glob("*.csv")} == seeds.keys()
    for name, seed in seeds.items():
        with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            header = next(csv.reader(lines))
        assert seed["description"], name
        described = {column for column, meta in seed["columns"].items() if meta["description"]}
        assert described == set(header), name


def test_the_data_dictionary_is_what_the_models_say(manifest: Mapping[str, Any]) -> None:
    page = (PROJECT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert page == generate.data_dictionary(manifest)


def test_the_glossary_is_what_words_and_seeds_say() -> None:
    assert (PROJECT / "docs" / "glossary.md").read_text(encoding="utf-8") == glossary.page()


def test_dbt_knows_the_record_types_that_the_contract_has() -> None:
    assert generate.RECORD_MACRO.read_text(encoding="utf-8") == generate.record_types()


def test_every_measure_is_a_column_of_its_family(home: SmallHome) -> None:
    with duckdb.connect(str(home.home.building), read_only=True) as connection:
        lacking = connection.execute(
            """
            select measure.measure
            from reference.measures as measure
            anti join information_schema.columns as counted
                on counted.table_name = 'int_coverage__' || measure.counted_with
                and counted.column_name = measure.measure
            """
        ).fetchall()
    assert lacking == []


def test_dbt_knows_the_indicators_that_the_seeds_have() -> None:
    assert generate.INDICATOR_MACRO.read_text(encoding="utf-8") == generate.indicators()


def test_what_glossary_and_contract_name_is_there(home: SmallHome) -> None:
    with duckdb.connect(str(home.home.building), read_only=True) as connection:
        columns = connection.execute(
            "select table_name, column_name from information_schema.columns"
        )
        there = set(columns.fetchall())
    named = {(each["table"], each["column"]) for each in glossary.entries() if each["table"]}
    for record in RECORD_TYPES.values():
        named |= {tuple(column.where.split(".")) for column in record.columns if column.where}
    assert named - there == set()


def test_days_and_booleans_of_the_marts_are_named_by_the_grammar(
    manifest: Mapping[str, Any],
) -> None:
    day = re.compile(r"\w+_on|(first|last)_day|reference_date|month|quarter")
    boolean = re.compile(r"(is|has)_\w+|counts(_\w+)?")
    grammar = {"date": day, "boolean": boolean}
    columns = {
        f"{node['name']}.{name}": column["data_type"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
        for name, column in node["columns"].items()
    }
    broken = {
        name
        for name, type_ in columns.items()
        if type_ in grammar and not grammar[type_].fullmatch(name.partition(".")[2])
    }
    page = (PROJECT / "docs" / "naming.md").read_text(encoding="utf-8")
    assert broken == set(re.findall(r"(?m)^\| `(\w+\.\w+)` \|", page))
