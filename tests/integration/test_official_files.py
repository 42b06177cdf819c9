"""Files of the authorities as they come, read into plans and meetings, or refused in words."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from dagster_project.config.installation import load_installation
from dagster_project.problems import TEXTS
from dagster_project.reference.vocabulary import vocabulary
from tests.support.official_files import (
    PLACES_11F,
    child,
    child_welfare,
    measure,
    recipient,
    referral,
)
from tests.support.persons import fnr
from tests.support.small_home import SmallHome, days, fetch, person, plan

ONE, TWO, THREE = (fnr("2010-05-15", number) for number in (1, 2, 3))
YEARS = sorted(PLACES_11F)


def of_11f(year: int, *, by: int | None = None, end: str = "\r\n") -> str:
    """A file with a yes, a no and an empty answer."""
    lines = [
        recipient(year, by=by, journal="00000017", fnr=ONE, fodt="15052010", plan="1"),
        recipient(year, by=by, journal="00000018", fnr=TWO, fodt="15052010", plan="2", kjonn="2"),
        recipient(year, by=by, journal="00000019", fnr=THREE, fodt="15052010", plan=" "),
    ]
    return "".join(line + end for line in lines)


@pytest.fixture
def home(tmp_path: Path) -> SmallHome:
    return SmallHome(tmp_path / "home")


def told(home: SmallHome, name: str) -> list[str]:
    """Land everything, and return what is told of a source, as English sentences."""
    outcome = home.land()[name]
    return [str(problem) for problem in outcome.problems]


def landed(home: SmallHome, name: str, *columns: str) -> list[tuple[str | None, ...]]:
    """Land everything, and return the rows of a source as they were written."""
    entries = home.land()[name].landed
    rows = [
        row for e in entries for row in pq.read_table(home.home.root / str(e.parquet)).to_pylist()
    ]
    return [tuple(row[column] for column in columns) for row in rows]


def plans(warehouse: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    """What came of the rows of plans."""
    return days(
        fetch(
            warehouse,
            "select registration_id, plan_status, created, closed, disposition, row_number "
            "from intermediate.int_plan__row order by registration_id",
        )
    )


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_11f_of_every_year_is_read_by_its_own_layout(
    home: SmallHome, year: int, encoding: str
) -> None:
    home.source("nav", "ip", format="kostra_11f")
    text = of_11f(year).replace("NN17", "Åse1")
    home.deliver("nav", "20261120", text.encode(encoding), "dat")
    columns = ("registration_id", "status", "opprettet_dato", "municipality_code", "row_number")
    assert landed(home, "nav", *columns, "person_id_problem") == [
        (f"00000017 i {year}", "ja", f"{year}-12-31", "4602", "1", None),
        (f"00000018 i {year}", "nei", f"{year}-12-31", "4602", "2", None),
    ]


def test_11f_says_what_it_does_not_tell(home: SmallHome) -> None:
    home.source("nav", "ip", format="kostra_11f")
    home.deliver("nav", "20260120", of_11f(2025), "txt")
    (entry,) = home.land()["nav"].landed
    assert {notice["code"]: notice["params"] for notice in entry.notices} == {
        "not_answered": {"count": 1, "rows": "3"},
        "day_of_year": {"count": 2, "rows": "1, 2"},
    }


def test_a_plan_of_two_years_is_one_plan_and_ends_where_it_is_gone(home: SmallHome) -> None:
    home.source("nav", "ip", format="kostra_11f").source("folk", "person")
    home.deliver("folk", "20250101", [person(1, "2010-05-15"), person(2, "2010-05-15")])
    for year, persons in ((2024, (ONE, TWO)), (2025, (TWO,))):
        lines = [
            recipient(year, journal=f"{number:08}", fnr=each, fodt="15052010", plan="1")
            for number, each in enumerate(persons)
        ]
        home.deliver("nav", f"{year + 1}0120", "\n".join(lines) + "\n", "dat")
    warehouse = home.build()
    found = fetch(
        warehouse,
        "select first_day, last_day from intermediate.int_plan order by last_day nulls last",
    )
    assert days(found) == [("2024-12-31", "2026-01-19"), ("2024-12-31", None)]


@pytest.mark.parametrize(
    ("text", "said", "sentence"),
    [
        # Last year's layout, of another length, and of the same.
        (of_11f(2025, by=2024), {}, "lie as in 2024, not as in 2025"),
        (of_11f(2024, by=2023), {}, "lie as in 2022-2023, not as in 2024"),
        (of_11f(2023, by=2024), {}, "lie as in 2024, not as in 2023"),
        (of_11f(2024, by=2025), {}, "lie as in 2025-2026, not as in 2024"),
        # A sign too many in every line, in one, and a line that breaks off.
        (of_11f(2025).replace("\r\n", "  \r\n"), {}, "has 338 signs, and lines here have 340 (lines 1, 2, 3)"),
        (of_11f(2025).replace("00000018", "X00000018"), {}, "lines here have 339 (lines 2)"),
        (of_11f(2025)[:-90], {}, "breaks off (in the middle of line 3)"),
        # Everything one place to the left.
        ("\n".join(line[1:] + " " for line in of_11f(2025).splitlines()), {}, "of one year"),
        (of_11f(2025).replace("4602", "0000"), {}, "do not lie where they should in 2025"),
        # Several years, no year, a year of which nothing is known.
        (of_11f(2025) + of_11f(2026), {}, "is of one year, written from place 5 of each line, and here that says: 2025, 2026"),
        ("noe annet\n" * 3, {}, "here that says: none"),
        (of_11f(2025).replace("460225", "460231"), {}, "lie in 2031 is not known (known are 2020-2026)"),
        ("", {}, "is empty"),
        ("%PDF-1.4 \n", {}, "this is a PDF document"),
        (child_welfare([]), {}, "XML"),
    ],
)  # fmt: skip
def test_an_11f_file_that_is_not_as_its_year_is_refused_in_words(
    home: SmallHome, text: str, said: dict[str, object], sentence: str
) -> None:
    home.source("nav", "ip", format="kostra_11f", **said)
    home.deliver("nav", "20260120", text.encode(), "dat")
    (problem,) = told(home, "nav")
    assert sentence in problem, problem
    assert "nav_20260120.dat" in problem


def test_the_remedy_of_another_years_layout_is_to_say_so(home: SmallHome) -> None:
    home.source("nav", "ip", format="kostra_11f", layout_year=2024)
    home.deliver("nav", "20260120", of_11f(2025, by=2024), "dat")
    columns = ("registration_id", "status", "opprettet_dato")
    assert landed(home, "nav", *columns)[0] == ("00000017 i 2025", "ja", "2025-12-31")


def test_a_year_that_no_description_was_read_of_is_assumed_and_told(home: SmallHome) -> None:
    home.source("nav", "ip", format="kostra_11f")
    home.deliver("nav", "20220120", of_11f(2022).replace("460222", "460221"), "dat")
    (entry,) = home.land()["nav"].landed
    assert "layout_assumed" in {notice["code"] for notice in entry.notices}


def test_a_code_that_the_form_does_not_have_is_held_and_no_yes(home: SmallHome) -> None:
    home.source("nav", "ip", format="kostra_11f")
    lines = [
        recipient(2025, journal=f"{n:08}", fnr=ONE, plan="3" if n == 7 else "1") for n in range(20)
    ]
    home.deliver("nav", "20260120", "\n".join(lines) + "\n", "dat")
    found = {row[0]: row[4] for row in plans(home.build())}
    assert [name for name, ended in found.items() if ended == "quarantined"] == ["00000007 i 2025"]
    assert sorted(set(found.values())) == ["counted", "quarantined"]


def test_lines_whose_last_blanks_a_program_took_are_read(home: SmallHome) -> None:
    home.source("nav", "ip", format="kostra_11f")
    text = "\n".join(line.rstrip() for line in of_11f(2025).splitlines())
    home.deliver("nav", "20260120", text, "dat")
    assert [row[0] for row in landed(home, "nav", "status")] == ["ja", "nei"]


CHILDREN = [
    child("i1", ONE, [measure("T1", "2024-02-01", "6.3"), measure("T2", "2024-03-05", "6.4")]),
    child("i2", TWO, [measure("T1", "2023-01-10", "6.3", "2024-06-30"), measure("T9", "2024-01-01", "4.1")]),
    child("i3", THREE, [measure("T1", "2024-05-01", "6.3"), measure("T3", "2024-04-01", "6.2")], last="2024-12-01"),
]  # fmt: skip


def test_15f_becomes_plans_and_meetings(home: SmallHome) -> None:
    home.source("barnevern_ip", "ip", format="kostra_15f")
    home.source("barnevern_mote", "mote", format="kostra_15f")
    for name in ("barnevern_ip", "barnevern_mote"):
        home.deliver(name, "20250120", child_welfare(CHILDREN).encode("latin-1"), "xml")
    warehouse = home.build()
    assert [row[:5] for row in plans(warehouse)] == [
        ("i1/T1", "active", "2024-02-01", None, "counted"),
        ("i2/T1", "closed", "2023-01-10", "2024-06-30", "counted"),
        ("i3/T1", "closed", "2024-05-01", "2024-12-01", "counted"),
    ]
    meetings = fetch(
        warehouse,
        "select registration_id, met_on, meeting_type from intermediate.int_meeting__row order by 1",
    )
    assert days(meetings) == [
        ("i1/T2", "2024-03-05", "coordination_meeting"),
        ("i3/T3", "2024-04-01", "collaboration_meeting"),
    ]


def test_a_15f_file_without_a_plan_is_a_delivery_of_none(home: SmallHome) -> None:
    home.source("barnevern", "ip", format="kostra_15f")
    text = child_welfare([child("i1", ONE, [measure("T1", "2024-02-01", "4.1")])])
    home.deliver("barnevern", "20250120", text, "xml")
    outcome = home.land()["barnevern"]
    assert outcome.problems == []
    assert [entry.rows_read for entry in outcome.landed] == [0]


WHOLE_15F = child_welfare(CHILDREN)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (WHOLE_15F[: len(WHOLE_15F) // 2], "breaks off"),
        (WHOLE_15F.replace("<Barnevern>", "<Familievern>").replace("</Barnevern>", "</Familievern>"), "line 2: the outermost element of KOSTRA 15F is <Barnevern>"),
        (WHOLE_15F.replace("<Barnevern>", '<Barnevern xmlns="urn:x">'), "line 2: an element is of another namespace than those of KOSTRA 15F (known: none)"),
        (WHOLE_15F.replace('<Kategori Kode="6.4"/>', '<x:Kategori xmlns:x="urn:y" Kode="6.4"/>'), "line 5: an element is of another namespace"),
        (WHOLE_15F.replace(' Kommunenummer="4602"', ""), "line 3: the element <Avgiver> lacks @Kommunenummer"),
        (WHOLE_15F.replace('<Kategori Kode="6.4"/>', ""), "line 5: the element <Tiltak> lacks Kategori"),
        (WHOLE_15F.replace(' StartDato="2024-05-01"', ""), "line 8: the element <Tiltak> lacks @StartDato"),
        (WHOLE_15F.replace('Id="T9"', 'Id=" "'), "line 7: the element <Tiltak> lacks @Id"),
        (child_welfare([]), "line 2: the element <Barnevern> lacks Individ"),
        (WHOLE_15F.replace("</Individ>", "", 1), "no valid XML at line"),
        (WHOLE_15F.replace("<Barnevern>", '<!DOCTYPE x [<!ENTITY a "b">]><Barnevern>'), "declares entities of its own"),
        (WHOLE_15F.replace("<Plan ", "<a>" * 200 + "<Plan "), "levels deep"),
        ("noe annet", "no valid XML at line 1"),
    ],
)  # fmt: skip
def test_a_15f_file_that_is_not_valid_is_refused_in_words(
    home: SmallHome, text: str, sentence: str
) -> None:
    home.source("barnevern", "ip", format="kostra_15f")
    home.deliver("barnevern", "20250120", text.encode("latin-1"), "xml")
    (problem,) = told(home, "barnevern")
    assert sentence in problem, problem
    assert "barnevern_20250120.xml" in problem
    assert ONE not in problem


@pytest.mark.parametrize(
    ("status", "word"),
    [("1", "active"), ("2", "in_preparation"), ("3", "in_assessment"), ("4", "none")],
)
@pytest.mark.parametrize("version", ["1.0.0", "0.10.0"])
def test_digibarnevern_says_what_bufdir_means_by_its_numbers(
    home: SmallHome, status: str, word: str, version: str
) -> None:
    home.source("digi", "ip", format="digibarnevern", delivery="incremental")
    # The number of a sibling is no number of the child, and the coordinator's name no text of ours.
    text = referral(ONE, status, version=version, sibling=TWO, coordinator="Kari Prøvesen")
    home.deliver("digi", "20250305", text, "xml")
    columns = (
        "registration_id",
        "status",
        "opprettet_dato",
        "municipality_code",
        "person_id_problem",
    )
    ((name, written, *others),) = landed(home, "digi", *columns)
    assert (name, others) == ("B-1", ["2025-03-04", "4602", None])
    assert vocabulary().canonical("status", str(written)) == word


def test_a_later_referral_is_the_newest_version_of_the_childs_plan(home: SmallHome) -> None:
    home.source("digi", "ip", format="digibarnevern", delivery="incremental")
    home.deliver("digi", "20250305", referral(ONE, "2"), "xml")
    home.deliver("digi", "20250701", referral(ONE, "1", valid_from="2025-06-15"), "xml")
    counted = [row for row in plans(home.build()) if row[4] == "counted"]
    assert [row[:3] for row in counted] == [("B-1", "active", "2025-06-15")]


def test_words_of_before_v0_10_are_read_and_told_as_assumed(home: SmallHome) -> None:
    home.source("digi", "ip", format="digibarnevern", delivery="incremental")
    home.deliver("digi", "20250305", referral(ONE, "Foreligger", version="0.9.0"), "xml")
    (entry,) = home.land()["digi"].landed
    assert [notice["code"] for notice in entry.notices] == ["layout_assumed"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (referral(ONE, "1", version="1.1.0"), "line 2: an element is of another namespace"),
        (WHOLE_15F, "the outermost element of DigiBarnevern is <Henvisning / HenvisningFosterhjem>"),
        (referral(ONE, "1").replace("<bv:Status>1</bv:Status>", ""), "the element <IndividuellPlan> lacks Status"),
    ],
)  # fmt: skip
def test_a_message_of_bufdir_that_is_not_known_is_refused_in_words(
    home: SmallHome, text: str, sentence: str
) -> None:
    home.source("digi", "ip", format="digibarnevern", delivery="incremental")
    home.deliver("digi", "20250305", text, "xml")
    (problem,) = told(home, "digi")
    assert sentence in problem


@pytest.mark.parametrize(
    ("record", "said", "reason"),
    [
        ("ip", {"format": "kostra_11"}, "unknown format 'kostra_11' (did you mean 'kostra_11f'?)"),
        ("person", {"format": "kostra_15f"}, "kostra_15f holds rows of ip and mote, not of person"),
        ("ip", {"format": "kostra_11f", "layout_year": 1999}, "no layout of kostra_11f is known of 1999"),
        ("ip", {"format": "kostra_15f", "layout_year": 2024}, "kostra_15f has no layouts by year"),
        ("ip", {"layout_year": 2024}, "`layout_year:` is of a `format:`"),
        ("ip", {"format": "kostra_11f", "columns": {"x": "fnr"}}, "leave `sheet:`, `delimiter:` and"),
    ],
)  # fmt: skip
def test_what_sources_yml_says_of_a_format_is_checked(
    home: SmallHome, record: str, said: dict[str, object], reason: str
) -> None:
    home.source("nav", record, **said)
    problems = [str(problem) for problem in load_installation(home.home).problems]
    assert any(reason in problem for problem in problems), problems


def test_one_plan_in_three_registers_is_one_plan(home: SmallHome) -> None:
    """A14 of the field: the same plan is told of by NAV, the child welfare service and the tool."""
    home.source("folk", "person").source("samspill", "ip")
    home.source("nav", "ip", format="kostra_11f").source("barnevern", "ip", format="kostra_15f")
    home.deliver("folk", "20260131", [person(1, "2010-05-15")])
    home.deliver("samspill", "20260131", [plan("P-1", 1, "2024-01-15", born="2010-05-15")])
    home.deliver("nav", "20260120", of_11f(2025), "dat")
    home.deliver("barnevern", "20260120", child_welfare(CHILDREN[:1]), "xml")
    found = fetch(
        home.build(),
        "select first_day, last_day, registrations from intermediate.int_plan "
        "order by first_day limit 1",
    )
    assert days(found) == [("2024-01-15", None, 3)]


def test_every_sentence_of_a_layout_is_there() -> None:
    assert {code for code in TEXTS if code.startswith("layout_")} == {
        "layout_assumed", "layout_length", "layout_missing", "layout_namespace", "layout_of_other_year",
        "layout_root", "layout_shifted", "layout_year_unknown", "layout_years",
    }  # fmt: skip
