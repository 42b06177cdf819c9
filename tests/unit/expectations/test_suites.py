"""Every check of every suite: rows that are right pass it, and rows that break it do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.config.sources import Source
from dagster_project.contract import RECORD_TYPES, ColumnKind
from dagster_project.landing.deliveries import CheckResult, Manifest, Status, Unchecked
from dagster_project.publication.layout import own_file
from expectations.runner import check_parts, check_source, suite
from tests.support.persons import fnr
from tests.support.small_home import SmallHome, found_at_once

pytestmark = pytest.mark.slow

Row = dict[str, object]
FIRST, SECOND = "20240131", "20240229"
ROWS = 40


def good(record: str, number: int) -> Row:
    """Return a row of a record type as it should be: its example, with ids of its own."""
    said = RECORD_TYPES[record]
    row: Row = {}
    for column in said.columns:
        if column.name == "fnr":
            row["fnr"] = fnr("1980-05-15", number)
        elif column.kind is ColumnKind.REGISTRATION_ID:
            row[column.name] = f"R-{number}"
        elif column.kind is ColumnKind.EMPLOYEE_ID:
            row[column.name] = 100 + number
        elif column.kind is ColumnKind.LABEL and column.required:
            row[column.name] = f"Enhet {number}"
        elif column.kind is ColumnKind.AGE:
            row[column.name] = number // 2
    for name, value in said.example.items():
        row[name] = value[number % len(value)] if isinstance(value, list) else value
    return row


Break = Callable[[list[Row]], list[Row]]


def every(column: str, value: object) -> Break:
    """Write a value in every row."""
    return lambda rows: [{**row, column: value} for row in rows]


def some(column: str, value: object, times: int = 6) -> Break:
    """Write a value in some rows: too many to be nothing, too few to be the whole."""
    return lambda rows: [
        {**row, column: value} if number < times else row for number, row in enumerate(rows)
    ]


def cut(rows: list[Row]) -> list[Row]:
    """Deliver a third."""
    return rows[: len(rows) // 3]


def grown(rows: list[Row]) -> list[Row]:
    """Deliver three times as much."""
    return [row for row in rows for _ in range(3)]


# What breaks a check, and whether the delivery is then held back: by record type and check.
HELD, SHOWN = True, False
BREAKS: dict[str, list[tuple[str, Break, bool]]] = {
    "person": [
        ("persons_identified", every("fnr", "12345"), HELD),
        ("persons_identified", some("fnr", "12345"), SHOWN),
        ("birth_date_plausible", every("fodselsdato", "1880-01-01"), HELD),
        ("birth_date_given", some("fodselsdato", ""), SHOWN),
        ("sex_known", some("kjonn", "q"), SHOWN),
        ("values_not_shifted", every("kjonn", "K"), SHOWN),
    ],
    "tjeneste": [
        ("persons_identified", every("fnr", ""), HELD),
        ("registration_named", every("tjeneste_id", ""), HELD),
        ("service_area_known", every("tjenesteomrade", "q"), HELD),
        ("service_area_known", some("tjenesteomrade", "q"), SHOWN),
        ("first_day_readable", every("fra_dato", "i fjor"), HELD),
        ("first_day_plausible", some("fra_dato", "2027-01-01"), SHOWN),
        ("values_not_shifted", every("tjenesteomrade", "skole"), SHOWN),
    ],
    "koordinator": [
        ("persons_identified", every("fnr", ""), HELD),
        ("registration_named", every("registrering_id", ""), HELD),
        ("role_known", every("rolle", "q"), HELD),
        ("role_known", some("rolle", "q"), SHOWN),
        ("service_area_known", some("koordinator_tjeneste", "q"), SHOWN),
        ("first_day_readable", every("fra_dato", ""), HELD),
        ("first_day_plausible", some("fra_dato", "1970-01-01"), SHOWN),
        ("values_not_shifted", every("rolle", "koordinator"), SHOWN),
    ],
    "ip": [
        ("persons_identified", every("fnr", ""), HELD),
        ("registration_named", every("registrering_id", ""), HELD),
        ("status_known", every("status", "q"), HELD),
        ("status_known", some("status", "q"), SHOWN),
        ("created_plausible", some("opprettet_dato", "1999-01-01"), SHOWN),
        ("values_not_shifted", every("status", "aktiv"), SHOWN),
    ],
    "mote": [
        ("persons_identified", every("fnr", ""), HELD),
        ("registration_named", every("mote_id", ""), HELD),
        ("meeting_type_known", every("motetype", "q"), HELD),
        ("meeting_day_readable", every("motedato", ""), HELD),
        ("meeting_before_delivery", some("motedato", "2024-12-31"), SHOWN),
        ("values_not_shifted", every("motetype", "ansvarsgruppe"), SHOWN),
    ],
    "koordinatortall": [
        ("unit_named", every("enhet", ""), HELD),
        ("service_area_known", every("tjenesteomrade", "q"), HELD),
        ("counts_not_negative", some("antall_med_koordinator", -1), HELD),
        ("values_not_shifted", every("tjenesteomrade", "skole"), SHOWN),
    ],
    "melding": [
        ("rows_as_before", cut, HELD),
        ("rows_as_before", grown, SHOWN),
        ("municipality_found", every("kommune", "Atlantis"), HELD),
        ("persons_identified", every("fnr", ""), HELD),
        ("persons_identified", some("fnr", ""), SHOWN),
        ("registration_named", every("melding_id", ""), HELD),
        ("received_readable", every("mottatt_dato", "i fjor"), HELD),
        ("received_plausible", some("mottatt_dato", "2024-12-31"), SHOWN),
        ("assessed_after_received", some("vurdert_dato", "2022-12-31"), SHOWN),
        ("notifier_known", some("melder", "q"), SHOWN),
        ("outcome_known", some("utfall", "q"), SHOWN),
        ("values_not_shifted", every("utfall", "avslag"), SHOWN),
        ("values_not_shifted", every("melder", ""), SHOWN),
    ],
    "endring": [
        ("persons_identified", every("fnr", ""), HELD),
        ("registration_named", every("endring_id", ""), HELD),
        ("change_type_known", every("endringstype", "q"), HELD),
        ("day_readable", every("endringsdato", ""), HELD),
        ("values_not_shifted", every("endringstype", "død"), SHOWN),
    ],
    "ansatt": [
        ("employee_named", every("koordinator_id", ""), HELD),
        ("values_not_shifted", every("tjenesteomrade", "skole"), SHOWN),
    ],
    "kompetanse": [
        ("rows_as_before", cut, HELD),
        ("municipality_found", every("kommune", "Atlantis"), HELD),
        ("employee_named", every("koordinator_id", ""), HELD),
        ("topic_given", every("tema", ""), HELD),
        ("need_plausible", some("behov_meldt_dato", "2024-12-31"), SHOWN),
        ("offered_after_need", some("tilbudt_dato", "2022-12-31"), SHOWN),
        ("completed_before_delivery", some("gjennomfort_dato", "2024-12-31"), SHOWN),
        ("values_not_shifted", every("tema", "Individuell plan"), SHOWN),
    ],
    "journal": [
        ("rows_as_before", cut, HELD),
        ("municipality_found", every("kommune", "Atlantis"), HELD),
        ("registration_named", every("journalpost_id", ""), HELD),
        ("day_readable", every("journaldato", ""), HELD),
        ("values_not_shifted", every("innhold", "Byggesak"), SHOWN),
    ],
    "psfs": [
        ("rows_as_before", cut, HELD),
        ("municipality_found", every("kommune", "Atlantis"), HELD),
        ("persons_identified", every("fnr", ""), HELD),
        ("score_given", every("skar", ""), HELD),
        ("score_given", some("skar", ""), SHOWN),
        ("score_in_range", every("skar", 55), HELD),
        ("score_in_range", some("skar", 11, times=1), SHOWN),
        ("conversation_numbered", every("samtale_nr", 0), HELD),
        ("conversation_day_readable", every("dato", ""), HELD),
        ("conversation_before_delivery", some("dato", "2024-12-31"), SHOWN),
        ("values_not_shifted", every("skar", 0), SHOWN),
    ],
    "bolig": [
        ("rows_as_before", cut, HELD),
        ("municipality_found", every("kommune", "Atlantis"), HELD),
        ("persons_identified", every("fnr", ""), HELD),
        ("reported_readable", every("meldt_dato", ""), HELD),
        ("reported_plausible", some("meldt_dato", "2024-12-31"), SHOWN),
        ("wanted_year_plausible", some("onsket_aar", 1950), SHOWN),
        ("wanted_year_plausible", some("onsket_aar", 2075), SHOWN),
        ("round_the_clock_known", some("heldogn", "q"), SHOWN),
        ("values_not_shifted", every("heldogn", "nei"), SHOWN),
        ("values_not_shifted", every("boligtype", "leilighet"), SHOWN),
    ],
    "befolkning": [
        ("year_readable", every("aar", 24), HELD),
        ("persons_not_negative", some("personer", -1, times=1), HELD),
        ("age_plausible", some("alder", 131, times=1), HELD),
        ("values_not_shifted", every("kjonn", "K"), SHOWN),
    ],
    "framskriving": [
        ("rows_as_before", cut, HELD),
        ("municipality_found", every("region", "Atlantis"), HELD),
        ("year_readable", every("aar", 24), HELD),
        ("persons_not_negative", some("personer", -1, times=1), HELD),
        ("age_plausible", some("alder", 131, times=1), HELD),
        ("projection_reaches_ahead", every("aar", 2024), HELD),
        ("values_not_shifted", every("kjonn", "K"), SHOWN),
    ],
}
# What every suite inherits is broken once, of `melding`; what of others, besides.
INHERITED = {
    "rows_as_before",
    "municipality_found",
    "persons_identified",
    "registration_named",
    "values_not_shifted",
}


def _check(
    source: Source, standing: Sequence[Unchecked], arrived: Sequence[Unchecked]
) -> Future[list[list[CheckResult]]]:
    return found_at_once(check_source(source, standing, arrived))


def _delivered(root: Path, record: str, change: Break) -> tuple[Status, dict[str, CheckResult]]:
    """Land a delivery that is right and then another; return what was found of the other."""
    home = SmallHome(root / "home").source("kilde", record)
    rows = [good(record, number) for number in range(ROWS)]
    home.deliver("kilde", FIRST, rows)
    home.deliver("kilde", SECOND, change([dict(row) for row in rows]))
    home.land(_check)
    first, second = Manifest(home.home, home.source_named("kilde")).entries()
    assert [check.check for check in first.checks if not check.success] == []
    return second.status, {check.check: check for check in second.checks}


def _one_less(rows: list[Row]) -> list[Row]:
    return rows[:-1]


@pytest.mark.parametrize("record", RECORD_TYPES)
def test_what_is_right_passes_every_check(tmp_path: Path, record: str) -> None:
    status, checks = _delivered(tmp_path, record, _one_less)
    assert status is Status.LANDED
    assert {name for name, check in checks.items() if not check.success} == set()
    assert checks.keys() == {check.name for check in suite(record).checks}


@pytest.mark.parametrize(
    ("record", "check", "change", "held"),
    [(record, *each) for record, of_record in BREAKS.items() for each in of_record],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_breaks_a_check_fails_it(
    tmp_path: Path, record: str, check: str, change: Break, held: bool
) -> None:
    status, checks = _delivered(tmp_path, record, change)
    assert not checks[check].success
    assert checks[check].holds is held
    if held:
        assert status is Status.HELD


def test_every_check_of_every_suite_is_broken_by_something() -> None:
    for record, said in RECORD_TYPES.items():
        broken = {name for name, _, _ in BREAKS.get(record, ())}
        assert broken - INHERITED == {check.name for check in said.checks}
    broken = {name for name, _, _ in BREAKS["melding"]}
    assert {check.name for check in suite("melding").checks} == broken


# The marts, as far as their suite looks at them.
FIGURES: dict[str, dict[str, Any]] = {
    "coordinator_coverage": {"numerator": 6, "denominator": 10, "value": 0.6, "low": 0.3, "high": 0.9},
    "coordinator_rate": {"numerator": 6, "denominator": 1000, "value": 6.0, "low": 2.2, "high": 13.0},
    "persons_per_coordinator": {"numerator": 6, "denominator": 4, "value": 1.5, "low": None, "high": None},
    "answer_days": {"numerator": None, "denominator": 9, "value": 14.0, "low": 7.0, "high": 21.5},
    "housing_need": {"numerator": 3, "denominator": None, "value": 3.0, "low": None, "high": None},
}  # fmt: skip


def _marts(root: Path, change: Callable[[duckdb.DuckDBPyConnection], object]) -> set[str]:
    """Make the marts, change something, and return the checks that fail."""
    with duckdb.connect() as made:
        made.execute("create schema marts")
        made.execute(
            "create table marts.coverage (municipality_code text, reference_date date, "
            "age_scheme text, age_group text, service_area text, indicator text, "
            "numerator bigint, denominator bigint, value double, ci_low double, ci_high double, "
            "grade text, definition_set text)"
        )
        for indicator, said in FIGURES.items():
            made.execute(
                "insert into marts.coverage values "
                "('4602', '2024-01-31', 'standard', 'all', 'all', ?, ?, ?, ?, ?, ?, null, '2026.2')",
                [indicator, *said.values()],
            )
        made.execute(
            "create table marts.reconciliation as select 'epj' as source, 'in_force' as status, "
            "date '2024-01-31' as delivered, 40 as rows_read, 40 as rows_counted, 0 as rows_superseded, 0 as rows_duplicate, 0 as rows_quarantined"
        )
        made.execute(
            "create table marts.findings as select 'epj' as source, 'a.csv' as delivery, "
            "'K-1' as registration_id, 'rolle: q' as detail"
        )
        made.execute("create table marts.municipality as select '4602' municipality_code")
        published, part = root / "published", root / "part"
        _write(made, published)
        change(made)
        _write(made, part)
    return {result.check for result in check_parts([part], published) if not result.success}


def _write(made: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for (table,) in made.sql("select table_name from duckdb_tables()").fetchall():
        target = own_file(folder, table, "4602")
        target.parent.mkdir(parents=True)
        made.execute(f"copy marts.{table} to '{target}' (format parquet)")


def _set(indicator: str, what: str) -> Callable[[duckdb.DuckDBPyConnection], object]:
    statement = f"update marts.coverage set {what} where indicator = '{indicator}'"
    return lambda made: made.execute(statement)


def _run(statement: str) -> Callable[[duckdb.DuckDBPyConnection], object]:
    return lambda made: made.execute(statement)


BROKEN_MARTS = {
    "coverage_columns": _run("alter table marts.coverage drop column grade"),
    "denominator_above_zero": _set("coordinator_coverage", "denominator = 0"),
    "numerator_not_negative": _set("coordinator_coverage", "numerator = -1"),
    "numerator_given": _set("coordinator_rate", "numerator = null"),
    "denominator_given": _set("persons_per_coordinator", "denominator = null"),
    "shares_between_0_and_1": _set("coordinator_coverage", "value = 60"),
    "part_not_larger_than_whole": _set("coordinator_coverage", "numerator = 11"),
    "interval_in_order": _set("coordinator_rate", "ci_low = 14"),
    "interval_holds_value": _set("coordinator_rate", "value = 14"),
    "median_without_numerator": _set("answer_days", "numerator = 1"),
    "median_of_somebody": _set("answer_days", "denominator = null"),
    "quartiles_given": _set("answer_days", "ci_low = null"),
    "quartiles_in_order": _set("answer_days", "ci_low = 22"),
    "median_within_quartiles": _set("answer_days", "value = 22"),
    "count_without_denominator": _set("housing_need", "denominator = 5"),
    "count_is_its_numerator": _set("housing_need", "value = 4"),
    "count_not_negative": _set("housing_need", "value = -3, numerator = -3"),
    "age_groups_known": _set("housing_need", "age_group = '0-7'"),
    "service_areas_known": _set("housing_need", "service_area = 'kiosk'"),
    "rows_add_up": _run("update marts.reconciliation set rows_counted = 4"),
    "no_id_in_text": _run(f"update marts.findings set detail = '{fnr('1980-05-15')}'"),
    "register_kept": _run(
        "update marts.reconciliation set rows_counted = 19, rows_quarantined = 21"
    ),
    "no_municipality_lost": _run("update marts.coverage set municipality_code = '0301'"),
}


def test_marts_that_are_right_pass_medians_and_counts_too(tmp_path: Path) -> None:
    assert _marts(tmp_path, lambda _made: None) == set()


@pytest.mark.parametrize("check", BROKEN_MARTS)
def test_what_breaks_a_check_of_the_marts_fails_it(tmp_path: Path, check: str) -> None:
    assert check in _marts(tmp_path, BROKEN_MARTS[check])


def test_a_register_that_a_new_delivery_makes_smaller_is_published(tmp_path: Path) -> None:
    smaller = _run(
        "update marts.reconciliation set rows_counted = 10, rows_read = 10, "
        "delivered = '2024-02-29'"
    )
    assert _marts(tmp_path, smaller) == set()


@pytest.mark.parametrize("parts", [2, 4])
def test_parts_of_a_snapshot_are_held_to_the_one_before_together(
    tmp_path: Path, parts: int
) -> None:
    home = SmallHome(tmp_path / "home").source("kilde", "tjeneste")
    rows = [good("tjeneste", number) for number in range(ROWS)]
    home.deliver("kilde", FIRST, rows)
    home.land(_check)
    for number in range(parts):
        home.deliver("kilde", f"{SECOND}_{number + 1}av{parts}", rows[number::parts])
    assert home.land(_check)["kilde"].problems == []
    in_force = Manifest(home.home, home.source_named("kilde")).in_force()
    assert len(in_force) == 1 + parts
    assert all(check.success for entry in in_force for check in entry.checks)


def test_a_part_that_its_checks_hold_back_holds_the_others(tmp_path: Path) -> None:
    home = SmallHome(tmp_path / "home").source("kilde", "tjeneste")
    rows = [good("tjeneste", number) for number in range(ROWS)]
    home.deliver("kilde", FIRST, rows)
    half = ROWS // 2
    home.deliver("kilde", f"{SECOND}_nord", rows[:half])
    home.deliver("kilde", f"{SECOND}_sor", every("fra_dato", "q")([*map(dict, rows[half:])]))
    codes = [problem.code for problem in home.land(_check)["kilde"].problems]
    assert sorted(codes) == ["held", "part_held"]
    (counting,) = Manifest(home.home, home.source_named("kilde")).in_force()
    assert counting.file == f"kilde_{FIRST}.csv"


def test_every_check_of_the_marts_is_broken_by_something() -> None:
    assert BROKEN_MARTS.keys() == {check.name for check in suite("marts").checks}
