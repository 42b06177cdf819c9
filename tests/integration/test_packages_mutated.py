"""500 packages that somebody has changed: every one is refused, and what was held stays as it was."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagster_project.config.installation import Installation, load_installation
from dagster_project.config.paths import Home
from dagster_project.sharing.held import read_refused
from dagster_project.sharing.package import COUNTS, MANIFEST, MEMBERS, SIGNATURE, pack
from dagster_project.sharing.receive import receive_files
from dagster_project.sharing.refusal import Refusal
from dagster_project.sharing.signing import SigningKey
from tests.support.share_packages import (
    KEYS,
    OTHER,
    OTHER_KEY,
    file_name,
    made,
)

_MANY = 500
_SIZE = len(made(2).bytes())
_ROWS = made(2).tables[COUNTS].num_rows


def _replaced(column: str, row: int, value: object) -> pa.Table:
    table = made(2).tables[COUNTS]
    place = table.schema.get_field_index(column)
    values = table.column(place).to_pylist()
    values[row] = value
    field = table.schema.field(place)
    return table.set_column(place, field, pa.array(values, field.type))


def _counts(table: pa.Table) -> bytes:
    return made(2).with_table(COUNTS, table).bytes()


def _persons(kind: pa.DataType, row: int, value: object) -> bytes:
    table = made(2).tables[COUNTS]
    values = table.column("persons").to_pylist()
    values[row] = value
    field = pa.field("persons", kind, nullable=value is None)
    return _counts(table.set_column(5, field, pa.array(values, kind)))


def _with_member(name: str) -> bytes:
    file = io.BytesIO(made(2).bytes())
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(name, made(2).bytes())
    return file.getvalue()


def _member_renamed(at: int, name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for place, (member, content) in enumerate(made(2).members().items()):
            archive.writestr(name if place == at else member, content)
    return file.getvalue()


def _flip(bit: int) -> bytes:
    content = bytearray(made(2).bytes())
    content[bit // 8] ^= 1 << bit % 8
    return bytes(content)


def _signature(signature: bytes) -> bytes:
    return pack({**made(2).members(), SIGNATURE: signature})


def _unsigned(**changes: object) -> bytes:
    """Return a package whose manifest was changed after it had been signed."""
    changed = made(2).said(**changes).members()[MANIFEST]
    return pack({**made(2).members(), MANIFEST: changed})


_row = st.integers(0, _ROWS - 1)
_path = st.sampled_from(
    [
        "../a",
        "../../state/runs",
        "/etc/passwd",
        "a/../../b",
        "C:\\a",
        "..",
        "manifest.json\0x",
        "x.zip",
    ]
)
MUTATIONS: dict[str, st.SearchStrategy[bytes]] = {
    "bit": st.integers(0, _SIZE * 8 - 1).map(_flip),
    "cut short": st.integers(0, _SIZE - 1).map(lambda end: made(2).bytes()[:end]),
    "longer": st.binary(min_size=1, max_size=40).map(lambda more: made(2).bytes() + more),
    "other municipality": st.sampled_from([OTHER, "5530", "9999"]).map(
        lambda code: _unsigned(municipality_code=code)
    ),
    "other municipality, signed": st.sampled_from([OTHER, "5530"]).map(
        lambda code: made(2).said(municipality_code=code).bytes()
    ),
    "replayed": st.just(made(1).bytes()),
    "a version missing": st.integers(3, 99).map(lambda n: made(2).said(version=n).bytes()),
    "other history": st.from_regex(r"[0-9a-f]{64}", fullmatch=True).map(
        lambda sha: made(2).said(previous=sha).bytes()
    ),
    "no history": st.just(made(2).said(previous=None).bytes()),
    "other base": st.just(made(2).said(base=3).bytes()),
    "margin dropped": _row.map(
        lambda row: _counts(
            pa.concat_tables(
                [made(2).tables[COUNTS].slice(0, row), made(2).tables[COUNTS].slice(row + 1)]
            )
        )
    ),
    "cell twice": _row.map(
        lambda row: _counts(
            pa.concat_tables([made(2).tables[COUNTS], made(2).tables[COUNTS].slice(row, 1)])
        )
    ),
    "small count": st.tuples(_row, st.integers(1, 4)).map(
        lambda each: _counts(_replaced("persons", *each))
    ),
    "negative": st.tuples(_row, st.integers(-(2**31), -1)).map(
        lambda each: _counts(_replaced("persons", *each))
    ),
    "larger": st.tuples(_row, st.integers(100_000, 2**31 - 1)).map(
        lambda each: _counts(_replaced("persons", *each))
    ),
    "NaN": _row.map(lambda row: _persons(pa.float64(), row, float("nan"))),
    "1e300": _row.map(lambda row: _persons(pa.float64(), row, 1e300)),
    "null": _row.map(lambda row: _persons(pa.int32(), row, None)),
    "other code": st.tuples(
        st.sampled_from(["service_area", "age_group", "coordinator", "plan"]),
        _row,
        st.text(max_size=12).filter(lambda text: text not in {"all", "none", "living", "unknown"}),
    ).map(lambda each: _counts(_replaced(*each))),
    "extra column": st.text("abcdef", min_size=1, max_size=9).map(
        lambda name: _counts(
            made(2).tables[COUNTS].append_column(name, made(2).tables[COUNTS].column("plan"))
        )
    ),
    "path": _path.map(_with_member),
    "member renamed": st.tuples(st.integers(0, len(MEMBERS) - 1), _path).map(
        lambda each: _member_renamed(*each)
    ),
    "signature": st.binary(max_size=80).map(_signature),
    "signed by another": st.sampled_from(
        [OTHER_KEY, SigningKey(b"\x03" * 32)]
    ).map(lambda key: made(2).bytes(key)),
    "manifest says more": st.dictionaries(
        st.text("xyz", min_size=1, max_size=5), st.text(max_size=9), min_size=1, max_size=2
    ).map(lambda more: made(2).said(**more).bytes()),
    "no package": st.binary(max_size=400),
}  # fmt: skip


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Return a home that compares, and holds the first version."""
    root = tmp_path_factory.mktemp("receiver") / "home"
    root.mkdir()
    settings_text = json.dumps({"compare": {"keys": KEYS}})
    (root / "sources.yml").write_text(settings_text, encoding="utf-8")
    installation = load_installation(Home(root))
    first = root.parent / file_name(1)
    first.write_bytes(made(1).bytes())
    receipt = receive_files(installation, [first])
    assert [each.version for each in receipt.received] == [1]
    return installation


