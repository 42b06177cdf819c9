"""How large a country's publication is, and how fast its dashboards answer.

A publication of 357 municipalities and ten years of months is made from a demo's (`enlarge.py`) and
served. Measured are: the files; in Chromium with nothing kept, each page until its last picture is
drawn, once where the server has just begun to read the publication and once where it has read it
before; and, with ten sessions at once, the time from a choice until the server has sent the last
element. Times of one machine, with Chromium and the sessions on the same processors.

    python -m benchmarks.dashboards [--demo demo] [--municipalities 357]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from playwright.sync_api import Browser, sync_playwright

from benchmarks.dashboards.enlarge import enlarge, size_of
from benchmarks.dashboards.readers import Answer, percentile, read_together
from dagster_project.config.paths import Home
from dagster_project.pointer import current_folder, point_at
from dagster_project.publication.layout import relation
from dashboards.pages import OF_PUBLICATION, PageKey

_DASHBOARDS = Path(__file__).resolve().parents[2] / "dashboards"
_SESSIONS = 10
_CHOICES = 12
# Seconds that a reader looks before choosing again, on average.
_PAUSE = 5.0
_STARTS_WITHIN = 60
_DRAWN = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app?.dataset.testScriptState === 'notRunning'
        && document.querySelector('.lead, .told')
        && [...document.querySelectorAll('[class*="st-key-figure_"]')]
            .every((place) => place.querySelector('.main-svg'));
}"""

Query = Mapping[str, str | Sequence[str]]


@contextmanager
def serving(home: Home) -> Iterator[tuple[str, int]]:
    """Serve the dashboards of a home as `samordna serve` does; give the address and the process."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    process = subprocess.Popen(
        [
            sys.executable, "-m", "streamlit", "run", "server.py",
            f"--server.port={port}", "--server.address=127.0.0.1",
        ],
        cwd=_DASHBOARDS,
        env={**os.environ, "SAMORDNA_HOME": str(home.root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_for(address: str) -> None:
    for _ in range(_STARTS_WITHIN * 10):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("the server did not answer")


def publish_again(home: Home, number: int) -> None:
    """Make the same publication the current one under another name: the server knows nothing."""
    folder = current_folder(home) or Path()
    name = f"{folder.name.partition('.')[0]}.{number}"
    copy = home.published / name
    shutil.copytree(folder, copy, copy_function=os.link)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8")) | {"publication": name}
    (copy / "manifest.json").unlink()
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    point_at(home, name)


def open_cold(browser: Browser, url: str) -> float:
    """Return the seconds until a page is drawn, in a browser that has kept nothing."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        began = time.monotonic()
        page.goto(url)
        page.wait_for_function(_DRAWN, timeout=120_000, polling=20)
        return time.monotonic() - began
    finally:
        context.close()


@dataclass(frozen=True)
class Opening:
    """What the opening of a page cost: seconds by the clock, and of the server's processor."""

    seconds: float
    processor: float


