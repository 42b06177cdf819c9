"""The front page's figures on their scales: what asks to be seen first, and which way it went."""

from __future__ import annotations

import datetime as dt

import pytest

from dagster_project.publication.reader.coverage import Measured, Point
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import significance
from dashboards.analysis.change import Change, Verdict
from dashboards.analysis.ranking import Figure
from dashboards.content.barometer import Arrow, Attention, arrow, attention, scale
from dashboards.queries.overview import Target

EARLIER = Point(dt.date(2024, 12, 31), significance.wilson(50, 100))


def figure(
    verdict: Verdict, polarity: str = "more", target: float | None = None, of: int = 100
) -> Figure:
    return Figure(
        "coordinator_coverage",
        Kind.SHARE,
        polarity,
        significance.wilson(of // 2, of),
        Change(verdict, EARLIER),
        None if target is None else Target(target, None),
    )


@pytest.mark.parametrize(
    ("shown", "asks"),
    [
        (figure(Verdict.DOWN), Attention.WORSE),
        (figure(Verdict.UP), Attention.BETTER),
        (figure(Verdict.UP, "less"), Attention.WORSE),
        (figure(Verdict.DOWN, "less"), Attention.BETTER),
        # Of what is neither good nor bad nothing is asked.
        (figure(Verdict.DOWN, "none"), Attention.OPEN),
        (figure(Verdict.BY_CHANCE), Attention.OPEN),
        (figure(Verdict.BY_CHANCE, target=0.8), Attention.SHORT),
        (figure(Verdict.BY_CHANCE, target=0.2), Attention.BETTER),
        # Chance could have put it on either side, or they are too few to say.
        (figure(Verdict.BY_CHANCE, target=0.55), Attention.OPEN),
        (figure(Verdict.FEW, target=0.9, of=4), Attention.OPEN),
        # What got worse asks most, even where it is still above its target; what got better asks
        # too, as long as it is short of it.
        (figure(Verdict.DOWN, target=0.2), Attention.WORSE),
        (figure(Verdict.UP, target=0.8), Attention.SHORT),
    ],
)
def test_what_asks_to_be_seen(shown: Figure, asks: Attention) -> None:
    assert attention(shown) is asks


@pytest.mark.parametrize(
    ("verdict", "sign"),
    [
        (Verdict.UP, Arrow.UP),
        (Verdict.DOWN, Arrow.DOWN),
        (Verdict.BY_CHANCE, Arrow.LEVEL),
        (Verdict.FEW, Arrow.UNKNOWN),
        (Verdict.BROKEN, Arrow.UNKNOWN),
    ],
)
def test_only_what_is_sure_has_an_arrow(verdict: Verdict, sign: Arrow) -> None:
    assert arrow(figure(verdict)) is sign


def test_a_share_is_on_a_scale_to_all_of_it() -> None:
    found = scale(Kind.SHARE, significance.wilson(36, 100), "36 %", [("target", 0.75, "mål")], str)
    assert found.value.at == 36
    assert found.low is not None and found.low == pytest.approx(27.3, abs=0.1)
    assert [(mark.what, mark.at) for mark in found.marks] == [("target", 75)]
    assert found.description == "36 %. mål"


def test_days_go_to_a_round_number_above_everything() -> None:
    measured = Measured(0, 20, 58.0, 30.0, 120.0)
    found = scale(Kind.MEDIAN, measured, "58 dager", [("target", 40.0, "mål")], str)
    assert found.ends == "200.0"
    assert (found.value.at, found.low, found.high) == (29, 15, 60)
    assert found.marks[0].at == 20
