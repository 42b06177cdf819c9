"""What readers take along, made in a real browser: pictures as files, prints, the sheet, views."""

from __future__ import annotations

import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import Open, Scheme, settled
from tests.browser.scenes import about

COVERAGE = "/coverage?lang=nb&municipality=5530"
SVG = "{http://www.w3.org/2000/svg}"
TITLE = "Aldersgruppen 0-17 år ligger"
SOURCE = "Kilde: Gerica, leveranser til og med 31.12.2025"
PUBLICATION = "Publisering: 20251231-0a1b2c3d4e, laget 15.01.2026"
PATIENCE = 90_000  # milliseconds: files are made while one waits
WHITE = {"#ffffff", "rgb(255, 255, 255)"}


def _saved(page: Page, kind: str, folder: Path) -> Path:
    page.locator(".st-key-picture_groups .main-svg").first.wait_for()
    with page.expect_download(timeout=PATIENCE) as started:
        about(page, "coverage").locator(f'[data-take="{kind}"]').click()
    assert started.value.suggested_filename == (
        f"samordna-groups-5530-20251231-coordinator_coverage.{kind}"
    )
    file = folder / f"picture.{kind}"
    started.value.save_as(file)
    return file


def _words(file: Path) -> str:
    texts = ElementTree.parse(file).getroot().iter(f"{SVG}text")
    return " ".join("".join(text.itertext()) for text in texts).replace("\u00a0", " ")


def _paper(file: Path) -> str:
    rectangle = ElementTree.parse(file).getroot().find(f"{SVG}rect")
    assert rectangle is not None
    return rectangle.get("fill", "")


def test_a_picture_is_saved_as_a_drawing_that_says_what_it_is(
    open_page: Open, tmp_path: Path
) -> None:
    file = _saved(open_page(COVERAGE), "svg", tmp_path)
    written = _words(file)
    for words in (TITLE, "Senja, 31. desember 2025", "Telledato: 31.12.2025", SOURCE, PUBLICATION):
        assert words in written
    assert "Utvalg: Kommune: Senja" in written
    assert "Færre enn 10 personer" in written  # the remarks, without which the marks mean nothing
    assert "Hjemmetjenester" in written  # and the picture itself
    assert _paper(file) in WHITE


def test_a_picture_is_saved_as_an_image_twice_as_sharp(open_page: Open, tmp_path: Path) -> None:
    page = open_page(COVERAGE)
    drawing = ElementTree.parse(_saved(page, "svg", tmp_path)).getroot()
    content = _saved(page, "png", tmp_path).read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    assert (width, height) == (2 * int(drawing.get("width", 0)), 2 * int(drawing.get("height", 0)))
    assert len(content) > 50_000


def test_files_of_a_dark_page_are_light_and_the_page_stays_dark(
    open_page: Open, tmp_path: Path
) -> None:
    page = open_page(COVERAGE, scheme="dark")
    before = page.locator(".main-svg").first.get_attribute("style")
    file = _saved(page, "svg", tmp_path)
    assert _paper(file) in WHITE
    assert "rgb(18, 24, 28)" not in file.read_text("utf-8")
    assert page.locator(".main-svg").first.get_attribute("style") == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_print_has_pages_of_a4_without_menus_and_with_whole_tables(
    open_page: Open, tmp_path: Path, scheme: Scheme
) -> None:
    page = open_page(COVERAGE, scheme=scheme)
    before = page.locator(".main-svg").first.get_attribute("style")
    file = tmp_path / "print.pdf"
    page.pdf(path=file, prefer_css_page_size=True, print_background=True)
    pages = PdfReader(file).pages
    assert {round(float(each.mediabox.width) * 25.4 / 72) for each in pages} == {210}
    text = " ".join(" ".join(each.extract_text().split()) for each in pages)
    for words in ("Dekning", "59,0 %", TITLE, SOURCE):
        assert words in text
    beside = ("nedlasting", "Skriv ut", "Lagrede visninger", "Oppfølging", "Forklar tallet")
    for words in ("Last ned", *beside):
        assert words not in text
    rows = page.locator("table.figures").first.locator("tbody tr").count()
    assert text.count("Hjemmetjenester") + text.count("Barnevern") > 8
    assert rows > 70
    assert all(each.extract_text().strip() for each in pages)
    assert page.locator(".main-svg").first.get_attribute("style") == before


def test_no_picture_is_wider_than_the_paper(open_page: Open) -> None:
    page = open_page(COVERAGE)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 within its margins
    widest = page.evaluate(
        """() => Math.max(...[...document.querySelectorAll('.svg-container, table.figures')]
            .map((element) => element.getBoundingClientRect().right))"""
    )
    assert widest <= 703
    page.emulate_media(media="screen")


