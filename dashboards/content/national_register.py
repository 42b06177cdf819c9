"""The page *Slik teller KPR og KOSTRA*: what the national registers will count of us, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

from dashboards.charts.waterfall import Bar, waterfall
from dashboards.content import columns
from dashboards.content import followup as shared
from dashboards.content.absence import dates
from dashboards.content.labels import Labels
from dashboards.content.page_data import PageData
from dashboards.content.section import NoFigure, Section, part
from dashboards.content.shared import ON_A_DATE, Picture
from dashboards.export.downloads import Notes
from dashboards.export.table import Holds, Table, Value, table_of
from dashboards.i18n.texts import Sign
from dashboards.queries import national_register as queries
from dashboards.queries.national_register import Cause, Mirrored, Touching
from dashboards.view.state import View

RECORDS = ("tjeneste", "ip", "koordinator", "koordinatortall")
KOSTRA, KPR_PLAN, KPR_COORDINATOR = FIGURES = (
    "kostra_plan_users",
    "kpr_plan_share",
    "kpr_coordinator_share",
)
NUMERATOR = "numerator"
# The columns of reported counts that the register's own figures are typed into.
TYPED_IN = ("kpr_mottakere", "kpr_med_ip", "kpr_med_koordinator", "kostra_med_ip")
# The page shows so many rules, those that touch most; the files hold all.
SHOWN_FIRST = 10


@dataclass(frozen=True)
class Row:
    """A number of persons side by side: ours, the register's from and to, and what it shows."""

    name: str
    ours: int
    low: int
    high: int
    reported: int | None


@dataclass(frozen=True)
class RegisterFigures(PageData):
    """Everything that the page shows, read at once from one publication; of 31 December."""

    figures: tuple[Mirrored, ...]
    causes: tuple[Cause, ...]
    findings: tuple[Touching, ...]
    chosen: View

    def of(self, figure: str) -> Mirrored:
        """Return a figure."""
        return next(each for each in self.figures if each.figure == figure)

    @property
    def has_codes(self) -> bool:
        """Whether any service has a code: else nothing can be said of what the register counts."""
        some = self.figures[0]
        return some.services_without_code < some.services

    def name(self, figure: str) -> str:
        """Return what a figure is called."""
        return self.labels.code("register_figure", figure)


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page."""
    texts = labels.texts
    yield Section(filters=[ON_A_DATE])
    found = gather(labels, view)
    yield Section(lead=[headline(found)], remarks=remarks(found))
    yield from part(_section_numbers(found), texts("national_register.section_numbers"))
    yield from part(_section_shares(found), texts("national_register.section_shares"))
    for figure in FIGURES:
        yield from part(_section_causes(found, figure), found.name(figure))
    yield from part(_section_findings(found), texts("national_register.section_findings"))


def _section_numbers(found: RegisterFigures) -> Iterator[Section]:
    table = table_of_numbers(found)
    yield Section(
        key="register_numbers",
        of_table=own_view(found),
        table=table,
        notes=_notes(found, table.title, "numbers"),
    )


def _section_shares(found: RegisterFigures) -> Iterator[Section]:
    table = table_of_shares(found)
    yield Section(
        key="register_shares",
        of_table=[found.text("national_register.denominators")],
        table=table,
        notes=_notes(found, table.title, "shares"),
    )


def _section_causes(found: RegisterFigures, figure: str) -> Iterator[Section]:
    table = table_of_causes(found, figure)
    if not table.rows:
        raise found.absence("national_register.no_difference")
    yield Section(
        key=f"register_{figure}",
        picture=picture_of_causes(found, figure),
        table=table,
        notes=_notes(found, table.title, figure),
    )


def _section_findings(found: RegisterFigures) -> Iterator[Section]:
    table = table_of_findings(found)
    if not table.rows:
        yield Section(remarks=[found.text("national_register.no_findings")])
        return
    yield Section(
        key="register_findings",
        of_table=[found.text("national_register.correct_first")],
        table=replace(table, rows=table.rows[:SHOWN_FIRST]),
        notes=_notes(found, table.title, "findings"),
        whole=lambda: table,
    )


def gather(labels: Labels, view: View) -> RegisterFigures:
    """Read what the registers would count on the last 31 December, or raise why nothing is."""
    publication, place = labels.publication, view.municipality
    dates(labels, view)
    day = queries.newest_day(publication, place, view.reference_date)
    if day is None:
        raise NoFigure(
            labels.texts(
                "national_register.no_year",
                municipality=labels.municipality(place),
                date=view.reference_date,
            )
        )
    on_the_day = replace(view, reference_date=day)
    figures = queries.mirrored(publication, place, day)
    if not figures[0].services:
        raise shared.absence(labels, on_the_day, ("tjeneste",))
    return RegisterFigures(
        labels=labels,
        view=on_the_day,
        figures=figures,
        causes=queries.causes(publication, place, day),
        findings=queries.findings(publication, place, day),
        chosen=view,
    )


def headline(found: RegisterFigures) -> str:
    """Return the sentence that the page is about: how many KOSTRA would count, and how many we."""
    kostra = found.of(KOSTRA)
    key = "exact" if kostra.low == kostra.high else "range"
    return found.text(
        f"national_register.headline_{key if found.has_codes else 'no_codes'}",
        low=kostra.low,
        high=kostra.high,
        ours=kostra.ours,
    )


def remarks(found: RegisterFigures) -> list[str]:
    """Return how many services lack a code, which day it is, and when the year is reported."""
    texts, some, day = found.texts, found.figures[0], found.view.reference_date
    said = []
    if found.has_codes and some.services_without_code:
        said.append(
            found.text(
                "national_register.without_code",
                without=some.services_without_code,
                services=some.services,
            )
        )
    if found.chosen.reference_date != day:
        said.append(found.text("national_register.other_day", chosen=found.chosen.reference_date))
    said.append(
        texts("national_register.deadline", year=str(day.year), next=str(day.year + 1)),
    )
    return said


def own_view(found: RegisterFigures) -> list[str]:
    """Return how the register's own view is held against ours, or how it can be typed in."""
    read = [each for each in map(found.of, FIGURES) if each.reported is not None]
    if not read:
        columns_of_it = shared.listed(found.texts, TYPED_IN)
        return [found.text("national_register.not_typed_in", columns=columns_of_it)]
    said = []
    is_short = False
    for each in read:
        reported = each.reported or 0
        # Beyond the range, the nearest end of it; within, nothing differs.
        nearest = min(max(reported, each.low), each.high)
        is_short |= reported < nearest and each.elsewhere > 0
        if reported != nearest:
            said.append(
                found.text(
                    f"national_register.read_{'fewer' if reported < nearest else 'more'}",
                    figure=found.name(each.figure),
                    reported=reported,
                    differing=abs(reported - nearest),
                    elsewhere=found.texts.counted("person", each.elsewhere),
                )
            )
    if is_short:
        said.append(found.text("national_register.not_told"))
    return said or [found.text("national_register.read_agrees")]


