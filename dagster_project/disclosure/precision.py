"""What protection costs, before anything is shared: errors, cells shown, and coarser groups."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dagster_project.disclosure.admissible import nearest
from dagster_project.disclosure.margins import Counts, Margins
from dagster_project.disclosure.programme import Floats
from dagster_project.disclosure.rounding import round_cells
from dagster_project.disclosure.suppression import Mask, Reason, primary_cells, suppress
from dagster_project.disclosure.tables import Cross


class Method(StrEnum):
    """How small counts are protected."""

    ROUNDING = "rounding"
    SUPPRESSION = "suppression"


@dataclass(frozen=True)
class Precision:
    """What a method leaves of a table.

    Attributes:
        method: how it was protected.
        base: the least number of persons that is shown.
        cells: how many cells the table has, margins too.
        shown_share: how many of them a reader sees, of 1.
        exact_share: how many of them a reader sees as they are, of 1.
        worst_error, mean_error, p95_error: by how many persons shown margins deviate.
        secondary: how many cells are hidden for the sake of others.
        unprotected: how many small cells can be narrowed down all the same; with any, the table is
            not to be shared so.
    """

    method: Method
    base: int
    cells: int
    shown_share: float
    exact_share: float
    worst_error: int
    mean_error: float
    p95_error: float
    secondary: int = 0
    unprotected: int = 0

    @classmethod
    def of_rounding(cls, counts: Counts, shown: Counts, margins: Margins, base: int) -> Precision:
        """Return what a rounding costs: inner cells of any shape, true and shown."""
        inner = np.abs(shown - counts).reshape(-1)
        errors = np.abs(margins.of(shown - counts))
        cells = inner.size + errors.size
        exact = int((inner == 0).sum() + (errors == 0).sum())
        return cls(
            Method.ROUNDING,
            base,
            cells,
            1.0,
            exact / cells,
            int(errors.max(initial=0)),
            float(errors.mean()) if errors.size else 0.0,
            float(np.quantile(errors, 0.95)) if errors.size else 0.0,
        )


def rounding_precision(cross: Cross, counts: Counts, base: int, lots: Floats) -> Precision:
    """Return what rounding a table costs; `lots` as of `round_cells`."""
    none = np.zeros((0, *counts.shape), dtype=np.int64)
    near = nearest(counts, base, None, none)
    rounding = None if near is None else round_cells(counts, near, cross.margins, lots, base)
    if rounding is None:
        raise RuntimeError("what was never shown can always be rounded")
    return Precision.of_rounding(counts, rounding.shown, cross.margins, base)


def suppression_precision(
    cross: Cross, counts: Counts, threshold: int, insiders: Sequence[Mask] = ()
) -> Precision:
    """Return what suppressing cells of 1 to threshold - 1 costs; `insiders` as of `suppress`."""
    table = cross.table(counts)
    primary = primary_cells(table.counts, threshold)
    suppression = suppress(table, primary, threshold, insiders)
    open_share = float(1 - suppression.hidden.mean())
    secondary = int((suppression.reasons == Reason.SECONDARY).sum())
    return Precision(
        Method.SUPPRESSION,
        threshold,
        len(table.counts),
        open_share,
        open_share,
        0,
        0.0,
        0.0,
        secondary,
        int(suppression.unprotected.sum()),
    )


def group_errors(counts: Counts, shown: Counts) -> Floats:
    """Return for each age group by what share of its persons a coverage may be wrong, at worst.

    Of a block of (ages, coordinator, plan): the errors of those with a coordinator or with a plan,
    and of all, by the persons there are. Without persons it is 0 where none are shown, else
    infinite.
    """
    error = shown - counts
    whole = np.abs(error.sum(axis=(1, 2)))
    parts = np.maximum(
        np.abs(error[:, 1:].sum(axis=(1, 2))), np.abs(error[:, :, 1:].sum(axis=(1, 2)))
    )
    persons = counts.sum(axis=(1, 2))
    wrong = (whole + parts).astype(float)
    return np.where(persons > 0, wrong / np.maximum(persons, 1), np.where(wrong > 0, math.inf, 0.0))


def coarser_ages(
    blocks: Sequence[tuple[Counts, Counts]], most: float, borders: Collection[int] = ()
) -> list[tuple[int, ...]]:
    """Propose which neighbouring age groups to merge so that rounding costs less.

    The group that the errors weigh most on is merged with its smaller neighbour until none weighs
    more than `most`, or nothing is left to merge. Shown cells of merged groups are added up, which
    is what a reader can do already; rounded anew, they cost less still.

    Args:
        blocks: (true, shown) of blocks of (ages, coordinator, plan), as many as should count.
        most: by what share of its persons the coverage of a group may be wrong, on the average of
            the blocks that have any of them.
        borders: places of age groups that are never merged with the one before them.

    Returns:
        The places of the groups that make each proposed group, in their order.
    """
    if not blocks:
        return []
    groups: list[tuple[int, ...]] = [(age,) for age in range(blocks[0][0].shape[0])]
    while True:
        errors, persons = _merged_errors(blocks, groups)
        for place in sorted(range(len(groups)), key=lambda each: (-errors[each], each)):
            if errors[place] <= most:
                return groups
            neighbours = [
                first
                for first in (place - 1, place)
                if 0 <= first < len(groups) - 1 and groups[first + 1][0] not in borders
            ]
            if neighbours:
                # The pair with fewer persons: the neighbour is the smaller one.
                first = min(neighbours, key=lambda each: persons[each] + persons[each + 1])
                groups[first : first + 2] = [groups[first] + groups[first + 1]]
                break
        else:
            return groups


def _merged_errors(
    blocks: Sequence[tuple[Counts, Counts]], groups: Sequence[tuple[int, ...]]
) -> tuple[Floats, Counts]:
    """Return of each group the mean error over blocks that have any of it, and its persons."""
    starts = [group[0] for group in groups]
    merged = [
        (np.add.reduceat(counts, starts), np.add.reduceat(shown, starts))
        for counts, shown in blocks
    ]
    errors = np.array([group_errors(counts, shown) for counts, shown in merged])
    persons = np.array([counts.sum(axis=(1, 2)) for counts, _ in merged])
    has = persons > 0
    mean = np.where(has, errors, 0.0).sum(axis=0) / np.maximum(has.sum(axis=0), 1)
    return mean, persons.sum(axis=0)
