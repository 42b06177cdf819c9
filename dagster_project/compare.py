"""Two definition sets side by side: what the figures would be if the parameters were others.

The warehouse is built twice of what has landed, as it is defined now and with other parameters, in
the file that a run builds in (`work/`) and under its lock. Nothing of it is kept but the report.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import pyarrow as pa

from dagster_project import reference
from dagster_project.config.installation import Installation, load_installation
from dagster_project.config.paths import Home
from dagster_project.identity.maskers import Maskers
from dagster_project.lock import writing
from dagster_project.problems import SamordnaError, SettingError
from dagster_project.progress import Stage, report_progress
from dagster_project.reference.parameters import Parameter, parameters, read_setting
from dagster_project.straight import build
from dagster_project.warehouse import Building, begin, clear_work

# The names of the sets go into the name of a file, which has its limit.
_LONGEST_NAME = 80
_DECIMALS = 4


@dataclass(frozen=True)
class DifferingFigure:
    """One figure that is not the same by both definitions; what only one of them has is None there.

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
    numerator_now: int | None
    denominator_now: int | None
    value_now: float | None
    numerator_then: int | None
    denominator_then: int | None
    value_then: float | None
    set_now: str
    set_then: str

    @property
    def difference(self) -> float | None:
        """What the changed definition adds or takes; None where only one of them has a figure."""
        if self.value_now is None or self.value_then is None:
            return None
        return self.value_then - self.value_now

    @property
    def is_of_all(self) -> bool:
        """Whether it is the figure of all ages and all service areas."""
        place = (self.age_scheme, self.age_group, self.service_area)
        return place == ("standard", "all", "all")


@dataclass(frozen=True)
class Comparison:
    """Every cell that differs, what the municipalities are called, and the names of the sets.

    `as_of` is the day that each municipality is counted up to.
    """

    as_of: Mapping[str, dt.date]
    cells: tuple[DifferingFigure, ...]
    municipalities: Mapping[str, str]
    set_now: str
    set_then: str

    @property
    def at_a_glance(self) -> list[DifferingFigure]:
        """The figures of each municipality's as-of date, of all ages and all service areas."""
        return [
            cell
            for cell in self.cells
            if cell.is_of_all and cell.reference_date == self.as_of[cell.municipality_code]
        ]


@dataclass(frozen=True)
class _Built:
    """What is read of a warehouse before it is gone."""

    as_of: dict[str, dt.date]
    coverage: pa.Table
    municipalities: dict[str, str]
    sets: dict[str, str]


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
    asked = _asked_about(installation, municipality)
    _require_a_change(installation, changes, asked)
    with writing(home):
        try:
            now = _build(installation, as_of, "as defined now", 0)
            then = _build(_changed(installation, changes), as_of, "as changed", 1)
        finally:
            clear_work(home)
    asked = [code for code in asked if code in now.sets]
    return Comparison(
        as_of={code: now.as_of[code] for code in asked if code in now.as_of},
        cells=tuple(_differing(now, then, asked)),
        municipalities=now.municipalities,
        set_now=_name(now.sets[code] for code in asked),
        set_then=_name(then.sets[code] for code in asked),
    )


def write_report(home: Home, comparison: Comparison, language: str) -> str:
    """Write every cell that differs as CSV into the home's reports, whole or not at all.

    Returns the file's name. `language` is nb, nn or en.
    """
    words = _WORDS[language]
    sets = (_slug(each) for each in (comparison.set_now, comparison.set_then))
    newest = max(comparison.as_of.values())
    parts = (words["comparison"], f"{newest:%Y%m%d}", *sets)
    name = "_".join(parts) + ".csv"
    home.reports.mkdir(parents=True, exist_ok=True)
    with writing(home):
        try:
            home.work.mkdir(exist_ok=True)
            unfinished = home.work / name
            unfinished.write_bytes(as_csv(comparison, language))
            unfinished.replace(home.reports / name)
        finally:
            clear_work(home)
    return name


