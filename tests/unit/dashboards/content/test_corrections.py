"""The page of corrections: what waits, what was done, what is told of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project.config.paths import Home
from dagster_project.problems import TEXTS, SamordnaError
from dagster_project.publication.reader.publication import current_publication
from dagster_project.register.database import Register, moment, open_register
from dagster_project.register.events import SYSTEM, Event, EventKind
from dagster_project.register.issues import (
    accept,
    act,
    assign,
    issues_by_id,
    not_ours,
    opened,
    record,
    send,
)
from dashboards.content import corrections as content
from dashboards.content.corrections import Corrections
from dashboards.content.labels import Labels
from dashboards.i18n.texts import Language, Texts
from dashboards.view.state import View
from tests.support import publication as made
from tests.support.findings import FINDING, finding, open_issues
from tests.support.opened_page import open_page
from tests.support.publication import AS_OF, MIDDLE

TODAY = dt.date(2026, 11, 30)
LANGUAGES = list(Language)


@pytest.fixture(name="register", autouse=True)
def _register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    made.publish(tmp_path)
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    yield open_register(Home(tmp_path))


def _found(register: Register, language: Language = Language.NB) -> Corrections:
    labels = Labels(current_publication(Home(Path(register.place).parents[1])), Texts(language))
    return content.gather(labels, View(language, MIDDLE, AS_OF, "coordinator_coverage", "standard"))


@pytest.fixture(name="three")
def _three(register: Register, monkeypatch: pytest.MonkeyPatch) -> Register:
    monkeypatch.setattr("tests.support.findings.FINDING", _of_middle())
    open_issues(register, 1, 2, 3)
    return register


def _of_middle() -> object:
    return replace(FINDING, municipality_code=MIDDLE)


def _correct(register: Register, key: str, proof: list[tuple[str, str]]) -> None:
    with register.writing() as connection:
        found = issues_by_id(connection, [key])
        event = Event(EventKind.ISSUE_CORRECTED, key, SYSTEM, {"proof": proof}, MIDDLE)
        record(connection, found, [event])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_waits_and_what_came_of_it(three: Register, language: Language) -> None:
    found = _found(three, language)
    assert "3" in content.headline(found)
    act(three, {"f1": 1}, assign("Heimetenesta"), "KE")
    act(three, {"f2": 1}, accept("Rettes i januar.", TODAY + dt.timedelta(30), TODAY), "KE")
    _correct(three, "f3", [("epj", "epj_20240229.csv")])
    found = _found(three, language)
    assert [each.finding.id for each in found.waiting] == ["f1"]
    assert "1" not in content.headline(found).split(",")[0].replace("31", "")
    (row,) = content.table_of_waiting(found).rows
    assert "Heimetenesta" in row
    (row,) = content.table_of_corrected(found).rows
    assert "epj_20240229.csv (epj)" in row
    (row,) = content.table_of_left_alone(found).rows
    assert "Rettes i januar." in row


def test_what_came_back_stands_first(three: Register) -> None:
    act(three, {"f3": 1}, send("Skole"), "KE")
    with three.writing() as connection:
        found = issues_by_id(connection, ["f3"])
        record(connection, found, [opened(finding(3), EventKind.ISSUE_REOPENED, moment())])
    shown = _found(three)
    assert shown.waiting[0].finding.id == "f3"
    assert "Ett er kommet tilbake" in content.headline(shown)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("proof", "key"),
    [
        ([], "corrections.proof_none"),
        ([("folk", "a.csv"), ("plan", "b.csv")], "corrections.proof_several"),
    ],
)
def test_the_proof_is_told_as_what_it_is(
    three: Register, language: Language, proof: list[tuple[str, str]], key: str
) -> None:
    _correct(three, "f1", proof)
    found = _found(three, language)
    told = content.proof(found.texts, found.corrected[0])
    assert told == found.texts(key, sources="folk, plan")
    # Only what a delivery proves is told of as corrected by one.
    assert len(found.corrected_lately) == bool(proof)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_and_refusal_has_its_sentence(language: Language) -> None:
    texts = Texts(language)
    for kind in EventKind:
        if kind.name.startswith("ISSUE_"):
            content_of = {"proof": [("epj", "a.csv")], "until": "2027-01-31"}
            assert content.happened(texts, Event(kind, "f1", "KE", content_of))
    for code in TEXTS:
        # What is wrong with a register of persons is told of elsewhere.
        if code.startswith("register_") and code != "register_shrunk":
            error = SamordnaError(
                code, variable="X", place="x", mark="y", most=5, first="2026-01-01"
            )
            assert content.refusal(texts, error)


def test_a_register_that_cannot_be_read_is_told_on_the_page(
    three: Register, tmp_path: Path
) -> None:
    three.engine.dispose()
    Home(tmp_path).register.write_bytes(b"no database, " * 100)
    assert "Registeret kan ikke leses." in open_page("corrections", municipality=MIDDLE).html


def test_what_may_change_a_figure_stands_before_what_is_older(three: Register) -> None:
    found = _found(three)
    found = replace(found, changes={"f2": "coordinator_coverage"})
    assert [each.finding.id for each in found.waiting] == ["f2", "f1", "f3"]
    (row, *_) = content.table_of_waiting(found).rows
    assert "Koordinatordekning" in row
    (sentence,) = content.worth(found)
    assert sentence.startswith("Ett av funnene kan endre «Koordinatordekning»: ")


def test_nothing_recorded_is_no_fault() -> None:
    assert "Ingen funn er ført for" in open_page("corrections", municipality=MIDDLE).html


def test_not_ours_leaves_the_queue(three: Register) -> None:
    act(three, {"f1": 1, "f2": 1, "f3": 1}, not_ours("Sykehusets."), "KE")
    found = _found(three)
    assert "venter" in content.headline(found)
    assert found.waiting == ()