def table_of_numbers(found: RegisterFigures) -> Table:
    """Return the numbers of persons side by side: ours, the register's, and what it shows."""
    texts, recipients = found.texts, found.of(KPR_PLAN)
    rows = [_row(found, found.of(figure)) for figure in FIGURES]
    rows.append(
        Row(
            found.text("national_register.recipients"),
            recipients.target_group or 0,
            recipients.recipients_low or 0,
            recipients.recipients_high or 0,
            recipients.reported_recipients,
        )
    )
    ends = _ends(any(row.low != row.high for row in rows))
    return table_of(
        found.text("national_register.numbers_table"),
        rows,
        (texts("national_register.column_figure"), Holds.TEXT, lambda row: row.name),
        (texts("national_register.column_ours"), Holds.WHOLE, lambda row: row.ours),
        *(
            (texts(f"national_register.column_{name}"), Holds.WHOLE, attrgetter(end))
            for name, end in ends.items()
        ),
        *(
            (
                texts(f"national_register.column_difference_{name}"),
                Holds.SIGNED,
                partial(_difference, end),
            )
            for name, end in ends.items()
        ),
        (texts("national_register.column_reported"), Holds.WHOLE, lambda row: _known(row.reported)),
    )


def table_of_shares(found: RegisterFigures) -> Table:
    """Return the shares of KPR beside our coverage; they have other denominators."""
    texts = found.texts
    rows = [found.of(KPR_PLAN), found.of(KPR_COORDINATOR)]
    ends = _ends(any(each.share_low != each.share_high for each in rows))
    return table_of(
        found.text("national_register.shares_table"),
        rows,
        (
            texts("national_register.column_figure"),
            Holds.TEXT,
            lambda each: found.name(each.figure),
        ),
        (
            texts("national_register.column_own_share"),
            Holds.PER_CENT,
            lambda each: _known(each.own_share),
        ),
        *(
            (
                texts(f"national_register.column_share_{name}"),
                Holds.PER_CENT,
                partial(_share, end),
            )
            for name, end in ends.items()
        ),
        (
            texts("national_register.column_reported_share"),
            Holds.PER_CENT,
            lambda each: _known(each.reported_share),
        ),
    )


