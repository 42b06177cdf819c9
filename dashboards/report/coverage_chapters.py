"""The chapters of who has a coordinator and a plan, who is without, and why that has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from dagster_project.publication.reader import comparability, coverage, needs, reference
from dagster_project.publication.reader.coverage import Measured
from dagster_project.publication.reader.reference import ALL, UNKNOWN, Kind
from dagster_project.reference import rows as seed_rows
from dashboards.analysis import rounding
from dashboards.analysis.rounding import Rounded
from dashboards.analysis.significance import SMALL_DENOMINATOR
from dashboards.content import beside, followup, front_leader, indicator, series, year_change
from dashboards.content import coverage as page
from dashboards.content.indicator import Figure
from dashboards.content.section import or_none
from dashboards.content.shared import break_marks, breaks_in_words
from dashboards.content.shared_figures import NOT_COMPARED
from dashboards.export.table import Holds, Table, Value, table_of
from dashboards.i18n.texts import Sign, capitalised
from dashboards.queries import causes as queries
from dashboards.queries import overview
from dashboards.queries.causes import MONTHS, UNDER_WAY, Causes, Without
from dashboards.report import drawing
from dashboards.report.blocks import Block, Heading, Style
from dashboards.report.drawing import Bar, Dot, Line
from dashboards.report.subject import Subject
from dashboards.view.sharing import last_day
from dashboards.view.state import View

COVERAGE, PLANS, CHILDREN, RATE = (
    "coordinator_coverage",
    "plan_coverage",
    "child_coordinator_rate",
    "coordinator_rate",
)
# The figures that a report is held against that of the year before by.
HEADLINE = (
    COVERAGE,
    PLANS,
    "living_plan_share",
    "meeting_coverage",
    "persons_per_coordinator",
    "coordinator_changes",
    "training_within_6_months",
    "appointment_days",
)
_SCHEME = "standard"
# Where the tables of a coverage have who has it, and who is without.
_GROUP, _WITH, _WITHOUT = 1, 2, 6
_YEARS_BACK, _YEARS_AHEAD = 5, (4, 10)


def summary(subject: Subject) -> Iterator[Block]:
    """Yield what is most worth telling; a change is one only where a test says so."""
    labels, view, texts = subject.labels, subject.view, subject.texts
    found = front_leader.gather(labels, view)
    for sentence in front_leader.three_sentences(found):
        yield from subject.say(sentence, style=Style.POINT, of_groups=True)
    now = or_none(partial(indicator.figure_of, labels, view, COVERAGE))
    if now:
        missing = now.measured.denominator - now.measured.numerator
        nothing = sum(
            each.persons
            for each in queries.without(
                labels.publication, view.municipality, view.reference_date, "coordinator"
            )
            if (each.age_group, each.service_area, each.under_way) == (ALL, ALL, "nothing")
        )
        yield from subject.say(
            subject.text("report.missing.lead_coordinator", persons=_persons(subject, missing)),
            subject.text("report.missing.nothing", number=subject.count(nothing)),
            style=Style.POINT,
        )
    table = _table_of_headlines(subject)
    yield from subject.grid(table, persons=(1, 2), shares=((1, 2),))
    yield from subject.say(texts("report.summary_note"), style=Style.NOTE)


def profile(subject: Subject) -> Iterator[Block]:
    """Yield the municipality: who lives there, where it came from, where it stands."""
    labels, view, texts = subject.labels, subject.view, subject.texts
    known = needs.inhabitants(labels.publication, view.municipality)
    if known is None:
        yield from subject.say(subject.text("report.profile.no_inhabitants"))
    else:
        yield from _inhabitants(subject, known)
    merged = _merged_of(view.municipality)
    if merged:
        yield from subject.say(
            subject.text("report.profile.merged", names=followup.listed(texts, merged))
        )
    yield from subject.say(_standing(subject), of_persons=False)


def of_coverage(subject: Subject) -> Iterator[Block]:
    """Yield the coverage by age group and service area, and over time."""
    labels, texts = subject.labels, subject.texts
    view = followup.view_of(labels, subject.view, COVERAGE)
    figures = page.gather(labels, view)
    yield from subject.say(page.headline(figures), style=Style.LEAD)
    yield from subject.say(page.by_group(figures).title, of_groups=True)
    by_age, by_area = table_by_age(subject), _table_by_area(subject)
    yield from _by_age(subject, by_age)
    yield from subject.shown(by_age)
    yield Heading(texts("report.coverage.by_area"))
    yield from subject.say(texts("coverage.areas_overlap"))
    yield from subject.shown(by_area)
    yield from subject.shown(_matrix(subject, hidden(by_age, _WITH), hidden(by_area, _WITH)))
    yield from subject.say(
        texts("report.coverage.matrix_note", limit=SMALL_DENOMINATOR),
        texts("report.coverage.matrix_hidden") if subject.is_public else None,
        style=Style.NOTE,
        of_persons=False,
    )
    yield Heading(texts("report.coverage.over_time"))
    yield from subject.say(year_change.headline(year_change.gather(labels, view)), of_groups=True)
    yield from _over_time(subject, view)
    yield Heading(texts("report.coverage.children"))
    children = indicator.figure_of(labels, subject.view, CHILDREN)
    families = overview.families(labels.publication, view.municipality, subject.view.reference_date)
    yield from subject.say(
        indicator.level_and_change(children),
        None
        if families is None
        else texts("report.coverage.families", families=subject.count(families)),
    )


def missing(subject: Subject) -> Iterator[Block]:
    """Yield those who are without a coordinator, and those without a plan."""
    for lacking, code in (("coordinator", COVERAGE), ("plan", PLANS)):
        figure = indicator.figure_of(subject.labels, subject.view, code)
        found = queries.without(
            subject.labels.publication,
            subject.view.municipality,
            subject.view.reference_date,
            lacking,
        )
        yield Heading(subject.texts(f"report.missing.{lacking}"))
        yield from _without(subject, figure, found, lacking)
    yield from subject.say(subject.text("report.missing.note"), style=Style.NOTE)


def causes(subject: Subject) -> Iterator[Block]:
    """Yield why each of the two coverages is another than a year before."""
    for code in (COVERAGE, PLANS):
        found = queries.causes(
            subject.labels.publication,
            subject.view.municipality,
            subject.view.reference_date,
            code,
            ALL,
        )
        yield Heading(subject.labels.indicator(code))
        if found is None:
            yield from subject.say(subject.text("report.causes.none"))
        else:
            yield from _causes(subject, code, found)
    yield from subject.say(subject.text("report.causes.note"), style=Style.NOTE)


def since_last_report(subject: Subject) -> Iterator[Block]:
    """Yield what has changed since the report of the year before, and what was corrected since."""
    texts, before = subject.texts, subject.before
    if before is None:
        yield from subject.say(
            subject.text("report.since.none", year=str(subject.view.reference_date.year - 1))
        )
        return
    rows = [row for code in HEADLINE if (row := _since(subject, code)) is not None]
    corrected = [row for row in rows if row[3]]
    yield from subject.say(
        subject.text("report.since.lead", earlier=before.date, publication=before.publication),
        texts(
            "report.since.corrected" if corrected else "report.since.nothing_corrected",
            figures=followup.listed(texts, [str(row[0]) for row in corrected]) if corrected else "",
        ),
    )
    table = table_of(
        subject.text("report.since.table"),
        rows,
        (texts("filter.indicator"), Holds.TEXT, lambda row: row[0]),
        (
            texts("report.since.told", date=texts.date_in_table(before.date)),
            Holds.DECIMAL,
            lambda row: row[1],
        ),
        (
            texts("report.since.now", date=texts.date_in_table(before.date)),
            Holds.DECIMAL,
            lambda row: row[2],
        ),
        (texts("report.since.correction"), Holds.TEXT, lambda row: row[3] or texts.decimal(0.0)),
        (
            texts("report.since.value", date=texts.date_in_table(subject.view.reference_date)),
            Holds.DECIMAL,
            lambda row: row[4],
        ),
        (texts("report.since.happened"), Holds.TEXT, lambda row: row[5]),
        (texts("report.since.tested"), Holds.TEXT, lambda row: row[6]),
    )
    yield from subject.grid(table, persons=())
    yield from subject.say(texts("report.since.note"), style=Style.NOTE)


def remembered(subject: Subject) -> dict[str, float]:
    """Return the figures of this report that the next one is held against; none of few persons."""
    found: dict[str, float] = {}
    for code in HEADLINE:
        figure = or_none(partial(indicator.figure_of, subject.labels, subject.view, code))
        if figure is None:
            continue
        measured = figure.measured
        of = measured.denominator if figure.kind is Kind.SHARE else None
        if not subject.hides(measured.numerator or 0, of):
            found[code] = measured.value
    return found


def _table_of_headlines(subject: Subject) -> Table:
    labels, texts, view = subject.labels, subject.texts, subject.view
    shown = [
        figure
        for code in HEADLINE
        if (figure := or_none(partial(indicator.figure_of, labels, view, code)))
    ]
    targets = overview.targets(labels.publication, view.municipality)

    def aim(figure: Figure) -> Value:
        target = targets.get(figure.indicator.code)
        return labels.value(figure.kind, target.value) if target else ""

    def hides(figure: Figure, measured: Measured) -> bool:
        of = measured.denominator if figure.kind is Kind.SHARE else None
        return figure.kind is not Kind.MEDIAN and subject.hides(measured.numerator, of)

    def value(figure: Figure) -> Value:
        if hides(figure, figure.measured):
            return Sign.SUPPRESSED
        return labels.value(figure.kind, figure.measured.value)

    def interval(figure: Figure) -> Value:
        if figure.kind is Kind.MEDIAN:
            return ""
        if hides(figure, figure.measured):
            return Sign.SUPPRESSED
        return labels.interval(figure.kind, figure.measured)

    def before(figure: Figure) -> Value:
        earlier = figure.change.earlier
        if earlier is None:
            return Sign.NOT_AVAILABLE
        if hides(figure, earlier.measured):
            return Sign.SUPPRESSED
        return labels.value(figure.kind, earlier.value)

    return table_of(
        texts("report.headlines", where=subject.where),
        shown,
        (
            texts("filter.indicator"),
            Holds.TEXT,
            lambda figure: labels.indicator(figure.indicator.code),
        ),
        (
            texts("report.count"),
            Holds.WHOLE,
            lambda figure: figure.measured.numerator if figure.kind is not Kind.MEDIAN else None,
        ),
        (texts("report.of"), Holds.WHOLE, lambda figure: figure.measured.denominator),
        (texts("report.value"), Holds.TEXT, value),
        (
            texts("report.interval"),
            Holds.TEXT,
            interval,
        ),
        (texts("report.year_before"), Holds.TEXT, before),
        (texts("report.change"), Holds.TEXT, lambda figure: _verdict(subject, figure)),
        (texts("report.target"), Holds.TEXT, aim),
    )


def _verdict(subject: Subject, figure: Figure) -> str:
    found = figure.change
    verdict = found.verdict
    return subject.texts(f"report.verdict.{verdict}")


def _inhabitants(subject: Subject, known: needs.Inhabitants) -> Iterator[Block]:
    texts, labels = subject.texts, subject.labels
    population, last = known.population, known.last_counted
    first = max(min(population.persons), last - _YEARS_BACK)
    years = [first, last, *(last + ahead for ahead in _YEARS_AHEAD)]
    ahead = needs.inhabitants_until(labels.publication, subject.view.municipality, max(years))
    shown = [year for year in dict.fromkeys(years) if year in ahead.persons]
    whole = {year: round(ahead.persons[year].sum()) for year in shown}
    yield from subject.say(
        subject.text(
            "report.profile.inhabitants",
            persons=whole[last],
            day=dt.date(last, 1, 1),
            first=str(first),
            difference=texts.signed(whole[last] - whole[first]),
        ),
        subject.text(
            f"report.profile.{known.projected_by(shown[-1])}",
            year=str(shown[-1]),
            persons=whole[shown[-1]],
        )
        if shown[-1] > last
        else None,
    )
    groups = reference.age_groups(labels.publication)[_SCHEME]

    def of(year: int) -> Callable[[reference.AgeGroup], Value]:
        return lambda group: round(ahead.persons[year][group.from_age : group.to_age + 1].sum())

    heads = {
        year: texts(
            "report.profile.counted" if year <= last else "report.profile.expected", year=str(year)
        )
        for year in shown
    }
    table = table_of(
        subject.text("report.profile.table"),
        groups,
        (texts("filter.age"), Holds.TEXT, lambda group: labels.age_group(group.code)),
        *((heads[year], Holds.WHOLE, of(year)) for year in shown),
        total=(texts("column.total"), *(whole[year] for year in shown)),
    )
    # Of inhabitants Statistics Norway tells everybody.
    yield from subject.grid(table, persons=())


def _merged_of(municipality: str) -> list[str]:
    """Return the municipalities that it was put together of, and when."""
    parts = [
        row
        for row in seed_rows("municipalities")
        if row["code_2024"] == municipality
        and row["valid_to_year"]
        and row["valid_from_year"] != ""
    ]
    names = {row["municipality_name"]: row for row in parts}
    today = next(
        (
            row["municipality_name"]
            for row in seed_rows("municipalities")
            if row["municipality_code"] == municipality
        ),
        "",
    )
    if not set(names) - {today}:
        return []
    return [f"{name} ({int(row['valid_to_year']) + 1})" for name, row in names.items()]


def _standing(subject: Subject) -> str:
    """Return where the municipality stands among those that have shared, by a test."""
    labels, texts = subject.labels, subject.texts
    view = beside.of_everybody(subject.view, COVERAGE)
    others = [each for each in beside.compared(labels, view) if each.reason is None]
    if not others:
        return subject.text("report.profile.alone")
    month = last_day(others[0].month)
    own = _exact(subject, month)
    if own is None:
        return subject.text("report.profile.not_compared")
    known = [rounded for each in others if (rounded := beside.rounded_of(each, view))]
    apart = [
        each.events * own.of > own.events * each.of
        for each, adjusted in zip(
            known, rounding.holm([rounding.p_value(each, own) for each in known]), strict=True
        )
        if rounding.is_beyond(adjusted)
    ]
    return texts(
        "report.profile.standing",
        others=len(known),
        higher=sum(apart),
        lower=len(apart) - sum(apart),
        alike=len(known) - len(apart),
        month=texts.month(month),
    )


def _exact(subject: Subject, day: dt.date) -> Rounded | None:
    """Return the municipality's own coverage of a day, as counted; None if not compared."""
    labels, place = subject.labels, subject.view.municipality
    graded = comparability.grade(labels.publication, place, day, COVERAGE)
    found = coverage.figure(labels.publication, place, day, COVERAGE, _SCHEME, ALL, ALL)
    if found is None or graded is None or graded.letter in NOT_COMPARED:
        return None
    events = found.numerator or 0
    others = (found.denominator or 0) - events
    if events + others < SMALL_DENOMINATOR:
        return None
    return Rounded(events, others, (events, events), (others, others))


