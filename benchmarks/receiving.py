"""How long 357 municipalities' packages take to be received, and then to be shown.

Six made-up municipalities of different sizes are protected, 24 months each, as `samordna share` does.
Every municipality of today gets the counts of one of them, with its own name, key and signature. A
home that compares receives them all, and the page *Sammenlign* is made of them: once where nothing
has been read, then with another indicator, age group, area and month, then once more.

    python -m benchmarks.receiving [--municipalities 357] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.disclosure.protect import Block as TrueBlock
from dagster_project.disclosure.protect import Protected
from dagster_project.reference.municipalities import municipalities
from dagster_project.reference.share_plan import share_plan
from dagster_project.sharing.gather import Content
from dagster_project.sharing.package import (
    BREAKS,
    COUNTS,
    GRADES,
    MANIFEST,
    POPULATION,
    SIGNATURE,
    TABLES,
    Manifest,
    counts_table,
    entries_of,
    pack,
    parquet_bytes,
    table_of,
)
from dagster_project.sharing.protected import protect_content, shown_blocks, stated
from dagster_project.sharing.receive import receive_folder
from dagster_project.sharing.signing import SigningKey
from dashboards.charts.colours import LIGHT
from dashboards.content import comparison
from dashboards.content.shared_labels import SharedLabels
from dashboards.pages import PageKey
from dashboards.render.page_runner import open_view
from dashboards.view.preferences import Preferences

PLAN = share_plan().plan
Made = TypeVar("Made")
BASE = 5
SIZES = (40, 150, 400, 800, 1500, 4000)
MONTHS = [f"{2024 + at // 12}-{at % 12 + 1:02}" for at in range(24)]
_OF_AGE = np.array([6, 8, 4, 6, 4, 8, 20, 14, 12, 10, 6, 2]) / 100


def content(persons: int, seed: int) -> Content:
    """Return what a municipality has to share: some move from month to month."""
    random = np.random.default_rng(seed)
    areas = PLAN.service_areas[1 : 4 + seed * 2]
    shares = np.clip(random.dirichlet(np.full(len(areas), 0.8)) * 3, 0.02, 0.95)
    axes = ((12, _OF_AGE), (3, [0.5, 0.2, 0.3]), (3, [0.6, 0.15, 0.25]))

    def drawn(number: int) -> tuple[np.ndarray, np.ndarray]:
        cells = np.array([random.choice(size, number, p=share) for size, share in axes])
        member = random.random((number, len(areas))) < shares
        # Who has neither coordinator nor plan is of the target group by services in two areas.
        for person in np.flatnonzero((cells[1] == 0) & (cells[2] == 0) & (member.sum(axis=1) < 2)):
            member[person, random.choice(len(areas), 2, replace=False)] = True
        return cells, member

    cells, member = drawn(persons)
    blocks = []
    for month in MONTHS:
        moved = random.random(persons) < 0.02
        cells[:, moved], member[moved] = drawn(int(moved.sum()))
        for area, picked in (
            ("all", np.ones(persons, dtype=bool)),
            *zip(areas, member.T, strict=True),
        ):
            counts = np.zeros(PLAN.shape, dtype=np.int64)
            np.add.at(counts, tuple(cells[:, picked]), 1)
            blocks.append(TrueBlock(month, area, counts))
    groups = list(PLAN.age_groups[:-1])
    inhabitants = (np.array(_OF_AGE[:-1]) * persons * 25).astype(int).tolist()
    population = [[2024] * 11 + [2025] * 11, groups * 2, inhabitants * 2]
    return Content(tuple(blocks), {POPULATION: table_of(POPULATION, population)}, "", "2026.2", {})


class Template:
    """The tables and limits of a protected municipality, for any name and key."""

    def __init__(self, made: Content, protected: list[Protected]) -> None:
        graded = [(indicator, month) for indicator in PLAN.indicators for month in MONTHS]
        self.tables = {
            COUNTS: counts_table(shown_blocks(protected), PLAN),
            GRADES: table_of(
                GRADES, [*zip(*graded, strict=True), ["B"] * len(graded), [""] * len(graded)]
            ),
            BREAKS: table_of(BREAKS, [["plan_coverage"], ["2025-03"], ["system_change"]]),
            POPULATION: made.tables[POPULATION],
        }
        self.files = {name: parquet_bytes(self.tables[name]) for name in TABLES}
        self.worst = [stated(protected, BASE, is_whole=each) for each in (True, False)]

    def package(self, code: str, key: SigningKey) -> tuple[str, bytes]:
        """Return the name and the bytes of a municipality's package."""
        manifest = Manifest(
            municipality_code=code,
            version=1,
            previous=None,
            month=MONTHS[-1],
            publication="20251231-0a1b2c3d4e",
            definition_set="2026.2",
            parameters={},
            plan=share_plan().sha256,
            method="rounding",
            base=BASE,
            worst_margin=self.worst[0],
            worst_margin_of_areas=self.worst[1],
            margin_bound=3.0,
            held_back=0,
            code_version="0.1.0",
            tables=entries_of(self.tables, self.files),
        )
        signed = manifest.canonical()
        members = {MANIFEST: signed, SIGNATURE: key.sign(signed), **self.files}
        return manifest.file_name, pack(members)


