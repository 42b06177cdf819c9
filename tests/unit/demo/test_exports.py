"""The demo's exports: every file can be read, every rule is broken somewhere, nobody is real."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import random
import re
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.config.sources import Delivery
from dagster_project.contract import RECORD_TYPES
from dagster_project.demo import DemoSummary, make_demo
from dagster_project.demo.exports.deliver import generate_town
from dagster_project.demo.exports.registration import Versions
from dagster_project.demo.exports.specification import specifications
from dagster_project.demo.exports.vocabulary import BOKMAL, NYNORSK
from dagster_project.demo.identities import Registry
from dagster_project.demo.make import write_demo
from dagster_project.demo.places import PLACES, day
from dagster_project.demo.simulation import make_world
from dagster_project.demo.world import Person, Spell, World
from dagster_project.identity.names import fold_name, name_parts
from dagster_project.identity.numbers import IdRules, may_be_person_id, read_person_id
from dagster_project.landing.deliveries import ManifestEntry
from dagster_project.landing.land import Lander
from dagster_project.reference import SEEDS
from dagster_project.reference.vocabulary import vocabulary
from dagster_project.values import fold
from tests.support.small_home import land_all, no_checks

SEED = 2025
DIGITS = re.compile(r"\d(?:[ .\-]?\d){9,}")
REAL_PERSONS = IdRules(synthetic=False, relaxed=True)
# Of the rules that the demo could break; every one is shown by a case (`tests/integration/cases.py`).
FEWEST_BROKEN = 50
# What a workbook's parts hold that is no cell.
NOT_CELLS = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Demo:
    """The demo of a world, as made and as landed."""

    world: World
    home: Home
    summary: DemoSummary
    landed: dict[tuple[str, str], ManifestEntry]
    problems: list[str]


def is_told_of(person: Person) -> bool:
    told = person.spells or person.plans or person.forms or person.notices
    return bool(told) or person.namesake or not person.registered


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Make and land the demo of a thinner world: most of those nobody coordinates are left out."""
    root = tmp_path_factory.mktemp("demo")
    home = Home(root / "home")
    world = make_world(SEED)
    for town in world.towns.values():
        town.persons = [
            person for at, person in enumerate(town.persons) if is_told_of(person) or at % 12 == 0
        ]
    summary = write_demo(world, home, SEED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(root / "settings"))
        installation = load_installation(home)
        outcomes = land_all(Lander(installation, no_checks)).values()
    problems = [str(problem) for problem in installation.problems]
    problems += [str(problem) for outcome in outcomes for problem in outcome.problems]
    landed = {(entry.source, entry.file): entry for one in outcomes for entry in one.landed}
    return Demo(world, home, summary, landed, problems)