def _cells(subject: Subject, code: str) -> dict[tuple[str, str], Measured]:
    view = subject.view
    found = coverage.cells(
        subject.labels.publication, view.municipality, view.reference_date, code, _SCHEME
    )
    return {(cell.age_group, cell.service_area): cell.measured for cell in found}


def _ages(subject: Subject, cells: dict[tuple[str, str], Measured]) -> list[str]:
    groups = reference.age_groups(subject.labels.publication)[_SCHEME]
    return [age for age in [*(each.code for each in groups), UNKNOWN] if (age, ALL) in cells]


def _areas(subject: Subject, cells: dict[tuple[str, str], Measured]) -> list[str]:
    in_order = reference.service_areas(subject.labels.publication)
    return [area for area in [*in_order, UNKNOWN] if (ALL, area) in cells]


def _by_age(subject: Subject, table: Table) -> Iterator[Block]:
    labels, texts = subject.labels, subject.texts
    cells = _cells(subject, COVERAGE)
    target = overview.targets(labels.publication, subject.view.municipality).get(COVERAGE)
    away = hidden(table, _WITH)

    def bar(age: str) -> Bar:
        measured = cells[age, ALL]
        name = capitalised(labels.age_group_in_text(_SCHEME, age))
        if labels.age_group(age) in away:
            return Bar(name, None, str(Sign.SUPPRESSED))
        few = measured.denominator < SMALL_DENOMINATOR
        text = f"{labels.value(Kind.SHARE, measured.value)} ({_of(subject, measured)})"
        return Bar(name, measured.value, text, measured.low, measured.high, faint=few)

    shown = [bar(age) for age in [*_ages(subject, cells), ALL]]
    yield from subject.chart(
        "coverage_by_age",
        texts("report.coverage.age_title"),
        subject.text("report.coverage.age_subtitle"),
        drawing.bars(
            shown,
            partial(labels.tick, Kind.SHARE),
            target=target.value if target else None,
            target_text=_target_text(subject, target.value) if target else "",
        ),
        [f"{each.label}: {each.text}" for each in shown],
    )


