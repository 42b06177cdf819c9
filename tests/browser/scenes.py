"""What each page holds, what is done with it, and what is read from it: shared by the tests."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from dashboards.pages import PageKey
from tests.browser.conftest import LOOKS_EVERY, Open, settled
from tests.support.publication import LARGE

_SEEDS = Path(__file__).resolve().parents[2] / "seeds"
# What is chosen from each filter: another than what every page opens with.
CHOICES = {
    "municipality": ("Senja", "5530"),
    "date": ("30. november 2025", "2025-11-30"),
    "indicator": ("Plandekning", "plan_coverage"),
    "ages": ("Barn og unge (0-5 til 18-24)", "childhood"),
    "age": ("0-5", "0-5"),
    "area": ("Hjemmetjenester", "home_care"),
    "compare": ("Asker", LARGE),
}
_SELECTION = ("municipality", "date")
_CUT = (*_SELECTION, "indicator", "ages", "age", "area")


@dataclass(frozen=True)
class Scene:
    """A page, or the front page of one role, and everything that stands on it.

    Named by the keys that the page gives them: a control that comes or goes is noticed.
    """

    page: PageKey
    role: str = "leader"
    filters: tuple[str, ...] = _SELECTION
    # Filters that only decide what another has to choose from.
    offering: tuple[str, ...] = ()
    pictures: int = 0
    expanders: int = 0
    explained: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    # Tables without files of their own.
    other_tables: int = 0
    # The pages that links of its own lead to, and how many of its tables have links.
    ways: tuple[PageKey, ...] = ()
    linked_tables: int = 0

    @property
    def path(self) -> str:
        """Where it opens."""
        here = "" if self.page is PageKey.FRONT else str(self.page)
        return f"/{here}?municipality={LARGE}&role={self.role}"


SCENES = {
    "leader": Scene(
        PageKey.FRONT,
        pictures=5,
        expanders=1,
        explained=(
            "coordinator_coverage",
            "plan_coverage",
            "living_plan_share",
            "meeting_coverage",
            "appointment_days",
        ),
        files=("overview", "changes"),
        ways=(
            PageKey.COVERAGE,
            PageKey.COVERAGE,
            PageKey.PLANS,
            PageKey.MEETINGS,
            PageKey.NOTICES,
        ),
    ),
    "analyst": Scene(
        PageKey.FRONT,
        role="analyst",
        filters=(*_SELECTION, "indicator"),
        pictures=1,
        explained=("funnel",),
        files=("municipalities",),
    ),
    "steward": Scene(
        PageKey.FRONT,
        role="steward",
        filters=("municipality",),
        files=("steward_broken", "steward_changes", "steward_new"),
        ways=(PageKey.QUALITY,),
        linked_tables=3,
    ),
    "coverage": Scene(
        PageKey.COVERAGE,
        filters=(*_CUT, "compare"),
        pictures=2,
        expanders=1,
        explained=("groups", "series"),
        files=("coverage", "series"),
        ways=(PageKey.REGISTRATION,),
    ),
    "development": Scene(
        PageKey.DEVELOPMENT,
        filters=(*_CUT, "compare"),
        pictures=3,
        expanders=2,
        explained=("development", "months", "year"),
        files=("development", "months", "year", "years"),
    ),
    "coordinators": Scene(
        PageKey.COORDINATORS,
        filters=(*_SELECTION, "compare"),
        pictures=5,
        expanders=2,
        explained=("loads", "health", "changes", "training"),
        files=("loads", "load_areas", "departed", "changes", "training"),
        ways=(PageKey.REGISTRATION,),
    ),
    "plans": Scene(
        PageKey.PLANS,
        filters=(*_SELECTION, "compare"),
        pictures=3,
        expanders=1,
        explained=("together", "plan_ages", "living", "consent"),
        files=("together", "plan_ages", "living"),
    ),
    "meetings": Scene(
        PageKey.MEETINGS,
        pictures=5,
        expanders=4,
        explained=("meetings_without", "meetings_gp"),
        files=(
            "meetings_without",
            "meetings_types",
            "meetings_forms",
            "meetings_gp",
            "meetings_participants",
        ),
        ways=(PageKey.REGISTRATION,),
    ),
    "notices": Scene(
        PageKey.NOTICES,
        pictures=3,
        expanders=1,
        explained=("notices_answer_days", "notices_appointment_days"),
        files=(
            "notices_flow",
            "notices_ways",
            "notices_curve",
            "notices_days",
            "notices_senders",
        ),
    ),
    "housing": Scene(
        PageKey.HOUSING,
        pictures=3,
        explained=("housing_needs",),
        files=("housing_needs", "housing_turning18", "housing_turning16"),
    ),
    "quality": Scene(
        PageKey.QUALITY,
        filters=(*_SELECTION, "rule"),
        pictures=2,
        expanders=3,
        files=(
            "deliveries",
            "reconciliation",
            "findings",
            "rules",
            "rows",
            "checks",
            "grades",
            "reported",
        ),
        linked_tables=1,
    ),
    "registration": Scene(
        PageKey.REGISTRATION,
        filters=(*_CUT, "rule"),
        offering=("ages",),
        pictures=2,
        expanders=4,
        files=(
            "steps_coordinator",
            "steps_target_group",
            "deliveries",
            "rules",
            "rows",
            "checks",
        ),
        other_tables=1,
        linked_tables=1,
    ),
}

EVERY_PAGE = pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
PICTURE = ".js-plotly-plot .main-svg:first-child"

# Icons are letters of a font of their own; the languages are named in themselves.
_READ = """(unread) => {
    const main = document.querySelector('[data-testid="stMain"]');
    const walk = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    const skipped = 'script, style, [data-testid="stIconMaterial"], .st-key-language' + unread;
    const texts = [];
    while (walk.nextNode()) {
        const text = walk.currentNode.textContent.trim();
        if (text && !walk.currentNode.parentElement.closest(skipped)) texts.push(text);
    }
    return texts;
}"""
_SPOKEN = """() => [...document.querySelectorAll(
        '[data-testid="stPlotlyChart"] [aria-label], [data-testid="stPlotlyChart"][aria-label], '
        + 'main [title], [data-testid="stMain"] [role="region"]')]
    .map((element) => element.getAttribute('aria-label') ?? element.title)"""
_KEYS = """(beginning) => [...document.querySelectorAll(`[class*="${beginning}"]`)]
    .flatMap((element) => [...element.classList])
    .filter((name) => name.startsWith(beginning))
    .map((name) => name.slice(beginning.length))"""
# What follows every filter says nothing of whether the page does.
_BESIDE_THE_CONTENT = ', .notes, .subject, [class*="st-key-choose_"], [class*="st-key-head"]'


def written(page: Page) -> list[str]:
    """Return all texts of the page, those of its pictures and folded tables too."""
    return page.evaluate(_READ, "")


def spoken(page: Page) -> list[str]:
    """Return what is there for those who do not see the page, or rest upon a sign."""
    return page.evaluate(_SPOKEN)


def content(page: Page) -> list[str]:
    """Return the texts that the figures decide."""
    return page.evaluate(_READ, _BESIDE_THE_CONTENT)


def wait_for_content(page: Page, texts: list[str], *, same: bool) -> None:
    """Wait until the page says the same as it did, or something else."""
    settled(page)
    sign = "===" if same else "!=="
    page.wait_for_function(
        f"([unread, texts]) => JSON.stringify(({_READ})(unread)) {sign} JSON.stringify(texts)",
        arg=[_BESIDE_THE_CONTENT, texts],
        polling=LOOKS_EVERY,
    )
    # What decides the content may be drawn before the rest of the page is.
    settled(page)


def keys(page: Page, kind: str) -> list[str]:
    """Return the keys of what stands on the page: `choose`, `explain`, `files`."""
    return page.evaluate(_KEYS, f"st-key-{kind}_")


def query(page: Page) -> dict[str, list[str]]:
    """Return what the address says."""
    return query_of(page.url)


def query_of(address: str) -> dict[str, list[str]]:
    """Return what an address says."""
    return parse_qs(urlsplit(address).query)


def choose(page: Page, parameter: str, label: str, value: str) -> None:
    """Choose from a filter as a reader does, and wait until the address says so."""
    control = page.locator(f".st-key-choose_{parameter}")
    if parameter == "compare":
        control.get_by_role("button", name=label, exact=True).click()
    else:
        # Written, not looked for: a long list draws no more than fits.
        box = control.get_by_role("combobox")
        # A list that has opened closes when the page moves.
        box.scroll_into_view_if_needed()
        settled(page)
        box.click()
        page.keyboard.insert_text(label)
        page.get_by_role("option", name=label, exact=True).click()
    page.wait_for_url(re.compile(rf"[?&]{parameter}={re.escape(value)}(&|$)"))
    settled(page)


def choice(parameter: str) -> tuple[str, str]:
    """Return what is chosen from a filter: its name, and what the address says of it."""
    if parameter != "rule":
        return CHOICES[parameter]
    with (_SEEDS / "rules.csv").open(encoding="utf-8", newline="") as lines:
        names = {row["rule"]: row["name_nb"] for row in csv.DictReader(lines)}
    return names["systems_disagree"], "systems_disagree"


def tables(page: Page) -> Locator:
    """Return the tables of the page."""
    return page.locator("table.figures")


def opened(open_page: Open, scene: Scene) -> Page:
    """Open a page and wait for its pictures: they come after its words."""
    page = open_page(scene.path)
    expect(page.locator(PICTURE)).to_have_count(scene.pictures)
    return page


def unfold(expanders: Locator) -> None:
    """Unfold each: it shows the figures behind a picture, or a command that is to be copied."""
    # What is unfolded pushes down what follows, and a click waits until that stands still.
    for expander in reversed(expanders.all()):
        held = expander.locator('table.figures, [data-testid="stCode"]')
        expect(held).not_to_be_in_viewport()
        expander.locator("summary").click()
        expect(expander.locator("details")).to_have_attribute("open", "")
        held.scroll_into_view_if_needed()
        expect(held).to_be_in_viewport()
