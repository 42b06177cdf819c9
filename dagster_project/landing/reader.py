"""Reading a file in a process of its own, so that no file can take the run down.

The process reads one file after the other, within the limits of `limits.py`, and hands on rows as
text; it writes nothing. A file that brings it down is that file's problem alone: a new process
reads the next one. What is sent back comes in parts, so that neither side holds it twice.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import resource
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from dagster_project.config.sources import Source
from dagster_project.contract import RECORD_TYPES
from dagster_project.end_with_parent import end_with_parent
from dagster_project.fresh_process import FreshContext
from dagster_project.landing.columns import HeaderMatcher, MappedTable
from dagster_project.landing.files import UnreadSheet, read_bytes, read_file, read_official
from dagster_project.landing.limits import MEGABYTE, MEMORY_MEGABYTES, PATIENCE, seconds_for
from dagster_project.landing.table import ReadError, refuse_large
from dagster_project.problems import where_it_happened
from dagster_project.reference.layouts import layouts

_SECONDS_TO_START = 120
_ROWS_AT_ONCE = 20_000
# Memory that was taken is not all given back: a process that has grown so large is begun anew.
_LARGE_MEGABYTES = MEMORY_MEGABYTES // 4


@dataclass(frozen=True)
class Wanted:
    """A file to read, of the size and time (ns) that it was found with."""

    path: Path
    source: Source
    size: int
    modified_ns: int


@dataclass(frozen=True)
class Cost:
    """What reading a file took: seconds of the processor, and the process's peak of memory."""

    seconds: float
    megabytes: float


@dataclass(frozen=True)
class ReadTable:
    """A file as read: its rows below the header, and how they were found."""

    table: MappedTable
    encoding: str | None
    delimiter: str | None
    sheet_name: str | None
    unread: tuple[UnreadSheet, ...]
    cost: Cost


class BrokenReaderError(Exception):
    """Something unforeseen happened in the process: what and where, and nothing of the file."""

    def __init__(self, reason: str, where: str) -> None:
        self.params = {"reason": reason, "where": where}
        super().__init__(reason, where)


def get_ready() -> None:
    """Start the process, so that it has loaded its tools when the first file comes."""
    _the_process().start()


def process_id() -> int | None:
    """Return the id of the process, or None where there is none: a file ended it."""
    return _the_process().id


def read_apart(wanted: Wanted) -> ReadTable:
    """Read a file in the process. Raises ReadError, which names no cell, or BrokenReaderError."""
    return _the_process().read(wanted)


@functools.cache
def _the_process() -> _Process:
    made = _Process()
    # The interpreter waits for its processes when it ends: this one is to have ended before.
    atexit.register(made.end)
    return made


class _Process:
    """The process, as the one that asks it sees it."""

    def __init__(self) -> None:
        self._process: Any = None
        self._connection: Connection
        self._ready = False

    @property
    def id(self) -> int | None:
        """The id of the process, if it runs."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process unless it runs."""
        if self._process is not None and self._process.is_alive():
            return
        fresh = FreshContext()
        self._connection, other = fresh.Pipe()
        self._process = fresh.Process(target=_serve, args=(other,), daemon=True)
        self._process.start()
        self._ready = False
        other.close()

    def read(self, wanted: Wanted) -> ReadTable:
        """Read a file. Raises ReadError or BrokenReaderError."""
        self.start()
        self._wait_for_start()
        try:
            self._connection.send(wanted)
            return self._receive(PATIENCE * seconds_for(wanted.size))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise ReadError(_why_it_ended(self._end()), **_allowed(wanted)) from None
        except TimeoutError:
            self._end()
            raise ReadError("file_takes_long", **_allowed(wanted)) from None

    def _wait_for_start(self) -> None:
        # Whatever keeps the process from starting is no fault of the file that it is to read.
        if not self._ready:
            self._ready = self._connection.poll(_SECONDS_TO_START) and self._connection.recv()

    def _receive(self, patience: float) -> ReadTable:
        parts: list[MappedTable] = []
        while True:
            if not self._connection.poll(patience):
                raise TimeoutError
            match self._connection.recv():
                case MappedTable() as part:
                    parts.append(part)
                case ReadTable() as read:
                    if read.cost.megabytes > _LARGE_MEGABYTES:
                        self._end()
                    return replace(read, table=_joined(read.table, parts))
                case BrokenReaderError() as error:
                    raise error
                case code, params:
                    if code == "file_takes_memory":
                        self._end()
                    raise ReadError(code, **params)

    def end(self) -> None:
        """End the process if it runs; it is started again when it is asked next."""
        if self._process is not None:
            self._end()

    def _end(self) -> int:
        """End the process, and return what it ended with."""
        self._connection.close()
        self._process.join(1)
        self._process.kill()
        self._process.join()
        ended = int(self._process.exitcode)
        self._process = None
        return ended


