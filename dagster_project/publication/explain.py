"""The way back of one figure: what it is, what it was made with and from, and why it is so.

Reads the current publication only, so it tells of what people see.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from dagster_project.config.paths import Home
from dagster_project.problems import SamordnaError
from dagster_project.publication.reader import comparability, coverage, provenance, reference
from dagster_project.publication.reader.comparability import Break, Grade
from dagster_project.publication.reader.coverage import Figure, Municipality
from dagster_project.publication.reader.names import Names
from dagster_project.publication.reader.provenance import (
    Delivery,
    FoundRow,
    PublishedParameter,
    Step,
)
from dagster_project.publication.reader.publication import (
    Publication,
    PublicationError,
    Unreadable,
    current_publication,
)
from dagster_project.publication.reader.reference import ALL, UNKNOWN, Indicator, Measure


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
class Waterfall:
    """From the rows read to what is counted of a measure, for the municipality as a whole."""

    measure: Measure
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Explanation:
    """Everything that is known of a figure.

    `deliveries` holds the newest of each source that counts; of the `step_names` those that are
    rules touch rows that can be listed.
    """

    municipality: Municipality
    date: dt.date
    indicator: Indicator
    age_group: str
    service_area: str
    figure: Figure
    grade: Grade
    parameters: tuple[PublishedParameter, ...]
    deliveries: tuple[Delivery, ...]
    waterfalls: tuple[Waterfall, ...]
    step_names: Mapping[str, Names]
    rules: frozenset[str]
    breaks: tuple[Break, ...]


def explain(home: Home, question: Question) -> Explanation:
    """Return the explanation of a figure of the current publication.

    Raises `SamordnaError` where nothing is published, where what is asked for is not in it (with
    the nearest that is), and where the figure has nothing to be counted of.
    """
    with _readable(home):
        published = current_publication(home)
        municipality = _municipality(published, question.municipality)
        published = published.as_seen_by(municipality.code)
        code, age_group, area = municipality.code, question.age_group, question.service_area
        indicators = reference.indicators(published)
        _require("indicator", question.indicator, list(indicators))
        indicator = indicators[question.indicator]
        date = _date(published, code, question.date)
        scheme = _age_scheme(published, age_group)
        _require("service area", area, [ALL, *reference.service_areas(published), UNKNOWN])
        figure = coverage.figure(published, code, date, indicator.code, scheme, age_group, area)
        grade = comparability.grade(published, code, date, indicator.code)
        if figure is None or grade is None:
            raise SamordnaError(
                "explain_empty",
                indicator=indicator.code,
                municipality=code,
                date=str(date),
                age_group=age_group,
                service_area=area,
            )
        # Persons stand behind every figure of persons.
        records = tuple(dict.fromkeys([*indicator.needs, "person"]))
        deliveries = provenance.sources(published, code, records)
        measures = reference.measures(published)
        counted = dict.fromkeys([indicator.numerator_measure, indicator.denominator_measure])
        return Explanation(
            municipality=municipality,
            date=date,
            indicator=indicator,
            age_group=age_group,
            service_area=area,
            figure=figure,
            grade=grade,
            parameters=provenance.parameters(published, code),
            deliveries=tuple(sorted(deliveries, key=lambda each: (each.record, each.source))),
            waterfalls=tuple(
                Waterfall(measures[measure], provenance.steps(published, code, date, measure))
                for measure in counted
                if measure
            ),
            step_names=reference.step_names(published),
            rules=frozenset(reference.rules(published)),
            breaks=comparability.breaks(published, code, indicator.code, indicator.needs),
        )


def rows_of_rule(home: Home, municipality: str, rule: str) -> tuple[FoundRow, ...]:
    """Return the rows of a municipality's sources that a rule touched, by source, file and row."""
    with _readable(home):
        published = current_publication(home)
        code = _municipality(published, municipality).code
        published = published.as_seen_by(code)
        _require("rule", rule, list(reference.rules(published)))
        return provenance.rows_of_rule(published, code, rule)


@contextmanager
def _readable(home: Home) -> Iterator[None]:
    """Say of a publication that cannot be read what to do about it."""
    try:
        yield
    except PublicationError as error:
        if error.reason is Unreadable.NOTHING_PUBLISHED:
            raise SamordnaError("nothing_published", home=str(home.root)) from None
        raise SamordnaError("publication_unreadable", folder=str(home.published)) from None


def _municipality(published: Publication, written: str) -> Municipality:
    """Return the municipality that a code or a name means."""
    known = coverage.municipalities(published).values()
    for each in known:
        if written.casefold() in (each.code.casefold(), each.name.casefold()):
            return each
    texts = [text for each in known for text in dict.fromkeys((each.code, each.name))]
    raise _unknown("municipality", written, _hint(written, texts))


def _date(published: Publication, code: str, wanted: dt.date | None) -> dt.date:
    dates = coverage.reference_dates(published, code)
    if not dates:
        raise SamordnaError("explain_no_figures", municipality=code)
    if wanted is None or wanted in dates:
        return wanted or dates[0]
    nearest = min(reversed(dates), key=lambda day: abs(day - wanted))
    raise SamordnaError(
        "explain_date",
        municipality=code,
        date=str(wanted),
        first=str(dates[-1]),
        last=str(dates[0]),
        nearest=str(nearest),
    )


def _age_scheme(published: Publication, group: str) -> str:
    """Return the first scheme that has an age group."""
    known = {
        scheme: {each.code for each in groups}
        for scheme, groups in reference.age_groups(published).items()
    }
    for scheme, codes in known.items():
        if group in (ALL, UNKNOWN) or group in codes:
            return scheme
    raise _unknown("age group", group, _listed(sorted(set().union(*known.values()))))


def _require(what: str, given: str, known: Sequence[str]) -> None:
    if given not in known:
        raise _unknown(what, given, _hint(given, known))


def _unknown(what: str, given: str, hint: str) -> SamordnaError:
    return SamordnaError("explain_unknown", what=what, given=given, hint=hint)


def _hint(written: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(written, known, n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else _listed(known)


def _listed(known: Sequence[str]) -> str:
    return f" There are: {', '.join(known)}."
