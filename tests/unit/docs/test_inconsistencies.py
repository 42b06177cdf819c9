"""The catalogue of inconsistencies names tests and rules that are there."""

from __future__ import annotations

import functools
import re

import pytest
import yaml

from dagster_project.config.paths import DBT_PROJECT, PROJECT
from dagster_project.reference import rows

_CATALOGUE = (PROJECT / "docs" / "inconsistencies.md").read_text(encoding="utf-8")
_LINES = re.findall(r"^\| ([A-G]\d+) \|(.*)\|(.*)\|(.*)\|$", _CATALOGUE, re.MULTILINE)


@functools.cache
def _tested() -> set[str]:
    """Return what may be named without a file: unit and data tests, rules, parameters."""
    names = {row["rule"] for row in rows("rules")} | {
        row["parameter"] for row in rows("parameters")
    }
    for file in (DBT_PROJECT / "models").rglob("*.yml"):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        names |= {
            each["name"] for kind in ("models", "unit_tests") for each in content.get(kind, ())
        }
    return names | {file.stem for file in (DBT_PROJECT / "tests").glob("*.sql")}


@pytest.mark.parametrize(("line", "test"), [(line[0], line[3]) for line in _LINES])
def test_every_line_names_tests_that_are_there(line: str, test: str) -> None:
    named = re.findall(r"`([^`]+)`", test)
    tested = _tested()
    missing = [
        name
        for name in named
        if not (name in tested or ("/" in name and (PROJECT / name).exists()))
    ]
    assert not missing, f"{line} names what is not there"
    assert named or "not " in _what_is_done(line), f"{line} names no test, and does not say why"


def _what_is_done(line: str) -> str:
    return next(done for name, _, done, _ in _LINES if name == line)


def test_the_catalogue_is_whole() -> None:
    found = [line[0] for line in _LINES]
    assert len(found) == len(set(found)) == 71
