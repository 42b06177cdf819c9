"""A delivery is taken back on the page, and put back, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from dagster_project.landing.deliveries import Manifest, ManifestEntry
from dashboards.i18n.texts import Language, Texts
from tests.browser.conftest import Open, serving, settled
from tests.support import publication
from tests.support.publication import LARGE, NAMES
from tests.support.small_home import SmallHome, coordinator

SOURCE = f"koordinator_{NAMES[LARGE].lower()}"
FILE = f"{SOURCE}_20231231.csv"
REASON = "Bare halve registeret var med"
BEFORE = [coordinator(f"A-{number}", number, "2021-03-05") for number in range(1, 6)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> SmallHome:
    home = SmallHome(tmp_path_factory.mktemp("taking_back") / "home", municipality=LARGE)
    home.source(SOURCE, "koordinator")
    home.deliver(SOURCE, "20230630", BEFORE)
    home.deliver(SOURCE, "20231231", BEFORE[:2])
    home.land()
    publication.publish(home.home.root)
    return home


@pytest.fixture(scope="module")
def allowing(home: SmallHome) -> Iterator[str]:
    with serving(home.home.root, "--allow-withdraw") as address:
        yield address


def manifest(home: SmallHome) -> Manifest:
    return Manifest(home.home, home.source_named(SOURCE))


def counting(home: SmallHome) -> list[str]:
    return [entry.file for entry in manifest(home).in_force()]


def newest(home: SmallHome) -> ManifestEntry:
    return manifest(home).entries()[-1]


def opened(page: Page, address: str, texts: Texts) -> Locator:
    page.goto(f"{address}/quality?municipality={LARGE}&lang={texts.language}")
    settled(page)
    page.get_by_role("button", name=texts("taking_back.title")).click()
    return page.get_by_role("dialog")


def act(window: Locator, texts: Texts, kind: str, reason: str) -> None:
    window.get_by_label(texts("taking_back.why")).fill(reason)
    button = window.get_by_role("button", name=texts(f"taking_back.button.{kind}"), exact=True)
    expect(button).to_be_disabled()
    window.get_by_text(texts(f"taking_back.sure.{kind}", file=FILE)).click()
    expect(button).to_be_enabled()
    button.click()


@pytest.mark.parametrize("language", Language)
def test_a_delivery_is_taken_back_and_put_back_on_the_page(
    context: BrowserContext, home: SmallHome, allowing: str, language: Language
) -> None:
    texts = Texts(language)
    page = context.new_page()
    window = opened(page, allowing, texts)
    # The newest is chosen, and what it holds is told.
    expect(window.get_by_text(texts.date(newest(home).delivered))).to_be_visible()
    expect(window.get_by_text(texts.counted("row", 2))).to_be_visible()

    act(window, texts, "do", "")
    expect(window.get_by_text(texts("taking_back.refused.no_reason"))).to_be_visible()
    assert len(counting(home)) == 2

    window.get_by_label(texts("taking_back.why")).fill(REASON)
    button = window.get_by_role("button", name=texts("taking_back.button.do"), exact=True)
    button.click()
    expect(window.get_by_text(texts("taking_back.done.do", file=FILE))).to_be_visible()
    expect(window.get_by_text(texts("taking_back.then.undo"))).to_be_visible()
    trace = newest(home).trace[-1]
    assert re.fullmatch(r".+ \(dashboards\)", trace.by)
    assert trace.why == REASON
    assert home.land()[SOURCE].landed == []
    assert len(counting(home)) == 1

    act(window, texts, "undo", REASON)
    expect(window.get_by_text(texts("taking_back.done.undo", file=FILE))).to_be_visible()
    assert len(counting(home)) == 2
    page.close()


def test_where_it_is_not_allowed_the_page_shows_the_command(open_page: Open) -> None:
    page = open_page(f"/quality?municipality={LARGE}&lang=nb")
    texts = Texts(Language.NB)
    page.get_by_text(texts("taking_back.title")).click()
    expect(page.get_by_text("samordna withdraw")).to_be_visible()
    expect(page.get_by_text(texts("taking_back.not_allowed"))).to_be_visible()
    expect(page.get_by_role("button", name=texts("taking_back.title"))).to_have_count(0)
