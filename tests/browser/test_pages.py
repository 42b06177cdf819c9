"""The dashboards as a reader meets them: in a browser, by hand."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.conftest import Open, settled
from tests.browser.scenes import about, choose, query

COVERAGE = "/coverage"


def _picture(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-picture_{key} .plot-container")


def _written_in(picture: Locator) -> str:
    return picture.text_content() or ""


def test_each_filter_changes_the_picture_and_the_address(open_page: Open) -> None:
    page = open_page(COVERAGE)
    for key, parameter, label, value in (
        ("groups", "municipality", "Senja", "5530"),
        ("groups", "date", "30. november 2024", "2024-11-30"),
        ("groups", "indicator", "Plandekning", "plan_coverage"),
        ("groups", "ages", "Barn og unge (0-5 til 18-24)", "childhood"),
        ("series", "age", "0-5", "0-5"),
        ("series", "area", "Skole og SFO", "school"),
    ):
        before = _written_in(_picture(page, key))
        choose(page, parameter, label, value)
        expect(_picture(page, key)).not_to_have_text(before)
    page.get_by_role("button", name="Asker", exact=True).click()
    page.wait_for_url(re.compile("compare=3203"))
    settled(page)
    expect(_picture(page, "series")).to_contain_text("Asker")


def test_the_language_is_changed_in_place(open_page: Open) -> None:
    page = open_page(f"{COVERAGE}?municipality=5530")
    page.get_by_role("radio", name="Nynorsk").or_(
        page.get_by_role("button", name="Nynorsk")
    ).first.click()
    page.wait_for_url(re.compile("lang=nn"))
    settled(page)
    expect(page.locator("html")).to_have_attribute("lang", "nn")
    expect(page.locator(".lead")).to_contain_text("målgruppa har koordinator")
    assert query(page)["municipality"] == ["5530"]


def test_a_pasted_address_opens_the_same_view(open_page: Open) -> None:
    first = open_page(COVERAGE)
    choose(first, "municipality", "Senja", "5530")
    choose(first, "indicator", "Levende planer", "living_plan_share")
    second = open_page(first.url.removeprefix(f"http://{urlsplit(first.url).netloc}"))
    assert second.url == first.url
    assert second.locator(".lead").inner_text() == first.locator(".lead").inner_text()
    assert _written_in(_picture(second, "groups")) == _written_in(_picture(first, "groups"))


def test_the_view_follows_to_the_other_page_and_back(open_page: Open) -> None:
    page = open_page(f"{COVERAGE}?municipality=5530&indicator=plan_coverage")
    page.get_by_role("button", name="Grunnlaget").click()
    page.get_by_role("menuitem", name="Fra registrering til tall").click()
    page.wait_for_url(re.compile("/registration.*municipality=5530.*indicator=plan_coverage"))
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Fra registrering til tall")
    page.go_back()
    page.wait_for_url(re.compile(r"/coverage\?.*municipality=5530"))
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Dekning")


def test_the_figure_leads_to_where_it_comes_from(open_page: Open) -> None:
    page = open_page(f"{COVERAGE}?municipality=5530&age=0-17")
    page.get_by_role("link", name="Slik er tallet regnet ut").click()
    page.wait_for_url(re.compile("/registration.*municipality=5530.*age=0-17"))
    settled(page)
    expect(page.locator(".lead")).to_contain_text("Koordinatordekning, 0-17 år")


def test_going_back_undoes_a_choice(open_page: Open) -> None:
    page = open_page(COVERAGE)
    lead = page.locator(".lead").inner_text()
    choose(page, "municipality", "Senja", "5530")
    expect(page.locator(".lead")).not_to_have_text(lead)
    page.go_back()
    page.wait_for_url(re.compile("municipality=3203"))
    expect(page.locator(".lead")).to_have_text(lead)


def test_files_open_and_hold_what_the_page_shows(open_page: Open, tmp_path: Path) -> None:
    page = open_page(f"{COVERAGE}?municipality=5530")
    files = {}
    for kind, label in (("csv", "Last ned CSV"), ("xlsx", "Last ned Excel")):
        with page.expect_download() as started:
            about(page, "coverage").get_by_role("button", name=label).click()
        assert started.value.suggested_filename == (
            f"samordna-coverage-5530-20251231-coordinator_coverage.{kind}"
        )
        files[kind] = tmp_path / f"file.{kind}"
        started.value.save_as(files[kind])
    total = [
        cell.replace("\u00a0", " ")
        for cell in page.locator("table.figures")
        .first.locator("tfoot th, tfoot td")
        .all_text_contents()
    ]
    lines = list(csv.reader(io.StringIO(files["csv"].read_text("utf-8-sig")), delimiter=";"))
    assert lines[-1][: len(total)] == total
    sheet = CalamineWorkbook.from_path(files["xlsx"]).get_sheet_by_name("Tall").to_python()
    assert [str(cell).replace(".", ",").removesuffix(",0") for cell in sheet[-1][2:]] == [
        cell.removesuffix(",0") for cell in total[2:]
    ]


def test_a_rule_of_the_picture_leads_to_its_rows(open_page: Open) -> None:
    page = open_page("/registration")
    page.locator(".st-key-picture_steps_coordinator .ytick a").first.click()
    page.wait_for_url(re.compile("rule=missing_required.*#rows"))
    settled(page)
    rows = page.locator('[aria-label^="Rader med funn: Et påkrevd felt mangler"] tbody tr')
    expect(rows).to_have_count(3)
    expect(page.get_by_role("heading", name="Rader med funn: Et påkrevd")).to_be_in_viewport()
    expect(rows.first).to_be_visible()


def test_a_table_sorts_by_its_headings(open_page: Open) -> None:
    page = open_page(COVERAGE)
    page.get_by_test_id("stExpander").first.locator("summary").click()
    table = page.locator("table.figures").first
    table.get_by_role("button", name="Med koordinator (antall)").click()
    expect(table.locator('th[aria-sort="ascending"]')).to_have_count(1)
    table.get_by_role("button", name="Med koordinator (antall)").click()
    expect(table.locator('th[aria-sort="descending"]')).to_have_count(1)
    cells = table.locator("tbody tr td:nth-child(3)").evaluate_all(
        "cells => cells.map((cell) => cell.dataset.sort)"
    )
    numbers = [int(cell) for cell in cells]
    assert numbers == sorted(numbers, reverse=True)
    # The sum stays where it is: last.
    expect(table.locator("tfoot th")).to_have_text("Alle områder")


def test_an_address_edited_by_hand_is_answered_in_words(open_page: Open) -> None:
    page = open_page(f"{COVERAGE}?lang=en&date=2099-01-01&municipality=%3Cscript%3E")
    expect(page.get_by_role("alert")).to_have_count(2)
    expect(page.get_by_role("alert").first).to_contain_text("is not found here")
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