def _why_it_ended(exit_code: int) -> str:
    match -exit_code:
        case signal.SIGXCPU:
            return "file_takes_long"
        case signal.SIGABRT | signal.SIGKILL:
            # A library that gets no memory aborts; the system kills whom it has none for.
            return "file_takes_memory"
        case _:
            return "file_breaks_reader"


def _allowed(wanted: Wanted) -> dict[str, str]:
    return {"seconds": str(seconds_for(wanted.size)), "megabytes": str(MEMORY_MEGABYTES)}


# What follows runs in the process.


def _serve(connection: Connection) -> None:
    end_with_parent()
    _limit(resource.RLIMIT_DATA, MEMORY_MEGABYTES * MEGABYTE)
    _limit(resource.RLIMIT_CORE, 0)
    # What a library says when it aborts is not for the terminal, and may quote.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EOFError, BrokenPipeError):
        connection.send(True)
        while True:
            _answer(connection, connection.recv())


def _limit(what: int, soft: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _answer(connection: Connection, wanted: Wanted) -> None:
    began = _seconds()
    _limit(resource.RLIMIT_CPU, int(began) + 1 + seconds_for(wanted.size))
    try:
        read = _read(wanted)
        for part in _parts(read.table):
            connection.send(part)
        cost = Cost(_seconds() - began, _peak_megabytes())
        connection.send(replace(read, table=_part(read.table, slice(0)), cost=cost))
    except ReadError as error:
        connection.send((error.code, error.params))
    except MemoryError:
        connection.send(("file_takes_memory", _allowed(wanted)))
    except Exception as error:  # noqa: BLE001 - whatever it quotes must not be passed on
        connection.send(BrokenReaderError(**where_it_happened(error)))
    finally:
        _limit(resource.RLIMIT_CPU, resource.RLIM_INFINITY)


def _read(wanted: Wanted) -> ReadTable:
    content = read_bytes(wanted.path, wanted.size, wanted.modified_ns)
    if wanted.source.files.format:
        layout = layouts()[wanted.source.files.format]
        rows, encoding = read_official(content, wanted.source, layout)
        return ReadTable(rows, encoding, None, None, (), Cost(0, 0))
    matcher = HeaderMatcher(RECORD_TYPES[wanted.source.record], wanted.source.columns)
    read = read_file(wanted.path, content, wanted.source, matcher)
    del content
    sheet = read.sheet
    refuse_large(sheet)
    table = matcher.map(sheet)
    return ReadTable(
        table, sheet.encoding, sheet.delimiter, read.sheet_name, read.unread, Cost(0, 0)
    )


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _peak_megabytes() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        # What the system says that a process has used includes what its parent had when it began.
        peak = status.read_text(encoding="utf-8").partition("VmHWM:")[2].split()[0]
        return int(peak) * 1024 / MEGABYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


# A table is sent in parts.

_OF_EACH_ROW = ("whole", "numbers", "too_wide", "too_short")


def _parts(table: MappedTable) -> Iterator[MappedTable]:
    for first in range(0, len(table.whole), _ROWS_AT_ONCE):
        # What is of no row comes last, with what is said of the whole.
        yield replace(_part(table, slice(first, first + _ROWS_AT_ONCE)), names=frozenset())


def _part(table: MappedTable, rows: slice) -> MappedTable:
    return replace(
        table,
        columns={name: cells[rows] for name, cells in table.columns.items()},
        **{name: getattr(table, name)[rows] for name in _OF_EACH_ROW},
    )


def _joined(empty: MappedTable, parts: list[MappedTable]) -> MappedTable:
    for part in parts:
        for name, cells in part.columns.items():
            empty.columns[name] += cells
        for name in _OF_EACH_ROW:
            getattr(empty, name).extend(getattr(part, name))
    return empty
