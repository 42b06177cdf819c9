"""Landing: each delivery becomes one immutable Parquet file, without an id or a name."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.contract import (
    RECORD_TYPES,
    Kind,
    RecordType,
    Vocabulary,
    read_vocabulary,
)
from dagster_project.identity.keys import KeyRing, open_keys, remember_fingerprint
from dagster_project.identity.masking import KnownNames, Masker
from dagster_project.identity.names import name_parts
from dagster_project.identity.numbers import IdRules
from dagster_project.identity.protect import Cells, Protector, RawRows
from dagster_project.identity.pseudonyms import Pseudonymiser
from dagster_project.landing.columns import HeaderMatcher, MappedTable
from dagster_project.landing.deliveries import (
    LANDING_VERSION,
    CheckResult,
    Manifest,
    ManifestEntry,
    Status,
    delivery_date,
)
from dagster_project.landing.files import find_files, read_file
from dagster_project.landing.municipalities import Municipalities, Outcome, Resolved
from dagster_project.landing.table import ReadError
from dagster_project.problems import Problem, SamordnaError, no_room_left, where_it_happened
from dagster_project.settings import SEEDS, Home, Installation, Source
from dagster_project.storage import read_json, write_atomically

# How a delivery is checked when it has landed: its source, its rows, and the delivery before it.
Check = Callable[[Source, Path, ManifestEntry, Path | None], list[CheckResult]]

# What a reader's error says in the words of the file, which may be anybody's name.
_QUOTING = frozenset({"header", "headers", "first", "second", "sheets"})
# Population is delivered for the whole country, whoever the installation belongs to.
_WHOLE_COUNTRY = frozenset({"befolkning", "framskriving"})


def _words_of(vocabulary: Vocabulary) -> frozenset[str]:
    return frozenset(
        word
        for values in vocabulary.fields.values()
        for value in values
        for word in name_parts(value)
    )


@dataclass
class SourceOutcome:
    """What a run did with one source."""

    source: Source
    landed: list[ManifestEntry] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


class Lander:
    """Lands the deliveries of an installation.

    `check` is asked of every delivery that has landed; a check that does not hold keeps the
    delivery out of the warehouse.
    """

    def __init__(self, installation: Installation, check: Check) -> None:
        self._installation = installation
        self._home = installation.home
        self._check = check
        self.vocabulary = read_vocabulary(SEEDS / "code_map.csv")
        self.municipalities = Municipalities(SEEDS / "municipalities.csv")
        self._words = _words_of(self.vocabulary)
        self._keys = open_keys(installation)
        self._pseudonymisers: dict[str, Pseudonymiser] = {}
        self._names: dict[str, KnownNames] = {}
        self._maskers: dict[str, Masker] = {}
        self._held = {code for source in installation.sources if (code := self.today(source))}

    # What landing adds to the columns that identity hands on.
    ROW_COLUMNS = (
        "source",
        "delivery_key",
        "row_number",
        "too_wide",
        "municipality_code",
        "municipality_outcome",
    )

    @property
    def keys(self) -> KeyRing:
        """The keys in use, with the list of those just made."""
        return self._keys

    @staticmethod
    def municipalities_of(installation: Installation) -> list[str]:
        """Return today's codes of the municipalities whose sources an installation has."""
        history = Municipalities(SEEDS / "municipalities.csv")
        written = {installation.municipality_of(source) for source in installation.sources}
        return sorted({code for text in written if (code := history.today(text))})

    @staticmethod
    def home_code(installation: Installation) -> str | None:
        """Return today's code of the home municipality."""
        return Municipalities(SEEDS / "municipalities.csv").today(installation.home_municipality)

    def open_keys(self) -> None:
        """Open the key of every municipality, before a row is read.

        Raises SamordnaError if one is missing or wrong where data have landed.
        """
        for municipality in sorted(self._held):
            self._pseudonymiser(municipality)

    @property
    def home_municipality(self) -> str | None:
        """Today's code of the home municipality."""
        return self.municipalities.today(self._installation.home_municipality)

    def today(self, source: Source) -> str | None:
        """Return today's code of a source's own municipality, or None where there is none."""
        return self.municipalities.today(self._installation.municipality_of(source))

    def masked(self, source: Source, text: str) -> str:
        """Return a text of a source as landing would write it."""
        own = self.today(source)
        return self._masker(own).label(text) if own else text

    def land(self, source: Source) -> SourceOutcome:
        """Land what is new of a source. A delivery that fails, fails alone."""
        outcome = SourceOutcome(source)
        own = self.today(source)
        if own is None:
            written = self._installation.municipality_of(source)
            params = {"source": source.name, "written": written}
            outcome.problems.append(Problem("municipality_invalid", params))
            return outcome
        manifest = Manifest(self._home, source)
        manifest.sweep()
        files = find_files(self._home, source)
        if not files and not manifest.in_force():
            outcome.problems.append(
                Problem("no_file", {"source": source.name, "path": source.path})
            )
        for path in files:
            try:
                self._land_file(source, own, manifest, path, outcome)
            except OSError as error:
                raise _as_disk_problem(error, self._home) from None
        self._remember_names(own)
        return outcome

    def _land_file(
        self, source: Source, own: str, manifest: Manifest, path: Path, outcome: SourceOutcome
    ) -> None:
        hashes = self._pseudonymiser(own)
        stat = path.stat()
        relative = self._home.relative(path)
        entry = ManifestEntry(
            source=source.name,
            record=source.record,
            file=self._masker(own).label(path.name),
            file_key=hashes.registration("file", relative),
            delivered=delivery_date(path.name, stat.st_mtime),
            landed_at=dt.datetime.now(tz=dt.UTC),
            status=Status.FAILED,
            config_key=_config_key(source, own, self._installation.allow_synthetic_ids),
            size=stat.st_size,
            modified_ns=stat.st_mtime_ns,
            municipality=own,
        )
        before = manifest.entries()
        same_file = [other for other in before if other.file_key == entry.file_key]
        if known := _already_read(entry, same_file):
            known = self._accept(source, path, manifest, known)
            outcome.unchanged += 1
            if known.problem:
                outcome.problems.append(Problem.from_dict(known.problem))
            return
        try:
            content = path.read_bytes()
        except OSError as error:
            reason = error.strerror or "no access"
            self._fail(manifest, entry, outcome, Problem("file_unreadable", {"reason": reason}))
            return
        entry = entry.model_copy(update={"content_key": hashes.file(content)})
        twin = _twin(entry, before, path)
        if twin and twin.file_key == entry.file_key:
            # The file was written again, as it was.
            times = {"size": entry.size, "modified_ns": entry.modified_ns}
            manifest.write(twin.model_copy(update=times))
            outcome.unchanged += 1
            return
        if twin:
            entry = entry.model_copy(update={"status": Status.REPEATED})
            self._fail(manifest, entry, outcome, Problem("repeated", {"other": twin.file}))
            return
        try:
            entry, table = self._read(source, path, content, entry)
        except ReadError as error:
            if not (error.code == "no_rows" and path.name in source.accept):
                masked = {
                    name: self._mask(own, value) if name in _QUOTING else value
                    for name, value in error.params.items()
                }
                self._fail(manifest, entry, outcome, Problem(error.code, masked))
                return
            table = MappedTable({}, [], [], [], [], 1, total_line=False)
        except Exception as error:  # noqa: BLE001 - whatever it quotes must not be passed on
            self._fail(manifest, entry, outcome, _unexpected(error))
            return
        self._commit(source, path, manifest, entry, table, same_file, outcome)

    def _read(
        self, source: Source, path: Path, content: bytes, entry: ManifestEntry
    ) -> tuple[ManifestEntry, MappedTable]:
        matcher = HeaderMatcher(RECORD_TYPES[source.record], source.columns)
        read = read_file(path, content, source, matcher)
        table = matcher.map(read.sheet)
        masker = self._masker(entry.municipality or "")
        return entry.model_copy(
            update={
                "rows_read": len(table.whole),
                "columns": sorted(table.columns),
                "extra_headers": [masker.label(header) for header in table.extra_headers],
                "encoding": read.sheet.encoding,
                "delimiter": read.sheet.delimiter,
                "sheet": masker.label(read.sheet_name) if read.sheet_name else None,
                "total_line": table.total_line,
            }
        ), table

    def _commit(
        self,
        source: Source,
        path: Path,
        manifest: Manifest,
        entry: ManifestEntry,
        table: MappedTable,
        same_file: list[ManifestEntry],
        outcome: SourceOutcome,
    ) -> None:
        record = RECORD_TYPES[source.record]
        columns = self._protect(source, record, entry, table)
        target = manifest.parquet_path(entry)
        _write_parquet(target, columns)
        earlier = [
            other
            for other in manifest.in_force()
            if other.delivered <= entry.delivered and other.file_key != entry.file_key
        ]
        checks = self._check(
            source, target, entry, manifest.parquet_path(earlier[-1]) if earlier else None
        )
        broken = [check for check in checks if check.holds and not check.success]
        entry = entry.model_copy(
            update={
                "status": Status.LANDED,
                "checks": checks,
                "parquet": self._home.relative(target),
            }
        )
        if broken and path.name not in source.accept:
            problem = Problem(
                "held",
                {
                    "source": source.name,
                    "file": entry.file,
                    "checks": ", ".join(dict.fromkeys(_check_name(check) for check in broken)),
                },
            )
            entry = entry.model_copy(update={"status": Status.HELD, "problem": problem.as_dict()})
            outcome.problems.append(problem)
        manifest.write(entry)
        for other in same_file:
            # Another reading of the same content, or a failure that is mended now: gone.
            anew = other.content_key == entry.content_key or other.status is Status.FAILED
            if anew and other.key != entry.key:
                manifest.forget(other)
        outcome.landed.append(entry)

    def _protect(
        self, source: Source, record: RecordType, entry: ManifestEntry, table: MappedTable
    ) -> dict[str, Cells]:
        own = entry.municipality or ""
        resolved = self._resolve(record, table, own)
        whole_country = record.name in _WHOLE_COUNTRY
        keys_of_row = [own if whole_country else found.code or own for found in resolved]
        for column in record.columns:
            if column.kind in (Kind.PERSON_NAME, Kind.EMPLOYEE_NAME):
                self._known_names(own).add(
                    cell
                    for cell in table.columns.get(column.name, [])
                    if cell and not self.vocabulary.canonical(column.name, cell)
                )
        protector = Protector(
            record,
            IdRules.on(entry.delivered, synthetic=self._installation.allow_synthetic_ids),
            self.vocabulary,
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
            [found.code for found in resolved],
            [str(found.outcome) for found in resolved],
        )
        return dict(zip(self.ROW_COLUMNS, added, strict=True)) | written

    def _resolve(self, record: RecordType, table: MappedTable, own: str) -> list[Resolved]:
        whole_country = record.name in _WHOLE_COUNTRY
        name = "region" if whole_country else "kommune"
        cells = table.columns.get(name) or [None] * len(table.whole)
        found: dict[str | None, Resolved] = {}
        for cell in set(cells):
            resolved = self.municipalities.resolve(cell, own)
            if resolved.code and not whole_country and resolved.code not in self._held:
                resolved = Resolved(None, Outcome.NOT_HELD)
            found[cell] = resolved
        return [found[cell] for cell in cells]

    def _accept(
        self, source: Source, path: Path, manifest: Manifest, entry: ManifestEntry
    ) -> ManifestEntry:
        """Take a delivery that was held into use once a person has said that it is right."""
        if entry.status is Status.HELD and path.name in source.accept:
            entry = entry.model_copy(update={"status": Status.LANDED, "problem": None})
            manifest.write(entry)
        return entry

    def _fail(
        self, manifest: Manifest, entry: ManifestEntry, outcome: SourceOutcome, problem: Problem
    ) -> None:
        problem = Problem(
            problem.code, {**problem.params, "source": entry.source, "file": entry.file}
        )
        outcome.problems.append(problem)
        for other in manifest.entries():
            if other.file_key == entry.file_key and other.status is Status.FAILED:
                manifest.forget(other)
        manifest.write(entry.model_copy(update={"problem": problem.as_dict()}))

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
            stored = read_json(self._names_file(municipality)).get("words", [])
            self._names[municipality] = KnownNames(self._pseudonymiser(municipality), stored)
        return self._names[municipality]

    def _masker(self, municipality: str) -> Masker:
        if municipality not in self._maskers:
            self._maskers[municipality] = Masker(
                self._pseudonymiser(municipality), self._words, self._known_names(municipality)
            )
        return self._maskers[municipality]

    def _names_file(self, municipality: str) -> Path:
        return self._home.state / "names" / f"{municipality}.json"

    def _remember_names(self, municipality: str) -> None:
        words = sorted(self._known_names(municipality).hashes)
        file = self._names_file(municipality)
        if words != read_json(file).get("words", []):
            write_atomically(file, json.dumps({"words": words}))