def _target_text(subject: Subject, value: float) -> str:
    return subject.texts("report.target_line", value=subject.labels.tick(Kind.SHARE, value))


def _of(subject: Subject, measured: Measured) -> str:
    whole = subject.texts.whole
    return subject.texts(
        "measured.of", count=whole(measured.numerator), of=whole(measured.denominator)
    )


def hidden(table: Table, column: int) -> frozenset[str]:
    """Return the names of the rows that hide a column."""
    return frozenset(str(row[0]) for row in table.all_rows if not isinstance(row[column], int))


def table_by_age(subject: Subject) -> Table:
    """Return the coverage by age group, as this edition has it."""
    labels, texts = subject.labels, subject.texts
    cells, per_thousand = _cells(subject, COVERAGE), _cells(subject, RATE)

    def rate(age: str) -> Value:
        found = per_thousand.get((age, ALL))
        return found.value if found else Sign.NOT_AVAILABLE

    found = table_of(
        subject.text("report.coverage.age_table"),
        _ages(subject, cells),
        (texts("filter.age"), Holds.TEXT, labels.age_group),
        *_columns(subject, lambda age: cells[age, ALL]),
        (texts("report.coverage.per_thousand"), Holds.DECIMAL, rate),
        whole=ALL,
    )
    return _protected(subject, found)


