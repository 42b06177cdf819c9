"""The deliveries of one snapshot source and day: later downloads, parts, or neither.

A snapshot is the whole register. Of two files of one day that hold mostly the same registrations
the later counts; files that share none are parts of one snapshot, and count together. What lies
between is held back: taken for the whole it would lose registrations, and taken for a part keep
withdrawn ones. A part whose others are missing, or held back, is half a register: held back too.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.config.sources import Delivery, Source
from dagster_project.landing.deliveries import ManifestEntry, Status, Unchecked
from dagster_project.problems import Problem

REPLACED = "same_day_replaced"
_UNCLEAR, _MISSING, _PART_HELD = "same_day_unclear", "parts_missing", "part_held"
HELD_FOR_THE_DAY = frozenset({_UNCLEAR, _MISSING, _PART_HELD})
# A later download holds so much of what the one before it held.
_MOSTLY = 2 / 3
# Parts share next to nothing: a registration that was moved while they were made.
_APART = 0.05
# What rows say of themselves; what is left tells whether two files tell of the same things.
_NAMES_OF_ROWS = frozenset(
    {"delivery_key", "row_number", "registration_id", "registration_id_given", "registration_key"}
    | {"content_key", "source"}
)


class Relation(Enum):
    """How the registrations of a file stand to those of an earlier one of the same day."""

    SAME = auto()
    APART = auto()
    UNCLEAR = auto()


class Registrations:
    """What deliveries hold, read from their rows when it is asked for."""

    def __init__(self) -> None:
        self._keys: dict[Path, frozenset[str]] = {}

    def relation(self, earlier: Path, later: Path) -> Relation:
        """Return how a later delivery stands to an earlier one."""
        before, after = self._of(earlier), self._of(later)
        if not before or not after:
            return Relation.SAME
        shared = len(before & after)
        if shared >= _MOSTLY * len(before):
            return Relation.SAME
        if shared > _APART * min(len(before), len(after)):
            return Relation.UNCLEAR
        # A system may number its registrations anew at each export.
        one, other = _described(earlier), _described(later)
        alike = len(one & other) >= _MOSTLY * min(len(one), len(other))
        return Relation.UNCLEAR if alike else Relation.APART

    def lacking(self, earlier: Path, later: Path) -> tuple[int, int]:
        """Return how many registrations a later delivery lacks, of how many in the earlier."""
        before = self._of(earlier)
        return len(before - self._of(later)), len(before)

    def _of(self, parquet: Path) -> frozenset[str]:
        if parquet not in self._keys:
            rows = pq.read_table(parquet, columns=["registration_key", "content_key"])
            pairs = zip(*(rows.column(name).to_pylist() for name in rows.column_names), strict=True)
            self._keys[parquet] = frozenset(key or content for key, content in pairs)
        return self._keys[parquet]


def _described(parquet: Path) -> frozenset[tuple[str | None, ...]]:
    rows: pa.Table = pq.read_table(parquet)
    names = sorted(set(rows.column_names) - _NAMES_OF_ROWS)
    return frozenset(zip(*(rows.column(name).to_pylist() for name in names), strict=True))


@dataclass
class Day:
    """What becomes of the deliveries of one day: those that count, and why the others do not."""

    counting: list[Unchecked] = field(default_factory=list)
    replaced: dict[str, Unchecked] = field(default_factory=dict)
    held: dict[str, Problem] = field(default_factory=dict)


def days_of(
    source: Source,
    deliveries: Iterable[Unchecked],
    registrations: Registrations,
    label: Callable[[str], str],
) -> list[Day]:
    """Arrange the deliveries of a snapshot source, day by day.

    `deliveries` are those that landed, the newest of each file, and those that were held back, for
    the day or by their checks. `label` is how landing writes a file's name. What a person has named
    under `accept:` is a whole register, under `parts:` a part.
    """
    if source.delivery is not Delivery.SNAPSHOT:
        return []
    accepted = {_composed(form) for name in source.accept for form in (name, label(name))}
    parts = {_composed(form) for name in source.parts for form in (name, label(name))}
    in_order = sorted(deliveries, key=lambda delivery: delivery.entry.order)
    return [
        _arranged(list(of_day), registrations, accepted, parts)
        for _, of_day in itertools.groupby(in_order, key=lambda each: each.entry.delivered)
    ]


def _composed(name: str) -> str:
    """Return a file's name in the one form: systems write the same letter in one sign or two."""
    return unicodedata.normalize("NFC", name)