def write_home(root: Path, many: int) -> Home:
    """Write a home that compares, with so many municipalities' packages in its folder."""
    folder = root / "packages"
    folder.mkdir(parents=True)
    templates = []
    for seed, size in enumerate(SIZES):
        made = content(size, seed)
        protected, seconds = timed(lambda: protect_content(made, PLAN, BASE, bytes(range(32))))  # noqa: B023
        print(f"  {size:>5} persons, {len(made.blocks)} blocks: protected in {seconds:.1f} s")
        templates.append(Template(made, protected))
    keys = {}
    codes = sorted(municipalities().name_today)
    for at, code in enumerate(codes[: many or len(codes)]):
        key = SigningKey.generate()
        name, package = templates[at % len(templates)].package(code, key)
        (folder / name).write_bytes(package)
        keys[code] = key.public
    settings = {"compare": {"packages": "packages", "keys": keys}}
    (root / "sources.yml").write_text(json.dumps(settings), encoding="utf-8")
    return Home(root)


def timed(what: Callable[[], Made]) -> tuple[Made, float]:
    """Return what a call returns, and the seconds by the clock."""
    began = time.monotonic()
    return what(), time.monotonic() - began


def print_page(home: Home) -> None:
    """Make the page *Sammenlign* and print the seconds, nothing read and read before."""

    def look(**chosen: str) -> float:
        def make() -> None:
            query = {name: [value] for name, value in {"municipality": "4602", **chosen}.items()}
            opened = open_view(PageKey.COMPARISON, home, Preferences(), query)
            assert isinstance(opened.labels, SharedLabels)
            for section in comparison.sections(opened.labels, opened.view):
                if section.picture:
                    section.picture.draw(LIGHT)

        return timed(make)[1]

    print(f"the page, nothing read: {look():.2f} s; again: {look():.2f} s")
    first = [
        look(month=month, area=area)
        for month, area in (("2025-11", "all"), ("2025-10", "home_care"), ("2025-09", "all"))
    ]
    print(f"another month or area, not read before: {statistics.median(first):.2f} s")
    again = [look(indicator=each) for each in PLAN.indicators]
    print(f"another indicator: {statistics.median(again):.2f} s")


def main() -> None:
    """Make the packages, receive them and show them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--municipalities", type=int, default=0, help="default: all of today")
    parser.add_argument("--keep", type=Path, help="a folder that is new, and stays")
    given = parser.parse_args()
    root = given.keep or Path(tempfile.mkdtemp(prefix="samordna-receiving-"))
    try:
        home = write_home(root, given.municipalities)
        began = time.process_time()
        receipt, seconds = timed(lambda: receive_folder(load_installation(home)))
        print(
            f"received {len(receipt.received)}, refused {len(receipt.refused)}: {seconds:.0f} s, "
            f"{time.process_time() - began:.0f} s of one core"
        )
        for refusal in receipt.refused[:3]:
            print(f"  {refusal}")
        print_page(home)
    finally:
        if not given.keep:
            shutil.rmtree(root)


if __name__ == "__main__":
    main()
