"""Prints what the pages say, page by page, to be read aloud.

    python -m docs.sentences --home demo --out sentences.txt [--language nb] [--municipality 4602]

Every lead, title, remark and judgement of the newest reference date of each municipality: of each
indicator where a page has them, in each language. Whether they are true is what the tests are for;
whether they can be understood, and whether two of them can be read as a contradiction, is not.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from dagster_project.config.paths import Home
from dashboards.content import (
    coordinators,
    coverage,
    development,
    explanation,
    front_analyst,
    front_leader,
    front_steward,
    housing,
    indicator,
    meetings,
    notices,
    plans,
    quality,
    registration,
    year_change,
)
from dashboards.content.indicator import Figure
from dashboards.content.labels import Labels
from dashboards.content.shared import Absence, Picture, cut_in_words, grade_in_words
from dashboards.i18n.texts import NO_BREAK_SPACE, Language, Texts
from dashboards.pages import PageKey
from dashboards.queries import coverage as figures
from dashboards.queries import reference
from dashboards.queries.publication import Publication, current_publication
from dashboards.view.choices import PublishedOffer
from dashboards.view.preferences import Preferences
from dashboards.view.state import View

Found = TypeVar("Found")


def sentences(
    publication: Publication, languages: Iterable[Language], municipalities: Iterable[str]
) -> Iterator[str]:
    """Yield the lines: a heading for each page, and what it says."""
    municipalities = list(municipalities)
    for language in languages:
        labels = Labels(publication, Texts(language))
        for view in views(publication, language, municipalities):
            place = f"{language} {labels.municipality(view.municipality)}"
            yield from _page(f"{place}, front", front(labels, view))
            for name, told in _pages(labels, view):
                yield from _page(f"{place}, {name}", told)
            for code in reference.indicators(publication):
                of_indicator = replace(view, indicator=code)
                for name, told in _pages_of_indicator(labels, of_indicator):
                    yield from _page(f"{place}, {name}, {code}", told)


def views(
    publication: Publication, language: Language, municipalities: Iterable[str]
) -> Iterator[View]:
    """Yield the view of each municipality that has figures, on its newest date."""
    scheme = next(iter(reference.age_groups(publication)))
    first = next(iter(reference.indicators(publication)))
    for code in municipalities:
        dates = figures.reference_dates(publication, code)
        if dates:
            yield View(language, code, dates[0], first, scheme)


def front(labels: Labels, view: View) -> Iterator[str]:
    """Yield what the leader's and the steward's front pages say."""
    found = front_leader.gather(labels, view)
    if isinstance(found, Absence):
        yield found.sentence
        return
    yield from front_leader.three_sentences(found)
    for card in found.cards:
        told = [
            labels.indicator(card.figure.indicator),
            front_leader.value_in_words(found, card),
            front_leader.interval_in_words(found, card),
            *front_leader.held_against(found, card),
        ]
        yield " | ".join(told)
    yield front_leader.absent_in_words(found) or ""
    yield front_leader.changes_in_words(found)
    work = front_steward.gather(labels, view)
    yield work.sentence if isinstance(work, Absence) else front_steward.headline(work)


def _pages(labels: Labels, view: View) -> Iterator[tuple[str, Iterator[str]]]:
    yield "coordinators", _said(coordinators.gather(labels, view), _coordinators)
    yield "plans", _said(plans.gather(labels, view), _plans)
    yield "meetings", _said(meetings.gather(labels, view), _meetings)
    yield "notices", _said(notices.gather(labels, view), _notices)
    yield "housing", _said(housing.gather(labels, view), _housing)
    yield "quality", _said(quality.gather(labels, view), _quality)


def _pages_of_indicator(labels: Labels, view: View) -> Iterator[tuple[str, Iterator[str]]]:
    if view.indicator not in figures.cuts(labels.publication):
        return  # not counted
    yield "development", _development(labels, view)
    yield "analyst", _said(front_analyst.gather(labels, view), _analyst)
    yield "explanation", _explanation(labels, view)
    preferences = Preferences(view.language, view.municipality)
    offered = PublishedOffer(labels.publication, preferences, PageKey.COVERAGE)
    if view.indicator in offered.indicators():
        yield "coverage", _coverage(labels, view)
        yield "registration", _said(registration.gather(labels, view), _registration)


def _coverage(labels: Labels, view: View) -> Iterator[str]:
    found = coverage.gather(labels, view)
    if isinstance(found, Absence):
        yield found.sentence
        return
    yield coverage.headline(found)
    yield from _picture(coverage.by_group(found))
    for cut in _cuts(labels, found.view):
        of_cut = coverage.gather(labels, cut)
        if not isinstance(of_cut, Absence):
            yield f"{cut_in_words(labels, cut)}: "
            yield from _picture(coverage.over_time(of_cut))


def _development(labels: Labels, view: View) -> Iterator[str]:
    for cut in _cuts(labels, development.fitted(labels, view)):
        found = development.gather(labels, cut)
        if isinstance(found, Absence):
            yield found.sentence
            continue
        yield development.headline(found)
        yield grade_in_words(labels, cut) or ""
        yield from _picture(development.over_time(found))
        yield from _picture(development.by_month(found))
        yield development.how_tested(found)
        change = year_change.gather(found)
        if isinstance(change, Absence):
            yield change.sentence
        elif change is not None and cut.age_group == view.age_group:
            yield from _picture(year_change.picture(change))


def _cuts(labels: Labels, view: View) -> Iterator[View]:
    """Yield the view of everybody, and of the youngest."""
    yield view
    if figures.cuts(labels.publication)[view.indicator].has_ages:
        youngest = reference.age_groups(labels.publication)[view.age_scheme][0].code
        yield replace(view, age_group=youngest)


def _analyst(found: front_analyst.Comparison) -> Iterator[str]:
    yield front_analyst.headline(found)
    yield from _picture(front_analyst.picture(found))
    for table in (front_analyst.table_of_compared(found), front_analyst.table_of_left_out(found)):
        yield from (": ".join(str(cell) for cell in (row[0], *row[-2:])) for row in table.rows)


def _explanation(labels: Labels, view: View) -> Iterator[str]:
    found = explanation.gather(labels, view)
    yield explanation.definition(found)
    yield explanation.cut(found)
    yield explanation.value(found)
    yield from explanation.missing(found)
    yield explanation.breaks(found)


def _registration(found: registration.Provenance) -> Iterator[str]:
    yield registration.headline(found)
    for side in found.sides:
        yield from _picture(registration.picture(found, side))
    yield registration.definition(found)
    yield registration.checks_in_words(found)


def _coordinators(found: coordinators.CoordinatorFigures) -> Iterator[str]:
    yield coordinators.headline(found)
    yield from _picture(coordinators.by_load(found))
    yield from _picture(coordinators.by_area(found))
    yield from _told(found.from_health, coordinators.from_health_in_words)
    yield from _picture(coordinators.departed(found))
    yield from _told(found.changes, coordinators.changes_in_words)
    yield from _told(found.training, coordinators.training_in_words)


def _plans(found: plans.PlanFigures) -> Iterator[str]:
    yield plans.headline(found)
    yield from _told(found.living, indicator.level_and_change)
    yield from _told(found.consent, indicator.level_and_change)
    if isinstance(found.together, Absence):
        yield found.together.sentence
    else:
        yield from _picture(plans.plan_and_coordinator(found, found.together))
    yield from _picture(plans.by_age(found))


def _meetings(found: meetings.MeetingFigures) -> Iterator[str]:
    yield meetings.headline(found)
    yield from _picture(meetings.without_meeting(found))
    yield from _picture(meetings.by_type(found))
    yield from _picture(meetings.by_form(found))
    yield from _told(found.gp, partial(meetings.gp_title, found.labels))
    yield from _picture(meetings.participants(found))


def _notices(found: notices.NoticeFigures) -> Iterator[str]:
    yield notices.headline(found)
    yield from _picture(notices.the_flow(found))
    yield from _picture(notices.time_to_coordinator(found))
    yield from _picture(notices.by_sender(found))
    yield from (sentence for _, sentence in notices.days_in_sentences(found))


def _housing(found: housing.HousingFigures) -> Iterator[str]:
    yield housing.headline(found)
    yield from _picture(housing.by_year(found))
    for age in housing.AGES:
        yield from _picture(housing.coming_of_age(found, age))
        yield from housing.to_be_done(found, age)


def _quality(found: quality.Quality) -> Iterator[str]:
    yield quality.headline(found)
    yield quality.sums_in_words(found)
    yield from _picture(quality.reconciliation(found))
    yield quality.not_passed_in_words(found)
    yield quality.grades_in_words(found)
    yield from _picture(quality.reported_against_registered(found))


def _said(found: Found | Absence, in_words: Callable[[Found], Iterator[str]]) -> Iterator[str]:
    """Yield what a page says of what was found for it, or why there is nothing."""
    if isinstance(found, Absence):
        yield found.sentence
    else:
        yield from in_words(found)


def _told(figure: Figure | Absence, in_words: Callable[[Figure], str]) -> Iterator[str]:
    if isinstance(figure, Absence):
        yield figure.sentence
    else:
        yield from _picture(indicator.over_time(figure, in_words(figure)))


def _picture(shown: Picture | Absence) -> Iterator[str]:
    if isinstance(shown, Absence):
        yield shown.sentence
        return
    yield shown.title
    yield f"  {shown.subtitle}"
    yield from (f"  {remark}" for remark in shown.remarks)


def _page(heading: str, told: Iterable[str]) -> Iterator[str]:
    lines = [line.replace(NO_BREAK_SPACE, " ") for line in told if line]
    if lines:
        yield f"== {heading}"
        yield from lines
        yield ""


def main() -> None:
    """Write the sentences of a home's current publication to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--language", nargs="*", type=Language, default=list(Language))
    parser.add_argument("--municipality", nargs="*")
    asked = parser.parse_args()
    publication = current_publication(Home(asked.home))
    municipalities = asked.municipality or list(figures.municipalities(publication))
    lines = sentences(publication, asked.language, municipalities)
    asked.out.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
