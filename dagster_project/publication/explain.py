"""The way back of one figure: what it is, what it was made with and from, and why it is so.

Reads the current publication only, so it tells of what people see.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

import duckdb

from dagster_project.config.paths import Home
from dagster_project.contract import WHOLE_COUNTRY
from dagster_project.pointer import current_folder
from dagster_project.problems import SamordnaError
from dagster_project.publication.layout import files_told, reading
from dagster_project.storage import read_json

ALL = "all"


@dataclass(frozen=True)
class Question:
    """Which figure is asked about; a municipality by code or name, the other things by code.

    Without a date the latest is meant. An age group belongs to the first scheme that has it.
    """

    municipality: str
    indicator: str
    date: dt.date | None = None
    age_group: str = ALL
    service_area: str = ALL


@dataclass(frozen=True)
class Figure:
    """The figure itself; a median has no numerator and a count no denominator."""

    numerator: int | None
    denominator: int | None
    value: float
    low: float | None
    high: float | None
    bound_low: float | None
    bound_high: float | None
    definition_set: str


@dataclass(frozen=True)
class Grade:
    """How comparable the figure is, and the measured facts behind it (shares of 1)."""

    grade: str
    reasons: tuple[str, ...]
    rows_behind: int
    quarantined_share: float | None
    changed_share: float | None
    agreement_share: float | None
    persons_known_by_several: int | None
    reported_difference: float | None


@dataclass(frozen=True)
class Step:
    """One step of a waterfall; what a change takes away is negative."""

    step: str
    name: str
    is_level: bool
    rows: int
    is_rule: bool


@dataclass(frozen=True)
class Waterfall:
    """From the rows read to what is counted of a measure, for the municipality as a whole."""

    measure: str
    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Delivery:
    """The newest delivery of a source that counts."""

    source: str
    system: str
    record: str
    file: str
    delivered: dt.date
    rows_read: int
    rows_counted: int
    rows_quarantined: int


@dataclass(frozen=True)
class Break:
    """Where the series of the figure is broken."""

    first_day_after: dt.date
    kind: str
    what: str
    note: str


@dataclass(frozen=True)
class Row:
    """A row that a rule touched: where it stands in which file, never whose it is."""

    source: str
    file: str
    row: int
    registration: str
    detail: str
    first_seen: dt.date


@dataclass(frozen=True)
class Explanation:
    """Everything that is known of a figure."""

    municipality: str
    municipality_name: str
    date: dt.date
    indicator: str
    indicator_name: str
    definition: str
    kind: str
    age_scheme: str
    age_group: str
    service_area: str
    figure: Figure
    grade: Grade
    parameters: tuple[tuple[str, str, bool], ...]
    deliveries: tuple[Delivery, ...]
    waterfalls: tuple[Waterfall, ...]
    breaks: tuple[Break, ...]


def explain(home: Home, question: Question) -> Explanation:
    """Return the explanation of a figure of the current publication.

    Raises `SamordnaError` where nothing is published, where what is asked for is not in it (with
    the nearest that is), and where the figure has nothing to be counted of.
    """
    with _Published(home) as published:
        code, name = published.municipality(question.municipality)
        entry = published.indicator(question.indicator)
        date = published.date(code, question.date)
        scheme = published.age_scheme(question.age_group)
        published.service_area(question.service_area)
        figure = published.figure(
            code, date, entry["indicator"], scheme, question.age_group, question.service_area
        )
        needs = str(entry["needs"]).split(";")
        return Explanation(
            municipality=code,
            municipality_name=name,
            date=date,
            indicator=entry["indicator"],
            indicator_name=entry["name_en"],
            definition=entry["definition_en"],
            kind=entry["kind"],
            age_scheme=scheme,
            age_group=question.age_group,
            service_area=question.service_area,
            figure=figure,
            grade=published.grade(code, date, entry["indicator"]),
            parameters=published.parameters(code),
            deliveries=published.deliveries(code, needs),
            waterfalls=published.waterfalls(
                code, date, [entry["numerator_measure"], entry["denominator_measure"]]
            ),
            breaks=published.breaks(code, entry["indicator"], needs),
        )


def rows_of_rule(home: Home, municipality: str, rule: str) -> tuple[Row, ...]:
    """Return the rows of a municipality's sources that a rule touched, by source, file and row."""
    with _Published(home) as published:
        code, _ = published.municipality(municipality)
        known = [row[0] for row in published.ask("select rule from {rule}")]
        if rule not in known:
            raise SamordnaError("explain_unknown", what="rule", given=rule, hint=_hint(rule, known))
        return tuple(
            Row(*row)
            for row in published.ask(
                """
                select source, delivery, row_number, coalesce(registration_id, ''),
                    coalesce(detail, ''), first_seen
                from {findings} where municipality_code = $code and rule = $rule
                order by source, delivered, delivery, row_number
                """,
                [code],
                code=code,
                rule=rule,
            )
        )