def _places(record: RecordType, table: MappedTable, resolved: list[Resolved]) -> frozenset[str]:
    """Return the cells that were understood as municipalities."""
    return frozenset(
        cell
        for column in record.columns
        if column.kind is Kind.MUNICIPALITY
        for cell, found in zip(table.columns.get(column.name, []), resolved, strict=False)
        if cell and found.outcome is not Outcome.UNKNOWN
    )


def _config_key(source: Source, municipality: str, synthetic: bool) -> str:
    said = source.model_dump(include={"record", "columns", "sheet", "encoding", "delimiter"})
    said |= {"municipality": municipality, "synthetic": synthetic, "version": LANDING_VERSION}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]


def _already_read(entry: ManifestEntry, same_file: Sequence[ManifestEntry]) -> ManifestEntry | None:
    for other in sorted(same_file, key=lambda other: other.landed_at, reverse=True):
        unchanged = (other.size, other.modified_ns) == (entry.size, entry.modified_ns)
        read = other.content_key and unchanged and other.config_key == entry.config_key
        return other if read else None
    return None


def _twin(entry: ManifestEntry, before: list[ManifestEntry], path: Path) -> ManifestEntry | None:
    """Return the delivery that this one repeats: the same content, of the same day."""
    dated = delivery_date(path.name, 0.0) == delivery_date(path.name, 1e9)
    for other in before:
        if other.content_key != entry.content_key or other.config_key != entry.config_key:
            continue
        if other.status not in (Status.LANDED, Status.HELD):
            continue
        if other.file_key == entry.file_key or other.delivered == entry.delivered or not dated:
            return other
    return None


def _check_name(check: CheckResult) -> str:
    return f"{check.check} ({check.column})" if check.column else check.check


def _unexpected(error: Exception) -> Problem:
    return Problem("unexpected", where_it_happened(error))


def _as_disk_problem(error: OSError, home: Home) -> SamordnaError:
    if no_room_left(error):
        return SamordnaError("disk_full", path=str(home.root))
    reason = error.strerror or type(error).__name__
    return SamordnaError("home_unwritable", path=str(home.root), reason=reason)


def _write_parquet(target: Path, columns: dict[str, Cells]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table({name: pa.array(cells, type=pa.string()) for name, cells in columns.items()})
    fresh = target.with_name(f".{target.name}")
    pq.write_table(table, fresh, compression="zstd")
    fresh.replace(target)
