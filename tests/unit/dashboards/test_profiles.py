"""What one municipality sees of another: share packages, and no cell of its own part.

A home of several municipalities, seen by one of them. The others' own parts are opened by no page,
download or document; were every number in them another, all that is sent would be the same; and
were they not there at all, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.config.paths import Home
from dagster_project.publication.layout import named_files, reading
from dagster_project.publication.reader import publication as reader
from dagster_project.publication.reader.coverage import cells
from dagster_project.publication.reader.publication import (
    OthersPartError,
    PublicationError,
    Table,
    Unreadable,
    ask,
    current_publication,
)
from dashboards.i18n.texts import Language
from dashboards.pages import OF_PUBLICATION, PageKey
from dashboards.report.blocks import Edition
from dashboards.report.make import Asked, make_report
from tests.support import packages
from tests.support import publication as made
from tests.support.opened_page import open_page
from tests.support.publication import AS_OF, EMPTY, LARGE, MIDDLE, SMALL
from tests.support.sent import in_files, sent_by

OWN = MIDDLE
OTHERS = (LARGE, SMALL, EMPTY)
# No register of the home has such counts, shares or words.
COUNT, SHARE, WORD = 7070707, 0.70707070, "sett-av-andre"
_PLANTED = re.compile(
    rf"7[.,\s\u00a0]?070[.,\s\u00a0]?707|0\.70707|70[.,]7070|70[.,]7[\s\u00a0]%|{WORD}"
)

_LOOKS: dict[str, tuple[PageKey, dict[str, list[str]]]] = {
    **{str(page): (page, {}) for page in OF_PUBLICATION},
    "analyst": (PageKey.FRONT, {"role": ["analyst"]}),
    "analyst, not shared": (PageKey.FRONT, {"role": ["analyst"], "indicator": ["answer_days"]}),
    "steward": (PageKey.FRONT, {"role": ["steward"]}),
    "of another kind": (PageKey.DEVELOPMENT, {"indicator": ["persons_per_coordinator"]}),
    "a group": (PageKey.DEVELOPMENT, {"age": ["0-17"], "area": ["school"]}),
    "a group of coverage": (PageKey.COVERAGE, {"age": ["67-79"], "area": ["home_care"]}),
    "an earlier day": (PageKey.COVERAGE, {"date": ["2025-06-30"]}),
    "without registers": (PageKey.FRONT, {"role": ["steward"], "date": ["2024-06-30"]}),
    "compared": (PageKey.COMPARISON, {}),
}


def _asked(look: str) -> tuple[PageKey, dict[str, list[str]]]:
    page, chosen = _LOOKS[look]
    usual = {"municipality": [OWN], "indicator": ["coordinator_coverage"], "compare": list(OTHERS)}
    return page, {**usual, **chosen}


def _home(root: Path) -> Home:
    made.publish(root)
    packages.keep(root)
    return Home(root)


def _others_files(home: Home) -> Iterator[Path]:
    """Yield the own parts of the others, but for official statistics of the population."""
    for file in sorted(home.published.rglob("municipality_code=*/data.parquet")):
        if f"municipality_code={OWN}" not in file.parts and "population" not in file.parts:
            yield file


@pytest.fixture(name="plain", scope="module")
def _plain(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return _home(tmp_path_factory.mktemp("plain"))


@pytest.fixture(name="planted", scope="module")
def _planted(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return the home with other numbers and words in everything that is the others' own."""
    home = _home(tmp_path_factory.mktemp("planted"))
    for file in _others_files(home):
        with duckdb.connect() as connection:
            origin = reading([file])
            columns = connection.sql(f"describe from {origin}").fetchall()
            planted = ", ".join(
                f"{_PLANTED_AS[kind]} as {name}"
                for name, kind, *_ in columns
                if kind in _PLANTED_AS and name not in _KEPT
            )
            if planted:
                replaced = f"select * replace ({planted}) from {origin}"
                new = file.with_suffix(".new")
                connection.execute(f"copy ({replaced}) to '{new}' (format parquet)")
                new.replace(file)
    return home


_PLANTED_AS = {
    "BIGINT": str(COUNT), "INTEGER": str(COUNT), "HUGEINT": str(COUNT), "DOUBLE": f"{SHARE}::double",
    "VARCHAR": f"'{WORD}'",
}  # fmt: skip
# What rows are looked up by stays: or nothing would be found of what was planted.
_KEPT = {
    "municipality_code", "indicator", "age_scheme", "age_group", "service_area", "measure", "step",
    "record", "status", "rule", "lacking", "figure", "grade", "severity", "reasons",
    "months_in_group", "under_way",
    # Parts of a whole, which would be more than it.
    "persons_with_coordinator", "persons_with_contact_only", "persons_outside",
}  # fmt: skip


