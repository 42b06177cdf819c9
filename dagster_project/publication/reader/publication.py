"""Which publication is current, and how its tables are asked.

A publication never changes, so answers are kept by it. The pointer is read at every look: a new
publication appears without a restart, and a page that holds on to one `Publication` never mixes
two.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.config.paths import Home
from dagster_project.contract import WHOLE_COUNTRY
from dagster_project.pointer import current_folder
from dagster_project.publication.layout import AS_WRITTEN, named_files

# How many answers of each kind are kept; enough for some readers' pages of some publications.
KEPT_ANSWERS = 256


class Table(StrEnum):
    """The tables of a publication; a query names one as `read_parquet($<table>)`."""

    COVERAGE = "coverage"
    OVERVIEW = "overview"
    GRADED = "graded"
    WATERFALL = "waterfall"
    MEETING_COUNT = "meeting_count"
    MEETING_FORM_COUNT = "meeting_form_count"
    MEETING_PARTICIPATION = "meeting_participation"
    NOTICE_FLOW = "notice_flow"
    NOTICE_SENDER = "notice_sender"
    NOTICE_SURVIVAL = "notice_survival"
    RECONCILIATION = "reconciliation"
    FINDINGS = "findings"
    CHECK_RESULT = "check_result"
    MUNICIPALITY = "municipality"
    DEFINITION = "definition"
    INDICATOR = "indicator"
    AGE_GROUP = "age_group"
    SERVICE_AREA = "service_area"
    CODE_NAME = "code_name"
    MEASURE = "measure"
    COMPARABILITY = "comparability"
    SERIES_BREAK = "series_break"
    REPORTED_VS_REGISTERED = "reported_vs_registered"
    REGISTER_MIRROR = "register_mirror"
    REGISTER_MIRROR_CAUSE = "register_mirror_cause"
    REGISTER_MIRROR_FINDING = "register_mirror_finding"
    COORDINATOR_LOAD = "coordinator_load"
    DEPARTED_COORDINATOR = "departed_coordinator"
    PLAN_AGE = "plan_age"
    TRANSITION = "transition"
    TARGET = "target"
    CHANGE = "change"
    RULE = "rule"
    WATERFALL_STEP = "waterfall_step"
    HOUSING_NEED = "housing_need"
    POPULATION = "population"
    UNIT = "unit"
    UNIT_COUNT = "unit_count"
    UNIT_REPORT = "unit_report"
    UNMET_NEED = "unmet_need"
    SHARE_COUNT = "share_count"
    COVERAGE_CHANGE = "coverage_change"
    CHANGE_CAUSE = "change_cause"


class Unreadable(StrEnum):
    """Why nothing can be shown; each has its sentence in the locale files."""

    NOTHING_PUBLISHED = "nothing_published"
    PUBLICATION_GONE = "publication_gone"
    PUBLICATION_DAMAGED = "publication_damaged"
    OLDER_VERSION = "older_version"
    NO_FIGURES = "no_figures"


class PublicationError(Exception):
    """Stops a page: the publication cannot be read."""

    def __init__(self, reason: Unreadable) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Previous:
    """What a municipality's figures are held against: those of the publication before.

    `as_of` is the day that they were counted up to there, `compared_on` the newest day that both
    count; None where there is no such day.
    """

    as_of: dt.date
    compared_on: dt.date | None


@dataclass(frozen=True)
class Source:
    """A source of a municipality that a delivery counts of, and the day of the newest."""

    record: str
    name: str
    municipality: str
    system: str | None
    newest: dt.date


@dataclass(frozen=True)
class Publication:
    """One publication: where it lies and what its manifest says of it.

    `as_of` is the newest of the days that its municipalities are counted up to; `previous` knows
    those that were published before. `tables` tells of each table which files it lies in.
    """

    folder: Path
    id: str
    as_of: dt.date
    made_on: dt.date
    tables: Mapping[str, Mapping[str, Any]] = field(compare=False)
    sources: tuple[Source, ...] = field(compare=False)
    as_of_by_municipality: Mapping[str, dt.date] = field(compare=False)
    previous: Mapping[str, Previous] = field(compare=False)

    def counted_up_to(self, municipality: str) -> dt.date:
        """Return the day that a municipality's figures are up to."""
        return self.as_of_by_municipality.get(municipality, self.as_of)

    def with_whole_country(self, municipality: str) -> list[str]:
        """Return whose rows tell of a municipality: its own, and those of the whole country."""
        others = {each.municipality for each in self.sources if each.record in WHOLE_COUNTRY}
        return [municipality, *sorted(others - {municipality})]


