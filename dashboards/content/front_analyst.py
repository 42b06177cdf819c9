"""The front page for the analyst: where municipalities differ by more than chance.

A page of packages: nobody's own figures are asked, the chosen municipality's neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dagster_project.publication.reader import coverage
from dagster_project.publication.reader.reference import ALL
from dagster_project.reference.share_plan import share_plan
from dashboards.content import beside, comparison, comparison_pictures, comparison_tables
from dashboards.content.labels import Labels
from dashboards.content.section import NoFigure, Section, Way, part
from dashboards.content.shared_figures import SideBySide, Standing
from dashboards.content.shared_figures import gather as gather_shared
from dashboards.i18n.texts import alphabetical
from dashboards.pages import PageKey
from dashboards.view.sharing import SharedChoice
from dashboards.view.state import Parameter, View

FILTERS = (Parameter.MUNICIPALITY, Parameter.REFERENCE_DATE, Parameter.INDICATOR)
_FEWEST = 2


def sections(labels: Labels, view: View) -> Iterator[Section]:
    """Yield the page: where the municipalities differ by more than chance."""
    texts = labels.texts
    yield Section(filters=[FILTERS])
    found = gather(labels, view)
    yield Section(
        lead=[headline(found), texts("beside.protected_all"), *comparison.beside(found)],
        remarks=[*not_shared(labels)],
        way=Way(texts("comparison.way"), PageKey.COMPARISON, view),
    )
    yield from part(comparison_pictures.sections(found), texts("front.section_funnel"))
    yield from part(comparison_tables.sections(found), texts("front.compared"))


def gather(labels: Labels, view: View) -> SideBySide:
    """Read what the municipalities have shared, or raise why they cannot be compared.

    Of the newest month that all who share have reached, at the latest that of the chosen day.
    """
    texts, shared, own = labels.texts, beside.shared_labels(labels), view.municipality
    packages = shared.received.packages
    missing = [*not_shared(labels)]
    if not beside.is_shared(view.indicator):
        indicators = ", ".join(shared.indicator(code) for code in share_plan().plan.indicators)
        name = labels.indicator(view.indicator)
        raise NoFigure(texts("front.not_of_plan", indicator=name, indicators=indicators))
    if own not in packages:
        raise NoFigure(" ".join([beside.nothing_shared(labels, own), *missing]))
    month = beside.month_until([*packages.values()], view.reference_date)
    if month is None:
        raise NoFigure(texts("beside.later", date=view.reference_date))
    everybody = replace(view, age_group=ALL, service_area=ALL, shared=SharedChoice(month=month))
    found = gather_shared(shared, everybody)
    if found.group is None or len(found.ranked) < _FEWEST:
        reasons = [
            f"{labels.municipality(each.municipality)}: {each.reason}" for each in found.apart
        ]
        few = texts("front.too_few_municipalities", indicator=labels.indicator(view.indicator))
        raise NoFigure(" ".join([few, *reasons, *missing]))
    return found


def headline(found: SideBySide) -> str:
    """Return who differs from the group by more than chance and rounding, or that nobody does."""
    texts, of = found.labels.texts, len(found.ranked)
    beyond = [each for each in found.ranked if each.outside_998]
    place = {"indicator": found.labels.indicator(found.view.indicator), "of": of}
    if not beyond:
        return texts("front.funnel_nobody", **place)
    sides = {
        "front.funnel_above": [each for each in beyond if each.outside_998 > 0],
        "front.funnel_below": [each for each in beyond if each.outside_998 < 0],
    }
    return " ".join(
        [
            texts("front.funnel_somebody", number=len(beyond), **place),
            *(
                texts(key, municipalities=_names(found, which))
                for key, which in sides.items()
                if which
            ),
        ]
    )


def not_shared(labels: Labels) -> Iterator[str]:
    """Yield who of the installation has figures and has shared none, and what to do about it."""
    packages = beside.shared_labels(labels).received.packages
    missing = coverage.counted(labels.publication) - packages.keys()
    if missing:
        names = sorted((labels.municipality(code) for code in missing), key=alphabetical)
        yield labels.texts("beside.not_shared", municipalities=", ".join(names))


def _names(found: SideBySide, of: Sequence[Standing]) -> str:
    return ", ".join(found.labels.municipality(each.municipality) for each in of)
