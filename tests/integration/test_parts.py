"""Each municipality built by itself is what all of them built at once are, and nothing is built
twice: the same rows, the same publication, whatever came in which order."""

from __future__ import annotations

import datetime as dt
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from dagster_project import run as engine
from dagster_project.built import Built, make
from dagster_project.config.installation import load_installation
from dagster_project.config.paths import Home
from dagster_project.demo.make import write_demo
from dagster_project.demo.simulation import make_world
from dagster_project.identity.maskers import Maskers
from dagster_project.landing.deliveries import Manifest, ManifestEntry
from dagster_project.landing.land import Lander
from dagster_project.landing.withdrawal import take_back
from dagster_project.models import BuildError
from dagster_project.parts import Part
from dagster_project.pointer import current_folder
from dagster_project.problems import SamordnaError
from dagster_project.publication.export import digest
from dagster_project.publication.layout import own_file, relation
from dagster_project.publication.tables import GATHERED, OWN
from dagster_project.run import plan_parts, run_once
from dagster_project.straight import build
from dagster_project.warehouse import Building, begin
from tests.support.small_home import (
    SmallHome,
    coordinator,
    land_all,
    no_checks,
    person,
    plan,
    publish_parts,
    service,
)

KINN, SENJA, ALESUND, BO = "4602", "5530", "1508", "1867"
VOLDA = "1577"
# Made of the numbers that only a file of the warehouse knows.
_NUMBERS = frozenset({"assignment_key"})


def town(root: Path) -> SmallHome:
    """Return a home of four municipalities: two share a source, one was merged, one divided."""
    home = SmallHome(root / "home", KINN)
    for code in (KINN, SENJA, ALESUND, BO):
        first = {KINN: 0, SENJA: 100, ALESUND: 200, BO: 300}[code]
        home.source(f"folk{code}", "person", kommune=code)
        home.deliver(f"folk{code}", "20231231", [person(first + n) for n in range(8)])
        home.source(f"ke{code}", "koordinator", kommune=code)
        home.deliver(
            f"ke{code}",
            "20231231",
            [coordinator(f"K{first + n}", first + n, "2022-01-01") for n in range(4)],
        )
        home.source(f"ip{code}", "ip", kommune=code)
        home.deliver(f"ip{code}", "20240105", [plan(f"P{first}", first + 1, "2022-05-01")])
        home.source(f"tj{code}", "tjeneste", kommune=code)
        home.deliver(
            f"tj{code}", "20231231", [service(f"T{first}", first + 5, "skole", "2021-02-03")]
        )
    # Written under the codes of before: Volda took Hornindal (1444) in; Ålesund was divided.
    home.source("felles", "koordinator", kommune=SENJA)
    home.deliver(
        "felles",
        "20240110",
        [
            {**coordinator("F1", 101, "2023-01-01"), "kommune": "1931"},
            {**coordinator("F2", 301, "2023-01-01"), "kommune": BO},
            {**coordinator("F3", 102, "2023-01-01"), "kommune": "9999"},
            {**coordinator("F4", 201, "2023-01-01"), "kommune": "0301"},
        ],
    )
    home.source("ssb", "befolkning")
    people = "region;alder;2022;2023\n" + "".join(
        f"{code};{age};{age + 10};{age + 12}\n"
        for code in (KINN, SENJA, "1507", ALESUND, "1580", BO, "1401", "0301")
        for age in range(0, 90, 5)
    )
    home.deliver("ssb", "20240220", people)
    return home


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> SmallHome:
    home = town(tmp_path_factory.mktemp("town"))
    home.publish()
    return home


@pytest.fixture
def home(standing: SmallHome, tmp_path: Path) -> SmallHome:
    """Return a home of its own that has published, which a test may change."""
    home = SmallHome(tmp_path / "home", KINN)
    shutil.copytree(standing.home.root, home.home.root, dirs_exist_ok=True)
    home._settings = json.loads(json.dumps(standing._settings))
    return home


def published_afresh(home: SmallHome) -> None:
    """Publish once more: what is copied are other files."""
    shutil.rmtree(home.home.published)
    home.publish()


def parts_of(home: Home) -> dict[str, Part]:
    installation = load_installation(home)
    planned = plan_parts(installation, Maskers(installation), accept_loss=True)
    return {part.place: part for part in planned}


