"""Which publication is current, and how its tables are asked.

A publication never changes, so answers are kept by it. The pointer is read at every look: a new
publication appears without a restart, and a page that holds on to one `Publication` never mixes
two.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

import duckdb

from dagster_project.config.paths import Home
from dagster_project.contract import WHOLE_COUNTRY
from dagster_project.pointer import current_folder
from dagster_project.publication.layout import AS_WRITTEN, named_files

T = TypeVar("T")
Asked = TypeVarTuple("Asked")

# How many answers of each kind are kept; enough for some readers' pages of some publications.
KEPT_ANSWERS = 256


class Table(StrEnum):
    """The tables of a publication; a query names one as `read_parquet($<table>)`."""

    COVERAGE = "coverage"
    OVERVIEW = "overview"
    COMMON_DELIVERY = "common_delivery"
    WATERFALL = "waterfall"
    MEETING_COUNT = "meeting_count"
    MEETING_FORM_COUNT = "meeting_form_count"
    MEETING_PARTICIPATION = "meeting_participation"
    NOTICE_FLOW = "notice_flow"
    NOTICE_SENDER = "notice_sender"
    NOTICE_CHANNEL = "notice_channel"
    NOTICE_SURVIVAL = "notice_survival"
    JOURNAL_COUNT = "journal_count"
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
    TRANSITION_ROW = "transition_row"
    PRIMARY_CONTACT = "primary_contact"
    PLAN_NOT_ACTIVE = "plan_not_active"
    TRAINED_COORDINATOR = "trained_coordinator"
    TRAINING_NEED_STATUS = "training_need_status"
    GOAL_FOLLOWUP = "goal_followup"
    MEETING_FREQUENCY = "meeting_frequency"
    ACTIVE_TEAM = "active_team"
    TARGET = "target"
    CHANGE = "change"
    RULE = "rule"
    WATERFALL_STEP = "waterfall_step"
    HOUSING_NEED = "housing_need"
    HOUSING_TYPE = "housing_type"
    POPULATION = "population"
    UNIT = "unit"
    UNIT_COUNT = "unit_count"
    UNIT_REPORT = "unit_report"
    UNMET_NEED = "unmet_need"
    SHARE_COUNT = "share_count"
    COVERAGE_CHANGE = "coverage_change"
    CHANGE_CAUSE = "change_cause"


# What holds nobody's counts of persons who have services: names, definitions, which figures there
# are, official statistics. Everything else is read of the municipality that a publication is seen
# from, and of no other (decision 0021).
_OF_NOBODY = frozenset(
    {
        Table.OVERVIEW, Table.COMMON_DELIVERY, Table.MUNICIPALITY, Table.POPULATION,
        Table.INDICATOR, Table.AGE_GROUP, Table.SERVICE_AREA, Table.CODE_NAME, Table.MEASURE,
        Table.RULE, Table.WATERFALL_STEP, Table.CHANGE_CAUSE,
    }
)  # fmt: skip


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


class OthersPartError(LookupError):
    """Another municipality's own part is asked for: of others there are share packages."""

    def __init__(self, municipality: str, seen_by: str | None) -> None:
        super().__init__(f"asked of {municipality}, and seen by {seen_by}")


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

    `seen_by` is the municipality whose profile *internal* it is seen with: no other's own part can
    be opened through it. None is the installation itself, which shows nobody anything: it makes
    packages, and answers at the terminal of whoever has the files.
    """

    folder: Path
    id: str
    as_of: dt.date
    made_on: dt.date
    tables: Mapping[str, Mapping[str, Any]] = field(compare=False)
    sources: tuple[Source, ...] = field(compare=False)
    as_of_by_municipality: Mapping[str, dt.date] = field(compare=False)
    previous: Mapping[str, Previous] = field(compare=False)
    seen_by: str | None = None

    def as_seen_by(self, municipality: str) -> Publication:
        """Return the publication as a municipality sees it: of the others no own part is there.

        Raises PublicationError where it was made before municipalities' tables lay apart.
        """
        return _as_seen_by(self, municipality)

    @property
    def of_nobody(self) -> Publication:
        """The publication without anybody's own parts: what is read of it is the same for all."""
        return self if self.seen_by is None else _as_seen_by(self, "")

    def counted_up_to(self, municipality: str) -> dt.date:
        """Return the day that a municipality's figures are up to."""
        return self.as_of_by_municipality.get(municipality, self.as_of)


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


def kept_for_all(read: Callable[[Publication, *Asked], T]) -> Callable[[Publication, *Asked], T]:
    """Keep the answers of a reader of what holds nobody's counts once for all profiles."""
    kept = functools.lru_cache(maxsize=KEPT_ANSWERS)(read)

    @functools.wraps(read)
    def of_nobody(publication: Publication, /, *asked: *Asked) -> T:
        return kept(publication.of_nobody, *asked)

    return of_nobody


@functools.lru_cache(maxsize=KEPT_ANSWERS)
def _as_seen_by(publication: Publication, municipality: str) -> Publication:
    if "municipalities" not in publication.tables.get(Table.CHANGE, {}):
        raise PublicationError(Unreadable.OLDER_VERSION)
    own: dict[str, Mapping[str, Any]] = {}
    for table, entry in publication.tables.items():
        if table in _OF_NOBODY:
            own[table] = entry
        elif "municipalities" in entry:
            files = entry["municipalities"]
            theirs = {municipality: files[municipality]} if municipality in files else {}
            own[table] = {"municipalities": theirs}
    return replace(
        publication,
        seen_by=municipality,
        tables=own,
        sources=tuple(
            each
            for each in publication.sources
            if each.municipality == municipality or each.record in WHOLE_COUNTRY
        ),
        as_of_by_municipality={municipality: publication.counted_up_to(municipality)},
        previous={
            code: each for code, each in publication.previous.items() if code == municipality
        },
    )


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
    **values: object,
) -> list[tuple[Any, ...]]:
    """Return the rows of a query over the publication's tables.

    `municipality` says whose rows the query wants, and is bound like every other value: where each
    municipality has its own file of a table, only theirs is opened. Without it the query is asked
    across all that the publication may open (`Publication.seen_by`). Raises OthersPartError where
    it is asked of another municipality than the one that it is seen by.

    Each call has a cursor of its own on the one connection of the process, so any number of threads
    may ask. Every value is bound, the files' paths too.
    """
    asked = [table for table in Table if _read(table) in query]
    if not publication.tables.keys() >= set(asked):
        raise PublicationError(Unreadable.OLDER_VERSION)
    bound = dict(values)
    if municipality is not None:
        bound["municipality"] = municipality
    whose = None if municipality is None else [municipality]
    if municipality and publication.seen_by not in (None, municipality):
        raise OthersPartError(municipality, publication.seen_by)
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