def is_held_for_the_day(entry: ManifestEntry) -> bool:
    """Whether a delivery waits for what else comes of its day."""
    code = entry.problem["code"] if entry.problem else None
    return entry.status is Status.HELD and code in HELD_FOR_THE_DAY


def _arranged(
    deliveries: Sequence[Unchecked],
    registrations: Registrations,
    accepted: Collection[str],
    parts: Collection[str],
) -> Day:
    day = Day()
    usable = [each for each in deliveries if not _held_by_checks(each.entry)]
    for delivery in usable:
        relations = {
            other.entry.key: _relation(other, delivery, registrations, parts)
            for other in day.counting
        }
        unclear = [o for o in day.counting if relations[o.entry.key] is Relation.UNCLEAR]
        if unclear and _composed(delivery.entry.file) not in accepted:
            day.held[delivery.entry.key] = _unclear(unclear[0], delivery, registrations)
            continue
        beside = [o for o in day.counting if relations[o.entry.key] is Relation.APART]
        day.replaced |= {o.entry.key: delivery for o in day.counting if o not in beside}
        day.counting = [*beside, delivery]
    _hold_halves(day, accepted)
    _hold_beside_held(day, deliveries, registrations, accepted)
    return day


def _relation(
    earlier: Unchecked, later: Unchecked, registrations: Registrations, parts: Collection[str]
) -> Relation:
    if earlier.entry.file_key == later.entry.file_key:
        return Relation.SAME
    if {_composed(earlier.entry.file), _composed(later.entry.file)} & set(parts):
        return Relation.APART
    return registrations.relation(earlier.parquet, later.parquet)


def _hold_halves(day: Day, accepted: Collection[str]) -> None:
    """Hold the parts whose names say that there are more of them than came."""
    named = [each for each in day.counting if each.entry.part]
    present = {each.entry.part for each in named}
    most = max((max(each.entry.part, each.entry.parts, 2) for each in named), default=0)
    missing = sorted(set(range(1, most + 1)) - present)
    if not missing:
        return
    params: dict[str, str | int] = {"missing": ", ".join(map(str, missing)), "parts": most}
    _hold(
        day,
        [each for each in named if _composed(each.entry.file) not in accepted],
        _MISSING,
        params,
    )


def _hold_beside_held(
    day: Day,
    deliveries: Sequence[Unchecked],
    registrations: Registrations,
    accepted: Collection[str],
) -> None:
    """Hold the parts of a snapshot of which another part is held back by its checks."""
    for other in deliveries:
        if not _held_by_checks(other.entry):
            continue
        beside = [each for each in day.counting if _composed(each.entry.file) not in accepted]
        if beside and all(
            each.entry.file_key != other.entry.file_key
            and registrations.relation(each.parquet, other.parquet) is Relation.APART
            for each in beside
        ):
            _hold(day, beside, _PART_HELD, {"other": other.entry.file})


def _hold(
    day: Day, deliveries: Sequence[Unchecked], code: str, params: dict[str, str | int]
) -> None:
    for each in deliveries:
        whole = {**params, "source": each.entry.source, "file": each.entry.file}
        day.held[each.entry.key] = Problem(code, whole)
    day.counting = [each for each in day.counting if each not in deliveries]


def _held_by_checks(entry: ManifestEntry) -> bool:
    return entry.status is Status.HELD and not is_held_for_the_day(entry)


def _unclear(earlier: Unchecked, later: Unchecked, registrations: Registrations) -> Problem:
    lacking, of = registrations.lacking(earlier.parquet, later.parquet)
    params: dict[str, str | int] = {"other": earlier.entry.file, "lacking": lacking, "of": of}
    return Problem(_UNCLEAR, {"source": later.entry.source, "file": later.entry.file, **params})