def truth(demo: Demo, name: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = pq.read_table(demo.home.truth / f"{name}.parquet").to_pylist()
    return rows


def text_of(path: Path) -> str:
    """Return all the text in a file; of a workbook, that of its cells."""
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            names = [name for name in book.namelist() if "sharedStrings" in name or "sheet" in name]
            parts = [book.read(name).decode("utf-8") for name in names if name.endswith(".xml")]
        return NOT_CELLS.sub("\n", "\n".join(parts))
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252")


class TestEveryFileIsRead:
    def test_without_a_problem(self, demo: Demo) -> None:
        assert demo.problems == []

    def test_with_the_rows_that_were_meant(self, demo: Demo) -> None:
        records: Counter[str] = Counter()
        for entry in demo.landed.values():
            records[entry.record] += entry.rows_read
        assert {name: many for name, many in records.items() if many} == demo.summary.rows

    def test_no_column_of_the_contract_is_taken_for_another(self, demo: Demo) -> None:
        for specification in specifications(PLACES):
            for on in specification.days:
                name = Path(specification.path(f"{dt.date.fromordinal(on):%Y%m%d}")).name
                entry = demo.landed[specification.name, name]
                record = RECORD_TYPES[specification.record]
                taken = specification.columns - record.not_taken.keys()
                assert set(entry.columns) <= taken
                # What no object of a JSON file has is not there at all.
                if entry.rows_read and entry.encoding != "utf-8":
                    assert set(entry.columns) == taken

    def test_no_delivery_is_so_small_that_it_would_be_held_back(self, demo: Demo) -> None:
        for specification in specifications(PLACES):
            entries = [one for one in demo.landed.values() if one.source == specification.name]
            entries.sort(key=lambda entry: entry.delivered)
            for earlier, later in itertools.pairwise(entries):
                least = 0.9 if specification.delivery is Delivery.SNAPSHOT else 0.5
                assert later.rows_read >= least * earlier.rows_read, specification.name

    def test_files_of_every_kind(self, demo: Demo) -> None:
        entries = demo.landed.values()
        assert {Path(entry.file).suffix for entry in entries} == {
            ".csv",
            ".txt",
            ".xlsx",
            ".json",
            ".jsonl",
            ".xml",
        }
        assert {entry.delimiter for entry in entries} >= {";", ",", "\t", "|"}
        assert {entry.encoding for entry in entries} >= {"utf-8", "utf-16", "cp1252"}
        assert any(notice["code"] == "total_lines" for entry in entries for notice in entry.notices)

    def test_not_too_many(self, demo: Demo) -> None:
        assert demo.summary.files <= 140
        assert demo.summary.sources == len(specifications(PLACES)) + 2


class TestMess:
    def test_most_rules_are_broken_somewhere(self, demo: Demo) -> None:
        with (SEEDS / "rules.csv").open(encoding="utf-8", newline="") as lines:
            rules = {row["rule"] for row in csv.DictReader(lines)}
        broken = {str(row["rule"]) for row in truth(demo, "errors")}
        assert len(rules & broken) >= FEWEST_BROKEN
        assert broken - rules == {
            "form_superseded",
            "notice_superseded",
            "plan_not_active",
        }

    def test_every_row_with_an_error_is_there(self, demo: Demo) -> None:
        rows_of: dict[tuple[str, str], set[int]] = {}
        for (source, file), entry in demo.landed.items():
            table = pq.read_table(demo.home.root / str(entry.parquet), columns=["row_number"])
            rows_of[source, file] = {int(number) for number in table["row_number"].to_pylist()}
        for row in truth(demo, "errors"):
            assert row["row_number"] in rows_of[str(row["source"]), str(row["file"])]

    def test_a_backlog_in_one_system_only(self, demo: Demo) -> None:
        """More than a fifth of a year's first days on one date look like one (rules, section 7)."""
        backlogs = set()
        for code, town in demo.world.towns.items():
            for name, told in generate_town(town, specifications([code]), SEED).items():
                firsts: dict[int, Counter[int]] = defaultdict(Counter)
                for registration in told:
                    first = registration.values.get("fra_dato")
                    if isinstance(registration.fact, Spell) and isinstance(first, int):
                        firsts[dt.date.fromordinal(first).year][first] += 1
                backlogs |= {
                    (name, year)
                    for year, days in firsts.items()
                    if max(days.values()) > 0.2 * days.total()
                }
        assert backlogs == {("bo_samspill_koordinator", 2023)}

    def test_registers_are_delivered_when_the_world_expects_it(self) -> None:
        """Ends that nobody reports are set by the deliveries that no longer have them."""
        for place in PLACES.values():
            ours = specifications([place.code])
            years = {
                (source.record, source.years)
                for source in ours
                if source.scope.main and source.scope.part is None
            }
            assert ("tjeneste", place.journal_years) in years
            registers = [told for record, told in years if record == "koordinator"]
            assert any(set(place.register_years) <= set(told) for told in registers)


class TestNobodyIsReal:
    def test_no_number_is_valid_as_a_real_persons(self, demo: Demo) -> None:
        for path in demo.home.inbox.rglob("*.*"):
            for run in set(DIGITS.findall(text_of(path))):
                digits = re.sub(r"\D", "", run)
                for start in range(max(1, len(digits) - 10)):
                    found = read_person_id(digits[start : start + 11], REAL_PERSONS)
                    assert not found.valid, path.name

    def test_the_truth_holds_no_id_and_no_name(self, demo: Demo) -> None:
        surnames = {
            fold_name(name)
            for town in demo.world.towns.values()
            for person in town.persons
            for name in person.name.surname.split("-")
        }
        for name in ("coverage", "registrations", "errors"):
            table = pq.read_table(demo.home.truth / f"{name}.parquet")
            for column in table.select([f.name for f in table.schema if f.type == "string"]):
                for value in column.unique().to_pylist():
                    assert not DIGITS.search(value or "")
                    assert not surnames & set(name_parts(value or ""))

    def test_numbers_are_test_numbers(self) -> None:
        registry = Registry(random.Random(1))
        for birth in (day(1931, 2, 3), day(1999, 12, 31), day(2000, 1, 1), day(2021, 2, 28)):
            for female in (True, False):
                for number in (registry.fnr(birth, female), registry.d_number(birth, female)):
                    assert may_be_person_id(number)
                    assert not read_person_id(number, REAL_PERSONS).valid
                    assert int(number[2:4]) > 80
                    assert (int(number[8]) % 2 == 0) == female


def test_the_words_of_the_systems_mean_what_they_should() -> None:
    listed: dict[str, dict[str, str]] = defaultdict(dict)
    with (SEEDS / "code_map.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            listed[row["field"]][fold(row["accepted"])] = row["canonical"]
    meant = {"ansvarsgruppe": "coordination_meeting", "oppfølgingsteam": "coordination_meeting"}
    for words in (BOKMAL, NYNORSK):
        for field, values in words.items():
            for canonical, said in values.items():
                for word in said:
                    found = listed[field].get(fold(word)) or vocabulary().canonical(field, word)
                    assert found == meant.get(canonical, canonical), word


@pytest.mark.slow
def test_the_whole_demo_is_small_enough_to_be_run_in_a_minute(tmp_path: Path) -> None:
    summary = make_demo(Home(tmp_path / "home"))
    assert summary.municipalities == 6
    assert sum(summary.rows.values()) < 200_000
    with (SEEDS / "indicators.csv").open(encoding="utf-8", newline="") as lines:
        needed = {record for row in csv.DictReader(lines) for record in row["needs"].split(";")}
    beside = {"person", "ansatt", "koordinatortall", "framskriving"}
    assert needed | beside <= set(summary.rows) <= RECORD_TYPES.keys()


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    small = ("1134", "1867")
    homes = [Home(tmp_path / name) for name in ("one", "two")]
    for home in homes:
        write_demo(make_world(SEED, small), home, SEED)
    contents = [
        {
            path.relative_to(home.root).as_posix(): path.read_bytes()
            for path in home.root.rglob("*")
            if path.is_file()
        }
        for home in homes
    ]
    assert contents[0] == contents[1]


def test_only_its_own_is_replaced(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    kept = [home.landing / "a.parquet", home.warehouse / "part.json", home.state / "home.json"]
    old = [home.inbox / "1134" / "old.csv", home.truth / "old.parquet"]
    for path in (*kept, *old):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    write_demo(make_world(SEED, ["1867"]), home, SEED)
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in old)
    assert home.sources_file.is_file()


def test_what_becomes_known_later_is_not_told_before() -> None:
    told = Versions(((10, "a"), (20, "b")))
    assert [told.on(at) for at in (9, 10, 19, 20)] == [None, "a", "a", "b"]
