"""What a reader chooses on the page itself: a cell of the heat map, a part from the contents."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open, settled
from tests.browser.scenes import SCENES, query

COVERAGE = "/coverage?lang=nb&municipality=3203"
WIDE, PHONE = 1366, 390


def _cell(page: Page, group: str) -> Locator:
    return page.locator(f'path[role="button"][aria-label*="{group}"]')


def _chosen(page: Page, age: str, area: str) -> None:
    page.wait_for_url(re.compile(rf"age={age}&area={area}&"))
    settled(page)


def test_a_click_on_a_cell_chooses_its_group_and_a_second_one_everybody(open_page: Open) -> None:
    page = open_page(COVERAGE)
    everybody = page.locator(".lead").inner_text()
    for age, area, says in (("0-17", "school", "0-17 år, Skole og SFO: "), ("all", "all", "")):
        cell = _cell(page, "Skole og SFO, 0-17 år")
        cell.scroll_into_view_if_needed()
        settled(page)
        box = cell.bounding_box()
        assert box
        page.mouse.move(box["x"] + 5, box["y"] + 5)
        page.mouse.click(box["x"] + 5, box["y"] + 5)
        _chosen(page, age, area)
        lead = page.locator(".lead").inner_text()
        assert lead.startswith(says) if says else lead == everybody
    page.go_back()
    _chosen(page, "0-17", "school")
    expect(page.locator(".st-key-choose_age").get_by_role("combobox")).to_have_value("0-17")
    expect(page.locator(".st-key-picture_groups .shapelayer path")).to_have_count(1)


def test_the_keyboard_chooses_a_cell_and_stays_there(open_page: Open) -> None:
    page = open_page(COVERAGE)
    page.locator('path[role="button"][tabindex="0"]').focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    here = page.evaluate("document.activeElement.ariaLabel")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"area=(?!all)"))
    settled(page)
    group = page.locator(".lead").inner_text().partition(":")[0].partition(",")[0]
    assert group in here
    page.wait_for_function("(here) => document.activeElement.ariaLabel === here", arg=here)
    page.keyboard.press("Enter")
    _chosen(page, "all", "all")


def test_a_finger_scrolls_the_page_and_taps_a_cell(open_page: Open) -> None:
    page = open_page(COVERAGE, width=PHONE)
    fingers = page.context.new_cdp_session(page)
    fingers.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.reload()
    settled(page)
    cell = _cell(page, "Skole og SFO, 0-17 år")
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    assert box
    at = {"x": box["x"] + 10, "y": box["y"] + 10}
    before = page.get_by_test_id("stMain").evaluate("main => main.scrollTop")
    fingers.send("Input.synthesizeScrollGesture", {**at, "yDistance": -150, "speed": 800})
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollTop") > before
    box = cell.bounding_box()
    assert box
    fingers.send("Input.synthesizeTapGesture", {"x": box["x"] + 10, "y": box["y"] + 10})
    _chosen(page, "0-17", "school")


def test_the_contents_lead_to_the_parts_by_keyboard_and_a_phone_has_none(open_page: Open) -> None:
    page = open_page("/coordinators", width=WIDE)
    contents = page.get_by_role("navigation", name="På denne siden").get_by_role("link")
    headings = [each.heading for each in SCENES["coordinators"].sections if each.heading]
    assert contents.all_inner_texts() == headings
    contents.last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=headings[-1], exact=True)).to_be_in_viewport()
    settled(page)
    assert query(page)["municipality"]
    page.set_viewport_size({"width": PHONE, "height": 900})
    expect(contents.first).to_be_hidden()


def test_the_menu_of_a_phone_closes_when_a_page_is_chosen(open_page: Open) -> None:
    page = open_page("/", width=PHONE)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Dekning").click()
    page.wait_for_url(re.compile("/coverage"))
    settled(page)
    for _ in range(2):
        expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
        page.reload()
        settled(page)


def test_every_control_of_the_comparison_that_no_filter_is_changes_it(open_page: Open) -> None:
    page = open_page("/comparison?municipality=3203")
    page.locator(".st-key-weight_size").get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("weights=2-1-1"))
    settled(page)
    for name, weights in (("ages", "2-0-1"), ("need", "2-0-0")):
        page.locator(f".st-key-weight_{name}").get_by_role("slider").focus()
        page.keyboard.press("ArrowLeft")
        page.wait_for_url(re.compile(f"weights={weights}"))
        settled(page)
    page = open_page("/comparison?municipality=3203&among=chosen")
    beside = page.locator(".st-key-choose_peers")
    beside.get_by_role("button", name="Kinn").click()
    page.wait_for_url(re.compile("peers=4602"))
    settled(page)
    assert "Kinn" in page.get_by_test_id("stMain").inner_text()
