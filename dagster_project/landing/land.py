"""Landing: each delivery becomes one immutable Parquet file, without an id or a name."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.clock import OSLO, today_here
from dagster_project.config.installation import Installation
from dagster_project.config.paths import Home
from dagster_project.config.sources import FetchedSource, FileSource, Source
from dagster_project.contract import (
    RECORD_TYPES,
    WHOLE_COUNTRY,
    Kind,
    RecordType,
    Vocabulary,
)
from dagster_project.identity.keys import KeyRing, open_keys, remember_fingerprint
from dagster_project.identity.masking import KnownNames, Masker
from dagster_project.identity.names import name_parts
from dagster_project.identity.nothing import empty_cells
from dagster_project.identity.numbers import IdRules
from dagster_project.identity.protect import Cells, Protector, RawRows
from dagster_project.identity.pseudonyms import Pseudonymiser
from dagster_project.landing.columns import MappedTable
from dagster_project.landing.deliveries import (
    LANDING_VERSION,
    CheckResult,
    Manifest,
    ManifestEntry,
    Status,
    Unchecked,
    broken,
    newest_of_files,
    replaces,
)
from dagster_project.landing.file_names import NameSays, read_name
from dagster_project.landing.files import find_files, open_file, what_it_is
from dagster_project.landing.limits import FILE_MEGABYTES, MEGABYTE
from dagster_project.landing.reader import BrokenReaderError, ReadTable, Wanted, read_apart
from dagster_project.landing.same_day import (
    REPLACED,
    Registrations,
    days_of,
    is_held_for_the_day,
)
from dagster_project.landing.table import Cell, ReadError
from dagster_project.problems import (
    Problem,
    SamordnaError,
    no_room_left,
    where_it_happened,
    without_right,
)
from dagster_project.reference.municipalities import Outcome, Resolved, municipalities
from dagster_project.reference.vocabulary import vocabulary
from dagster_project.storage import DamagedError, read_kept, sync_file, write_kept
from dagster_project.values import fold, is_without_value, stands_for_nobody, visible

# How the deliveries of a source are checked, given those in force: what is found of each, later.
Check = Callable[
    [Source, Sequence[Unchecked], Sequence[Unchecked]], "Future[list[list[CheckResult]]]"
]

# What a reader's error says in the words of the file, which may be anybody's name.
_QUOTING = frozenset({"header", "headers", "first", "second", "sheets"})
_LOOK_AGAIN_SECONDS = 0.5
_TIMES = ("size", "modified_ns", "landed_at")
_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)
# A delivery without a row, which is right where the register is empty.
_EMPTY = frozenset({"no_rows", "no_records"})
# A notice names so many rows.
_MOST_ROWS_TOLD = 10
# Rows that count many, and so cannot be given to a part of a municipality that was divided.
_OF_COUNTS = WHOLE_COUNTRY | {"koordinatortall"}


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in name_parts(text))


def _words_of(vocabulary: Vocabulary) -> frozenset[str]:
    """Return the words of the trade: of the code lists, and of the contract's own headers."""
    columns = [column for record in RECORD_TYPES.values() for column in record.columns]
    return _words(
        [
            *(value for values in vocabulary.fields.values() for value in values),
            *RECORD_TYPES,
            *(header for column in columns for header in (column.name, *column.aliases)),
        ]
    )


def _listed(sources: Iterable[Source]) -> frozenset[str]:
    """Return what the settings say of values: the units and codes that are known to name nobody."""
    return frozenset(
        fold(value) for source in sources for values in source.values.values() for value in values
    )


@dataclass(frozen=True)
class Arrival:
    """A file in the inbox before it is read: what its name says, and how it was found."""

    path: Path
    says: NameSays
    delivered: dt.date
    size: int
    modified_ns: int

    @property
    def order(self) -> tuple[dt.date, str, int, int, str]:
        """What sorts the files of a source in the order of delivery, as their entries."""
        return (
            self.delivered,
            self.says.time,
            self.says.copy,
            self.modified_ns,
            self.path.as_posix(),
        )