def test_the_page_prints_at_a_click(open_page: Open) -> None:
    page = open_page(COVERAGE)
    page.evaluate("window.print = () => { window.printed = true; }")
    page.get_by_role("button", name="Skriv ut").click()
    assert page.evaluate("window.printed")


def test_the_sheet_is_one_page(open_page: Open, tmp_path: Path) -> None:
    page = open_page(COVERAGE)
    with page.expect_download(timeout=PATIENCE) as started:
        page.get_by_role("button", name="Last ned PDF").click()
    assert started.value.suggested_filename == "samordna-coverage-5530-20251231.pdf"
    file = tmp_path / "sheet.pdf"
    started.value.save_as(file)
    (sheet,) = PdfReader(file).pages
    text = " ".join(sheet.extract_text().split())
    for words in ("Dekning", "59,0 %", TITLE, SOURCE):
        assert words in text


def test_a_picture_is_copied_as_text_with_where_it_is_from(open_page: Open) -> None:
    page = open_page(COVERAGE)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown = about(page, "coverage")
    shown.get_by_role("button", name="Kopier som tekst").click()
    expect(shown.get_by_role("button", name="Teksten er kopiert")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()").replace("\u00a0", " ")
    for words in (TITLE, "Færre enn 10 personer", SOURCE, PUBLICATION, "Utvalg: Kommune: Senja"):
        assert words in copied


def test_the_link_is_copied_and_says_so(open_page: Open) -> None:
    page = open_page(COVERAGE)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopier lenke til visningen").click()
    expect(page.get_by_role("button", name="Lenken er kopiert")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_the_window_takes_the_focus_and_gives_it_back(open_page: Open) -> None:
    page = open_page(COVERAGE)
    page.get_by_role("button", name="Forklar tallet").first.click()
    window = page.get_by_role("dialog", name="Koordinatordekning")
    expect(window.get_by_role("heading", name="Hvem som kan mangle")).to_be_visible()
    expect(window.locator(".address code")).to_contain_text(page.url)
    assert page.evaluate("document.activeElement.closest('[role=dialog]') !== null")
    page.keyboard.press("Escape")
    expect(window).to_have_count(0)
    focused = page.evaluate("document.activeElement.innerText")
    assert "Forklar tallet" in focused


def test_a_view_is_found_again_by_its_name(open_page: Open) -> None:
    page = open_page(f"{COVERAGE}&indicator=plan_coverage")
    page.get_by_role("button", name="Lagrede visninger").click()
    page.get_by_label("Navn på visningen").fill("1. kvartal: *planer*")
    page.get_by_role("button", name="Lagre visningen").click()
    expect(page.get_by_text("Visningen «1. kvartal: planer» er lagret.")).to_be_visible()
    other = open_page("/registration?lang=nn")
    other.get_by_role("button", name="Lagra visingar").click()
    other.get_by_role("link", name="1. kvartal: planer (Dekning)").click()
    other.wait_for_url("**/coverage?**indicator=plan_coverage**")
    settled(other)
    expect(other.locator("html")).to_have_attribute("lang", "nn")
    other.get_by_role("button", name="Lagra visingar").click()
    other.get_by_role("button", name="Slett 1. kvartal: planer").click()
    expect(other.get_by_text("er sletta")).to_be_visible()


def test_a_table_is_pasted_as_a_table(open_page: Open) -> None:
    page = open_page("/budget?lang=nb&municipality=5530")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    settled(page)
    frame = page.locator(".table-frame").first
    title = str(frame.get_attribute("aria-label"))
    page.get_by_role("button", name="Kilde og nedlasting").first.click()
    button = page.get_by_role("button", name="Kopier tabellen")
    button.click()
    expect(page.get_by_role("button", name="Tabellen er kopiert")).to_be_visible()
    plain, pasted = page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read();
          const text = async (type) => (await item.getType(type)).text();
          return [await text("text/plain"), await text("text/html")];
        }"""
    )
    page.keyboard.press("Escape")
    rows = [
        [cell.text_content() for cell in row.locator("th, td").all()]
        for row in frame.locator("tr").all()
    ]
    lines = plain.split("\n")
    assert lines[0] == title
    assert [line.split("\t") for line in lines[1 : len(rows) + 1]] == rows
    assert any(line.startswith("Kilde: ") for line in lines[len(rows) + 1 :])
    sheet = page.context.new_page()
    sheet.set_content(pasted)
    found = [
        [cell.text_content() for cell in row.locator("th, td").all()]
        for row in sheet.locator("tr").all()
    ]
    assert found == rows
    assert sheet.get_by_text(title).count() == 1
    assert sheet.get_by_text("Kilde: ").count() == 1
    sheet.close()