def _protected(subject: Subject, table: Table) -> Table:
    return subject.protect(table, shares=((_WITH, _GROUP),), sums=((_GROUP, (_WITH, _WITHOUT)),))


def _table_by_area(subject: Subject) -> Table:
    labels, texts = subject.labels, subject.texts
    cells = _cells(subject, COVERAGE)
    found = table_of(
        subject.text("report.coverage.area_table"),
        _areas(subject, cells),
        (texts("filter.area"), Holds.TEXT, labels.service_area),
        *_columns(subject, lambda area: cells[ALL, area]),
    )
    return _protected(subject, found)


def _columns(
    subject: Subject, read: Callable[[str], Measured]
) -> Iterator[tuple[str, Holds, Callable[[str], Value]]]:
    """Yield the columns of a share of the target group, and who is left."""
    texts = subject.texts
    yield texts("report.coverage.group"), Holds.WHOLE, lambda code: read(code).denominator
    yield texts("report.coverage.with"), Holds.WHOLE, lambda code: read(code).numerator
    yield texts("report.coverage.share"), Holds.PER_CENT, lambda code: read(code).value
    yield texts("report.coverage.low"), Holds.PER_CENT, lambda code: read(code).low
    yield texts("report.coverage.high"), Holds.PER_CENT, lambda code: read(code).high
    yield (
        texts("report.coverage.without"),
        Holds.WHOLE,
        lambda code: read(code).denominator - read(code).numerator,
    )


