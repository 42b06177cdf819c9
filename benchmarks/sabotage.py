"""Packages of a home sabotaged in twelve ways, and what a receiver says of each.

A receiving home is made for the while, which pins the keys of the home's municipalities and receives
their packages. Then each sabotaged file is received, and every one of them has to be refused by its
own reason, with nothing changed of what is held.

    python -m benchmarks.sabotage HOME
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.reference.share_plan import share_plan
from dagster_project.sharing.opening import LARGEST, unpack
from dagster_project.sharing.own_newest import own_files
from dagster_project.sharing.package import (
    COUNTS,
    MANIFEST,
    SIGNATURE,
    canonical_json,
    digest,
    pack,
    parquet_bytes,
    with_margins,
)
from dagster_project.sharing.receive import receive_files
from dagster_project.sharing.refusal import Refusal
from dagster_project.sharing.signing import SigningKey
from dagster_project.sharing.signing_keys import open_signing_keys


@dataclass(frozen=True)
class Sabotage:
    """What was done to a package, by which reason it has to be refused, and the file."""

    what: str
    reason: Refusal
    content: bytes


@dataclass(frozen=True)
class Verdict:
    """What a receiver printed of a sabotaged package, and by which reasons it refused it."""

    sabotage: Sabotage
    reasons: tuple[str, ...]
    printed: str
    is_unchanged: bool

    @property
    def holds(self) -> bool:
        """Whether it was refused by its own reason, and nothing else was changed."""
        return self.reasons == (self.sabotage.reason,) and self.is_unchanged


class Genuine:
    """A municipality's package and its key, to be made otherwise."""

    def __init__(self, content: bytes, key: SigningKey) -> None:
        self.content, self.key = content, key
        self.members = dict(unpack(content).members)
        self.manifest = json.loads(self.members[MANIFEST])

    def signed(self, counts: pa.Table | None = None, **changes: object) -> bytes:
        """Return it with another manifest, or other counts, signed by its own key."""
        members, manifest = {**self.members}, {**self.manifest, **changes}
        if counts is not None:
            members[COUNTS] = parquet_bytes(counts)
            entry = {
                "rows": counts.num_rows,
                "bytes": len(members[COUNTS]),
                "sha256": digest(members[COUNTS]),
            }
            manifest = {**manifest, "tables": {**manifest["tables"], COUNTS: entry}}
        signed = canonical_json(manifest)
        return pack({**members, MANIFEST: signed, SIGNATURE: self.key.sign(signed)})

    @property
    def counts(self) -> pa.Table:
        """The counts as they are."""
        return pq.read_table(io.BytesIO(self.members[COUNTS]))

    def with_cell(self, change: Callable[[int], int]) -> pa.Table:
        """Return the counts with another number in the largest cell, and in each sum of it."""
        table = self.counts
        shape = tuple(map(len, share_plan().plan.values))
        size = int(np.prod(shape))
        column = table.column("persons").to_numpy().copy()
        inner = column[:size].reshape(shape)[:-1, :-1, :-1].copy()
        place = np.unravel_index(inner.argmax(), inner.shape)
        inner[place] = change(int(inner[place]))
        column[:size] = with_margins(inner).ravel()
        return table.set_column(
            table.num_columns - 1, table.schema.field("persons"), pa.array(column, pa.int32())
        )


