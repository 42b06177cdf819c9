"""Every figure of every page: explained, and taken along in files that hold what the page shows."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import struct
from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from dashboards.content.section import Section
from dashboards.i18n.texts import Language, Texts
from tests.browser import scenes
from tests.browser.conftest import Open, settled
from tests.browser.scenes import EVERY_PAGE, Scene, opened, unfold

NB = Texts(Language.NB)
# A browser asks its reader before a page saves an eleventh file; nobody is there to answer.
TABLES_OF_A_TAB = 3
# Files are made while the reader waits; a PDF starts a browser of its own.
PATIENCE = 90_000  # milliseconds
SVG = "{http://www.w3.org/2000/svg}"


@EVERY_PAGE
def test_every_figure_explains_itself(open_page: Open, scene: Scene) -> None:
    page = opened(open_page, scene)
    assert scenes.keys(page, "explain") == scene.explained
    for key in scene.explained:
        page.locator(f".st-key-explain_{key} button").click()
        window = page.get_by_role("dialog")
        for part in ("figure", "comparability", "missing", "steps", "sources", "link"):
            heading = window.get_by_role("heading", name=NB(f"explanation.{part}"), exact=True)
            expect(heading).to_be_attached()
        settled(page)
        expect(window.locator(".remark").first).to_have_text(re.compile(r".{40,}"))
        sources = window.get_by_role("region", name=NB("explanation.sources_title"))
        assert sources.locator("tbody tr").count() > 0
        assert window.locator("table.figures").count() >= 3
        unfold(window.locator('[data-testid="stExpander"]'))
        expect(window.locator(".address code")).to_have_text(page.url)
        page.keyboard.press("Escape")
        expect(window).to_have_count(0)
        # The focus is back where it came from.
        page.wait_for_function(
            "(key) => document.activeElement.closest(`.st-key-explain_${key}`)", arg=key
        )
    if scene.explained:
        before, address = scenes.content(page), page.url
        page.goto(address)
        scenes.wait_for_content(page, before, same=True)
        assert page.url == address


@EVERY_PAGE
def test_every_file_holds_what_the_page_shows(
    open_page: Open, scene: Scene, tmp_path: Path
) -> None:
    page = opened(open_page, scene)
    assert scenes.keys(page, "about") == list(scene.sourced)
    drawn = [name for name, section in scene.sourced.items() if section.picture]
    if drawn:
        _check_picture(page, scene.sourced[drawn[0]], scenes.about(page, drawn[0]), tmp_path)
    tables = [(name, each.table) for name, each in scene.sourced.items() if each.table]
    for number, (name, of_section) in enumerate(tables):
        if number and number % TABLES_OF_A_TAB == 0:
            page = opened(open_page, scene)
        shown = _table_of(page, of_section.title)
        buttons = scenes.about(page, name).locator(f".st-key-files_{name}").get_by_role("button")
        expect(buttons).to_have_count(2)
        table = _saved(page, buttons.nth(0), tmp_path / f"{name}.csv")
        lines = list(csv.reader(io.StringIO(table.read_text("utf-8-sig")), delimiter=";"))
        width = len(shown[0])
        assert lines[0][width:] == ["Utvalg", "Kilde", "Publisering"]
        # A long table shows its first rows only; its file has all of them.
        assert [[_plain(cell) for cell in line[:width]] for line in lines[: len(shown)]] == shown
        workbook = _saved(page, buttons.nth(1), tmp_path / f"{name}.xlsx")
        _check_workbook(workbook, lines, width)
    page.keyboard.press("Escape")
    sheet = _saved(page, page.locator(".st-key-sheet").get_by_role("button"), tmp_path / "page.pdf")
    text = " ".join(" ".join(each.extract_text().split()) for each in PdfReader(sheet).pages)
    assert NB(f"{scene.page}.heading") in text


def _saved(page: Page, button: Locator, file: Path) -> Path:
    with page.expect_download(timeout=PATIENCE) as started:
        button.click()
    assert started.value.suggested_filename.startswith("samordna-")
    assert Path(started.value.suggested_filename).suffix == file.suffix
    started.value.save_as(file)
    return file


def _table_of(page: Page, title: str) -> list[list[str]]:
    """Return the table of a title, as it is shown."""
    rows = page.evaluate(
        """(title) => {
            const table = [...document.querySelectorAll('table.figures')].find((each) =>
                each.caption.textContent === title);
            return [...table.rows].map((row) => [...row.cells].map((cell) => {
                const copy = cell.cloneNode(true);
                for (const unseen of copy.querySelectorAll('.unseen')) unseen.remove();
                return copy.textContent;
            }));
        }""",
        title,
    )
    return [[_plain(cell) for cell in row] for row in rows]


def _plain(cell: str) -> str:
    """Return a cell without what pages and files write differently: marks between thousands, signs."""
    text = re.sub(r"(?<=\d)\u00a0(?=\d{3})", "", cell).replace("\u2212", "-").removeprefix("'")
    return text.removeprefix("+") if re.fullmatch(r"\+[\d,]+", text) else text


def _check_workbook(file: Path, lines: list[list[str]], width: int) -> None:
    """Hold the typed cells of a workbook against the text of the same table."""
    workbook = CalamineWorkbook.from_path(file)
    assert workbook.sheet_names == ["Tall", "Om tallene"]
    rows = workbook.get_sheet_by_name("Tall").to_python()
    assert rows[0] == lines[0][:width]
    assert len(rows) == len(lines)
    for row, line in zip(rows[1:], lines[1:], strict=True):
        for cell, text in zip(row, line, strict=False):
            if isinstance(cell, dt.date):
                assert f"{cell:%d.%m.%Y}" == text
            elif isinstance(cell, int | float):
                assert float(text.replace(",", ".")) == cell
            else:
                assert cell == text
                assert not re.fullmatch(r"-?\d+,\d+|\d\d\.\d\d\.\d{4}", text), "not typed"
    notes = dict(row[:2] for row in workbook.get_sheet_by_name("Om tallene").to_python())
    for name in ("title", "definition", "filters", "source", "publication"):
        assert notes[NB(f"notes.{name}")]
    # What is of no day, such as the deliveries, claims none, here or in its selection.
    day = NB("notes.reference_date")
    assert (day in notes) == (f"{day}: " in notes[NB("notes.filters")])


def _check_picture(page: Page, section: Section, files: Locator, folder: Path) -> None:
    assert section.notes is not None
    drawing = _saved(page, files.locator('[data-take="svg"]'), folder / "picture.svg")
    root = ElementTree.parse(drawing).getroot()
    said = " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    assert f"Publisering: {section.notes.publication}" in said.replace("\u00a0", " ")
    image = _saved(page, files.locator('[data-take="png"]'), folder / "picture.png").read_bytes()
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", image[16:24]) == (
        2 * int(root.get("width", 0)),
        2 * int(root.get("height", 0)),
    )
