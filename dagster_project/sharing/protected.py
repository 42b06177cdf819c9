"""What a package shows: counts, protected, and changed until the auditor breaks nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dagster_project.auditor import ExactSum
from dagster_project.disclosure.protect import Protected, protect, stated_deviation
from dagster_project.reference.share_plan import ALL, SharePlan
from dagster_project.sharing.attack import Version, attack, most_persons
from dagster_project.sharing.gather import Content
from dagster_project.sharing.official import is_broken_beside
from dagster_project.sharing.package import POPULATION, Block, inhabitants_by_year
from dagster_project.sharing.revision import settle, without_areas


def protect_content(
    content: Content,
    plan: SharePlan,
    base: int,
    secret: bytes,
    known: Sequence[Version] = (),
    states: Sequence[Sequence[Protected]] = (),
    seconds: float = 60.0,
    exact: Mapping[str, Sequence[ExactSum]] | None = None,
) -> list[Protected]:
    """Return every block of a municipality with what it is shown as.

    `known` are the versions that were shared, oldest first, and `states` what is behind each of
    them. No more are shown of an age group than live there; a month that was shared waits where
    the auditor breaks it as revised; a new one is shown without areas where it breaks these.
    `exact` are sums that were published of a month as they are: a new month that would give
    somebody away beside them is left out.
    """
    months = {one.block.month for state in states for one in state}
    before = [one for state in states for one in state]
    inhabitants = inhabitants_by_year(content.tables[POPULATION], plan.age_groups)
    most = most_persons(inhabitants, {block.month for block in content.blocks})

    def broken_beside(shared: Sequence[Protected]) -> set[str]:
        margin = stated(shared, base, is_whole=True)
        return {
            one.block.month
            for one in shared
            if one.block.service_area == ALL
            and (sums := (exact or {}).get(one.block.month))
            and is_broken_beside(one.shown, base, margin, one.block.month, sums)
        }

    def broken_months(shared: Sequence[Protected]) -> set[str]:
        whole, areas = (stated(shared, base, is_whole=each) for each in (True, False))
        version = Version(shown_blocks(shared), whole, areas, content.parameters, inhabitants)
        broken = {one.month for one in attack([*known, version], base).breaks}
        return broken | (broken_beside(shared) & months)

    again = [block for block in content.blocks if block.month in months]
    revised = protect(again, base, secret, before, seconds, most)
    if states:
        revised = settle(revised, states[-1], broken_months)
    # New months go on from what is shown of the one before them, waiting or not.
    fresh = [block for block in content.blocks if block.month not in months]
    made = protect(fresh, base, secret, revised, seconds, most)
    left_out = broken_beside(made)
    made = [one for one in made if one.block.month not in left_out]
    return without_areas([*revised, *made], months, broken_months)


def shown_blocks(protected: Sequence[Protected]) -> list[Block]:
    """Return what leaves: an area of which nothing but zeros would be shown is left out."""
    return [
        Block(one.block.month, one.block.service_area, one.shown)
        for one in protected
        if one.block.service_area == ALL or one.shown.any()
    ]


def stated(protected: Sequence[Protected], base: int, *, is_whole: bool) -> int:
    """Return by how many persons main margins deviate at most, of all areas or of areas."""
    of_those = [one for one in protected if (one.block.service_area == ALL) is is_whole]
    return stated_deviation(of_those, base)