def as_csv(comparison: Comparison, language: str) -> bytes:
    """Return the cells as a Norwegian Excel opens them: `;`, a decimal comma, UTF-8 with BOM."""
    words = _WORDS[language]
    indicators = _names("indicators", language)
    areas = {**_names("service_areas", language), "all": words["area_all"]}
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(words["header"].split(";"))
    for cell in comparison.cells:
        factor = 100 if cell.kind == "share" else 1

        def number(value: float | None, factor: int = factor) -> str:
            if value is None:
                return ""
            written = f"{round(factor * value, _DECIMALS):.{_DECIMALS}f}".rstrip("0").rstrip(".")
            return written.replace(".", words["decimal_mark"])

        writer.writerow(
            [
                cell.municipality_code,
                comparison.municipalities[cell.municipality_code],
                indicators[cell.indicator],
                cell.reference_date.strftime(words["date"]),
                cell.age_scheme,
                words.get(f"age_{cell.age_group}", cell.age_group),
                areas[cell.service_area],
                number(cell.numerator_now, 1),
                number(cell.denominator_now, 1),
                number(cell.value_now),
                number(cell.numerator_then, 1),
                number(cell.denominator_then, 1),
                number(cell.value_then),
                number(cell.difference),
                words.get(cell.kind, "").format(per=cell.multiplier),
                cell.set_now,
                cell.set_then,
            ]
        )
    return file.getvalue().encode("utf-8-sig")


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


def _asked_about(installation: Installation, municipality: str) -> list[str]:
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


def _build(installation: Installation, as_of: dt.date | None, what: str, done: int) -> _Built:
    report_progress(Stage.WAREHOUSE, what, done, 2)
    home = installation.home
    begin(installation, Maskers(installation), as_of).close()
    building = Building.whole(home)
    build(building, tests=False, up_to="coverage")
    with duckdb.connect(str(building.file), read_only=True) as warehouse:
        counted_up_to: dict[str, dt.date] = dict(
            warehouse.sql("select municipality_code, as_of from intermediate.int_as_of").fetchall()
        )
        if not counted_up_to:
            raise SamordnaError("nothing_delivered", inbox=str(home.inbox))
        return _Built(
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


def _differing(now: _Built, then: _Built, asked: Sequence[str]) -> Iterable[DifferingFigure]:
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


def _name(sets: Iterable[str]) -> str:
    """Return the name of the set, or of the sets where the municipalities have several."""
    return " + ".join(sorted(set(sets)))


def _slug(name: str) -> str:
    slug = re.sub(r"[^A-Za-z0-9._]+", "-", name)
    if len(slug) <= _LONGEST_NAME:
        return slug
    return f"{slug[:_LONGEST_NAME]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _names(seed: str, language: str) -> dict[str, str]:
    named = reference.rows(seed)
    code = next(iter(named[0]))
    return {row[code]: row[f"name_{language}"] for row in named}


# What the report says, in the language of the installation.
_WORDS: dict[str, dict[str, str]] = {
    "nb": {
        "comparison": "sammenligning",
        "header": "Kommunenummer;Kommune;Indikator;Telledato;Aldersinndeling;Aldersgruppe;"
        "Tjenesteområde;Teller nå;Nevner nå;Verdi nå;Teller endret;Nevner endret;Verdi endret;"
        "Differanse;Enhet;Definisjonssett nå;Definisjonssett endret",
        "age_all": "Alle aldre",
        "age_unknown": "Ukjent",
        "area_all": "Alle områder",
        "share": "%",
        "rate": "per {per}",
        "median": "dager",
        "count": "personer",
        "decimal_mark": ",",
        "date": "%d.%m.%Y",
    },
    "nn": {
        "comparison": "samanlikning",
        "header": "Kommunenummer;Kommune;Indikator;Teljedato;Aldersinndeling;Aldersgruppe;"
        "Tenesteområde;Teljar no;Nemnar no;Verdi no;Teljar endra;Nemnar endra;Verdi endra;"
        "Differanse;Eining;Definisjonssett no;Definisjonssett endra",
        "age_all": "Alle aldrar",
        "age_unknown": "Ukjend",
        "area_all": "Alle område",
        "share": "%",
        "rate": "per {per}",
        "median": "dagar",
        "count": "personar",
        "decimal_mark": ",",
        "date": "%d.%m.%Y",
    },
    "en": {
        "comparison": "comparison",
        "header": "Municipality code;Municipality;Indicator;Reference date;Age scheme;Age group;"
        "Service area;Numerator now;Denominator now;Value now;Numerator changed;"
        "Denominator changed;Value changed;Difference;Unit;Definition set now;"
        "Definition set changed",
        "age_all": "All ages",
        "age_unknown": "Unknown",
        "area_all": "All areas",
        "share": "%",
        "rate": "per {per}",
        "median": "days",
        "count": "persons",
        "decimal_mark": ".",
        "date": "%d/%m/%Y",
    },
}
