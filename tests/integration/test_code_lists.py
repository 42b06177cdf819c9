"""A number is read by the code list that its source declares, and by nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from dagster_project.config.installation import load_installation
from dagster_project.config.sources import Source
from dagster_project.landing.deliveries import (
    CheckResult,
    Manifest,
    ManifestEntry,
    Status,
    Unchecked,
)
from expectations.runner import check_source
from tests.support.small_home import SmallHome, fetch, found_at_once, plan

SINCE = "2021-01-01"


def _statuses(home: SmallHome) -> list[tuple[str | None, str, str | None]]:
    with home.build() as warehouse:
        return fetch(
            warehouse,
            """
            select plan_status, disposition, quarantine_rule
            from intermediate.int_plan__row order by row_number
            """,
        )


def _check(
    source: Source, standing: Sequence[Unchecked], arrived: Sequence[Unchecked]
) -> Future[list[list[CheckResult]]]:
    return found_at_once(check_source(source, standing, arrived))


def _newest(home: SmallHome) -> ManifestEntry:
    return Manifest(home.home, home.source_named("plan")).entries()[-1]


def _notices(home: SmallHome) -> list[dict[str, Any]]:
    return _newest(home).notices


def _of_statuses(tmp_path: Path, *written: str, **said: object) -> SmallHome:
    home = SmallHome(tmp_path / "home").source("plan", "ip", **said)
    rows = [plan(f"P-{at}", at, SINCE, status=text) for at, text in enumerate(written, start=1)]
    home.deliver("plan", "20240131", rows)
    return home


@pytest.mark.parametrize(
    ("codes", "meant"),
    [
        ("bufdir_ip", ["active", "in_preparation", "in_assessment", "none"]),
        ("samordna_ip", ["active", "in_preparation", "closed", "declined"]),
        ({"status": "bufdir_ip"}, ["active", "in_preparation", "in_assessment", "none"]),
    ],
)
def test_the_declared_list_says_what_a_number_means(
    tmp_path: Path, codes: object, meant: list[str]
) -> None:
    home = _of_statuses(tmp_path, "1", "2", "03", "4.0", "Virksom", codes=codes)
    found = _statuses(home)
    assert [status for status, *_ in found] == [*meant, "active"]
    assert not _notices(home)


def test_a_number_of_no_declared_list_is_held_and_the_lists_that_fit_are_named(
    tmp_path: Path,
) -> None:
    home = _of_statuses(tmp_path, "1", "3", *["Virksom"] * 8)
    found = _statuses(home)
    assert [rule for *_, rule in found[:2]] == ["number_undeclared"] * 2
    assert {status for status, *_ in found[2:]} == {"active"}
    [notice] = _notices(home)
    assert notice["code"] == "numbers_undeclared"
    assert notice["params"]["column"] == "status"
    assert notice["params"]["numbers"] == "1, 3"
    assert notice["params"]["lists"] == "bufdir_ip, samordna_ip"
    with home.build() as warehouse:
        query = "select detail from marts.findings where rule like 'number%' order by detail"
        details = fetch(warehouse, query)
    assert details == [
        ("status: 1 (bufdir_ip, samordna_ip)",),
        ("status: 3 (bufdir_ip, samordna_ip)",),
    ]


def test_the_remedy_of_the_sentence_reads_the_numbers(tmp_path: Path) -> None:
    """Also where most values are numbers, so that the delivery was held back for them."""
    home = _of_statuses(tmp_path, "1", "2", "3", "4")
    home.land(_check)
    assert _newest(home).status is Status.HELD
    first = _notices(home)[0]["params"]["first"]
    home.sources[0]["codes"] = {"status": first}
    home.write_settings()
    home.land(_check)
    assert _newest(home).status is Status.LANDED
    assert [rule for *_, rule in _statuses(home)] == [None] * 4
    assert not _notices(home)


def test_a_number_that_the_declared_list_lacks_is_held(tmp_path: Path) -> None:
    home = _of_statuses(tmp_path, "1", "2", "3", *["Virksom"] * 8, codes="kostra_11f")
    found = _statuses(home)
    assert [status for status, *_ in found[:3]] == ["active", "none", None]
    assert found[2][2] == "number_undeclared"


def test_what_the_municipality_says_of_a_number_goes_before_every_list(tmp_path: Path) -> None:
    home = _of_statuses(tmp_path, "1", "3", codes="bufdir_ip", values={"status": {"3": "hvilende"}})
    assert [status for status, *_ in _statuses(home)] == ["active", "dormant"]


@pytest.mark.parametrize(
    ("record", "codes", "said"),
    [
        ("ip", "bufdir", "unknown code list 'bufdir' (did you mean 'bufdir_ip'?); there are ssb_kjonn"),
        ("ip", {"status": "bufdr_ip"}, "unknown code list 'bufdr_ip' (did you mean 'bufdir_ip'?)"),
        ("mote", "kostra_11f", "says nothing of any column of the record type mote; it is of status"),
        ("ip", {"samtykke": "bufdir_ip"}, "says nothing of the column 'samtykke'; it is of status"),
        ("ip", {"statuss": "bufdir_ip"}, "record type ip has no column 'statuss' (did you mean 'status'?)"),
        ("ip", ["bufdir_ip"], "codes"),
        ("ip", {"status": "1"}, "unknown code list '1'"),
    ],
)  # fmt: skip
def test_a_list_that_there_is_not_or_that_does_not_fit_is_refused(
    tmp_path: Path, record: str, codes: object, said: str
) -> None:
    home = SmallHome(tmp_path / "home").source("kilde", record, codes=codes)
    [problem] = load_installation(home.home).problems
    assert "kilde" in str(problem)
    assert said in str(problem)


def test_a_bare_number_is_no_word_that_a_code_can_be_translated_to(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("kilde", "ip", values={"status": {"K": "3"}})
    [problem] = load_installation(home.home).problems
    assert "'3' is no value of status" in str(problem)