def cold_pages(home: Home) -> Iterator[tuple[str, Opening, Opening]]:
    """Yield for each page what it costs where the server has not read the figures, and has."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise SystemExit("chromium is not installed")
    with serving(home) as (address, process), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--headless", "--no-sandbox"]
        )
        # The first page of all loads the modules and starts the browser's own processes.
        open_cold(browser, f"{address}/coverage")
        for number, (name, path) in enumerate(addresses().items()):
            publish_again(home, number)
            openings = []
            for _ in range(2):
                before = processor_seconds(process)
                seconds = open_cold(browser, address + path)
                openings.append(Opening(seconds, processor_seconds(process) - before))
            yield name, openings[0], openings[1]
        browser.close()


def addresses() -> dict[str, str]:
    """Return where the pages are, the front page once for each reader."""
    fronts = {f"front, {role}": f"/?role={role}" for role in ("leader", "analyst", "steward")}
    others = {str(page): f"/{page}" for page in OF_PUBLICATION if page is not PageKey.FRONT}
    return fronts | others


def what_sessions_choose(home: Home) -> list[list[tuple[str, str, Query]]]:
    """Return for each session what it chooses, one after the other: all kinds on all pages."""
    chance = random.Random(20251231)
    folder = current_folder(home) or Path()
    with duckdb.connect() as connection:
        codes = [
            code
            for (code,) in connection.sql(
                f"select municipality_code from {relation(folder, 'municipality')} order by 1"
            ).fetchall()
        ]
        days = [
            str(day)
            for (day,) in connection.sql(
                f"select distinct reference_date from {relation(folder, 'overview')} order by 1"
            ).fetchall()
        ]
    pages = [("" if page is PageKey.FRONT else str(page)) for page in OF_PUBLICATION]
    sessions = []
    for number in range(_SESSIONS):
        page = pages[number % len(pages)]
        query: dict[str, str | list[str]] = {"municipality": chance.choice(codes)}
        chosen: list[tuple[str, str, Query]] = [(page, "open", dict(query))]
        while len(chosen) <= _CHOICES:
            kind = ("municipality", "date", "compare", "page", "lang", "municipality")[
                len(chosen) % 6
            ]
            if kind == "municipality":
                query = {"municipality": chance.choice(codes)}
            elif kind == "date":
                query = {**query, "date": chance.choice(days[-60:])}
            elif kind == "compare":
                query = {**query, "compare": chance.sample(codes, 3)}
            elif kind == "lang":
                query = {**query, "lang": chance.choice(["nb", "nn", "en"])}
            else:
                page = chance.choice(pages)
            chosen.append((page, kind, dict(query)))
        sessions.append(chosen)
    return sessions


def processor_seconds(process: int) -> float:
    """Return how long a process has used processors."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def print_answers(title: str, answers: Sequence[Answer]) -> None:
    """Print the median and the 95th percentile, of all choices and of each page."""
    print(f"\n{title}")
    print("| page | choices | median | 95 % |\n|---|---|---|---|")
    by_page: dict[str, list[float]] = {"all": [each.seconds for each in answers]}
    for each in answers:
        by_page.setdefault(each.page or "front", []).append(each.seconds)
    for page, seconds in by_page.items():
        print(
            f"| {page} | {len(seconds)} | {1000 * percentile(seconds, 0.5):.0f} ms "
            f"| {1000 * percentile(seconds, 0.95):.0f} ms |"
        )


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--demo", type=Path, default=Path("demo"), help="a demo that has run")
    arguments.add_argument("--municipalities", type=int, default=357)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        began = time.monotonic()
        rows = enlarge(Home(asked.demo), home, asked.municipalities)
        sizes = size_of(home)
        print(
            f"{asked.municipalities} municipalities: {sum(rows.values()):,} rows, "
            f"{sum(sizes.values()) / 1e6:.1f} MB; made in {time.monotonic() - began:.0f} s"
        )
        for name, size in list(sizes.items())[:6]:
            print(f"  {name:28}{size / 1e6:8.1f} MB")
        measure(home)


def measure(home: Home) -> None:
    """Print how fast the dashboards of a home are."""
    print(f"\nOthers on the machine: load {os.getloadavg()[0]:.1f}")
    print("\n| page, cold browser | publication new | of processor | known | of processor |")
    print("|---|---|---|---|---|")
    for page, *openings in cold_pages(home):
        cells = (
            cell
            for each in openings
            for cell in (f"{each.seconds:.1f} s", f"{1000 * each.processor:.0f} ms")
        )
        print(f"| {page} | {' | '.join(cells)} |", flush=True)
    chosen = what_sessions_choose(home)
    with serving(home) as (address, process):
        read_together(address, 1, [chosen[0]], 0)
        for title, pause in (
            (f"{_SESSIONS} sessions, one choice every {_PAUSE:.0f} s each", _PAUSE),
            (f"{_SESSIONS} sessions without a pause", 0.0),
        ):
            before = processor_seconds(process)
            answers = read_together(address, _SESSIONS, chosen, pause)
            used = (processor_seconds(process) - before) / (len(answers) + _SESSIONS)
            print_answers(f"{title}; {1000 * used:.0f} ms of processor each", answers)


if __name__ == "__main__":
    main()
