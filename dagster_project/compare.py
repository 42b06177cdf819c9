"""Two definition sets side by side: what the figures would be if the parameters were others.

The warehouse is built twice of what has landed, as it is defined now and with other parameters, in
the file that a run builds in (`work/`) and under its lock. Nothing of it is kept but the report
(`compare_report.py`). Held against a former publication: `compare_publication.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pyarrow as pa

from dagster_project.config.installation import Installation, load_installation
from dagster_project.config.paths import Home
from dagster_project.identity.maskers import Maskers
from dagster_project.lock import writing
from dagster_project.problems import SamordnaError, SettingError
from dagster_project.progress import Stage, report_progress
from dagster_project.reference.parameters import Parameter, parameters, read_setting
from dagster_project.straight import build
from dagster_project.warehouse import Building, begin, clear_work


@dataclass(frozen=True)
class DifferingFigure:
    """One figure that is not the same by both definitions; what only one of them has is None there.

    `before` is as defined now and `after` as changed; or as published then, and as counted now.

    A value is a share of one, a rate, a ratio, a median in days or a count, by its `kind`.
    """

    municipality_code: str
    indicator: str
    kind: str
    multiplier: int
    reference_date: dt.date
    age_scheme: str
    age_group: str
    service_area: str
    numerator_before: int | None
    denominator_before: int | None
    value_before: float | None
    numerator_after: int | None
    denominator_after: int | None
    value_after: float | None
    set_before: str
    set_after: str

    @property
    def difference(self) -> float | None:
        """What the other definition adds or takes; None where only one of them has a figure."""
        if self.value_before is None or self.value_after is None:
            return None
        return self.value_after - self.value_before

    @property
    def is_of_all(self) -> bool:
        """Whether it is the figure of all ages and all service areas."""
        place = (self.age_scheme, self.age_group, self.service_area)
        return place == ("standard", "all", "all")


@dataclass(frozen=True)
class Comparison:
    """Every cell that differs, what the municipalities are called, and the names of the sets.

    `as_of` is the day that each municipality is counted up to, or the newest that both count.
    `publication` is the former one that is compared with, where it is one.
    """

    as_of: Mapping[str, dt.date]
    cells: tuple[DifferingFigure, ...]
    municipalities: Mapping[str, str]
    set_before: str
    set_after: str
    publication: str = ""

    @property
    def at_a_glance(self) -> list[DifferingFigure]:
        """The figures of each municipality's as-of date, of all ages and all service areas."""
        return [
            cell
            for cell in self.cells
            if cell.is_of_all and cell.reference_date == self.as_of[cell.municipality_code]
        ]


@dataclass(frozen=True)
class Counted:
    """What is read of a warehouse, before it is gone, or of a publication.

    `coverage` has the `kind` and the `multiplier` of each indicator beside its figures.
    """

    as_of: Mapping[str, dt.date]
    coverage: pa.Table
    municipalities: Mapping[str, str]
    sets: Mapping[str, str]


def compare(
    home: Home, settings: Sequence[str], municipality: str = "", as_of: dt.date | None = None
) -> Comparison:
    """Compare the figures as they are defined now with those of other parameters.

    `settings` are written `parameter=value`, and hold in every municipality, whatever it is counted
    by now. `municipality` is today's code of the one to compare; else all are. Raises SamordnaError
    for what no parameter can be, and where nothing would differ.
    """
    installation = load_installation(home)
    installation.require_sources()
    changes = _read_settings(settings)
    asked = asked_about(installation, municipality)
    _require_a_change(installation, changes, asked)
    with writing(home):
        try:
            now = _count(installation, as_of, "as defined now", 0)
            then = _count(_changed(installation, changes), as_of, "as changed", 1)
        finally:
            clear_work(home)
    asked = [code for code in asked if code in now.sets]
    return Comparison(
        as_of={code: now.as_of[code] for code in asked if code in now.as_of},
        cells=tuple(differing(now, then, asked)),
        municipalities=now.municipalities,
        set_before=name_of_sets(now.sets[code] for code in asked),
        set_after=name_of_sets(then.sets[code] for code in asked),
    )


