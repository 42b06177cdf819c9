"""The pages for those who do not see them, or have no mouse: WCAG 2.1 A and AA, and what lies beyond.

axe looks for what a program can see. The rest is tried: the language, the words for each picture, its
table, where the keyboard is and that it reaches everything.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dashboards.pages import PageKey
from tests.browser.conftest import Open, Scheme, settled

DESK, PHONE = 1280, 390
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
    "resultTypes": ["violations"],
}
FRONTS = [f"/?role={role}" for role in ("leader", "analyst", "steward")]
PATHS = [*FRONTS, *(f"/{page}" for page in PageKey if page is not PageKey.FRONT)]
LANGUAGES = ["nb", "nn", "en"]
# What the framework does, and why it stands: the rule, and what it is found in.
_OF_THE_FRAMEWORK: dict[str, str] = {}
# What the framework says in English where nobody has told it the page's language.
_ENGLISH = re.compile(
    r"App pages|Navigate to|Skip to main|^Logo$|^Open$|^Close$|sidebar", re.IGNORECASE
)


def _violations(page: Page) -> list[str]:
    """Return what axe finds that is not the framework's own."""
    found: list[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in found
        for node in violation["nodes"]
        if _OF_THE_FRAMEWORK.get(violation["id"], "\0") not in node["html"]
    ]


def _names(page: Page) -> list[str]:
    """Return every name and text that stands on the page outside of its pictures."""
    names: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('[aria-label], img, button, a')]
            .filter((each) => !each.closest('.js-plotly-plot'))
            .flatMap((each) => [each.ariaLabel, each.alt, each.title, each.textContent.trim()])
            .filter(Boolean)"""
    )
    return names


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_no_page_keeps_anybody_out(open_page: Open, path: str, scheme: Scheme) -> None:
    page = open_page(path, scheme=scheme)
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        settled(page)
        assert _violations(page) == []
    _require_words_for_pictures(page)


def _require_words_for_pictures(page: Page) -> None:
    """Hold that each picture is told in words and numbers, and each table named."""
    described = page.get_by_test_id("stPlotlyChart")
    for number in range(described.count()):
        expect(described.nth(number)).to_have_accessible_name(re.compile(r".{40,}"))
    if described.count():
        assert page.locator("table.figures").count() >= 1
    for frame in page.locator(".table-frame").all():
        expect(frame.locator("caption")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_window_that_explains_keeps_nobody_out(
    open_page: Open, width: int, scheme: Scheme
) -> None:
    page = open_page("/coverage?lang=nn", width=width, scheme=scheme)
    opener = page.locator(".st-key-explain_groups button")
    opener.press("Enter")
    window = page.get_by_role("dialog")
    expect(window.locator("table.figures").first).to_be_visible()
    settled(page)
    assert _violations(page) == []
    expect(window.get_by_role("button", name="Lukk")).to_be_visible()
    page.keyboard.press("Escape")
    expect(window).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [DESK, PHONE])
def test_where_a_picture_is_from_keeps_nobody_out(
    open_page: Open, width: int, scheme: Scheme
) -> None:
    page = open_page("/coverage", width=width, scheme=scheme)
    page.locator(".st-key-about_coverage button").press("Enter")
    shown = page.locator('[data-testid="stPopoverBody"]')
    expect(shown.get_by_role("button", name="Last ned CSV")).to_be_visible()
    settled(page)
    assert _violations(page) == []
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_one_language(open_page: Open, language: str) -> None:
    page = open_page(f"/coverage?lang={language}")
    expect(page.locator("html")).to_have_attribute("lang", language)
    own = {"nb": "Hopp til innholdet", "nn": "Hopp til innhaldet", "en": "Skip to the content"}
    expect(page.get_by_test_id("stSkipToContent")).to_have_text(own[language])
    assert [name for name in _names(page) if _ENGLISH.search(name)] == []


def test_the_language_of_names_follows_a_choice(open_page: Open) -> None:
    page = open_page("/coverage?lang=nb")
    page.get_by_role("radio", name="English").or_(
        page.get_by_role("button", name="English")
    ).first.click()
    page.wait_for_url(re.compile("lang=en"))
    settled(page)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_test_id("stTopNav")).to_have_accessible_name("Pages")


def test_the_keyboard_reaches_everything_and_is_seen(open_page: Open) -> None:
    page = open_page("/coverage")
    page.locator("body").press("Tab")
    reached: list[str] = []
    for _ in range(60):
        where = page.evaluate(
            """() => {
                const here = document.activeElement;
                const shown = [here, here.parentElement, here.parentElement?.parentElement].some(
                    (each) => each && (
                        getComputedStyle(each).outlineStyle !== 'none'
                        || getComputedStyle(each).boxShadow !== 'none'
                        || getComputedStyle(each).borderColor === getComputedStyle(
                            document.documentElement).getPropertyValue('--accent')
                        || (here.tagName === 'INPUT')
                    ));
                return [
                    here.tagName, here.ariaLabel || here.textContent.trim().slice(0, 40), shown
                ];
            }"""
        )
        tag, name, is_seen = where
        if tag == "BODY":
            break
        reached.append(name)
        assert is_seen or tag == "MAIN", f"nobody sees that the keyboard is at {name}"
        page.keyboard.press("Tab")
    for name in ("Kommune", "Telledato", "Indikator", "Aldersgruppe", "Tjenesteområde"):
        assert name in reached
    assert any("Kilde og nedlasting" in name for name in reached)
    assert any("Forklar tallet" in name for name in reached)


def test_a_filter_is_changed_by_keyboard_alone(open_page: Open) -> None:
    page = open_page("/coverage")
    page.locator(".st-key-choose_municipality").get_by_role("combobox").focus()
    page.keyboard.type("Senja")
    page.get_by_role("option", name="Senja", exact=True).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("municipality=5530"))
    settled(page)
    expect(page.locator(".st-key-choose_municipality").get_by_role("combobox")).to_have_value(
        "Senja"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_name_can_be_read_in_light_and_dark(open_page: Open, scheme: Scheme) -> None:
    page = open_page("/coverage", scheme=scheme)
    source = page.locator('img[data-testid="stHeaderLogo"]').evaluate(
        "logo => atob(logo.src.split(',')[1])"
    )
    assert ("#e8edf1" in source) == (scheme == "dark")
    assert "currentColor" not in source


def test_the_page_follows_when_the_readers_colours_change(open_page: Open) -> None:
    page = open_page("/coverage?municipality=5530")
    for scheme in ("dark", "light"):
        with page.expect_navigation(url=re.compile("municipality=5530")):
            page.emulate_media(color_scheme=scheme)
        settled(page)
        expect(page.locator("html")).to_have_css("color-scheme", scheme)
        assert _violations(page) == []
