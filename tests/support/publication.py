"""A publication for tests of the pages: registers of three municipalities, landed, built, published.

What it holds was made by the models that make every publication, and kept until code, models or
registers change. Where a test needs another figure than it holds, it changes rows of a copy.
"""

from __future__ import annotations

import atexit
import datetime as dt
import functools
import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

from filelock import FileLock

from dagster_project.built import STRAIGHT, make
from dagster_project.code_version import code_version
from dagster_project.config.installation import load_installation
from dagster_project.config.paths import PROJECT, Home
from dagster_project.config.sources import Source
from dagster_project.landing.catalogue import read_catalogue, read_landed
from dagster_project.landing.deliveries import CheckResult, Unchecked
from dagster_project.landing.land import Lander
from dagster_project.parts import Part
from dagster_project.planning.scenario import Scenario
from dagster_project.planning.store import keep_scenario
from dagster_project.pointer import current_folder
from dagster_project.publication.publish import publish as publish_parts
from dagster_project.publication.tables import OWN
from dagster_project.reference import SEEDS
from tests.support import municipalities, packages, persons, publication_files, small_home
from tests.support.municipalities import (
    AS_OF,
    BREAK,
    EMPTY,
    LARGE,
    MIDDLE,
    NAMES,
    SETTINGS,
    SIZE,
    SMALL,
    Registers,
)
from tests.support.publication_files import rewrite
from tests.support.small_home import SmallHome, found_at_once

__all__ = ["AS_OF", "BREAK", "EMPTY", "LARGE", "MIDDLE", "NAMES", "SMALL"]

# What leaders of the standing home plan with.
SCENARIO = Scenario.model_validate(
    {
        "name": "Vedtatt mål",
        "municipality": LARGE,
        "first_year": 2027,
        "last_year": 2030,
        "target": {"by_age": {"0-17": 0.9, "18-49": 0.8}},
    }
)
ID, MADE_AT = "20251231-0a1b2c3d4e", "2026-01-15T07:30:00+00:00"
BEFORE, BEFORE_ID = dt.date(2025, 11, 30), "20251130-0f9e8d7c6b"
# Municipality, indicator, how many fewer were counted in the publication before.
_FEWER_BEFORE = (
    (LARGE, "coordinator_coverage", 6),
    (LARGE, "coordinator_rate", 6),
    (LARGE, "plan_coverage", -4),
    (MIDDLE, "coordinator_coverage", 3),
    (MIDDLE, "persons_per_coordinator", 3),
    (SMALL, "coordinator_coverage", 1),
    (SMALL, "living_plan_share", -1),
)
_KEPT = PROJECT / ".pytest_cache" / "publication"


def publish(home: Path, *, publication: str = ID, more: float = 1.0, rows: bool = True) -> Path:
    """Write a publication and point at it; `more` scales the number of persons."""
    folder = home / "published" / publication
    shutil.copytree(_made(), folder)
    manifest = folder / "manifest.json"
    said = json.loads(manifest.read_text(encoding="utf-8"))
    said |= {"publication": publication, "made_at": MADE_AT}
    manifest.write_text(json.dumps(said), encoding="utf-8")
    if more != 1.0:
        rewrite(
            folder, "coverage",
            f"select * replace (round(numerator * {more})::bigint as numerator, "
            f"round(denominator * {more})::bigint as denominator) from told",
        )  # fmt: skip
    if not rows:
        for table in (*OWN, "overview", "common_delivery"):
            rewrite(folder, table, "from told limit 0")
    point_at(home, publication)
    return folder


