"""Landing: each delivery becomes one immutable Parquet file, without an id or a name."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path

from dagster_project.clock import OSLO, today_here
from dagster_project.config.installation import Installation
from dagster_project.config.paths import Home
from dagster_project.config.sources import FetchedSource, FileSource, Source
from dagster_project.identity.maskers import Maskers
from dagster_project.identity.masking import Masker
from dagster_project.identity.protect import Cells
from dagster_project.landing.columns import MappedTable
from dagster_project.landing.commit import arrange_days, commit, drop_damaged
from dagster_project.landing.deliveries import (
    LANDING_VERSION,
    CheckResult,
    Manifest,
    ManifestEntry,
    Status,
    Unchecked,
)
from dagster_project.landing.file_names import read_name
from dagster_project.landing.files import find_files, open_file, what_it_is
from dagster_project.landing.known_files import (
    accepts,
    already_read,
    dated_ahead,
    doubted,
    is_taken_back,
    repeated,
)
from dagster_project.landing.limits import FILE_MEGABYTES, MEGABYTE
from dagster_project.landing.numbers import undeclared_numbers
from dagster_project.landing.reader import BrokenReaderError, ReadTable, Wanted, read_apart
from dagster_project.landing.reading import Arrival, Reading, SourceOutcome
from dagster_project.landing.rows import protected_rows, write_parquet
from dagster_project.landing.same_day import Registrations, days_of, is_held_for_the_day
from dagster_project.landing.table import ReadError
from dagster_project.problems import (
    Problem,
    SamordnaError,
    no_room_left,
    where_it_happened,
    without_right,
)
from dagster_project.reference.layouts import layouts

# How the deliveries of a source are checked, given those in force: what is found of each, later.
Check = Callable[
    [Source, Sequence[Unchecked], Sequence[Unchecked]], "Future[list[list[CheckResult]]]"
]

# What a reader's error says in the words of the file, which may be anybody's name.
_QUOTING = frozenset({"header", "headers", "first", "second", "sheets"})
_LOOK_AGAIN_SECONDS = 0.5
_TIMES = ("size", "modified_ns", "landed_at")
# A delivery without a row, which is right where the register is empty.
_EMPTY = frozenset({"no_rows", "no_records"})
# A notice names so many rows.
_MOST_ROWS_NAMED = 10


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
        self.maskers = Maskers(installation)
        self._registrations = Registrations()

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
            self._hold_what_dated_ahead(reading)
            for arrival in self._in_order(reading, files):
                self._read_one(reading, arrival)
        except OSError as error:
            raise _as_disk_problem(error, self._home) from None
        self._forget_unread(reading)
        self.maskers.remember_names()
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
        label = partial(self.maskers.label_of, reading.source)
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
                    reading.fail(_unread(delivery.entry), Problem("still_written"))
                else:
                    commit(reading, delivery, checks)
            drop_damaged(reading, self._home)
            arrange_days(
                reading, self._registrations, partial(self.maskers.label_of, reading.source)
            )
        except OSError as error:
            raise _as_disk_problem(error, self._home) from None
        return reading.outcome

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
            file_name = read_name(Path(self._home.relative(path)), modified)
            delivered = file_name.delivered(modified)
            arrivals.append(Arrival(path, file_name, delivered, found.st_size, found.st_mtime_ns))
        return sorted(arrivals, key=lambda arrival: arrival.order)

    def _hold_what_dated_ahead(self, reading: Reading) -> None:
        """Hold back what has landed with a day that has not come, before that was refused."""
        for entry in list(reading.entries):
            if entry.status is Status.LANDED and (ahead := dated_ahead(entry, reading.source)):
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
        source, own, file_name = reading.source, reading.municipality, arrival.file_name
        path = arrival.path
        relative = self._home.relative(path)
        return ManifestEntry(
            source=source.name,
            record=source.record,
            file=self._shown(own, path),
            file_key=self.maskers.pseudonymiser(own).registration("file", relative),
            delivered=arrival.delivered,
            landed_at=dt.datetime.now(tz=dt.UTC),
            status=Status.FAILED,
            config_key=self._config_key(source, own),
            size=arrival.size,
            modified_ns=arrival.modified_ns,
            time=file_name.time,
            download=file_name.copy,
            written_ns=arrival.modified_ns,
            part=file_name.part,
            parts=file_name.parts,
            municipality=own,
        )

    def _is_repeated(self, reading: Reading, entry: ManifestEntry, *, dated: bool) -> bool:
        """Whether the same has been delivered before; then it is noted, and nothing is read."""
        read_before = [*reading.entries, *(delivery.entry for delivery in reading.arrived)]
        other = repeated(entry, read_before, dated=dated)
        if other and other.file_key == entry.file_key:
            # The file was written again, as it was; if another stood in its place since, it is
            # the newest again.
            update = {name: getattr(entry, name) for name in _TIMES}
            reading.write(other.model_copy(update=update))
            reading.outcome.unchanged += 1
        elif other:
            entry = entry.model_copy(update={"status": Status.REPEATED})
            reading.fail(entry, Problem("repeated", {"other": other.file}))
        return other is not None

    def _read_file(self, reading: Reading, arrival: Arrival) -> None:
        source, own, outcome = reading.source, reading.municipality, reading.outcome
        path, file_name = arrival.path, arrival.file_name
        entry = self._found(reading, arrival)
        reading.seen.add(entry.file_key)
        if any(is_taken_back(entry, other) for other in reading.of_file(entry)):
            outcome.unchanged += 1
            return
        if doubt := doubted(entry, file_name, source, path):
            reading.hold(entry, doubt)
            return
        if known := already_read(entry, reading.of_file(entry)):
            if known.status is Status.HELD and accepts(source, path):
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
            reading.fail(entry, Problem(error.code, error.params))
            return
        if self._is_repeated(reading, entry, dated=file_name.day is not None):
            return
        self._get_ready()
        try:
            entry, rows = self._read(source, path, entry)
        except ReadError as error:
            if self._is_growing(source, arrival):
                reading.fail(_unread(entry), Problem("still_written"))
                return
            if not (error.code in _EMPTY and accepts(source, path)):
                masked = {
                    name: self._mask(own, value) if name in _QUOTING else value
                    for name, value in error.params.items()
                }
                reading.fail(entry, Problem(error.code, masked))
                return
            rows = protected_rows(self.installation, self.maskers, source, entry, MappedTable())
        except BrokenReaderError as error:
            reading.fail(entry, Problem("unexpected", error.params))
            return
        except Exception as error:  # noqa: BLE001 - whatever it quotes must not be passed on
            reading.fail(entry, Problem("unexpected", where_it_happened(error)))
            return
        target = reading.manifest.parquet_path(entry)
        write_parquet(target, rows)
        landed = {"status": Status.LANDED, "parquet": self._home.relative(target)}
        accepted = accepts(source, path)
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
        return self.maskers.pseudonymiser(entry.municipality or "").file(digest)

    def _read(
        self, source: Source, path: Path, entry: ManifestEntry
    ) -> tuple[ManifestEntry, dict[str, Cells]]:
        read = read_apart(Wanted(path, source, entry.size, entry.modified_ns))
        table = read.table
        masker = self.maskers.masker(entry.municipality or "")
        rows = protected_rows(self.installation, self.maskers, source, entry, table)
        return entry.model_copy(
            update={
                "rows_read": len(table.whole),
                "columns": sorted(table.columns),
                "extra_headers": [masker.label(header) for header in table.extra_headers],
                "encoding": read.encoding,
                "delimiter": read.delimiter,
                "sheet": masker.label(read.sheet_name) if read.sheet_name else None,
                "notices": [
                    notice.as_dict()
                    for notice in (*_notices(read, masker), *undeclared_numbers(source, rows))
                ],
            }
        ), rows

    def _shown(self, municipality: str, path: Path) -> str:
        """Return a file's name as it is written everywhere: masked, and valid text."""
        # A name from a system with another encoding may be none.
        text = os.fsencode(path.name).decode("utf-8", errors="replace")
        return self.maskers.masker(municipality).label(text)

    def _mask(self, municipality: str, text: str) -> str:
        masker = self.maskers.masker(municipality)
        return ", ".join(masker.label(part) for part in text.split(", "))

    def _config_key(self, source: Source, municipality: str) -> str:
        settings = source.model_dump(include={"record", "columns"})
        settings |= {
            name: getattr(source.files, name) for name in ("sheet", "encoding", "delimiter")
        }
        settings |= {"municipality": municipality, "version": LANDING_VERSION}
        if source.files.format:
            layout = layouts()[source.files.format].model_dump_json()
            settings |= {"layout": layout, "layout_year": source.files.layout_year}
        settings |= {"synthetic": self.installation.allow_synthetic_ids}
        if source.codes:
            settings |= {"codes": source.codes}
        if lost_at := self.maskers.names_lost_at(municipality):
            settings |= {"names_lost_at": lost_at}
        return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]


