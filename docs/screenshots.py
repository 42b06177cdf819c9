"""Walks through the dashboards as the guides do, and takes their pictures on the way.

    python -m docs.screenshots --home demo [leader] [plan] [meeting] [analyst] [packages] [steward]
        [readme]

The walks are the ones in `guide/`, click by click: where one of them cannot be walked any more,
this fails. The steward's walk needs a figure that fell, so it is taken in a copy of the home where
the staff list of one municipality has been delivered once more, with an error in it.
Needs Chromium.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, Page, sync_playwright

from dagster_project.config.paths import Home
from dagster_project.demo.comparing import comparing_home
from tests.browser.conftest import settled

PICTURES = Path(__file__).parent / "pictures"
GUIDE = PICTURES / "guide"
_WIDTH, _HEIGHT = 1280, 900
_MARGIN = 24
_COLOURS = 96
_LARGEST = 150_000  # bytes
_PATIENCE = 90_000  # milliseconds: a figure may be the first that anybody asks for
_STAFF_LISTS = "inbox/5530/personal"
_STAFF_LIST, _WRONG_LIST = "ansatte_20251231.csv", "ansatte_20260105.csv"
# What a table is pasted into, as a word processor would have it.
_EMPTY_DOCUMENT = """<main contenteditable style="font: 15px sans-serif; padding: 24px"></main>"""
_UNIT, _LAST_DAY = "Psykisk helse", "30.11.2025"


def walk_of_the_leader(page: Page, server: str) -> None:
    """Prepare a budget meeting: what, why, which way, and on paper."""
    page.goto(f"{server}/?lang=nb&municipality=3203")
    _take(page, "leder-1", "h1", ".st-key-card_coordinator_coverage")
    page.locator(".st-key-card_coordinator_coverage").get_by_role("link", name="Se mer").click()
    page.wait_for_url("**/coverage?**")
    _take(page, "leder-2", ".lead", ".st-key-picture_groups")
    page.get_by_role("button", name="Forklar tallet").first.click()
    _take_window(page, "leder-3", "Koordinatordekning", "Hvem som kan mangle")
    page.keyboard.press("Escape")
    _menu(page, "Tall", "Utvikling")
    _take(page, "leder-4", ".lead", ".st-key-picture_development")
    with page.expect_download() as started:
        page.get_by_role("button", name=re.compile("Last ned (PDF|utskriftsark)")).click()
    _same(started.value.suggested_filename.split(".")[0], "samordna-development-3203-20251231")
    page.get_by_role("button", name="Kilde og nedlasting").first.click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Last ned Excel").click()
    _same(started.value.suggested_filename.split(".")[-1], "xlsx")


def walk_to_the_plan(page: Page, server: str) -> None:
    """Set a target, and paste the table of the years into the økonomiplan."""
    page.goto(f"{server}/?lang=nb&municipality=5006")
    settled(page)
    _menu(page, "Planlegging", "Budsjett")
    page.get_by_text("Endre mål og forutsetninger").click()
    form = page.locator("[data-testid=stForm]")
    form.get_by_label("Navn").fill("Økonomiplan 2027-2030")
    form.get_by_label("67-79").fill("50")
    form.get_by_role("button", name="Lagre og regn ut").click()
    page.get_by_text("Scenarioet er lagret").wait_for()
    _take(page, "leder-5", ".lead", form.get_by_label("90+"))
    page.get_by_role("button", name="Kilde og nedlasting").first.click()
    page.get_by_role("button", name="Kopier tabellen").click()
    page.get_by_role("button", name="Tabellen er kopiert").wait_for()
    document = page.context.new_page()
    document.set_viewport_size({"width": 900, "height": 600})
    document.set_content(_EMPTY_DOCUMENT)
    document.locator("main").focus()
    document.keyboard.press("Control+V")
    document.get_by_text("Kilde: ").wait_for()
    _keep("leder-6", document.locator("main").screenshot())
    document.close()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Slett").click()


def walk_before_the_meeting(page: Page, server: str) -> None:
    """Find what to say in a quarter of an hour: who, why, what it costs, and the report."""
    page.goto(f"{server}/?lang=nb&municipality=5006")
    settled(page)
    page.locator(".st-key-card_coordinator_coverage").get_by_role("link", name="Se mer").click()
    page.wait_for_url("**/coverage?**")
    _take(page, "leder-7", 'h2:text("Hvem som mangler")', ".st-key-picture_unmet")
    _menu(page, "Tall", "Utvikling")
    _take(page, "leder-8", 'h2:text("Hvorfor det endret seg")', ".st-key-picture_causes")
    _menu(page, "Planlegging", "Budsjett")
    _menu(page, "Planlegging", "Årsrapport")
    page.get_by_role("button", name="Lag rapporten").click()
    with page.expect_download() as started:
        page.locator(".st-key-report_docx").get_by_role("button").click()
    _same(started.value.suggested_filename, "arsrapport-5006-2025.docx")
    _take(page, "leder-9", "h1", ".st-key-report_files")


def walk_of_the_analyst(page: Page, server: str) -> None:
    """Find a neighbour that does better, and what may be compared; keep and send the view."""
    page.goto(f"{server}/?lang=nb&municipality=3203")
    settled(page)
    page.get_by_role("radio", name="Analytiker").click()
    page.wait_for_url("**role=analyst**")
    _take(page, "analytiker-1", ".lead", ".st-key-picture_shared_funnel")
    tables = page.locator(".table-frame")
    _take(page, "analytiker-2", 'h2:text("Kommuner som kan sammenlignes")', tables.last)
    _menu(page, "Tall", "Utvikling")
    _choose(page, "Aldersgruppe", "50-66")
    page.get_by_role("button", name="Senja").click()
    page.wait_for_url("**compare=5530**")
    page.get_by_role("button", name="Kinn").click()
    page.wait_for_url("**compare=4602**")
    _take(page, "analytiker-3", ".st-key-filters_municipality", page.locator(".table-frame").first)
    page.get_by_role("button", name="Lagrede visninger").click()
    page.get_by_label("Navn på visningen").fill("50-66 år i Asker, Kinn og Senja")
    page.get_by_role("button", name="Lagre visningen").click()
    page.get_by_text("er lagret").wait_for()
    _take(page, "analytiker-4", "h1", page.locator("[data-testid=stPopoverBody]"))
    page.get_by_role("button", name="Slett 50-66 år i Asker, Kinn og Senja").click()
    page.get_by_text("er slettet").wait_for()


def walk_of_packages(page: Page, server: str) -> None:
    """Ask who does better for 67-79, and whether that may be said."""
    page.goto(f"{server}/comparison?lang=nb&municipality=3203")
    settled(page)
    _choose(page, "Aldersgruppe", "67-79")
    _take(page, "analytiker-5", ".lead", page.locator(".table-frame").first)
    better = '[aria-label^="Alle indikatorene hos dem som gjør det bedre"]'
    _take(page, "analytiker-6", 'h2:text("Hvem gjør det bedre?")', better)


def walk_of_the_steward(page: Page, server: str) -> None:
    """Find why a figure fell, from the front page to the rows that are to be mended."""
    page.goto(f"{server}/?lang=nb&municipality=5530&date=2025-12-31&role=steward")
    _take(
        page,
        "dataforvalter-1",
        'h2:text("Endringer siden forrige publisering")',
        page.locator(".table-frame").last,
    )
    page.get_by_role("link", name="Koordinatordekning").click()
    page.wait_for_url("**/development?**")
    _take(page, "dataforvalter-2", ".lead", ".st-key-picture_development")
    page.get_by_role("button", name="Forklar tallet").first.click()
    _take_window(page, "dataforvalter-3", "Fra registrering til tall", None)
    page.get_by_role("link", name="Alle steg, leveranser og funn").click()
    page.wait_for_url("**/registration?**")
    settled(page)
    _take(page, "dataforvalter-4", 'h2:text("Teller")', ".st-key-picture_steps_coordinator")
    steps = page.locator(".st-key-picture_steps_coordinator .ytick a")
    steps.filter(has_text="koordinatoren har sluttet").click()
    page.wait_for_url("**rule=closed_by_employment**")
    rows = page.locator('[aria-label^="Rader med funn: Avsluttet"]')
    for _ in range(2):  # the second time turns the order: the latest day first
        rows.get_by_role("button", name="Felt og verdi").click()
    _take(page, "dataforvalter-5", "#rows", rows)
    _menu(page, "Grunnlaget", "Leveranser og kvalitet")
    _take(page, "dataforvalter-6", ".lead", ".table-frame >> nth=0")


def picture_of_the_readme(page: Page, server: str) -> None:
    """Take the page of coverage as the README shows it."""
    page.goto(f"{server}/coverage?lang=nb&municipality=3203")
    _take(page, "../dekning", None, ".st-key-picture_groups")


WALKS: dict[str, Callable[[Page, str], None]] = {
    "leader": walk_of_the_leader,
    "plan": walk_to_the_plan,
    "meeting": walk_before_the_meeting,
    "analyst": walk_of_the_analyst,
    "packages": walk_of_packages,
    "steward": walk_of_the_steward,
    "readme": picture_of_the_readme,
}


def main() -> None:
    """Take the walks that are asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--home", type=Path, default=Path("demo"))
    parser.add_argument("walks", nargs="*", metavar="walk", help=", ".join(WALKS))
    asked = parser.parse_args()
    chosen = asked.walks or list(WALKS)
    home = asked.home.resolve()
    GUIDE.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        calm = [walk for walk in chosen if walk not in ("steward", "packages")]
        if calm:
            with served(home) as server:
                _walk(browser, server, calm)
        if "packages" in chosen:
            second = comparing_home(Home(home)).root
            subprocess.run(_samordna("receive", second), check=True)
            with served(second) as server:
                _walk(browser, server, ["packages"])
        if "steward" in chosen:
            with fallen(home) as other, served(other) as server:
                _walk(browser, server, ["steward"])
        browser.close()


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Serve the dashboards of a home as readers get them."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    process = subprocess.Popen(
        [*_samordna("serve", home), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=10)