def _matrix(subject: Subject, ages: frozenset[str], areas: frozenset[str]) -> Table:
    """Return the coverage of each service area by age group, of groups that say something."""
    labels, texts = subject.labels, subject.texts
    cells = _cells(subject, COVERAGE)

    def value(age: str) -> Callable[[str], Value]:
        def of_area(area: str) -> Value:
            measured = cells.get((age, area))
            if measured is None:
                return Sign.NOT_APPLICABLE
            away = subject.hides(measured.numerator, measured.denominator)
            if age == ALL:
                away = away or labels.service_area(area) in areas
            if area == ALL:
                away = away or labels.age_group(age) in ages
            if away:
                return Sign.SUPPRESSED
            written = texts.decimal(100 * measured.value)
            return f"{written}*" if measured.denominator < SMALL_DENOMINATOR else written

        return of_area

    return table_of(
        subject.text("report.coverage.matrix"),
        [*_areas(subject, cells), ALL],
        (texts("filter.area"), Holds.TEXT, labels.service_area),
        *(
            (labels.age_group(age), Holds.DECIMAL, value(age))
            for age in [*_ages(subject, cells), ALL]
        ),
    )


def _over_time(subject: Subject, view: View) -> Iterator[Block]:
    labels = subject.labels
    kind = labels.indicator_entry(view.indicator).kind
    points = [point for point in series.points(labels, view) if point.date <= view.reference_date]
    if len(points) < 2:
        return
    target = overview.targets(labels.publication, view.municipality).get(view.indicator)
    dots = [
        Dot(point.date, point.value, point.measured.low, point.measured.high, point.segment)
        for point in points
    ]
    svg = drawing.lines(
        [Line(labels.indicator(view.indicator), dots)],
        partial(labels.tick, kind),
        breaks=[(mark.date, mark.label) for mark in break_marks(labels, view)],
        target=target.value if target else None,
        target_text=_target_text(subject, target.value) if target else "",
    )
    own = coverage.own_dates(labels.publication, view.municipality)
    of_the_day = [each for each in points if (each.date in own) == (view.reference_date in own)]
    yearly = [point for point in of_the_day if point.date.month == view.reference_date.month]
    figure = indicator.figure_of(labels, subject.view, view.indicator)
    yield from subject.chart(
        f"{view.indicator}_over_time",
        indicator.change_in_words(figure),
        subject.text(
            "report.coverage.time_subtitle",
            indicator=labels.indicator(view.indicator),
            first=points[0].date,
            last=points[-1].date,
        ),
        svg,
        [f"{subject.texts.date(each.date)}: {labels.value(kind, each.value)}" for each in yearly],
    )
    yield from subject.say(breaks_in_words(labels, view), style=Style.NOTE)


