"""What is most worth telling of some figures: whatever stands out most clearly from chance.

Nothing is tested here: what is told of a figure is what stands beside it. It is put in order by how
many times as far from chance it is as it has to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dagster_project.publication.reader.coverage import Measured, Point
from dagster_project.publication.reader.reference import Kind
from dashboards.analysis import significance
from dashboards.analysis.change import Change
from dashboards.analysis.significance import SIGNIFICANCE, SMALL_DENOMINATOR
from dashboards.queries.development import Reading
from dashboards.queries.overview import Target


class Reach(StrEnum):
    """How a figure stands to its target."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    OPEN = "open"  # chance could have put it on either side
    UNTESTED = "untested"


@dataclass(frozen=True)
class Figure:
    """A figure of now and what it may be held against."""

    indicator: str
    kind: Kind
    polarity: str
    measured: Measured
    change: Change[Point]
    target: Target | None

    @property
    def is_small(self) -> bool:
        """Whether it is of too few to make a finding of."""
        return self.measured.denominator < SMALL_DENOMINATOR


@dataclass(frozen=True)
class Changed:
    """The figures that have changed in a year by more than chance, the clearest first."""

    figures: tuple[Figure, ...]

    @property
    def strength(self) -> float:
        """How clear the clearest is."""
        return self.figures[0].change.strength


@dataclass(frozen=True)
class ChangedGroup:
    """An age group whose figure has changed, where that of everybody has not gone the same way."""

    figure: Figure
    age_group: str
    change: Change[Reading]

    @property
    def strength(self) -> float:
        """How clear it is."""
        return self.change.strength


@dataclass(frozen=True)
class OffTarget:
    """A figure that lies above or below its target by more than chance."""

    figure: Figure
    target: Target

    @property
    def strength(self) -> float:
        """How clear it is."""
        return _off_target(self.figure, self.target) / significance.critical(SIGNIFICANCE)

    @property
    def is_above(self) -> bool:
        """Whether it lies above."""
        return self.figure.measured.value > self.target.value


Finding = Changed | ChangedGroup | OffTarget


def reach(figure: Figure) -> Reach | None:
    """Return how a figure stands to its target; None where it has none."""
    if figure.target is None:
        return None
    if figure.kind is not Kind.SHARE or figure.polarity not in ("more", "less"):
        return Reach.UNTESTED
    if figure.is_small:
        return Reach.OPEN
    above = significance.distance_to(figure.measured, figure.target.value)
    if abs(above) <= significance.critical(SIGNIFICANCE):
        return Reach.OPEN
    return Reach.REACHED if (above > 0) == (figure.polarity == "more") else Reach.NOT_REACHED


def clearest(
    figures: Sequence[Figure],
    groups: Mapping[str, Mapping[str, Change[Reading]]],
    most: int,
) -> list[Finding]:
    """Return the clearest findings, the clearest first; which figures have changed among them.

    `groups` are the changes of age groups by indicator.
    """
    changed = sorted(
        (figure for figure in figures if figure.change.verdict.is_sure),
        key=lambda figure: -figure.change.strength,
    )
    of_all: list[Finding] = [Changed(tuple(changed))] if changed else []
    others: list[Finding] = [*_groups(figures, groups), *_targets(figures)]
    foremost = sorted(others, key=_strength)[: most - len(of_all)]
    return sorted([*of_all, *foremost], key=_strength)


def _groups(
    figures: Iterable[Figure], groups: Mapping[str, Mapping[str, Change[Reading]]]
) -> list[ChangedGroup]:
    """Return the clearest age group of each figure that adds to what is told of everybody."""
    found = []
    for figure in figures:
        apart = [
            ChangedGroup(figure, age_group, change)
            for age_group, change in groups.get(figure.indicator, {}).items()
            if change.verdict.is_sure and change.verdict is not figure.change.verdict
        ]
        found += sorted(apart, key=_strength)[:1]
    return found


def _targets(figures: Iterable[Figure]) -> list[OffTarget]:
    return [
        OffTarget(figure, figure.target)
        for figure in figures
        if figure.target is not None and reach(figure) in (Reach.REACHED, Reach.NOT_REACHED)
    ]


def _off_target(figure: Figure, target: Target) -> float:
    return abs(significance.distance_to(figure.measured, target.value))


def _strength(finding: Finding) -> float:
    return -finding.strength