@contextmanager
def fallen(home: Path) -> Iterator[Path]:
    """Give a home in which a figure fell, because a staff list ends a unit that goes on.

    A home that has been given such a list before is taken as it is.
    """
    if (home / _STAFF_LISTS / _WRONG_LIST).exists():
        yield home
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / home.name
        shutil.copytree(home, copy)
        lists = copy / _STAFF_LISTS
        rows = csv.reader(io.StringIO((lists / _STAFF_LIST).read_text("cp1252")), delimiter=";")
        ended = (
            [*row[:4], _LAST_DAY, *row[5:]] if row[2] == _UNIT and not row[4] else row
            for row in rows
        )
        written = "".join(";".join(row) + "\r\n" for row in ended)
        (lists / _WRONG_LIST).write_bytes(written.encode("cp1252"))
        subprocess.run(_samordna("run", copy), check=True)
        yield copy


def _samordna(command: str, home: Path) -> list[str]:
    return [str(Path(sys.executable).parent / "samordna"), command, "--home", str(home)]


def _walk(browser: Browser, server: str, walks: list[str]) -> None:
    for walk in walks:
        context = browser.new_context(color_scheme="light", accept_downloads=True)
        context.set_default_timeout(_PATIENCE)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        clicks = _count_clicks(page)
        page.set_viewport_size({"width": _WIDTH, "height": _HEIGHT})
        _wait_for(page, server)
        begun = time.monotonic()
        WALKS[walk](page, server)
        print(f"{walk}: {len(clicks)} clicks, {time.monotonic() - begun:.0f} s of the machine")
        context.close()


