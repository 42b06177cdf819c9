"""A municipality of 200 inhabitants can share: what it shows is broken by nobody who knows that."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.auditor import BreakKind
from dagster_project.disclosure.protect import Block as TrueBlock
from dagster_project.disclosure.protect import protect
from dagster_project.reference.share_plan import share_plan
from dagster_project.sharing.attack import Version, attack
from dagster_project.sharing.gather import Content
from dagster_project.sharing.package import POPULATION, Block, inhabitants_by_year, table_of
from dagster_project.sharing.protected import protect_content, shown_blocks, stated
from dagster_project.sharing.revision import without_areas

PLAN = share_plan().plan
MONTHS = ("2025-12", "2026-01")
AREAS = PLAN.service_areas[1:]
SECRET = b"a secret of the sender"


def tiny(seed: int, inhabitants: int = 200, served: float = 0.2) -> Content:
    """Return what a municipality has to share: who is served is in a few areas, and most in two."""
    random = np.random.default_rng(seed)
    groups = PLAN.age_groups[:-1]
    live = random.multinomial(inhabitants, np.full(len(groups), 1 / len(groups)))
    blocks = []
    areas = list(random.choice(AREAS, size=random.integers(1, 6), replace=False))
    for month in MONTHS:
        counts = {area: np.zeros(PLAN.shape, np.int64) for area in ("all", *areas)}
        for age, many in enumerate(live):
            for _ in range(random.binomial(many, served)):
                coordinator, plan = (int(random.integers(0, size)) for size in (3, 3))
                # Who has neither is of the target group by services in two areas.
                least = 0 if coordinator or plan else 2
                if len(areas) < least:
                    coordinator, least = 1, 0
                many_areas = int(random.integers(least, len(areas) + 1))
                for area in ("all", *random.choice(areas, size=many_areas, replace=False)):
                    counts[area][age, coordinator, plan] += 1
        blocks += [TrueBlock(month, area, counted) for area, counted in counts.items()]
    population = table_of(
        POPULATION, [[2026] * len(groups), list(groups), [int(each) for each in live]]
    )
    return Content(tuple(blocks), {POPULATION: population}, "", "2026.2", {})


def audited(content: Content, protected: list, base: int):
    known = inhabitants_by_year(content.tables[POPULATION], PLAN.age_groups)
    whole, areas = (stated(protected, base, is_whole=each) for each in (True, False))
    return attack([Version(shown_blocks(protected), whole, areas, {}, known)], base)


@pytest.mark.slow
@settings(max_examples=25)
@given(
    st.integers(0, 10_000),
    st.sampled_from([40, 120, 200]),
    st.sampled_from([0.05, 0.2, 0.5]),
    st.sampled_from([3, 5]),
)
def test_whatever_a_tiny_municipality_has_can_leave(
    seed: int, inhabitants: int, served: float, base: int
) -> None:
    content = tiny(seed, inhabitants, served)
    protected = protect_content(content, PLAN, base, SECRET)
    audit = audited(content, protected, base)
    assert audit.holds, list(audit.lines())


def test_what_is_shown_without_knowing_the_inhabitants_is_proven_to_be_few() -> None:
    content = tiny(1)
    known = inhabitants_by_year(content.tables[POPULATION], PLAN.age_groups)
    known[2026][3] = 4
    shown = np.zeros(PLAN.shape, np.int64)
    shown[3, 1, 1] = 5
    audit = attack([Version([Block("2026-01", "all", shown)], 3, 3, {}, known)], 5)
    assert BreakKind.PROVEN_SMALL in {one.kind for one in audit.breaks}


def test_of_a_month_that_is_broken_with_its_areas_everybody_is_shown() -> None:
    block = TrueBlock("2026-01", "all", np.full(PLAN.shape, 20))
    area = TrueBlock("2026-01", AREAS[0], np.full(PLAN.shape, 10))
    shown = protect([block, area], 5, SECRET)
    asked: list[list[str]] = []

    def broken(protected: list) -> set[str]:
        asked.append([one.service_area for one in shown_blocks(protected)])
        return {"2026-01"} if len(asked) == 1 else set()

    bare = without_areas(shown, (), broken)
    assert asked == [["all", AREAS[0]], ["all"]]
    assert [int(one.shown.sum()) for one in bare] == [20 * int(np.prod(PLAN.shape)), 0]
    # One that was shared is not changed here: it waits (`settle`).
    assert without_areas(shown, {"2026-01"}, lambda _: {"2026-01"}) == shown
