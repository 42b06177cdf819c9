"""The attack on rounded packages of one municipality, all versions together."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from dagster_project.auditor.audit import Audit, Break, BreakKind
from dagster_project.auditor.month import Month, Rules
from dagster_project.auditor.reached import reached_breaks
from dagster_project.auditor.revision import revision_breaks
from dagster_project.auditor.shown import (
    ALL_AREAS,
    Counts,
    ShownBlock,
    cell_of,
    with_margins,
)

Months = dict[str, dict[str, ShownBlock]]


def audit_rounded(
    versions: Sequence[Sequence[ShownBlock]],
    base: int,
    margin_bound: Sequence[float],
    truth: Sequence[Sequence[ShownBlock]] | None = None,
    *,
    least_areas: int = 2,
    areas: int | None = None,
    inhabitants: Mapping[str, npt.ArrayLike] | None = None,
    worst_margin: Sequence[int] | None = None,
    margin_bound_of_areas: Sequence[float] | None = None,
) -> Audit:
    """Attack every version of a municipality's package with what all of them say.

    `versions` are oldest first, each with all its blocks; `margin_bound` is of each version, in
    persons: how far a shown margin can be from the true one. `truth` has the true counts of the
    same blocks, which the sender alone knows. `least_areas` is the definition's number of service
    areas that make a person of the target group who has neither coordinator nor plan, `areas` how
    many there are: of one that is not shown nothing but zeros would be. `inhabitants`
    are those of each age group (age groups,), by month. `worst_margin` is of each version the
    deviation that some margin does have, where that is published. `margin_bound_of_areas` is of
    each version how far margins of areas can be, where that is published apart: `margin_bound` is
    of `all` then. Raises ValueError where a version
    has a month and an area twice.
    """
    began = time.perf_counter()
    breaks: list[Break] = []
    attacked: list[dict[str, Month]] = []
    cells = 0
    for number, blocks in enumerate(versions):
        by_month = _by_month(blocks)
        worst = None if worst_margin is None else worst_margin[number]
        bound = min(margin_bound[number], np.inf if worst is None else worst)
        of_areas = bound if margin_bound_of_areas is None else margin_bound_of_areas[number]
        is_named = len({frozenset(each) for each in by_month.values()}) > 1
        months: dict[str, Month] = {}
        for name, of_month in by_month.items():
            plain = list(_plain_breaks(of_month, base))
            breaks += plain
            if ALL_AREAS not in of_month:
                continue
            known = None if inhabitants is None else inhabitants.get(name)
            rules = Rules(
                base,
                bound,
                of_areas,
                least_areas,
                None if known is None else np.asarray(known, dtype=np.float64),
                areas,
            )
            month = months[name] = Month(of_month, rules, is_named)
            cells += month.sums.size
            # What is broken already is not attacked: its numbers are not those of the method.
            breaks += [] if plain else month.breaks()
        attacked.append(months)
        if worst:
            breaks += reached_breaks(list(months.values()), worst)
        if truth is not None:
            breaks += _outside(months, _by_month(truth[number]))
    for earlier, later in combinations(attacked, 2):
        for name in earlier.keys() & later.keys():
            breaks += revision_breaks(earlier[name], later[name])
    unique = tuple(dict.fromkeys(breaks))
    programmes = sum(month.programmes for months in attacked for month in months.values())
    return Audit(unique, cells, programmes, time.perf_counter() - began)


def _by_month(blocks: Sequence[ShownBlock]) -> Months:
    months: Months = defaultdict(dict)
    for block in blocks:
        if block.service_area in months[block.month]:
            raise ValueError(f"{block.month} {block.service_area} is there twice: keep one of them")
        months[block.month][block.service_area] = block
    return {name: months[name] for name in sorted(months)}


def _plain_breaks(areas: Mapping[str, ShownBlock], base: int) -> Iterator[Break]:
    """Yield what anybody sees without a programme."""
    whole = areas.get(ALL_AREAS)
    if whole is None:
        yield Break(BreakKind.CONTRADICTION, next(iter(areas.values())).month, ALL_AREAS)
    for area, block in areas.items():
        table = with_margins(block.shown)
        published = table if block.margins is None else block.margins
        marks = [
            (BreakKind.NEGATIVE_SHOWN, published < 0, published),
            (BreakKind.SMALL_SHOWN, (published >= 1) & (published < base), published),
            (BreakKind.NOT_ADDITIVE, published != table, published),
        ]
        if whole is not None and area != ALL_AREAS:
            outside = with_margins(whole.shown - block.shown)
            marks.append((BreakKind.SMALL_COMPLEMENT, (outside < base) & (outside != 0), outside))
        for kind, where, values in marks:
            yield from _at(kind, block.month, area, where, values)


def _at(
    kind: BreakKind, month: str, area: str, where: npt.NDArray[np.bool_], values: Counts
) -> Iterator[Break]:
    """Yield a break for each place of a table with margins."""
    for place in np.argwhere(where):
        value = int(values[tuple(place)])
        yield Break(kind, month, area, cell_of(place, where.shape), value, value)


def _outside(months: Mapping[str, Month], truth: Months) -> Iterator[Break]:
    """Yield what the true counts have that an attacker takes to be impossible."""
    for name, month in months.items():
        true = np.stack([truth[name][area].shown for area in month.areas])
        deviation = np.abs(with_margins(true) - with_margins(month.shown))
        is_margin = np.ones(deviation.shape, dtype=bool)
        # The limit is of sums over at least two dimensions.
        for fine in ((-1, slice(-1), slice(-1)), (slice(-1), -1, slice(-1)), (slice(-1),) * 2):
            is_margin[:, *fine] = False
        outside = is_margin & (deviation > month.margin_bounds[:, None, None, None])
        inner = outside[:, :-1, :-1, :-1]
        inner |= (true < month.low) | (true > month.high) | (true > true[:1])
        if len(month.areas) > 1 and not month.not_shown:
            in_areas = true[1:, :, 0, 0].sum(axis=0)
            inner[0, :, 0, 0] |= in_areas < month.rules.least_areas * true[0, :, 0, 0]
        if month.rules.inhabitants is not None:
            outside[0, :-1, -1, -1] |= true[0].sum(axis=(1, 2)) > month.rules.inhabitants
        if month.is_named:
            outside[1:, -1, -1, -1] |= true[1:].sum(axis=(1, 2, 3)) == 0
        for area, where in zip(month.areas, outside, strict=True):
            for place in np.argwhere(where):
                yield Break(BreakKind.TRUTH_OUTSIDE, name, area, cell_of(place, where.shape))