def differing(home: Home) -> tuple[int, int]:
    """Return how many rows of all published tables and marts there are in one warehouse of all,
    and how many of the parts' or of that one are not in the other."""
    installation = load_installation(home)
    begin(installation, Maskers(installation), None).close()
    build(Building.whole(home))
    rows = wrong = 0
    with duckdb.connect() as both:
        both.execute(f"attach '{home.building}' as warehouse (read_only)")
        parts = [Built(home.warehouse / part.name) for part in parts_of(home).values()]
        for number, part in enumerate(parts):
            both.execute(f"attach '{part.file}' as part{number} (read_only)")
        both.execute("use warehouse")
        folder = current_folder(home)
        assert folder is not None
        asked = {table: (query, relation(folder, table)) for table, query in OWN.items()}
        asked |= {table: (query, relation(folder, table)) for table, query in GATHERED.items()}
        marts = both.sql(
            "select table_name from duckdb_tables() where database_name = 'warehouse' "
            "and schema_name = 'marts'"
        ).fetchall()
        for (mart,) in marts:
            of_parts = " union all by name ".join(
                f"select * from part{number}.marts.{mart} where municipality_code in "
                f"({', '.join(repr(code) for code in part.municipalities)})"
                for number, part in enumerate(parts)
            )
            asked[f"marts.{mart}"] = (f"from marts.{mart}", f"({of_parts})")
        for name, (whole, divided) in asked.items():
            columns = [c for c in both.sql(f"from ({whole})").columns if c not in _NUMBERS]
            shown = ", ".join(columns)
            one, other = f"select {shown} from ({whole})", f"select {shown} from {divided}"
            (count,) = both.sql(f"select count(*) from ({one})").fetchone() or (0,)
            (unlike,) = both.sql(
                f"select count(*) from ((({one}) except all ({other})) "
                f"union all (({other}) except all ({one})))"
            ).fetchone() or (0,)
            assert unlike == 0, name
            rows, wrong = rows + count, wrong + unlike
    return rows, wrong


def test_the_parts_together_are_the_whole(home: SmallHome) -> None:
    assert {part.municipalities for part in parts_of(home.home).values()} == {
        (ALESUND,),
        (BO, SENJA),
        (KINN,),
    }
    rows, wrong = differing(home.home)
    assert rows > 5_000
    assert wrong == 0


@pytest.mark.slow
def test_the_parts_of_the_demo_are_the_whole(tmp_path: Path) -> None:
    """Every system and every format, with every mess that the demo knows."""
    home = Home(tmp_path / "home")
    write_demo(make_world(3, ("1134", "1867")), home, 3)
    land_all(Lander(load_installation(home), no_checks))
    publish_parts(home)
    rows, wrong = differing(home)
    assert rows > 50_000
    assert wrong == 0


