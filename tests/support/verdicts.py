"""What the pages say of the same figure, held against each other: the verdicts, not the words.

For every municipality and indicator of a publication, in the view that each page shows first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from dagster_project.publication.reader import coverage as figures
from dagster_project.publication.reader import reference
from dagster_project.publication.reader.publication import Publication
from dagster_project.publication.reader.reference import ALL, Kind
from dashboards.analysis import significance
from dashboards.analysis.change import Verdict
from dashboards.analysis.ranking import Changed, ChangedGroup
from dashboards.analysis.significance import Extremes
from dashboards.content import (
    coverage,
    development,
    front_leader,
    indicator,
    meetings,
    year_change,
)
from dashboards.content.front_leader import Overview
from dashboards.content.labels import Labels
from dashboards.content.section import or_none
from dashboards.i18n.texts import Language, Texts
from dashboards.view.state import View


def contradictions(publication: Publication, language: Language) -> tuple[list[str], int]:
    """Return what two pages do not agree on, and how many verdicts were held against each other."""
    labels = Labels(publication, Texts(language))
    found = [
        (f"{view.municipality} {view.reference_date} {what}", one, other)
        for view in _views(labels)
        for what, one, other in _pairs(labels, view)
    ]
    return [f"{what}: {one} and {other}" for what, one, other in found if one != other], len(found)


def _views(labels: Labels) -> Iterator[View]:
    publication = labels.publication
    for code in figures.municipalities(publication):
        # The newest date, and one a year and a half before it.
        for day in figures.reference_dates(publication, code)[:19:18]:
            for scheme in reference.age_groups(publication):
                yield View(labels.texts.language, code, day, "coordinator_coverage", scheme)


def _pairs(labels: Labels, view: View) -> Iterator[tuple[str, object, object]]:
    overview = or_none(partial(front_leader.gather, labels, view))
    tiles = {}
    if overview:
        yield from _of_front(labels, overview)
        tiles = {card.figure.indicator: card.figure.change.verdict for card in overview.cards}
    counted = figures.cuts(labels.publication)
    for code in reference.indicators(labels.publication):
        if code in counted:
            of_indicator = replace(view, indicator=code)
            yield from _of_indicator(labels, of_indicator, tiles.get(code))
    yield from _of_extremes(labels, view, overview)


def _of_front(labels: Labels, overview: Overview) -> Iterator[tuple[str, object, object]]:
    """The first sentences name the figures whose own line says that they have changed."""
    sure = {
        card.figure.indicator: card.figure.change.verdict
        for card in overview.cards
        if card.figure.change.verdict.is_sure
    }
    told = {
        figure.indicator: figure.change.verdict
        for each in overview.findings
        if isinstance(each, Changed)
        for figure in each.figures
    }
    yield "front: told and shown", told, sure
    says_none = labels.texts("front.told_no_change") in front_leader.three_sentences(overview)
    yield "front: nothing changed", says_none and bool(sure), False
    for each in overview.findings:
        if isinstance(each, ChangedGroup):
            view = replace(overview.view, indicator=each.figure.indicator, age_group=each.age_group)
            found = development.gather(labels, view)
            yield f"front: {each.age_group}", each.change.verdict, found.change.verdict


def _of_indicator(
    labels: Labels, view: View, tile: Verdict | None
) -> Iterator[tuple[str, object, object]]:
    """Every page gives one verdict of a figure, and one sentence."""
    over_time = or_none(partial(development.gather, labels, view))
    if over_time is None:
        return
    verdict, code = over_time.change.verdict, view.indicator
    if tile is not None:
        yield f"{code}: front and development", tile, verdict
    of_everybody = or_none(partial(indicator.figure_of, labels, view, code))
    if of_everybody:
        yield f"{code}: own page and development", of_everybody.change.verdict, verdict
        told = indicator.change_in_words(of_everybody)
        yield f"{code}: in words", told in development.headline(over_time), True
        covered = or_none(partial(coverage.gather, labels, view))
        if labels.texts.known(f"level.{code}.now") and covered:
            yield f"{code}: on the page of coverage", told in coverage.headline(covered), True
            # Both of its sentences are of everybody here.
            picture = or_none(partial(coverage.over_time, covered))
            yield f"{code}: over time", told in (picture.title if picture else told), True
    if not year_change.is_compared(labels, over_time.view):
        return
    change = or_none(partial(year_change.gather, labels, over_time.view))
    if change is None:
        return
    for group in change.groups:
        of_group = replace(view, age_group=group.age_group)
        found = or_none(partial(development.gather, labels, of_group))
        if found:
            alone = found.change.verdict
            yield f"{code}: {group.age_group}", group.change.verdict, alone


def _of_extremes(
    labels: Labels, view: View, overview: Overview | None
) -> Iterator[tuple[str, object, object]]:
    """Whoever stands out on one page does so on the others."""
    if overview:
        first = replace(view, indicator=overview.cards[0].figure.indicator)
        yield "front and coverage", _named(overview.ages), _named(_ages(labels, first))
    met = or_none(partial(meetings.gather, labels, view))
    if met and met.everyone is not None:
        with_meeting = _ages(labels, replace(met.view, indicator="meeting_coverage"))
        without = meetings.who_stands_out(met, met.everyone)
        yield "with and without a meeting", _named(without)[::-1], _named(with_meeting)


def _ages(labels: Labels, view: View) -> Extremes:
    cells = figures.cells(
        labels.publication,
        view.municipality,
        view.reference_date,
        view.indicator,
        view.age_scheme,
    )
    everyone = significance.figure_of(cells, ALL, ALL)
    assert everyone is not None
    return significance.extremes(significance.by_age(cells), everyone, Kind.SHARE)


def _named(found: Extremes) -> tuple[str | None, str | None]:
    highest, lowest = found.highest, found.lowest
    return highest and highest.age_group, lowest and lowest.age_group
