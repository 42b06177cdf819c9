"""A run: fetch, land, build what has changed, check it, publish it.

`run_once` does it in this process, for the terminal; the orchestrator's job (`defs/`) goes through
the same stages. What a run did is noted in `state/runs/` (`history.py`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from dagster_project import history
from dagster_project.built import STRAIGHT, WITH_DBT, Built, current, find, keep_only, make
from dagster_project.clock import today_here
from dagster_project.config.installation import Installation
from dagster_project.config.paths import Home
from dagster_project.config.sources import Source
from dagster_project.connectors.fetch import fetch_all, fetched_sources
from dagster_project.identity.maskers import Maskers
from dagster_project.landing.catalogue import read_landed
from dagster_project.landing.continuity import refuse_to_lose, require_all_there
from dagster_project.landing.land import Lander
from dagster_project.landing.outcomes import write_outcome
from dagster_project.landing.reading import SourceOutcome
from dagster_project.lock import writing
from dagster_project.models import BuildError
from dagster_project.parts import Part, plan
from dagster_project.pointer import confirmed_at, current_folder, point_at
from dagster_project.problems import (
    Problem,
    SamordnaError,
    no_room_left,
    where_it_happened,
    without_right,
)
from dagster_project.progress import Stage, report_progress
from dagster_project.publication.publish import is_whole, manifest_of, publish
from dagster_project.warehouse import clear_work, require_room, require_something
from expectations import process

# So long a file must have been left alone: exports are written with shorter pauses. Loading and
# checking take about as long, so that a run seldom waits.
_QUIET_SECONDS = 8.0
# The registers of persons and of employees know the names that must not slip through anywhere else.
_FIRST = ("person", "ansatt")
# The checks that what is about to go out is held to what went out before by.
_LOST = frozenset({"register_kept", "no_municipality_lost"})
# Great Expectations holds what it checks in memory: so many figures at a time.
_MOST_AT_ONCE = 2_000_000
# What one clock may be behind another without anything being wrong.
_CLOCKS_DIFFER = dt.timedelta(days=1)

_Done = TypeVar("_Done")


@dataclass
class Checked:
    """What the checks of a part came to: how many there were, and which did not hold."""

    part: Built
    checks: int
    failed: dict[str, int] = field(default_factory=dict)


@dataclass
class RunReport:
    """What a run came to.

    `built` are the parts that were built, `fresh` whether anything was; `failures` tell why a run,
    or a municipality, did not get its new figures; `remarks` what a person should know besides.
    """

    publication: str | None = None
    is_new: bool = False
    built: list[Built] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    new_keys: list[str] = field(default_factory=list)
    key_file: str = ""

    @property
    def published(self) -> bool:
        """Whether the run ended with its figures published."""
        return self.publication is not None


def run_once(
    installation: Installation,
    as_of: str = "",
    *,
    accept_loss: bool = False,
    with_dbt: bool = False,
) -> RunReport:
    """Fetch, land, build, check and publish. Raises SamordnaError where a run cannot even begin.

    `as_of` is a day (ISO) to count all up to. `accept_loss` publishes although deliveries of the
    publication before are gone; `with_dbt` lets dbt itself build the models.
    """
    home = installation.home
    with writing(home):
        lander = open_home(installation, accept_loss=accept_loss)
        keys = lander.maskers.keys
        report = RunReport(new_keys=list(keys.created), key_file=str(keys.file))
        noted = history.Run.begun()
        try:
            if fetched_sources(installation):
                fetch_all(installation, today_here())
            noted.landed(installation, land(lander, installation.sources))
            parts = plan_parts(
                installation, lander.maskers, as_of, accept_loss=accept_loss, with_dbt=with_dbt
            )
            built, failed = build_parts(home, parts, report, noted)
            finish(home, parts, built, failed, report, noted, accept_loss=accept_loss)
        except SamordnaError as error:
            report.failures.append(str(error))
            noted.failed(str(error))
        finally:
            clear_work(home)
            noted.write(home, report.publication)
        return report


def open_home(installation: Installation, *, accept_loss: bool = False) -> Lander:
    """Return what lands deliveries in a home that is fit for a run. Raises SamordnaError."""
    home = installation.home
    installation.require_sources()
    if not installation.codes:
        raise SamordnaError(
            "home_municipality_invalid",
            file=str(home.sources_file),
            written=installation.home_municipality,
        )
    if not accept_loss:
        _require_no_earlier_time(home)
    lander = Lander(
        installation,
        process.check_source,
        get_ready=process.get_ready,
        quiet_seconds=_QUIET_SECONDS,
    )
    refuse_to_lose(installation)
    lander.maskers.open_keys()
    clear_work(home)
    return lander


def _require_no_earlier_time(home: Home) -> None:
    """Raise SamordnaError where the clock has gone back: every delivery since would be of a day
    that has not come, and be held back."""
    before, now = confirmed_at(home), dt.datetime.now(tz=dt.UTC)
    if before is not None and now < before - _CLOCKS_DIFFER:
        raise SamordnaError(
            "clock_set_back", now=now.date().isoformat(), before=before.date().isoformat()
        )


def land(lander: Lander, sources: Iterable[Source]) -> list[SourceOutcome]:
    """Read every source, while what is read already is being checked; then commit them all."""
    home = lander.installation.home
    in_order = sorted(sources, key=lambda source: (*_first(source.record), source.name))
    readings = []
    for done, source in enumerate(in_order):
        report_progress(Stage.LANDING, source.name, done, len(in_order))
        readings.append(_of_source(source, partial(lander.read, source)))
    outcomes = []
    for reading in readings:
        outcome = _of_source(reading.source, partial(lander.commit, reading))
        write_outcome(home, outcome)
        outcomes.append(outcome)
    return outcomes


def plan_parts(
    installation: Installation,
    maskers: Maskers,
    as_of: str = "",
    *,
    accept_loss: bool = False,
    with_dbt: bool = False,
) -> list[Part]:
    """Return the parts of what has landed. Raises SamordnaError where there is nothing to count."""
    home = installation.home
    landed = read_landed(installation)
    require_something(home, landed)
    if not accept_loss:
        require_all_there(landed, home, manifest_of(home))
    day = dt.date.fromisoformat(as_of) if as_of else None
    return plan(installation, maskers, landed, day, WITH_DBT if with_dbt else STRAIGHT)


def finish(
    home: Home,
    parts: Sequence[Part],
    built: Mapping[str, Built],
    failed: Mapping[str, SamordnaError],
    report: RunReport,
    noted: history.Run,
    *,
    accept_loss: bool = False,
) -> None:
    """Check the parts that nobody has checked yet, and publish all that are fit."""
    wrong = dict(failed)
    unchecked = [part for part in built.values() if not part.is_fit]
    for checked in _check_parts(home, unchecked, accept_loss=accept_loss):
        noted.checked(checked.part.municipalities, checked.checks, checked.failed)
        if checked.failed:
            names = ", ".join(checked.failed)
            wrong[checked.part.name] = SamordnaError(
                "check_failed", checks=names, log=str(home.runs)
            )
            if _LOST & checked.failed.keys():
                report.failures.append(str(Problem("register_shrunk")))
    _publish_parts(home, parts, built, wrong, report)
    noted.failed(*report.failures)


def build_parts(
    home: Home, parts: Sequence[Part], report: RunReport, noted: history.Run
) -> tuple[dict[str, Built], dict[str, SamordnaError]]:
    """Return the parts that are built now, and what was wrong with the others, by their names."""
    there = {part.name: built for part in parts if (built := find(home, part))}
    missing = [part for part in parts if part.name not in there]
    if missing:
        process.get_ready()
    report.remarks += [
        str(Problem("part_damaged", {"municipality": part.place}))
        for part in missing
        if (home.warehouse / part.name).exists()
    ]
    require_room(home, _files(missing))
    failed: dict[str, SamordnaError] = {}
    for part in missing:
        report_progress(Stage.WAREHOUSE, part.place)
        try:
            made = make(home, part)
        except BuildError as error:
            failed[part.name] = error
            continue
        there[part.name] = made
        report.built.append(made)
        noted.built(made)
    return there, failed


def _check_parts(
    home: Home, parts: Sequence[Built], *, accept_loss: bool = False
) -> Iterable[Checked]:
    """Check what parts are about to publish, and note of those that are fit that they are."""
    before = None if accept_loss else current_folder(home)
    # What was damaged since cannot be compared with; it is made anew.
    published = before if before and is_whole(before) else None
    for together in _at_once(parts):
        report_progress(Stage.CHECKS, "marts")
        found = [(together, process.check_parts([part.folder for part in together], published))]
        # Where something does not hold, each is asked alone: the others are not held back by it.
        if len(together) > 1 and not all(result.success for result in found[0][1]):
            found = [([part], process.check_parts([part.folder], published)) for part in together]
        for asked, results in found:
            failed = {each.check: each.unexpected or 0 for each in results if not each.success}
            for part in asked:
                if not failed:
                    part.pass_checks(len(results))
                yield Checked(part, len(results), failed)


def _publish_parts(
    home: Home,
    parts: Sequence[Part],
    built: Mapping[str, Built],
    failed: Mapping[str, SamordnaError],
    report: RunReport,
) -> None:
    """Publish what is fit; a municipality whose new figures are not keeps those of before.

    One that was never published is left out. Raises SamordnaError where nothing can be published.
    """
    if all(part.name in failed for part in parts):
        raise failed[parts[0].name]
    manifest = manifest_of(home)
    kept = {tuple(part.municipalities): part for part in current(home, manifest)}
    going_out = []
    for part in parts:
        if part.name not in failed:
            going_out.append(built[part.name])
            continue
        before = kept.get(part.municipalities)
        why = failed[part.name]
        if not _may_be_published(home, manifest, part):
            report.failures.append(str(why))
            report.failures.append(str(Problem("part_left_out", {"municipality": part.place})))
            continue
        # Figures that other rules made cannot stand beside these.
        if before is None or not before.is_of_this_version:
            raise why
        going_out.append(before)
        report.failures.append(str(why))
        report.failures.append(str(Problem("part_kept", {"municipality": part.place})))
    names = [part.name for part in going_out]
    folder = current_folder(home)
    if folder and names == manifest.get("parts") and is_whole(folder):
        report.publication = folder.name
        point_at(home, folder.name)
    else:
        report_progress(Stage.PUBLICATION, "tables")
        made = publish(home, going_out)
        report.publication, report.is_new = made.id, made.is_new
        if home.undivided_warehouse.exists():
            counts = {"figures": made.figures, "differing": made.differing}
            report.remarks.append(str(Problem("home_divided", {"count": len(parts), **counts})))
    keep_only(home, {*names, *built})


def _may_be_published(home: Home, manifest: Mapping[str, Any], part: Part) -> bool:
    """Return whether the current publication has figures of a part's municipalities.

    One that was made before there were parts, or is damaged, does not say: then it may.
    """
    if "parts" not in manifest:
        return current_folder(home) is not None
    coverage: Mapping[str, Any] = manifest["tables"]["coverage"]["municipalities"]
    return not coverage.keys().isdisjoint(part.municipalities)


def _first(record: str) -> tuple[int, str]:
    return (_FIRST.index(record) if record in _FIRST else len(_FIRST), record)


def _of_source(source: Source, do: Callable[[], _Done]) -> _Done:
    """Do something with a source; whatever goes wrong with it is told without what it quotes."""
    try:
        return do()
    except SamordnaError:
        raise
    except Exception as error:  # noqa: BLE001 - its text may quote a cell or a file's name
        if no_room_left(error):
            raise SamordnaError("disk_full", path="the home folder") from None
        if problem := without_right(error):
            raise SamordnaError.of(problem) from None
        where = where_it_happened(error)
        raise SamordnaError("unexpected", source=source.name, file="-", **where) from None


def _files(parts: Iterable[Part]) -> list[Path]:
    return [file for part in parts for files in part.catalogue.files.values() for file in files]


def _at_once(parts: Sequence[Built]) -> list[list[Built]]:
    """Return the parts in groups, each no larger than is checked at once."""
    groups: list[list[Built]] = []
    room = 0
    for part in parts:
        figures = sum(own.tables["coverage"].rows for own in part.own.values())
        if not groups or figures > room:
            groups.append([])
            room = _MOST_AT_ONCE
        groups[-1].append(part)
        room -= figures
    return groups
