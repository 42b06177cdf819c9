"""Counts of few persons in what becomes public."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.export.table import Column, Holds, Table
from dashboards.i18n.texts import Sign
from dashboards.report.small_numbers import FEW, protected, without_few, without_shares


def _table(rows: list[tuple[str, int, int]], total: tuple[str, int, int] | None) -> Table:
    columns = (Column("who"), Column("with", Holds.WHOLE), Column("of", Holds.WHOLE))
    return Table("t", columns, tuple(rows), total)


def test_a_small_count_takes_another_and_its_share_with_it() -> None:
    table = Table(
        "t",
        (Column("who"), Column("n", Holds.WHOLE), Column("share", Holds.PER_CENT)),
        (("a", 3, 0.1), ("b", 9, 0.3), ("c", 20, 0.5)),
        ("all", 32, 0.4),
    )
    found = protected(table)
    assert found.rows == (
        ("a", "1-4", Sign.SUPPRESSED),
        ("b", Sign.SUPPRESSED, Sign.SUPPRESSED),
        ("c", 20, 0.5),
    )
    assert found.total == ("all", 32, 0.4)


def test_those_who_are_left_are_hidden_like_those_who_have_it() -> None:
    found = protected(_table([("a", 18, 20), ("b", 10, 30)], None), shares=((1, 2),))
    assert found.rows == (("a", Sign.SUPPRESSED, 20), ("b", 10, 30))


@given(st.lists(st.integers(0, 12), min_size=1, max_size=5))
def test_no_hidden_count_follows_from_the_sum(counts: list[int]) -> None:
    rows = [(str(place), count, 100) for place, count in enumerate(counts)]
    found = protected(_table(rows, ("all", sum(counts), 500)), persons=(1,))
    assert found.total is not None
    shown = {place for place, row in enumerate(found.rows) if isinstance(row[1], int)}
    away = [place for place in range(len(counts)) if place not in shown]
    assert all(counts[place] not in FEW for place in shown)
    if not isinstance(found.total[1], int) or not away:
        return
    # Every way to fill what is hidden that fits the sum: of each cell there is more than one.
    rest = sum(counts[place] for place in away)
    ways = [
        way
        for way in itertools.product(
            *(range(1, 5) if found.rows[place][1] == "1-4" else range(rest + 1) for place in away)
        )
        if sum(way) == rest
    ]
    assert len(ways) > 1


@pytest.mark.parametrize(
    "told",
    [
        "3 personer har ikke koordinator.",
        "62,0 % har koordinator (3 av 5).",
        "Av 28 meldinger venter 2.",
        "95,0 % har koordinator (38 av 40).",
        "Det er 1 person.",
    ],
)
def test_a_sentence_that_counts_few_is_left_out(told: str) -> None:
    assert without_few(f"Tallene er nye. {told}") == "Tallene er nye."
    assert without_few(f"{told} Endringen kan skyldes tilfeldigheter.") == ""


@pytest.mark.parametrize(
    "told",
    [
        "31. desember 2025 hadde 26,6 % koordinator (126 av 474, 95 % KI 22,8-30,7).",
        "Innen utgangen av 2. kvartal 2026 fyller 12 personer 18 år.",
        "Det er 4,1 prosentpoeng høyere enn 1. mars.",
        "I snitt 2,9 hver; 1 234 i alt på 3 år.",
        "Koster 3 000 kr i 2 timer, fra 1,2 mill. kr.",
    ],
)
def test_a_sentence_that_counts_nobody_or_many_stays(told: str) -> None:
    assert without_few(told) == told


def test_the_share_of_a_group_is_taken_out_of_its_sentence() -> None:
    told = "Gruppen 90 år og eldre (enslige) ligger lavere enn resten (1,8 %)."
    assert without_shares(told) == "Gruppen 90 år og eldre (enslige) ligger lavere enn resten."