class _Published:
    """The tables of the current publication, asked by name: `select ... from {coverage}`."""

    def __init__(self, home: Home) -> None:
        folder = current_folder(home)
        if folder is None:
            raise SamordnaError("nothing_published", home=str(home.root))
        self._folder: Path = folder
        self._manifest = read_json(folder / "manifest.json")
        self._connection = duckdb.connect()

    def __enter__(self) -> _Published:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(
        self, query: str, municipalities: Sequence[str] | None = None, **values: object
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a query; of tables that lie apart only those municipalities' files."""
        tables = {table for _, table, _, _ in Formatter().parse(query) if table}
        try:
            read = {
                table: reading(
                    files_told(self._folder, table, self._manifest["tables"][table], municipalities)
                )
                for table in tables
            }
            return self._connection.execute(query.format(**read), values or None).fetchall()
        except (duckdb.IOException, duckdb.InvalidInputException, KeyError):
            raise SamordnaError("publication_unreadable", folder=str(self._folder)) from None

    def municipality(self, written: str) -> tuple[str, str]:
        rows = self.ask("select municipality_code, municipality_name from {municipality}")
        for code, name in rows:
            if written.casefold() in (code.casefold(), (name or "").casefold()):
                return code, name or code
        known = [text for row in rows for text in row if text]
        raise SamordnaError(
            "explain_unknown", what="municipality", given=written, hint=_hint(written, known)
        )

    def indicator(self, code: str) -> dict[str, Any]:
        columns = (
            "indicator",
            "name_en",
            "definition_en",
            "kind",
            "needs",
            "numerator_measure",
            "denominator_measure",
        )
        rows = self.ask(
            "select indicator, name_en, definition_en, kind, needs, numerator_measure, "
            "denominator_measure from {indicator}"
        )
        for row in rows:
            if row[0] == code:
                return dict(zip(columns, row, strict=True))
        known = [row[0] for row in rows]
        raise SamordnaError(
            "explain_unknown", what="indicator", given=code, hint=_hint(code, known)
        )

    def date(self, code: str, wanted: dt.date | None) -> dt.date:
        dates: list[dt.date] = [
            day
            for (day,) in self.ask(
                "select distinct reference_date from {coverage} "
                "where municipality_code = $code order by 1",
                [code],
                code=code,
            )
        ]
        if not dates:
            raise SamordnaError("explain_no_figures", municipality=code)
        if wanted is None:
            return dates[-1]
        if wanted not in dates:
            nearest = min(dates, key=lambda day: abs(day - wanted))
            raise SamordnaError(
                "explain_date",
                municipality=code,
                date=str(wanted),
                first=str(dates[0]),
                last=str(dates[-1]),
                nearest=str(nearest),
            )
        return wanted

    def age_scheme(self, group: str) -> str:
        rows = self.ask(
            "select age_scheme, age_group from {age_group} "
            "order by age_scheme <> 'standard', age_scheme"
        )
        for scheme, known in rows:
            if known == group or group in (ALL, "unknown"):
                return str(scheme)
        known_groups = sorted({row[1] for row in rows})
        raise SamordnaError(
            "explain_unknown", what="age group", given=group, hint=_listed(known_groups)
        )

    def service_area(self, code: str) -> None:
        known = [ALL, *(row[0] for row in self.ask("select service_area from {service_area}"))]
        if code not in known:
            raise SamordnaError(
                "explain_unknown", what="service area", given=code, hint=_hint(code, known)
            )

    def figure(
        self, code: str, date: dt.date, indicator: str, scheme: str, group: str, area: str
    ) -> Figure:
        rows = self.ask(
            """
            select numerator, denominator, value, ci_low, ci_high, bound_low, bound_high,
                definition_set
            from {coverage}
            where municipality_code = $code and reference_date = $date
                and indicator = $indicator and age_scheme = $scheme
                and age_group = $group and service_area = $area
            """,
            [code],
            code=code, date=date, indicator=indicator, scheme=scheme, group=group, area=area,
        )  # fmt: skip
        if not rows:
            raise SamordnaError(
                "explain_empty",
                indicator=indicator,
                municipality=code,
                date=str(date),
                age_group=group,
                service_area=area,
            )
        return Figure(*rows[0])

    def grade(self, code: str, date: dt.date, indicator: str) -> Grade:
        (row,) = self.ask(
            """
            select grade, coalesce(reasons, ''), rows_behind, quarantined_share, changed_share,
                agreement_share, persons_known_by_several, reported_difference
            from {comparability}
            where municipality_code = $code and reference_date = $date
                and indicator = $indicator
            """,
            [code],
            code=code, date=date, indicator=indicator,
        )  # fmt: skip
        return Grade(row[0], tuple(filter(None, row[1].split(";"))), *row[2:])

    def parameters(self, code: str) -> tuple[tuple[str, str, bool], ...]:
        return tuple(
            (str(name), str(value), bool(changed))
            for name, value, changed in self.ask(
                "select parameter, value, is_changed from {definition} "
                "where municipality_code = $code order by parameter",
                [code],
                code=code,
            )
        )

    def deliveries(self, code: str, records: Sequence[str]) -> tuple[Delivery, ...]:
        # Persons stand behind every figure of persons; statistics of the population are common.
        return tuple(
            Delivery(*row)
            for row in self.ask(
                """
                select source, coalesce(system, ''), record, delivery, delivered, rows_read,
                    rows_counted, rows_quarantined
                from {reconciliation}
                where status = 'in_force' and list_contains($records, record)
                    and (municipality_code = $code or record = 'befolkning')
                qualify row_number() over (
                    partition by source order by delivered desc, delivery desc
                ) = 1
                order by record, source
                """,
                [code, *self._of_whole_country()],
                code=code, records=[*records, "person"],
            )
        )  # fmt: skip

    def _of_whole_country(self) -> set[str]:
        """Return the municipalities whose sources deliver statistics of the whole country."""
        return {
            each["municipality_code"]
            for each in self._manifest.get("sources", [])
            if each["record"] in WHOLE_COUNTRY
        }

    def waterfalls(
        self, code: str, date: dt.date, measures: Sequence[str | None]
    ) -> tuple[Waterfall, ...]:
        found = []
        for measure in dict.fromkeys(filter(None, measures)):
            steps = self.ask(
                """
                select waterfall.step, coalesce(known.name_en, rule.name_en, waterfall.step),
                    waterfall.kind = 'level', rows, rule.rule is not null
                from {waterfall} as waterfall
                left join {waterfall_step} as known on waterfall.step = known.step
                left join {rule} as rule on waterfall.step = rule.rule
                where municipality_code = $code and reference_date = $date and measure = $measure
                order by step_order
                """,
                [code],
                code=code, date=date, measure=measure,
            )  # fmt: skip
            ((name,),) = self.ask(
                "select name_en from {measure} where measure = $measure", measure=measure
            )
            found.append(Waterfall(measure, name, tuple(Step(*step) for step in steps)))
        return tuple(found)

    def breaks(self, code: str, indicator: str, records: Sequence[str]) -> tuple[Break, ...]:
        return tuple(
            Break(*row)
            for row in self.ask(
                """
                select first_day_after, kind, coalesce(source, record, indicator, ''),
                    coalesce(note_en, '')
                from {series_break}
                where municipality_code = $code
                    and coalesce(indicator, $indicator) = $indicator
                    and (record is null or list_contains($records, record))
                order by first_day_after, kind
                """,
                [code],
                code=code, indicator=indicator, records=list(records),
            )
        )  # fmt: skip


def _hint(written: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(written, known, n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else _listed(known)


def _listed(known: Sequence[str]) -> str:
    return f" There are: {', '.join(known)}."
