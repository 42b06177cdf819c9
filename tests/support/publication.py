"""A made-up publication with the tables, columns and types of a real one.

Three municipalities of different size and one without data, three years of months. Counted from
single cells (age band by service area), so that all sums hold: groups add up to `all`, and each
waterfall ends at its figure.
"""

from __future__ import annotations

import atexit
import datetime as dt
import functools
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from dagster_project.publication.tables import GATHERED
from dagster_project.reference import SEEDS
from tests.support import (
    publication_coordination,
    publication_everybody,
    publication_files,
    publication_followup,
    publication_need,
    publication_quality,
)

LARGE, MIDDLE, SMALL, EMPTY = "3203", "5530", "1134", "1867"
NAMES = {LARGE: "Asker", MIDDLE: "Senja", SMALL: "Suldal", EMPTY: "Bø"}
SYSTEMS = {LARGE: "fagsystem", MIDDLE: "Gerica", SMALL: "Profil"}
SIZE = {LARGE: 900.0, MIDDLE: 320.0, SMALL: 45.0}
MONTHS = 36
AS_OF = dt.date(2025, 12, 31)
BREAK = dt.date(2024, 1, 1)

# From age, to age, weight, share with a coordinator.
_BANDS = [
    (0, 5, 0.05, 0.82),
    (6, 10, 0.06, 0.85),
    (11, 12, 0.03, 0.84),
    (13, 15, 0.05, 0.80),
    (16, 17, 0.04, 0.78),
    (18, 24, 0.07, 0.66),
    (25, 49, 0.17, 0.64),
    (50, 66, 0.15, 0.61),
    (67, 79, 0.16, 0.55),
    (80, 89, 0.16, 0.46),
    (90, 999, 0.06, 0.41),
]
# Service area, weight among children, weight among adults, added share with a coordinator.
_AREAS = [
    ("home_care", 0.10, 0.70, -0.04),
    ("residential_care", 0.0, 0.16, -0.10),
    ("mental_health", 0.20, 0.26, 0.02),
    ("disability", 0.30, 0.14, 0.12),
    ("rehabilitation", 0.25, 0.34, 0.0),
    ("child_health", 0.40, 0.0, 0.03),
    ("primary_medical", 0.12, 0.20, -0.02),
    ("allocation", 0.08, 0.10, 0.0),
    ("kindergarten", 0.18, 0.0, 0.05),
    ("school", 0.52, 0.0, 0.02),
    ("educational_psychology", 0.36, 0.0, 0.06),
    ("child_welfare", 0.14, 0.0, -0.08),
    ("social_services", 0.03, 0.22, -0.12),
    ("integration", 0.05, 0.04, -0.06),
    ("all", 1.0, 1.0, 0.0),
]
_FINDINGS = [
    # rule, record, column, times, registered detail
    ("person_unresolved", "koordinator", "fnr", 14, None),
    ("missing_required", "koordinator", "fra_dato", 6, "fra_dato: "),
    ("unknown_value", "koordinator", "rolle", 9, "rolle: =SUM(1;1)"),
    ("closed_by_employment", "koordinator", None, 11, "2025-11-30"),
    ("withdrawn", "koordinator", None, 40, None),
    ("closed_without_date", "ip", None, 5, None),
    ("systems_disagree", "ip", None, 12, None),
    ("plans_merged", "ip", None, 30, None),
    ("birth_date_differs", "person", "fodselsdato", 3, "fodselsdato: <b>1970</b>"),
    ("unknown_value_noted", "tjeneste", "tjenesteomrade", 8, "tjenesteomrade: ukjent"),
]
_RECORDS = (
    "person",
    "tjeneste",
    "koordinator",
    "ip",
    "endring",
    "ansatt",
    "kompetanse",
    *publication_need.RECORDS,
)


