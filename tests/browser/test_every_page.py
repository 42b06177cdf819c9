"""Every page and all that stands on it: drawn, spoken in three languages, used, left and come back to."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from dashboards.i18n.texts import Language, Texts
from dashboards.pages import MENU, PageKey
from tests.browser import scenes
from tests.browser.conftest import Open, settled
from tests.browser.scenes import EVERY_PAGE, PICTURE, SCENES, Scene, opened, unfold
from tests.support.languages import in_another_language

NB = Texts(Language.NB)
PHONE = 390


def _is_at(page: Page, key: PageKey) -> None:
    """Wait until a page is shown."""
    page.wait_for_url(lambda url: urlsplit(url).path == ("/" if key == "front" else f"/{key}"))
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(NB(f"{key}.heading"))


def _widths(page: Page) -> list[int]:
    return page.evaluate(
        """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
            .map((element) => element.scrollWidth)"""
    )


@EVERY_PAGE
def test_it_is_drawn_in_three_languages_on_a_phone(open_page: Open, scene: Scene) -> None:
    page = open_page(f"{scene.path}&lang=nb", width=PHONE)
    for language in Language:
        texts = Texts(language)
        if language is not Language.NB:
            page.locator(".st-key-choose_lang").get_by_text(texts(f"language.{language}")).click()
            page.wait_for_url(re.compile(f"lang={language}"))
            settled(page)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.get_by_role("heading", level=1)).to_have_text(texts(f"{scene.page}.heading"))
        expect(page.locator(".lead")).to_have_count(1)
        expect(page.locator(PICTURE)).to_have_count(scene.pictures)
        assert scenes.tables(page).count() == scene.tables
        for unexpected in (".told", '[data-testid="stException"]', '[data-testid="stAlert"]'):
            expect(page.locator(unexpected)).to_have_count(0)
        assert all(
            scenes.tables(page).nth(number).locator("tbody tr").count()
            for number in range(scenes.tables(page).count())
        )
        described = [text for text in scenes.spoken(page) if len(text) > 60]
        assert len(described) >= scene.pictures
        said = scenes.written(page) + scenes.spoken(page)
        assert in_another_language(language, said) == []
        # A sentence put together of sentences ends once.
        assert [text for text in said if re.search(r"\w\.\.( |$)", text)] == []
        assert max(_widths(page)) <= PHONE


@EVERY_PAGE
def test_every_control_changes_the_page_and_the_address(open_page: Open, scene: Scene) -> None:
    page = opened(open_page, scene)
    shown = {"lang", *scene.filters} | ({"role"} if scene.page is PageKey.FRONT else set())
    assert set(scenes.keys(page, "choose")) == shown
    expanders = page.locator('[data-testid="stExpander"]')
    expect(expanders).to_have_count(scene.expanders)
    unfold(expanders)
    for number, parameter in enumerate(scene.filters):
        before = scenes.content(page)
        scenes.choose(page, parameter, *scenes.choice(parameter))
        if parameter not in scene.offering:
            scenes.wait_for_content(page, before, same=False)
        if number == 0:
            after = scenes.content(page)
            page.go_back()
            scenes.wait_for_content(page, before, same=True)
            page.go_forward()
            scenes.wait_for_content(page, after, same=True)
    for parameter in scene.filters:
        # Another scheme has other groups; all that was chosen is still there.
        assert scenes.query(page)[parameter] == [scenes.choice(parameter)[1]]
    expect(page.get_by_role("alert")).to_have_count(0)


@EVERY_PAGE
def test_every_link_leads_to_a_page_and_back(open_page: Open, scene: Scene) -> None:
    page = opened(open_page, scene)
    here = page.url
    links = page.locator('[data-testid="stPageLink"] a')
    expect(links).to_have_count(len(scene.ways))
    for number, key in enumerate(scene.ways):
        links.nth(number).click()
        _is_at(page, key)
        assert scenes.query(page)["municipality"] == scenes.query_of(here)["municipality"]
        page.go_back()
        page.wait_for_url(here)
        settled(page)
    linked = page.locator("table.figures:has(tbody a)")
    expect(linked).to_have_count(scene.linked_tables)
    for number in range(scene.linked_tables):
        linked.nth(number).locator("tbody a").first.click()
        page.wait_for_url(lambda url: url != here)
        settled(page)
        part = page.evaluate("location.hash")
        expect(page.locator(part or "h1").first).to_be_in_viewport()
        page.go_back()
        page.wait_for_url(here)
        settled(page)


def test_the_menu_leads_to_every_page(open_page: Open) -> None:
    page = open_page("/?municipality=5530")
    menu = page.get_by_test_id("stTopNav")
    for part, keys in MENU.items():
        for key in keys:
            if part:
                menu.get_by_role("button", name=NB(f"menu.{part}")).click()
                page.get_by_role("menuitem", name=NB(f"{key}.heading"), exact=True).click()
            else:
                menu.get_by_role("link", name=NB(f"{key}.heading")).click()
            _is_at(page, key)
            page.wait_for_url(re.compile("municipality=5530"))


def test_each_role_has_a_front_page_of_its_own(open_page: Open) -> None:
    page = opened(open_page, SCENES["leader"])
    first = before = scenes.content(page)
    for role in ("steward", "analyst", "leader"):
        page.locator(".st-key-choose_role").get_by_text(NB(f"role.{role}")).click()
        page.wait_for_url(re.compile(f"role={role}"))
        scenes.wait_for_content(page, before, same=False)
        before = scenes.content(page)
    scenes.wait_for_content(page, first, same=True)
