"""One delivery moves one municipality: nothing that is told of the others changes with it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest

from dagster_project.config.paths import Home
from dagster_project.publication import layout
from dagster_project.publication.reader.publication import Publication, current_publication
from dashboards.content import front_leader, front_steward
from dashboards.content.labels import Labels
from dashboards.i18n.texts import Language, Texts
from dashboards.view.state import View
from tests.support.small_home import Row, SmallHome, coordinator, person, plan, service

KINN, SENJA, ASKER, SULDAL = "4602", "5530", "3203", "1134"
OTHERS = (SENJA, ASKER)
RECORDS = {
    "folk": "person",
    "ke": "koordinator",
    "planer": "ip",
    "tiltak": "tjeneste",
    "moter": "mote",
    "meldt": "melding",
    "lonn": "ansatt",
}
# Numbers that the warehouse makes for itself, of all municipalities together.
_MADE_NUMBERS = ("delivery_number", "source_number", "person_number", "assignment_number")
Rows = dict[str, list[tuple[Any, ...]]]


def of_municipality(first: int) -> dict[str, list[Row]]:
    """Return what one municipality's systems tell: a dozen persons from that number on."""
    numbers = range(first, first + 12)
    return {
        "folk": [person(number) for number in numbers],
        "ke": [
            coordinator(
                f"K{number}", number, "2022-03-01", "2023-02-01" if number % 3 == 0 else "",
                koordinator_id=str(first + number % 2),
            )
            for number in numbers[:9]
        ],
        "planer": [plan(f"P{number}", number, "2022-05-01") for number in numbers[:6]],
        "tiltak": [service(f"T{number}", number, "pleie og omsorg", "2021-01-01") for number in numbers],
        "moter": [
            {"mote_id": f"M{number}", "fnr": person(number)["fnr"], "dato": "2023-06-01",
             "motetype": "ansvarsgruppe"}
            for number in numbers
        ],
        "meldt": [
            {"melding_id": f"N{number}", "fnr": person(number)["fnr"], "mottatt_dato": "2023-09-01"}
            for number in numbers[6:]
        ],
        # Ends what is registered on somebody who has left, from some day on.
        "lonn": [{"koordinator_id": str(first), "ansatt_fra": "2020-01-01", "ansatt_til": "2024-01-03"}],
    }  # fmt: skip


@dataclass
class Published:
    """What was published once, and the tables of the warehouse behind it."""

    publication: Publication
    manifest: dict[str, Any]
    tables: Callable[[str], Rows]


@dataclass
class Told:
    """The same home before and after a delivery of one municipality."""

    first: Published
    before: Published
    after: Published


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    home = SmallHome(tmp_path_factory.mktemp("asof") / "home", KINN)
    for number, code in enumerate((KINN, SENJA, ASKER)):
        rows = of_municipality(100 * number)
        for short, record in RECORDS.items():
            name = f"{short}{code}"
            home.source(name, record, kommune=code)
            home.deliver(name, "20231231", rows[short])
    # A source that two share, and one municipality that has a source and has delivered nothing.
    home.source("felles", "koordinator", kommune=KINN, delivery="incremental")
    shared = [
        {**coordinator("F1", 10, "2023-01-01"), "kommune": KINN},
        {**coordinator("F2", 110, "2023-01-01"), "kommune": SENJA},
    ]
    home.deliver("felles", "20231231", shared)
    home.source("tom", "koordinator", kommune=SULDAL)
    # The whole country is told of later than any of them, and moves nobody.
    home.source("ssb", "befolkning")
    people = "region;alder;2022;2023\n" + "".join(
        f"{code};{age};100;100\n" for code in (KINN, SENJA, ASKER) for age in range(90)
    )
    home.deliver("ssb", "20240220", people)
    first = published(home)
    # A figure of Senja that was published is another one now.
    home.deliver(
        f"planer{SENJA}", "20240105", [plan(f"P{n}", n, "2022-05-01") for n in range(100, 109)]
    )
    before = published(home)
    # Kinn delivers: by a source of its own, and by the one it shares, of itself only.
    more = [
        *of_municipality(0)["planer"],
        plan("P99", 7, "2022-05-01"),
        plan("P98", 8, "2024-01-02"),
    ]
    home.deliver(f"planer{KINN}", "20240209", more)
    home.deliver("felles", "20240208", [{**coordinator("F3", 11, "2023-01-01"), "kommune": KINN}])
    return Told(first, before, published(home))


def published(home: SmallHome) -> Published:
    with home.build(tests=False) as warehouse:
        tables = [
            name
            for (name,) in warehouse.sql(
                "select table_name from duckdb_tables() where schema_name = 'marts'"
            ).fetchall()
        ]
        kept = {name: warehouse.table(f"marts.{name}").to_arrow_table() for name in tables}
    home.publish()
    made = current_publication(Home(home.home.root))

    def rows(code: str) -> Rows:
        with duckdb.connect() as connection:
            relations = {
                **{f"marts.{name}": connection.from_arrow(table) for name, table in kept.items()},
                **{
                    table: connection.sql(f"from {layout.relation(made.folder, table)}")
                    for table in sorted(made.tables)
                },
            }
            return {
                name: sorted(
                    relation.filter(f"municipality_code = '{code}'")
                    .project(
                        ", ".join(each for each in relation.columns if each not in _MADE_NUMBERS)
                    )
                    .fetchall(),
                    key=repr,
                )
                for name, relation in relations.items()
                if "municipality_code" in relation.columns
            }

    text = (made.folder / "manifest.json").read_text(encoding="utf-8")
    return Published(made, json.loads(text), rows)