def publish(
    home: Path, *, publication: str = "20251231-0a1b2c3d4e", more: float = 1.0, rows: bool = True
) -> Path:
    """Write a publication and point at it; `more` scales the number of persons."""
    folder = home / "published" / publication
    folder.mkdir(parents=True)
    with duckdb.connect() as connection:
        _coverage(connection, more if rows else 0.0)
        publication_everybody.write(connection)
        publication_followup.write(connection)
        publication_need.write(connection)
        _bounds(connection)
        _comparability(connection)
        _waterfall(connection)
        _provenance(connection)
        _reference(connection)
        publication_coordination.write(connection)
        for name in ("overview", "graded"):
            query = GATHERED[name].replace("marts.", "")
            connection.execute(f"create table {name} as {query}")
        tables = [name for (name,) in connection.sql("show tables").fetchall() if name != "cell"]
        told = publication_files.write(connection, folder, tables, NAMES)
        sources = connection.sql(
            "select source, record, system, municipality_code, delivery, "
            "delivered::text as delivered, status from reconciliation"
        )
        listed = [dict(zip(sources.columns, row, strict=True)) for row in sources.fetchall()]
    manifest = {
        "publication": publication,
        "profile": "internal",
        "made_at": "2026-01-15T07:30:00+00:00",
        "code_version": "0.1.0",
        "as_of": AS_OF.isoformat(),
        "as_of_by_municipality": dict.fromkeys((LARGE, MIDDLE, SMALL), AS_OF.isoformat()),
        "previous": publication_coordination.previous(),
        "definition_sets": dict.fromkeys(NAMES, "2026.1"),
        "changed_parameters": [],
        "sources": listed,
        "tables": told,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    point_at(home, publication)
    return folder


@functools.cache
def standing_home() -> Path:
    """Return a home with one publication, the same for every test that only reads."""
    home = Path(tempfile.mkdtemp(prefix="samordna-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    publish(home)
    return home


def without(folder: Path, *records: str) -> None:
    """Take out of a publication what some record types deliver: their figures are graded X."""
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest["sources"] = [each for each in manifest["sources"] if each["record"] not in records]
    file.write_text(json.dumps(manifest), encoding="utf-8")
    listed = ", ".join(f"'{record}'" for record in records)
    publication_files.rewrite(folder, "reconciliation", f"from told where record not in ({listed})")
    needing = (
        f"select indicator from read_csv('{SEEDS / 'indicators.csv'}') "
        f"where list_has_any(string_split(needs, ';'), [{listed}])"
    )
    publication_files.rewrite(
        folder,
        "comparability",
        f"select * replace (if(indicator in ({needing}), 'X', grade) as grade) from told",
    )


def point_at(home: Path, publication: str) -> None:
    """Make a publication the current one."""
    pointer = home / "published" / "current.json"
    unfinished = pointer.with_suffix(".new")
    unfinished.write_text(json.dumps({"publication": publication}), encoding="utf-8")
    unfinished.replace(pointer)


def reference_dates() -> list[dt.date]:
    """Return the last days of the months up to the as-of date."""
    days = []
    year, month = AS_OF.year, AS_OF.month
    for _ in range(MONTHS):
        after = dt.date(year + month // 12, month % 12 + 1, 1)
        days.append(after - dt.timedelta(days=1))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return days[::-1]


def _table(
    connection: duckdb.DuckDBPyConnection, name: str, columns: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    connection.execute(f"create table {name} ({columns})")
    if rows:
        names = [f"c{number}" for number in range(len(rows[0]))]
        made = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
        connection.register("made", made)
        connection.execute(f"insert into {name} select * from made")
        connection.unregister("made")


def _cells(more: float) -> Iterator[tuple[Any, ...]]:
    """Count the persons of each age band and service area; the same every time."""
    for code, size in SIZE.items():
        # Senja gains a coordinator more often from year to year; the others stand still.
        rise = 0.10 if code == MIDDLE else 0.0
        for month, day in enumerate(reference_dates()):
            for from_age, _, weight, share in _BANDS:
                for area, of_children, of_adults, added in _AREAS:
                    in_area = of_children if from_age < 18 else of_adults
                    persons = round(size * more * weight * in_area * (1 + 0.002 * month))
                    part = min(0.97, max(0.03, share + added + rise * (month - MONTHS) / 12))
                    with_coordinator = round(persons * part)
                    with_plan = round(persons * part * 0.7)
                    both = round(with_plan * 0.85)
                    living = round(with_plan * 0.62)
                    yield (
                        code, day, from_age, area,
                        persons, with_coordinator, with_plan, both, living,
                    )  # fmt: skip


def _coverage(connection: duckdb.DuckDBPyConnection, more: float) -> None:
    _table(
        connection,
        "cell",
        "municipality_code text, reference_date date, from_age int, service_area text, "
        "target_group int, coordinator int, plan int, both_of_them int, living int",
        list(_cells(more)) if more else [],
    )
    connection.execute(
        """
        create temp macro wilson(x, n, side) as (
            x / n + 1.96 ** 2 / (2 * n)
            + side * 1.96 * sqrt(x / n * (1 - x / n) / n + 1.96 ** 2 / (4 * n * n))
        ) / (1 + 1.96 ** 2 / n);
        create temp macro poisson(x, n, side) as (x + side * 1.96 * sqrt(x)) / n;
        """
    )
    connection.execute(
        f"""
        create table coverage as
        with
            band as (
                select age_scheme, age_group, from_age::int as from_age, to_age::int as to_age
                from read_csv('{SEEDS / "age_groups.csv"}', all_varchar = true)
                union all
                select distinct age_scheme, 'all', 0, 999
                from read_csv('{SEEDS / "age_groups.csv"}', all_varchar = true)
            ),
            summed as (
                select
                    municipality_code, reference_date, age_scheme, age_group, service_area,
                    sum(target_group)::bigint as persons, sum(coordinator)::bigint as coordinator,
                    sum(plan)::bigint as plan, sum(both_of_them)::bigint as together,
                    sum(living)::bigint as living
                from cell
                inner join band on cell.from_age between band.from_age and band.to_age
                group by all
            ),
            by_indicator as (
                select
                    summed.*,
                    unnest([
                        {{'code': 'coordinator_coverage', 'of': coordinator, 'among': persons}},
                        {{'code': 'plan_coverage', 'of': plan, 'among': persons}},
                        {{'code': 'both_coverage', 'of': together, 'among': persons}},
                        {{'code': 'plan_without_coordinator',
                         'of': plan - together, 'among': plan}},
                        {{'code': 'living_plan_share', 'of': living, 'among': plan}},
                        {{'code': 'coordinator_rate', 'of': coordinator, 'among': persons * 60}},
                        {{
                            'code': 'persons_per_coordinator',
                            'of': coordinator,
                            'among': 1 + coordinator // 2
                        }},
                    ]) as counted
                from summed
            )
        select
            municipality_code, reference_date, age_scheme, age_group, service_area,
            counted.code as indicator,
            counted.of::bigint as numerator,
            counted.among::bigint as denominator,
            case counted.code when 'coordinator_rate' then 1000.0 else 1.0 end * numerator
            / denominator as value,
            case counted.code
                when 'coordinator_rate' then greatest(0, 1000 * poisson(numerator, denominator, -1))
                when 'persons_per_coordinator' then null
                else greatest(0, wilson(numerator, denominator, -1))
            end::double as ci_low,
            case counted.code
                when 'coordinator_rate' then 1000 * poisson(numerator, denominator, 1)
                when 'persons_per_coordinator' then null
                else least(1, wilson(numerator, denominator, 1))
            end::double as ci_high,
            'B' as grade,
            '2026.1' as definition_set,
            -- Senja changed its system before the last two years.
            case
                when municipality_code = '{MIDDLE}' and reference_date >= date '{BREAK}' then 1
                else 0
            end as segment
        from by_indicator
        where
            counted.among > 0
            and (
                counted.code not in ('coordinator_rate', 'persons_per_coordinator')
                or service_area = 'all'
            )
            -- Nobody has delivered the inhabitants of the small one.
            and (counted.code <> 'coordinator_rate' or municipality_code <> '{SMALL}')
            and (
                counted.code <> 'persons_per_coordinator'
                or (age_group = 'all' and age_scheme = 'standard')
            )
        order by municipality_code, indicator, age_scheme, reference_date, age_group, service_area
        """
    )


def _bounds(connection: duckdb.DuckDBPyConnection) -> None:
    """Had those left out counted, one more would everywhere, but nobody in the small one."""
    connection.execute(
        f"""
        alter table coverage add column bound_low double;
        alter table coverage add column bound_high double;
        update coverage set
            bound_low = value,
            bound_high = least(
                denominator, numerator + if(municipality_code = '{SMALL}', 0, 1)
            ) / denominator
        where indicator in ('coordinator_coverage', 'plan_coverage');
        """
    )


def _waterfall(connection: duckdb.DuckDBPyConnection) -> None:
    persons = connection.sql(
        """
        select
            municipality_code, reference_date, sum(coordinator), sum(plan), sum(target_group),
            sum(both_of_them), sum(living)
        from cell where service_area = 'all' group by all order by all
        """
    ).fetchall()
    rows: list[tuple[Any, ...]] = []
    seen: set[tuple[str, dt.date, str]] = set()
    for code, day, coordinator, plan, target_group, both, living in persons:
        for base, count, step_after, goes_on in (
            ("coordinator", coordinator, "without_plan", {"coordinator_and_plan": both}),
            ("plan", plan, "with_coordinator", {"plan_without_coordinator": plan - both}),
            ("plan", plan, "plan_not_living", {"living_plan": living}),
            ("target_group", target_group, "", {}),
        ):
            for measure, left in {base: count, **goes_on}.items():
                steps = list(_steps(base, int(count)))
                if measure != base:
                    steps.append((step_after, "change", int(left - count)))
                    steps.append(("counted", "level", int(left)))
                if (code, day, measure) in seen:
                    continue
                seen.add((code, day, measure))
                for order, (step, kind, number) in enumerate(steps, start=1):
                    if number or kind == "level":
                        rows.append((code, day, measure, step, order, number, kind))
    _table(
        connection,
        "waterfall",
        "municipality_code text, reference_date date, measure text, step text, "
        "step_order integer, rows bigint, kind text",
        rows,
    )


def _steps(measure: str, persons: int) -> Iterator[tuple[str, str, int]]:
    """Walk back from the persons to the rows that were read."""
    not_resident, several = persons // 40, persons // 12
    in_force = persons + not_resident + several
    ended, closed, later = in_force * 2, in_force // 9, in_force // 50
    other = in_force // 6 if measure != "target_group" else 0
    registrations = in_force + ended + closed + later + other
    unresolved, missing = registrations // 60, registrations // 200
    superseded, duplicate = registrations * 2, registrations // 30
    yield "rows_read", "level", registrations + unresolved + missing + superseded + duplicate
    yield "superseded", "change", -superseded
    yield "duplicate", "change", -duplicate
    yield "missing_required", "change", -missing
    yield "person_unresolved", "change", -unresolved
    yield "registrations", "level", registrations
    if measure == "coordinator":
        yield "role_not_counted", "change", -other
    elif measure == "plan":
        yield "plan_not_active", "change", -other
    yield "not_begun", "change", -later
    yield "ended", "change", -ended
    yield "closed_by_death", "change", -closed
    yield "in_force", "level", in_force
    yield "same_person", "change", -several
    yield "not_resident", "change", -not_resident
    yield "persons", "level", persons


def _provenance(connection: duckdb.DuckDBPyConnection) -> None:
    deliveries: list[tuple[Any, ...]] = []
    checks: list[tuple[Any, ...]] = []
    findings: list[tuple[Any, ...]] = []
    for code, size in SIZE.items():
        for record in _RECORDS:
            source = f"{record}_{NAMES[code].lower()}"
            for year in (2023, 2024, 2025):
                delivered = dt.date(year, 12, 31)
                file = f"{record}_{year}1231.csv"
                read = round(size * 4)
                deliveries.append(
                    (source, file, record, SYSTEMS[code], code, delivered, "in_force", None, None,
                     read, read - 9 - read // 5, read // 5, 4, 5)
                )  # fmt: skip
                checks += [
                    (source, record, code, file, delivered, "rows_as_before", None,
                     True, True, 1, 0, 0.5, 1.02),
                    (source, record, code, file, delivered, "persons_identified",
                     "person", False, year != 2024, read, 40, 0.97, 0.93),
                ]  # fmt: skip
        deliveries.append(
            (f"ip_{NAMES[code].lower()}", "ip_20260105.csv", "ip", SYSTEMS[code], code,
             dt.date(2026, 1, 5), "failed", "truncated_file",
             "Source ip, ip_20260105.csv: the file breaks off.", 0, 0, 0, 0, 0)
        )  # fmt: skip
        for rule, record, column, times, detail in _FINDINGS:
            for number in range(times):
                findings.append(
                    (f"{code}-{rule}-{number}", rule, "", f"{record}_{NAMES[code].lower()}",
                     f"{record}_20251231.csv", number + 2, f"R-{number:05}", AS_OF, detail, "",
                     record, code, AS_OF, column)
                )  # fmt: skip
    deliveries.append(
        ("ssb_folketall", "folketall_20250101.csv", "befolkning", "ssb", LARGE,
         dt.date(2025, 1, 1), "in_force", None, None, 300, 300, 0, 0, 0)
    )  # fmt: skip
    _table(
        connection,
        "reconciliation",
        "source text, delivery text, record text, system text, municipality_code text, "
        "delivered date, status text, problem_code text, problem_text text, rows_read bigint, "
        "rows_counted bigint, rows_superseded bigint, rows_duplicate bigint, "
        "rows_quarantined bigint, notices text",
        [(*row, "[]") for row in deliveries],
    )
    _table(
        connection,
        "check_result",
        "source text, record text, municipality_code text, delivery text, delivered date, "
        "check_name text, column_name text, holds boolean, success boolean, rows bigint, "
        "unexpected bigint, limit_value double, observed_value double",
        checks,
    )
    _table(
        connection,
        "reported_vs_registered",
        publication_quality.COLUMNS,
        [row for code in (LARGE, MIDDLE) for row in publication_quality.rows(code)],
    )
    _table(
        connection,
        "findings",
        "finding_id text, rule text, severity text, source text, delivery text, "
        "row_number integer, registration_id text, first_seen date, detail text, action text, "
        "record text, municipality_code text, delivered date, column_name text",
        findings,
    )
    connection.execute(
        f"""
        update findings set severity = known.severity, action = known.action
        from read_csv('{SEEDS / "rules.csv"}', all_varchar = true) as known
        where findings.rule = known.rule
        """
    )


def _comparability(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        create table comparability as
        select distinct
            municipality_code, reference_date, indicator, grade,
            'rows_quarantined:B' as reasons, segment, null::text as missing_records,
            400::bigint as rows_behind, 0.02 as quarantined_share, 0.04 as changed_share,
            50::bigint as persons_known_by_several, 0.96 as agreement_share,
            null::double as reported_difference
        from coverage
        order by all
        """
    )
    _table(
        connection,
        "series_break",
        "municipality_code text, first_day_after date, kind text, indicator text, record text, "
        "source text, note_nb text, note_nn text, note_en text",
        [(MIDDLE, BREAK, "system_change", None, None, "gammel_epj", "Gerica", "Gerica", "Gerica")],
    )


def _reference(connection: duckdb.DuckDBPyConnection) -> None:
    for name, seed in (
        ("indicator", "indicators"),
        ("age_group", "age_groups"),
        ("service_area", "service_areas"),
        ("code_name", "code_names"),
        ("measure", "measures"),
        ("rule", "rules"),
        ("waterfall_step", "waterfall_steps"),
    ):
        connection.execute(f"create table {name} as from read_csv('{SEEDS / seed}.csv')")
    _table(
        connection,
        "municipality",
        "municipality_code text, municipality_name text, definition_set text",
        [(code, name, "2026.1") for code, name in sorted(NAMES.items())],
    )
    connection.execute(
        f"""
        create table definition as
        select
            municipality_code,
            seed.parameter,
            case
                when municipality_code = '{MIDDLE}' and seed.parameter = 'bridge_days' then '14'
                else default_value
            end as value,
            default_value,
            value <> default_value as is_changed,
            unit, section, name_nb, name_nn, name_en
        from municipality
        cross join read_csv('{SEEDS / "parameters.csv"}', all_varchar = true) as seed
        order by all
        """
    )