def current_publication(home: Home) -> Publication:
    """Return the publication that the pointer names now."""
    try:
        folder = current_folder(home)
    except OSError:
        raise PublicationError(Unreadable.PUBLICATION_DAMAGED) from None
    if folder is None:
        was_published = home.current_pointer.exists()
        raise PublicationError(
            Unreadable.PUBLICATION_DAMAGED if was_published else Unreadable.NOTHING_PUBLISHED
        )
    return _publication(folder)


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def _publication(folder: Path) -> Publication:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if not any("municipalities" in entry for entry in manifest["tables"].values()):
            # Before each municipality had files of its own.
            raise PublicationError(Unreadable.OLDER_VERSION)
        return Publication(
            folder=folder,
            id=str(manifest["publication"]),
            as_of=dt.date.fromisoformat(manifest["as_of"]),
            made_on=dt.datetime.fromisoformat(manifest["made_at"]).date(),
            tables=manifest["tables"],
            sources=_sources(manifest["sources"]),
            # Nothing is known of these where the publication was made before they were told.
            as_of_by_municipality={
                code: dt.date.fromisoformat(day)
                for code, day in manifest.get("as_of_by_municipality", {}).items()
            },
            previous={
                code: Previous(
                    dt.date.fromisoformat(entry["as_of"]),
                    dt.date.fromisoformat(entry["compared_on"]) if entry["compared_on"] else None,
                )
                for code, entry in manifest.get("previous", {}).items()
            },
        )
    except FileNotFoundError:
        raise PublicationError(Unreadable.PUBLICATION_GONE) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise PublicationError(Unreadable.PUBLICATION_DAMAGED) from None


def _sources(deliveries: Sequence[Mapping[str, Any]]) -> tuple[Source, ...]:
    newest: dict[tuple[str, str, str], Source] = {}
    for each in deliveries:
        if each["status"] == "in_force":
            key = (each["record"], each["source"], each["municipality_code"])
            day = dt.date.fromisoformat(each["delivered"])
            known = newest.get(key)
            if known is None or known.newest < day:
                newest[key] = Source(*key, each["system"], day)
    return tuple(newest.values())


def ask(
    publication: Publication,
    query: str,
    *,
    municipality: str | None = None,
    municipalities: Sequence[str] | None = None,
    **values: object,
) -> list[tuple[Any, ...]]:
    """Return the rows of a query over the publication's tables.

    `municipality` or `municipalities` say whose rows the query wants, and are bound like every
    other value: where each municipality has its own file of a table, only theirs are opened.
    Without them it is asked across all. Where both are given, `municipalities` says whose files.

    Each call has a cursor of its own on the one connection of the process, so any number of threads
    may ask. Every value is bound, the files' paths too.
    """
    asked = [table for table in Table if _read(table) in query]
    if not publication.tables.keys() >= set(asked):
        raise PublicationError(Unreadable.OLDER_VERSION)
    bound = dict(values)
    whose = municipalities
    if municipality is not None:
        bound["municipality"] = municipality
        whose = whose or [municipality]
    if municipalities is not None:
        bound["municipalities"] = list(municipalities)
    paths = {table.value: _paths(publication, table, whose) for table in asked}
    for table in asked:
        query = query.replace(_read(table), f"read_parquet(${table}, {AS_WRITTEN})")
    try:
        with _connection().cursor() as cursor:
            return cursor.execute(query, {**paths, **bound}).fetchall()
    except (duckdb.Error, OSError) as error:
        if isinstance(error, (duckdb.FatalException, duckdb.InternalException)):
            # After such a fault a connection answers nobody any more.
            _connection.cache_clear()
        if not all(Path(path).exists() for of_table in paths.values() for path in of_table):
            raise PublicationError(Unreadable.PUBLICATION_GONE) from None
        if isinstance(error, duckdb.BinderException):
            # The file can be read, but has not the columns that are asked for.
            raise PublicationError(Unreadable.OLDER_VERSION) from None
        raise PublicationError(Unreadable.PUBLICATION_DAMAGED) from None


def _read(table: Table) -> str:
    return f"read_parquet(${table})"


def _paths(publication: Publication, table: Table, whose: Sequence[str] | None) -> list[str]:
    files = named_files(publication.folder, table, publication.tables[table], whose)
    return [str(file) for file in files]


@functools.cache
def _connection() -> duckdb.DuckDBPyConnection:
    """Return the connection of the process; it keeps what it has read of files' own indexes."""
    # The questions are small and many: one that shares its work out among threads costs more.
    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "threads": 1})
    connection.execute("set parquet_metadata_cache = true")
    return connection
