"""What an attack found: each break by its name, and how much was attacked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class BreakKind(StrEnum):
    """How a protection is broken. Small is 1 to the base (or the threshold) less 1."""

    SMALL_SHOWN = "small_shown"
    NEGATIVE_SHOWN = "negative_shown"
    NOT_ADDITIVE = "not_additive"
    SMALL_COMPLEMENT = "small_complement"
    SMALL_REVISION = "small_revision"
    SMALL_COMPLEMENT_REVISION = "small_complement_revision"
    PROVEN_SMALL = "proven_small"
    PROVEN_SMALL_COMPLEMENT = "proven_small_complement"
    PROVEN_SMALL_REVISION = "proven_small_revision"
    EXACTLY_DETERMINED = "exactly_determined"
    PRIMARY_UNPROTECTED = "primary_unprotected"
    TRUTH_OUTSIDE = "truth_outside"
    CONTRADICTION = "contradiction"
    UNDECIDED = "undecided"


_MEANING = {
    BreakKind.SMALL_SHOWN: "a small count is published",
    BreakKind.NEGATIVE_SHOWN: "a count below zero is published",
    BreakKind.NOT_ADDITIVE: "the margin is not the sum of its cells",
    BreakKind.SMALL_COMPLEMENT: "all areas less this one is a small count, or below zero",
    BreakKind.SMALL_REVISION: "two versions differ by a small count",
    BreakKind.SMALL_COMPLEMENT_REVISION: (
        "two versions of all areas less this one differ by a small count"
    ),
    BreakKind.PROVEN_SMALL: "the true count is proven to be small",
    BreakKind.PROVEN_SMALL_COMPLEMENT: (
        "the true count of those outside the area is proven to be small"
    ),
    BreakKind.PROVEN_SMALL_REVISION: "the true counts of two versions are proven to differ by few",
    BreakKind.EXACTLY_DETERMINED: "the hidden count is known exactly",
    BreakKind.PRIMARY_UNPROTECTED: "a small count can be told from some other small counts",
    BreakKind.TRUTH_OUTSIDE: "the true count cannot be what the published one says",
    BreakKind.CONTRADICTION: "no true counts can have been published as this by the method",
    BreakKind.UNDECIDED: "the solver gave no answer",
}


@dataclass(frozen=True)
class Interval:
    """The least and the greatest that a count can be, both possible; `high` may be infinite."""

    low: float
    high: float

    @property
    def is_exact(self) -> bool:
        """Whether there is one value only."""
        return self.low == self.high

    def is_small(self, limit: int) -> bool:
        """Whether every value is 1 to `limit` - 1."""
        return self.low >= 1 and self.high < limit


@dataclass(frozen=True)
class Break:
    """A cell that is not protected, and between which values an attacker knows it to be.

    `cell` is the position of the age group, the coordinator and the plan in their block; `all` for
    a margin, `first..last` for neighbouring age groups together. Of a suppressed table it is the
    cell's name, of a group of municipalities the municipality's code goes first. What is true of no
    cell in particular has an empty `cell`. An end that is not known is None.
    """

    kind: BreakKind
    month: str = ""
    service_area: str = ""
    cell: tuple[int | str, ...] = ()
    low: int | None = None
    high: int | None = None

    def line(self) -> str:
        """Write the break in a line."""
        where = [part for part in (self.month, self.service_area) if part]
        where += [", ".join(str(part) for part in self.cell)] if self.cell else []
        between = "" if self.low is None else f" [{self.low}, {_end(self.high)}]"
        return f"{self.kind}: {' | '.join(where) or 'the whole'}{between}: {_MEANING[self.kind]}"


def _end(high: int | None) -> str:
    return "no limit" if high is None else str(high)


@dataclass(frozen=True)
class Audit:
    """What was attacked, and what broke.

    `cells`: numbers and derived counts that were attacked. `programmes`: linear and integer
    programmes that took. `intervals`: of each hidden cell of a suppressed table.
    """

    breaks: tuple[Break, ...]
    cells: int
    programmes: int
    seconds: float
    intervals: Mapping[str, Interval] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether the protection holds: nothing broke, and every question was answered."""
        return not self.breaks

    def lines(self) -> Iterator[str]:
        """Write the audit for the terminal: a line of what was done, then one for each break."""
        places = f"{len(self.breaks)} place{'s' if len(self.breaks) > 1 else ''}"
        verdict = "holds" if self.holds else f"is broken in {places}"
        yield (
            f"The protection {verdict}: {self.cells:,} counts attacked by {self.programmes:,} "
            f"programmes in {self.seconds:.1f} s"
        )
        yield from (f"  {each.line()}" for each in self.breaks)