def test_every_municipality_has_the_day_of_its_own_newest_delivery(told: Told) -> None:
    assert told.before.manifest["as_of_by_municipality"] == {
        ASKER: "2023-12-31", KINN: "2023-12-31", SENJA: "2024-01-05",
    }  # fmt: skip
    assert told.after.manifest["as_of_by_municipality"] == {
        ASKER: "2023-12-31", KINN: "2024-02-09", SENJA: "2024-01-05",
    }  # fmt: skip
    assert (told.before.manifest["as_of"], told.after.manifest["as_of"]) == (
        "2024-01-05", "2024-02-09",
    )  # fmt: skip
    newest = duckdb.sql(
        "select municipality_code, as_of, max(reference_date) "
        f"from {layout.relation(told.after.publication.folder, 'overview')} as figure "
        f"inner join {layout.relation(told.after.publication.folder, 'municipality')} as place "
        "using (municipality_code) group by all order by all"
    ).fetchall()
    assert [(code, str(day), str(last)) for code, day, last in newest] == [
        (ASKER, "2023-12-31", "2023-12-31"),
        (KINN, "2024-02-09", "2024-02-09"),
        (SENJA, "2024-01-05", "2024-01-05"),
    ]


@pytest.mark.parametrize("code", OTHERS)
def test_no_row_of_another_municipality_differs(told: Told, code: str) -> None:
    before, after = told.before.tables(code), told.after.tables(code)
    assert before.keys() == after.keys()
    for name, rows in before.items():
        assert after[name] == rows, name
    assert {"coverage", "waterfall", "notice_survival", "findings", "change"} <= before.keys()
    assert all(before[name] for name in ("coverage", "waterfall", "notice_survival", "findings"))


def test_the_one_that_delivered_has_moved(told: Told) -> None:
    before, after = told.before.tables(KINN), told.after.tables(KINN)
    assert {name for name, rows in after.items() if rows != before[name]} > {"coverage", "change"}


def test_what_changed_is_held_against_what_stood_before_the_own_figures_moved(told: Told) -> None:
    first, before = told.first.publication, told.before.publication
    assert told.first.manifest["previous"] == {}
    of_senja = {
        "publication": first.id, "as_of": "2023-12-31", "compared_on": "2023-12-31",
    }  # fmt: skip
    assert told.before.manifest["previous"] == {SENJA: of_senja}
    assert told.after.manifest["previous"] == {
        SENJA: of_senja,
        KINN: {"publication": before.id, "as_of": "2023-12-31", "compared_on": "2023-12-31"},
    }
    assert "plan_coverage" in {row[1] for row in told.after.tables(SENJA)["change"]}
    assert told.after.tables(ASKER)["change"] == []


def sentences(found: Published, code: str, language: Language) -> Iterator[str]:
    """Yield what the two first front pages say of a municipality."""
    labels = Labels(found.publication, Texts(language))
    day = found.publication.counted_up_to(code)
    view = View(language, code, day, "coordinator_coverage", "standard")
    overview = front_leader.gather(labels, view)
    work = front_steward.gather(labels, view)
    yield front_leader.changes_in_words(overview)
    yield from front_leader.three_sentences(overview)
    yield front_steward.headline(work)
    yield repr(front_steward.table_of_overdue(work))
    yield repr(front_leader.table_of_figures(overview))
    yield repr(front_leader.table_of_changes(overview))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("code", OTHERS)
def test_no_sentence_about_another_municipality_differs(
    told: Told, code: str, language: Language
) -> None:
    before = list(sentences(told.before, code, language))
    assert list(sentences(told.after, code, language)) == before


def test_what_is_said_to_be_new_is_new(told: Told) -> None:
    (of_kinn, *_) = sentences(told.after, KINN, Language.NB)
    assert "tall for 31. desember 2023 er andre enn i forrige publisering" in of_kinn
    assert of_kinn.endswith(
        "Nye er tallene for dagene etter 31. desember 2023, til og med 9. februar 2024."
    )
    (of_asker, *_) = sentences(told.after, ASKER, Language.NB)
    assert of_asker == "Dette er de første tallene som er publisert for Asker."


def test_a_municipality_that_nothing_was_delivered_of_has_no_day(told: Told) -> None:
    assert SULDAL not in told.after.manifest["as_of_by_municipality"]
    assert told.after.tables(SULDAL)["coverage"] == []
    only = dataclasses.replace(told.after.publication, as_of_by_municipality={})
    assert only.counted_up_to(SULDAL) == dt.date(2024, 2, 9)