def _notices(read: ReadTable, masker: Masker) -> Iterator[Problem]:
    """Return what is told of a delivery that was read."""
    table = read.table
    for unread in read.unread:
        params: dict[str, str | int] = {"sheet": masker.label(unread.name), "count": unread.rows}
        yield Problem("sheet_not_read" if unread.shown else "hidden_sheet_not_read", params)
    for code, numbers in table.remarks.items():
        listed = ", ".join(map(str, numbers[:_MOST_ROWS_NAMED]))
        rows = f"{listed}, ..." if len(numbers) > _MOST_ROWS_NAMED else listed
        yield Problem(code, {"count": len(numbers), "rows": rows})
    if table.not_taken:
        listed = ", ".join(masker.label(header) for header in table.not_taken)
        yield Problem("columns_not_taken", {"columns": listed})
    if table.hidden:
        yield Problem("invisible_signs", {"count": table.hidden})


def _day_of(seconds: float) -> dt.date:
    """Return the day of a moment; a clock that was wrong by ages says nothing."""
    try:
        return dt.datetime.fromtimestamp(seconds, tz=OSLO).date()
    except (ValueError, OverflowError, OSError):
        return today_here()


def _unread(entry: ManifestEntry) -> ManifestEntry:
    """Return the entry of a file as if nothing had been read of it: the next run reads it."""
    return entry.model_copy(update={"content_key": "", "status": Status.FAILED, "parquet": None})


def _as_disk_problem(error: OSError, home: Home) -> SamordnaError:
    if no_room_left(error):
        return SamordnaError("disk_full", path=str(home.root))
    if problem := without_right(error):
        return SamordnaError.of(problem)
    return SamordnaError("home_unwritable", path=str(home.root), reason=_reason(error))


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