def sabotages(genuine: Genuine, other: SigningKey, another_code: str) -> Iterator[Sabotage]:
    """Yield what is done to a package of which the version after it is held, too."""
    manifest, table = genuine.manifest, genuine.counts
    yield Sabotage(
        "signed by another's key",
        Refusal.SIGNATURE_WRONG,
        Genuine(genuine.content, other).signed(),
    )
    yield Sabotage(
        "sent in another municipality's name",
        Refusal.SIGNATURE_WRONG,
        genuine.signed(municipality_code=another_code),
    )
    yield Sabotage("sent once more", Refusal.REPLAYED, genuine.content)
    yield Sabotage(
        "older than the one that is held", Refusal.OLDER_VERSION, genuine.signed(held_back=9_999)
    )
    later = manifest["version"] + 2
    following = {"version": later, "previous": digest(next_version(genuine)[0])}
    yield Sabotage("a version left out", Refusal.VERSION_MISSING, genuine.signed(version=later + 1))
    yield Sabotage(
        "a margin left out",
        Refusal.CELLS_WRONG,
        genuine.signed(table.slice(0, table.num_rows - 1), **following),
    )
    yield Sabotage(
        "a count of 3",
        Refusal.NUMBERS_IMPOSSIBLE,
        genuine.signed(genuine.with_cell(lambda _: 3), **following),
    )
    persons = table.column("persons").to_numpy().copy()
    persons[int(np.prod(tuple(map(len, share_plan().plan.values)))) - 1] += 100
    wrong = table.set_column(
        table.num_columns - 1, table.schema.field("persons"), pa.array(persons, pa.int32())
    )
    yield Sabotage(
        "a total that is not its sum", Refusal.SUMS_WRONG, genuine.signed(wrong, **following)
    )
    yield Sabotage("a table altered", Refusal.TABLE_ALTERED, _altered(genuine))
    yield Sabotage("a path in its zip", Refusal.NOT_A_PACKAGE, _with_path(genuine.members))
    yield Sabotage("ten times too large", Refusal.TOO_LARGE, bytes(10 * LARGEST))
    yield Sabotage(
        "one person more than in the version before, in all areas alone",
        Refusal.DISCLOSIVE,
        genuine.signed(genuine.with_cell(lambda many: many + 1), **following),
    )


def next_version(genuine: Genuine) -> tuple[bytes, bytes]:
    """Return the manifest and the file of the version after a package, which says the same."""
    changes = {
        "version": genuine.manifest["version"] + 1,
        "previous": digest(genuine.members[MANIFEST]),
    }
    return canonical_json({**genuine.manifest, **changes}), genuine.signed(**changes)


def verdicts(home: Home, municipality: str = "") -> Iterator[Verdict]:
    """Sabotage the newest package of a municipality of a home, and yield what becomes of it."""
    installation = load_installation(home)
    keys = open_signing_keys(installation)
    code = municipality or installation.home_municipality
    key, other = keys.get(code), SigningKey.generate()
    files = own_files(home, code)
    if key is None or not files:
        raise LookupError(f"{home.root}: {code} has shared nothing: samordna share")
    genuine = Genuine(files[-1].read_bytes(), key)
    another = "0301" if code != "0301" else "1103"
    with tempfile.TemporaryDirectory() as folder:
        receiver = Home(Path(folder))
        pinned = {code: key.public, another: other.public}
        settings = {"compare": {"keys": pinned}}
        receiver.sources_file.write_text(json.dumps(settings), encoding="utf-8")
        for at, content in enumerate((genuine.content, next_version(genuine)[1])):
            _received(receiver, f"genuine-{at}.zip", content)
        for number, each in enumerate(sabotages(genuine, other, another), start=1):
            before = _held(receiver)
            found = _received(receiver, f"sabotaged-{number}.zip", each.content)
            yield Verdict(
                each,
                tuple(code.removeprefix("package_") for code, _ in found),
                " ".join(text for _, text in found),
                _held(receiver) == before,
            )


def _received(receiver: Home, name: str, content: bytes) -> list[tuple[str, str]]:
    """Receive a file, and return why it was refused: the code and the sentence."""
    file = receiver.root / name
    file.write_bytes(content)
    receipt = receive_files(load_installation(receiver), [file])
    return [(each.code, str(each)) for each in receipt.refused]


def _held(receiver: Home) -> bytes:
    return (receiver.received / "current.json").read_bytes()


def _altered(genuine: Genuine) -> bytes:
    return pack({**genuine.members, COUNTS: genuine.members[COUNTS] + b"x"})


def _with_path(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        archive.writestr("../../sources.yml", b"x")
    return file.getvalue()


def main() -> None:
    """Print what becomes of each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("home", type=Path)
    held = True
    for number, each in enumerate(verdicts(Home(parser.parse_args().home)), start=1):
        held &= each.holds
        print(f"{number:>2}. {each.sabotage.what}\n    {each.printed or 'RECEIVED'}")
    if not held:
        raise SystemExit("something was not refused by its own reason")


if __name__ == "__main__":
    main()
