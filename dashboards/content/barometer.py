"""A figure's place on its scale: value, interval, target, a year before, the others' value.

The scale is drawn as a small picture of its own that needs no script: on a page, a phone, paper.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import ranking
from dashboards.analysis.change import Verdict
from dashboards.analysis.ranking import Figure, Reach
from dashboards.charts.base import round_up

# The whole of a share; nothing is drawn beyond it.
_ALL = 1.0


class Attention(IntEnum):
    """How much a figure asks to be seen; what asks most comes first."""

    WORSE = 0
    SHORT = 1
    OPEN = 2
    BETTER = 3


class Arrow(StrEnum):
    """Which way a figure has gone in a year, by more than chance; level where that is not so."""

    UP = "▲"
    DOWN = "▼"
    LEVEL = "≈"
    UNKNOWN = "–"


@dataclass(frozen=True)
class Mark:
    """One thing on a scale: what it is, where it stands in per cent of the scale, in words."""

    what: str
    at: float
    words: str


@dataclass(frozen=True)
class Scale:
    """A figure on its scale, everything in per cent of it; the interval where there is one."""

    value: Mark
    low: float | None
    high: float | None
    marks: Sequence[Mark]
    ends: str

    @property
    def description(self) -> str:
        """What is read aloud in its place."""
        return ". ".join([self.value.words, *(mark.words for mark in self.marks)])


def attention(figure: Figure) -> Attention:
    """Return how much a figure asks to be seen; only what is more than chance asks for anything."""
    change, polarity = figure.change.verdict, figure.polarity
    is_judged = change.is_sure and polarity in ("more", "less")
    is_better = is_judged and (change is Verdict.UP) == (polarity == "more")
    standing = ranking.reach(figure)
    if is_judged and not is_better:
        return Attention.WORSE
    if standing is Reach.NOT_REACHED:
        return Attention.SHORT
    return Attention.BETTER if is_better or standing is Reach.REACHED else Attention.OPEN


def arrow(figure: Figure) -> Arrow:
    """Return the arrow of a figure."""
    verdict = figure.change.verdict
    if verdict.is_sure:
        return Arrow.UP if verdict is Verdict.UP else Arrow.DOWN
    return Arrow.LEVEL if verdict is Verdict.BY_CHANCE else Arrow.UNKNOWN


def scale(
    kind: Kind,
    measured: Measured,
    words: str,
    marks: Sequence[tuple[str, float, str]],
    ends: Callable[[float], str],
) -> Scale:
    """Return a figure's scale, from nothing to all; of days to a round number above everything.

    `marks` are what else stands on it: what, its value, in words; `ends` says where it ends.
    """
    highest = max([measured.value, measured.high or 0.0, *(value for _, value, _ in marks)])
    end = _ALL if kind is Kind.SHARE else round_up(highest)

    def at(value: float) -> float:
        return round(100 * min(value, end) / end, 1)

    return Scale(
        Mark("value", at(measured.value), words),
        None if measured.low is None else at(measured.low),
        None if measured.high is None else at(measured.high),
        tuple(Mark(what, at(value), told) for what, value, told in marks),
        ends(end),
    )
