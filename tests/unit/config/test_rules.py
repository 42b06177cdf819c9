"""`definition:`, `breaks:` and `targets:` of sources.yml: what they may say, and what is said where they err."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest
from pydantic import BaseModel

from dagster_project.config.installation import Installation, load_installation
from dagster_project.config.paths import Home
from dagster_project.config.template import SOURCES_YML
from dagster_project.problems import Problem, SamordnaError
from tests.support.persons import fnr
from tests.support.small_home import tell_warehouse


def _load(root: Path, more: str) -> Installation:
    home = Home(root)
    home.sources_file.write_text(
        'home_municipality: "5530"\n'
        "sources:\n"
        "  - {name: epj, record: koordinator, path: inbox/*}\n" + more,
        encoding="utf-8",
    )
    return load_installation(home)


def _said(entries: Iterable[BaseModel]) -> list[tuple[object, ...]]:
    return [tuple(entry.model_dump().values()) for entry in entries]


def _refused(root: Path, more: str) -> str:
    with pytest.raises(SamordnaError) as raised:
        _load(root, more)
    return str(raised.value)


def test_parameters_are_set_for_all_and_for_one(tmp_path: Path) -> None:
    read = _load(
        tmp_path,
        "definition:\n"
        "  bridge_days: 14\n"
        "  count_primary_contact: true\n"
        '  municipalities: {"1931": {bridge_days: 030, backlog_share: "0.2"}}\n',
    )
    # Lenvik is in Senja today; equal numbers are written as the default is.
    assert read.parameters == {
        "": {"bridge_days": "14", "count_primary_contact": "true"},
        "5530": {"bridge_days": "30", "backlog_share": "0.20"},
    }


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (
            "bridge_dayz: 14",
            "line 5: unknown parameter 'bridge_dayz' (did you mean 'bridge_days'?)",
        ),
        ("bridge_days: 14 dager", "line 5: `bridge_days` must be a whole number (days)"),
        ("bridge_days: 14.5", "line 5: `bridge_days` must be a whole number (days)"),
        ("bridge_days: -1", "line 5: `bridge_days` must be a whole number (days)"),
        ("bridge_days: 400", "line 5: `bridge_days` must be from 0 to 365 (days)"),
        ("bridge_days: [14]", "line 5: `bridge_days` must be a whole number (days)"),
        (
            "backlog_share: 0,3",
            "`backlog_share` must be a number with a point for decimals (share)",
        ),
        ("backlog_share: 20", "`backlog_share` must be from 0.01 to 1.00 (share)"),
        ("count_primary_contact: ja", "`count_primary_contact` must be true or false"),
        ("count_primary_contact: {a: b}", "`count_primary_contact` must be true or false"),
        ("municipalities: 5530", "`municipalities:` must name municipalities"),
        ("municipalities: {5530: 14}", "line 5: `5530:` must name parameters"),
        ("municipalities: {5531: {bridge_days: 1}}", "line 5: '5531' is no municipality's number"),
        ("municipalities: {1507: {bridge_days: 1}}", "line 5: '1507' is no municipality's number"),
        (
            "municipalities: {5530: {bridge_days: 1}, 1931: {bridge_days: 2}}",
            "line 5: '1931' is the same municipality as one above",
        ),
        ("municipalities: {5530: {bridge_dayz: 1}}", "line 5: unknown parameter 'bridge_dayz'"),
    ],
)
def test_what_no_parameter_can_be_is_refused(tmp_path: Path, definition: str, said: str) -> None:
    assert said in _refused(tmp_path, f"definition:\n  {definition}\n")


def test_a_definition_that_names_nothing_is_refused(tmp_path: Path) -> None:
    assert "line 4: `definition:` must name parameters" in _refused(tmp_path, "definition: 14\n")


def test_breaks_of_an_installation_are_what_the_warehouse_reads(tmp_path: Path) -> None:
    read = _load(
        tmp_path,
        "breaks:\n"
        "  - {date: 2023-01-01, kind: system_change, kommune: 1931, source: epj,\n"
        "     indicator: plan_coverage, note: Nytt system}\n"
        "  - {date: 2024-06-01, kind: other, note: Ny praksis}\n",
    )
    assert _said(read.breaks) == [
        ("5530", "epj", dt.date(2023, 1, 1), "system_change", "plan_coverage", "Nytt system"),
        (None, None, dt.date(2024, 6, 1), "other", None, "Ny praksis"),
    ]
    with duckdb.connect() as warehouse:
        tell_warehouse(warehouse, read)
        table = warehouse.sql("select * from landing.break order by first_day_after")
        assert table.columns == [
            "municipality_code",
            "source",
            "first_day_after",
            "kind",
            "indicator",
            "note",
        ]
        assert table.fetchall() == [
            ("5530", "epj", dt.date(2023, 1, 1), "system_change", "plan_coverage", "Nytt system"),
            (None, None, dt.date(2024, 6, 1), "other", None, "Ny praksis"),
        ]


def test_without_breaks_the_table_is_there_and_empty(tmp_path: Path) -> None:
    read = _load(tmp_path, "")
    with duckdb.connect() as warehouse:
        tell_warehouse(warehouse, read)
        table = warehouse.sql("select * from landing.break")
        assert [str(kind) for kind in table.types] == [
            "VARCHAR",
            "VARCHAR",
            "DATE",
            "VARCHAR",
            "VARCHAR",
            "VARCHAR",
        ]
        assert table.fetchall() == []


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        ("system_change", "line 4: `breaks:` must be a list"),
        ("\n  - system_change", "line 5: a break is told by date, kind and note"),
        ("\n  - {kind: other, note: x}", "line 5: the key `date:` is missing"),
        ("\n  - {date: 2023-01-01, note: x}", "line 5: the key `kind:` is missing"),
        ("\n  - {date: 2023-01-01, kind: other}", "line 5: the key `note:` is missing"),
        (
            "\n  - date: 01.01.2023\n    kind: other\n    note: x",
            "line 5: `date` must be a date as",
        ),
        ("\n  - {date: 2023-01-01, kind: system, note: x}", "did you mean 'system_change'?"),
        ("\n  - {date: 2023-01-01, kind: other, note: x, kilde: e}", "unknown key 'kilde'"),
        (
            "\n  - date: 2023-01-01\n    kind: other\n    note: x\n    source: epi",
            "line 8: `source`: 'epi' is no source of this file (did you mean 'epj'?)",
        ),
        (
            "\n  - {date: 2023-01-01, kind: other, note: x, indicator: plan_coverge}",
            "'plan_coverge' is no indicator (did you mean 'plan_coverage'?)",
        ),
        (
            "\n  - {date: 2023-01-01, kind: other, note: x, kommune: 9999}",
            "no municipality's number",
        ),
        ("\n  - {date: 2023-01-01, kind: other, note: [x]}", "`note` must be one value"),
        ("\n  - {date: 2023-01-01, kind: other, note: '" + "x" * 301 + "'}", "more than 300 signs"),
    ],
)
def test_what_no_break_can_be_is_refused(tmp_path: Path, breaks: str, said: str) -> None:
    assert said in _refused(tmp_path, f"breaks: {breaks}\n")


@pytest.mark.parametrize("between", ["", " ", "."])
def test_a_note_that_may_hold_an_id_is_refused_without_repeating_it(
    tmp_path: Path, between: str
) -> None:
    number = fnr("1980-05-15")
    note = f"{number[:6]}{between}{number[6:]}"
    said = _refused(
        tmp_path, f"breaks:\n  - {{date: 2023-01-01, kind: other, note: 'se {note}'}}\n"
    )
    assert "line 5: `note` holds a number that may be a person's id" in said
    assert number[6:] not in said


def test_what_the_template_shows_can_be_said(tmp_path: Path) -> None:
    text = SOURCES_YML.replace("{municipality}", "5530")
    shown = text[text.index("# breaks:") : text.index("# One entry for each export")]
    lines = [
        line.removeprefix("# ")
        for line in shown.splitlines()
        if line and not line.startswith("# What")
    ]
    read = _load(tmp_path, "\n".join(lines).replace("epj_koordinator", "epj") + "\n")
    assert [(each.kind, each.source) for each in read.breaks] == [("system_change", "epj")]
    assert _said(read.targets) == [(None, "coordinator_coverage", 0.75, dt.date(2027, 12, 31))]


def test_targets_are_what_the_warehouse_reads(tmp_path: Path) -> None:
    read = _load(
        tmp_path,
        "targets:\n"
        "  - {indicator: coordinator_coverage, value: 0.75, by: 2027}\n"
        '  - {kommune: "1931", indicator: coordinator_coverage, value: 1, by: 2026-06-30}\n'
        "  - {kommune: 5530, indicator: answer_days, value: 21}\n",
    )
    # Lenvik is in Senja today; a year is its last day.
    assert _said(read.targets) == [
        (None, "coordinator_coverage", 0.75, dt.date(2027, 12, 31)),
        ("5530", "coordinator_coverage", 1.0, dt.date(2026, 6, 30)),
        ("5530", "answer_days", 21.0, None),
    ]
    with duckdb.connect() as warehouse:
        tell_warehouse(warehouse, read)
        table = warehouse.sql("select * from landing.target")
        assert table.columns == ["municipality_code", "indicator", "value", "by_date"]
        assert table.fetchall() == [
            (None, "coordinator_coverage", 0.75, dt.date(2027, 12, 31)),
            ("5530", "coordinator_coverage", 1.0, dt.date(2026, 6, 30)),
            ("5530", "answer_days", 21.0, None),
        ]


def test_without_targets_the_table_is_there_and_empty(tmp_path: Path) -> None:
    read = _load(tmp_path, "")
    with duckdb.connect() as warehouse:
        tell_warehouse(warehouse, read)
        table = warehouse.sql("select * from landing.target")
        assert [str(kind) for kind in table.types] == ["VARCHAR", "VARCHAR", "DOUBLE", "DATE"]
        assert table.fetchall() == []


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ("0.75", "line 4: `targets:` must be a list, each with indicator and value"),
        ("\n  - 0.75", "line 5: a target is told by indicator and value"),
        ("\n  - {value: 0.75}", "line 5: the key `indicator:` is missing"),
        ("\n  - {indicator: plan_coverage}", "line 5: the key `value:` is missing"),
        (
            "\n  - {indicator: plan_coverge, value: 1}",
            "'plan_coverge' is no indicator (did you mean 'plan_coverage'?)",
        ),
        (
            "\n  - {indicator: plan_coverage, value: 1, until: 2027}",
            "line 5: unknown key 'until'",
        ),
        (
            "\n  - indicator: plan_coverage\n    value: 75 %",
            "line 6: `value` must be a number with a point for decimals",
        ),
        (
            "\n  - {indicator: plan_coverage, value: '0,75'}",
            "`value` must be a number with a point for decimals",
        ),
        (
            "\n  - {indicator: plan_coverage, value: 75}",
            "`value` must be from 0 to 1, for the indicator is a share: 0.75 is 75 %",
        ),
        ("\n  - {indicator: answer_days, value: -1}", "`value` must be a number"),
        ("\n  - {indicator: answer_days, value: [1]}", "`value` must be one value"),
        (
            "\n  - {indicator: plan_coverage, value: 1, by: 31.12.2027}",
            "`by` must be a year or a date as 2027-06-30",
        ),
        (
            "\n  - {indicator: plan_coverage, value: 1, kommune: 9999}",
            "'9999' is no municipality's number",
        ),
        (
            "\n  - {indicator: plan_coverage, value: 1, kommune: 5530}"
            "\n  - {indicator: plan_coverage, value: 0.5, kommune: 1931}",
            "line 6: `plan_coverage` has a target above already",
        ),
    ],
)
def test_what_no_target_can_be_is_refused(tmp_path: Path, targets: str, said: str) -> None:
    assert said in _refused(tmp_path, f"targets: {targets}\n")


ID = fnr("1990-01-31")
WRITTEN = f"{ID[:6]}_{ID[6:]}"
TOP = "home_municipality: '4602'\n"
SOURCE = "sources:\n  - name: ke\n    record: ip\n    path: inbox/ke/*\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{TOP}breaks:\n  - {{date: 2023-01-01, kind: other, note: 'f {ID[:6]} p {ID[6:]}'}}\n", "line 3: `note` holds"),
        (f"{TOP}key_file: /etc/{WRITTEN}\n", "line 2: `key_file` holds"),
        (f"{TOP}'{WRITTEN}': x\n", "line 2: a key holds"),
        (f"home_municipality: 'Kinn {WRITTEN}'\n", "line 1: `home_municipality` holds"),
    ],
)  # fmt: skip
def test_an_id_in_the_settings_is_refused_and_not_quoted(
    tmp_path: Path, text: str, said: str
) -> None:
    home = Home(tmp_path)
    home.sources_file.write_text(text, encoding="utf-8")
    with pytest.raises(SamordnaError) as error:
        load_installation(home)
    assert said in str(error.value)
    assert ID[6:] not in str(error.value)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (f"    system: Gerica {WRITTEN}\n", "line 6, source ke: `system` holds"),
        (f"    columns:\n      '{ID[:6]} ({ID[6:]})': status\n", "line 7, source ke: a key holds"),
        (f"    values:\n      status: {{'{WRITTEN}': aktiv}}\n", "line 7, source ke: a key holds"),
        (f"    accept: [ok.csv, 'ip {WRITTEN}.csv']\n", "line 6, source ke: `accept` holds"),
    ],
)
def test_an_id_in_a_source_leaves_the_source_out_and_is_not_quoted(
    tmp_path: Path, more: str, said: str
) -> None:
    home = Home(tmp_path)
    text = TOP + SOURCE + more + SOURCE.removeprefix("sources:\n").replace("ke", "good")
    home.sources_file.write_text(text, encoding="utf-8")
    installation = load_installation(home)
    assert [source.name for source in installation.sources] == ["good"]
    (problem,) = installation.problems
    assert said in str(problem)
    assert ID[6:] not in str(problem)


def test_a_source_that_is_named_by_an_id_is_told_by_its_place(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.sources_file.write_text(TOP + SOURCE.replace("name: ke", f"name: s{WRITTEN}"))
    (problem,) = load_installation(home).problems
    assert "line 3, source number 1: `name` holds" in str(problem)


def test_no_problem_quotes_an_id_whoever_tells_it() -> None:
    problem = Problem("fetch_watermark", {"source": "ke", "host": "h", "column": f"x {WRITTEN}"})
    assert ID[6:] not in str(problem)
    assert Problem.from_dict(problem.as_dict()) == problem