@functools.cache
def standing_home() -> Path:
    """Return a home with one publication, the same for every test that only reads."""
    home = Path(tempfile.mkdtemp(prefix="samordna-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    publish(home)
    packages.keep(home)
    for code in (LARGE, MIDDLE):
        keep_scenario(Home(home), SCENARIO.model_copy(update={"municipality": code}))
    return home


def without(folder: Path, *records: str) -> None:
    """Take out of a publication what some record types deliver: their figures are graded X."""
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest["sources"] = [each for each in manifest["sources"] if each["record"] not in records]
    file.write_text(json.dumps(manifest), encoding="utf-8")
    listed = ", ".join(f"'{record}'" for record in records)
    rewrite(folder, "reconciliation", f"from told where record not in ({listed})")
    needing = (
        f"select indicator from read_csv('{SEEDS / 'indicators.csv'}') "
        f"where list_has_any(string_split(needs, ';'), [{listed}])"
    )
    rewrite(
        folder,
        "comparability",
        f"select * replace (if(indicator in ({needing}), 'X', grade) as grade) from told",
    )


def point_at(home: Path, publication: str) -> None:
    """Make a publication the current one."""
    pointer = home / "published" / "current.json"
    unfinished = pointer.with_suffix(".new")
    unfinished.write_text(json.dumps({"publication": publication}), encoding="utf-8")
    unfinished.replace(pointer)


def reference_dates() -> list[dt.date]:
    """Return the last days of the months that figures are of."""
    months = [(year, month) for year in (2023, 2024, 2025) for month in range(1, 13)]
    return [
        dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
        for year, month in months
    ]


def _made() -> Path:
    """Return the publication as it was made, once for all processes."""
    made_by = [code_version()]
    for module in (municipalities, persons, publication_files, small_home):
        made_by.append(Path(str(module.__file__)).read_text(encoding="utf-8"))
    made_by.append(Path(__file__).read_text(encoding="utf-8"))
    folder = _KEPT / hashlib.sha256("".join(made_by).encode()).hexdigest()[:16]
    _KEPT.mkdir(parents=True, exist_ok=True)
    with FileLock(_KEPT / "lock"):
        if not folder.is_dir():
            for old in _KEPT.glob("*/"):
                shutil.rmtree(old)
            with tempfile.TemporaryDirectory(dir=_KEPT.parent) as root:
                _make(Path(root) / "home").rename(folder)
    return folder


def _make(root: Path) -> Path:
    """Land, build and publish, twice: as if some figures had been others the month before."""
    home = SmallHome(root, LARGE, **SETTINGS)
    registers = [Registers(code) for code in SIZE]
    for year in (2023, 2024, 2025):
        municipalities.deliver(home, registers, dt.date(year, 12, 31))
    municipalities.deliver_besides(home)
    home.land(_check)
    built = [make(home.home, _everybody(home))]
    publish_parts(home.home, built)
    first = current_folder(home.home)
    assert first is not None
    _as_before(first)
    point_at(home.home.root, first.rename(first.with_name(BEFORE_ID)).name)
    publish_parts(home.home, built)
    folder = current_folder(home.home)
    assert folder is not None
    return folder


def _everybody(home: SmallHome) -> Part:
    """Return all municipalities as one part: built apart they are the same, and dearer."""
    installation = load_installation(home.home)
    landed = read_landed(installation)
    catalogue = read_catalogue(
        installation, Lander(installation, _check), landed, None, frozenset(NAMES)
    )
    return Part(tuple(sorted(NAMES)), catalogue, "0" * 16, STRAIGHT)


def _as_before(folder: Path) -> None:
    """Make of a publication the one before it: a month older, and with some other figures."""
    file = folder / "manifest.json"
    said = json.loads(file.read_text(encoding="utf-8"))
    said |= {"publication": BEFORE_ID, "as_of": BEFORE.isoformat()}
    said["as_of_by_municipality"] = dict.fromkeys(said["as_of_by_municipality"], BEFORE.isoformat())
    said["definition_sets"] = dict.fromkeys(said["definition_sets"], "2026.2")
    said["changed_parameters"] = []
    late = {f"{record}_asker" for record in ("koordinator", "tjeneste", "person")}
    newest = f"_{AS_OF:%Y%m%d}.csv"
    said["sources"] = [
        each
        for each in said["sources"]
        if not (each["source"] in late and each["delivery"].endswith(newest))
    ]
    (plans,) = [each for each in said["sources"] if each["delivery"] == f"ip_asker{newest}"]
    said["sources"].append({**plans, "delivery": "ip_asker_20251115.csv"})
    file.write_text(json.dumps(said), encoding="utf-8")
    cases = " ".join(
        f"when municipality_code = '{code}' and indicator = '{indicator}' then {fewer}"
        for code, indicator, fewer in _FEWER_BEFORE
    )
    before = f"from (select *, case {cases} else 0 end as fewer from told where reference_date <= '{BEFORE}')"
    rewrite(
        folder, "coverage",
        "select * exclude (fewer) replace (numerator - fewer as numerator, "
        f"if(fewer = 0, value, (numerator - fewer) * value / numerator) as value) {before}",
    )  # fmt: skip


def _check(
    source: Source, _standing: Sequence[Unchecked], arrived: Sequence[Unchecked]
) -> Future[list[list[CheckResult]]]:
    """Find as many rows as before, and in 2024 too few persons with an id."""
    return found_at_once(
        [
            [
                CheckResult(
                    check="rows_as_before",
                    holds=True,
                    success=True,
                    rows=1,
                    unexpected=0,
                    limit=0.5,
                    observed=1.02,
                ),
                CheckResult(
                    check="persons_identified",
                    column="person",
                    holds=False,
                    success=each.entry.delivered.year != 2024,
                    rows=100,
                    unexpected=4,
                    limit=0.97,
                    observed=0.96,
                ),
            ]
            for each in arrived
        ]
    )
