"""Issues: what is done with them, by whom, and what their events alone come to."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError
from dagster_project.register.database import Register, open_register
from dagster_project.register.issues import (
    Action,
    Issue,
    State,
    accept,
    act,
    assign,
    comment,
    history_of,
    issues_of,
    not_ours,
    replayed,
    send,
)
from tests.support.findings import open_issues
from tests.support.persons import fnr
from tests.support.spellings import spellings_of

TODAY = dt.date(2026, 11, 30)
_NUMBER = itertools.count()


@pytest.fixture(name="register")
def _register(tmp_path: Path) -> Register:
    return open_register(Home(tmp_path))


def the_issue(register: Register, identity: str = "f1") -> Issue:
    (found,) = [each for each in issues_of(register, "4602") if each.finding.id == identity]
    return found


def test_an_issue_goes_from_hand_to_hand_and_remembers_it(register: Register) -> None:
    open_issues(register, 1)
    assert the_issue(register).state is State.NEW
    act(register, {"f1": 1}, assign("Heimetenesta"), "KE Kinn")
    act(register, {"f1": 2}, comment("Sjekk vedtaket."), "KE Kinn")
    act(register, {"f1": 3}, send("Heimetenesta"), "KE Kinn")
    now = the_issue(register)
    assert (now.state, now.owner, now.version) == (State.SENT, "Heimetenesta", 4)
    told = [(each.kind.value, each.actor) for each in history_of(register, "f1")]
    assert told == [
        ("issue_opened", "samordna"),
        ("issue_assigned", "KE Kinn"),
        ("issue_commented", "KE Kinn"),
        ("issue_sent", "KE Kinn"),
    ]


def test_who_comes_second_sees_what_the_first_did(register: Register) -> None:
    open_issues(register, 1, 2)
    seen = {"f1": 1, "f2": 1}
    assert act(register, {"f1": 1}, assign("Skole"), "den første").changed == 1
    outcome = act(register, seen, not_ours("Hører til sykehuset."), "den andre")
    assert outcome.changed == 1
    (overtaken,) = outcome.overtaken
    assert (overtaken.finding.id, overtaken.state, overtaken.owner) == (
        "f1",
        State.ASSIGNED,
        "Skole",
    )
    assert the_issue(register).state is State.ASSIGNED
    assert the_issue(register, "f2").state is State.NOT_OURS


def test_an_issue_that_is_not_there_is_no_matter(register: Register) -> None:
    assert act(register, {"f9": 1}, comment("Hei"), "KE").changed == 0


def _code(raised: pytest.ExceptionInfo[SamordnaError]) -> str:
    return raised.value.problem.code


@pytest.mark.parametrize("words", ["", "  ", "\x00\u200b"])
def test_nothing_is_done_without_words(register: Register, words: str) -> None:
    for make, code in [
        (assign, "register_owner"),
        (send, "register_owner"),
        (comment, "register_text"),
        (not_ours, "register_reason"),
        (lambda text: accept(text, TODAY, TODAY), "register_reason"),
    ]:
        with pytest.raises(SamordnaError) as raised:
            make(words)
        assert _code(raised) == code
    with pytest.raises(SamordnaError) as raised:
        act(register, {}, comment("Hei"), words)
    assert _code(raised) == "register_nobody"


@pytest.mark.parametrize("days", [-1, 800])
def test_nothing_is_accepted_for_good(days: int) -> None:
    with pytest.raises(SamordnaError) as raised:
        accept("Rettes ved systembyttet.", TODAY + dt.timedelta(days=days), TODAY)
    assert _code(raised) == "register_until"


def test_a_text_has_an_end() -> None:
    with pytest.raises(SamordnaError) as raised:
        comment("a" * 2_001)
    assert _code(raised) == "register_text_long"


@given(spellings_of(st.just(fnr("1990-01-31"))))
def test_no_id_is_written_in_whatever_spelling(spelling: str) -> None:
    for make in (assign, send, comment, not_ours):
        with pytest.raises(SamordnaError):
            make(f"Gjelder {spelling}")


ACTIONS = st.sampled_from(
    [
        assign("Skole"),
        send("Heimetenesta"),
        comment("Ringt."),
        accept("Rettes i januar.", TODAY, TODAY),
        not_ours("Sykehuset sin."),
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.sets(st.integers(1, 3), min_size=1), ACTIONS), max_size=12))
def test_the_events_alone_come_to_what_is_there(
    tmp_path: Path, done: list[tuple[set[int], Action]]
) -> None:
    register = open_register(Home(tmp_path / str(next(_NUMBER))))
    open_issues(register, 1, 2, 3)
    for numbers, action in done:
        there = {each.finding.id: each.version for each in issues_of(register, "4602")}
        act(register, {f"f{number}": there[f"f{number}"] for number in numbers}, action, "KE")
    with register.reading() as connection:
        again = replayed(connection)
    assert {each.finding.id: each for each in issues_of(register, "4602")} == again
