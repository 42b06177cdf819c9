"""Files of authorities, thousands of them, damaged at random: read, or refused in words."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.exports import PERSONS, Export
from tests.fuzz.test_landing import Landing
from tests.support.leaks import Search
from tests.support.official_files import (
    PLACES_11F,
    child,
    child_welfare,
    measure,
    recipient,
    referral,
)

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
FILES = 5_000 if NIGHTLY else 150

# What may be told of a damaged file; nothing that a reader did not foresee.
_PROBLEMS = {
    "layout_length", "layout_years", "layout_year_unknown", "layout_of_other_year", "layout_shifted", "layout_root",
    "layout_namespace", "layout_missing", "truncated_file", "xml_invalid", "xml_entities", "empty_file", "wrong_kind",
    "not_an_export", "encoding_unknown", "text_damaged", "too_deep",
}  # fmt: skip


def _whole(form: str, seed: int, year: int) -> tuple[bytes, int]:
    """Return a whole file of a form, and how many rows of plans it holds."""
    persons = [PERSONS[(seed + n) % len(PERSONS)] for n in range(1 + seed % 7)]
    if form == "kostra_11f":
        lines = [
            recipient(
                year,
                journal=f"{seed % 1000:03}{n:05}",
                fnr=p.fnr,
                fodt="01011980",
                plan="12 "[n % 3],
            )
            for n, p in enumerate(persons)
        ]
        return "".join(f"{line}\r\n" for line in lines).encode("latin-1"), sum(
            n % 3 < 2 for n in range(len(persons))
        )
    if form == "kostra_15f":
        children = [
            child(f"i{n}", p.fnr, [measure("T1", "2024-02-01", "6.3"), measure("T2", "2024-02-02", "6.4")])
            for n, p in enumerate(persons)
        ]  # fmt: skip
        return child_welfare(children).encode("latin-1"), len(persons)
    name = f"{persons[0].given} {persons[0].surname}"
    return referral(persons[0].fnr, "1234"[seed % 4], coordinator=name).encode(), 1


def _damaged(content: bytes, how: str, at: float, seed: int) -> bytes:
    place = int(at * len(content))
    match how:
        case "cut":
            return content[:place]
        case "flip":
            return content[:place] + bytes([seed % 256]) + content[place + 1 :]
        case "gone":
            return content[:place] + content[place + 1 + seed % 40 :]
        case "more":
            return content[:place] + bytes([32 + seed % 90]) * (1 + seed % 40) + content[place:]
        case "twice":
            return content + content
        case "zeros":
            return content[:place] + b"\0" * 30 + content[place:]
    return content


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    return Landing(tmp_path_factory.mktemp("official") / "home")


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(
    max_examples=FILES,
    deadline=None,
    derandomize=not NIGHTLY,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    form=st.sampled_from(["kostra_11f", "kostra_15f", "digibarnevern"]),
    seed=st.integers(0, 10_000),
    year=st.sampled_from(sorted(PLACES_11F)),
    how=st.sampled_from(["", "cut", "flip", "gone", "more", "twice", "zeros"]),
    at=st.floats(0, 1),
)
def test_every_official_file_is_read_whole_or_refused_in_words(
    landing: Landing, form: str, seed: int, year: int, how: str, at: float
) -> None:
    content, rows = _whole(form, seed, year)
    ending = ".dat" if form == "kostra_11f" else ".xml"
    name = f"file_20260120{ending}"
    export = Export(name, _damaged(content, how, at, seed), {"format": form}, [], [], [])
    landed = landing.land(export, "ip")
    problems = landed.outcome.problems
    if not how:
        assert [str(problem) for problem in problems] == []
        assert len(landed.rows) == rows
    elif problems:
        (problem,) = problems
        assert problem.code in _PROBLEMS, str(problem)
        assert str(problem).startswith(f"Source file, {name}")
        assert landed.rows == []
    search = Search(PERSONS)
    for written in landed.written:
        search.content("a file", written, "bytes")
    search.content("rows", repr(landed.rows).encode(), "opened")
    search.content("messages", repr([(p, str(p)) for p in problems]).encode(), "said")
    assert search.found == []