@pytest.fixture(name="alone", scope="module")
def _alone(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return the home without the others' own parts: the manifest tells of them all the same."""
    home = _home(tmp_path_factory.mktemp("alone"))
    for file in _others_files(home):
        file.unlink()
    return home


@pytest.fixture(name="opened")
def _opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return what is opened from now on: the table, and whose part of it."""
    found: list[tuple[str, str]] = []

    def files(folder: Path, table: str, entry: Mapping[str, Any], whose: Any = None) -> list[Path]:
        paths = named_files(folder, table, entry, whose)
        for path in paths:
            of = re.search(r"municipality_code=(\d{4})", str(path))
            found.append((str(table), of[1] if of else ""))
        return paths

    monkeypatch.setattr(reader, "named_files", files)
    return found


def test_there_is_something_to_see_of_the_others(planted: Home) -> None:
    """What was planted is read by whoever looks as another: the search would find it."""
    home, (page, query) = planted, _asked("coverage")
    as_other = sent_by(page, home, {**query, "municipality": [LARGE]})
    assert any(_PLANTED.search(each) for each in as_other)


@pytest.mark.parametrize("look", _LOOKS)
def test_no_cell_of_anothers_part_is_sent(
    look: str, plain: Home, planted: Home, alone: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, query = _asked(look)
    told = []
    for home in (plain, planted, alone):
        monkeypatch.setenv("SAMORDNA_HOME", str(home.root))
        told.append(sent_by(page, home, query))
    assert sum(map(len, told[0])) > 1000
    assert [each for each in told[1] if _PLANTED.search(each)] == []
    assert told[1] == told[0]
    assert told[2] == told[0]


@pytest.mark.parametrize("look", _LOOKS)
def test_only_ones_own_parts_are_opened(
    look: str, opened: list[tuple[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing of this home has been read before.
    home = _home(tmp_path)
    monkeypatch.setenv("SAMORDNA_HOME", str(tmp_path))
    page, query = _asked(look)
    sent_by(page, home, query)
    assert {code for table, code in opened if table != Table.POPULATION} <= {"", OWN}
    assert bool(opened) == (page is not PageKey.COMPARISON)
    gathered = {table for table, code in opened if not code}
    # None of these has counts: which figures there are, names, definitions.
    assert gathered <= {
        "overview", "municipality", "common_delivery", "indicator", "age_group", "service_area",
        "code_name", "measure", "rule", "waterfall_step", "change_cause",
    }  # fmt: skip


@pytest.mark.parametrize("look", _LOOKS)
def test_the_browser_is_sent_none_of_it(
    look: str, planted: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the framework sends of the page as a whole, whatever draws it."""
    monkeypatch.setenv("SAMORDNA_HOME", str(planted.root))
    page, query = _asked(look)
    shown = open_page(page, **query)
    sent = "\n".join(
        element.proto.SerializeToString().decode("utf-8", "replace")
        for element in _elements(shown.app._tree)
        if getattr(element, "proto", None) is not None
    )
    assert len(sent) > 2000
    assert not _PLANTED.search(sent)
    assert "unreadable" not in sent


def _elements(block: Any) -> Iterator[Any]:
    for child in getattr(block, "children", {}).values():
        yield child
        yield from _elements(child)


@pytest.mark.parametrize("edition", Edition)
def test_the_annual_report_has_none_of_it(
    edition: Edition,
    plain: Home,
    planted: Home,
    opened: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = []
    for home in (plain, planted):
        monkeypatch.setenv("SAMORDNA_HOME", str(home.root))
        files = make_report(home, Asked(OWN, AS_OF, Language.NB, edition))
        told.append(list(in_files(files.docx, files.pptx)))
    assert [each for each in told[1] if _PLANTED.search(each)] == []
    assert told[0] == told[1]
    assert {code for table, code in opened if table != Table.POPULATION} <= {"", OWN}


def test_a_publication_seen_by_one_cannot_be_asked_of_another(plain: Home) -> None:
    seen = current_publication(plain).as_seen_by(OWN)
    assert cells(seen, OWN, AS_OF, "coordinator_coverage", "standard")
    with pytest.raises(OthersPartError):
        cells(seen, LARGE, AS_OF, "coordinator_coverage", "standard")
    # Asked across all, it is its own: the others' are not among the files.
    codes = ask(seen, "select distinct municipality_code from read_parquet($coverage)")
    assert codes == [(OWN,)]
    assert {each.municipality for each in seen.sources if each.record != "befolkning"} == {OWN}
    assert set(seen.previous) == {OWN}


def test_one_file_of_everybody_as_earlier_versions_wrote_is_not_opened(tmp_path: Path) -> None:
    home = _home(tmp_path)
    (file,) = home.published.glob("*/manifest.json")
    manifest = json.loads(file.read_text("utf-8"))
    del manifest["tables"]["change"]["municipalities"]
    file.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(PublicationError) as caught:
        current_publication(home).as_seen_by(OWN)
    assert caught.value.reason is Unreadable.OLDER_VERSION


def test_the_pages_name_who_has_shared_nothing_with_what_to_do(
    plain: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMORDNA_HOME", str(plain.root))
    page, query = _asked("development")
    told = " ".join(sent_by(page, plain, query))
    assert "Bø har ikke delt tall ennå" in told
    assert f"samordna share --municipality {EMPTY}" in told
    assert "Tallene for de andre kommunene er beskyttede" in told