def _without(
    subject: Subject, figure: Figure, found: Sequence[Without], lacking: str
) -> Iterator[Block]:
    labels, texts = subject.labels, subject.texts
    whole = figure.measured.denominator - figure.measured.numerator
    everywhere = [each for each in found if each.service_area == ALL]
    everybody = [each for each in everywhere if each.age_group == ALL]
    under_way = {code: _sum(everybody, under_way=code) for code in UNDER_WAY[lacking]}
    yield from subject.say(
        texts(f"report.missing.lead_{lacking}", persons=_persons(subject, whole)),
        texts("report.missing.nothing", number=subject.count(under_way["nothing"])),
        style=Style.LEAD,
    )
    ages = [
        age
        for age in [
            *(each.code for each in reference.age_groups(labels.publication)[_SCHEME]),
            UNKNOWN,
        ]
        if any(each.age_group == age for each in everywhere)
    ]
    heads = [texts(f"report.under_way.{code}") for code in UNDER_WAY[lacking]]
    parts = range(1, len(heads) + 1)
    by_age = table_of(
        subject.text(f"report.missing.age_{lacking}"),
        ages,
        (texts("filter.age"), Holds.TEXT, labels.age_group),
        *(
            (head, Holds.WHOLE, partial(_sum_of_age, everywhere, code))
            for head, code in zip(heads, UNDER_WAY[lacking], strict=True)
        ),
        (texts("column.total"), Holds.WHOLE, partial(_sum_of_age, everywhere, "")),
        whole=ALL,
    )
    sum_of = len(heads) + 1
    # Whom the table of the coverage hides in an age group, this one does not tell either.
    away = hidden(table_by_age(subject), _WITHOUT) if lacking == "coordinator" else frozenset()
    table = subject.protect(
        by_age,
        sums=((sum_of, tuple(parts)),),
        also=[(line, sum_of) for line, row in enumerate(by_age.all_rows) if str(row[0]) in away],
    )
    total = table.total or ()
    shown = [subject.bar_of(head, total[place]) for place, head in enumerate(heads, 1)]
    yield from subject.bars(
        f"without_{lacking}",
        texts(f"report.missing.chart_{lacking}"),
        subject.text(f"report.missing.subtitle_{lacking}"),
        shown,
    )
    yield from subject.shown(table)
    by_months = table_of(
        subject.text(f"report.missing.months_{lacking}"),
        MONTHS,
        (texts("report.missing.months"), Holds.TEXT, lambda each: texts(f"report.months.{each}")),
        (texts("report.missing.persons"), Holds.WHOLE, lambda each: _sum(everybody, months=each)),
        total=(texts("column.total"), whole),
    )
    yield from subject.grid(by_months)
    areas = [
        area
        for area in [*reference.service_areas(labels.publication), UNKNOWN]
        if any(each.service_area == area for each in found)
    ]
    of_areas = [each for each in found if each.age_group == ALL]
    by_area = table_of(
        subject.text(f"report.missing.area_{lacking}"),
        areas,
        (texts("filter.area"), Holds.TEXT, labels.service_area),
        *(
            (head, Holds.WHOLE, partial(_sum_of_area, of_areas, code))
            for head, code in zip(heads, UNDER_WAY[lacking], strict=True)
        ),
        (texts("column.total"), Holds.WHOLE, partial(_sum_of_area, of_areas, "")),
    )
    yield from subject.grid(by_area, sums=((len(heads) + 1, tuple(parts)),))