def _count_clicks(page: Page) -> list[None]:
    """Return what grows by one with each click of the reader's."""
    clicks: list[None] = []
    page.expose_function("clicked", lambda: clicks.append(None))
    page.add_init_script("addEventListener('click', e => e.isTrusted && clicked(), true)")
    return clicks


def _wait_for(page: Page, server: str) -> None:
    """Wait until a server that was just started answers."""
    for _ in range(120):
        try:
            page.goto(f"{server}/_stcore/health")
        except Exception:  # noqa: BLE001 - whatever a browser says where nobody answers yet
            page.wait_for_timeout(500)
        else:
            return
    raise SystemExit("the dashboards do not answer")


def _menu(page: Page, part: str, name: str) -> None:
    """Go to another page by the menu."""
    page.get_by_role("button", name=part, exact=True).click()
    page.get_by_role("menuitem", name=name).click()
    page.get_by_role("heading", name=name, level=1).wait_for()
    settled(page)


def _choose(page: Page, filter_name: str, choice: str) -> None:
    """Choose in a filter, by its name."""
    page.get_by_role("combobox", name=filter_name).press_sequentially(choice)
    page.get_by_role("option", name=choice).click()
    settled(page)


def _take(page: Page, name: str, first: str | None, last: str | Locator) -> None:
    """Take the page from one element (or its top) to another."""
    settled(page)
    height = page.locator('[data-testid="stMain"]').evaluate("main => main.scrollHeight")
    page.set_viewport_size({"width": _WIDTH, "height": max(_HEIGHT, height)})
    page.wait_for_timeout(700)  # pictures follow the size of the window
    end = _box(page.locator(last) if isinstance(last, str) else last)
    top = max(0, _box(page.locator(first).first)["y"] - _MARGIN) if first else 0
    block = _box(page.locator(".st-key-head"))
    left = 0 if first is None else max(0, block["x"] - 2 * _MARGIN)
    width = _WIDTH if first is None else min(_WIDTH, block["width"] + 4 * _MARGIN)
    bottom = end["y"] + end["height"] + _MARGIN // 2
    clip: FloatRect = {"x": left, "y": top, "width": width, "height": bottom - top}
    _keep(name, page.screenshot(clip=clip))
    page.set_viewport_size({"width": _WIDTH, "height": _HEIGHT})


