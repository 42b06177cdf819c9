"""The whole publication of a municipality in SQL written by hand for DuckDB.

What somebody writes who needs these tables and nothing else: no tests, no models that explain
themselves, no row kept for those who ask later. It reads what the models read (the schema
`landing` of a part) and writes what a part publishes, file by file. It follows the counting rules
as far as a generated region needs them; what does not occur there is left out: deliveries that are
held back or replaced, other parameters than the default, chains of earlier ids, several registers
of persons, coordinators' names, families, several rows of population for one age, training, goals,
housing needs, reported counts, journals, units, reference dates of a municipality's own, divided
municipalities, coordinators that a later delivery or a form writes over, and two coordinators by
design.

Its tricks: a row is read once; persons and registrations go by hashes; only rows that are told of
again are put in order; what is true of a person on the reference dates is a number of 128 bits,
one for each date, which reaches no further than 126 dates; and what lasts is counted by what
changes from one date to the next.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.region.cost import Cost, measuring
from benchmarks.region.product import parts_of
from dagster_project.config.paths import Home
from dagster_project.landing.catalogue import write_catalogue
from dagster_project.parts import Part
from dagster_project.publication.export import write_table
from dagster_project.publication.layout import own_file
from dagster_project.reference import SEEDS
from dagster_project.warehouse import Building, build_settings

_STAGES = (
    "words",
    "rows",
    "persons",
    "coordinators",
    "plans",
    "meetings",
    "dates",
    "members",
    "counts",
    "loads",
    "flows",
    "pages",
    "findings",
    "comparability",
    "coverage",
    "waterfall",
    "others",
)

# The tables that are made, each with its order.
TABLES = {
    "coverage": "indicator, age_scheme, age_group, service_area, reference_date",
    "waterfall": "measure, reference_date, step_order",
    "comparability": "indicator, reference_date",
    "coordinator_load": "reference_date, service_area, sector, load",
    "departed_coordinator": "reference_date, service_area",
    "plan_age": "reference_date, age_of_plan",
    "transition": "reference_date, turns, quarter",
    "transition_row": "turns, case_number, record, source, row_number",
    "meeting_count": "month, meeting_type",
    "meeting_form_count": "month, meeting_form",
    "meeting_participation": "reference_date, participant",
    "notice_flow": "reference_date, step_order, step, outcome_order, outcome",
    "notice_sender": "reference_date, sender",
    "notice_survival": "reference_date, days",
    "notice_channel": "reference_date, channel",
    "trained_coordinator": "reference_date, service_area",
    "meeting_frequency": "reference_date, meetings_in_year",
    "active_team": "reference_date, meeting_form",
    "plan_not_active": "reference_date, plan_status, age_group",
    "primary_contact": "reference_date, age_group",
    "reconciliation": "source, delivered, delivery",
    "findings": "finding_id",
    "definition": "parameter",
    "overview": "indicator, reference_date",
    "series_break": "first_day_after, kind, indicator, record, source",
    "municipality": "municipality_name",
    "population": "year, age",
    "common_delivery": "source, delivered, delivery",
}
# Those of which a region has no row.
NOT_MADE = (
    *("reported_vs_registered", "housing_need", "target", "check_result"),
    *("unit", "unit_count", "unit_report"),
    *("housing_type", "training_need_status", "goal_followup", "journal_count"),
)
# These have rows, and nobody has written them by hand yet: the product makes them besides.
NOT_YET = (
    "coverage_change",
    "unmet_need",
    "share_count",
    "register_mirror",
    "register_mirror_cause",
    "register_mirror_finding",
)


def run(home: Home, folder: Path, *only: str) -> list[Cost]:
    """Write what municipalities publish, all or `only` these, and return what the plan cost and each."""
    costs: list[Cost] = []
    with measuring("plan", costs):
        parts = [part for part in parts_of(home) if not only or part.place in only]
    return costs + [Cost.of_all(part.place, publish(part, folder)) for part in parts]


def run_by_stage(home: Home, folder: Path, place: str) -> list[Cost]:
    """Write what one municipality publishes, and return what each stage cost."""
    (part,) = (part for part in parts_of(home) if part.place == place)
    return publish(part, folder)


def publish(part: Part, folder: Path) -> list[Cost]:
    """Write what the municipality of a part publishes, and return what each stage cost."""
    (code,) = part.municipalities
    costs: list[Cost] = []
    settings = build_settings(Building(folder, folder))
    with duckdb.connect(config=settings) as connection:
        with measuring("landed", costs):
            write_catalogue(connection, part.catalogue)
            _read_seeds(connection)
            connection.execute("set variable code = ?", [code])
        for stage in _STAGES:
            with measuring(stage, costs):
                connection.execute(Path(__file__).with_name(f"{stage}.sql").read_text("utf-8"))
        with measuring("written", costs):
            connection.execute("set preserve_insertion_order = true")
            for table, order in TABLES.items():
                rows = f"select '{code}' as municipality_code, * from {table} order by {order}"
                write_table(connection, rows, own_file(folder, table, code))
    return costs


def _read_seeds(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema reference")
    for file in SEEDS.glob("*.csv"):
        # The codes of municipalities are no numbers.
        types = (
            "['VARCHAR']"
            if file.stem == "municipalities"
            else "['INTEGER', 'DOUBLE', 'DATE', 'VARCHAR']"
        )
        connection.execute(
            f"create table reference.{file.stem} as "
            f"from read_csv('{file}', header = true, auto_type_candidates = {types})"
        )
