"""What each page holds, what is done with it, and what is read from it: shared by the tests."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from dagster_project.config.paths import Home
from dashboards.content.section import Section
from dashboards.pages import PageKey
from dashboards.render.page_runner import open_view, sections_of
from dashboards.render.sections import is_closed
from dashboards.view.preferences import Preferences
from dashboards.view.state import Parameter, Role
from tests.browser.conftest import LOOKS_EVERY, Open, settled
from tests.support.publication import LARGE, standing_home

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
    "month": ("Juni 2025", "2025-06"),
    "among": ("Kommuner som ligner", "similar"),
    "by": ("Tjenesteområder", "areas"),
    "scenario": ("Vedtatt mål", "vedtatt-mal.yml"),
}


@dataclass(frozen=True)
class Scene:
    """A page, or the front page of one role, and everything that stands on it.

    What stands on it is what its sections say, by the keys that they give: a control that the page
    draws and no section asks for is noticed, and so is one that a section asks for and nobody draws.
    """

    page: PageKey
    role: str = "leader"
    # Filters that only decide what another has to choose from.
    offering: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where it opens."""
        return f"/{self.page.address}?municipality={LARGE}&role={self.role}"

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """What the page is made of, as it opens."""
        asked = {"municipality": [LARGE], "role": [self.role]}
        preferences = Preferences(municipality=LARGE)
        opened = open_view(self.page, Home(standing_home()), preferences, asked)
        return tuple(sections_of(self.page, opened.labels, opened.view))

    @property
    def filters(self) -> tuple[str, ...]:
        """The filters, but for language and role."""
        rows = [row for section in self.sections for row in section.filters]
        return tuple(str(each) for row in rows for each in row if each is not Parameter.ROLE)

    @property
    def pictures(self) -> int:
        """How many pictures there are, the small ones of figures with them."""
        return sum(bool(each.picture) + len(each.key_figures) for each in self.sections)

    @property
    def expanders(self) -> int:
        """How many parts are opened by a click: long tables, scenarios, taking a delivery back."""
        return sum(
            is_closed(each) + bool(each.deliveries) + bool(each.scenario) + each.makes_report
            for each in self.sections
        )

    @property
    def explained(self) -> list[str]:
        """The figures that explain themselves."""
        return [
            key
            for section in self.sections
            for key in (
                *(figure.key for figure in section.key_figures),
                *([section.key] if section.explained else []),
            )
        ]

    @property
    def sourced(self) -> dict[str, Section]:
        """The pictures and tables that say where they are from, and have files."""
        return {
            each.files or each.key: each
            for each in self.sections
            if each.notes and (each.picture or each.table)
        }

    @property
    def tables(self) -> int:
        """How many tables there are."""
        return sum(bool(each.table) for each in self.sections)

    @property
    def ways(self) -> list[PageKey]:
        """The pages that links of its own lead to."""
        ways = [
            way
            for section in self.sections
            for way in (*(figure.way for figure in section.key_figures), section.way)
        ]
        return [way.page for way in ways if way]

    @property
    def linked_tables(self) -> int:
        """How many of its tables have links."""
        return sum(any(each.links) for each in self.sections)


# What decides what another filter has to choose from, or what is made later.
OFFERING = {PageKey.REGISTRATION: ("ages",), PageKey.REPORT: ("scenario",)}
SCENES = {
    **{role: Scene(PageKey.FRONT, role=role) for role in Role},
    **{
        page: Scene(page, offering=OFFERING.get(page, ()))
        for page in PageKey
        if page is not PageKey.FRONT
    },
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
_BESIDE_THE_CONTENT = (
    ', .notes, .subject, caption, [class*="st-key-choose_"], [class*="st-key-head"]'
    ', [data-testid="stExpander"] summary'
)


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


def about(page: Page, name: str) -> Locator:
    """Open what a picture or a table is made from, and its files; return what is shown."""
    shown = page.locator('[data-testid="stPopoverBody"]')
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    page.locator(f".st-key-about_{name} button").click()
    expect(shown).to_be_visible()
    return shown


def unfold(expanders: Locator) -> None:
    """Unfold each: it shows the figures behind a picture, or a command that is to be copied."""
    # What is unfolded pushes down what follows, and a click waits until that stands still.
    for expander in reversed(expanders.all()):
        held = expander.locator('table.figures, [data-testid="stCode"], [data-testid="stForm"]')
        expect(held).not_to_be_in_viewport()
        expander.locator("summary").click()
        expect(expander.locator("details")).to_have_attribute("open", "")
        held.scroll_into_view_if_needed()
        expect(held).to_be_in_viewport()
