"""What is refused, and why: packages that their own sender has signed, each wrong in one way."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dagster_project.problems import TEXTS
from dagster_project.sharing.content import read_blocks
from dagster_project.sharing.opening import LARGEST, open_package
from dagster_project.sharing.package import (
    BREAKS,
    COUNTS,
    GRADES,
    MANIFEST,
    MEMBERS,
    POPULATION,
    SIGNATURE,
    Block,
    canonical_json,
    counts_table,
    digest,
    pack,
    table_of,
)
from dagster_project.sharing.refusal import Refusal, RefusedError, sentence
from dashboards.i18n.texts import Language, Texts
from tests.support.share_packages import (
    KEY,
    KEYS,
    OTHER,
    OTHER_KEY,
    PLAN,
    Made,
    made,
)

Table = Callable[[pa.Table], pa.Table]


def _with(column: str, at: int, value: object) -> Table:
    """Return a change of one value of a column."""

    def change(table: pa.Table) -> pa.Table:
        values = table.column(column).to_pylist()
        values[at] = value
        place, field = table.schema.get_field_index(column), table.schema.field(column)
        return table.set_column(place, field, pa.array(values, field.type))

    return change


def _of_type(kind: pa.DataType, *values: object) -> Table:
    """Return a change of the last column into another type, beginning with these values."""

    def change(table: pa.Table) -> pa.Table:
        rest = table.column(table.num_columns - 1).to_pylist()[len(values) :]
        column = pa.array([*values, *rest], kind)
        field = pa.field(table.column_names[-1], kind, nullable=None in values)
        return table.set_column(table.num_columns - 1, field, column)

    return change


def _small(table: pa.Table) -> pa.Table:
    """Put a count of 3 into a cell, and into every sum of it."""
    size = int(np.prod([len(axis) for axis in PLAN.values]))
    persons = table.column("persons").to_numpy().copy()[:size].reshape(*map(len, PLAN.values))
    inner = persons[:-1, :-1, :-1].copy()
    inner[0, 0, 0] = 3
    block = counts_table([Block("2025-11", "all", inner)], PLAN)
    return pa.concat_tables([block, table.slice(size)])


def _zip_with(change: Callable[[zipfile.ZipFile, dict[str, bytes]], None]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        change(archive, made().members())
    return file.getvalue()


def _deflated(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    for name in MEMBERS:
        archive.writestr(name, members[name], zipfile.ZIP_DEFLATED)


def _with_member(name: str, content: bytes) -> Callable[[zipfile.ZipFile, dict[str, bytes]], None]:
    def write(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
        for each in MEMBERS:
            archive.writestr(each, members[each])
        archive.writestr(name, content)

    return write


def _in_another_order(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    for name in reversed(MEMBERS):
        archive.writestr(name, members[name])


def _bomb(archive: zipfile.ZipFile, members: dict[str, bytes]) -> None:
    for name in MEMBERS:
        big = bytes(50_000_000) if name == COUNTS else members[name]
        archive.writestr(name, big, zipfile.ZIP_DEFLATED)


def _signed(change: Callable[[dict[str, object]], None], spaces: bool = False) -> bytes:
    members = made().members()
    said = json.loads(members[MANIFEST])
    change(said)
    separators = (", ", ": ") if spaces else (",", ":")
    content = json.dumps(said, sort_keys=True, separators=separators).encode()
    return pack({**members, MANIFEST: content, SIGNATURE: KEY.sign(content)})


def _table(name: str, change: Table) -> bytes:
    return made().with_table(name, change(made().tables[name])).bytes()


def _other(member: str, content: bytes) -> bytes:
    return pack({**made().members(), member: content})


def _with_words() -> bytes:
    """Return a package whose table carries a text in its own metadata."""
    file = io.BytesIO()
    table = made().tables[BREAKS].replace_schema_metadata({"note": "Ola Nordmann"})
    pq.write_table(table, file, store_schema=True)
    content = file.getvalue()
    entry = {"rows": table.num_rows, "bytes": len(content), "sha256": digest(content)}
    members = made().members()
    said = json.loads(members[MANIFEST])
    said["tables"][BREAKS] = entry
    manifest = canonical_json(said)
    signed = {MANIFEST: manifest, SIGNATURE: KEY.sign(manifest)}
    return pack({**members, **signed, BREAKS: content})


CASES: dict[str, tuple[Callable[[], bytes], Refusal]] = {
    "nothing": (lambda: b"", Refusal.NOT_A_PACKAGE),
    "a text": (lambda: b"kommune;antall\n4602;7\n", Refusal.NOT_A_PACKAGE),
    "larger than any": (lambda: bytes(LARGEST + 1), Refusal.TOO_LARGE),
    "packed small": (lambda: _zip_with(_deflated), Refusal.NOT_A_PACKAGE),
    "a bomb": (lambda: _zip_with(_bomb), Refusal.NOT_A_PACKAGE),
    "another order": (lambda: _zip_with(_in_another_order), Refusal.NOT_A_PACKAGE),
    "path upwards": (lambda: _zip_with(_with_member("../../sources.yml", b"x")), Refusal.NOT_A_PACKAGE),
    "absolute path": (lambda: _zip_with(_with_member("/etc/passwd", b"x")), Refusal.NOT_A_PACKAGE),
    "zip in a zip": (lambda: _zip_with(_with_member("a.zip", made().bytes())), Refusal.NOT_A_PACKAGE),
    "a member more": (lambda: _zip_with(_with_member("notes.txt", b"x")), Refusal.NOT_A_PACKAGE),
    "bytes behind it": (lambda: made().bytes() + b"x", Refusal.NOT_A_PACKAGE),
    "bytes before it": (lambda: b"x" + made().bytes(), Refusal.NOT_A_PACKAGE),
    "a comment": (lambda: made().bytes()[:-2] + b"\x01\x00x", Refusal.NOT_A_PACKAGE),
    "manifest no JSON": (lambda: _other(MANIFEST, b"{"), Refusal.MANIFEST_INVALID),
    "manifest deep": (lambda: _other(MANIFEST, b"[" * 99_999), Refusal.MANIFEST_INVALID),
    "manifest a list": (lambda: _other(MANIFEST, b"[]"), Refusal.MANIFEST_INVALID),
    "manifest with spaces": (lambda: _signed(lambda _: None, spaces=True), Refusal.MANIFEST_INVALID),
    "manifest says more": (lambda: made().said(note="Ola").bytes(), Refusal.MANIFEST_INVALID),
    "a table too few": (lambda: _signed(lambda said: said["tables"].pop(GRADES)), Refusal.MANIFEST_INVALID),
    "another form": (lambda: made().said(schema=2).bytes(), Refusal.OTHER_FORM),
    "another's name": (lambda: made().said(municipality_code=OTHER).bytes(), Refusal.NAMED_OTHERWISE),
    "sender without a key": (lambda: made().said(municipality_code="5530").bytes(), Refusal.NAMED_OTHERWISE),
    "signed by another": (lambda: made().bytes(OTHER_KEY), Refusal.SIGNATURE_WRONG),
    "signature of zeros": (lambda: _other(SIGNATURE, bytes(64)), Refusal.SIGNATURE_WRONG),
    "signature long": (lambda: _other(SIGNATURE, bytes(64_000)), Refusal.SIGNATURE_WRONG),
    "manifest changed": (lambda: _other(MANIFEST, made().said(held_back=1).members()[MANIFEST]), Refusal.SIGNATURE_WRONG),
    "a table changed": (lambda: _other(COUNTS, made().members()[COUNTS] + b"x"), Refusal.TABLE_ALTERED),
    "too many rows said": (lambda: _signed(lambda said: said["tables"][GRADES].update(rows=99)), Refusal.TABLE_ALTERED),
    "before the merger": (lambda: made().said(month="2019-12").bytes(), Refusal.MUNICIPALITY_NOT_THEN),
    "a column more": (lambda: _table(COUNTS, lambda t: t.append_column("name", t.column("plan"))), Refusal.COLUMNS_WRONG),
    "a column less": (lambda: _table(GRADES, lambda t: t.drop_columns(["reasons"])), Refusal.COLUMNS_WRONG),
    "NaN": (lambda: _table(COUNTS, _of_type(pa.float64(), float("nan"))), Refusal.COLUMNS_WRONG),
    "1e300": (lambda: _table(COUNTS, _of_type(pa.float64(), 1e300)), Refusal.COLUMNS_WRONG),
    "a count missing": (lambda: _table(COUNTS, _of_type(pa.int32(), None)), Refusal.COLUMNS_WRONG),
    "counts as text": (lambda: _table(COUNTS, lambda t: _of_type(pa.string())(t.set_column(5, "persons", t.column("plan")))), Refusal.COLUMNS_WRONG),
    "words of the file's own": (_with_words, Refusal.COLUMNS_WRONG),
    "no Parquet": (lambda: _signed(lambda _: None).replace(b"PAR1", b"PAR2"), Refusal.NOT_A_PACKAGE),
    "an id": (lambda: made().said(code_version="01010112345").bytes(), Refusal.HOLDS_PERSON_ID),
    "an id in a table": (lambda: _table(BREAKS, _with("kind", 0, "01010112345")), Refusal.HOLDS_PERSON_ID),
    "negative": (lambda: _table(COUNTS, _with("persons", 3, -5)), Refusal.NUMBERS_IMPOSSIBLE),
    "of 3": (lambda: _table(COUNTS, _small), Refusal.NUMBERS_IMPOSSIBLE),
    "more than Norway": (lambda: _table(COUNTS, _with("persons", 3, 10_000_001)), Refusal.NUMBERS_IMPOSSIBLE),
    "a sum that is none": (lambda: _table(COUNTS, _with("persons", 259, 1000)), Refusal.SUMS_WRONG),
    "a margin dropped": (lambda: _table(COUNTS, lambda t: t.slice(0, t.num_rows - 1)), Refusal.CELLS_WRONG),
    "a block dropped": (lambda: _table(COUNTS, lambda t: t.slice(260)), Refusal.CELLS_WRONG),
    "a block twice": (lambda: _table(COUNTS, lambda t: pa.concat_tables([t.slice(0, 260), t])), Refusal.CELLS_WRONG),
    "a cell twice": (lambda: _table(COUNTS, lambda t: pa.concat_tables([t.slice(0, 1), t.slice(0, 1), t.slice(2)])), Refusal.CELLS_WRONG),
    "no counts": (lambda: _table(COUNTS, lambda t: t.slice(0, 0)), Refusal.CELLS_WRONG),
    "an unknown area": (lambda: _table(COUNTS, _with("service_area", 300, "prison")), Refusal.CODES_UNKNOWN),
    "an unknown age": (lambda: _table(COUNTS, _with("age_group", 3, "42")), Refusal.CODES_UNKNOWN),
    "no month": (lambda: _table(COUNTS, _with("month", 3, "2025-11-03")), Refusal.CODES_UNKNOWN),
    "another newest month": (lambda: made().said(month="2026-01").bytes(), Refusal.CELLS_WRONG),
    "an unknown indicator": (lambda: _table(GRADES, _with("indicator", 0, "secret")), Refusal.CODES_UNKNOWN),
    "an unknown reason": (lambda: _table(GRADES, _with("reasons", 0, "Ola sluttet")), Refusal.CODES_UNKNOWN),
    "an unknown grade": (lambda: _table(GRADES, _with("grade", 0, "Z")), Refusal.CODES_UNKNOWN),
    "a grade twice": (lambda: _table(GRADES, lambda t: pa.concat_tables([t, t.slice(0, 1)])), Refusal.CELLS_WRONG),
    "an unknown kind": (lambda: _table(BREAKS, _with("kind", 0, "byttet leder")), Refusal.CODES_UNKNOWN),
    "a break on a day": (lambda: _table(BREAKS, _with("month", 0, "2025-03-01")), Refusal.CODES_UNKNOWN),
    "fewer than nobody": (lambda: _table(POPULATION, _with("inhabitants", 0, -1)), Refusal.NUMBERS_IMPOSSIBLE),
    "the year 9": (lambda: _table(POPULATION, lambda t: table_of(POPULATION, [[9] * t.num_rows, t.column(1).to_pylist(), t.column(2).to_pylist()])), Refusal.NUMBERS_IMPOSSIBLE),
    "an age group gone": (lambda: _table(POPULATION, lambda t: t.slice(1)), Refusal.CELLS_WRONG),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_refused_for_that(case: str) -> None:
    make, reason = CASES[case]
    with pytest.raises(RefusedError) as refused:
        read_blocks(open_package(make(), KEYS, "4602-2025-12-v1.zip"), PLAN)
    assert refused.value.reason is reason


def test_a_package_without_a_pinned_key_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        open_package(made().bytes(), {OTHER: KEYS[OTHER]})
    assert refused.value.reason is Refusal.SENDER_UNKNOWN


def test_what_is_right_is_not_refused() -> None:
    for version in (1, 2):
        blocks = read_blocks(open_package(made(version).bytes(), KEYS), PLAN)
        assert len(blocks) == 3 * (version + 1)


def test_every_reason_has_its_sentences_and_a_case() -> None:
    named = {reason for _, reason in CASES.values()}
    of_order = {
        Refusal.SENDER_UNKNOWN, Refusal.REPLAYED, Refusal.OLDER_VERSION, Refusal.VERSION_MISSING,
        Refusal.HISTORY_DIFFERS, Refusal.DISCLOSIVE, Refusal.OTHER_PLAN,
    }  # fmt: skip
    assert named | of_order == set(Refusal)
    for reason in Refusal:
        assert "a.zip" in str(sentence(reason, "a.zip"))
        assert all(Texts(language).known(f"refusal.{reason}") for language in Language)
    of_terminal = {code for code, text in TEXTS.items() if "{package}: refused" in text}
    assert of_terminal == {f"package_{reason}" for reason in Refusal}


def test_a_made_package_can_be_made_otherwise() -> None:
    other: Made = made().said(held_back=4)
    assert open_package(other.bytes(), KEYS).manifest.held_back == 4
