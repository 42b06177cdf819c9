"""What is most worth telling of some figures: whatever stands out most clearly from chance.

Whoever looks at many differences finds a large one. Each family of comparisons (indicators over a
year, age groups over a year, targets) is therefore tested at a level divided by its number. What
passes is put in order by how far beyond that level it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dashboards import judgement
from dashboards.judgement import SMALL_DENOMINATOR, Change
from dashboards.queries.coverage import Cell, Measured
from dashboards.queries.overview import Target
from dashboards.queries.reference import Kind

SIGNIFICANCE = 0.05


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
    change: Change | None
    target: Target | None

    @property
    def is_small(self) -> bool:
        """Whether it is of too few to make a finding of."""
        return self.measured.denominator < SMALL_DENOMINATOR


@dataclass(frozen=True)
class Grown:
    """An age group's figure, now and before."""

    indicator: str
    kind: Kind
    age_group: str
    now: Measured
    before: Measured


@dataclass(frozen=True)
class Told:
    """A finding: of what figure, of what age group if of one, and how clear it is.

    `strength` is how many times as far from chance it is as it has to be.
    """

    indicator: str
    age_group: str | None
    is_of_target: bool
    difference: float
    strength: float


def reach(figure: Figure, significance: float = SIGNIFICANCE) -> Reach | None:
    """Return how a figure stands to its target; None where it has none."""
    if figure.target is None:
        return None
    if figure.kind is not Kind.SHARE or figure.polarity not in ("more", "less"):
        return Reach.UNTESTED
    if figure.is_small:
        return Reach.OPEN
    above = judgement.distance_to(figure.measured, figure.target.value)
    if abs(above) <= judgement.critical(significance):
        return Reach.OPEN
    return Reach.REACHED if (above > 0) == (figure.polarity == "more") else Reach.NOT_REACHED


def most_telling(figures: Sequence[Figure], grown: Sequence[Grown], most: int) -> list[Told]:
    """Return the clearest findings, the clearest first.

    No more than one of an indicator's change: its whole, or else its clearest age group where the
    whole has not changed the same way.
    """
    found = sorted(
        [*_changes(figures), *_changes_of_groups(grown), *_distances(figures)],
        key=lambda told: -told.strength,
    )
    whole = {told.indicator: told for told in _changes(figures)}
    chosen: list[Told] = []
    for told in found:
        if told.age_group is not None:
            of_whole = whole.get(told.indicator)
            said_already = of_whole is not None and (
                (of_whole.difference > 0) == (told.difference > 0)
            )
            if said_already or any(
                each.indicator == told.indicator and each.age_group for each in chosen
            ):
                continue
        chosen.append(told)
    return chosen[:most]


def growth(indicator: str, kind: Kind, now: Iterable[Cell], before: Iterable[Cell]) -> list[Grown]:
    """Return the age groups that are large enough on both dates to be compared."""
    earlier = {cell.age_group: cell.measured for cell in judgement.by_age(before)}
    return [
        Grown(indicator, kind, cell.age_group, cell.measured, earlier[cell.age_group])
        for cell in judgement.by_age(now)
        if cell.age_group in earlier
        and min(cell.measured.denominator, earlier[cell.age_group].denominator) >= SMALL_DENOMINATOR
    ]


def _changes(figures: Sequence[Figure]) -> list[Told]:
    tested = [
        (figure, figure.change)
        for figure in figures
        if figure.change is not None
        and figure.kind in (Kind.SHARE, Kind.RATE)
        and not figure.is_small
        and figure.change.earlier.measured.denominator >= SMALL_DENOMINATOR
    ]
    return _passed(
        [
            (
                Told(figure.indicator, None, False, change.difference, 0.0),
                judgement.separation(figure.measured, change.earlier.measured, figure.kind),
            )
            for figure, change in tested
        ]
    )


def _changes_of_groups(grown: Sequence[Grown]) -> list[Told]:
    return _passed(
        [
            (
                Told(
                    group.indicator,
                    group.age_group,
                    False,
                    group.now.value - group.before.value,
                    0.0,
                ),
                judgement.separation(group.now, group.before, group.kind),
            )
            for group in grown
        ]
    )


def _distances(figures: Sequence[Figure]) -> list[Told]:
    return _passed(
        [
            (
                Told(
                    figure.indicator,
                    None,
                    True,
                    figure.measured.value - figure.target.value,
                    0.0,
                ),
                abs(judgement.distance_to(figure.measured, figure.target.value)),
            )
            for figure in figures
            if figure.target is not None and reach(figure) not in (None, Reach.UNTESTED)
            if not figure.is_small
        ]
    )


def _passed(tested: Sequence[tuple[Told, float]]) -> list[Told]:
    """Return what is beyond chance at a level divided by how many were tested."""
    if not tested:
        return []
    needed = judgement.critical(SIGNIFICANCE / len(tested))
    return [
        Told(told.indicator, told.age_group, told.is_of_target, told.difference, apart / needed)
        for told, apart in tested
        if apart > needed
    ]