def _sum(found: Sequence[Without], *, under_way: str = "", months: str = "") -> int:
    return sum(
        each.persons
        for each in found
        if under_way in ("", each.under_way) and months in ("", each.months)
    )


def _sum_of_age(found: Sequence[Without], under_way: str, age: str) -> int:
    return _sum([each for each in found if each.age_group == age], under_way=under_way)


def _sum_of_area(found: Sequence[Without], under_way: str, area: str) -> int:
    return _sum([each for each in found if each.service_area == area], under_way=under_way)


def _persons(subject: Subject, count: int) -> str:
    if subject.hides(count):
        return subject.texts("report.few_persons")
    return subject.texts.counted("person", count)


def _causes(subject: Subject, code: str, found: Causes) -> Iterator[Block]:
    labels, texts = subject.labels, subject.texts
    figure = indicator.figure_of(labels, subject.view, code)
    now = figure.measured
    numerator = sum(each.numerator for each in found.causes)
    denominator = sum(each.denominator for each in found.causes)
    names = reference.change_causes(labels.publication)
    kind = "more" if numerator > 0 else "fewer" if numerator < 0 else "alike"
    what = labels.measure_in_text(figure.indicator.numerator_measure)
    of = labels.measure_in_text(figure.indicator.denominator_measure)
    yield from subject.say(
        texts(
            f"report.causes.{kind}",
            what=what,
            now=subject.count(now.numerator),
            then=subject.count(now.numerator - numerator),
            difference=abs(numerator),
            earlier=found.compared_on,
        ),
        texts(
            "report.causes.group",
            of=of,
            now=subject.count(now.denominator),
            then=subject.count(now.denominator - denominator),
        ),
        indicator.change_in_words(figure),
        style=Style.LEAD,
    )
    counted = table_of(
        subject.text("report.causes.table", indicator=labels.indicator(code)),
        found.causes,
        (texts("report.causes.cause"), Holds.TEXT, lambda each: texts.named(names[each.code])),
        (texts("report.causes.persons"), Holds.WHOLE, lambda each: each.persons),
        (texts("report.causes.numerator", what=what), Holds.SIGNED, lambda each: each.numerator),
        (texts("report.causes.denominator", of=of), Holds.SIGNED, lambda each: each.denominator),
        total=(
            texts("column.total"),
            sum(each.persons for each in found.causes),
            numerator,
            denominator,
        ),
    )
    table = subject.protect(counted)
    shown = [
        Bar(
            str(row[0]),
            float(change) if isinstance(change, int) else 0.0,
            texts.signed(change) if isinstance(change, int) else str(change),
        )
        for row, each in zip(table.rows, found.causes, strict=True)
        if each.numerator and (change := row[2]) is not None
    ]
    if shown:
        yield from subject.chart(
            f"causes_{code}",
            texts(f"report.causes.chart_{kind}", what=what),
            subject.text("report.causes.subtitle", what=what, earlier=found.compared_on),
            drawing.differences(shown, _signed(subject)),
            [f"{each.label}: {each.text}" for each in shown],
        )
    yield from subject.shown(table)


