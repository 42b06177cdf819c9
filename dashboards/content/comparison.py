"""The page *Sammenlign*: municipalities compared by what they have shared, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from dagster_project.publication.reader.reference import Kind
from dashboards.content import (
    comparison_barometer,
    comparison_files,
    comparison_neighbours,
    comparison_over_time,
    comparison_pictures,
    comparison_tables,
)
from dashboards.content.refused_packages import refused_packages
from dashboards.content.section import Section, part
from dashboards.content.shared_figures import SideBySide, gather, has_stopped
from dashboards.content.shared_labels import SharedLabels
from dashboards.i18n.texts import alphabetical
from dashboards.queries.shared import refused
from dashboards.view.sharing import Among, SharedName
from dashboards.view.state import Parameter, View

_Filters = tuple[Parameter | SharedName, ...]
_WHAT: _Filters = (
    Parameter.MUNICIPALITY,
    Parameter.INDICATOR,
    Parameter.AGE_GROUP,
    Parameter.SERVICE_AREA,
)
_WHOM: _Filters = (SharedName.MONTH, SharedName.AMONG, SharedName.BY)
# So many are named in a sentence.
_MOST_LISTED = 10


def sections(labels: SharedLabels, view: View) -> Iterator[Section]:
    """Yield the page."""
    texts = labels.texts
    is_chosen = view.shared.among is Among.CHOSEN
    whose: list[_Filters] = [_WHAT, _WHOM, *([(SharedName.PEERS,)] if is_chosen else [])]
    yield Section(filters=whose)
    found = gather(labels, view)
    yield Section(lead=[lead(found), *beside(found)])
    yield from part(comparison_tables.sections(found), texts("comparison.section_table"))
    if found.group:
        pictures = comparison_pictures.sections(found)
        yield from part(pictures, texts("comparison.section_pictures"))
        neighbours = comparison_neighbours.who_is_better(found)
        yield from part(neighbours, texts("comparison.section_better"))
        barometer = comparison_barometer.sections(found)
        yield from part(barometer, texts("comparison.section_barometer"))
    over_time = comparison_over_time.sections(found)
    yield from part(over_time, texts("comparison.section_over_time"))
    yield from part(comparison_neighbours.similar(found), texts("comparison.section_similar"))
    yield from refused_packages(texts, refused())
    yield from part(comparison_files.sections(found), texts("comparison.section_files"))


def lead(found: SideBySide) -> str:
    """Return the chosen municipality's figure, and who does better by more than chance."""
    labels, texts, own, view = found.labels, found.labels.texts, found.own, found.view
    place = {
        "municipality": labels.municipality(view.municipality),
        "indicator": labels.indicator(view.indicator),
        "group": labels.group_in_text(view.age_group, view.service_area),
        "month": labels.month(own.month),
    }
    if own.measured is None:
        return texts("comparison.lead_nothing", **place, reason=own.reason or "")
    value = texts(
        "comparison.lead",
        **place,
        value=labels.value_with_interval(Kind.SHARE, own.measured),
        count=own.measured.numerator,
        of=own.measured.denominator,
    )
    if own.reason is not None:
        return " ".join([value, texts("comparison.lead_apart", reason=own.reason)])
    if not found.tested:
        return " ".join([value, texts("comparison.lead_alone")])
    return " ".join([value, comparison_neighbours.better_in_words(found)])


def beside(found: SideBySide) -> list[str]:
    """Return of which month the comparison is and why, who is apart, what the group's means are."""
    labels, texts = found.labels, found.labels.texts
    said = [_month_in_words(found)]
    if found.group:
        pooled, mean = (
            labels.value(Kind.SHARE, each) for each in (found.group.pooled, found.group.mean)
        )
        said.append(texts("comparison.group", number=len(found.ranked), pooled=pooled, mean=mean))
    if found.own.rounded:
        corners = (found.own.rounded.lowest.value, found.own.rounded.highest.value)
        low, high = (labels.value(Kind.SHARE, each) for each in corners)
        own = labels.municipality(found.view.municipality)
        said.append(texts("comparison.rounding", municipality=own, low=low, high=high))
    if found.apart:
        named = [each.municipality for each in found.apart]
        said.append(texts("comparison.apart", municipalities=labels.listed(named, _MOST_LISTED)))
    if labels.received.unreadable:
        named = list(labels.received.unreadable)
        said.append(
            texts("comparison.unreadable", municipalities=labels.listed(named, _MOST_LISTED))
        )
    return said


def _month_in_words(found: SideBySide) -> str:
    labels, texts = found.labels, found.labels.texts
    month = labels.month(found.month)
    if found.view.shared.month == found.month:
        return texts("comparison.month_chosen", month=month)
    packages = [labels.received.packages[each.municipality] for each in found.everybody]
    newest = max(each.months[-1] for each in packages)
    stopped = sorted(
        (labels.municipality(each.municipality) for each in packages if has_stopped(each, newest)),
        key=alphabetical,
    )
    said = texts("comparison.month", month=month)
    if stopped:
        said += " " + texts("comparison.month_stopped", municipalities=", ".join(stopped))
    return said