def built_by(home: Home, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run, and return which parts were built."""
    made: list[str] = []

    def noting(home: Home, part: Part) -> Built:
        made.append(part.place)
        return make(home, part)

    monkeypatch.setattr(engine, "make", noting)
    assert run_once(load_installation(home)).published
    return made


def test_only_what_changed_is_built(home: SmallHome, monkeypatch: pytest.MonkeyPatch) -> None:
    assert built_by(home.home, monkeypatch) == []
    home.deliver(
        f"ip{KINN}", "20240301", [plan("P1", 1, "2022-05-01"), plan("P2", 2, "2024-01-01")]
    )
    assert built_by(home.home, monkeypatch) == [KINN]
    # A source that tells of two municipalities builds both, as one.
    home.deliver("felles", "20240302", [{**coordinator("F1", 101, "2023-01-01"), "kommune": BO}])
    assert built_by(home.home, monkeypatch) == [f"{BO}+1"]
    # Statistics of the country, and a definition that holds everywhere, change every figure.
    home.deliver("ssb", "20240303", f"region;alder;2022;2023\n{KINN};5;10;12\n")
    assert sorted(built_by(home.home, monkeypatch)) == [ALESUND, f"{BO}+1", KINN]
    # A definition of one municipality is its own.
    home._settings["definition"] = {"municipalities": {ALESUND: {"bridge_days": 60}}}
    home.write_settings()
    assert built_by(home.home, monkeypatch) == [ALESUND]


def test_what_is_unchanged_is_the_same_file(home: SmallHome) -> None:
    published_afresh(home)
    before = current_folder(home.home)
    home.deliver(f"ip{KINN}", "20240301", [plan("P2", 2, "2024-01-01")])
    home.publish()
    after = current_folder(home.home)
    assert before is not None
    assert after is not None
    assert before != after
    for table in OWN:
        assert own_file(before, table, BO).samefile(own_file(after, table, BO))
    coverage = (own_file(folder, "coverage", KINN) for folder in (before, after))
    assert not next(coverage).samefile(next(coverage))


def test_a_publication_keeps_its_files_when_the_part_is_gone(home: SmallHome) -> None:
    before = current_folder(home.home)
    assert before is not None
    home.deliver(f"ip{KINN}", "20240301", [plan("P2", 2, "2024-01-01")])
    assert run_once(load_installation(home.home)).published
    names = {part.name for part in parts_of(home.home).values()}
    assert {folder.name for folder in home.home.warehouse.iterdir()} == names
    assert own_file(before, "coverage", KINN).is_file()


Damage = Callable[[Path], object]
_DAMAGES: dict[str, Damage] = {
    "missing": lambda part: (part / "warehouse.duckdb").unlink(),
    "truncated": lambda part: (part / "warehouse.duckdb").write_bytes(b"x"),
    "a table is gone": lambda part: own_file(part, "findings", KINN).unlink(),
    "its entry is cut off": lambda part: (part / "part.json").write_text('{"munic'),
    "all of it": shutil.rmtree,
}


@pytest.mark.parametrize("damage", _DAMAGES)
def test_a_damaged_part_is_built_again_and_said(home: SmallHome, damage: str) -> None:
    before = current_folder(home.home)
    assert run_once(load_installation(home.home)).built == []
    part = parts_of(home.home)[KINN]
    _DAMAGES[damage](home.home.warehouse / part.name)
    report = run_once(load_installation(home.home))
    assert [made.municipalities for made in report.built] == [[KINN]]
    assert current_folder(home.home) == before
    told = [f"The warehouse of municipality {KINN} was damaged or incomplete."]
    assert [remark[: len(told[0])] for remark in report.remarks] == (
        [] if damage == "all of it" else told
    )


def _break(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Let a data test not hold in one part."""

    def make_but(home: Home, part: Part) -> Built:
        if part.place == place:
            raise BuildError({"every_row_ends_in_one_place": ""}, home.dbt_target)
        return make(home, part)

    monkeypatch.setattr(engine, "make", make_but)


def test_one_that_cannot_be_built_keeps_its_figures_and_the_others_go_on(
    home: SmallHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    published_afresh(home)
    before = current_folder(home.home)
    assert before is not None
    for code in (KINN, ALESUND):
        home.deliver(f"ip{code}", "20240301", [plan("P2", 2, "2024-01-01")])
    with monkeypatch.context() as broken:
        _break(broken, KINN)
        report = run_once(load_installation(home.home))
    assert report.published
    assert "every_row_ends_in_one_place failed" in report.failures[0]
    assert f"Municipality {KINN}: the figures of before stay" in report.failures[1]
    after = current_folder(home.home)
    assert after is not None
    assert own_file(before, "coverage", KINN).samefile(own_file(after, "coverage", KINN))
    assert not own_file(before, "coverage", ALESUND).samefile(own_file(after, "coverage", ALESUND))
    # Mended, it follows.
    report = run_once(load_installation(home.home))
    assert (report.failures, [made.municipalities for made in report.built]) == ([], [[KINN]])


def test_a_clock_set_back_takes_nothing_away(home: SmallHome) -> None:
    """The last run was, by the clock of today, in days to come: then none is trusted."""
    before = current_folder(home.home)
    pointer = home.home.current_pointer
    said = json.loads(pointer.read_text("utf-8"))
    ahead = dt.datetime.now(tz=dt.UTC) + dt.timedelta(days=90)
    pointer.write_text(json.dumps({**said, "confirmed_at": ahead.isoformat()}), "utf-8")
    home.deliver(f"ip{KINN}", "20240301", [plan("P2", 2, "2024-01-01")])
    with pytest.raises(SamordnaError, match=f"last run was on {ahead:%Y-%m-%d}"):
        run_once(load_installation(home.home))
    assert current_folder(home.home) == before
    # It had been wrong before, and a person says so: then all goes on.
    assert [
        m.municipalities for m in run_once(load_installation(home.home), accept_loss=True).built
    ] == [[KINN]]
    assert run_once(load_installation(home.home)).published


def test_a_new_one_that_cannot_be_built_is_left_out(
    home: SmallHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.source("ipny", "ip", kommune=VOLDA)
    home.deliver("ipny", "20240105", [plan("P400", 400, "2022-05-01")])
    with monkeypatch.context() as broken:
        _break(broken, VOLDA)
        report = run_once(load_installation(home.home))
    assert report.published
    assert f"Municipality {VOLDA} is left out" in report.failures[1]
    published = current_folder(home.home)
    assert published is not None
    assert not own_file(published, "coverage", VOLDA).exists()
    assert own_file(published, "coverage", KINN).exists()
    # Mended, it stands beside the others.
    report = run_once(load_installation(home.home))
    assert (report.failures, [made.municipalities for made in report.built]) == ([], [[VOLDA]])
    published = current_folder(home.home)
    assert published is not None
    assert own_file(published, "coverage", VOLDA).exists()


def _lay_out_as_before_parts(home: Home) -> None:
    folder = current_folder(home)
    assert folder is not None
    with duckdb.connect() as connection:
        for table in OWN:
            flat = folder / f"{table}.parquet"
            connection.execute(f"copy (from {relation(folder, table)}) to '{flat}'")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for table in OWN:
        shutil.rmtree(folder / table)
        del manifest["tables"][table]["municipalities"]
        manifest["tables"][table]["sha256"] = digest(folder / f"{table}.parquet")
    del manifest["parts"]
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    earlier = folder.rename(folder.with_name("20240110-0123456789"))
    pointer = json.loads(home.current_pointer.read_text("utf-8"))
    home.current_pointer.write_text(json.dumps({**pointer, "publication": earlier.name}))
    shutil.rmtree(home.warehouse)
    home.undivided_warehouse.write_bytes(b"of before")


def test_a_home_from_before_parts_is_laid_out_anew_and_its_figures_are_compared(
    home: SmallHome,
) -> None:
    """What earlier versions left: one warehouse, flat tables, a manifest that names no parts."""
    _lay_out_as_before_parts(home.home)
    report = run_once(load_installation(home.home))
    assert report.published
    (said,) = report.remarks
    assert "laid out by municipality now (3 parts)" in said
    assert " 0 differ from the publication before" in said
    assert not home.home.undivided_warehouse.exists()
    assert run_once(load_installation(home.home)).remarks == []


@pytest.mark.parametrize("before", ["parts", "a damage"])
def test_where_nobody_knows_what_was_published_nobody_is_left_out(
    home: SmallHome, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    published_afresh(home)
    if before == "parts":
        _lay_out_as_before_parts(home.home)
    else:
        folder = current_folder(home.home)
        assert folder is not None
        (folder / "manifest.json").write_text('{"publ', "utf-8")
        shutil.rmtree(home.home.warehouse)
    pointer = home.home.current_pointer.read_text("utf-8")
    _break(monkeypatch, KINN)
    report = run_once(load_installation(home.home))
    assert not report.published
    assert "every_row_ends_in_one_place failed" in report.failures[0]
    assert home.home.current_pointer.read_text("utf-8") == pointer


def _change(home: SmallHome, chance: random.Random, day: int) -> str:
    """Change something at random, and return what."""
    code = chance.choice([KINN, SENJA, ALESUND, BO])
    first = {KINN: 0, SENJA: 100, ALESUND: 200, BO: 300}[code]
    kind = chance.choice(["deliver", "correct", "withdraw", "undo", "parameter", "shared"])
    date = f"2024{3 + day // 28:02}{1 + day % 28:02}"
    rows = [
        coordinator(f"K{first + n}", first + n, f"20{chance.randint(20, 23)}-0{n + 1}-01")
        for n in range(chance.randint(1, 6))
    ]
    if kind == "deliver":
        home.deliver(f"ke{code}", date, rows)
    elif kind == "correct":
        home.deliver(f"ke{code}", "20231231", rows)
    elif kind == "shared":
        place = chance.choice([SENJA, BO, ALESUND])
        home.deliver("felles", date, [{**row, "kommune": place} for row in rows])
    elif kind == "parameter":
        home._settings["definition"] = {
            "municipalities": {code: {"bridge_days": chance.choice([7, 30, 90])}}
        }
        home.write_settings()
    else:
        entries = [
            entry
            for entry in Manifest(home.home, home.source_named(f"ke{code}")).entries()
            if _can(entry, kind)
        ]
        if entries:
            entry = chance.choice(entries)
            take_back(home.home, f"ke{code}", entry.file, "", undo=kind == "undo")
    return kind


def _can(entry: ManifestEntry, kind: str) -> bool:
    return (entry.status == "withdrawn") == (kind == "undo") and entry.parquet is not None


@pytest.mark.parametrize(
    "seed",
    [
        *range(2),
        *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(2, 20)),
    ],
)
def test_step_by_step_is_the_same_publication_as_at_once(home: SmallHome, seed: int) -> None:
    """A hundred changes in each: after every fiftieth all is built anew, and comes to the same."""
    chance = random.Random(seed)
    kinds = []
    for day in range(100):
        kinds.append(_change(home, chance, day))
        if day % 25 == 24:
            step_by_step = home.publish().id
        if day % 50 == 49:
            shutil.rmtree(home.home.warehouse)
            assert publish_parts(home.home).id == step_by_step, kinds