def _signed(subject: Subject) -> drawing.Write:
    return lambda value: subject.texts.signed(int(value)) if float(value).is_integer() else ""


def _since(subject: Subject, code: str) -> tuple[Value, ...] | None:
    """Return a figure of then as it was told, as it is counted now, and of today; None without."""
    labels, before = subject.labels, subject.before
    figure = or_none(partial(indicator.figure_of, labels, subject.view, code))
    if figure is None or before is None or code not in before.values:
        return None
    factor = 100 if figure.kind is Kind.SHARE else 1
    told = before.values[code]
    recounted = next((each for each in figure.points if each.date == before.date), None)
    name = labels.indicator(code)
    now = figure.measured.value
    if recounted is None:
        return (
            name,
            told * factor,
            Sign.NOT_AVAILABLE,
            str(Sign.NOT_AVAILABLE),
            now * factor,
            "",
            "",
        )
    now_segment = next(
        each.segment for each in figure.points if each.date == subject.view.reference_date
    )
    is_broken = now_segment != recounted.segment
    earlier = figure.change.earlier
    is_tested = earlier is not None and earlier.date == before.date
    correction = round((recounted.value - told) * factor, 1)
    texts = subject.texts
    return (
        name,
        told * factor,
        recounted.value * factor,
        texts.signed_decimal(correction) if correction else "",
        now * factor,
        texts("report.since.broken")
        if is_broken
        else texts.signed_decimal((now - recounted.value) * factor),
        _verdict(subject, figure) if is_tested else "",
    )