@dataclass
class SourceOutcome:
    """What a run did with one source."""

    source: Source
    landed: list[ManifestEntry] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Reading:
    """A source that has been read, and whose new deliveries wait for what their checks find."""

    outcome: SourceOutcome
    municipality: str
    manifest: Manifest
    entries: list[ManifestEntry]
    damaged: list[Path]
    arrived: list[Unchecked] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    arrivals: dict[str, Arrival] = field(default_factory=dict)
    found: Future[list[list[CheckResult]]] | None = None

    @property
    def source(self) -> Source:
        """The source."""
        return self.outcome.source

    def write(self, entry: ManifestEntry) -> None:
        """Write an entry to the manifest, and keep it in mind."""
        self.manifest.write(entry)
        self.entries = [other for other in self.entries if other.key != entry.key]
        self.entries.append(entry)

    def forget(self, entry: ManifestEntry) -> None:
        """Drop an entry that a newer reading of the same file replaces."""
        self.manifest.forget(entry)
        self.entries = [other for other in self.entries if other.key != entry.key]

    def of_file(self, entry: ManifestEntry) -> list[ManifestEntry]:
        """Return what is known of the same file."""
        return [other for other in self.entries if other.file_key == entry.file_key]


class Lander:
    """Lands the deliveries of an installation: `read` a source, then `commit` what was read.

    `check` is asked of every delivery that has been read, and answers when it can, so that the
    next source is read meanwhile. A check that does not hold keeps the delivery out of the
    warehouse. A file that was written less than `quiet_seconds` ago is taken into use once it has
    been left alone for so long; where it goes on being written, the next run reads it. `get_ready`
    is called before a file is read that `check` will be asked about.
    """

    def __init__(
        self,
        installation: Installation,
        check: Check,
        *,
        get_ready: Callable[[], None] = lambda: None,
        quiet_seconds: float = 0.0,
    ) -> None:
        self.installation = installation
        self._get_ready = get_ready
        self._quiet_seconds = quiet_seconds
        self._home = installation.home
        self._check = check
        self._words = _words_of(vocabulary())
        self._places = _words(
            name for code in municipalities().name_today for name in municipalities().names_of(code)
        )
        self._keys = open_keys(installation)
        self._pseudonymisers: dict[str, Pseudonymiser] = {}
        self._names: dict[str, KnownNames] = {}
        self._stored: dict[str, dict[str, Any]] = {}
        self._maskers: dict[str, Masker] = {}
        self._registrations = Registrations()
        self._held = frozenset(installation.codes)

    # What landing adds to the columns that identity hands on.
    ROW_COLUMNS = (
        "source",
        "delivery_key",
        "row_number",
        "too_wide",
        "too_short",
        "municipality_code",
        "municipality_outcome",
        "municipality_was",
    )

    @property
    def keys(self) -> KeyRing:
        """The keys in use, with the list of those just made."""
        return self._keys

    def open_keys(self) -> None:
        """Open the key of every municipality, before a row is read.

        Raises SamordnaError if one is missing or wrong where data have landed.
        """
        for municipality in sorted(self._held):
            self._pseudonymiser(municipality)

    def label(self, municipality: str, text: str) -> str:
        """Return a text as landing would write it for a municipality."""
        known = municipality or self.installation.home_code
        return self._masker(known).label(text) if known and text else text

    def remark(self, municipality: str, text: str) -> str:
        """Return what a person says, masked where it may name another one."""
        known = municipality or self.installation.home_code
        return self._masker(known).remark(text) if known and text else text

    def masked(self, source: Source, text: str) -> str:
        """Return a text of a source as landing would write it."""
        own = self.installation.code_of(source)
        return self._masker(own).label(text) if own else text

    def read(self, source: Source) -> Reading:
        """Read what is new of a source. A delivery that fails, fails alone."""
        outcome = SourceOutcome(source)
        own = self.installation.code_of(source)
        manifest = Manifest(self._home, source)
        if own is None:
            written = self.installation.municipality_of(source)
            params = {"source": source.name, "written": written}
            outcome.problems.append(Problem("municipality_invalid", params))
            return Reading(outcome, "", manifest, [], [])
        manifest.sweep()
        entries, damaged = manifest.read()
        reading = Reading(outcome, own, manifest, entries, damaged)
        standing = manifest.in_force()
        files = find_files(self._home, source)
        # Where nothing was fetched, fetching has said why.
        if not files and not standing and isinstance(source, FileSource):
            outcome.problems.append(
                Problem("no_file", {"source": source.name, "path": source.path})
            )
        try:
            self._hold_what_is_ahead(reading)
            for arrival in self._in_order(reading, files):
                self._read_one(reading, arrival)
        except OSError as error:
            raise _as_disk_problem(error, self._home) from None
        self._forget_unread(reading)
        for municipality in sorted(self._names):
            self._remember_names(municipality)
        if reading.arrived:
            before = [Unchecked(entry, manifest.parquet_path(entry)) for entry in standing]
            before, reading.arrived = self._with_parts(reading, before)
            reading.found = self._check(source, before, reading.arrived)
        return reading

    def _with_parts(
        self, reading: Reading, standing: list[Unchecked]
    ) -> tuple[list[Unchecked], list[Unchecked]]:
        """Return what stands and what has arrived, each with the other parts of its snapshot."""
        arrived = {delivery.entry.file_key for delivery in reading.arrived}
        known = [each for each in standing if each.entry.file_key not in arrived]
        label = partial(self.masked, reading.source)
        together = {
            each.entry.key: tuple(part.parquet for part in day.counting if part is not each)
            for day in days_of(
                reading.source, [*known, *reading.arrived], self._registrations, label
            )
            for each in day.counting
        }
        return tuple(  # type: ignore[return-value]
            [replace(each, beside=together.get(each.entry.key, ())) for each in deliveries]
            for deliveries in (standing, reading.arrived)
        )

    def commit(self, reading: Reading) -> SourceOutcome:
        """Take what was read into use, or hold it back, as its checks say."""
        found = reading.found.result() if reading.found else []
        try:
            for delivery, checks in zip(reading.arrived, found, strict=True):
                if self._is_growing(reading.source, reading.arrivals[delivery.entry.key]):
                    delivery.parquet.unlink(missing_ok=True)
                    self._fail(reading, _unread(delivery.entry), Problem("still_written"))
                else:
                    self._commit(reading, delivery, checks)
            self._heal(reading)
            self._arrange_days(reading)
        except OSError as error:
            raise _as_disk_problem(error, self._home) from None
        return reading.outcome

    def _heal(self, reading: Reading) -> None:
        """Drop the damaged entries whose files have landed anew.

        Raises SamordnaError where a delivery is lost: the register would shrink without it.
        """
        # What landed anew under the same name lies in the place of the damaged one.
        healed = {reading.manifest.path(entry) for entry in reading.entries}
        for damaged in set(reading.damaged) - healed:
            if not any(replaces(entry, damaged) for entry in reading.entries):
                raise SamordnaError(
                    "delivery_damaged",
                    source=reading.source.name,
                    file=self._home.relative(damaged),
                    inbox=reading.source.files.pattern,
                )
            reading.manifest.drop(damaged)

    def _arrange_days(self, reading: Reading) -> None:
        """Say of the deliveries of one day which count, and why the others do not."""
        manifest = reading.manifest
        landed = newest_of_files(reading.entries)
        newest = {entry.file_key: entry.landed_at for entry in landed}
        held = [
            entry
            for entry in reading.entries
            if entry.status is Status.HELD
            and entry.parquet
            and entry.municipality == reading.municipality
            and entry.landed_at > newest.get(entry.file_key, _LONG_AGO)
        ]
        deliveries = [Unchecked(entry, manifest.parquet_path(entry)) for entry in (*landed, *held)]
        label = partial(self.masked, reading.source)
        days = days_of(reading.source, deliveries, self._registrations, label)
        problems = reading.outcome.problems
        by_key = {each.entry.key: each.entry for each in deliveries}
        for day in days:
            for each in day.counting:
                self._rewrite(reading, each.entry, Status.LANDED)
            for key, later in day.replaced.items():
                entry, other = by_key[key], later.entry
                said = {"source": entry.source, "file": entry.file, "other": other.file}
                problem = Problem(REPLACED, said)
                self._rewrite(reading, entry, Status.LANDED, problem, replaced_by=other.key)
                if day is days[-1] and entry.file_key != other.file_key:
                    problems.append(problem)
            for key, problem in day.held.items():
                self._rewrite(reading, by_key[key], Status.HELD, problem)
                problems.append(problem)

    @staticmethod
    def _rewrite(
        reading: Reading,
        entry: ManifestEntry,
        status: Status,
        problem: Problem | None = None,
        replaced_by: str | None = None,
    ) -> None:
        told = problem.as_dict() if problem else None
        said = {"status": status, "problem": told, "replaced_by": replaced_by}
        changed = entry.model_copy(update=said)
        if changed != entry:
            reading.write(changed)

    def _in_order(self, reading: Reading, files: Sequence[Path]) -> list[Arrival]:
        """Return the files in the order of delivery, as their names and times tell it."""
        arrivals = []
        for path in files:
            try:
                found = path.lstat()
            except FileNotFoundError:
                # Taken away since the files were listed: it was never delivered.
                continue
            except OSError as error:
                shown = self._shown(reading.municipality, path)
                params = {"source": reading.source.name, "file": shown, "reason": _reason(error)}
                reading.outcome.problems.append(Problem("file_unreadable", params))
                continue
            modified = _day_of(found.st_mtime)
            says = read_name(Path(self._home.relative(path)), modified)
            delivered = says.delivered(modified)
            arrivals.append(Arrival(path, says, delivered, found.st_size, found.st_mtime_ns))
        return sorted(arrivals, key=lambda arrival: arrival.order)

    def _hold_what_is_ahead(self, reading: Reading) -> None:
        """Hold back what has landed with a day that has not come, before that was refused."""
        for entry in list(reading.entries):
            if entry.status is Status.LANDED and (ahead := _ahead(entry, reading.source)):
                held = {"status": Status.HELD, "problem": ahead.as_dict()}
                reading.write(entry.model_copy(update=held))

    def _forget_unread(self, reading: Reading) -> None:
        """Drop what was held back unread of files that have been taken away again."""
        for entry in list(reading.entries):
            gone = entry.file_key not in reading.seen
            if gone and entry.unread and entry.status is Status.HELD:
                reading.forget(entry)

    def _read_one(self, reading: Reading, arrival: Arrival) -> None:
        """Read a file, whose trouble is no other's."""
        try:
            self._read_file(reading, arrival)
        except (OSError, SamordnaError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it quotes must not be passed on
            shown = self._shown(reading.municipality, arrival.path)
            params = {"source": reading.source.name, "file": shown, **where_it_happened(error)}
            reading.outcome.problems.append(Problem("unexpected", params))

    def _is_growing(self, source: Source, arrival: Arrival) -> bool:
        """Whether a file goes on being written; waits until it has been left alone long enough.

        What a connector fetches is there whole or not at all.
        """
        while not isinstance(source, FetchedSource):
            try:
                now = arrival.path.stat()
            except FileNotFoundError:
                return False
            if (now.st_size, now.st_mtime_ns) != (arrival.size, arrival.modified_ns):
                return True
            age = time.time() - now.st_mtime
            if not 0 <= age < self._quiet_seconds:
                return False
            time.sleep(min(_LOOK_AGAIN_SECONDS, self._quiet_seconds - age))
        return False

    def _found(self, reading: Reading, arrival: Arrival) -> ManifestEntry:
        """Return what is known of a file before it is read."""
        source, own, says = reading.source, reading.municipality, arrival.says
        path = arrival.path
        relative = self._home.relative(path)
        return ManifestEntry(
            source=source.name,
            record=source.record,
            file=self._shown(own, path),
            file_key=self._pseudonymiser(own).registration("file", relative),
            delivered=arrival.delivered,
            landed_at=dt.datetime.now(tz=dt.UTC),
            status=Status.FAILED,
            config_key=self._config_key(source, own),
            size=arrival.size,
            modified_ns=arrival.modified_ns,
            time=says.time,
            download=says.copy,
            written_ns=arrival.modified_ns,
            part=says.part,
            parts=says.parts,
            municipality=own,
        )

    def _is_repeated(self, reading: Reading, entry: ManifestEntry, *, dated: bool) -> bool:
        """Whether the same has been delivered before; then it is noted, and nothing is read."""
        read_before = [*reading.entries, *(delivery.entry for delivery in reading.arrived)]
        twin = _twin(entry, read_before, dated=dated)
        if twin and twin.file_key == entry.file_key:
            # The file was written again, as it was; if another stood in its place since, it is
            # the newest again.
            update = {name: getattr(entry, name) for name in _TIMES}
            reading.write(twin.model_copy(update=update))
            reading.outcome.unchanged += 1
        elif twin:
            entry = entry.model_copy(update={"status": Status.REPEATED})
            self._fail(reading, entry, Problem("repeated", {"other": twin.file}))
        return twin is not None

    def _read_file(self, reading: Reading, arrival: Arrival) -> None:
        source, own, outcome = reading.source, reading.municipality, reading.outcome
        path, says = arrival.path, arrival.says
        entry = self._found(reading, arrival)
        reading.seen.add(entry.file_key)
        if any(_is_taken_back(entry, other) for other in reading.of_file(entry)):
            outcome.unchanged += 1
            return
        if doubt := _doubted(entry, says, source, path):
            self._hold(reading, entry, doubt)
            return
        if known := _already_read(entry, reading.of_file(entry)):
            if known.status is Status.HELD and _accepts(source, path):
                # A person has said that it is right.
                known = known.model_copy(update={"status": Status.LANDED, "problem": None})
                reading.write(known)
            outcome.unchanged += 1
            if known.problem and not known.replaced_by and not is_held_for_the_day(known):
                outcome.problems.append(Problem.from_dict(known.problem))
            return
        try:
            entry = entry.model_copy(update={"content_key": self._content_key(path, entry)})
        except ReadError as error:
            self._fail(reading, entry, Problem(error.code, error.params))
            return
        if self._is_repeated(reading, entry, dated=says.day is not None):
            return
        self._get_ready()
        try:
            entry, rows = self._read(source, path, entry)
        except ReadError as error:
            if self._is_growing(source, arrival):
                self._fail(reading, _unread(entry), Problem("still_written"))
                return
            if not (error.code in _EMPTY and _accepts(source, path)):
                masked = {
                    name: self._mask(own, value) if name in _QUOTING else value
                    for name, value in error.params.items()
                }
                self._fail(reading, entry, Problem(error.code, masked))
                return
            rows = self._protect(source, entry, MappedTable())
        except BrokenReaderError as error:
            self._fail(reading, entry, Problem("unexpected", error.said))
            return
        except Exception as error:  # noqa: BLE001 - whatever it quotes must not be passed on
            self._fail(reading, entry, Problem("unexpected", where_it_happened(error)))
            return
        target = reading.manifest.parquet_path(entry)
        _write_parquet(target, rows)
        landed = {"status": Status.LANDED, "parquet": self._home.relative(target)}
        accepted = _accepts(source, path)
        reading.arrivals[entry.key] = arrival
        reading.arrived.append(Unchecked(entry.model_copy(update=landed), target, accepted))

    def _content_key(self, path: Path, entry: ManifestEntry) -> str:
        """Return the key of what a file holds. Raises ReadError if it is not to be opened."""
        try:
            if what := what_it_is(self._home, path, path.lstat()):
                raise ReadError("not_a_file", what=what)
            if entry.size > FILE_MEGABYTES * MEGABYTE:
                size, most = str(entry.size // MEGABYTE), str(FILE_MEGABYTES)
                raise ReadError("file_too_large", size=size, most=most)
            with open_file(path, entry.size, entry.modified_ns) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ReadError("file_unreadable", reason=_reason(error)) from None
        return self._pseudonymiser(entry.municipality or "").file(digest)

    def _read(
        self, source: Source, path: Path, entry: ManifestEntry
    ) -> tuple[ManifestEntry, dict[str, Cells]]:
        read = read_apart(Wanted(path, source, entry.size, entry.modified_ns))
        table = read.table
        masker = self._masker(entry.municipality or "")
        rows = self._protect(source, entry, table)
        return entry.model_copy(
            update={
                "rows_read": len(table.whole),
                "columns": sorted(table.columns),
                "extra_headers": [masker.label(header) for header in table.extra_headers],
                "encoding": read.encoding,
                "delimiter": read.delimiter,
                "sheet": masker.label(read.sheet_name) if read.sheet_name else None,
                "notices": [notice.as_dict() for notice in _notices(read, masker)],
            }
        ), rows

    def _commit(self, reading: Reading, delivery: Unchecked, checks: list[CheckResult]) -> None:
        entry = delivery.entry.model_copy(update={"checks": checks})
        if (failed := broken(checks)) and not delivery.accepted:
            names = ", ".join(dict.fromkeys(_check_name(check) for check in failed))
            said = {"source": entry.source, "file": entry.file, "checks": names}
            problem = Problem("held", said)
            entry = entry.model_copy(update={"status": Status.HELD, "problem": problem.as_dict()})
            reading.outcome.problems.append(problem)
        same_file = reading.of_file(entry)
        reading.write(entry)
        for other in same_file:
            # Another reading of the same content, or a failure that is mended now: gone.
            mended = other.status is Status.FAILED or other.unread
            anew = other.content_key == entry.content_key or mended
            if anew and other.key != entry.key:
                reading.forget(other)
        reading.outcome.landed.append(entry)

    def _protect(
        self, source: Source, entry: ManifestEntry, table: MappedTable
    ) -> dict[str, Cells]:
        own = entry.municipality or ""
        record = RECORD_TYPES[source.record]
        resolved = self._resolve(record, table, own)
        whole_country = record.name in WHOLE_COUNTRY
        keys_of_row = [own if whole_country else found.code or own for found in resolved]
        self._learn_names(record, table, own, keys_of_row)
        protector = Protector(
            record,
            entry.delivered,
            IdRules.on(entry.delivered, synthetic=self.installation.allow_synthetic_ids),
            vocabulary(),
            source.values,
            _places(record, table, resolved),
            self._pseudonymiser,
            self._masker,
        )
        written = protector.protect(RawRows(table.columns, table.whole), keys_of_row)
        count = len(table.whole)
        added: tuple[Cells, ...] = (
            [source.name] * count,
            [entry.key] * count,
            [str(number) for number in table.numbers],
            ["ja" if wide else None for wide in table.too_wide],
            ["ja" if short else None for short in table.too_short],
            [found.code for found in resolved],
            [str(found.outcome) for found in resolved],
            [found.was for found in resolved],
        )
        return dict(zip(self.ROW_COLUMNS, added, strict=True)) | written

    def _resolve(self, record: RecordType, table: MappedTable, own: str) -> list[Resolved]:
        whole_country = record.name in WHOLE_COUNTRY
        name = "region" if whole_country else "kommune"
        cells = table.columns.get(name) or [None] * len(table.whole)
        # The error of a spreadsheet is no municipality, and not nothing either.
        readable = [cell for cell in cells if not (cell and is_without_value(cell))]
        nothing = empty_cells(Kind.MUNICIPALITY, readable)
        years: list[Cell] = [None] * len(cells)
        if whole_country:
            years = table.columns.get("aar") or years
        found: dict[tuple[Cell, Cell], Resolved] = {}
        for cell, year in set(zip(cells, years, strict=True)):
            resolved = municipalities().resolve(
                None if cell in nothing and not whole_country else cell,
                own,
                year=int(year) if year and year.isdecimal() else None,
                of_counts=record.name in _OF_COUNTS,
            )
            if resolved.code and not whole_country and resolved.code not in self._held:
                resolved = Resolved(None, Outcome.NOT_HELD, resolved.was)
            found[cell, year] = resolved
        return [found[cell, year] for cell, year in zip(cells, years, strict=True)]

    def _hold(self, reading: Reading, entry: ManifestEntry, problem: Problem) -> None:
        """Hold a file back before it is read."""
        self._fail(reading, entry.model_copy(update={"status": Status.HELD}), problem)

    def _fail(self, reading: Reading, entry: ManifestEntry, problem: Problem) -> None:
        problem = Problem(
            problem.code, {**problem.params, "source": entry.source, "file": entry.file}
        )
        reading.outcome.problems.append(problem)
        for other in reading.of_file(entry):
            if other.status is Status.FAILED or other.unread:
                reading.forget(other)
        reading.write(entry.model_copy(update={"problem": problem.as_dict()}))

    def _shown(self, municipality: str, path: Path) -> str:
        """Return a file's name as it is written everywhere: masked, and valid text."""
        # A name from a system with another encoding may be none.
        text = os.fsencode(path.name).decode("utf-8", errors="replace")
        return self._masker(municipality).label(text)

    def _mask(self, municipality: str, text: str) -> str:
        masker = self._masker(municipality)
        return ", ".join(masker.label(part) for part in text.split(", "))

    def _pseudonymiser(self, municipality: str) -> Pseudonymiser:
        if municipality not in self._pseudonymisers:
            made = self._keys.pseudonymiser(municipality)
            remember_fingerprint(self._home, municipality, made.fingerprint())
            self._pseudonymisers[municipality] = made
        return self._pseudonymisers[municipality]

    def _known_names(self, municipality: str) -> KnownNames:
        if municipality not in self._names:
            stored = self._stored_names(municipality).get("words", [])
            self._names[municipality] = KnownNames(self._pseudonymiser(municipality), stored)
        return self._names[municipality]

    def _stored_names(self, municipality: str) -> dict[str, Any]:
        """Return what is remembered of the names of a municipality.

        Where it is lost, everything is landed anew: only so are the names known again.
        """
        if municipality not in self._stored:
            try:
                self._stored[municipality] = read_kept(self._names_file(municipality))
            except DamagedError:
                lost_at = dt.datetime.now(tz=dt.UTC).isoformat()
                self._store_names(municipality, {"words": [], "lost_at": lost_at})
        return self._stored[municipality]

    def _store_names(self, municipality: str, said: dict[str, Any]) -> None:
        write_kept(self._names_file(municipality), json.dumps(said))
        self._stored[municipality] = said

    def _masker(self, municipality: str) -> Masker:
        if municipality not in self._maskers:
            self._maskers[municipality] = Masker(
                self._pseudonymiser(municipality),
                self._words,
                self._known_names(municipality),
                listed=_listed(self.installation.sources),
                places=self._places,
                own_places=_words(municipalities().names_of(municipality)),
            )
        return self._maskers[municipality]

    def _learn_names(
        self, record: RecordType, table: MappedTable, own: str, keys_of_row: Sequence[str]
    ) -> None:
        """Add the names of a delivery to what its own municipality knows, and that of each row."""
        for column in record.columns:
            if column.kind not in (Kind.PERSON_NAME, Kind.EMPLOYEE_NAME):
                continue
            names: dict[str, set[str]] = {own: set()}
            for cell, of_row in zip(table.columns.get(column.name, []), keys_of_row, strict=False):
                if (
                    cell
                    and not vocabulary().canonical(column.name, cell)
                    and not stands_for_nobody(cell)
                    and not is_without_value(cell)
                ):
                    for municipality in {own, of_row}:
                        names.setdefault(municipality, set()).add(cell)
            for municipality, known in names.items():
                self._known_names(municipality).add(known)
        for municipality in {own, *keys_of_row}:
            self._known_names(municipality).add(
                name for name in table.names if not stands_for_nobody(name)
            )

    def _names_file(self, municipality: str) -> Path:
        return self._home.state / "names" / f"{municipality}.json"

    def _remember_names(self, municipality: str) -> None:
        words = sorted(self._known_names(municipality).hashes)
        stored = self._stored_names(municipality)
        if words != stored.get("words", []):
            self._store_names(municipality, {**stored, "words": words})

    def _config_key(self, source: Source, municipality: str) -> str:
        said = source.model_dump(include={"record", "columns"})
        said |= {name: getattr(source.files, name) for name in ("sheet", "encoding", "delimiter")}
        said |= {"municipality": municipality, "version": LANDING_VERSION}
        said |= {"synthetic": self.installation.allow_synthetic_ids}
        if lost_at := self._stored_names(municipality).get("lost_at"):
            said |= {"names_lost_at": lost_at}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]


def _accepts(source: Source, path: Path) -> bool:
    """Whether a person has said in `sources.yml` that a file is right."""
    return _seen_name(path.name) in map(_seen_name, source.accept)


def _seen_name(name: str) -> str:
    return unicodedata.normalize("NFC", visible(name)).strip()


def _notices(read: ReadTable, masker: Masker) -> Iterator[Problem]:
    """Return what is told of a delivery that was read."""
    table = read.table
    for unread in read.unread:
        said: dict[str, str | int] = {"sheet": masker.label(unread.name), "count": unread.rows}
        yield Problem("sheet_not_read" if unread.shown else "hidden_sheet_not_read", said)
    for code, numbers in table.told.items():
        listed = ", ".join(map(str, numbers[:_MOST_ROWS_TOLD]))
        rows = f"{listed}, ..." if len(numbers) > _MOST_ROWS_TOLD else listed
        yield Problem(code, {"count": len(numbers), "rows": rows})
    if table.hidden:
        yield Problem("invisible_signs", {"count": table.hidden})


def _places(record: RecordType, table: MappedTable, resolved: list[Resolved]) -> frozenset[str]:
    """Return the cells that were understood as municipalities."""
    return frozenset(
        cell
        for column in record.columns
        if column.kind is Kind.MUNICIPALITY
        for cell, found in zip(table.columns.get(column.name, []), resolved, strict=False)
        if cell and found.outcome is not Outcome.UNKNOWN
    )


def _is_taken_back(entry: ManifestEntry, other: ManifestEntry) -> bool:
    """Whether a file lies in the inbox as it did when its delivery was taken back."""
    unchanged = (other.size, other.modified_ns) == (entry.size, entry.modified_ns)
    return other.status is Status.WITHDRAWN and unchanged


def _already_read(entry: ManifestEntry, same_file: Sequence[ManifestEntry]) -> ManifestEntry | None:
    for other in sorted(same_file, key=lambda other: other.landed_at, reverse=True):
        unchanged = (other.size, other.modified_ns) == (entry.size, entry.modified_ns)
        read = other.content_key and unchanged and other.config_key == entry.config_key
        return other if read else None
    return None


def _twin(
    entry: ManifestEntry, before: list[ManifestEntry], *, dated: bool
) -> ManifestEntry | None:
    """Return the delivery that this one repeats: the same content, of the same day."""
    for other in before:
        if other.content_key != entry.content_key:
            continue
        # What was taken back stays so, however it is read.
        if other.config_key != entry.config_key and other.status is not Status.WITHDRAWN:
            continue
        if other.status not in (Status.LANDED, Status.HELD, Status.WITHDRAWN):
            continue
        if other.file_key == entry.file_key or other.delivered == entry.delivered or not dated:
            return other
    return None


def _day_of(seconds: float) -> dt.date:
    """Return the day of a moment; a clock that was wrong by ages says nothing."""
    try:
        return dt.datetime.fromtimestamp(seconds, tz=OSLO).date()
    except (ValueError, OverflowError, OSError):
        return today_here()


def _unread(entry: ManifestEntry) -> ManifestEntry:
    """Return the entry of a file as if nothing had been read of it: the next run reads it."""
    return entry.model_copy(update={"content_key": "", "status": Status.FAILED, "parquet": None})


def _ahead(entry: ManifestEntry, source: Source) -> Problem | None:
    """Return what is wrong with a delivery whose day has not come."""
    if entry.delivered <= today_here() + dt.timedelta(days=source.days_ahead):
        return None
    said = {"source": entry.source, "file": entry.file, "day": entry.delivered.isoformat()}
    return Problem("dated_ahead", {**said, "days": source.days_ahead})


def _doubted(entry: ManifestEntry, says: NameSays, source: Source, path: Path) -> Problem | None:
    """Return why it is not known of which day a file is, if it is not."""
    if says.unread and not _accepts(source, path):
        return Problem("day_unread", {"day": entry.delivered.isoformat()})
    return _ahead(entry, source)


def _check_name(check: CheckResult) -> str:
    return f"{check.check} ({check.column})" if check.column else check.check


def _as_disk_problem(error: OSError, home: Home) -> SamordnaError:
    if no_room_left(error):
        return SamordnaError("disk_full", path=str(home.root))
    if problem := without_right(error):
        return SamordnaError.of(problem)
    return SamordnaError("home_unwritable", path=str(home.root), reason=_reason(error))


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _write_parquet(target: Path, columns: dict[str, Cells]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({name: pa.array(cells, type=pa.string()) for name, cells in columns.items()})
    fresh = target.with_name(f".{target.name}")
    pq.write_table(table, fresh, compression="zstd")
    # The entry that names it is written next, and must not be on the disk before it.
    sync_file(fresh)
    fresh.replace(target)