def _read_settings(written: Sequence[str]) -> dict[str, str]:
    changes: dict[str, str] = {}
    for each in written:
        name, equals, value = (part.strip() for part in each.partition("="))
        try:
            if not equals:
                raise SettingError("it is written as bridge_days=60")
            if name in changes:
                raise SettingError(f"`{name}` is set twice")
            changes[name] = read_setting(name, value)
        except SettingError as error:
            raise SamordnaError("setting_invalid", written=each, reason=error.reason) from None
    return changes


def asked_about(installation: Installation, municipality: str) -> list[str]:
    """Return the codes of the municipalities to compare: the one that is named, or all."""
    held = installation.codes
    if not municipality:
        return held
    if municipality not in held:
        raise SamordnaError("municipality_not_here", written=municipality, held=", ".join(held))
    return [municipality]


def _require_a_change(
    installation: Installation, changes: Mapping[str, str], asked: Iterable[str]
) -> None:
    if all(
        _in_force(installation, parameters()[name], code) == value
        for name, value in changes.items()
        for code in asked
    ):
        settings = ", ".join(f"{name}={value}" for name, value in changes.items())
        raise SamordnaError("nothing_changed", settings=settings)


def _in_force(installation: Installation, parameter: Parameter, municipality: str) -> str:
    of_all = installation.parameters[""].get(parameter.name, parameter.default)
    return installation.parameters.get(municipality, {}).get(parameter.name, of_all)


def _changed(installation: Installation, changes: Mapping[str, str]) -> Installation:
    """Return the installation with the changes in force everywhere."""
    kept = {
        where: {name: value for name, value in parameters.items() if name not in changes}
        for where, parameters in installation.parameters.items()
    }
    return replace(installation, parameters={**kept, "": {**kept[""], **changes}})


def _count(installation: Installation, as_of: dt.date | None, what: str, done: int) -> Counted:
    report_progress(Stage.WAREHOUSE, what, done, 2)
    begin(installation, Maskers(installation), as_of).close()
    building = Building.whole(installation.home)
    build(building, tests=False, up_to="coverage")
    with duckdb.connect(str(building.file), read_only=True) as warehouse:
        return read_counted(warehouse, installation.home)


def read_counted(warehouse: duckdb.DuckDBPyConnection, home: Home) -> Counted:
    """Read what a comparison needs of a warehouse. Raises SamordnaError where nothing counts."""
    counted_up_to: dict[str, dt.date] = dict(
        warehouse.sql("select municipality_code, as_of from intermediate.int_as_of").fetchall()
    )
    if not counted_up_to:
        raise SamordnaError("nothing_delivered", inbox=str(home.inbox))
    return Counted(
        as_of=counted_up_to,
        coverage=warehouse.sql(
            "select coverage.*, kind, multiplier from marts.coverage "
            "inner join reference.indicators using (indicator)"
        ).to_arrow_table(),
        municipalities=dict(
            warehouse.sql(
                "select municipality_code, coalesce(municipality_name, municipality_code) "
                "from intermediate.int_municipality"
            ).fetchall()
        ),
        sets=dict(
            warehouse.sql(
                "select municipality_code, definition_set from intermediate.int_definition"
            ).fetchall()
        ),
    )


def differing(now: Counted, then: Counted, asked: Sequence[str]) -> Iterable[DifferingFigure]:
    """Yield each cell of these municipalities that is not the same in both, `now` as before."""
    with duckdb.connect() as connection:
        connection.register("now_counted", now.coverage)
        connection.register("then_counted", then.coverage)
        rows: list[tuple[Any, ...]] = connection.execute(
            """
            select
                municipality_code, indicator, coalesce(a.kind, b.kind),
                coalesce(a.multiplier, b.multiplier), reference_date, age_scheme, age_group,
                service_area, a.numerator, a.denominator, a.value, b.numerator, b.denominator,
                b.value
            from now_counted as a
            full join then_counted as b using (
                municipality_code, indicator, reference_date, age_scheme, age_group, service_area
            )
            where
                list_contains($asked, municipality_code)
                and (a.numerator, a.denominator, a.value)
                is distinct from (b.numerator, b.denominator, b.value)
            order by
                municipality_code, indicator, reference_date desc, age_scheme, age_group,
                service_area
            """,
            {"asked": list(asked)},
        ).fetchall()
    for row in rows:
        yield DifferingFigure(*(*row, now.sets[row[0]], then.sets[row[0]]))


def name_of_sets(sets: Iterable[str]) -> str:
    """Return the name of the set, or of the sets where the municipalities have several."""
    return " + ".join(sorted(set(sets)))