def _take_window(page: Page, name: str, first: str, last: str | None) -> None:
    """Take the window in which a figure explains itself, from a heading to a heading, or a table.

    Where no last heading is given, it is taken to the end of the last table that is open.
    """
    window = page.get_by_role("dialog")
    page.set_viewport_size({"width": _WIDTH, "height": 3000})
    begin = window.get_by_role("heading", name=first)
    end = (
        window.get_by_role("heading", name=last)
        if last
        else window.locator(".table-frame:visible").last
    )
    end.wait_for()
    page.wait_for_timeout(700)
    box, start, stop = _box(window), _box(begin), _box(end)
    top = max(box["y"], start["y"] - _MARGIN)
    bottom = stop["y"] - _MARGIN if last else stop["y"] + stop["height"] + _MARGIN
    _keep(name, page.screenshot(clip={**box, "y": top, "height": bottom - top}))
    page.set_viewport_size({"width": _WIDTH, "height": _HEIGHT})


def _box(element: Locator) -> FloatRect:
    """Return where an element stands."""
    found = element.bounding_box()
    if found is None:
        raise SystemExit(f"not on the page: {element}")
    return found


def _same(found: str, expected: str) -> None:
    if found != expected:
        raise SystemExit(f"{found!r} where {expected!r} was expected")


def _keep(name: str, content: bytes) -> None:
    """Keep a picture in few colours, for few is what the pages have."""
    picture = Image.open(io.BytesIO(content)).convert("RGB").quantize(_COLOURS)
    file = GUIDE / f"{name}.png"
    picture.save(file, optimize=True)
    size = file.stat().st_size
    if size > _LARGEST:
        raise SystemExit(f"{file.name} is {size} bytes")
    print(f"{file.name}: {picture.width} x {picture.height}, {size // 1000} kB")


if __name__ == "__main__":
    main()