def _held(home: Home) -> dict[str, bytes]:
    """Return every file of what is held, but the list of what was refused."""
    return {
        str(path.relative_to(home.received)): path.read_bytes()
        for path in sorted(home.received.rglob("*"))
        if path.is_file() and path.name != "rejected.jsonl"
    }


_counted: dict[str, int] = {}


@pytest.fixture(scope="module")
def mutated() -> Iterator[dict[str, int]]:
    """Return how many of each kind were tried."""
    _counted.clear()
    yield _counted


@settings(max_examples=_MANY, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def _refuse_one(installation: Installation, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(MUTATIONS)))
    content = data.draw(MUTATIONS[kind])
    if content == made(2).bytes():
        return
    before = _held(installation.home)
    file = installation.home.root.parent / file_name(2)
    file.write_bytes(content)
    receipt = receive_files(installation, [file])
    assert receipt.received == [], kind
    (problem,) = receipt.refused
    assert problem.code.removeprefix("package_") in set(Refusal), kind
    assert _held(installation.home) == before
    _counted[kind] = _counted.get(kind, 0) + 1


@pytest.mark.slow
# A member that is there twice is what is tried.
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_every_one_of_500_is_refused_and_changes_nothing(
    receiver: Installation, mutated: dict[str, int]
) -> None:
    _refuse_one(receiver)
    assert sum(mutated.values()) >= _MANY
    assert set(mutated) == set(MUTATIONS)
    refused = read_refused(receiver.home)
    assert refused
    assert not [each for each in refused if each.file != file_name(2)]


def test_what_was_not_changed_is_received_after_all_of_them(receiver: Installation) -> None:
    file = receiver.home.root.parent / file_name(2)
    file.write_bytes(made(2).bytes())
    receipt = receive_files(receiver, [file])
    assert [str(each) for each in receipt.refused] == []
    assert [each.version for each in receipt.received] == [2]