def picture_of_causes(found: RegisterFigures, figure: str) -> Picture:
    """Return the way from our number to the register's.

    It ends at what the register counts at least; at most, where no service has a code and nothing
    can be said of the least.
    """
    of_figure, texts = found.of(figure), found.texts
    is_range = of_figure.low != of_figure.high
    end = ("low" if found.has_codes else "high") if is_range else "exact"
    title = found.text(
        f"national_register.causes_title_{end}",
        ours=of_figure.ours,
        register=of_figure.high if end == "high" else of_figure.low,
    )
    bars = _bars(found, of_figure)
    return found.picture(
        title,
        found.text("national_register.causes_subtitle", figure=found.name(figure)),
        lambda palette: waterfall(palette, bars),
        texts(f"national_register.ends_{end}") if is_range else None,
    )


def table_of_causes(found: RegisterFigures, figure: str) -> Table:
    """Return why our number is another than the register's, of both sides of the fraction."""
    texts = found.texts
    return table_of(
        found.text("national_register.causes_table", figure=found.name(figure)),
        [each for each in found.causes if each.figure == figure],
        (
            texts("national_register.column_side"),
            Holds.TEXT,
            lambda each: texts(f"national_register.side_{each.side}"),
        ),
        (
            texts("national_register.column_cause"),
            Holds.TEXT,
            lambda each: found.labels.code("register_cause", each.cause),
        ),
        (texts("national_register.column_if_none"), Holds.SIGNED, lambda each: each.if_none),
        (texts("national_register.column_if_all"), Holds.SIGNED, lambda each: each.if_all),
    )


def table_of_findings(found: RegisterFigures) -> Table:
    """Return what can be corrected first: what touches most of those counted otherwise."""
    texts = found.texts
    return table_of(
        found.text("national_register.findings_table"),
        found.findings,
        *columns.named(found.labels, "rule", "record"),
        (texts("national_register.column_persons"), Holds.WHOLE, lambda each: each.persons),
        (texts("national_register.column_findings"), Holds.WHOLE, lambda each: each.findings),
        *columns.named(found.labels, "advice"),
    )


def _row(found: RegisterFigures, each: Mirrored) -> Row:
    return Row(found.name(each.figure), each.ours, each.low, each.high, each.reported)


def _ends(is_range: bool) -> dict[str, str]:
    """Return the ends of what the register counts, by their columns; one where they are alike."""
    return {"low": "low", "high": "high"} if is_range else {"exact": "low"}


def _difference(end: str, row: Row) -> int:
    return row.ours - int(getattr(row, end))


def _share(end: str, each: Mirrored) -> Value:
    return _known(getattr(each, f"share_{end}"))


def _bars(found: RegisterFigures, of_figure: Mirrored) -> Sequence[Bar]:
    texts, has_codes = found.texts, found.has_codes
    changes = [
        (found.labels.code("register_cause", each.cause), -persons)
        for each in found.causes
        if each.figure == of_figure.figure and each.side == NUMERATOR
        if (persons := each.if_none if has_codes else each.if_all)
    ]
    bars = [_level(found, "national_register.column_ours", of_figure.ours)]
    left = of_figure.ours
    for name, change in changes:
        text = texts.signed(change)
        bars.append(Bar(name, left, left + change, False, text, f"<b>{name}</b><br>{text}"))
        left += change
    end = of_figure.low if has_codes else of_figure.high
    return [*bars, _level(found, "national_register.as_register", end)]


def _level(found: RegisterFigures, key: str, number: int) -> Bar:
    name, text = found.text(key), found.texts.whole(number)
    return Bar(name, 0, number, True, text, f"<b>{name}</b><br>{text}")


def _known(value: float | None) -> Value:
    return Sign.NOT_AVAILABLE if value is None else value


def _notes(found: RegisterFigures, title: str, name: str) -> Notes:
    definition = found.text("national_register.definition")
    return found.notes(title, definition, RECORDS, f"register-{name}")
